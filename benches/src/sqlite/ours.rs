//! The contestant: people with a linked app, behind the library.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use countersign::store::Storage;
use countersign::{
    AccountKey, Answer, Begun, Client, EmailAddress, FirstFactor, Keys, Locale, MemoryStore, Mfa,
    NewTenant, NewUser, OsRandom, Policy, Requirement, Start, Step, TenantId, Ticket, Verdict,
};
use countersign_sql::SqliteStore;
use countersign_testkit::{FakeClock, FakePhone, Inbox};

use super::{Flush, Operation, PEOPLE, timed, user};
use crate::Done;

/// Tickets of open logins: by task, then by person.
pub(super) type Tickets = Arc<Vec<Vec<Ticket>>>;

pub(super) struct Ours {
    mfa: Mfa,
    clock: FakeClock,
    phones: Arc<Vec<Vec<FakePhone>>>,
}

impl Ours {
    pub(super) async fn open(
        path: &Path,
        flush: Flush,
        tasks: usize,
        clock: FakeClock,
    ) -> Done<Self> {
        let options = SqliteStore::options().clock(clock.clone());
        let options = match flush {
            Flush::Seldom => options.danger_flush_seldom(),
            Flush::EachCommit => options,
        };
        Self::on(options.open(path).await?, tasks, clock).await
    }

    /// The same on the store in memory: what is left is the library.
    pub(super) async fn in_memory(tasks: usize, clock: FakeClock) -> Done<Self> {
        Self::on(MemoryStore::with_clock(clock.clone()), tasks, clock).await
    }

    async fn on(store: impl Storage, tasks: usize, clock: FakeClock) -> Done<Self> {
        let (mfa, _courier) = Mfa::builder()
            .store(store)
            .mailer(Inbox::new())
            .keys(Keys::ephemeral(&OsRandom)?)
            .clock(clock.clone())
            .build()?;
        let tenant = NewTenant::new("larkfield", "Larkfield Freight", Locale::english())?;
        mfa.create_tenant(tenant).await?;
        let mut operator = mfa.operator(TenantId::new("larkfield")?, "bench", "measuring")?;
        let policy = Policy::requiring(Requirement::App);
        let _ = operator.set_policy(policy, 0, Start::Now).await?;
        let mut phones = Vec::new();
        for task in 0..tasks {
            let mut of_task = Vec::new();
            for person in 0..PEOPLE {
                of_task.push(link(&mfa, &clock, &user(task, person)).await?);
            }
            phones.push(of_task);
        }
        Ok(Self { mfa, clock, phones: Arc::new(phones) })
    }

    /// A login begun for everybody.
    pub(super) async fn tickets(&self) -> Done<Tickets> {
        let mut tickets = Vec::new();
        for task in 0..self.phones.len() {
            let mut of_task = Vec::new();
            for person in 0..PEOPLE {
                of_task.push(begin(&self.mfa, &user(task, person)).await?);
            }
            tickets.push(of_task);
        }
        Ok(Arc::new(tickets))
    }

    pub(super) fn task(
        &self,
        operation: Operation,
        task: usize,
        tickets: &Tickets,
    ) -> impl Future<Output = Done<Vec<Duration>>> + Send + 'static {
        let mfa = self.mfa.clone();
        let clock = self.clock.clone();
        let phones = self.phones.clone();
        let tickets = tickets.clone();
        async move {
            let mut times = Vec::with_capacity(PEOPLE);
            let of_task = phones.get(task).into_iter().flatten();
            let tickets = tickets.get(task).into_iter().flatten();
            for (person, (phone, ticket)) in of_task.zip(tickets).enumerate() {
                times.push(match operation {
                    Operation::Begin => timed(begin(&mfa, &user(task, person))).await?.0,
                    Operation::Verify => {
                        let code = Answer::code(phone.code(clock.now()));
                        timed(verify(&mfa, ticket, &code)).await?.0
                    }
                });
            }
            Ok(times)
        }
    }
}

async fn link(mfa: &Mfa, clock: &FakeClock, user: &str) -> Done<FakePhone> {
    let key = AccountKey::new("larkfield", user)?;
    mfa.add_existing_user(
        &key,
        NewUser::at(EmailAddress::new(&format!("{user}@larkfield.example"))?),
    )
    .await?;
    let Begun::Step(Step::LinkApp(enrollment)) =
        mfa.begin(&key, FirstFactor::Password, &client()?).await?
    else {
        return Err("no app was asked for".into());
    };
    let mut phone = FakePhone::new();
    phone.scan(&enrollment.app);
    verify(mfa, &enrollment.ticket, &Answer::code(phone.code(clock.now()))).await?;
    Ok(phone)
}

async fn begin(mfa: &Mfa, user: &str) -> Done<Ticket> {
    let key = AccountKey::new("larkfield", user)?;
    match mfa.begin(&key, FirstFactor::Password, &client()?).await? {
        Begun::Step(Step::EnterCode(challenge)) => Ok(challenge.ticket),
        other => Err(format!("no code was asked for: {other:?}").into()),
    }
}

async fn verify(mfa: &Mfa, ticket: &Ticket, code: &Answer) -> Done {
    match mfa.verify(ticket, code, &client()?).await? {
        Verdict::Passed(_) => Ok(()),
        other => Err(format!("the code did not pass: {other:?}").into()),
    }
}

fn client() -> Done<Client> {
    Ok(Client::bound_to("a random cookie of 128 bits")?)
}
