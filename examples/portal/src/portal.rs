//! The portal as a whole: its routes, its start and its end.

use std::fmt;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use axum::Router;
use axum::middleware::from_fn;
use countersign::{Courier, EmailAddress, Keys, Mfa, OsRandom, Random, SmtpMailer, SqliteStore};
use countersign_axum::{Gate, WeakSessions};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use sqlx::SqlitePool;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::clock::PortalClock;
use crate::options::{MailBy, Options, StoreAt};
use crate::passwords::Passwords;
use crate::people::People;
use crate::post::{Post, SENDER};
use crate::sessions::Sessions;
use crate::state::{Parts, Portal};
use crate::tools::Tools;
use crate::trouble::Trouble;
use crate::{account, database, demo, design, dev, founding, login, settings};

/// A portal at work.
#[derive(Debug)]
#[must_use = "dropping it stops nothing; call `stop`"]
pub struct Running {
    address: SocketAddr,
    origin: String,
    clock: PortalClock,
    demo: bool,
    stop: Vec<oneshot::Sender<()>>,
    serving: JoinHandle<io::Result<()>>,
    posting: JoinHandle<()>,
    keeping: Option<JoinHandle<()>>,
    store: SqliteStore,
    pool: SqlitePool,
    folder: Option<Folder>,
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The start of every address of it.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Its clock.
    #[must_use]
    pub fn clock(&self) -> &PortalClock {
        &self.clock
    }

    /// Whether the demo's companies and tools are there.
    #[must_use]
    pub fn has_demo(&self) -> bool {
        self.demo
    }

    /// Finishes open requests, sends due mails, and closes the database.
    ///
    /// # Errors
    ///
    /// A task or the database did not end cleanly; committed data is in the file.
    pub async fn stop(self) -> Result<(), Trouble> {
        for stop in self.stop {
            // An error means that the task has ended already; joining says how.
            let _ = stop.send(());
        }
        self.serving.await??;
        self.posting.await?;
        if let Some(keeping) = self.keeping {
            keeping.abort();
            // It may have been on its way to write down the last move.
            demo::write_down(&self.clock, &self.pool).await?;
        }
        self.store.close().await;
        self.pool.close().await;
        drop(self.folder);
        Ok(())
    }
}

/// Why the portal did not start: a sentence with what to do.
#[derive(Debug)]
pub struct StartError {
    sentence: String,
    source: Trouble,
}

impl StartError {
    fn because<E: Into<Trouble>>(doing: impl fmt::Display) -> impl FnOnce(E) -> Self {
        move |source| {
            let source = source.into();
            Self { sentence: format!("{doing}: {source}"), source }
        }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}

/// Starts a portal and returns when it answers.
///
/// # Errors
///
/// [`StartError`] says what is in the way.
pub async fn start(options: Options) -> Result<Running, StartError> {
    let listener = listen(options.listen).await?;
    let address = listener.local_addr().map_err(StartError::because("It cannot listen"))?;
    let clock = options.clock.clone();
    let origin = options.origin.clone().unwrap_or_else(|| local_origin(address));

    let (folder, file) = place_of(&options.store)?;
    let opening = |what| format!("It cannot open {} for {what}", file.display());
    let pool = database::open(&file).await.map_err(StartError::because(opening("people")))?;
    let store = SqliteStore::options().clock(clock.clone()).open(&file).await;
    let store = store.map_err(StartError::because(opening("logins")))?;

    if options.demo {
        let set = demo::set_clock(&clock, &pool).await;
        set.map_err(StartError::because("It cannot set the demo's clock"))?;
    }
    let tools = options.demo.then(|| Tools::new(clock.clone(), &options.mail, demo::bouncing()));
    let keys = keys(&options.store, &file)?;
    let carrier = mailer(&options.mail, tools.as_ref())?;
    let (mfa, courier) = Mfa::builder()
        .store(store.clone())
        .mailer(carrier.clone())
        .keys(keys)
        .clock(clock.clone())
        .invitation_page(format!("{origin}/invite/"))
        .build()
        .map_err(StartError::because("It cannot be put together"))?;

    let people = People::new(pool.clone());
    let portal = Portal::new(Parts {
        mfa,
        passwords: Passwords::new(pool.clone(), people.clone(), clock.clone()),
        sessions: Sessions::new(pool.clone(), people.clone(), clock.clone()),
        people,
        clock: clock.clone(),
        post: carrier,
        tools: tools.clone(),
    });
    if let Some(tools) = &tools {
        let set = demo::set_up(&portal, tools, &pool).await;
        set.map_err(StartError::because("It cannot set the demo up"))?;
    }
    if let Some(founding) = &options.founding {
        let found = founding::found(&portal, founding).await;
        found.map_err(StartError::because("It cannot make the company"))?;
    }
    let pages = pages(&portal, options.origin.as_deref())
        .map_err(StartError::because("It cannot build its gate"))?;

    let (stop_serving, stopped) = oneshot::channel();
    let serving = axum::serve(listener, pages).with_graceful_shutdown(wait_for_stop(stopped));
    let serving = tokio::spawn(serving.into_future());
    let (stop_posting, stopped) = oneshot::channel();
    let posting = tokio::spawn(deliver(courier, clock.clone(), wait_for_stop(stopped)));
    let stop = vec![stop_serving, stop_posting];
    let demo = options.demo;
    let keeping = demo::keep_clock(clock.clone(), pool.clone());
    let keeping = demo.then(|| tokio::spawn(keeping));
    Ok(Running {
        address,
        origin,
        clock,
        demo,
        stop,
        serving,
        posting,
        keeping,
        store,
        pool,
        folder,
    })
}

/// How a browser on this machine calls it.
fn local_origin(address: SocketAddr) -> String {
    match address.ip().is_unspecified() {
        true => format!("http://127.0.0.1:{}", address.port()),
        false => format!("http://{address}"),
    }
}

/// Every page, with its middleware.
fn pages(portal: &Portal, origin: Option<&str>) -> Result<Router, Trouble> {
    let gate = Gate::builder(portal.mfa().clone());
    let gate = match origin {
        Some(origin) => gate.origin(origin),
        None => gate,
    };
    let gate = gate
        .session_transport(portal.sessions().clone())
        .pages(login::PortalPages(portal.clone()))
        .home("/home")
        .login("/login")
        // A new rule holds from the next login on; until then the home page says so.
        .weak_sessions(WeakSessions::GoOn)
        .build()?;
    let routes = Router::new()
        .merge(gate.routes())
        .merge(login::routes())
        .merge(account::routes())
        .merge(settings::routes());
    let mut pages =
        routes.with_state(portal.clone()).layer(gate.layer()).merge(design::assets::routes());
    if let Some(tools) = portal.tools() {
        pages = dev::serve_beside(tools, pages);
    }
    Ok(pages.layer(from_fn(design::headers::dress)))
}

/// Sends mails by the portal's clock: moving it makes the courier look for due mails.
async fn deliver(courier: Courier, clock: PortalClock, stop: impl Future<Output = ()> + Send) {
    courier.run_until(|time| clock.clone().sleep(time), stop).await;
}

/// Ready when it is told to stop, and never by being forgotten.
async fn wait_for_stop(stopped: oneshot::Receiver<()>) {
    if stopped.await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// The address, or the next free port after it.
async fn listen(wanted: SocketAddr) -> Result<TcpListener, StartError> {
    let mut address = wanted;
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return Ok(listener),
            Err(error) => {
                let next = address.port().checked_add(1).filter(|port| {
                    let tried = port - wanted.port();
                    error.kind() == io::ErrorKind::AddrInUse && tried < PORTS_TRIED
                });
                match next {
                    Some(port) => address.set_port(port),
                    None => {
                        let doing = format!("It cannot listen on {wanted}. Name another: --listen");
                        return Err(StartError::because(doing)(error));
                    }
                }
            }
        }
    }
}

const PORTS_TRIED: u16 = 20;

/// The file that everything is kept in, and the folder that goes with the portal.
fn place_of(store: &StoreAt) -> Result<(Option<Folder>, PathBuf), StartError> {
    match store {
        StoreAt::Sqlite(file) => Ok((None, file.clone())),
        StoreAt::Temporary => {
            let folder =
                Folder::make().map_err(StartError::because("It has no place to keep data"))?;
            let file = folder.0.join("portal.db");
            Ok((Some(folder), file))
        }
    }
}

/// A folder that is removed when the portal ends.
#[derive(Debug)]
struct Folder(PathBuf);

impl Folder {
    fn make() -> Result<Self, Trouble> {
        let mut bytes = [0; 8];
        OsRandom.fill(&mut bytes)?;
        let folder = std::env::temp_dir().join(format!("portal-{}", HEXLOWER.encode(&bytes)));
        // Only we may look inside, and no one can have put anything there.
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing in it is worth an error at the end; the system empties the place some day.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The keys: drawn anew for a temporary file, and else kept beside it, readable by us alone.
fn keys(store: &StoreAt, file: &Path) -> Result<Keys, StartError> {
    match store {
        StoreAt::Temporary => {
            Keys::ephemeral(&OsRandom).map_err(StartError::because("It cannot draw keys"))
        }
        StoreAt::Sqlite(_) => {
            let place = file.with_extension("keys");
            let doing = format!("It cannot use the keys in {}", place.display());
            load_keys(&place).map_err(StartError::because(doing))
        }
    }
}

fn load_keys(place: &Path) -> Result<Keys, Trouble> {
    if !place.exists() {
        let mut bytes = [0; 32];
        OsRandom.fill(&mut bytes)?;
        let half = place.with_extension("keys-new");
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let line = format!("1 {}\n", BASE64URL_NOPAD.encode(&bytes));
        io::Write::write_all(&mut options.open(&half)?, line.as_bytes())?;
        fs::rename(half, place)?;
    }
    Ok(Keys::from_file(place)?)
}

fn mailer(by: &MailBy, tools: Option<&Tools>) -> Result<Post, StartError> {
    match (by, tools) {
        (MailBy::Inbox, Some(tools)) => Ok(Post::by(tools.mailer())),
        (MailBy::Inbox, None) => Err(StartError::because("It cannot send mails")(
            "without the demo there is no inbox; give --mail smtp://HOST:PORT",
        )),
        (MailBy::Smtp(url), _) => {
            let sender = EmailAddress::new(SENDER);
            let sender = sender.map_err(StartError::because("It has no sender"))?;
            let mailer = SmtpMailer::from_url(url, sender);
            Ok(Post::by(mailer.map_err(StartError::because("It cannot send mails"))?))
        }
    }
}
