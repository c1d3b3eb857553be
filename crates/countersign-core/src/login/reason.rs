//! Why a login did not go on: each reason has a stable code for programs, and a title and a message
//! for people, in every language that this library ships.

use crate::codes::Malformed;
use crate::types::{Locale, Timestamp, in_language, moment_seen_at};

/// Why a login, a step-up, or another step of one cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "the login did not go on"]
#[expect(clippy::exhaustive_enums, reason = "a page has an answer to each")]
pub enum Refusal {
    /// The account does not exist. Show the page of a wrong password.
    Unknown,
    /// The host switched the account off.
    Suspended,
    /// Too many wrong answers.
    Locked(Locked),
    /// A code is required, and this user has no method that can be used.
    NoWay,
    /// A code is required, and the only address it could go to refused the last mail.
    AddressRefused {
        /// From when on a login tries again. An administrator can have it tried at once.
        until: Timestamp,
    },
    /// An app must be linked, and an administrator must approve that first.
    NeedsApproval,
    /// The request came too soon or too often; it is possible later.
    TooSoon {
        /// From when on.
        until: Timestamp,
    },
    /// The code was sent as often as one code is sent; each mail of this login still works.
    SentOften,
    /// This user cannot use the requested method here.
    NotOffered,
    /// The session is too old for this, and no code can be mailed; the user logs in again.
    LoginTooOld,
    /// The proof is no longer valid; the user logs in again.
    ProofEnded,
}

/// An answer that was not accepted; the user may try again.
///
/// ```
/// use countersign_core::{Locale, Wrong, WrongAnswer};
///
/// let wrong = Wrong::because(WrongAnswer::Mismatch, Some(2));
/// assert_eq!(wrong.code(), "code.wrong");
/// assert!(wrong.message(&Locale::english()).contains("2 tries left"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Wrong {
    /// Why.
    pub reason: WrongAnswer,
    /// Wrong answers left before the next lock. Unchanged by answers that cost no attempt; unknown
    /// where the account was not read.
    pub tries_left: Option<u32>,
}

/// Why an answer was not accepted.
///
/// A message never tells of codes that are yet to come: a phone that is fast gets
/// [`WrongAnswer::Mismatch`], for a hint would hand a guesser a code to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a page has an answer to each")]
pub enum WrongAnswer {
    /// It is not a code of this length. It costs no attempt, and nothing is written.
    Malformed(Malformed),
    /// It is another code.
    Mismatch,
    /// It is a right code that was used before (RFC 6238, 5.2). It counts as a wrong answer.
    AlreadyUsed,
    /// The e-mailed code has run out (NIST SP 800-63B-4, 3.1.3.2). It costs no attempt, and
    /// [`Mfa::resend`](crate::Mfa::resend) sends a new code.
    RanOut,
    /// It is a code of the last 11 minutes: the phone's clock is about this many minutes slow. It
    /// counts as a wrong answer.
    ClockSlow {
        /// About how many.
        minutes: u32,
    },
}

/// Too many wrong answers.
///
/// A soft lock has an end. It holds for every method and every browser, and meanwhile no code is
/// judged, not even a right one. An answer during it costs nothing. The password is not locked, and
/// its failures do not count here.
///
/// Without an end it is the hard stop (NIST SP 800-63B-4, 3.2.2): the methods that this login
/// accepts are switched off until an administrator resets the account. [`Limits`](crate::Limits)
/// has the numbers.
///
/// ```
/// # countersign_testkit::Demo::run(async |demo| {
/// # let mfa = &demo.mfa;
/// # let key = &demo.ben;
/// # let client = &demo.client;
/// use countersign_core::{Answer, Verdict};
///
/// # let ticket = demo.challenge(key).await.ticket;
/// # demo.miss(&ticket, 4).await;
/// // The fifth wrong answer in a row:
/// let verdict = mfa.verify(&ticket, &Answer::code("000000"), client).await?;
/// let Verdict::Locked(locked) = verdict else { panic!("it locks") };
/// assert_eq!(locked.code(), "login.locked");
/// assert!(locked.until.is_some_and(|until| until > mfa.now()));
/// # Ok(())
/// # });
/// ```
#[doc(alias = "lockout")]
#[doc(alias = "rate limit")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Locked {
    /// When the lock ends. `None` if every authenticator is switched off: an administrator must
    /// reset the account.
    pub until: Option<Timestamp>,
}

/// Why a ticket can no longer be answered; the user logs in again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "the login did not go on"]
#[expect(clippy::exhaustive_enums, reason = "a host handles each")]
pub enum Staleness {
    /// It is not a ticket of ours, or it belongs to another browser.
    NotOurs,
    /// The login took too long.
    RanOut,
    /// It was answered before, perhaps in another tab.
    AlreadyUsed,
    /// The account, the tenant or the linked apps changed meanwhile.
    Superseded,
}

impl Refusal {
    /// A stable code for programs, such as `refused.no_way`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "refused.unknown",
            Self::Suspended => "refused.suspended",
            Self::Locked(locked) => locked.code(),
            Self::NoWay => "refused.no_way",
            Self::AddressRefused { .. } => "refused.address_refused",
            Self::NeedsApproval => "refused.needs_approval",
            Self::TooSoon { .. } => "refused.too_soon",
            Self::SentOften => "refused.sent_often",
            Self::NotOffered => "refused.not_offered",
            Self::LoginTooOld => "refused.login_too_old",
            Self::ProofEnded => "refused.proof_ended",
        }
    }

    /// When the same request can succeed; `None` if waiting changes nothing.
    ///
    /// ```
    /// use countersign_core::{Refusal, Timestamp};
    ///
    /// let until = Timestamp::from_seconds(1_795_530_750);
    /// assert_eq!(Refusal::TooSoon { until }.until(), Some(until));
    /// assert_eq!(Refusal::Suspended.until(), None);
    /// ```
    #[must_use]
    pub fn until(&self) -> Option<Timestamp> {
        match self {
            Self::Locked(locked) => locked.until,
            Self::TooSoon { until } | Self::AddressRefused { until } => Some(*until),
            Self::Unknown
            | Self::Suspended
            | Self::NoWay
            | Self::NeedsApproval
            | Self::SentOften
            | Self::NotOffered
            | Self::LoginTooOld
            | Self::ProofEnded => None,
        }
    }

    /// A heading for a page.
    #[must_use]
    pub fn title(&self, locale: &Locale) -> &'static str {
        let texts = match self {
            Self::Unknown => ["That does not match", "Das passt nicht zusammen", "لا يوجد تطابق"],
            Self::Suspended => {
                ["Your account is switched off", "Ihr Konto ist abgeschaltet", "حسابك متوقف"]
            }
            Self::Locked(locked) => return locked.title(locale),
            Self::NoWay | Self::AddressRefused { .. } => [
                "We cannot send you a code",
                "Wir können Ihnen keinen Code senden",
                "لا يمكننا إرسال رمز إليك",
            ],
            Self::NeedsApproval => [
                "Your administrator must approve this first",
                "Zuerst muss Ihre Administration zustimmen",
                "يجب أن يوافق المسؤول أولاً",
            ],
            Self::TooSoon { .. } => ["Not yet", "Noch nicht", "ليس بعد"],
            Self::SentOften => [
                "The code was sent several times",
                "Der Code wurde mehrmals gesendet",
                "أُرسل الرمز عدة مرات",
            ],
            Self::NotOffered => [
                "That way is not available",
                "Dieser Weg steht nicht zur Verfügung",
                "هذه الطريقة غير متاحة",
            ],
            Self::LoginTooOld => {
                ["Log in again first", "Melden Sie sich zuerst neu an", "سجل الدخول مرة أخرى أولاً"]
            }
            Self::ProofEnded => ["You are logged out", "Sie sind abgemeldet", "تم تسجيل خروجك"],
        };
        in_language(locale, texts)
    }

    /// The sentence for the user, as it reads at `now`.
    ///
    /// ```
    /// use countersign_core::{Locale, Refusal, Timestamp};
    ///
    /// let now = Timestamp::from_seconds(1_795_530_720);
    /// let refusal = Refusal::TooSoon { until: Timestamp::from_seconds(1_795_530_750) };
    /// assert_eq!(refusal.message(&Locale::english(), now), "You can ask for a new code at 14:33 UTC.");
    /// let german = Locale::new("de-AT")?;
    /// assert_eq!(refusal.message(&german, now), "Sie können ab 14:33 UTC einen neuen Code anfordern.");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn message(&self, locale: &Locale, now: Timestamp) -> String {
        let texts = match self {
            Self::Unknown => [
                "That e-mail address and password do not match.",
                "Diese E-Mail-Adresse und dieses Passwort passen nicht zusammen.",
                "عنوان البريد الإلكتروني وكلمة المرور لا يتطابقان.",
            ],
            Self::Suspended => [
                "Your account is switched off. Ask your administrator.",
                "Ihr Konto ist abgeschaltet. Fragen Sie Ihre Administration.",
                "حسابك متوقف. اسأل المسؤول في شركتك.",
            ],
            Self::Locked(locked) => return locked.message(locale, now),
            Self::NoWay => [
                "We cannot send you a code. Ask your administrator to check your e-mail address.",
                "Wir können Ihnen keinen Code senden. Bitten Sie Ihre Administration, Ihre \
                 E-Mail-Adresse zu prüfen.",
                "لا يمكننا إرسال رمز إليك. اطلب من المسؤول أن يتحقق من عنوان بريدك.",
            ],
            Self::AddressRefused { .. } => [
                "Your mail server did not take our last e-mail. Log in again at {at}, and we try \
                 once more. Your administrator can check your e-mail address and try at once.",
                "Ihr Mailserver hat unsere letzte E-Mail nicht angenommen. Melden Sie sich ab {at} \
                 wieder an, dann versuchen wir es noch einmal. Ihre Administration kann Ihre \
                 E-Mail-Adresse prüfen und es sofort versuchen.",
                "لم يقبل خادم بريدك رسالتنا الأخيرة. سجل الدخول مرة أخرى عند {at} لنحاول من جديد. \
                 يمكن للمسؤول أن يتحقق من عنوان بريدك وأن يحاول فورًا.",
            ],
            Self::NeedsApproval => [
                "You set up an authenticator app at this login, and your administrator must \
                 approve that first. Ask them, then log in again.",
                "Sie richten bei dieser Anmeldung eine Authenticator-App ein, und Ihre \
                 Administration muss vorher zustimmen. Fragen Sie dort und melden Sie sich \
                 wieder an.",
                "تربط تطبيق مصادقة عند هذا الدخول، ويجب أن يوافق المسؤول أولاً. اطلب ذلك ثم سجل \
                 الدخول مرة أخرى.",
            ],
            Self::TooSoon { .. } => [
                "You can ask for a new code at {at}.",
                "Sie können ab {at} einen neuen Code anfordern.",
                "يمكنك طلب رمز جديد عند {at}.",
            ],
            Self::SentOften => [
                "You can use any of the e-mails that we sent for this login.",
                "Jede E-Mail, die wir für diese Anmeldung gesendet haben, gilt.",
                "يمكنك استخدام أي رسالة أرسلناها لهذا الدخول.",
            ],
            Self::NotOffered => [
                "That way is not available for this login.",
                "Dieser Weg steht für diese Anmeldung nicht zur Verfügung.",
                "هذه الطريقة غير متاحة لهذا الدخول.",
            ],
            Self::LoginTooOld => [
                "You logged in a while ago. Log in again, and then set up the app.",
                "Ihre Anmeldung ist eine Weile her. Melden Sie sich neu an und richten Sie dann die \
                 App ein.",
                "مضى وقت على دخولك. سجل الدخول مرة أخرى ثم اربط التطبيق.",
            ],
            Self::ProofEnded => [
                "You have been logged out. Log in again.",
                "Sie wurden abgemeldet. Melden Sie sich wieder an.",
                "تم تسجيل خروجك. سجل الدخول مرة أخرى.",
            ],
        };
        let text = in_language(locale, texts);
        match self.until() {
            Some(until) => text.replace("{at}", &moment_seen_at(until, now, locale)),
            None => text.to_owned(),
        }
    }
}

impl Wrong {
    /// The miss with this reason, for a page that was only told the reason.
    #[must_use]
    pub fn because(reason: WrongAnswer, tries_left: Option<u32>) -> Self {
        Self { reason, tries_left }
    }

    /// A stable code for programs, such as `code.wrong`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.reason.code()
    }

    /// The sentence for the user; with one or two attempts left it says so.
    ///
    /// ```
    /// use countersign_core::{Locale, Wrong, WrongAnswer};
    ///
    /// let wrong = Wrong::because(WrongAnswer::ClockSlow { minutes: 1 }, Some(4));
    /// assert_eq!(
    ///     wrong.message(&Locale::english()),
    ///     "Your phone's clock seems to be about 1 minute slow. Set it to automatic and try the \
    ///      next code."
    /// );
    /// ```
    #[must_use]
    pub fn message(&self, locale: &Locale) -> String {
        let message = self.reason.message(locale);
        let texts = match self.tries_left {
            Some(1) => [
                "One try left before we lock this login for a while.",
                "Noch ein Versuch, dann sperren wir diese Anmeldung eine Weile.",
                "بقيت محاولة واحدة قبل أن نقفل هذا الدخول قليلاً.",
            ],
            Some(2) => [
                "2 tries left before we lock this login for a while.",
                "Noch 2 Versuche, dann sperren wir diese Anmeldung eine Weile.",
                "بقيت محاولتان قبل أن نقفل هذا الدخول قليلاً.",
            ],
            Some(_) | None => return message,
        };
        format!("{message} {}", in_language(locale, texts))
    }
}

impl WrongAnswer {
    /// A stable code for programs, such as `code.wrong`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "code.malformed",
            Self::Mismatch => "code.wrong",
            Self::AlreadyUsed => "code.already_used",
            Self::RanOut => "code.ran_out",
            Self::ClockSlow { .. } => "code.clock_slow",
        }
    }

    /// The sentence for the user.
    #[must_use]
    pub fn message(&self, locale: &Locale) -> String {
        let texts = match self {
            Self::Malformed(malformed) => return malformed.message(locale),
            Self::Mismatch => {
                ["That code is not right.", "Dieser Code stimmt nicht.", "هذا الرمز غير صحيح."]
            }
            Self::AlreadyUsed => [
                "Each code works once. Wait for the next one.",
                "Jeder Code gilt einmal. Warten Sie auf den nächsten.",
                "كل رمز يعمل مرة واحدة. انتظر الرمز التالي.",
            ],
            Self::RanOut => [
                "That code has expired. Send a new one.",
                "Dieser Code ist abgelaufen. Lassen Sie einen neuen senden.",
                "انتهت صلاحية هذا الرمز. أرسل رمزًا جديدًا.",
            ],
            Self::ClockSlow { minutes } => return clock_slow(*minutes, locale),
        };
        in_language(locale, texts).to_owned()
    }
}

impl Locked {
    /// The lock with this end, for a page that was only told the end.
    #[must_use]
    pub fn with_end(until: Option<Timestamp>) -> Self {
        Self { until }
    }

    /// A stable code for programs: `login.locked`, or `login.switched_off` for a lock without end.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.until {
            Some(_) => "login.locked",
            None => "login.switched_off",
        }
    }

    /// A heading for a page.
    #[must_use]
    pub fn title(&self, locale: &Locale) -> &'static str {
        let texts = match self.until {
            Some(_) => ["Too many wrong codes", "Zu viele falsche Codes", "رموز خاطئة كثيرة"],
            None => [
                "This way of logging in is switched off",
                "Dieser Weg ist abgeschaltet",
                "هذه الطريقة متوقفة",
            ],
        };
        in_language(locale, texts)
    }

    /// The sentence for the user, as it reads at `now`: a lock beyond today carries its date.
    #[must_use]
    pub fn message(&self, locale: &Locale, now: Timestamp) -> String {
        match self.until {
            Some(until) => in_language(
                locale,
                [
                    "Too many wrong codes. Try again at {at}. Your password was not changed.",
                    "Zu viele falsche Codes. Versuchen Sie es ab {at} wieder. Ihr Passwort wurde \
                     nicht geändert.",
                    "رموز خاطئة كثيرة. حاول مرة أخرى عند {at}. لم تتغير كلمة مرورك.",
                ],
            )
            .replace("{at}", &moment_seen_at(until, now, locale)),
            None => in_language(
                locale,
                [
                    "There were too many wrong codes. This way of logging in is switched off until \
                     it is set up again. Ask your administrator.",
                    "Es gab zu viele falsche Codes. Dieser Weg ist abgeschaltet, bis er neu \
                     eingerichtet wird. Fragen Sie Ihre Administration.",
                    "كانت هناك رموز خاطئة كثيرة. هذه الطريقة متوقفة حتى تُربط من جديد. اسأل \
                     المسؤول في شركتك.",
                ],
            )
            .to_owned(),
        }
    }
}

impl Staleness {
    /// A stable code for programs, such as `login.ran_out`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotOurs => "login.not_ours",
            Self::RanOut => "login.ran_out",
            Self::AlreadyUsed => "login.already_used",
            Self::Superseded => "login.superseded",
        }
    }

    /// A heading for a page.
    #[must_use]
    pub fn title(&self, locale: &Locale) -> &'static str {
        let texts = match self {
            Self::NotOurs => [
                "This login cannot continue here",
                "Diese Anmeldung kann hier nicht weitergehen",
                "هذا الدخول غير مفتوح هنا",
            ],
            Self::RanOut => {
                ["This login has expired", "Diese Anmeldung ist abgelaufen", "انتهى وقت هذا الدخول"]
            }
            Self::AlreadyUsed => {
                ["This login is over", "Diese Anmeldung ist vorbei", "انتهى هذا الدخول"]
            }
            Self::Superseded => ["Something has changed", "Etwas hat sich geändert", "تغيّر شيء ما"],
        };
        in_language(locale, texts)
    }

    /// The sentence for the user.
    ///
    /// ```
    /// use countersign_core::{Locale, Staleness};
    ///
    /// let message = Staleness::RanOut.message(&Locale::english());
    /// assert_eq!(message, "This login took too long, so we closed it. Log in again.");
    /// ```
    #[must_use]
    pub fn message(&self, locale: &Locale) -> String {
        let texts = match self {
            Self::NotOurs => [
                "This login was not started in this browser, or it has ended. Log in again.",
                "Diese Anmeldung wurde nicht in diesem Browser begonnen oder ist schon beendet. \
                 Melden Sie sich wieder an.",
                "لم يبدأ هذا الدخول في هذا المتصفح، أو انتهى. سجل الدخول مرة أخرى.",
            ],
            Self::RanOut => [
                "This login took too long, so we closed it. Log in again.",
                "Diese Anmeldung dauerte zu lange, darum haben wir sie geschlossen. Melden Sie \
                 sich wieder an.",
                "استغرق هذا الدخول وقتًا طويلاً، لذلك أغلقناه. سجل الدخول مرة أخرى.",
            ],
            Self::AlreadyUsed => [
                "That code was already used, perhaps in another tab. Log in again.",
                "Dieser Code wurde schon benutzt, vielleicht in einem anderen Tab. Melden Sie sich \
                 wieder an.",
                "هذا الرمز استُخدم من قبل، ربما في علامة تبويب أخرى. سجل الدخول مرة أخرى.",
            ],
            Self::Superseded => [
                "Your company or your account has just changed how you log in. Log in again.",
                "Ihre Firma oder Ihr Konto hat gerade geändert, wie Sie sich anmelden. Melden Sie \
                 sich wieder an.",
                "تغيّرت الآن طريقة تسجيل دخولك في شركتك أو في حسابك. سجل الدخول مرة أخرى.",
            ],
        };
        in_language(locale, texts).to_owned()
    }
}

/// How slow the phone's clock is, with the number in the form that each language asks for.
fn clock_slow(minutes: u32, locale: &Locale) -> String {
    let count = match (locale.language(), minutes) {
        ("ar", 1) => "دقيقة واحدة".to_owned(),
        ("ar", 2) => "دقيقتين".to_owned(),
        ("ar", 3..=10) => format!("{minutes} دقائق"),
        ("ar", _) => format!("{minutes} دقيقة"),
        ("de", 1) => "1 Minute".to_owned(),
        ("de", _) => format!("{minutes} Minuten"),
        (_, 1) => "1 minute".to_owned(),
        (_, _) => format!("{minutes} minutes"),
    };
    let text = in_language(
        locale,
        [
            "Your phone's clock seems to be about {minutes} slow. Set it to automatic and try the \
             next code.",
            "Die Uhr Ihres Telefons geht wohl etwa {minutes} nach. Stellen Sie sie auf automatisch \
             und nehmen Sie den nächsten Code.",
            "يبدو أن ساعة هاتفك متأخرة نحو {minutes}. اضبطها على الوضع التلقائي وجرب الرمز التالي.",
        ],
    );
    text.replace("{minutes}", &count)
}
