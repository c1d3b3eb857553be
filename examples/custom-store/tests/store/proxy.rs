//! Stands between the store and Redis, and loses answers: what was written is written, and nobody
//! hears of it.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinSet;

/// A socket that leads to Redis. It ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Proxy {
    socket: PathBuf,
    loses: Arc<AtomicBool>,
    _conversations: JoinSet<()>,
}

impl Proxy {
    /// A proxy beside the socket of this server.
    pub(crate) fn before(server: PathBuf) -> Self {
        let socket = server.with_file_name("proxy.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let loses = Arc::new(AtomicBool::new(false));
        let mut conversations = JoinSet::new();
        conversations.spawn(listen(listener, server, loses.clone()));
        Self { socket, loses, _conversations: conversations }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis+unix://{}", self.socket.display())
    }

    /// From now on the answer to a script is lost, and the connection with it, or it is not.
    pub(crate) fn loses_answers(&self, loses: bool) {
        self.loses.store(loses, Ordering::SeqCst);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.socket);
    }
}

async fn listen(listener: UnixListener, server: PathBuf, loses: Arc<AtomicBool>) {
    let mut conversations = JoinSet::new();
    while let Ok((store, _)) = listener.accept().await {
        let redis = UnixStream::connect(&server).await.unwrap();
        conversations.spawn(converse(store, redis, loses.clone()));
    }
}

async fn converse(mut store: UnixStream, mut redis: UnixStream, loses: Arc<AtomicBool>) {
    let (mut asked, mut told) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    let mut is_script = false;
    loop {
        tokio::select! {
            Ok(length) = store.read(&mut asked) => {
                let Some(asked) = asked.get(..length).filter(|asked| !asked.is_empty()) else { return };
                is_script = asked.windows(7).any(|word| word == b"EVALSHA");
                redis.write_all(asked).await.unwrap();
            }
            Ok(length) = redis.read(&mut told) => {
                if length == 0 || (is_script && loses.load(Ordering::SeqCst)) {
                    return;
                }
                if store.write_all(told.get(..length).unwrap()).await.is_err() {
                    return;
                }
            }
            else => return,
        }
    }
}
