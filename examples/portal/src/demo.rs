//! The two companies of the demo, made through the same calls that a host makes.

use std::time::Duration;

use countersign::{
    AccountKey, Answer, Begun, Challenge, Client, EmailAddress, Enrollment, FirstFactor, Locale,
    NewTenant, NewUser, Policy, Proof, Purpose, Requirement, Saved, Start, Step, TenantId, Verdict,
};
use countersign_testkit::FakePhone;
use sqlx::SqlitePool;

use crate::clock::PortalClock;
use crate::people::{Company, Details};
use crate::state::Portal;
use crate::tools::Tools;
use crate::trouble::Trouble;

/// The password of everyone in the demo.
pub const PASSWORD: &str = "harbour lantern 42";

/// A person of the demo.
struct Sketch {
    company: &'static str,
    id: &'static str,
    first_name: &'static str,
    last_name: &'static str,
    email: &'static str,
    is: Is,
}

/// The state of a demo person at the start.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Is {
    Admin,
    User,
    /// A user who has linked an app.
    Linked,
    /// An administrator who has linked an app.
    LinkedAdmin,
    /// A user who was invited and never came.
    Invited,
}

const PEOPLE: [Sketch; 7] = [
    sketch("larkfield", "ada", "Ada", "Moreau", "ada@larkfield.example", Is::Admin),
    sketch("larkfield", "ben", "Ben", "Osei", "ben@larkfield.example", Is::User),
    sketch("larkfield", "chiara", "Chiara", "Lind", "chiara@larkfield.example", Is::Linked),
    sketch("larkfield", "dev", "Dev", "Anand", "dev@larkfield.example", Is::Invited),
    sketch("larkfield", "elif", "Elif", "Kaya", "elif@larkfield.example", Is::User),
    sketch("oakmoor", "omar", "Omar", "Reyes", "omar@oakmoor.example", Is::LinkedAdmin),
    sketch("oakmoor", "ada", "Ada", "Moreau", "ada@larkfield.example", Is::User),
];

const fn sketch(
    company: &'static str,
    id: &'static str,
    first_name: &'static str,
    last_name: &'static str,
    email: &'static str,
    is: Is,
) -> Sketch {
    Sketch { company, id, first_name, last_name, email, is }
}

/// Id, name, and the company's rule.
const COMPANIES: [(&str, &str, Requirement); 2] = [
    ("larkfield", "Larkfield Freight", Requirement::None),
    ("oakmoor", "Oakmoor Dental", Requirement::App),
];

/// The addresses that the demo's inbox refuses.
pub(crate) fn bouncing() -> Vec<EmailAddress> {
    EmailAddress::new("elif@larkfield.example").into_iter().collect()
}

/// The name and the address of everyone who can log in at once, for the box on the login page.
pub(crate) fn accounts(company: &TenantId) -> impl Iterator<Item = (String, &'static str)> {
    let company = company.as_str().to_owned();
    let there = PEOPLE.iter().filter(move |s| s.company == company && s.is != Is::Invited);
    there.map(|s| (format!("{} {}", s.first_name, s.last_name), s.email))
}

/// Makes the companies, unless they are there from an earlier run, and gives the phone its entries
/// back.
pub(crate) async fn set_up(
    portal: &Portal,
    tools: &Tools,
    pool: &SqlitePool,
) -> Result<(), Trouble> {
    if portal.people().companies().await?.is_empty() {
        for (id, name, required) in COMPANIES {
            make_company(portal, id, name, required).await?;
        }
        // One digest for all: their password stands on the login page anyway, and no one waits.
        let password = portal.passwords().digest(PASSWORD).await?;
        for sketch in &PEOPLE {
            if let Some(link) = make_person(portal, sketch, &password).await? {
                sqlx::query("INSERT INTO demo (name, value) VALUES ('link ' || ?1, ?2)")
                    .bind(sketch.email)
                    .bind(link)
                    .execute(pool)
                    .await?;
            }
        }
    }
    let links: Vec<String> =
        sqlx::query_scalar("SELECT value FROM demo WHERE name LIKE 'link %' ORDER BY name")
            .fetch_all(pool)
            .await?;
    links.iter().try_for_each(|link| tools.scan(link))
}

/// Puts the clock where it was when the file was used last: what was written then, such as the last
/// code of an app, must not lie in the future.
pub(crate) async fn set_clock(clock: &PortalClock, pool: &SqlitePool) -> Result<(), Trouble> {
    let ahead: Option<String> = sqlx::query_scalar("SELECT value FROM demo WHERE name = 'clock'")
        .fetch_optional(pool)
        .await?;
    let seconds = ahead.and_then(|ahead| ahead.parse().ok()).unwrap_or(0);
    clock.advance(Duration::from_secs(seconds));
    Ok(())
}

/// Writes down where the clock is, whenever it is moved.
pub(crate) async fn keep_clock(clock: PortalClock, pool: SqlitePool) {
    let mut moves = clock.moves();
    while moves.changed().await.is_ok() {
        if let Err(error) = write_down(&clock, &pool).await {
            tracing::warn!(%error, "the clock of the demo was not written down");
        }
    }
}

/// Writes down where the clock is now.
pub(crate) async fn write_down(clock: &PortalClock, pool: &SqlitePool) -> Result<(), sqlx::Error> {
    let keep = "INSERT INTO demo (name, value) VALUES ('clock', ?1) \
        ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    sqlx::query(keep).bind(clock.ahead().as_secs().to_string()).execute(pool).await.map(drop)
}

async fn make_company(
    portal: &Portal,
    id: &str,
    name: &str,
    required: Requirement,
) -> Result<(), Trouble> {
    let company = Company { id: TenantId::new(id)?, name: name.to_owned() };
    portal.people().add_company(&company, portal.clock().now()).await?;
    portal.mfa().create_tenant(NewTenant::new(id, name, Locale::english())?).await?;
    let mut operator = portal.mfa().operator(company.id, "the demo", "its first policy")?;
    let (_, revision) = operator.policy().await?;
    match operator.set_policy(Policy::requiring(required), revision, Start::Now).await? {
        Saved::Saved { .. } => Ok(()),
        Saved::Changed { .. } => Err("somebody else saved a policy at the same moment".into()),
    }
}

/// Makes a person; returns the link of the app that they have linked.
async fn make_person(
    portal: &Portal,
    sketch: &Sketch,
    password: &str,
) -> Result<Option<String>, Trouble> {
    let key = AccountKey::new(sketch.company, sketch.id)?;
    let email = EmailAddress::new(sketch.email)?;
    let details = Details {
        first_name: sketch.first_name.to_owned(),
        last_name: sketch.last_name.to_owned(),
        email: email.clone(),
        language: None,
    };
    let _ = portal.people().add(&key, &details, portal.clock().now()).await?;
    let new_user = match sketch.is {
        Is::Admin | Is::LinkedAdmin => NewUser::at(email).admin(),
        Is::User | Is::Linked | Is::Invited => NewUser::at(email),
    };
    if sketch.is == Is::Invited {
        let mut operator = portal.mfa().operator(key.tenant().clone(), "the demo", "a new_user")?;
        operator.invite_user(key.user().clone(), new_user).await?;
        return Ok(None);
    }
    portal.mfa().add_existing_user(&key, new_user).await?;
    portal.people().set_password(&key, password).await?;
    match sketch.is {
        Is::Linked | Is::LinkedAdmin => link_app(portal, &key).await.map(Some),
        Is::Admin | Is::User | Is::Invited => Ok(None),
    }
}

/// Links an app as a person would, with a phone that is thrown away afterwards.
async fn link_app(portal: &Portal, key: &AccountKey) -> Result<String, Trouble> {
    let mfa = portal.mfa();
    let client = Client::danger_unbound();
    let enrollment = match mfa.begin(key, FirstFactor::Password, &client).await? {
        Begun::Step(Step::LinkApp(enrollment)) => enrollment,
        Begun::Passed(passed) => enroll_by_choice(portal, &passed.proof, &client).await?,
        Begun::Step(Step::EnterCode(Challenge { method, .. })) => {
            return Err(format!("nobody has linked anything yet, and {method} was asked").into());
        }
        Begun::Refused(refusal) => {
            return Err(refusal.message(&Locale::english(), mfa.now()).into());
        }
    };
    let mut phone = FakePhone::new();
    phone.scan(&enrollment.app);
    // The code of half a minute ago, so that the one on the phone now is still to be used.
    let code = phone.code(portal.clock().now().minus(Duration::from_secs(30)));
    match mfa.verify(&enrollment.ticket, &Answer::code(code), &client).await? {
        Verdict::Passed(_) => Ok(enrollment.app.uri().expose().to_owned()),
        other => Err(format!("the app was not linked: {other:?}").into()),
    }
}

async fn enroll_by_choice(
    portal: &Portal,
    proof: &Proof,
    client: &Client,
) -> Result<Enrollment, Trouble> {
    match portal.mfa().step_up(proof, Purpose::LinkApp, client).await? {
        Begun::Step(Step::LinkApp(enrollment)) => Ok(enrollment),
        other => Err(format!("no app could be linked: {other:?}").into()),
    }
}
