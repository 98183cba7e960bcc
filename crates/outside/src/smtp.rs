//! Handing letters to a relay. One parcel has one recipient; the answer says whether the relay
//! took it, and if not, whether to try again, give up, or admit that nobody knows. The steps of
//! the conversation are taken one by one, because only they tell a letter that was not sent from
//! one that may have been.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use crate::one_line;

pub use postbox::{Mood, Nowhere, PostBox};
pub use relay::Smtp;

mod postbox;
mod relay;

/// What hands letters on: a relay, or a box in a test.
pub trait Post: Send + Sync {
    /// Hands on one parcel.
    fn send<'a>(
        &'a self,
        parcel: &'a Parcel,
    ) -> Pin<Box<dyn Future<Output = Result<Taken, NotTaken>> + Send + 'a>>;
}

/// One message for one recipient (INV-22).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// The envelope's sender, a bare address: where bounces go.
    pub from: String,
    /// The envelope's recipient, a bare address.
    pub to: String,
    /// The message, in lines that end in CRLF.
    pub message: Vec<u8>,
}

/// The relay has it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// What the relay said, in one line.
    pub answer: String,
}

/// The relay did not take it, or did not say so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct NotTaken {
    /// What may be done about it.
    pub how: Failure,
    /// Why, in one line of at most 200 letters.
    pub why: String,
}

impl NotTaken {
    fn new(how: Failure, why: &str) -> Self {
        Self { how, why: one_line(why) }
    }
}

/// What may be done about a letter that was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Try again later.
    Later,
    /// It will never be taken as it is.
    Never,
    /// The connection broke after the message was handed over: it may have been taken.
    InDoubt,
}

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte (port 465).
    Implicit,
    /// After STARTTLS, and not without it (port 587).
    StartTls,
    /// Not at all: only to this machine itself.
    None,
}

/// Where the relay is and how to speak to it.
#[derive(Clone)]
pub struct SmtpSettings {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// Who we are to it, if it asks.
    pub username: Option<String>,
    /// The password that goes with it.
    pub password: Option<String>,
    /// What we call ourselves in EHLO; else this machine's name.
    pub hello_name: Option<String>,
    /// How long any one letter may take; never more than 30 seconds.
    pub timeout: Duration,
}

impl fmt::Debug for SmtpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpSettings")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .field("username", &self.username)
            .field("password", &self.password.as_ref().map(|_| "…"))
            .field("hello_name", &self.hello_name)
            .field("timeout", &self.timeout)
            .finish()
    }
}

/// Why a relay cannot be used as it was described.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// No host, or no port.
    #[error("a relay needs a host name and a port")]
    Address,
    /// Plain text over a network.
    #[error("mail without TLS is only for a relay on this machine (localhost): choose TLS")]
    Plain,
    /// A user without a password, or the other way round.
    #[error("a relay's user name and password go together: give both or none")]
    Credentials,
    /// Not a name to greet with.
    #[error("the name to greet the relay with is not a host name")]
    Hello,
    /// No certificates to judge the relay's by.
    #[error("the certificates to judge the relay by cannot be read: {0}")]
    Certificates(String),
}

#[cfg(test)]
mod tests;
