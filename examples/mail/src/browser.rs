//! The browser: a secret of its own and the ticket of an open login, kept in a file as cookies are.

use std::fs;
use std::path::{Path, PathBuf};

use countersign::{Client, OsRandom, Random, Ticket};
use data_encoding::HEXLOWER;

use crate::Told;

pub(crate) struct Browser {
    file: PathBuf,
    secret: String,
    ticket: Option<String>,
}

impl Browser {
    /// The browser that was used before, or a new one.
    pub(crate) fn open(folder: &Path) -> Told<Self> {
        let file = folder.join("browser");
        let kept = fs::read_to_string(&file).unwrap_or_default();
        let mut lines = kept.lines().map(str::to_owned);
        let secret = match lines.next() {
            Some(secret) => secret,
            None => {
                let mut bytes = [0; 16];
                OsRandom.fill(&mut bytes)?;
                HEXLOWER.encode(&bytes)
            }
        };
        Ok(Self { file, secret, ticket: lines.next() })
    }

    pub(crate) fn client(&self) -> Told<Client> {
        Ok(Client::bound_to(&self.secret)?.seen_as("the example `mail`"))
    }

    pub(crate) fn ticket(&self) -> Option<Ticket> {
        self.ticket.as_deref().map(Ticket::from_browser)
    }

    /// Keeps the ticket; whoever is killed later finds it again. It is worth nothing without a code.
    pub(crate) fn keep(&mut self, ticket: &Ticket) -> Told {
        self.ticket = Some(ticket.expose().to_owned());
        let half = self.file.with_extension("new");
        fs::write(&half, format!("{}\n{}\n", self.secret, ticket.expose()))?;
        Ok(fs::rename(half, &self.file)?)
    }
}
