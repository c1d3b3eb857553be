//! The last accepted step of each linked app. Of one secret, accepted steps strictly increase.
//!
//! It belongs to the app: a phone that used a code holds up no other phone, and when an app goes,
//! so does what is known of it, because its secret is never linked again. A clock that leapt ahead
//! may leave a step of the future behind. That is never ignored, so it is healed by a new app.

use crate::types::AuthenticatorId;

/// The last accepted step of each linked app that has one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Steps {
    pub(crate) of: Vec<(AuthenticatorId, u64)>,
}

impl Steps {
    /// The last accepted step of this app.
    pub(crate) fn last(&self, app: AuthenticatorId) -> Option<u64> {
        self.of.iter().find(|(id, _)| *id == app).map(|(_, step)| *step)
    }

    /// The highest of them, for people who look at the row.
    pub(crate) fn highest(&self) -> Option<u64> {
        self.of.iter().map(|(_, step)| *step).max()
    }

    /// No code of this app at or before this step is accepted any more. Never moves back.
    pub(crate) fn spend(&mut self, app: AuthenticatorId, step: u64) {
        match self.of.iter_mut().find(|(id, _)| *id == app) {
            Some((_, last)) => *last = step.max(*last),
            None => self.of.push((app, step)),
        }
    }

    /// Forgets every app but these.
    pub(crate) fn keep(&mut self, linked: &[AuthenticatorId]) {
        self.of.retain(|(id, _)| linked.contains(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_of_an_app_only_ever_move_forward_and_no_other_app_moves() {
        let app = |number| AuthenticatorId::from_bytes([number; 16]);
        let mut steps = Steps::default();
        for (step, last) in [(5, 5), (3, 5), (6, 6), (6, 6)] {
            steps.spend(app(1), step);
            assert_eq!((steps.last(app(1)), steps.last(app(2))), (Some(last), None));
        }
        steps.spend(app(2), 2);
        assert_eq!((steps.last(app(2)), steps.highest()), (Some(2), Some(6)));
        steps.keep(&[app(2)]);
        assert_eq!((steps.last(app(1)), steps.highest()), (None, Some(2)));
    }
}
