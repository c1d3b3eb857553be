//! Logging in: begin, verify, and the small things in between.

use super::engine::{Engine, Scope, Work};
use super::error::{Cause, Error, WhileDoing as _};
use super::mfa::Mfa;
use crate::account::{Account, Actor, AnsweredAttempt, Beginning, Env, Origin};
use crate::codes::{Code, totp};
use crate::login::{
    Answer, Ask, Begun, BegunBy, Client, Continued, Proof, Purpose, Refusal, Staleness, Ticket,
    TicketClaims, Verdict, Wrong, WrongAnswer, bind,
};
use crate::seal::Fault;
use crate::types::{AccountKey, FirstFactor, Method, Timestamp};

/// Most roles that a host may state for one login.
const MOST_PASSING_ROLES: usize = 8;
/// Most values kept of what another identity provider stated, and most bytes in each.
const MOST_AMR: usize = 8;
const MOST_AMR_BYTES: usize = 32;

impl Mfa {
    /// Begins the second step of a login, right after the host has checked the first.
    ///
    /// [`Begun`] says what follows: nothing, a code, the linking of an app, or a refusal. The login
    /// costs one read; only an e-mailed code costs a write, which queues its letter.
    ///
    /// - If the client holds the ticket of the same login ([`Client::holding`]), that login
    ///   continues: the same QR code, the same deadline.
    /// - A login joins the code that another login of the same account was mailed, in the first
    ///   half of its life. So a reload or a second tab sends no second mail.
    /// - A new login resets no count of wrong answers (NIST SP 800-63B-4, 3.1.3.2; RFC 4226, 7.3).
    /// - An account that does not exist is [`Refusal::Unknown`]: show the page of a wrong password.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// # let client = &demo.client;
    /// use countersign_core::{Begun, FirstFactor, Step};
    ///
    /// match mfa.begin(key, FirstFactor::Password, client).await? {
    ///     // Put `passed.proof` into a session; see `Mfa::seal`.
    ///     Begun::Passed(passed) => drop(passed),
    ///     // Ask for the code, and keep `challenge.ticket` in a cookie.
    ///     Begun::Step(Step::EnterCode(challenge)) => assert_eq!(challenge.digits, 6),
    ///     // Show the QR code of `enrollment.app`, and keep `enrollment.ticket` in a cookie.
    ///     Begun::Step(Step::LinkApp(enrollment)) => drop(enrollment),
    ///     // Show `refusal.message(&locale, mfa.now())`.
    ///     Begun::Refused(refusal) => drop(refusal),
    /// }
    /// # Ok(())
    /// # });
    /// ```
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
        let beginning = self.engine.beginning(Purpose::Login, tidy(first), None, client);
        let beginning = beginning.while_doing(DOING)?;
        let origin = origin(client);
        let decide = |work: &mut Work| self.engine.begin(key, &beginning, &origin, work);
        self.engine.transact(DOING, Scope::Account(key), decide).await
    }

    /// Begins a fresh proof for a stated purpose, for a user who is logged in.
    ///
    /// It asks for the strongest method that the account holds, and offers no other. Linking a
    /// first app needs nothing more where the tenant asks for nothing before enrollment
    /// ([`BeforeEnrollment`]). [`Purpose::Strengthen`] asks for what a login would, for a session
    /// that the policy by now finds too weak
    /// ([`SessionCheck::StepUpRequired`](crate::SessionCheck::StepUpRequired)).
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// # let client = &demo.client;
    /// # let session = demo.log_in(key).await;
    /// use countersign_core::login::StepUpReason;
    /// use countersign_core::{Begun, Purpose, Step};
    ///
    /// let purpose = Purpose::StepUp(StepUpReason::new("payment 4711")?);
    /// let begun = mfa.step_up(&session, purpose.clone(), client).await?;
    /// let Begun::Step(Step::EnterCode(challenge)) = begun else {
    ///     panic!("Ben gets a code");
    /// };
    /// assert_eq!(challenge.purpose, purpose);
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unavailable`, `Contended`, `OutcomeUnknown` or `Corrupt`: nothing was decided. `Unfit` if
    /// the purpose is [`Purpose::Login`], which only [`Mfa::begin`] serves, or for more than eight
    /// roles.
    ///
    /// [`BeforeEnrollment`]: crate::BeforeEnrollment
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
        // A step-up is no login: one that asked for nothing would make an old session recent.
        let is_login = proof.purpose == Purpose::Login;
        let issued = if is_login { proof.issued() } else { Timestamp::from_seconds(0) };
        let session = Some(BegunBy { id: proof.id(), issued });
        let mut beginning =
            self.engine.beginning(purpose, first, session, client).while_doing(DOING)?;
        if beginning.purpose == Purpose::Strengthen {
            // What is asked of a session is asked of the login that it came from.
            beginning.roles.clone_from(&proof.roles);
            beginning.minimum = proof.minimum;
        }
        let origin = origin(client);
        let key = proof.key();
        let decide = |work: &mut Work| match self.engine.why_ended(proof, work)? {
            Some(_) => Ok(Begun::Refused(Refusal::ProofEnded)),
            None => self.engine.begin(key, &beginning, &origin, work),
        };
        self.engine.transact(DOING, Scope::Account(key), decide).await
    }

    /// Judges one answer.
    ///
    /// Right or wrong, an answer costs one read and one write, and no verdict is returned before it
    /// is durably counted. These answers write nothing and cost no attempt: malformed input, an
    /// expired e-mailed code, any answer while the account is locked, and a ticket that is forged,
    /// expired, used or from another browser.
    ///
    /// - A right code is accepted once, on any number of nodes (RFC 6238, 5.2; NIST SP 800-63B-4,
    ///   3.1.3.2).
    /// - Every wrong answer counts against one budget of the account, over all logins, browsers and
    ///   methods: see [`Limits`](crate::Limits).
    /// - An answer sent again with the same [`Client::attempt`] gets the verdict of the first and
    ///   counts once. A right app code that was used before, in another attempt, counts as a wrong
    ///   answer.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// # let client = &demo.client;
    /// use countersign_core::{Answer, Verdict};
    ///
    /// # let challenge = demo.challenge(key).await;
    /// # let typed = demo.code(&countersign_core::Step::EnterCode(challenge.clone())).await;
    /// match mfa.verify(&challenge.ticket, &Answer::code(typed), client).await? {
    ///     // Put `passed.proof` into a session; see `Mfa::seal`.
    ///     Verdict::Passed(passed) => assert_eq!(passed.proof.key(), key),
    ///     // One more step, with a new ticket.
    ///     Verdict::Step(step) => panic!("one step is enough here: {step:?}"),
    ///     // The user tries again with the same ticket.
    ///     Verdict::Wrong(wrong) => panic!("{}", wrong.code()),
    ///     // Say until when; drop the ticket if `until` is `None`.
    ///     Verdict::Locked(locked) => panic!("{}", locked.code()),
    ///     // The user logs in again.
    ///     Verdict::Stale(staleness) => panic!("{}", staleness.code()),
    /// }
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unavailable`, `Contended` or `Corrupt`: nothing was counted. `OutcomeUnknown`: retry with
    /// the same attempt id.
    pub async fn verify(
        &self,
        ticket: &Ticket,
        answer: &Answer,
        client: &Client,
    ) -> Result<Verdict, Error> {
        const DOING: &str = "judge an answer";
        let claims = match self.engine.open_ticket(ticket, client) {
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
        let answered = AnsweredAttempt { ticket: &claims, code: &code, attempt };
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
    /// Other systems send a new code each time, and the user types the one from the slower mail.
    /// Here every mail of a login holds the code that works, and the resend does not prolong it.
    /// [`Limits`] bound how often; [`Continued::Refused`] says from when on it is possible again.
    /// Wrong answers stay counted (NIST SP 800-63B-4, 3.1.3.2).
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// # let client = &demo.client;
    /// use countersign_core::{Continued, Refusal, Step};
    ///
    /// # let challenge = demo.challenge(key).await;
    /// // Twice within 30 seconds is too soon.
    /// let too_soon = mfa.resend(&challenge.ticket, client).await?;
    /// assert!(matches!(too_soon, Continued::Refused(Refusal::TooSoon { .. })));
    ///
    /// # demo.wait(std::time::Duration::from_secs(30));
    /// let again = mfa.resend(&challenge.ticket, client).await?;
    /// let Continued::Step(Step::EnterCode(again)) = again else {
    ///     panic!("it is sent again");
    /// };
    /// assert!(again.mail.is_some_and(|mail| mail.queued));
    /// assert_eq!(again.ends, challenge.ends);
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unavailable`, `Contended` or `Corrupt`: nothing was sent. `OutcomeUnknown`: the mail may
    /// have been sent.
    ///
    /// [`Limits`]: crate::Limits
    pub async fn resend(&self, ticket: &Ticket, client: &Client) -> Result<Continued, Error> {
        self.go_on("send a code again", ticket, client, Account::resend).await
    }

    /// Asks for another of the user's methods in an open step, such as an e-mailed code instead of
    /// the app.
    ///
    /// The deadline and the budget of wrong answers stay.
    /// [`Challenge::others`](crate::Challenge::others) lists the methods; any other is
    /// [`Refusal::NotOffered`], and so is each in a step-up.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let client = &demo.client;
    /// # let key = &demo.ada;
    /// use countersign_core::{Continued, Method, Step};
    ///
    /// # let challenge = demo.challenge(key).await;
    /// assert_eq!(challenge.method, Method::App);
    /// assert_eq!(challenge.others, [Method::Email]);
    /// let mailed = mfa.another_way(&challenge.ticket, Method::Email, client).await?;
    /// let Continued::Step(Step::EnterCode(mailed)) = mailed else {
    ///     panic!("a code is mailed");
    /// };
    /// assert_eq!(mailed.method, Method::Email);
    /// assert_eq!(mailed.ends, challenge.ends);
    /// # Ok(())
    /// # });
    /// ```
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
    /// For a page that is reloaded. It sends no mail.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// # let client = &demo.client;
    /// use countersign_core::{Continued, Step};
    ///
    /// # let challenge = demo.challenge(key).await;
    /// let shown = mfa.resume(&challenge.ticket, client).await?;
    /// let Continued::Step(Step::EnterCode(shown)) = shown else {
    ///     panic!("the step is still open");
    /// };
    /// assert_eq!(shown.hint, challenge.hint);
    /// # Ok(())
    /// # });
    /// ```
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
        let claims = match self.engine.open_ticket(ticket, client) {
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
        session: Option<BegunBy>,
        client: &Client,
    ) -> Result<Beginning, Cause> {
        if client.roles.len() > MOST_PASSING_ROLES {
            let why = format!("the client has {} roles of its own", client.roles.len());
            return Err(Cause::unfit("begin.roles", why, "state at most eight"));
        }
        // A held ticket that does not open, perhaps under a retired key, stops no login.
        let open = |ticket| self.open_ticket(ticket, client).ok();
        let holds = client.holds.as_ref().and_then(open);
        let roles = client.roles.clone();
        let binding = client.binding.as_ref().map(bind);
        let minimum = client.minimum;
        Ok(Beginning { purpose, first, roles, minimum, session, binding, holds })
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
        if let Some(tenant) = &work.tenant {
            self.unnamed_roles.look_at(tenant, &beginning.roles);
        }
        // One that passes without a code too: an exemption that is over would come back with the
        // clock, and a session that begins in the future would last until then.
        self.clocks_agree(work.now)?;
        Ok(begun.unwrap_or(Begun::Refused(Refusal::Unknown)))
    }

    /// What the ticket carries, if it is ours, of this browser, and not over by this node's clock.
    /// No I/O: forged and stale tickets end here.
    fn open_ticket(&self, ticket: &Ticket, client: &Client) -> Result<TicketClaims, Staleness> {
        let claims = self.sealer.open_ticket(ticket).ok_or(Staleness::NotOurs)?;
        if !claims.is_bound_to(client.binding.as_ref()) {
            return Err(Staleness::NotOurs);
        }
        if self.clock.now() >= claims.ends {
            return Err(Staleness::RanOut);
        }
        Ok(claims)
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
