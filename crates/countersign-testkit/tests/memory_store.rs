//! The reference store keeps every law, on the clock of the machine and on one of its own.

mod on_the_clock_of_the_machine {
    use countersign_core::MemoryStore;

    countersign_testkit::store_laws!(async { MemoryStore::new() });
}

mod on_a_clock_of_its_own {
    use countersign_core::MemoryStore;
    use countersign_testkit::{FakeClock, Subject};

    async fn fresh() -> Subject {
        let clock = FakeClock::default();
        Subject::new(MemoryStore::with_clock(clock.clone())).timed_by(clock)
    }

    countersign_testkit::store_laws!(fresh());
}
