//! The account: one user's MFA state inside one tenant, and one verb for each thing that can
//! happen to it.
//!
//! It keeps only what must be counted or remembered. Nothing pending is stored: a login that was
//! begun lives in its ticket. Every list is capped. The parts are private modules, so privacy, not
//! discipline, keeps everyone else from touching a counter.

use super::counters::Counters;
use super::env::Env;
use super::event::EventKind;
use super::misses::Misses;
use super::new_user::NewUser;
use super::profile::{Address, App, INVITATIONS, Invitation, Profile, Refusals, TRIES};
use crate::mail::{LetterKind, MailKind, MailReason};
use crate::policy::{Access, AppState, EnrolledMethods, Facts, Requirement};
use crate::seal::{Fault, Sealer, Use};
use crate::types::{
    AccountKey, AuthenticatorId, EmailAddress, Generation, InvitationId, KeyId, Method, Pseudonym,
    Random, RandomError, Secret, Timestamp, joined,
};

/// Most apps that one account links.
pub(crate) const MOST_APPS: usize = 5;

/// What a store keeps of one user.
///
/// It is opaque to stores: they keep it whole and hand it back. Reports read [`Account::facts`].
/// It is two values: what people change, and what a login counts. A login writes the second one
/// only, and [`Touched`](crate::store::Touched) is read off the two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub(crate) profile: Profile,
    pub(crate) counters: Counters,
}

/// What became of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Invited {
    Sent,
    NoAddress,
    TooSoon { until: Timestamp },
}

/// A linked app, as its owner and administrators see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct LinkedApp {
    /// Its id.
    pub id: AuthenticatorId,
    /// When it was linked.
    pub linked: Timestamp,
    /// Whether too many wrong codes switched it off.
    pub disabled: bool,
}

/// A mail that the mail server refused for its address.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefusedMail {
    /// When the last one was refused.
    pub at: Timestamp,
    /// Refusals in a row.
    pub times: u32,
    /// From when on a login tries again.
    pub again_at: Timestamp,
    /// Where in the conversation, and the numbers that the server gave.
    pub why: MailReason,
}

impl Account {
    /// An account that never had a second step.
    ///
    /// # Errors
    ///
    /// [`RandomError`] if the source of randomness fails.
    pub fn new(new_user: NewUser, random: &dyn Random) -> Result<Self, RandomError> {
        let NewUser { address, locale, roles, access, rule } = new_user;
        let profile = Profile {
            pseudonym: Pseudonym::draw(random)?,
            generation: Generation::start(random)?,
            access,
            suspended: false,
            roles,
            locale,
            rule,
            own: Requirement::None,
            exempt_until: None,
            address: Address::vouched(address),
            invitation: None,
            invitation_accepted: false,
            approved_until: None,
            held: EnrolledMethods::default(),
            reopened: false,
            apps: Vec::new(),
        };
        Ok(Self { profile, counters: Counters::default() })
    }

    /// How the activity log names this account.
    #[must_use]
    pub fn pseudonym(&self) -> Pseudonym {
        self.profile.pseudonym
    }

    /// Raised when everything open of this account must end.
    #[must_use]
    pub fn generation(&self) -> Generation {
        self.profile.generation
    }

    /// Where codes go.
    #[must_use]
    pub fn address(&self) -> Option<&EmailAddress> {
        self.profile.address.current.as_ref()
    }

    /// A new address that waits for its confirmation.
    #[must_use]
    pub fn proposed_address(&self) -> Option<&EmailAddress> {
        self.profile.address.proposed.as_ref()
    }

    /// The linked apps.
    pub fn apps(&self) -> impl Iterator<Item = LinkedApp> {
        self.profile.apps.iter().map(|app| LinkedApp {
            id: app.id,
            linked: app.linked,
            disabled: app.disabled,
        })
    }

    /// The last mail that the address refused, if none was delivered since.
    #[must_use]
    pub fn refused_mail(&self) -> Option<RefusedMail> {
        let Refusals { at, times, again_at, why, tries: _ } =
            self.profile.address.refused.clone()?;
        Some(RefusedMail { at, times, again_at, why })
    }

    /// The end of the soft lock, while it lasts.
    #[must_use]
    pub fn locked_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.counters.misses.locked(now)
    }

    /// Wrong answers in a row by this method, since its last success.
    #[must_use]
    pub fn misses(&self, method: Method) -> u32 {
        match method {
            Method::Email => self.counters.misses.hard.email,
            Method::App => self.counters.misses.hard.app,
        }
    }

    /// When the user last passed a second step.
    #[must_use]
    pub fn second_step_at(&self) -> Option<Timestamp> {
        self.counters.second_step_at
    }

    /// Whether an invitation waits to be accepted.
    #[must_use]
    pub fn is_invited(&self, now: Timestamp) -> bool {
        self.profile.invitation.as_ref().is_some_and(|invitation| now < invitation.ends)
    }

    /// When the last invitation ends or ended, if it was neither accepted nor withdrawn.
    #[must_use]
    pub fn invited_until(&self) -> Option<Timestamp> {
        self.profile.invitation.as_ref().map(|invitation| invitation.ends)
    }

    /// The columns that requirements are decided by and reports group by.
    #[must_use]
    pub fn facts(&self) -> Facts {
        let app = match &self.profile.apps[..] {
            [] => AppState::None,
            apps if apps.iter().any(|app| !app.disabled) => AppState::Usable,
            _ => AppState::Disabled,
        };
        Facts {
            access: self.profile.access,
            suspended: self.profile.suspended,
            rule: self.profile.rule,
            own: self.profile.own,
            exempt_until: self.profile.exempt_until,
            roles: self.profile.roles.clone(),
            held: self.profile.held,
            app,
            address: self.profile.address.state(),
            mail_again_at: self.profile.address.refused.as_ref().map(|refused| refused.again_at),
            invitation_accepted: self.profile.invitation_accepted,
            approved_until: self.profile.approved_until,
            reopened: self.profile.reopened,
        }
    }

    /// Ends what is open: tickets, live codes, proofs, the attempt slot.
    pub(super) fn raise_generation(&mut self) {
        self.profile.generation = self.profile.generation.next();
        self.counters.mailbox.live.clear();
        self.counters.attempt = None;
    }

    /// Tells the user, where there is an address to write to.
    pub(super) fn tell(&self, subject: LetterKind, env: &mut Env<'_>) -> Result<(), Fault> {
        match &self.profile.address.current {
            Some(to) => env.notify(to, self.profile.locale.as_ref(), subject),
            None => Ok(()),
        }
    }

    // What the host tells us.

    pub(crate) fn password_changed(&mut self, env: &mut Env<'_>) -> Result<(), Fault> {
        self.counters.misses.password_changed();
        self.profile.invitation = None;
        self.raise_generation();
        env.record(self.profile.pseudonym, EventKind::PasswordChanged)
    }

    pub(crate) fn signed_out_everywhere(&mut self, env: &mut Env<'_>) -> Result<(), Fault> {
        self.raise_generation();
        env.record(self.profile.pseudonym, EventKind::SignedOutEverywhere)
    }

    pub(crate) fn suspend(&mut self, suspended: bool, env: &mut Env<'_>) -> Result<(), Fault> {
        if self.profile.suspended == suspended {
            return Ok(());
        }
        self.profile.suspended = suspended;
        self.raise_generation();
        let what = if suspended { EventKind::Suspended } else { EventKind::Resumed };
        env.record(self.profile.pseudonym, what)
    }

    /// Uses the new address at once: whoever reports it vouches for it. The address that is used
    /// already is no news: what it lost it has lost, and a nightly report brings nothing back.
    pub(crate) fn set_address(
        &mut self,
        new: EmailAddress,
        env: &mut Env<'_>,
    ) -> Result<(), Fault> {
        if self.profile.address.current.as_ref() == Some(&new) {
            return Ok(());
        }
        let old = self.profile.address.current.clone();
        self.use_address(Address::vouched(Some(new.clone())));
        self.tell_of_address(old.as_ref(), &new, env)?;
        env.record(self.profile.pseudonym, EventKind::AddressChanged { in_use: true })
    }

    /// Moves to another address. What the old one had earned or lost says nothing about it.
    pub(super) fn use_address(&mut self, address: Address) {
        self.profile.address = address;
        self.counters.misses.hard.email = 0;
        self.profile.invitation = None;
        self.profile.invitation_accepted = false;
        self.raise_generation();
    }

    /// Keeps the new address aside until a code sent there comes back.
    pub(crate) fn propose_address(
        &mut self,
        new: EmailAddress,
        env: &mut Env<'_>,
    ) -> Result<(), Fault> {
        if self.profile.address.proposed.as_ref() == Some(&new) {
            return Ok(());
        }
        let old = self.profile.address.current.clone();
        self.profile.address.proposed = Some(new.clone());
        self.raise_generation();
        self.tell_of_address(old.as_ref(), &new, env)?;
        env.record(self.profile.pseudonym, EventKind::AddressChanged { in_use: false })
    }

    /// The courier learned that the mail server refused a mail to this address.
    pub(crate) fn address_refused(
        &mut self,
        refused: &EmailAddress,
        why: MailReason,
        env: &mut Env<'_>,
    ) -> Result<(), Fault> {
        if self.profile.address.current.as_ref() != Some(refused) {
            return Ok(());
        }
        let before = self.profile.address.refused.take();
        let after = Refusals::after(before.as_ref(), why, env.now);
        let is_news = before.is_none_or(|before| before.times < after.times);
        self.profile.address.refused = Some(after);
        if is_news { env.record(self.profile.pseudonym, EventKind::AddressRefused) } else { Ok(()) }
    }

    /// Whether this address refused a mail, and none was delivered since.
    pub(crate) fn has_refused(&self, address: &EmailAddress) -> bool {
        let Address { current, refused, .. } = &self.profile.address;
        refused.is_some() && current.as_ref() == Some(address)
    }

    /// A mail to this address was delivered: what was refused before says nothing any more.
    pub(crate) fn mail_delivered(&mut self, to: &EmailAddress) {
        if self.has_refused(to) {
            self.profile.address.refused = None;
        }
    }

    /// The next login tries an address again that refused a mail. The inner error says when an
    /// administrator may ask for it again.
    pub(crate) fn try_address_again(
        &mut self,
        env: &mut Env<'_>,
    ) -> Result<Result<(), Timestamp>, Fault> {
        let Some(refused) = &mut self.profile.address.refused else { return Ok(Ok(())) };
        let opens = refused.tries.opens(0, TRIES, env.now);
        if opens > env.now {
            return Ok(Err(opens));
        }
        refused.tries.take(TRIES, env.now);
        refused.again_at = env.now;
        env.record(self.profile.pseudonym, EventKind::AddressTriedAgain)?;
        Ok(Ok(()))
    }

    /// The courier gave up a mail to this account.
    pub(crate) fn mail_not_sent(
        &self,
        mail: MailKind,
        reason: Option<MailReason>,
        env: &mut Env<'_>,
    ) -> Result<(), Fault> {
        env.record(self.profile.pseudonym, EventKind::MailNotSent { mail, reason })
    }

    fn tell_of_address(
        &self,
        old: Option<&EmailAddress>,
        new: &EmailAddress,
        env: &mut Env<'_>,
    ) -> Result<(), Fault> {
        let subject =
            LetterKind::AddressChanged { old: old.map(EmailAddress::masked), new: new.masked() };
        for to in old.into_iter().filter(|old| *old != new).chain([new]) {
            env.notify(to, self.profile.locale.as_ref(), subject.clone())?;
        }
        Ok(())
    }

    // What an administrator does.

    pub(crate) fn set_rule(&mut self, rule: Requirement, env: &mut Env<'_>) -> Result<(), Fault> {
        let before = std::mem::replace(&mut self.profile.rule, rule);
        match before == rule {
            true => Ok(()),
            false => {
                env.record(self.profile.pseudonym, EventKind::RuleChanged { before, after: rule })
            }
        }
    }

    pub(crate) fn exempt(
        &mut self,
        until: Timestamp,
        reason: String,
        env: &mut Env<'_>,
    ) -> Result<(), Fault> {
        self.profile.exempt_until = Some(until);
        env.record(self.profile.pseudonym, EventKind::Exempted { until, reason })
    }

    pub(crate) fn end_exemption(&mut self, env: &mut Env<'_>) -> Result<(), Fault> {
        match self.profile.exempt_until.take() {
            Some(_) => env.record(self.profile.pseudonym, EventKind::ExemptionEnded),
            None => Ok(()),
        }
    }

    pub(crate) fn approve_enrollment(
        &mut self,
        until: Timestamp,
        env: &mut Env<'_>,
    ) -> Result<(), Fault> {
        self.profile.approved_until = Some(until);
        env.record(self.profile.pseudonym, EventKind::EnrollmentApproved { until })
    }

    pub(crate) fn withdraw_approval(&mut self, env: &mut Env<'_>) -> Result<(), Fault> {
        match self.profile.approved_until.take() {
            Some(_) => env.record(self.profile.pseudonym, EventKind::ApprovalWithdrawn),
            None => Ok(()),
        }
    }

    pub(crate) fn set_access(&mut self, access: Access, env: &mut Env<'_>) -> Result<(), Fault> {
        let before = std::mem::replace(&mut self.profile.access, access);
        match (before, access) {
            (Access::User, Access::Admin) => {
                env.record(self.profile.pseudonym, EventKind::AdminGranted)
            }
            (Access::Admin, Access::User) => {
                env.record(self.profile.pseudonym, EventKind::AdminRevoked)
            }
            (Access::User, Access::User) | (Access::Admin, Access::Admin) => Ok(()),
        }
    }

    pub(crate) fn unlock(&mut self, env: &mut Env<'_>) -> Result<(), Fault> {
        let before = self.counters.misses.clone();
        self.counters.misses.unlock();
        match self.counters.misses == before {
            true => Ok(()),
            false => env.record(self.profile.pseudonym, EventKind::Unlocked),
        }
    }

    /// Removes every authenticator and ends everything open. What is required stays required.
    pub(crate) fn reset(
        &mut self,
        by: String,
        reason: String,
        env: &mut Env<'_>,
    ) -> Result<(), Fault> {
        self.profile.apps.clear();
        self.forget_steps();
        self.profile.own = Requirement::None;
        self.counters.misses = Misses::default();
        self.profile.address.disabled = false;
        self.profile.address.proposed = None;
        self.profile.invitation = None;
        self.profile.invitation_accepted = false;
        self.profile.approved_until = None;
        self.profile.reopened = true;
        self.raise_generation();
        self.tell(LetterKind::MfaReset { by, reason: reason.clone() }, env)?;
        env.record(self.profile.pseudonym, EventKind::Reset { reason })
    }

    // Invitations.

    /// Queues an invitation; the link of an earlier one no longer works.
    pub(crate) fn invite(&mut self, env: &mut Env<'_>) -> Result<Invited, Fault> {
        let Some(to) = self.profile.address.current.clone() else {
            return Ok(Invited::NoAddress);
        };
        let opens = self.counters.invitations.opens(0, INVITATIONS, env.now);
        if opens > env.now {
            return Ok(Invited::TooSoon { until: opens });
        }
        self.counters.invitations.take(INVITATIONS, env.now);
        let id = InvitationId::draw(env.random)?;
        let ends = env.now.plus(env.limits.invitation_life);
        self.profile.invitation = Some(Invitation { id, ends });
        let subject = LetterKind::Invitation { invitation: id };
        env.post(&to, self.profile.locale.as_ref(), subject, ends)?;
        env.record(self.profile.pseudonym, EventKind::Invited)?;
        Ok(Invited::Sent)
    }

    pub(crate) fn withdraw_invitation(&mut self, env: &mut Env<'_>) -> Result<(), Fault> {
        match self.profile.invitation.take() {
            Some(_) => env.record(self.profile.pseudonym, EventKind::InvitationWithdrawn),
            None => Ok(()),
        }
    }

    /// When the invitation with this id ends, if it may still be accepted.
    pub(crate) fn invitation_ends(&self, id: InvitationId, now: Timestamp) -> Option<Timestamp> {
        let invitation =
            self.profile.invitation.as_ref().filter(|open| open.id == id && now < open.ends)?;
        (!self.profile.suspended).then_some(invitation.ends)
    }

    /// Whether something sent to the address came back.
    pub(crate) fn has_confirmed_address(&self) -> bool {
        self.profile.address.confirmed
    }

    /// Spends the invitation: it confirms the address and passes the e-mail gate, and no more.
    pub(crate) fn accept_invitation(&mut self, env: &mut Env<'_>) -> Result<(), Fault> {
        self.profile.invitation = None;
        self.profile.address.confirmed = true;
        // Whatever a mail server said before: this one came back.
        self.profile.address.refused = None;
        self.profile.invitation_accepted = true;
        env.record(self.profile.pseudonym, EventKind::InvitationAccepted)
    }

    // Apps.

    /// Removes one app; its owner has proved that they hold one. Ends everything open. Whether it
    /// was there.
    pub(crate) fn remove_app(
        &mut self,
        id: AuthenticatorId,
        env: &mut Env<'_>,
    ) -> Result<bool, Fault> {
        let before = self.profile.apps.len();
        self.profile.apps.retain(|app| app.id != id);
        if self.profile.apps.len() == before {
            return Ok(false);
        }
        self.forget_steps();
        if self.profile.apps.is_empty() {
            self.profile.own = Requirement::None;
        }
        self.raise_generation();
        self.tell(LetterKind::AppRemoved, env)?;
        env.record(self.profile.pseudonym, EventKind::AppRemoved { authenticator: id })?;
        Ok(true)
    }

    /// What is known of the codes of an app goes with it: its secret is never linked again.
    fn forget_steps(&mut self) {
        let linked: Vec<_> = self.profile.app_ids().collect();
        self.counters.steps.keep(&linked);
    }

    /// Links an app whose first code, the one of this step, was right.
    pub(super) fn link_app(
        &mut self,
        secret: &Secret,
        step: u64,
        replaces: bool,
        env: &mut Env<'_>,
    ) -> Result<(), Fault> {
        let id = AuthenticatorId::draw(env.random)?;
        let owner = secret_owner(env.key, id);
        let sealed = env.sealer.seal(Use::AppSecret, &owner, secret.expose(), env.random)?;
        let replaced = replaces && !self.profile.apps.is_empty();
        if replaced {
            self.profile.apps.clear();
            self.forget_steps();
            self.raise_generation();
        }
        self.counters.steps.spend(id, step);
        self.profile.apps.push(App { id, secret: sealed, linked: env.now, disabled: false });
        self.profile.reopened = false;
        self.profile.invitation = None;
        self.profile.invitation_accepted = false;
        self.profile.approved_until = None;
        let client = env.origin.seen_as.clone();
        let subject = match replaced {
            true => LetterKind::AppReplaced { client },
            false => LetterKind::AppLinked { client },
        };
        self.tell(subject, env)?;
        env.record(self.profile.pseudonym, EventKind::AppLinked { authenticator: id, replaced })
    }

    /// Seals anew what is sealed under another key than the current one, and says how many that
    /// were. What does not open is left as it is.
    pub(crate) fn reseal(&mut self, env: &Env<'_>) -> Result<u64, Fault> {
        let mut resealed = 0;
        let current = env.sealer.current();
        for app in &mut self.profile.apps {
            if Sealer::sealed_under(&app.secret) == Some(current) {
                continue;
            }
            let Ok(secret) = Self::open_app(app, env) else { continue };
            let owner = secret_owner(env.key, app.id);
            app.secret = env.sealer.seal(Use::AppSecret, &owner, secret.expose(), env.random)?;
            resealed += 1;
        }
        Ok(resealed)
    }

    /// The keys that the secrets of the apps are sealed under; none for one that is damaged.
    pub(crate) fn keys_of_apps(&self) -> impl Iterator<Item = Option<KeyId>> {
        self.profile.apps.iter().map(|app| Sealer::sealed_under(&app.secret))
    }

    /// The keys that mailed codes are derived under which still work at this moment.
    pub(crate) fn keys_of_codes(&self, now: Timestamp) -> impl Iterator<Item = KeyId> {
        let live = self.counters.mailbox.live.iter().filter(move |live| live.is_live(now));
        live.map(|live| live.key)
    }

    /// Whether one of the linked apps has this secret: a ticket that comes back from the past, with
    /// a clock that does, links nothing twice. One that does not open has another.
    pub(super) fn has_linked(&self, secret: &Secret, env: &Env<'_>) -> bool {
        self.profile.apps.iter().any(|app| Self::open_app(app, env).is_ok_and(|own| own == *secret))
    }

    /// The secret of one linked app.
    pub(super) fn open_app(app: &App, env: &Env<'_>) -> Result<Secret, Fault> {
        let owner = secret_owner(env.key, app.id);
        let plain = env.sealer.open(Use::AppSecret, &owner, &app.secret)?;
        plain.map(|plain| Secret::new(plain.to_vec())).ok_or(Fault::Unreadable)
    }

    /// The method was passed for the first time or once more: the account holds it from now on.
    pub(super) fn now_holds(&mut self, method: Method) {
        self.profile.held = self.profile.held.and(method);
    }
}

/// What a sealed app secret belongs to.
fn secret_owner(key: &AccountKey, id: AuthenticatorId) -> Vec<u8> {
    let tenant = key.tenant().as_str();
    let user = key.user().as_str();
    joined(&[tenant.as_bytes(), user.as_bytes(), id.as_bytes()])
}
