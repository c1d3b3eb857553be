//! Logging in: begin, verify, and the small things in between.

use super::engine::{Engine, Scope, Work};
use super::error::{Cause, Error, WhileDoing as _};
use super::mfa::Mfa;
use super::session::why_ended;
use crate::account::{Account, Actor, AnsweredAttempt, Beginning, Env, Origin};
use crate::codes::{Code, totp};
use crate::login::{
    Answer, Ask, Begun, Client, Continued, Proof, Purpose, Refusal, Staleness, Ticket,
    TicketClaims, Verdict, Wrong, WrongAnswer, bind,
};
use crate::seal::Fault;
use crate::types::{AccountKey, FirstFactor, Method};

/// Most roles that a host may state for one login.
const MOST_PASSING_ROLES: usize = 8;
/// Most values kept of what another identity provider stated, and most bytes in each.
const MOST_AMR: usize = 8;
const MOST_AMR_BYTES: usize = 32;

impl Mfa {
    /// Begins the second step of a login, right after the host has checked the first.
    ///
    /// One read. Only an e-mailed code costs a write, which queues its letter. If the client holds
    /// the ticket of the same login, that one goes on: the same QR code, the same deadline.
    ///
    /// # Errors
    ///
    /// `Unavailable`, `Contended`, `OutcomeUnknown` or `Corrupt`: nothing was decided and the user
    /// is not logged in. `Unfit` if the client states more than eight roles.
    pub async fn begin(
        &self,
        key: &AccountKey,
        first: FirstFactor,
        client: &Client,
    ) -> Result<Begun, Error> {
        const DOING: &str = "begin a login";
        let beginning = self.engine.beginning(Purpose::Login, tidy(first), client);
        let beginning = beginning.while_doing(DOING)?;
        let origin = origin(client);
        let decide = |work: &mut Work| self.engine.begin(key, &beginning, &origin, work);
        self.engine.transact(DOING, Scope::Account(key), decide).await
    }

    /// Begins a fresh proof for a stated purpose, for somebody who is logged in.
    ///
    /// It asks for the strongest method that the account holds. Linking a first app needs nothing
    /// more where the tenant asks for nothing before enrollment.
    ///
    /// # Errors
    ///
    /// `Unavailable`, `Contended`, `OutcomeUnknown` or `Corrupt`: nothing was decided. `Unfit` if the
    /// purpose is [`Purpose::Login`], which only [`Mfa::begin`] serves, or for more than eight roles.
    pub async fn step_up(
        &self,
        proof: &Proof,
        purpose: Purpose,
        client: &Client,
    ) -> Result<Begun, Error> {
        const DOING: &str = "begin a step-up";
        if purpose == Purpose::Login {
            let why = "its purpose is an ordinary login";
            let unfit = Cause::unfit("step_up.purpose", why, "state another purpose");
            return Err(unfit.while_doing(DOING));
        }
        let first = proof.first_factor().clone();
        let beginning = self.engine.beginning(purpose, first, client).while_doing(DOING)?;
        let origin = origin(client);
        let key = proof.key();
        let decide = |work: &mut Work| match why_ended(proof, work) {
            Some(_) => Ok(Begun::Refused(Refusal::ProofEnded)),
            None => self.engine.begin(key, &beginning, &origin, work),
        };
        self.engine.transact(DOING, Scope::Account(key), decide).await
    }

    /// Judges one answer.
    ///
    /// One read and one write, right or wrong; none at all for malformed input and for a ticket that
    /// is forged, foreign or over. No verdict is returned before it is durably counted.
    ///
    /// # Errors
    ///
    /// `Unavailable`, `Contended` or `Corrupt`: nothing was counted. `OutcomeUnknown`: retry with the
    /// same attempt id.
    pub async fn verify(
        &self,
        ticket: &Ticket,
        answer: &Answer,
        client: &Client,
    ) -> Result<Verdict, Error> {
        const DOING: &str = "judge an answer";
        let claims = match self.engine.open_ticket(ticket, client).while_doing(DOING)? {
            Ok(claims) => claims,
            Err(staleness) => return Ok(Verdict::Stale(staleness)),
        };
        let digits = match claims.ask {
            Ask::Email { .. } => self.engine.limits.email_code_digits,
            Ask::App | Ask::Link { .. } => totp::DIGITS,
        };
        let code = match Code::parse(answer.typed(), digits) {
            Ok(code) => code,
            Err(malformed) => {
                return Ok(Verdict::Wrong(Wrong::because(WrongAnswer::Malformed(malformed), None)));
            }
        };
        let attempt = client.attempt;
        let answered = AnsweredAttempt { ticket: &claims, sealed: ticket, code: &code, attempt };
        let origin = origin(client);
        let key = &claims.key;
        let decide = |work: &mut Work| {
            self.engine.clocks_agree(work.now)?;
            let verb = |account: &mut Account, env: &mut Env<'_>| account.verify(&answered, env);
            let verdict = self.engine.on_account(key, &origin, work, verb)?;
            Ok(verdict.unwrap_or(Verdict::Stale(Staleness::Superseded)))
        };
        self.engine.transact(DOING, Scope::Account(key), decide).await
    }

    /// Sends the code of an open step again: the same code while it works, a new one after.
    ///
    /// # Errors
    ///
    /// `Unavailable`, `Contended` or `Corrupt`: nothing was sent. `OutcomeUnknown`: perhaps it was.
    pub async fn resend(&self, ticket: &Ticket, client: &Client) -> Result<Continued, Error> {
        self.go_on("send a code again", ticket, client, Account::resend).await
    }

    /// Takes another way through an open step, under the same deadline and the same budget.
    ///
    /// # Errors
    ///
    /// `Unavailable`, `Contended`, `OutcomeUnknown` or `Corrupt`; the ticket in hand stays good.
    pub async fn another_way(
        &self,
        ticket: &Ticket,
        method: Method,
        client: &Client,
    ) -> Result<Continued, Error> {
        self.go_on("take another way", ticket, client, |account, claims, env| {
            account.another_way(claims, method, env)
        })
        .await
    }

    /// Shows an open step again: the same QR code, the same address, the same deadline. One read.
    ///
    /// # Errors
    ///
    /// `Unavailable` or `Corrupt`; the ticket in hand stays good.
    pub async fn resume(&self, ticket: &Ticket, client: &Client) -> Result<Continued, Error> {
        self.go_on("show a step again", ticket, client, |account, claims, env| {
            account.resume(claims, env)
        })
        .await
    }

    async fn go_on(
        &self,
        doing: &'static str,
        ticket: &Ticket,
        client: &Client,
        verb: impl Fn(&mut Account, &TicketClaims, &mut Env<'_>) -> Result<Continued, Fault>
        + Send
        + Sync,
    ) -> Result<Continued, Error> {
        let claims = match self.engine.open_ticket(ticket, client).while_doing(doing)? {
            Ok(claims) => claims,
            Err(staleness) => return Ok(Continued::Stale(staleness)),
        };
        let origin = origin(client);
        let key = &claims.key;
        let decide = |work: &mut Work| {
            let verb = |account: &mut Account, env: &mut Env<'_>| verb(account, &claims, env);
            let outcome = self.engine.on_account(key, &origin, work, verb)?;
            Ok(outcome.unwrap_or(Continued::Stale(Staleness::Superseded)))
        };
        self.engine.transact(doing, Scope::Account(key), decide).await
    }
}

impl Engine {
    /// What a login or step-up of this client begins with.
    fn beginning(
        &self,
        purpose: Purpose,
        first: FirstFactor,
        client: &Client,
    ) -> Result<Beginning, Cause> {
        if client.roles.len() > MOST_PASSING_ROLES {
            let why = format!("the client has {} roles of its own", client.roles.len());
            return Err(Cause::unfit("begin.roles", why, "state at most eight"));
        }
        // A held ticket that does not open, perhaps under a retired key, stops no login.
        let open = |ticket| self.open_ticket(ticket, client).ok().and_then(Result::ok);
        let holds = client.holds.as_ref().and_then(open);
        let roles = client.roles.clone();
        let binding = client.binding.as_ref().map(bind);
        Ok(Beginning { purpose, first, roles, binding, holds })
    }

    fn begin(
        &self,
        key: &AccountKey,
        beginning: &Beginning,
        origin: &Origin,
        work: &mut Work,
    ) -> Result<Begun, Cause> {
        let verb = |account: &mut Account, env: &mut Env<'_>| account.begin(beginning.clone(), env);
        let begun = self.on_account(key, origin, work, verb)?;
        if !matches!(begun, Some(Begun::Passed(_))) {
            self.clocks_agree(work.now)?;
        }
        Ok(begun.unwrap_or(Begun::Refused(Refusal::Unknown)))
    }

    /// What the ticket carries, if it is ours, of this browser, and not over by this node's clock.
    /// No I/O: forged and stale tickets end here.
    fn open_ticket(
        &self,
        ticket: &Ticket,
        client: &Client,
    ) -> Result<Result<TicketClaims, Staleness>, Fault> {
        let Some(claims) = self.sealer.open_ticket(ticket)? else {
            return Ok(Err(Staleness::NotOurs));
        };
        if !claims.is_bound_to(client.binding.as_ref()) {
            return Ok(Err(Staleness::NotOurs));
        }
        if self.clock.now() >= claims.ends {
            return Ok(Err(Staleness::RanOut));
        }
        Ok(Ok(claims))
    }
}

/// The user at this client.
fn origin(client: &Client) -> Origin {
    Origin { actor: Actor::User, seen_as: client.seen_as.clone() }
}

/// Keeps of another provider's statement what fits a ticket.
fn tidy(first: FirstFactor) -> FirstFactor {
    match first {
        FirstFactor::Password => FirstFactor::Password,
        FirstFactor::Federated(stated) => {
            let fits = |value: &String| {
                let is_text = value.bytes().all(|byte| byte.is_ascii_graphic());
                (1..=MOST_AMR_BYTES).contains(&value.len()) && is_text
            };
            FirstFactor::Federated(stated.into_iter().filter(fits).take(MOST_AMR).collect())
        }
    }
}
