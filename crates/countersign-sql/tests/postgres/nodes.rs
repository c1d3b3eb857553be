//! Several processes on one database: what holds among the tasks of one process holds among them.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStderr, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::{env, str};

use countersign_core::account::EventKind;
use countersign_core::store::{Accounts, ClaimFilter, Outbox};
use countersign_core::{MINUTE, Requirement, Ticket, Timestamp, UserId, Verdict};
use countersign_testkit::FakeClock;
use tokio::task::JoinSet;

use crate::block_on;
use crate::server::{Server, options, plain, server};
use crate::stage::{MONDAY, Stage, company, other_than};

/// The test that is a part in another process, and nothing in this one.
const TEST: &str = "nodes::plays_its_part";
/// Processes that meet.
const NODES: usize = 3;

/// Another process. What it says arrives line by line.
struct Node {
    child: Child,
    says: BufReader<ChildStderr>,
    hears: ChildStdin,
}

impl Node {
    /// Starts this test binary once more, with these words to go by.
    fn start(server: &Server, words: &[&str]) -> Self {
        let mut command = Command::new(env::current_exe().unwrap());
        // The test runner takes what follows for further names of tests; there are none.
        command.args([TEST, "--exact", "--nocapture"]);
        command.arg(format!("folder={}", server.folder().display()));
        command.arg(format!("port={}", server.port()));
        command.args(words.iter().map(|word| format!("word={word}")));
        let command = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let says = BufReader::new(child.stderr.take().unwrap());
        let hears = child.stdin.take().unwrap();
        let mut node = Self { child, says, hears };
        let mut ready = String::new();
        node.says.read_line(&mut ready).unwrap();
        assert_eq!(ready, "ready\n");
        node
    }

    fn go(&mut self) {
        writeln!(self.hears, "go").unwrap();
    }

    /// Everything it says until its end.
    fn hear_out(mut self) -> Vec<String> {
        let said = self.says.lines().map(Result::unwrap).collect();
        assert!(self.child.wait().unwrap().success());
        said
    }
}

/// Lets several processes do it from the same moment; what all of them said.
fn race(server: &Server, words: &[&str]) -> Vec<String> {
    let mut nodes = [(); NODES].map(|()| Node::start(server, words));
    nodes.iter_mut().for_each(Node::go);
    nodes.into_iter().flat_map(Node::hear_out).collect()
}

/// Says a line to the process that started this one. It goes out whole and at once.
fn say(line: &str) {
    io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}

fn wait_for_go() {
    say("ready");
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).unwrap();
    assert_eq!(line, "go\n");
}

#[test]
fn plays_its_part() {
    let words = |name: &str| {
        let name = name.to_owned();
        env::args().filter_map(move |arg| arg.strip_prefix(&name).map(str::to_owned))
    };
    let Some(folder) = words("folder=").next() else { return };
    let port = words("port=").next().unwrap().parse().unwrap();
    let server = Server::of_another(folder.into(), port);
    let words: Vec<_> = words("word=").collect();
    match &words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["answers", schema, now, ticket, code, times] => {
            let now = Timestamp::from_millis(now.parse().unwrap());
            block_on(answers(&server, schema, now, ticket, code, times.parse().unwrap()));
        }
        ["sends", schema, now] => {
            let now = Timestamp::from_millis(now.parse().unwrap());
            block_on(sends(&server, schema, now));
        }
        other => panic!("no part is called {other:?}"),
    }
}

/// Part: answers one challenge several times at once, and says what came of each.
async fn answers(
    server: &Server,
    schema: &str,
    now: Timestamp,
    ticket: &str,
    code: &str,
    times: usize,
) {
    let clock = FakeClock::at(now);
    let store = options(schema).clock(clock.clone()).connect_with(server.address()).await.unwrap();
    let stage = Arc::new(Stage::over(store, clock, u64::from(std::process::id())));
    wait_for_go();
    let mut answers = JoinSet::new();
    for _ in 0..times {
        let stage = Arc::clone(&stage);
        let ticket = Ticket::from_browser(ticket);
        let code = code.to_owned();
        answers.spawn(async move {
            match stage.try_answer(&ticket, &code).await {
                Ok(Verdict::Passed(_)) => "passed".to_owned(),
                Ok(Verdict::Wrong(_)) => "wrong".to_owned(),
                Ok(Verdict::Stale(_)) => "stale".to_owned(),
                Ok(other) => format!("{other:?}"),
                Err(error) => error.code().to_owned(),
            }
        });
    }
    while let Some(answer) = answers.join_next().await {
        say(&answer.unwrap());
    }
}

/// Part: claims letters until there are none, and says which.
async fn sends(server: &Server, schema: &str, now: Timestamp) {
    let options = options(schema).clock(FakeClock::at(now));
    let store = options.connect_with(server.address()).await.unwrap();
    wait_for_go();
    loop {
        let due = store.claim(3, 10 * MINUTE, &ClaimFilter::default()).await.unwrap();
        for claimed in &due.claimed {
            say(&format!("{:?}", claimed.letter.id));
        }
        // Fewer than asked for may be because another one is taking some just now.
        if due.claimed.is_empty() && due.next.is_none_or(|next| next > due.now.plus(MINUTE)) {
            break;
        }
    }
}

async fn count_events(stage: &Stage, matches: impl Fn(&EventKind) -> bool) -> usize {
    let events = stage.store.events(&company(), None, None, usize::MAX).await.unwrap();
    events.iter().filter(|event| matches(&event.what)).count()
}

/// In several races, since more than one order of events is to be met.
fn one_success(
    server: &Server,
    schema: &str,
    stage: &Stage,
    challenge: impl AsyncFn() -> (Ticket, String),
) {
    let mut accepted =
        block_on(count_events(stage, |what| matches!(what, EventKind::Accepted { .. })));
    let mut missed = 0;
    for round in 1..=3 {
        let (ticket, code) = block_on(challenge());
        let now = stage.now().millis().to_string();
        let words = ["answers", schema, &now, ticket.expose()];
        let wrong = race(server, &[&words[..], &[other_than(&code), "1"]].concat());
        missed += wrong.iter().filter(|word| *word == "wrong").count();
        let counted = count_events(stage, |what| matches!(what, EventKind::Missed { .. }));
        assert_eq!(block_on(counted), missed, "round {round}: {wrong:?}");
        block_on(stage.operator().unlock(UserId::new("ben").unwrap())).unwrap();
        let right = race(server, &[&words[..], &[&code, "3"]].concat());
        let passed = right.iter().filter(|word| *word == "passed").count();
        assert_eq!((right.len(), passed), (3 * NODES, 1), "round {round}: {right:?}");
        accepted += 1;
        let counted = count_events(stage, |what| matches!(what, EventKind::Accepted { .. }));
        assert_eq!(block_on(counted), accepted, "round {round}");
    }
}

async fn stage(server: &Server, schema: &str, asks: Requirement) -> Stage {
    let clock = FakeClock::at(MONDAY);
    let store = options(schema).clock(clock.clone()).connect_with(server.address()).await.unwrap();
    Stage::founded(store, clock, asks).await
}

#[test]
fn an_e_mailed_code_is_good_once_in_many_processes_and_each_miss_counts_once() {
    let Some(server) = server() else { return };
    let schema = block_on(plain(server));
    let stage = block_on(stage(server, &schema, Requirement::Email));
    one_success(server, &schema, &stage, async || {
        stage.advance(3600);
        let ticket = stage.challenge("ben").await.ticket;
        (ticket, stage.mailed_code().await)
    });
}

#[test]
fn a_code_of_an_app_is_good_once_in_many_processes_and_each_miss_counts_once() {
    let Some(server) = server() else { return };
    let schema = block_on(plain(server));
    let stage = block_on(stage(server, &schema, Requirement::App));
    let phone = block_on(stage.link_app("ben"));
    one_success(server, &schema, &stage, async || {
        stage.advance(3600);
        (stage.challenge("ben").await.ticket, phone.code(stage.now()))
    });
}

#[test]
fn couriers_in_many_processes_share_the_letters_and_each_is_taken_once() {
    let Some(server) = server() else { return };
    let schema = block_on(plain(server));
    let stage = block_on(stage(server, &schema, Requirement::Email));
    for _ in 0..40 {
        stage.advance(3600);
        let _ = block_on(stage.challenge("ben"));
        let _ = block_on(stage.challenge("ada"));
    }
    const QUEUED: &str = "SELECT count(*) FROM countersign_letter";
    let mut outside = block_on(server.outside(&schema));
    let queued: i64 = block_on(sqlx::query_scalar(QUEUED).fetch_one(&mut outside)).unwrap();
    assert!(queued > 20, "{queued}");
    let taken = race(server, &["sends", &schema, &stage.now().millis().to_string()]);
    let mut different = taken.clone();
    different.sort();
    different.dedup();
    assert_eq!(i64::try_from(different.len()).unwrap(), queued, "a letter was left behind");
    assert_eq!(taken.len(), different.len(), "a letter was taken twice");
}
