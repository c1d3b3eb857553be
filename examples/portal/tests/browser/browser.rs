//! One browser for one test: opened, looked after and closed, also when the test fails.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;
use std::time::Duration;

use axum::http::Method;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use url::{ParseError, Url};

use crate::driver::Driver;
use crate::look::Look;
use crate::tools::skip;
use crate::visitor::Visitor;

/// How long a page may take to show what a test waits for.
const PATIENCE: Duration = Duration::from_secs(10);

/// A browser of its own: its cookies, its history, its profile on disk.
#[derive(Debug)]
pub(crate) struct Browser {
    pub(super) client: Client,
    look: Look,
}

/// Opens a browser, lets the test use it, and closes it whatever happened.
///
/// A test that fails leaves a picture of what the browser showed.
pub(crate) async fn browse<T>(test: &str, look: Look, journey: impl AsyncFnOnce(&Browser) -> T) {
    // Two fill the two processors that continuous integration has; more would only wait.
    static SEATS: Semaphore = Semaphore::const_new(2);
    let _seat = SEATS.acquire().await.expect("nobody closes the semaphore");
    let Some(driver) = Driver::shared() else {
        return skip(test, "chromedriver is missing: install chromium-driver");
    };
    let profile = Profile::new();
    let browser = Browser::open(&driver, &profile, look).await;
    let mut journey = pin!(journey(&browser));
    let outcome = poll_fn(|context| {
        match catch_unwind(AssertUnwindSafe(|| journey.as_mut().poll(context))) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    })
    .await;
    if outcome.is_err() {
        browser.leave_evidence(test).await;
    }
    let closed = browser.client.clone().close().await;
    drop(profile);
    outcome.unwrap_or_else(|panic| resume_unwind(panic));
    closed.expect("the browser can be closed");
}

impl Browser {
    async fn open(driver: &Driver, profile: &Profile, look: Look) -> Self {
        let capabilities = look.capabilities(profile.path());
        let capabilities = capabilities.as_object().expect("capabilities are an object").clone();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&driver.address())
            .await
            .expect("chromedriver opens a browser");
        let browser = Self { client, look };
        browser.dress().await;
        browser
    }

    /// Sets up the tab it is in. A new tab has to be dressed too.
    pub(crate) async fn dress(&self) {
        self.wear(self.look).await;
    }

    /// Changes how the page is shown, and leaves the page as it is.
    pub(crate) async fn wear(&self, look: Look) {
        for (command, parameters) in look.commands() {
            self.tell(command, parameters).await;
        }
    }

    /// Sends a command to the developer tools of the browser.
    pub(crate) async fn tell(&self, command: &'static str, parameters: Value) -> Value {
        let told = self.client.issue_cmd(DeveloperTools { command, parameters }).await;
        told.unwrap_or_else(|why| panic!("{command}: {why}"))
    }

    /// Goes on with the cookies of a visitor, to the portal that they are for.
    pub(crate) async fn takes_over(&self, visitor: &Visitor) {
        self.tell("Network.clearBrowserCookies", json!({})).await;
        for (name, value) in &visitor.cookies {
            let url = format!("http://{}/", visitor.server);
            let cookie = json!({
                "name": name, "value": value, "url": url, "path": "/",
                "secure": true, "httpOnly": true, "sameSite": "Lax",
            });
            let set = self.tell("Network.setCookie", cookie).await;
            assert_eq!(set["success"], json!(true), "the cookie {name} is not taken");
        }
    }

    async fn leave_evidence(&self, test: &str) {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("failed");
        let file = folder.join(test.replace("::", "-")).with_extension("png");
        // The failure of the test is what counts, so a failure here must not hide it.
        if let (Ok(()), Ok(picture)) =
            (std::fs::create_dir_all(&folder), self.client.screenshot().await)
        {
            let _written = std::fs::write(&file, picture);
            println!("what the browser showed: {}", file.display());
        }
        if let Ok(address) = self.client.current_url().await {
            println!("where it was: {address}");
        }
    }
}

/// Looks again and again until there is something, and fails when patience ends.
pub(crate) async fn until<T>(mut look: impl AsyncFnMut() -> Result<T, String>) -> T {
    let mut last = String::new();
    let seen = tokio::time::timeout(PATIENCE, async {
        let mut again = tokio::time::interval(Duration::from_millis(20));
        loop {
            again.tick().await;
            match look().await {
                Ok(seen) => return seen,
                Err(why) => last = why,
            }
        }
    })
    .await;
    seen.unwrap_or_else(|_| panic!("{last}"))
}

/// A folder for the browser's files, taken away again.
#[derive(Debug)]
struct Profile(PathBuf);

impl Profile {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("countersign-browser-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a temporary folder can be made");
        Self(folder)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("temporary folders have names in Unicode")
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        // A process of the browser that is still ending may write once more.
        for _attempt in 0..100 {
            if std::fs::remove_dir_all(&self.0).is_ok() || !self.0.exists() {
                return;
            }
            std::thread::yield_now();
        }
    }
}

/// A command of the Chrome DevTools Protocol, which chromedriver passes on.
#[derive(Debug)]
struct DeveloperTools {
    command: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for DeveloperTools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let body = json!({ "cmd": self.command, "params": self.parameters });
        (Method::POST, Some(body.to_string()))
    }
}
