//! A mail API on this machine, in the hands of a test: it takes mails, refuses, fails, breaks off and
//! hangs.

use std::fmt;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign::SecretText;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, LOCATION};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// A mail API at a free port. It ends with its last handle.
#[derive(Clone)]
pub struct Api {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    // Its connections are tasks of this one and end with it.
    _server: Arc<JoinSet<()>>,
}

struct State {
    key: SecretText,
    behavior: Behavior,
    taken: Vec<Taken>,
}

/// What the API does with a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "tests name each")]
pub enum Behavior {
    /// Takes it.
    Take,
    /// Answers with this status and this reason, and repeats the mail, as some do.
    Answer(u16, &'static str),
    /// Breaks off when it has read the mail.
    BreakOff,
    /// Says nothing.
    Hang,
}

/// A mail as the API took it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "tests read each part")]
pub struct Taken {
    /// Its idempotency key.
    pub letter: String,
    /// The one recipient.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

impl Api {
    /// Starts one that knows this key.
    ///
    /// # Errors
    ///
    /// Where no port of this machine can be listened to.
    pub async fn start(key: SecretText) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let state = State { key, behavior: Behavior::Take, taken: Vec::new() };
        let state = Arc::new(Mutex::new(state));
        let mut server = JoinSet::new();
        server.spawn(serve(listener, state.clone()));
        Ok(Self { address, state, _server: Arc::new(server) })
    }

    /// Where mails are posted.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/v1/mails", self.address)
    }

    /// Treats every mail like this from now on.
    pub fn behaves(&self, behavior: Behavior) {
        lock(&self.state).behavior = behavior;
    }

    /// Every request that it said yes to, oldest first: a letter that was sent again is in it again.
    #[must_use]
    pub fn taken(&self) -> Vec<Taken> {
        lock(&self.state).taken.clone()
    }

    /// What mailboxes get: each letter once, however often it was sent.
    #[must_use]
    pub fn delivered(&self) -> Vec<Taken> {
        let mut delivered: Vec<Taken> = Vec::new();
        for taken in self.taken() {
            if delivered.iter().all(|mail| mail.letter != taken.letter) {
                delivered.push(taken);
            }
        }
        delivered
    }
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("address", &self.address).finish_non_exhaustive()
    }
}

async fn serve(listener: TcpListener, state: Arc<Mutex<State>>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(converse(stream, state.clone()));
    }
}

async fn converse(stream: TcpStream, state: Arc<Mutex<State>>) {
    let service = service_fn(|request| answer(request, &state));
    // An error is a client that went away, or we who broke off.
    let http = hyper::server::conn::http1::Builder::new();
    let _ = http.serve_connection(TokioIo::new(stream), service).await;
}

type Answer = Response<Full<Bytes>>;

async fn answer(request: Request<Incoming>, state: &Mutex<State>) -> Result<Answer, BrokenOff> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| BrokenOff)?.to_bytes();
    let is_ours = head.method == Method::POST && head.uri.path() == "/v1/mails";
    let Some(mail) = read(&head.headers, &body).filter(|_| is_ours) else {
        return Ok(say(400, json!({ "error": "malformed" })));
    };
    let behavior = {
        let mut state = lock(state);
        let bearer = format!("Bearer {}", state.key.expose());
        if head.headers.get(AUTHORIZATION).is_none_or(|given| given != bearer.as_str()) {
            return Ok(say(401, json!({ "error": "key_unknown" })));
        }
        if state.behavior == Behavior::Take {
            state.taken.push(mail.clone());
        }
        state.behavior
    };
    match behavior {
        Behavior::Take => Ok(say(202, json!({ "id": mail.letter }))),
        Behavior::Answer(status, error) => {
            Ok(say(status, json!({ "error": error, "to": mail.to, "text": mail.text })))
        }
        Behavior::BreakOff => Err(BrokenOff),
        Behavior::Hang => pending().await,
    }
}

fn read(headers: &HeaderMap, body: &[u8]) -> Option<Taken> {
    let mail: Value = serde_json::from_slice(body).ok()?;
    let part = |name: &str| mail.get(name)?.as_str().map(str::to_owned);
    let letter = headers.get("Idempotency-Key")?.to_str().ok()?.to_owned();
    part("from")?;
    let (to, subject) = (part("to")?, part("subject")?);
    Some(Taken { letter, to, subject, text: part("text")?, html: part("html")? })
}

fn say(status: u16, body: Value) -> Answer {
    let mut answer = Response::new(Full::from(body.to_string()));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::IM_A_TEAPOT);
    let json = hyper::header::HeaderValue::from_static("application/json");
    answer.headers_mut().insert(CONTENT_TYPE, json);
    if answer.status().is_redirection() {
        // To itself, so that a client that follows is seen to.
        let location = hyper::header::HeaderValue::from_static("/v1/mails");
        answer.headers_mut().insert(LOCATION, location);
    }
    answer
}

/// A panic elsewhere leaves nothing half-written: each write is one step.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What makes hyper close the connection without an answer.
#[derive(Debug)]
struct BrokenOff;

impl fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("broken off")
    }
}

impl std::error::Error for BrokenOff {}
