//! A real server, one for all tests of this process, with a schema for each of them.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use countersign_sql::{PostgresOptions, PostgresStore};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection, PgPool};

/// A running server.
pub(crate) struct Server {
    folder: PathBuf,
    port: u16,
    /// It lives as long as this.
    _life: Option<ChildStdin>,
}

/// The server of this process; nothing if there is none on this machine.
pub(crate) fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    let server = SERVER.get_or_init(|| {
        let programs = programs();
        if programs.is_none() && !under_ci() {
            // Not `eprintln!`, which the harness keeps to itself while a test passes.
            let mut stderr = std::io::stderr();
            writeln!(stderr, "!!! SKIPPED: {NONE}").unwrap();
        }
        programs.map(|programs| Server::start(&programs))
    });
    assert!(server.is_some() || !under_ci(), "{NONE}; CI must have it");
    server.as_ref()
}

const NONE: &str = "PostgreSQL is not installed, so its store was not tested";

impl Server {
    fn start(programs: &Path) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        // Not below the build folder: another user runs it, and a socket has a short path.
        let name = format!("countersign-postgres-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        certify(&folder);
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let mut shell = Command::new("sh");
        if said("id", &["-u"]) == "0" {
            // PostgreSQL refuses to run as root.
            let user =
                if said("id", &["-u", "postgres"]).is_empty() { "nobody" } else { "postgres" };
            let owned = Command::new("chown").args(["-R", user]).arg(&folder).status().unwrap();
            assert!(owned.success(), "the folder of the server cannot be given to {user}");
            shell = Command::new("runuser");
            shell.args(["-u", user, "--", "sh"]);
        }
        let shell = shell.arg("-c").arg(include_str!("server.sh")).arg("server.sh");
        let shell = shell
            .arg(&folder)
            .arg(programs)
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        #[expect(clippy::zombie_processes, reason = "it ends after this process, which ends it")]
        let mut shell = shell.spawn().unwrap();
        let life = shell.stdin.take();
        let mut said = String::new();
        for line in BufReader::new(shell.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            match &*line {
                "ready" => return Self { folder, port, _life: life },
                "failed" => break,
                _ => said.push_str(&format!("{line}\n")),
            }
        }
        panic!("the server does not start:\n{said}");
    }

    /// The server whose socket is in this folder; another process runs it.
    pub(crate) fn of_another(folder: PathBuf, port: u16) -> Self {
        Self { folder, port, _life: None }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where it listens on this machine, for those who bring TLS and a password.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.join(format!(".s.PGSQL.{}", self.port))
    }

    /// How one connects.
    pub(crate) fn address(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.folder)
            .port(self.port)
            .username("tests")
            .database("postgres")
    }

    /// A connection of somebody who looks at the tables from outside.
    pub(crate) async fn outside(&self, schema: &str) -> PgConnection {
        self.address().options([("search_path", schema)]).connect().await.unwrap()
    }

    /// A pool of a host, in whose connections this schema comes first.
    pub(crate) async fn pool(&self, schema: &str, most: u32) -> PgPool {
        let options = PgPoolOptions::new().max_connections(most);
        options.connect_with(self.address().options([("search_path", schema)])).await.unwrap()
    }

    /// A store in this schema.
    pub(crate) async fn store(&self, schema: &str) -> PostgresStore {
        options(schema).connect_with(self.address()).await.unwrap()
    }
}

/// The certificate of an authority, and of a server on this machine that it vouches for.
fn certify(folder: &Path) {
    let authority = {
        let mut parameters = CertificateParams::new([]).unwrap();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        CertifiedIssuer::self_signed(parameters, KeyPair::generate().unwrap()).unwrap()
    };
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let server = server.signed_by(&key, &authority).unwrap();
    for (name, text) in [
        ("authority.pem", authority.pem()),
        ("server.crt", server.pem()),
        ("server.key", key.serialize_pem()),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
    fs::set_permissions(folder.join("server.key"), fs::Permissions::from_mode(0o600)).unwrap();
}

/// Options for this schema, on a server that does not flush: a test need not survive a power loss.
pub(crate) fn options(schema: &str) -> PostgresOptions {
    PostgresStore::options().schema(schema).connections(6).danger_flush_seldom()
}

/// The name of a schema that nobody else has, and that is not there yet.
pub(crate) fn fresh() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("Test \"{}\"", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The name of a schema that is there, and can be named without quotes.
pub(crate) async fn plain(server: &Server) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let schema = format!("plain_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let create = AssertSqlSafe(format!("CREATE SCHEMA {schema}"));
    sqlx::raw_sql(create).execute(&mut server.outside("public").await).await.unwrap();
    schema
}

/// The folder with the programs of the newest server.
fn programs() -> Option<PathBuf> {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<_> = installed.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.into_iter().rfind(|folder| folder.join("postgres").exists())
}

fn said(program: &str, arguments: &[&str]) -> String {
    let said = Command::new(program).args(arguments).stderr(Stdio::null()).output().unwrap();
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}

#[expect(clippy::disallowed_methods, reason = "a test asks whether it may be skipped")]
fn under_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty())
}
