//! The laws of the mailer: a test of each sentence of its contract.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use countersign::{Mailer, async_trait};
use countersign_testkit::{Arrived, MailService, Treatment};
use custom_mailer::{Api, ApiMailer, Behavior};
use tokio::runtime::Runtime;

use crate::stage::{LONGEST, stage};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

fn block_on<F: Future>(work: F) -> F::Output {
    RUNTIME.block_on(work)
}

#[derive(Debug)]
struct Service {
    api: Api,
    mailer: ApiMailer,
}

async fn fresh() -> Service {
    let (api, mailer) = stage().await;
    Service { api, mailer }
}

#[async_trait]
impl MailService for Service {
    fn mailer(&self) -> Arc<dyn Mailer> {
        Arc::new(self.mailer.clone())
    }

    async fn treats_mails(&self, treatment: Treatment) {
        self.api.behaves(match treatment {
            Treatment::Accept => Behavior::Take,
            Treatment::RefuseForGood => Behavior::Answer(422, "recipient_unknown"),
            Treatment::FailForNow => Behavior::Answer(503, "down"),
            Treatment::BreakOff => Behavior::BreakOff,
            Treatment::Hang => Behavior::Hang,
        });
    }

    /// Every request that was taken. The laws send one letter several times, and the API would
    /// deliver it once: what mailboxes get is `answers.rs`'s business.
    async fn arrived(&self) -> Vec<Arrived> {
        let arrived = self.api.taken().into_iter().map(|mail| Arrived {
            recipients: vec![mail.to],
            subject: mail.subject,
            text: mail.text,
            html: mail.html,
        });
        arrived.collect()
    }

    fn longest_call(&self) -> Duration {
        LONGEST
    }
}

countersign_testkit::mailer_laws!(fresh(), block_on = block_on);
