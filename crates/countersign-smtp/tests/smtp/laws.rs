//! The laws of the mailer, over STARTTLS and with a login.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use async_trait::async_trait;
use countersign_core::Mailer;
use countersign_testkit::{Arrived, MailService, Treatment};
use tokio::runtime::Runtime;

use crate::server::{At, Fault, Mode, Server};
use crate::stage::{builder, server};
use crate::transcript::read;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

fn block_on<F: Future>(work: F) -> F::Output {
    RUNTIME.block_on(work)
}

#[derive(Debug)]
struct Service {
    server: Server,
    mailer: Arc<dyn Mailer>,
}

/// Only hangs reach it, and there are few of them.
const LONGEST: Duration = Duration::from_millis(1500);

async fn fresh() -> Service {
    let server = server(Mode::StartTls).await;
    let mailer = builder(&server, Mode::StartTls)
        .deadline(LONGEST)
        .final_dot_deadline(LONGEST)
        .build()
        .unwrap();
    Service { server, mailer: Arc::new(mailer) }
}

#[async_trait]
impl MailService for Service {
    fn mailer(&self) -> Arc<dyn Mailer> {
        Arc::clone(&self.mailer)
    }

    async fn treats_mails(&self, treatment: Treatment) {
        let say = |reply: &str| Fault::Say(format!("{reply} <somebody@larkfield.example> 482913"));
        match treatment {
            Treatment::Accept => self.server.is_well(),
            Treatment::RefuseForGood => self.server.fails(At::Recipient, say("550 5.1.1")),
            Treatment::FailForNow => self.server.fails(At::Recipient, say("451 4.3.0")),
            Treatment::BreakOff => self.server.fails(At::Body, Fault::Close),
            Treatment::Hang => self.server.fails(At::Body, Fault::Hang),
        }
    }

    async fn arrived(&self) -> Vec<Arrived> {
        let arrived = |mail: crate::server::Taken| {
            let written = read(&mail.raw);
            Arrived {
                recipients: mail.to,
                subject: written.subject,
                text: written.text,
                html: written.html,
            }
        };
        self.server.mails().into_iter().map(arrived).collect()
    }

    fn longest_call(&self) -> Duration {
        LONGEST
    }
}

countersign_testkit::mailer_laws!(fresh(), block_on = block_on);
