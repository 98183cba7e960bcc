//! The bytes of a letter: one recipient (INV-22), plain text, marked as sent by a machine so that
//! no other machine answers it, and threaded with the other letters of its case.

use domain::Timestamp;

/// A letter and where it goes.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// Who writes, `CERT Example <cases@cert.example>`.
    pub from: String,
    /// Where answers go.
    pub reply_to: String,
    /// The one recipient.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The letter's own id, in angle brackets; the same letter has it again when sent again.
    pub message_id: String,
    /// When it was written.
    pub date: Timestamp,
    /// The body.
    pub text: String,
    /// The id that all letters of one thread name.
    pub references: Option<String>,
}

/// Why no message could be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotComposed {
    /// Not one address.
    #[error("{0} is not one mail address")]
    Address(&'static str),
    /// A header that would be more than one line.
    #[error("{0} has a line break or another control character in it")]
    Control(&'static str),
    /// The ids are not in angle brackets, or not plain.
    #[error("{0} is not a message id")]
    Id(&'static str),
    /// The message could not be built.
    #[error("the message could not be built")]
    Build,
}

/// The message, ready for a relay.
pub fn compose(_envelope: &Envelope) -> Result<Vec<u8>, NotComposed> {
    Err(NotComposed::Build)
}
