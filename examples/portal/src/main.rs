//! Starts the portal and says where it is. Ctrl-C stops it cleanly.

use std::process::ExitCode;

use portal::{Asked, Options, Running};

#[tokio::main]
async fn main() -> ExitCode {
    let options = match Options::read(std::env::args().skip(1)) {
        Ok(Asked::Portal(options)) => options,
        Ok(Asked::Help) => {
            say(portal::HELP);
            return ExitCode::SUCCESS;
        }
        Err(sentence) => {
            say(&format!("{sentence}\n\n{}", portal::HELP));
            return ExitCode::from(2);
        }
    };
    tracing_subscriber::fmt().with_max_level(tracing_subscriber::filter::LevelFilter::WARN).init();
    let running = match portal::start(options).await {
        Ok(running) => running,
        Err(error) => {
            say(&error.to_string());
            return ExitCode::FAILURE;
        }
    };
    say(&greeting(&running));
    wait_for_stop().await;
    match running.stop().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("It did not stop cleanly: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Returns on Ctrl-C, and where a supervisor asks for the end.
async fn wait_for_stop() {
    let interrupted = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            // Without the signal there is no other way to stop it than the hard one.
            tracing::warn!(%error, "Ctrl-C is not heard");
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => terminate.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<Option<()>>();
    tokio::select! {
        () = interrupted => {}
        _ = terminated => {}
    }
}

/// The four lines.
fn greeting(running: &Running) -> String {
    let at = running.origin();
    if !running.has_demo() {
        return format!("Portal    {at}/login\nStop it with Ctrl-C.");
    }
    format!(
        "Portal    {at}/login\nInbox     {at}/dev/mail\nPhone     {at}/dev/phone\n\
         Accounts  ada@larkfield.example, omar@oakmoor.example; password: {}",
        portal::DEMO_PASSWORD
    )
}

#[expect(clippy::print_stdout, reason = "this is what the program says")]
fn say(words: &str) {
    println!("{words}");
}
