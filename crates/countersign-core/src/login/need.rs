//! What a login still needs, decided from facts alone, so that a preview and a login use one rule.
//!
//! Who may bind an authenticator is decided here too: the password alone links a first app only
//! for an account that never had a second step. Otherwise the strongest method that the account
//! has held comes first.

use super::reason::{Locked, Refusal};
use crate::policy::{
    AddressState, AppState, BeforeEnrollment, EnrolledMethods, Facts, Requirement,
};
use crate::types::{Method, Timestamp};

/// What a login still needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Nothing,
    Code(Method),
    LinkApp,
    Refused(Refusal),
}

/// The methods that this user has and the requirement accepts, weakest first.
pub(crate) fn offers(facts: &Facts, required: Requirement, now: Timestamp) -> Vec<Method> {
    let usable = |method: &Method| match method {
        Method::Email => facts.take_mail(now),
        Method::App => facts.app == AppState::Usable,
    };
    let all = [Method::Email, Method::App];
    all.into_iter().filter(|method| required.accepts(*method) && usable(method)).collect()
}

/// The next step of a login that must meet `required` and has passed these methods.
pub(crate) fn login_need(
    facts: &Facts,
    required: Requirement,
    gate: BeforeEnrollment,
    passed: EnrolledMethods,
    now: Timestamp,
) -> Need {
    if passed.meets(required) {
        return Need::Nothing;
    }
    if let Some(best) = offers(facts, required, now).pop() {
        return Need::Code(best);
    }
    let mail_off = facts.address == AddressState::Disabled && required.accepts(Method::Email);
    if facts.app == AppState::Disabled || mail_off {
        return Need::Refused(Refusal::Locked(Locked { until: None }));
    }
    // A mail that was refused opens no way that is weaker than the mail.
    if facts.address == AddressState::Refused && required.accepts(Method::Email) {
        return Need::Refused(no_mail(facts));
    }
    first_app_need(facts, gate, passed, now)
}

/// Why no mail can be sent to this user.
fn no_mail(facts: &Facts) -> Refusal {
    match (facts.address, facts.mail_again_at) {
        (AddressState::Refused, Some(until)) => Refusal::AddressRefused { until },
        _ => Refusal::NoWay,
    }
}

/// Who may link a first app.
fn first_app_need(
    facts: &Facts,
    gate: BeforeEnrollment,
    passed: EnrolledMethods,
    now: Timestamp,
) -> Need {
    if gate == BeforeEnrollment::Approval && facts.approved_until.is_none_or(|until| until <= now) {
        return Need::Refused(Refusal::NeedsApproval);
    }
    let gated = gate == BeforeEnrollment::EmailCode && !facts.invitation_accepted;
    let held_before = match (facts.held.has(Method::Email), facts.held.has(Method::App)) {
        (true, _) => true,
        // An app was held and is gone: only a reset opens re-binding to the password alone.
        (false, true) => !facts.reopened,
        (false, false) => false,
    };
    if !(gated || held_before) || passed.has(Method::Email) {
        Need::LinkApp
    } else if facts.take_mail(now) {
        Need::Code(Method::Email)
    } else {
        Need::Refused(no_mail(facts))
    }
}

/// What a session shows to meet `required` by now: what a login would, without what it showed
/// before.
pub(crate) fn strengthen_need(
    facts: &Facts,
    required: Requirement,
    gate: BeforeEnrollment,
    passed: EnrolledMethods,
    recent: bool,
    now: Timestamp,
) -> Need {
    from_session(login_need(facts, required, gate, passed, now), facts, passed, recent, now)
}

/// Who may link an app from a session. Whoever has one shows it; a first app takes what it takes in a
/// login.
pub(crate) fn link_need(
    facts: &Facts,
    gate: BeforeEnrollment,
    passed: EnrolledMethods,
    recent: bool,
    now: Timestamp,
) -> Need {
    match facts.app {
        AppState::None => {
            from_session(first_app_need(facts, gate, passed, now), facts, passed, recent, now)
        }
        AppState::Usable | AppState::Disabled => match strongest_need(facts, passed, now) {
            Need::Nothing => Need::LinkApp,
            other => other,
        },
    }
}

/// The same need in a session: one whose login was long ago shows a mailed code before its first app.
fn from_session(
    need: Need,
    facts: &Facts,
    passed: EnrolledMethods,
    recent: bool,
    now: Timestamp,
) -> Need {
    match need {
        Need::LinkApp if recent || passed.has(Method::Email) => Need::LinkApp,
        Need::LinkApp if facts.take_mail(now) => Need::Code(Method::Email),
        Need::LinkApp => Need::Refused(Refusal::LoginTooOld),
        other => other,
    }
}

/// A step-up asks for the strongest method that the account holds.
pub(crate) fn strongest_need(facts: &Facts, passed: EnrolledMethods, now: Timestamp) -> Need {
    let method = match facts.app {
        AppState::Usable => Method::App,
        AppState::Disabled => return Need::Refused(Refusal::Locked(Locked { until: None })),
        AppState::None if facts.take_mail(now) => Method::Email,
        AppState::None => return Need::Refused(no_mail(facts)),
    };
    if passed.has(method) { Need::Nothing } else { Need::Code(method) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Policy, resolve};
    use crate::types::DAY;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);
    const LATER: Timestamp = NOW.plus(DAY);
    const ASKED: [Requirement; 3] = [Requirement::None, Requirement::Email, Requirement::App];
    const APPS: [AppState; 3] = [AppState::None, AppState::Usable, AppState::Disabled];
    const ADDRESSES: [AddressState; 5] = [
        AddressState::None,
        AddressState::Vouched,
        AddressState::Confirmed,
        AddressState::Refused,
        AddressState::Disabled,
    ];
    const GATES: [BeforeEnrollment; 3] =
        [BeforeEnrollment::Nothing, BeforeEnrollment::EmailCode, BeforeEnrollment::Approval];
    const AGAIN: [Option<Timestamp>; 3] = [None, Some(NOW), Some(LATER)];
    const COMBINATIONS: usize = 3 * 3 * 3 * 2 * 4 * 3 * 5 * 3 * 2 * 2 * 2 * 2 * 2 * 4;

    /// Design, section 5, read once more: what comes next in a login.
    fn oracle(
        facts: &Facts,
        company: Requirement,
        gate: BeforeEnrollment,
        grace: bool,
        passed: EnrolledMethods,
    ) -> Need {
        let email = Method::Email;
        let app = Method::App;
        let ever = |method| facts.held.has(method);
        let held_it = ever(app) || (company == Requirement::Email && ever(email));
        let company = match facts.exempt_until {
            None if !grace || held_it => company,
            _ => Requirement::None,
        };
        let required =
            ASKED[[company, facts.rule, facts.own].map(|r| r as usize).into_iter().max().unwrap()];
        let refused = facts.address == AddressState::Refused;
        let mail = matches!(facts.address, AddressState::Vouched | AddressState::Confirmed)
            || (refused && facts.mail_again_at != Some(LATER));
        let no_mail = match refused {
            true => Need::Refused(Refusal::AddressRefused { until: LATER }),
            false => Need::Refused(Refusal::NoWay),
        };
        let email_will_do = required == Requirement::Email;
        if required == Requirement::None || passed.has(app) || (email_will_do && passed.has(email))
        {
            return Need::Nothing;
        }
        if facts.app == AppState::Usable {
            return Need::Code(app);
        }
        if email_will_do && mail {
            return Need::Code(email);
        }
        if facts.app == AppState::Disabled
            || (email_will_do && facts.address == AddressState::Disabled)
        {
            return Need::Refused(Refusal::Locked(Locked { until: None }));
        }
        if email_will_do && refused {
            return no_mail;
        }
        if gate == BeforeEnrollment::Approval && facts.approved_until != Some(LATER) {
            return Need::Refused(Refusal::NeedsApproval);
        }
        let gated = gate == BeforeEnrollment::EmailCode;
        let never_or_reset = !ever(email) && (!ever(app) || facts.reopened);
        let password_alone = never_or_reset && (!gated || facts.invitation_accepted);
        match (password_alone || passed.has(email), mail) {
            (true, _) => Need::LinkApp,
            (false, true) => Need::Code(email),
            (false, false) => no_mail,
        }
    }

    /// Takes one of `base` after another, for each number below the product of all bases.
    struct Digits(usize);

    impl Digits {
        fn one_of<T: Clone>(&mut self, values: &[T]) -> T {
            let value = values[self.0 % values.len()].clone();
            self.0 /= values.len();
            value
        }

        fn person(&mut self) -> Facts {
            Facts {
                rule: self.one_of(&ASKED),
                own: self.one_of(&[Requirement::None, Requirement::App]),
                held: self.methods(),
                app: self.one_of(&APPS),
                address: self.one_of(&ADDRESSES),
                mail_again_at: self.one_of(&AGAIN),
                exempt_until: self.one_of(&[None, Some(LATER)]),
                invitation_accepted: self.one_of(&[false, true]),
                approved_until: self.one_of(&[Some(NOW), Some(LATER)]),
                reopened: self.one_of(&[false, true]),
                ..Facts::default()
            }
        }

        fn methods(&mut self) -> EnrolledMethods {
            let has =
                [Method::Email, Method::App].map(|method| (method, self.one_of(&[false, true])));
            EnrolledMethods::of(has.into_iter().filter_map(|(method, has)| has.then_some(method)))
        }
    }

    #[test]
    fn every_combination_of_policy_and_person_takes_the_step_that_the_design_names() {
        for number in 0..COMBINATIONS {
            let mut digits = Digits(number);
            let company = digits.one_of(&ASKED);
            let gate = digits.one_of(&GATES);
            let facts = digits.person();
            let grace = digits.one_of(&[false, true]);
            let passed = digits.methods();
            let policy = Policy::requiring(company).asking_before_enrollment(gate);
            let policy = policy.following(&Policy::default(), grace.then_some(LATER));
            let none = Requirement::None;
            let required = resolve(none, &policy, &facts, &Default::default(), NOW).required;
            assert_eq!(
                login_need(&facts, required, gate, passed, NOW),
                oracle(&facts, company, gate, grace, passed),
                "company {company:?}, gate {gate:?}, grace {grace}, passed {passed:?}, {facts:?}"
            );
        }
    }

    /// What a session shows for an act of the host's own.
    fn oracle_of_an_act(facts: &Facts, passed: EnrolledMethods) -> Need {
        match facts.app {
            AppState::Usable if passed.has(Method::App) => Need::Nothing,
            AppState::Usable => Need::Code(Method::App),
            AppState::Disabled => Need::Refused(Refusal::Locked(Locked { until: None })),
            AppState::None if !mail_can_be_sent(facts) => Need::Refused(without_mail(facts)),
            AppState::None if passed.has(Method::Email) => Need::Nothing,
            AppState::None => Need::Code(Method::Email),
        }
    }

    /// What a first app takes from a session, once a login of this moment would link one.
    fn oracle_of_a_first_app(facts: &Facts, passed: EnrolledMethods, recent: bool) -> Need {
        match (recent || passed.has(Method::Email), mail_can_be_sent(facts)) {
            (true, _) => Need::LinkApp,
            (false, true) => Need::Code(Method::Email),
            (false, false) => Need::Refused(Refusal::LoginTooOld),
        }
    }

    fn mail_can_be_sent(facts: &Facts) -> bool {
        let refused_until_later = facts.mail_again_at == Some(LATER);
        match facts.address {
            AddressState::Vouched | AddressState::Confirmed => true,
            AddressState::Refused => !refused_until_later,
            AddressState::None | AddressState::Disabled => false,
        }
    }

    fn without_mail(facts: &Facts) -> Refusal {
        match facts.address {
            AddressState::Refused => Refusal::AddressRefused { until: LATER },
            _ => Refusal::NoWay,
        }
    }

    #[test]
    fn every_gate_stands_before_every_purpose_of_a_session_whatever_the_person_held_before() {
        for number in 0..COMBINATIONS {
            let mut digits = Digits(number);
            let required = digits.one_of(&ASKED);
            let gate = digits.one_of(&GATES);
            let facts = digits.person();
            let recent = digits.one_of(&[false, true]);
            let passed = digits.methods();
            let told = format!("{required:?}, {gate:?}, recent {recent}, {passed:?}, {facts:?}");

            let act = strongest_need(&facts, passed, NOW);
            assert_eq!(act, oracle_of_an_act(&facts, passed), "an act: {told}");

            let link = link_need(&facts, gate, passed, recent, NOW);
            let expected = match (facts.app, act) {
                // What a login would say that asks for an app.
                (AppState::None, _) => {
                    match login_need(&facts, Requirement::App, gate, passed, NOW) {
                        Need::LinkApp => oracle_of_a_first_app(&facts, passed, recent),
                        // The gates of a login hold for a session too.
                        other => other,
                    }
                }
                (AppState::Usable | AppState::Disabled, Need::Nothing) => Need::LinkApp,
                (AppState::Usable | AppState::Disabled, other) => other,
            };
            if !(facts.app == AppState::None && passed.has(Method::App)) {
                assert_eq!(link, expected, "to link an app: {told}");
            }

            let strengthen = strengthen_need(&facts, required, gate, passed, recent, NOW);
            let expected = match login_need(&facts, required, gate, passed, NOW) {
                Need::LinkApp => oracle_of_a_first_app(&facts, passed, recent),
                other => other,
            };
            assert_eq!(strengthen, expected, "to stay logged in: {told}");

            let approved = facts.approved_until == Some(LATER);
            if gate == BeforeEnrollment::Approval && !approved && facts.app == AppState::None {
                assert_ne!(link, Need::LinkApp, "no approval: {told}");
                assert_ne!(strengthen, Need::LinkApp, "no approval: {told}");
            }
        }
    }

    #[test]
    fn no_combination_lets_the_password_alone_replace_an_app_that_is_still_linked() {
        for app in [AppState::Usable, AppState::Disabled] {
            for (address, required) in ADDRESSES.into_iter().zip(ASKED.into_iter().cycle()) {
                let facts = Facts { app, address, reopened: true, ..Facts::default() };
                for passed in [EnrolledMethods::default(), EnrolledMethods::of([Method::Email])] {
                    let step = login_need(&facts, required, BeforeEnrollment::Nothing, passed, NOW);
                    assert_ne!(step, Need::LinkApp, "{required:?} {facts:?}");
                }
            }
        }
    }

    #[test]
    fn a_step_up_never_settles_for_less_than_the_strongest_method() {
        let mailed = EnrolledMethods::of([Method::Email]);
        let linked =
            Facts { app: AppState::Usable, address: AddressState::Confirmed, ..Facts::default() };
        assert_eq!(strongest_need(&linked, mailed, NOW), Need::Code(Method::App));
        let disabled = Facts { app: AppState::Disabled, ..linked };
        assert_eq!(
            strongest_need(&disabled, mailed, NOW),
            Need::Refused(Refusal::Locked(Locked { until: None }))
        );
    }
}
