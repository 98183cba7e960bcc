//! Telling a subscriber's web address what happened, by the Standard Webhooks scheme
//! (<https://www.standardwebhooks.com>, version 1): one POST, signed, answered or not.
//!
//! An address comes from a person and may lead anywhere. It is looked up by us, every place it
//! leads to is judged, and the connection goes to what was judged and to nothing else: an address
//! inside this network is never called unless the operator named its network. Redirects are not
//! followed, no proxy is asked, and of the answer nothing but its status is read.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

pub use address::{Address, NotAnAddress};
pub use client::{ClientError, Https};
pub use guard::{Network, Networks, NotANetwork};
pub use hook_box::{HookBox, NoWay};
pub use secret::Secret;

mod address;
mod client;
mod guard;
mod hook_box;
mod secret;

/// What carries messages to subscribers: the network, or a box in a test.
pub trait Courier: Send + Sync {
    /// Hands over one message.
    fn deliver<'a>(
        &'a self,
        message: &'a Message,
    ) -> Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

    /// Looks up where an address leads, and says why nothing would be sent there. Nothing is sent.
    fn look_up<'a>(
        &'a self,
        to: &'a Address,
    ) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;
}

/// One message to one address.
#[derive(Clone)]
pub struct Message {
    /// Where it goes.
    pub to: Address,
    /// Its id, the same at every try (`webhook-id`): who has seen it need not act again.
    pub id: String,
    /// When this try is made, in seconds since 1970 (`webhook-timestamp`).
    pub at: i64,
    /// What it says: JSON.
    pub body: Vec<u8>,
    /// What it is signed with: one secret, or two while one takes the place of the other.
    pub secrets: Vec<Secret>,
}

/// Shows neither the address nor the secrets.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("id", &self.id)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

impl Message {
    /// One signature for each secret, in one line (`webhook-signature`).
    pub fn signatures(&self) -> String {
        let signed = |secret: &Secret| secret.signature(&self.id, self.at, &self.body);
        self.secrets.iter().map(signed).collect::<Vec<_>>().join(" ")
    }
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether it was taken.
    pub outcome: Outcome,
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// How long it took.
    pub took: Duration,
    /// What came of it, in a few words of ours: nothing of what the other side wrote.
    pub words: String,
}

/// Whether a message was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was: any status from 200 to 299.
    Taken,
    /// It was not; try again later.
    Later,
    /// The subscriber wants nothing more: status 410.
    Gone,
}

impl Answer {
    /// An answer with a status, judged as the scheme says.
    fn of_status(status: u16, took: Duration) -> Self {
        let (outcome, words) = match status {
            200..=299 => (Outcome::Taken, format!("answered {status}")),
            300..=399 => (Outcome::Later, format!("answered {status}; redirects are not followed")),
            410 => (Outcome::Gone, "answered 410: it wants nothing more".to_owned()),
            _ => (Outcome::Later, format!("answered {status}")),
        };
        Self { outcome, status: Some(status), took, words }
    }

    /// No answer.
    fn none(words: &str, took: Duration) -> Self {
        Self { outcome: Outcome::Later, status: None, took, words: words.to_owned() }
    }
}
