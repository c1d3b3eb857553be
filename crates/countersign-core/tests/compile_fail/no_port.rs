use countersign_core::{Mfa, OsRandom};

// What is no port is told what it lacks, and where the guide stands.
fn main() {
    let _ = Mfa::builder().store("portal.db").clock(12).keys("countersign.keys").mailer(OsRandom);
}
