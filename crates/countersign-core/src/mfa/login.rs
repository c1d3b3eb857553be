//! Logging in: begin, verify, and the small things in between; then what a proof is good for.

use super::engine::{Engine, Scope, Work};
use super::error::Error;
use super::mfa::Mfa;
use crate::account::{Account, Actor, AnsweredAttempt, Beginning, Env};
use crate::codes::{Code, totp};
use crate::login::{
    Answer, Ask, Begun, Client, Continued, Evidence, Failed, Failure, Proof, Purpose, Refusal,
    Refused, SealedProof, SessionEnd, Stale, Staleness, Ticket, TicketClaims, Verdict, bind,
};
use crate::policy::{Held, Requirement, resolve};
use crate::seal::Fault;
use crate::types::{AccountKey, FirstFactor, Method, Timestamp};

/// Most roles that a host may state for one login.
const MOST_PASSING_ROLES: usize = 8;
/// Most values, and bytes in each, kept of what another identity provider stated.
const MOST_AMR: (usize, usize) = (8, 32);

impl Mfa {
    /// Begins the second step of a login, right after the host has checked the first.
    ///
    /// One read. Only an e-mailed code costs a write, which queues its letter. If the client holds
    /// the ticket of the same login, that one goes on: the same QR code, the same deadline.
    ///
    /// # Errors
    ///
    /// The world broke: nothing was decided, so nobody is logged in.
    pub async fn begin(
        &self,
        key: &AccountKey,
        first: FirstFactor,
        client: &Client,
    ) -> Result<Begun, Error> {
        const DOING: &str = "begin a login";
        let beginning = self.engine.beginning(DOING, Purpose::Login, tidy(first), client)?;
        let scope = Scope::Account(key);
        self.engine
            .transact(DOING, scope, |work| self.engine.begin(DOING, key, &beginning, work))
            .await
    }

    /// Begins a fresh proof for a stated purpose, for somebody who is logged in.
    ///
    /// It asks for the strongest method that the account holds. Linking a first app needs nothing
    /// more where the company sets no gate.
    ///
    /// # Errors
    ///
    /// The world broke, or the purpose is [`Purpose::Login`], which only [`Mfa::begin`] serves.
    pub async fn step_up(
        &self,
        proof: &Proof,
        purpose: Purpose,
        client: &Client,
    ) -> Result<Begun, Error> {
        const DOING: &str = "begin a step-up";
        if purpose == Purpose::Login {
            let why = "its purpose is an ordinary login";
            return Err(Error::unfit("step_up.purpose", DOING, why, "state another purpose"));
        }
        let first = proof.first_factor().clone();
        let beginning = self.engine.beginning(DOING, purpose, first, client)?;
        let key = proof.key();
        let decide = |work: &mut Work| match why_ended(proof, work) {
            Some(_) => Ok(Begun::Refused(Refused::because(Refusal::ProofEnded))),
            None => self.engine.begin(DOING, key, &beginning, work),
        };
        self.engine.transact(DOING, Scope::Account(key), decide).await
    }

    /// Judges one answer.
    ///
    /// One read and one write, right or wrong; none at all for an answer that is no code and for a
    /// ticket that is forged, foreign or over. No verdict is returned before it is durably counted.
    ///
    /// # Errors
    ///
    /// The world broke. Unless the outcome is unknown, nothing was counted.
    pub async fn verify(
        &self,
        ticket: &Ticket,
        answer: &Answer,
        client: &Client,
    ) -> Result<Verdict, Error> {
        const DOING: &str = "judge an answer";
        let claims = match self.engine.open_ticket(DOING, ticket, client)? {
            Ok(claims) => claims,
            Err(reason) => return Ok(Verdict::Stale(Stale::because(reason))),
        };
        let digits = match claims.ask {
            Ask::Email { .. } => self.engine.limits.email_code_digits,
            Ask::App | Ask::Link { .. } => totp::DIGITS,
        };
        let code = match Code::parse(answer.typed(), digits) {
            Ok(code) => code,
            Err(malformed) => {
                let reason = Failure::Malformed(malformed);
                return Ok(Verdict::Failed(Failed { reason, tries_left: None }));
            }
        };
        let attempted = AnsweredAttempt {
            ticket: &claims,
            sealed: ticket,
            code: &code,
            attempt: client.attempt,
            seen_as: client.seen_as.clone(),
        };
        let key = &claims.key;
        let decide = |work: &mut Work| {
            self.engine.clocks_agree(DOING, work.now)?;
            let verb = |account: &mut Account, env: &mut Env<'_>| account.verify(&attempted, env);
            let verdict = self.engine.on_account(DOING, key, &Actor::Person, work, verb)?;
            Ok(verdict.unwrap_or(Verdict::Stale(Stale::because(Staleness::Superseded))))
        };
        self.engine.transact(DOING, Scope::Account(key), decide).await
    }

    /// Sends the code of an open step again: the same code while it works, a new one after.
    ///
    /// # Errors
    ///
    /// The world broke; nothing was sent.
    pub async fn resend(&self, ticket: &Ticket, client: &Client) -> Result<Continued, Error> {
        let seen_as = client.seen_as.clone();
        self.go_on("send a code again", ticket, client, |account, claims, env| {
            account.resend(claims, seen_as.clone(), env)
        })
        .await
    }

    /// Takes another way through an open step, under the same deadline and the same budget.
    ///
    /// # Errors
    ///
    /// The world broke; the ticket in hand stays good.
    pub async fn another_way(
        &self,
        ticket: &Ticket,
        method: Method,
        client: &Client,
    ) -> Result<Continued, Error> {
        let seen_as = client.seen_as.clone();
        self.go_on("take another way", ticket, client, |account, claims, env| {
            account.another_way(claims, method, seen_as.clone(), env)
        })
        .await
    }

    /// Shows an open step again: the same QR code, the same address, the same deadline. One read.
    ///
    /// # Errors
    ///
    /// The world broke; the ticket in hand stays good.
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
        let claims = match self.engine.open_ticket(doing, ticket, client)? {
            Ok(claims) => claims,
            Err(reason) => return Ok(Continued::Stale(Stale::because(reason))),
        };
        let key = &claims.key;
        let decide = |work: &mut Work| {
            let verb = |account: &mut Account, env: &mut Env<'_>| verb(account, &claims, env);
            let outcome = self.engine.on_account(doing, key, &Actor::Person, work, verb)?;
            Ok(outcome.unwrap_or(Continued::Stale(Stale::because(Staleness::Superseded))))
        };
        self.engine.transact(doing, Scope::Account(key), decide).await
    }

    /// Seals a proof as text, to keep in a session.
    ///
    /// # Errors
    ///
    /// A key or the source of randomness is missing.
    pub fn seal(&self, proof: &Proof) -> Result<SealedProof, Error> {
        let sealed = self.engine.sealer.seal_proof(proof, &*self.engine.random);
        sealed.map_err(|fault| Error::fault("seal a proof", fault))
    }

    /// Opens the sealed proof of a login and says whether it still stands. One read.
    ///
    /// A proof of a step-up is no session: it ends as [`SessionEnd::OtherPurpose`], unread.
    ///
    /// # Errors
    ///
    /// The world broke; treat the session as not logged in.
    pub async fn open(&self, sealed: &SealedProof) -> Result<Evidence, Error> {
        self.open_for(sealed, &Purpose::Login).await
    }

    /// Opens a sealed proof that was made for this purpose and no other. One read.
    ///
    /// # Errors
    ///
    /// The world broke; do not do the act.
    pub async fn open_for(
        &self,
        sealed: &SealedProof,
        purpose: &Purpose,
    ) -> Result<Evidence, Error> {
        let opened = self.engine.sealer.open_proof(sealed);
        match opened.map_err(|fault| Error::fault("open a proof", fault))? {
            Some(proof) if proof.purpose == *purpose => self.recheck(proof).await,
            Some(_) => Ok(Evidence::Ended(SessionEnd::OtherPurpose)),
            None => Ok(Evidence::Ended(SessionEnd::NotOurs)),
        }
    }

    /// Says whether a proof still stands. One read.
    ///
    /// # Errors
    ///
    /// The world broke; treat the session as not logged in.
    pub async fn recheck(&self, proof: Proof) -> Result<Evidence, Error> {
        const DOING: &str = "check a proof";
        let floor = self.engine.limits.floor;
        let decide = |work: &mut Work| {
            if let Some(end) = why_ended(&proof, work) {
                return Ok((Some(end), Requirement::None));
            }
            let (Some(tenant), Some(account)) = (&work.tenant, &work.account) else {
                return Ok((Some(SessionEnd::Gone), Requirement::None));
            };
            let (facts, none) = (account.facts(), Default::default());
            Ok((None, resolve(floor, tenant.policy(), &facts, &none, work.now).required))
        };
        let scope = Scope::Account(&proof.key);
        let (end, required) = self.engine.transact(DOING, scope, decide).await?;
        let enough = Held::of(proof.passed.iter().map(|pass| pass.method)).meets(required);
        Ok(match end {
            Some(end) => Evidence::Ended(end),
            None if enough || proof.purpose != Purpose::Login => Evidence::Stands(proof),
            None => Evidence::TooWeak { proof, required },
        })
    }
}

impl Engine {
    /// What a login or step-up of this client begins with.
    fn beginning(
        &self,
        doing: &'static str,
        purpose: Purpose,
        first: FirstFactor,
        client: &Client,
    ) -> Result<Beginning, Error> {
        if client.roles.len() > MOST_PASSING_ROLES {
            let why = format!("the client has {} roles of its own", client.roles.len());
            return Err(Error::unfit("begin.roles", doing, why, "state at most eight"));
        }
        // One that does not open, perhaps under a retired key, stops no login.
        let open = |ticket| self.open_ticket(doing, ticket, client).ok().and_then(Result::ok);
        let holds = client.holds.as_ref().and_then(open);
        Ok(Beginning {
            purpose,
            first,
            roles: client.roles.clone(),
            binding: client.binding.as_ref().map(bind),
            seen_as: client.seen_as.clone(),
            holds,
        })
    }

    fn begin(
        &self,
        doing: &'static str,
        key: &AccountKey,
        beginning: &Beginning,
        work: &mut Work,
    ) -> Result<Begun, Error> {
        let verb = |account: &mut Account, env: &mut Env<'_>| account.begin(beginning.clone(), env);
        let begun = self.on_account(doing, key, &Actor::Person, work, verb)?;
        if !matches!(begun, Some(Begun::Passed(_))) {
            self.clocks_agree(doing, work.now)?;
        }
        Ok(begun.unwrap_or(Begun::Refused(Refused::because(Refusal::Unknown))))
    }

    /// What the ticket carries, if it is ours, of this browser, and not over by this node's clock.
    /// No I/O: forged and stale tickets end here.
    fn open_ticket(
        &self,
        doing: &'static str,
        ticket: &Ticket,
        client: &Client,
    ) -> Result<Result<TicketClaims, Staleness>, Error> {
        let opened = self.sealer.open_ticket(ticket);
        let Some(claims) = opened.map_err(|fault| Error::fault(doing, fault))? else {
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

/// Why the proof no longer stands, if it does not.
pub(super) fn why_ended(proof: &Proof, work: &Work) -> Option<SessionEnd> {
    let now: Timestamp = work.now;
    let (Some(tenant), Some(account)) = (&work.tenant, &work.account) else {
        return Some(SessionEnd::Gone);
    };
    if account.facts().suspended {
        Some(SessionEnd::Gone)
    } else if now >= proof.ends {
        Some(SessionEnd::RanOut)
    } else if proof.account_generation != account.generation()
        || proof.tenant_generation != tenant.generation()
    {
        Some(SessionEnd::Superseded)
    } else {
        None
    }
}

/// Keeps of another provider's statement what fits a ticket.
fn tidy(first: FirstFactor) -> FirstFactor {
    match first {
        FirstFactor::Federated(stated) => {
            let (most, bytes) = MOST_AMR;
            let fits = |value: &String| {
                (1..=bytes).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_graphic())
            };
            FirstFactor::Federated(stated.into_iter().filter(fits).take(most).collect())
        }
        other => other,
    }
}
