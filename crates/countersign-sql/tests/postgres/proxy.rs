//! What stands between a store and its server: it counts, stalls and cuts.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

use crate::server::Server;

/// A way to the server. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Proxy {
    address: SocketAddr,
    mode: watch::Sender<Mode>,
    trips: Arc<AtomicU64>,
}

/// What the proxy does with what arrives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Open,
    /// Nothing goes through any more, and nobody is told.
    Stall,
    /// What the client says arrives; what the server answers does not.
    Mute,
    /// Every connection is cut, and every new one too.
    Cut,
}

impl Proxy {
    pub(crate) async fn to(server: &Server) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            address: listener.local_addr().unwrap(),
            mode: watch::Sender::new(Mode::Open),
            trips: Arc::default(),
        };
        let serving = proxy.clone();
        let socket = server.socket();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = UnixStream::connect(&socket).await.unwrap();
                tokio::spawn(serving.clone().carry(client, server));
            }
        });
        proxy
    }

    /// How one connects through it.
    pub(crate) fn address(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(self.address.port())
            .username("tests")
            .database("postgres")
            .ssl_mode(sqlx::postgres::PgSslMode::Disable)
    }

    pub(crate) fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }

    /// The round trips since the last time this was asked: how often a client waited for an answer.
    pub(crate) fn trips(&self) -> u64 {
        self.trips.swap(0, Ordering::SeqCst)
    }

    async fn carry(self, mut client: TcpStream, mut server: UnixStream) {
        let mut mode = self.mode.subscribe();
        let mut asked = Asked::default();
        let (mut from_client, mut from_server) = ([0; 8192], [0; 8192]);
        loop {
            let now = *mode.borrow_and_update();
            let (hears, tells) = match now {
                Mode::Open => (true, true),
                Mode::Mute => (true, false),
                Mode::Stall => (false, false),
                Mode::Cut => return,
            };
            tokio::select! {
                changed = mode.changed() => if changed.is_err() { return },
                read = client.read(&mut from_client), if hears => {
                    let Ok(read @ 1..) = read else { return };
                    self.trips.fetch_add(asked.trips_in(&from_client[..read]), Ordering::SeqCst);
                    if server.write_all(&from_client[..read]).await.is_err() { return }
                }
                read = server.read(&mut from_server), if tells => {
                    let Ok(read @ 1..) = read else { return };
                    if client.write_all(&from_server[..read]).await.is_err() { return }
                }
            }
        }
    }
}

/// What a client has said so far, message by message.
#[derive(Default)]
struct Asked {
    begun: bool,
    rest: Vec<u8>,
}

impl Asked {
    /// How many of these messages end a turn of the client: `Sync` and the simple `Query`.
    fn trips_in(&mut self, bytes: &[u8]) -> u64 {
        self.rest.extend(bytes);
        let mut trips = 0;
        loop {
            // The first message has no letter before its length.
            let letter = usize::from(self.begun);
            let Some(length) = self.rest.get(letter..letter + 4) else { return trips };
            let length = u32::from_be_bytes(length.try_into().unwrap());
            let end = letter + usize::try_from(length).unwrap();
            if self.rest.len() < end {
                return trips;
            }
            let message: Vec<u8> = self.rest.drain(..end).collect();
            trips += u64::from(self.begun && matches!(message[0], b'S' | b'Q'));
            self.begun = true;
        }
    }
}
