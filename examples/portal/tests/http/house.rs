//! A portal in this process, with a clock that stands still until it is moved.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use countersign::{
    Keys, Mfa, OsRandom, Policy, Random as _, Requirement, Saved, SqliteStore, Start, TenantId,
    Timestamp,
};
use countersign_testkit::Inbox;
use portal::{Asked, Options, PortalClock, Running};

use crate::visitor::Visitor;

/// A running portal.
#[derive(Debug)]
pub(crate) struct House {
    running: Running,
    clock: PortalClock,
    folder: Option<Folder>,
}

/// A folder that goes with the house.
#[derive(Debug)]
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = fs::remove_dir_all(&self.0);
    }
}

impl House {
    /// One with its demo companies and tools.
    pub(crate) async fn open() -> Self {
        Self::with(Options::on_any_port()).await
    }

    /// One that was started with these arguments.
    pub(crate) async fn started_with(args: &[&str]) -> Self {
        match Options::read(args.iter().map(|arg| (*arg).to_owned())).unwrap() {
            Asked::Portal(options) => Self::with(options).await,
            Asked::Help => panic!("no portal was asked for"),
        }
    }

    /// One whose first company asks everybody for this second step.
    pub(crate) async fn requiring(requirement: Requirement) -> Self {
        let mut name = [0; 8];
        OsRandom.fill(&mut name).unwrap();
        let name = format!("portal-test-{:016x}", u64::from_be_bytes(name));
        let folder = Folder(std::env::temp_dir().join(name));
        fs::create_dir(&folder.0).unwrap();
        let file = folder.0.join("portal.db");
        let mut house = Self::with(Options::on_any_port().kept_in(&file)).await;
        require(&file, &house.clock, requirement).await;
        house.folder = Some(folder);
        house
    }

    async fn with(options: Options) -> Self {
        let clock = PortalClock::standing_at(Timestamp::from_seconds(1_795_530_720));
        let running = portal::start(options.by_clock(clock.clone())).await.expect("it starts");
        Self { running, clock, folder: None }
    }

    /// One that runs already, by a clock that stands still.
    pub(crate) fn of(running: Running) -> Self {
        let clock = running.clock().clone();
        Self { running, clock, folder: None }
    }

    /// Spoils what countersign keeps of this person of the first company, as a broken disk does.
    pub(crate) async fn damage(&self, user: &str) {
        use sqlx::{Connection as _, SqliteConnection};
        let file = self.folder.as_ref().expect("it is kept in a file").0.join("portal.db");
        let address = format!("sqlite://{}", file.display());
        let mut outside = SqliteConnection::connect(&address).await.unwrap();
        const DAMAGE: &str = "UPDATE countersign_document SET document = x'00' WHERE user = ?1";
        let damage = sqlx::query(DAMAGE).bind(user.as_bytes());
        assert_eq!(damage.execute(&mut outside).await.unwrap().rows_affected(), 1);
    }

    pub(crate) async fn close(self) {
        self.running.stop().await.expect("it ends in order");
        drop(self.folder);
    }

    /// Somebody with a browser of their own.
    pub(crate) fn visitor(&self) -> Visitor {
        Visitor::new(self.running.address())
    }

    pub(crate) fn host(&self) -> String {
        self.running.address().to_string()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

/// Sets the rule from outside, as an operator does on the machine.
async fn require(file: &Path, clock: &PortalClock, requirement: Requirement) {
    let store = SqliteStore::options().clock(clock.clone()).open(file).await.unwrap();
    let (mfa, _) = Mfa::builder()
        .store(store.clone())
        .mailer(Inbox::new())
        .keys(Keys::from_file(file.with_extension("keys")).unwrap())
        .clock(clock.clone())
        .build()
        .unwrap();
    let company = TenantId::new("larkfield").unwrap();
    let mut operator = mfa.operator(company, "a test", "setting the stage").unwrap();
    let (_, revision) = operator.policy().await.unwrap();
    let policy = Policy::requiring(requirement);
    let saved = operator.set_policy(policy, revision, Start::Now).await.unwrap();
    assert!(matches!(saved, Saved::Saved { .. }), "{saved:?}");
    store.close().await;
}
