//! The state that every handler receives: the portal's parts, behind one pointer.

use std::fmt;
use std::sync::Arc;

use countersign::Mfa;

use crate::clock::PortalClock;
use crate::passwords::Passwords;
use crate::people::People;
use crate::post::Post;
use crate::sessions::Sessions;
use crate::tools::Tools;

/// The state of the portal. Clones share it.
#[derive(Clone)]
pub(crate) struct Portal(Arc<Parts>);

/// The parts of a portal.
pub(crate) struct Parts {
    pub(crate) mfa: Mfa,
    pub(crate) people: People,
    pub(crate) passwords: Passwords,
    pub(crate) sessions: Sessions,
    pub(crate) clock: PortalClock,
    pub(crate) post: Post,
    pub(crate) tools: Option<Tools>,
}

impl Portal {
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    pub(crate) fn mfa(&self) -> &Mfa {
        &self.0.mfa
    }

    pub(crate) fn people(&self) -> &People {
        &self.0.people
    }

    pub(crate) fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    pub(crate) fn clock(&self) -> &PortalClock {
        &self.0.clock
    }

    /// The delivery state of the mails that this process sent.
    pub(crate) fn post(&self) -> &Post {
        &self.0.post
    }

    /// The demo's tools, where this is a demo.
    pub(crate) fn tools(&self) -> Option<&Tools> {
        self.0.tools.as_ref()
    }
}

impl fmt::Debug for Portal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Portal").field("mfa", &self.0.mfa).finish_non_exhaustive()
    }
}
