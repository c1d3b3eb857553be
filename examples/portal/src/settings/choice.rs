//! An administrator's choice on the settings card: read from a form or an address, and written
//! into one. It names no one, so it may stand in an address and survive a step-up there.

use countersign::{BeforeEnrollment, DAY, Policy, Requirement, Start, Timestamp};
use serde::Deserialize;

use super::roll::{name_of, requirement_from};

/// The most days of grace that the card offers.
const MOST_DAYS: u32 = 30;

/// The fields as they came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    pub(super) mfa: String,
    pub(super) start: String,
    pub(super) days: String,
    pub(super) before_enrollment: String,
    pub(super) out: String,
    /// The revision that the form was made from.
    pub(super) revision: u64,
}

/// The meaning of the fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) required: Requirement,
    pub(super) before_enrollment: BeforeEnrollment,
    /// Days of grace; none is from the next login.
    pub(super) days: Option<u32>,
    /// Everyone is asked to log in again at once.
    pub(super) out: bool,
    pub(super) revision: u64,
}

/// Why the fields mean nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Odd {
    /// The days are no number from 1 to 30.
    Days,
    /// Something that no form of ours sends.
    Foreign,
}

impl Typed {
    /// Reads the fields.
    pub(super) fn choice(&self) -> Result<Choice, Odd> {
        let days = match self.start.as_str() {
            "" | "now" => None,
            "grace" => {
                let days = self.days.trim().parse().ok();
                Some(days.filter(|days| (1..=MOST_DAYS).contains(days)).ok_or(Odd::Days)?)
            }
            _ => return Err(Odd::Foreign),
        };
        Ok(Choice {
            required: requirement_from(&self.mfa).ok_or(Odd::Foreign)?,
            before_enrollment: before_enrollment_from(&self.before_enrollment)
                .ok_or(Odd::Foreign)?,
            days,
            out: self.out == "yes",
            revision: self.revision,
        })
    }
}

impl Choice {
    /// The policy in force, as a choice.
    pub(super) fn in_force(policy: &Policy, revision: u64) -> Self {
        let required = policy.required();
        let before_enrollment = policy.before_enrollment();
        Self { required, before_enrollment, days: None, out: false, revision }
    }

    /// The policy that it makes of the one in force, whose roles it leaves alone.
    pub(super) fn policy(&self, in_force: &Policy) -> Policy {
        let policy =
            Policy::requiring(self.required).asking_before_enrollment(self.before_enrollment);
        in_force
            .roles()
            .iter()
            .fold(policy, |policy, (role, asked)| policy.and_for_role(role.clone(), *asked))
    }

    /// From when it holds.
    pub(super) fn start(&self, now: Timestamp) -> Start {
        self.grace(now).map_or(Start::Now, Start::WithGraceUntil)
    }

    /// When its grace ends, if it gives any.
    pub(super) fn grace(&self, now: Timestamp) -> Option<Timestamp> {
        self.days.map(|days| now.plus(days * DAY))
    }

    /// Whether it asks less of anyone than the policy in force.
    pub(super) fn is_looser_than(&self, in_force: &Policy, now: Timestamp) -> bool {
        self.policy(in_force).following(in_force, self.grace(now)).is_looser_than(in_force)
    }

    /// The query of an address that means the same.
    pub(super) fn query(&self) -> String {
        let mut query = format!(
            "mfa={}&before_enrollment={}&revision={}",
            name_of(self.required),
            before_enrollment_name(self.before_enrollment),
            self.revision
        );
        if let Some(days) = self.days {
            query.push_str(&format!("&start=grace&days={days}"));
        }
        if self.out {
            query.push_str("&out=yes");
        }
        query
    }
}

fn before_enrollment_from(word: &str) -> Option<BeforeEnrollment> {
    match word {
        "" | "none" => Some(BeforeEnrollment::Nothing),
        "email" => Some(BeforeEnrollment::EmailCode),
        "approval" => Some(BeforeEnrollment::Approval),
        _ => None,
    }
}

/// The word for it in a form.
pub(super) fn before_enrollment_name(before_enrollment: BeforeEnrollment) -> &'static str {
    match before_enrollment {
        BeforeEnrollment::Nothing => "none",
        BeforeEnrollment::EmailCode => "email",
        BeforeEnrollment::Approval => "approval",
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::Query;
    use axum::http::Uri;
    use countersign::Role;

    use super::*;

    fn typed(query: &str) -> Typed {
        let uri: Uri = format!("/settings/general/review?{query}").parse().unwrap();
        Query::<Typed>::try_from_uri(&uri).unwrap().0
    }

    #[test]
    fn a_choice_survives_the_address_of_its_review() {
        for required in [Requirement::None, Requirement::Email, Requirement::App] {
            for before_enrollment in
                [BeforeEnrollment::Nothing, BeforeEnrollment::EmailCode, BeforeEnrollment::Approval]
            {
                for days in [None, Some(1), Some(30)] {
                    for out in [false, true] {
                        let choice = Choice { required, before_enrollment, days, out, revision: 7 };
                        assert_eq!(typed(&choice.query()).choice(), Ok(choice));
                    }
                }
            }
        }
    }

    #[test]
    fn days_of_grace_are_one_to_thirty() {
        for (days, means) in [
            ("1", Ok(Some(1))),
            (" 30 ", Ok(Some(30))),
            ("0", Err(Odd::Days)),
            ("31", Err(Odd::Days)),
            ("-1", Err(Odd::Days)),
            ("", Err(Odd::Days)),
            ("soon", Err(Odd::Days)),
            ("99999999999", Err(Odd::Days)),
        ] {
            let typed = Typed { days: days.into(), start: "grace".into(), ..typed("mfa=app") };
            assert_eq!(typed.choice().map(|choice| choice.days), means, "{days:?}");
        }
        assert_eq!(typed("mfa=app&start=now&days=soon").choice().map(|c| c.days), Ok(None));
    }

    #[test]
    fn what_no_form_of_ours_sends_means_nothing() {
        for query in
            ["", "mfa=", "mfa=sms", "mfa=app&before_enrollment=open", "mfa=app&start=never"]
        {
            assert_eq!(typed(query).choice(), Err(Odd::Foreign), "{query}");
        }
    }

    #[test]
    fn a_choice_leaves_the_roles_of_the_company_alone() {
        let role = Role::new("finance").unwrap();
        let in_force = Policy::requiring(Requirement::Email).and_for_role(role, Requirement::App);
        let choice = typed("mfa=app&before_enrollment=email").choice().unwrap();
        let policy = choice.policy(&in_force);
        assert_eq!(policy.roles(), in_force.roles());
        assert_eq!(
            (policy.required(), policy.before_enrollment()),
            (Requirement::App, BeforeEnrollment::EmailCode)
        );
        let now = Timestamp::from_seconds(0);
        assert!(!choice.is_looser_than(&in_force, now));
        assert!(typed("mfa=none").choice().unwrap().is_looser_than(&in_force, now));
        assert!(Choice::in_force(&policy, 1).is_looser_than(&policy, now).eq(&false));
    }
}
