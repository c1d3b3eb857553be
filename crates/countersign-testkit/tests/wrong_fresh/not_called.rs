use countersign_core::MemoryStore;

async fn fresh() -> MemoryStore {
    MemoryStore::new()
}

countersign_testkit::store_laws!(fresh);

fn main() {}
