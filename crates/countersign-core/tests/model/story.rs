//! A story: one thing after another, as the dice say.

use std::time::Duration;

use countersign_core::Requirement;

use crate::world::World;

/// Turns that the stories together must take, or they prove little.
pub(crate) const MUST_BE_SEEN: [&str; 34] = [
    "passed by mail",
    "passed by app",
    "an app was linked",
    "one more step",
    "nothing is asked",
    "refused",
    "a miss",
    "locked",
    "hard stop",
    "refused while locked",
    "stale",
    "the same attempt, the same verdict",
    "sent again",
    "a dead ticket is not shown again",
    "a proof has ended",
    "a proof is too weak by now",
    "an app was removed",
    "an administrator acted",
    "an administrator was denied",
    "an operator acted",
    "an invitation was accepted",
    "the clock steps back",
    "removed",
    "created",
    "a stated role asks for more",
    "the minimum asks for more",
    "no mail is left but the last",
    "sent often enough",
    "passed after another provider",
    "passed with a ticket from before a rotation",
    "a proof from before a rotation is opened",
    "a mail came back",
    "mail arrives again",
    "a session was carried over",
];

pub(crate) fn tell(world: &mut World, steps: usize) {
    // Most stories begin under a policy; without one there is little to tell.
    let levels = [Requirement::Email, Requirement::App, Requirement::None];
    for (company, id) in crate::world::COMPANIES.into_iter().enumerate() {
        let required = world.dice.of(&levels);
        let roles = [world.dice.of(&levels), world.dice.of(&levels)];
        world.found(company, id, required, roles);
    }
    for _ in 0..steps {
        match world.dice.below(43) {
            0..=6 => {
                world.begin();
                world.drain();
            }
            7..=16 => {
                world.drain();
                world.answer();
            }
            17 | 18 => world.guess(),
            19..=22 => {
                world.step_up();
                // A phone shows a new code.
                world.clock.advance(Duration::from_secs(31));
                world.drain();
                world.answer();
                world.remove_app();
            }
            23..=25 => world.go_on(),
            26 | 27 => world.advance(),
            28 | 29 => world.host(),
            30..=32 => world.administer(),
            33 | 34 => world.set_policy(),
            35 => world.renew(),
            36 => world.remove_app(),
            37 | 38 => world.accept(),
            39 => world.nag(),
            40 => world.rotate(),
            41 => world.redeploy(),
            _ => world.drain(),
        }
        world.met |= world.store.has_failed();
    }
}
