//! Every limit, its default and its bounds. No limit can be switched off.

use std::time::Duration;

use super::policy::Requirement;
use crate::types::{DAY, HOUR, MINUTE, is_whole_millis, length_in_words};

/// The limits of a deployment. Start from [`Limits::default`] and change fields.
///
/// Bounds are checked when the `Mfa` is built: a value outside them is an error that names the
/// field and the bound. No limit can be switched off (NIST SP 800-63B-4, 3.2.2).
///
/// # Wrong answers
///
/// An account has one budget for wrong answers, over all logins, browsers and methods (RFC 4226,
/// 7.3). A resend, another method, a new login or a new password leaves every count as it is.
///
/// - The **soft lock** counts all methods together. After 5 wrong answers in a row no code is
///   judged for 30 seconds, and each further one doubles that, up to an hour. It ends by itself,
///   and an answer during it costs nothing. The password is not locked.
/// - The **hard stop** counts each method on its own. After 100 wrong answers in a row the user's
///   apps, or their address, are switched off until an administrator resets the account; a new
///   address works again too. Wrong codes while a first app is being linked do not count towards
///   it: there is nothing to switch off yet.
/// - A right answer clears the counts of its own method and of weaker ones: an e-mailed code clears
///   nothing of the app's.
///
/// One guess at an app's code hits one of 3 codes in a million with the default window, and one at
/// an e-mailed code one in a million. So before the hard stop, 100 guesses in a row succeed with a
/// chance of 3 in 10,000, or 1 in 10,000.
///
/// ```
/// use countersign_core::{Limits, MINUTE, Requirement};
///
/// let mut limits = Limits::default();
/// limits.email_code_life = 5 * MINUTE;
/// limits.minimum = Requirement::Email;
/// ```
#[doc(alias = "lockout")]
#[doc(alias = "rate limit")]
#[doc(alias = "throttle")]
#[doc(alias = "brute force")]
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// What is required in every tenant of this deployment, whatever its policy says. Default:
    /// nothing.
    pub minimum: Requirement,
    /// Digits of an e-mailed code: 6 to 8. Default 6. With 8 a guess hits one in a hundred million.
    pub email_code_digits: u8,
    /// How long an e-mailed code works: 1 to 10 minutes (NIST SP 800-63B-4, 3.1.3.2). Default 10. A
    /// resend does not prolong it. A login joins a code that has half of this left, so one minute is
    /// the least that leaves time to type.
    pub email_code_life: Duration,
    /// How long one login may take from the first factor to the last code: 5 to 30 minutes, and not
    /// less than an e-mailed code works. Default 15. Another method or a second step does not
    /// prolong it.
    pub ticket_life: Duration,
    /// Steps of 30 s that an app may lag behind: 0 to 2. Default 1 (RFC 6238, 5.2). Each step more
    /// is one more code in a million that a guess can hit, and 30 s more that a code works.
    pub app_steps_back: u8,
    /// Steps of 30 s that an app may run ahead: 0 to 2. Default 1. Each costs as much as a step
    /// back.
    pub app_steps_ahead: u8,
    /// The pause before a code is sent again: 10 s to 10 minutes. Default 30 s.
    pub resend_pause: Duration,
    /// How often one code is sent again: 0 to 10. Default 5.
    pub resends_per_challenge: u8,
    /// How many mails with a code an account gets in a row, over all logins and step-ups: 3 to 12.
    /// Default 7. After these there is one for each half of [`email_code_life`], so an hour brings
    /// at most [`most_code_mails_in_an_hour`]. A mail whose code is answered does not count. The
    /// last is kept for a login that begins: no resend, no other way and no step-up takes it.
    ///
    /// [`email_code_life`]: Self::email_code_life
    /// [`most_code_mails_in_an_hour`]: Self::most_code_mails_in_an_hour
    pub code_mails_in_a_row: u8,
    /// Wrong answers in a row, over all methods, before the soft lock: 3 to 10. Default 5.
    pub soft_lock_after: u32,
    /// The first soft lock; each further wrong answer doubles it: 10 s to 10 minutes. Default 30 s.
    pub soft_lock_first: Duration,
    /// The longest soft lock: 10 minutes to 24 hours. Default 1 hour.
    pub soft_lock_longest: Duration,
    /// Wrong answers in a row with one method that switch its authenticators off: 10 to 100 (NIST
    /// SP 800-63B-4, 3.2.2). Default 100.
    pub hard_stop_after: u32,
    /// How long the proof of a login is valid, sealed or not: 5 minutes to 12 hours. Default 12
    /// hours. A session ends with it.
    pub proof_life: Duration,
    /// How long the proof of a step-up is valid: 1 to 10 minutes. Default 10.
    pub step_up_life: Duration,
    /// How long ago an administrator may have passed their strongest method, for acts that change
    /// something: 1 to 60 minutes. Default 15.
    pub admin_freshness: Duration,
    /// How long an invitation can be accepted: 1 hour to 7 days. Default 7 days.
    pub invitation_life: Duration,
    /// How many mails one process sends in a minute: 60 to 60,000. Default 1,200. What is no code has
    /// half of it, and invitations and notices of a lock a quarter. What is above it waits for the next
    /// minute; a code that ends meanwhile is not mailed. With several processes, each sends as many.
    pub mails_per_minute: u32,
    /// How many of them are for one tenant: 10 to 60,000, and not more than for all. Default 600.
    /// The same half and quarter hold.
    pub tenant_mails_per_minute: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            minimum: Requirement::None,
            email_code_digits: 6,
            email_code_life: 10 * MINUTE,
            ticket_life: 15 * MINUTE,
            app_steps_back: 1,
            app_steps_ahead: 1,
            resend_pause: Duration::from_secs(30),
            resends_per_challenge: 5,
            code_mails_in_a_row: 7,
            soft_lock_after: 5,
            soft_lock_first: Duration::from_secs(30),
            soft_lock_longest: HOUR,
            hard_stop_after: 100,
            proof_life: 12 * HOUR,
            step_up_life: 10 * MINUTE,
            admin_freshness: 15 * MINUTE,
            invitation_life: 7 * DAY,
            mails_per_minute: 1200,
            tenant_mails_per_minute: 600,
        }
    }
}

/// The longest grace that can be given.
pub(crate) const LONGEST_GRACE: Duration = DAY.saturating_mul(90);
/// The longest exemption that can be granted.
pub(crate) const LONGEST_EXEMPTION: Duration = DAY.saturating_mul(366);
/// The longest that an approval to link a first app can last.
pub(crate) const LONGEST_APPROVAL: Duration = DAY.saturating_mul(7);

/// A limit outside its bounds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the limit `{field}` is {given}, outside its bounds; give a value from {least} to {most}")]
pub struct LimitError {
    field: &'static str,
    given: String,
    least: String,
    most: String,
}

impl LimitError {
    /// The field of [`Limits`] that is wrong.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.field
    }
}

impl Limits {
    /// The most mails with a code that one account gets within any hour: 19 by default, besides
    /// those whose code was answered.
    ///
    /// ```
    /// use countersign_core::{Limits, MINUTE};
    ///
    /// let mut limits = Limits::default();
    /// assert_eq!(limits.most_code_mails_in_an_hour(), 19);
    /// limits.email_code_life = 5 * MINUTE;
    /// assert_eq!(limits.most_code_mails_in_an_hour(), 31);
    /// ```
    #[must_use]
    pub fn most_code_mails_in_an_hour(&self) -> u32 {
        let every = self.half_code_life().as_millis().max(1);
        let refilled = u32::try_from(HOUR.as_millis() / every).unwrap_or(u32::MAX);
        refilled.saturating_add(u32::from(self.code_mails_in_a_row))
    }

    /// Half of an e-mailed code's life: what one must have left to be joined, and the time in which
    /// one more mail may be sent.
    pub(crate) fn half_code_life(&self) -> Duration {
        self.email_code_life / 2
    }

    /// These limits, if each lies within its bounds.
    pub(crate) fn checked(self) -> Result<Self, LimitError> {
        let seconds = Duration::from_secs;
        within("email_code_digits", self.email_code_digits, 6, 8)?;
        lasts("email_code_life", self.email_code_life, MINUTE, 10 * MINUTE)?;
        let least = self.email_code_life.max(5 * MINUTE);
        lasts("ticket_life", self.ticket_life, least, 30 * MINUTE)?;
        within("app_steps_back", self.app_steps_back, 0, 2)?;
        within("app_steps_ahead", self.app_steps_ahead, 0, 2)?;
        lasts("resend_pause", self.resend_pause, seconds(10), 10 * MINUTE)?;
        within("resends_per_challenge", self.resends_per_challenge, 0, 10)?;
        within("code_mails_in_a_row", self.code_mails_in_a_row, 3, 12)?;
        within("soft_lock_after", self.soft_lock_after, 3, 10)?;
        lasts("soft_lock_first", self.soft_lock_first, seconds(10), 10 * MINUTE)?;
        lasts("soft_lock_longest", self.soft_lock_longest, 10 * MINUTE, 24 * HOUR)?;
        within("hard_stop_after", self.hard_stop_after, 10, 100)?;
        lasts("proof_life", self.proof_life, 5 * MINUTE, 12 * HOUR)?;
        lasts("step_up_life", self.step_up_life, MINUTE, 10 * MINUTE)?;
        lasts("admin_freshness", self.admin_freshness, MINUTE, 60 * MINUTE)?;
        lasts("invitation_life", self.invitation_life, HOUR, 7 * DAY)?;
        within("mails_per_minute", self.mails_per_minute, 60, 60_000)?;
        let most = self.mails_per_minute;
        within("tenant_mails_per_minute", self.tenant_mails_per_minute, 10, most)?;
        Ok(self)
    }
}

/// Refuses a number outside its bounds.
fn within<T: PartialOrd + ToString>(
    field: &'static str,
    given: T,
    least: T,
    most: T,
) -> Result<(), LimitError> {
    if given >= least && given <= most {
        return Ok(());
    }
    let [given, least, most] = [given, least, most].map(|value| value.to_string());
    Err(LimitError { field, given, least, most })
}

/// Refuses a length of time outside its bounds, or not in whole milliseconds.
fn lasts(
    field: &'static str,
    given: Duration,
    least: Duration,
    most: Duration,
) -> Result<(), LimitError> {
    if given >= least && given <= most && is_whole_millis(given) {
        return Ok(());
    }
    let [given, least, most] = [given, least, most].map(length_in_words);
    let most = format!("{most}, in whole milliseconds");
    Err(LimitError { field, given, least, most })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_within_their_bounds() {
        assert!(Limits::default().checked().is_ok());
    }

    #[test]
    fn a_limit_outside_its_bounds_is_refused_by_name() {
        type Change = fn(&mut Limits);
        let wrong: [(&str, Change); 23] = [
            ("email_code_digits", |l| l.email_code_digits = 5),
            ("email_code_digits", |l| l.email_code_digits = 9),
            ("email_code_life", |l| l.email_code_life = 11 * MINUTE),
            ("ticket_life", |l| l.ticket_life = 9 * MINUTE),
            ("ticket_life", |l| l.ticket_life = 31 * MINUTE),
            ("app_steps_back", |l| l.app_steps_back = 3),
            ("app_steps_ahead", |l| l.app_steps_ahead = 255),
            ("resend_pause", |l| l.resend_pause = Duration::from_secs(0)),
            ("resends_per_challenge", |l| l.resends_per_challenge = 11),
            ("code_mails_in_a_row", |l| l.code_mails_in_a_row = 2),
            ("soft_lock_after", |l| l.soft_lock_after = 0),
            ("soft_lock_after", |l| l.soft_lock_after = u32::MAX),
            ("soft_lock_first", |l| l.soft_lock_first = Duration::from_secs(0)),
            ("soft_lock_longest", |l| l.soft_lock_longest = Duration::from_secs(0)),
            ("hard_stop_after", |l| l.hard_stop_after = 101),
            ("proof_life", |l| l.proof_life = 13 * HOUR),
            ("step_up_life", |l| l.step_up_life = 11 * MINUTE),
            ("admin_freshness", |l| l.admin_freshness = Duration::from_secs(0)),
            ("invitation_life", |l| l.invitation_life = 8 * DAY),
            ("mails_per_minute", |l| l.mails_per_minute = 0),
            ("mails_per_minute", |l| l.mails_per_minute = u32::MAX),
            ("tenant_mails_per_minute", |l| l.tenant_mails_per_minute = 9),
            ("tenant_mails_per_minute", |l| l.tenant_mails_per_minute = 1201),
        ];
        for (field, change) in wrong {
            let mut limits = Limits::default();
            change(&mut limits);
            let error = limits.checked().unwrap_err();
            assert_eq!(error.field(), field);
            assert!(error.to_string().contains("give a value from"), "{error}");
        }
    }
}
