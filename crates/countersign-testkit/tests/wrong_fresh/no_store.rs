countersign_testkit::store_laws!(async { "portal.db" });

fn main() {}
