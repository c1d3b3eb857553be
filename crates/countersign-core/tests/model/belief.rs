//! What the model believes, in its own words and its own arithmetic. It knows nothing of tickets,
//! seals or stores; times are plain milliseconds.

use countersign_core::{AuthenticatorId, BeforeEnrollment, EmailAddress, Method, Requirement};
use countersign_testkit::FakePhone;

pub(crate) const SECOND: i64 = 1000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
/// The hard stop is set low, so that stories reach it; so is how often a code is sent.
pub(crate) const HARD_STOP: u32 = 10;
pub(crate) const RESENDS_OF_A_CODE: u32 = 2;
pub(crate) const MAILS_IN_A_ROW: i64 = 3;
/// Half of a code's life, in which one more mail may go out.
pub(crate) const MAIL_EVERY: i64 = 5 * MINUTE;

/// Which of the two roles somebody has.
pub(crate) type Roles = [bool; 2];
pub(crate) const NO_ROLES: Roles = [false; 2];

#[derive(Debug, Clone)]
pub(crate) struct App {
    pub(crate) id: Option<AuthenticatorId>,
    pub(crate) phone: FakePhone,
    pub(crate) off: bool,
    /// The last accepted step of its codes.
    pub(crate) last_step: Option<u64>,
}

/// The mails that an address refused, with none delivered since.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bounced {
    pub(crate) times: u32,
    pub(crate) again_at: i64,
    /// How often an administrator had it tried at once.
    pub(crate) tries: u32,
}

impl Bounced {
    pub(crate) fn once_more(before: Option<Self>, now: i64) -> Self {
        let before = before.unwrap_or_default();
        let together = before.times > 0 && now < before.again_at;
        let times = before.times + u32::from(!together);
        let minutes = match times {
            1 => 15,
            2 => 60,
            3 => 4 * 60,
            _ => 24 * 60,
        };
        Self { times, again_at: now + minutes * MINUTE, ..before }
    }
}

/// What happened to a mail with a code.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mailed {
    Queued,
    Answered,
}

/// One user.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) there: bool,
    pub(crate) admin: bool,
    pub(crate) suspended: bool,
    pub(crate) roles: Roles,
    pub(crate) rule: Requirement,
    pub(crate) own: Requirement,
    pub(crate) exempt_until: Option<i64>,
    pub(crate) used_mail: bool,
    pub(crate) used_app: bool,
    pub(crate) apps: Vec<App>,
    pub(crate) address: EmailAddress,
    pub(crate) proposed: Option<EmailAddress>,
    pub(crate) confirmed: bool,
    pub(crate) bounced: Option<Bounced>,
    pub(crate) mail_off: bool,
    pub(crate) soft: [u32; 2],
    pub(crate) hard: [u32; 2],
    pub(crate) locked_until: Option<i64>,
    pub(crate) invitation: Option<(u32, i64)>,
    pub(crate) invitation_accepted: bool,
    pub(crate) reopened: bool,
    /// How often everything open was ended.
    pub(crate) generation: u64,
    /// Which account of this name it is; an erased one shares nothing with the next.
    pub(crate) life: u32,
    pub(crate) second_step_at: Option<i64>,
    /// When mails with a code were queued, and when such a code was answered.
    pub(crate) mails: Vec<(i64, Mailed)>,
}

impl Person {
    pub(crate) fn new(address: EmailAddress, admin: bool, roles: Roles, life: u32) -> Self {
        Self {
            there: true,
            admin,
            suspended: false,
            roles,
            rule: Requirement::None,
            own: Requirement::None,
            exempt_until: None,
            used_mail: false,
            used_app: false,
            apps: Vec::new(),
            address,
            proposed: None,
            confirmed: false,
            bounced: None,
            mail_off: false,
            soft: [0; 2],
            hard: [0; 2],
            locked_until: None,
            invitation: None,
            invitation_accepted: false,
            reopened: false,
            generation: 0,
            life,
            second_step_at: None,
            mails: Vec::new(),
        }
    }

    pub(crate) fn locked(&self, now: i64) -> bool {
        self.locked_until.is_some_and(|until| now < until)
    }

    pub(crate) fn mail_works(&self, now: i64) -> bool {
        !self.mail_off && self.bounced.as_ref().is_none_or(|bounced| bounced.again_at <= now)
    }

    pub(crate) fn app_works(&self) -> bool {
        self.apps.iter().any(|app| !app.off)
    }

    /// What a login needs: the table of the design, written down once more. The host may state
    /// roles for this one login.
    pub(crate) fn required(&self, company: &Company, stated: Roles, now: i64) -> Requirement {
        let strongest_used = match (self.used_mail, self.used_app) {
            (_, true) => 2,
            (true, false) => 1,
            (false, false) => 0,
        };
        let mut level = rank(company.minimum).max(rank(self.rule)).max(rank(self.own));
        if self.exempt_until.is_none_or(|until| now >= until) {
            let ready = strongest_used >= rank(company.required);
            level = level.max(match company.grace {
                Some((before, until)) if now < until && !ready => rank(before),
                _ => rank(company.required),
            });
            for role in (0..2).filter(|role| self.roles[*role] || stated[*role]) {
                level = level.max(rank(company.roles[role]));
            }
        }
        [Requirement::None, Requirement::Email, Requirement::App][level]
    }

    /// Whether these methods are enough for a login now.
    pub(crate) fn is_enough(
        &self,
        company: &Company,
        stated: Roles,
        passed: &[Method],
        now: i64,
    ) -> bool {
        let best = passed.iter().map(|method| index(*method) + 1).max().unwrap_or(0);
        best >= rank(self.required(company, stated, now))
    }

    /// The time for which mails with a code are saved up, after each that went out.
    pub(crate) fn saved_up(&self, now: i64) -> i64 {
        let most = MAILS_IN_A_ROW * MAIL_EVERY;
        let mut saved = most;
        let mut then = i64::MIN / 2;
        for (at, what) in &self.mails {
            saved = (saved + (at - then).clamp(0, most)).min(most);
            saved = match what {
                Mailed::Queued => saved - MAIL_EVERY,
                Mailed::Answered => (saved + MAIL_EVERY).min(most),
            };
            then = *at;
        }
        (saved + (now - then).clamp(0, most)).min(most)
    }

    /// A wrong answer: whether it locks.
    pub(crate) fn miss(&mut self, method: Method, linking: bool, now: i64) -> bool {
        self.soft[index(method)] += 1;
        if !linking {
            self.hard[index(method)] += 1;
            if self.hard[index(method)] >= HARD_STOP {
                match method {
                    Method::App => self.apps.iter_mut().for_each(|app| app.off = true),
                    _ => self.mail_off = true,
                }
            }
        }
        let in_a_row = self.soft[0] + self.soft[1];
        if in_a_row < 5 {
            return false;
        }
        let mut pause = 30 * SECOND;
        for _ in 5..in_a_row {
            pause = (pause * 2).min(60 * MINUTE);
        }
        self.locked_until = Some(self.locked_until.unwrap_or(i64::MIN).max(now + pause));
        true
    }

    /// What any right answer does.
    pub(crate) fn hit(&mut self, method: Method, now: i64) {
        for cleared in 0..=index(method) {
            self.soft[cleared] = 0;
            self.hard[cleared] = 0;
        }
        self.locked_until = None;
        self.second_step_at = Some(now);
    }

    pub(crate) fn now_uses(&mut self, method: Method) {
        match method {
            Method::App => self.used_app = true,
            _ => self.used_mail = true,
        }
    }

    pub(crate) fn moves_to(&mut self, address: EmailAddress, confirmed: bool) {
        self.address = address;
        self.confirmed = confirmed;
        (self.proposed, self.bounced, self.mail_off) = (None, None, false);
        self.hard[0] = 0;
        (self.invitation, self.invitation_accepted) = (None, false);
        self.generation += 1;
    }

    pub(crate) fn reset(&mut self) {
        self.apps.clear();
        self.own = Requirement::None;
        (self.soft, self.hard, self.locked_until) = ([0; 2], [0; 2], None);
        (self.mail_off, self.invitation_accepted, self.reopened) = (false, false, true);
        (self.proposed, self.invitation) = (None, None);
        self.generation += 1;
    }
}

/// One tenant.
#[derive(Debug, Clone, Default)]
pub(crate) struct Company {
    /// What the deployment asks for everywhere.
    pub(crate) minimum: Requirement,
    pub(crate) required: Requirement,
    /// What it asks for the one role and for the other.
    pub(crate) roles: [Requirement; 2],
    pub(crate) gate: BeforeEnrollment,
    pub(crate) grace: Option<(Requirement, i64)>,
    pub(crate) revision: u64,
    pub(crate) generation: u64,
}

impl Company {
    /// A new policy: whether it asks less of anybody, now or later.
    pub(crate) fn asks(
        &mut self,
        required: Requirement,
        roles: [Requirement; 2],
        gate: BeforeEnrollment,
        grace: Option<i64>,
    ) -> bool {
        let old = self.clone();
        self.grace = match grace {
            _ if rank(required) == rank(old.required) => old.grace,
            Some(until) if rank(required) > rank(old.required) => Some((old.required, until)),
            _ => None,
        };
        (self.required, self.roles, self.gate) = (required, roles, gate);
        let kept = |company: &Self| (company.required, company.roles, company.gate, company.grace);
        self.revision += u64::from(kept(&old) != kept(self));
        let everybody = self.grace.map_or(required, |(before, _)| before);
        let less = |role: usize| rank(roles[role]).max(rank(everybody)) < rank(old.roles[role]);
        rank(required) < rank(old.required) || gate < old.gate || less(0) || less(1)
    }
}

pub(crate) fn index(method: Method) -> usize {
    usize::from(method == Method::App)
}

pub(crate) fn rank(requirement: Requirement) -> usize {
    match requirement {
        Requirement::None => 0,
        Requirement::Email => 1,
        _ => 2,
    }
}
