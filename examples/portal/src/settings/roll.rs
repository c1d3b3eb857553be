//! Everyone in the company: the portal's record of each person joined with countersign's.
//!
//! Names are ours and states are countersign's, so a list that is searched by the one and filtered
//! by the other is joined here, in memory: two queries for ourselves and one for each two hundred
//! people there. A portal with companies of many thousands would keep the states in columns.

use std::cmp::Ordering;
use std::collections::HashMap;

use countersign::policy::{Access, AppState, EnrollBy};
use countersign::{
    Admin, ListedUser, NextLogin, Pseudonym, Requirement, TenantId, Timestamp, User as Account,
    UserId,
};
use countersign_axum::Problem;
use serde::Deserialize;

use crate::design::parts::Tone;
use crate::design::visit::to_problem;
use crate::people::Person;
use crate::state::Portal;

/// Rows of one page.
const ROWS: usize = 25;
/// People that countersign lists at a time.
const PAGE: usize = 200;

/// Everyone in the company, by name.
#[derive(Debug)]
pub(super) struct Roll {
    rows: Vec<Row>,
    /// Those whose account is damaged: there is no state to show.
    damaged: Vec<Person>,
}

/// One person.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) person: Person,
    pub(super) account: Account,
    pub(super) state: State,
}

/// How far a person meets the requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    /// The password is all they need.
    ReadyByPassword,
    /// They get codes by e-mail.
    ReadyByMail,
    /// They have linked an app.
    ReadyByApp,
    /// They link an app at the next login, or by the end of their grace.
    NotLinked { by: Option<Timestamp> },
    /// An administrator must approve the first app.
    NeedsApproval,
    /// An invitation waits.
    Invited { until: Timestamp },
    /// The invitation ran out.
    InvitationOver { at: Timestamp },
    /// A mail server refused the address for good.
    Refused { invited: bool },
    /// Codes are asked for, and there is nowhere to send them.
    NoAddress,
    /// Too many wrong codes, for a while.
    Locked { until: Timestamp },
    /// Too many wrong codes, for good.
    SwitchedOff,
    /// The portal has switched the person off.
    Suspended,
}

impl State {
    fn of(account: &Account, now: Timestamp) -> Self {
        use countersign::policy::AddressState;
        let facts = &account.facts;
        let refused = facts.address == AddressState::Refused;
        let locked = account.locked_until.filter(|until| now < *until);
        match (account.invitation_ends, locked, account.login) {
            _ if facts.suspended => Self::Suspended,
            (Some(_), ..) if refused => Self::Refused { invited: true },
            (Some(until), ..) if account.invited => Self::Invited { until },
            (Some(at), ..) => Self::InvitationOver { at },
            (_, Some(until), _) => Self::Locked { until },
            (_, _, NextLogin::NothingMore) => match account.resolution.enroll_by {
                Some(EnrollBy { until, required: Requirement::App }) => {
                    Self::NotLinked { by: Some(until) }
                }
                _ => Self::ReadyByPassword,
            },
            (_, _, NextLogin::AppCode) => Self::ReadyByApp,
            (_, _, NextLogin::MailedCode) => match account.resolution.enroll_by {
                Some(EnrollBy { until, required: Requirement::App }) => {
                    Self::NotLinked { by: Some(until) }
                }
                _ => Self::ReadyByMail,
            },
            (_, _, NextLogin::NeedsApproval) => Self::NeedsApproval,
            // They may still link an app; an administrator wants to know about the address.
            (_, _, NextLogin::Stopped | NextLogin::LinksApp) if refused => {
                Self::Refused { invited: false }
            }
            (_, _, NextLogin::Stopped)
                if facts.app == AppState::Disabled || facts.address == AddressState::Disabled =>
            {
                Self::SwitchedOff
            }
            (_, _, NextLogin::Stopped) => Self::NoAddress,
            _ => Self::NotLinked { by: None },
        }
    }

    /// Whether they can log in as they are, with no change ahead.
    pub(super) fn is_ready(self) -> bool {
        matches!(self, Self::ReadyByPassword | Self::ReadyByMail | Self::ReadyByApp)
    }

    /// When someone who is locked can try again.
    pub(super) fn locked_until(self) -> Option<Timestamp> {
        if let Self::Locked { until } = self { Some(until) } else { None }
    }

    /// How it is meant.
    pub(super) fn tone(self) -> Tone {
        match self {
            Self::ReadyByPassword => Tone::Plain,
            Self::ReadyByMail | Self::ReadyByApp => Tone::Good,
            Self::NotLinked { .. } | Self::NeedsApproval | Self::Invited { .. } => Tone::Wary,
            Self::InvitationOver { .. } | Self::Locked { .. } => Tone::Wary,
            Self::Refused { .. } | Self::NoAddress | Self::SwitchedOff | Self::Suspended => {
                Tone::Bad
            }
        }
    }
}

/// The query of a list, from its address. The names differ from those of the form that
/// opens over the list, because a page has each name once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Ask {
    /// Words that name and address must all hold.
    pub(super) search: String,
    /// The requirement: `none`, `email` or `app`.
    pub(super) asks: String,
    pub(super) state: String,
    pub(super) acts_as: String,
    pub(super) sort: String,
    /// The last person of the page before.
    pub(super) after: String,
    /// The first person of the page after.
    pub(super) before: String,
}

impl Ask {
    /// Whether anything is left out.
    pub(super) fn filters(&self) -> bool {
        [&self.search, &self.asks, &self.state, &self.acts_as].iter().any(|part| !part.is_empty())
    }

    /// The columns by their names in an address, and whether the order is turned round.
    pub(super) fn order(&self) -> (Column, bool) {
        let (turned, name) = match self.sort.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, self.sort.as_str()),
        };
        (Column::from_name(name).unwrap_or(Column::Name), turned)
    }

    fn wants(&self, row: &Row) -> bool {
        let name = format!("{} {}", row.person.name(), row.person.email.as_str()).to_lowercase();
        let found = self.search.to_lowercase().split_whitespace().all(|word| name.contains(word));
        let state = match self.state.as_str() {
            "ready" => row.state.is_ready(),
            "not-ready" => !row.state.is_ready(),
            "invited" => matches!(row.state, State::Invited { .. } | State::InvitationOver { .. }),
            "locked" => matches!(row.state, State::Locked { .. } | State::SwitchedOff),
            "stopped" => matches!(row.state, State::Refused { .. } | State::NoAddress),
            _ => true,
        };
        let role = match self.acts_as.as_str() {
            "admin" => row.is_admin(),
            "user" => !row.is_admin(),
            _ => true,
        };
        let required = requirement_from(&self.asks);
        let mfa = required.is_none_or(|asked| row.account.resolution.required == asked);
        found && state && role && mfa
    }
}

/// A column that a list can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Name,
    Email,
    Role,
    Required,
    State,
    LastLogin,
}

impl Column {
    /// Its name in an address.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Role => "role",
            Self::Required => "mfa",
            Self::State => "state",
            Self::LastLogin => "login",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Name, Self::Email, Self::Role, Self::Required, Self::State, Self::LastLogin]
            .into_iter()
            .find(|column| column.name() == name)
    }

    fn compare(self, one: &Row, other: &Row) -> Ordering {
        let by_name = || {
            let name = |row: &Row| row.person.name().to_lowercase();
            name(one).cmp(&name(other)).then_with(|| one.id().as_str().cmp(other.id().as_str()))
        };
        let order = match self {
            Self::Name => Ordering::Equal,
            Self::Email => one.person.email.as_str().cmp(other.person.email.as_str()),
            Self::Role => other.is_admin().cmp(&one.is_admin()),
            Self::Required => {
                one.account.resolution.required.cmp(&other.account.resolution.required)
            }
            Self::State => one.state.cmp(&other.state),
            Self::LastLogin => one.person.last_login.cmp(&other.person.last_login),
        };
        order.then_with(by_name)
    }
}

/// One page of a list.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) rows: &'a [Row],
    /// How many rows come before these.
    pub(super) skipped: usize,
    /// How many there are on all pages.
    pub(super) all: usize,
}

impl Row {
    pub(super) fn id(&self) -> &UserId {
        self.person.key.user()
    }

    pub(super) fn is_admin(&self) -> bool {
        self.account.facts.access == Access::Admin
    }
}

impl Roll {
    /// Everyone who is known to both.
    pub(super) async fn of(
        portal: &Portal,
        admin: &Admin,
        company: &TenantId,
    ) -> Result<Self, Problem> {
        let mut accounts = HashMap::new();
        let mut after: Option<UserId> = None;
        loop {
            let page = admin.users(after, PAGE).await?;
            after = page.last().map(|last| last.user_id().clone());
            let more = page.len() == PAGE;
            accounts.extend(page.into_iter().map(|listed| (listed.user_id().clone(), listed)));
            if !more {
                break;
            }
        }
        let now = portal.mfa().now();
        let people = portal.people().of(company).await.map_err(to_problem)?;
        let mut roll = Self { rows: Vec::new(), damaged: Vec::new() };
        for person in people {
            match accounts.remove(person.key.user()) {
                Some(ListedUser::User(account)) => {
                    let state = State::of(&account, now);
                    roll.rows.push(Row { person, account, state });
                }
                Some(ListedUser::Damaged(_)) => roll.damaged.push(person),
                None => {}
            }
        }
        Ok(roll)
    }

    /// One person.
    pub(super) fn find(&self, id: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.id().as_str() == id)
    }

    /// The person behind a pseudonym of the activity log, unless they were removed.
    pub(super) fn find_pseudonym(&self, pseudonym: Pseudonym) -> Option<&Row> {
        self.rows.iter().find(|row| row.account.pseudonym == pseudonym)
    }

    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The names of those whose account is damaged.
    pub(super) fn damaged(&self) -> Option<String> {
        let names: Vec<_> = self.damaged.iter().map(Person::name).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }

    /// How many are ready.
    pub(super) fn ready(&self) -> usize {
        self.rows.iter().filter(|row| row.state.is_ready()).count()
    }

    /// The rows that match the query, in its order.
    pub(super) fn select(&self, ask: &Ask) -> Vec<Row> {
        let mut rows: Vec<Row> = self.rows.iter().filter(|row| ask.wants(row)).cloned().collect();
        let (column, turned) = ask.order();
        rows.sort_by(|one, other| {
            let order = column.compare(one, other);
            if turned { order.reverse() } else { order }
        });
        rows
    }
}

impl<'a> Part<'a> {
    /// The page that comes after or before the named person; the first, if no one is named or they
    /// are not in the list.
    pub(super) fn of(rows: &'a [Row], ask: &Ask) -> Self {
        let at = |id: &str| rows.iter().position(|row| row.id().as_str() == id);
        let skipped = match (at(&ask.after), at(&ask.before)) {
            (Some(last), _) => last + 1,
            (None, Some(first)) => first.saturating_sub(ROWS),
            (None, None) => 0,
        };
        // After the very last person comes no one; show the list rather than nothing.
        let skipped = if skipped < rows.len() { skipped } else { 0 };
        let page = rows.get(skipped..).unwrap_or_default();
        let page = page.get(..ROWS).unwrap_or(page);
        Self { rows: page, skipped, all: rows.len() }
    }

    /// The last person of this page, if there is a next page.
    pub(super) fn next(&self) -> Option<&UserId> {
        let more = self.skipped + self.rows.len() < self.all;
        self.rows.last().filter(|_| more).map(Row::id)
    }

    /// The first person of this page, if there is a page before.
    pub(super) fn previous(&self) -> Option<&UserId> {
        self.rows.first().filter(|_| self.skipped > 0).map(Row::id)
    }
}

/// The requirement that a word in an address or a form stands for.
pub(super) fn requirement_from(word: &str) -> Option<Requirement> {
    match word {
        "none" => Some(Requirement::None),
        "email" => Some(Requirement::Email),
        "app" => Some(Requirement::App),
        _ => None,
    }
}

/// The word for it in an address or a form.
pub(super) fn name_of(required: Requirement) -> &'static str {
    match required {
        Requirement::None => "none",
        Requirement::Email => "email",
        Requirement::App => "app",
    }
}
