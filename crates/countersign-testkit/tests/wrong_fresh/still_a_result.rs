use countersign_core::MemoryStore;
use countersign_core::store::StoreError;

async fn fresh() -> Result<MemoryStore, StoreError> {
    Ok(MemoryStore::new())
}

countersign_testkit::store_laws!(fresh());

fn main() {}
