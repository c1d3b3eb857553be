//! The reference store keeps every law, on the clock of the machine and on one of its own,
//! and behind the pointers with which a host chooses a store while it runs.

mod on_the_clock_of_the_machine {
    use countersign_core::MemoryStore;

    countersign_testkit::store_laws!(async { MemoryStore::new() });
}

mod on_a_clock_of_its_own {
    use countersign_core::MemoryStore;
    use countersign_testkit::{Damage, FakeClock, Subject};

    async fn fresh() -> Subject {
        let clock = FakeClock::default();
        let store = MemoryStore::with_clock(clock.clone());
        let spoiled = store.clone();
        let damage = move |damage| match damage {
            Damage::Account(key) => spoiled.damage_account(&key),
            Damage::Tenant(id) => spoiled.damage_tenant(&id),
            Damage::Event(_, id) => spoiled.damage_event(id),
            Damage::Letter(id) => spoiled.damage_letter(id),
        };
        Subject::new(store).timed_by(clock).damaged_by(damage)
    }

    countersign_testkit::store_laws!(fresh());
}

mod behind_an_arc {
    use std::sync::Arc;

    use countersign_core::MemoryStore;
    use countersign_core::store::Storage;

    countersign_testkit::store_laws!(async { Arc::new(MemoryStore::new()) as Arc<dyn Storage> });
}

/// Each room asks for nothing that a later one brings.
mod room_by_room {
    use countersign_core::MemoryStore;
    use countersign_testkit::Subject;

    countersign_testkit::store_laws!(logins: async { Subject::of_logins(MemoryStore::new()) });
    countersign_testkit::store_laws!(
        lists: async { Subject::of_logins_and_lists(MemoryStore::new()) }
    );
    countersign_testkit::store_laws!(outbox: async { MemoryStore::new() });
}

mod behind_a_box {
    use std::sync::Arc;

    use countersign_core::MemoryStore;
    use countersign_core::store::Storage;

    // The laws want a handle that they can clone, and a box is none.
    countersign_testkit::store_laws!(async {
        Arc::new(Box::new(MemoryStore::new()) as Box<dyn Storage>)
    });
}
