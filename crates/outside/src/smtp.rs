//! Handing letters to a relay. One parcel has one recipient; the answer says whether the relay
//! took it, and if not, whether to try again, give up, or admit that nobody knows.

use std::pin::Pin;
use std::time::Duration;

/// What hands letters on: a relay, or a box in a test.
pub trait Post: Send + Sync {
    /// Hands on one parcel.
    fn send<'a>(
        &'a self,
        parcel: &'a Parcel,
    ) -> Pin<Box<dyn Future<Output = Result<Taken, NotTaken>> + Send + 'a>>;
}

/// One message for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// The envelope's sender, a bare address: where bounces go.
    pub from: String,
    /// The envelope's recipient, a bare address.
    pub to: String,
    /// The message.
    pub message: Vec<u8>,
}

/// The relay has it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// What the relay said.
    pub answer: String,
}

/// The relay did not take it, or did not say so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct NotTaken {
    /// What may be done about it.
    pub how: Failure,
    /// Why, in one line.
    pub why: String,
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
    /// How long any one letter may take; at most 30 seconds.
    pub timeout: Duration,
}

/// Why a relay cannot be used as it was described.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Plain text over a network.
    #[error("mail without TLS is only for a relay on this machine")]
    Plain,
}

/// A relay.
pub struct Smtp {}

impl Smtp {
    /// A relay as described; nothing is connected yet.
    pub fn new(_settings: &SmtpSettings) -> Result<Self, SettingsError> {
        Err(SettingsError::Plain)
    }
}

/// Keeps what was given; for tests.
#[derive(Default)]
pub struct PostBox {}

/// No relay: every letter waits.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nowhere;
