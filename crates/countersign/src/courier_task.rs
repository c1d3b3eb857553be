//! The courier on tokio: a task that sends mails until it is told to stop.

use countersign_core::Courier;
use tokio::sync::oneshot;
use tokio::task::{JoinError, JoinHandle};

/// A courier at work. Dropping it lets the courier go on; [`CourierTask::shutdown`] ends it in order.
///
/// ```
/// use countersign::{Keys, Mailer, MemoryStore, Mfa, OsRandom, spawn_courier};
///
/// # async fn run(mailer: impl Mailer) -> Result<(), Box<dyn std::error::Error>> {
/// let (mfa, courier) = Mfa::builder()
///     .store(MemoryStore::new())
///     .mailer(mailer)
///     .keys(Keys::ephemeral(&OsRandom)?)
///     .build()?;
/// let task = spawn_courier(courier);
/// // ... serve logins until somebody says stop ...
/// # drop(mfa);
/// task.shutdown().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "keep it, to stop the courier in order at the end"]
pub struct CourierTask {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// Starts the courier on the runtime of the caller.
pub fn spawn_courier(courier: Courier) -> CourierTask {
    let (stop, stopped) = oneshot::channel();
    let until = async {
        // A handle that was dropped without a word does not stop the mails.
        if stopped.await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    CourierTask { stop, task: tokio::spawn(courier.run_until(tokio::time::sleep, until)) }
}

impl CourierTask {
    /// Finishes the mails that are being sent and then stops, after 20 seconds in any case. What waits
    /// is sent by the next courier.
    ///
    /// # Errors
    ///
    /// [`JoinError`] if the task panicked or its runtime is gone; every letter is still in the
    /// outbox then.
    pub async fn shutdown(self) -> Result<(), JoinError> {
        // An error means that the task has ended already; joining says how.
        let _ = self.stop.send(());
        self.task.await
    }
}
