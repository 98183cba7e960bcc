//! The bytes of a letter: one recipient (INV-22), plain text, marked as sent by a machine so that
//! no other machine answers it, and threaded with the other letters of its case.

use std::time::SystemTime;

use domain::Timestamp;
use lettre::Message;
use lettre::message::header::{
    ContentTransferEncoding, ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0,
};
use lettre::message::{Body, Mailbox};

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
pub fn compose(envelope: &Envelope) -> Result<Vec<u8>, NotComposed> {
    let from = mailbox(&envelope.from, "From")?;
    let subject = one_line(&envelope.subject, "Subject")?;
    let domain = from.email.domain().to_owned();
    let mut message = Message::builder()
        .from(from)
        .reply_to(mailbox(&envelope.reply_to, "Reply-To")?)
        .to(mailbox(&envelope.to, "To")?)
        .subject(subject)
        .date(day_of_letter(envelope.date))
        .message_id(Some(id(&envelope.message_id, "Message-ID")?))
        .header(MIME_VERSION_1_0)
        .header(ContentType::TEXT_PLAIN);
    if let Some(thread) = &envelope.references {
        let thread = id(thread, "References")?;
        message = message.in_reply_to(thread.clone()).references(thread);
    }
    let text = within_limits(&envelope.text).into_bytes();
    let body = Body::dangerous_pre_encoded(text, ContentTransferEncoding::EightBit);
    let mut message = message.body(body).map_err(|_| NotComposed::Build)?;
    for (name, value) in [
        // RFC 3834 5: no machine shall answer this.
        (HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()),
        // Should it come back to us all the same, the inbox knows it by this.
        (HeaderName::new_from_ascii_str(LOOP), domain),
    ] {
        message.headers_mut().insert_raw(HeaderValue::new(name, value));
    }
    Ok(message.formatted())
}

/// The header by which one Ombud knows a letter of another, or of its own.
pub const LOOP: &str = "X-Ombud-Loop";

fn one_line(text: &str, header: &'static str) -> Result<String, NotComposed> {
    if text.chars().any(char::is_control) {
        return Err(NotComposed::Control(header));
    }
    Ok(text.to_owned())
}

pub(crate) fn mailbox(text: &str, header: &'static str) -> Result<Mailbox, NotComposed> {
    one_line(text, header)?.parse().map_err(|_| NotComposed::Address(header))
}

/// `<something@somewhere>`, RFC 5322 3.6.4, short enough to stand on one line.
pub(crate) fn id(text: &str, header: &'static str) -> Result<String, NotComposed> {
    let inner = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    let parts = inner.and_then(|inner| inner.split_once('@'));
    let plain = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_graphic() && !"<>@".contains(c))
    };
    match parts {
        Some((left, right)) if plain(left) && plain(right) && text.len() <= 250 => {
            Ok(text.to_owned())
        }
        _ => Err(NotComposed::Id(header)),
    }
}

/// The date as a header can tell it: not before 1970.
pub(crate) fn day_of_letter(date: Timestamp) -> SystemTime {
    date.max(Timestamp::UNIX_EPOCH).into()
}

/// The most octets that a line may have, without its end (RFC 5322 2.1.1).
const LONGEST_LINE: usize = 998;

/// The text with the ends of lines that mail has, no line too long, and no other control character.
fn within_limits(text: &str) -> String {
    let mut fitting = String::with_capacity(text.len() + text.len() / 32);
    for line in text.lines() {
        let mut rest: String = line.chars().filter(|c| *c == '\t' || !c.is_control()).collect();
        while rest.len() > LONGEST_LINE {
            let tail = rest.split_off(break_in(&rest));
            fitting.push_str(rest.trim_end());
            fitting.push_str("\r\n");
            tail.trim_start().clone_into(&mut rest);
        }
        fitting.push_str(&rest);
        fitting.push_str("\r\n");
    }
    fitting
}

/// Where to break a line that is too long: after a blank if there is one, else between letters.
fn break_in(line: &str) -> usize {
    let head = line.get(..line.floor_char_boundary(LONGEST_LINE)).unwrap_or_default();
    head.rfind(' ').map_or(head.len(), |blank| blank + 1)
}

#[cfg(test)]
mod tests;
