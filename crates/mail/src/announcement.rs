//! A published note as a mail to a list, signed with the key of the house (RFC 3156, section 5).
//!
//! What is signed are the bytes of the first part as they go out: in seven bits, in lines that end
//! in CRLF, and written so that no relay finds anything to change in them. Whoever signs is handed
//! those bytes by [`part`], and [`compose`] puts the message around them.

use domain::Timestamp;
use lettre::Message;
use lettre::message::Body;
use lettre::message::header::{ContentTransferEncoding, HeaderName, HeaderValue, MIME_VERSION_1_0};

use crate::mime::{LOOP, NotComposed, day_of_letter, id, mailbox};

/// A note for a list.
#[derive(Debug, Clone)]
pub struct Announcement {
    /// Who writes, `CERT Example <cases@cert.example>`.
    pub from: String,
    /// Where answers go.
    pub reply_to: String,
    /// The list.
    pub to: String,
    /// The number of the note, as it stands in the brackets.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The mail's own id, in angle brackets; the same for the same revision.
    pub message_id: String,
    /// What happened to the note.
    pub news: News,
    /// The id of the mail that told the list of the note first.
    pub follows: Option<String>,
    /// When the revision became public.
    pub date: Timestamp,
    /// The page of the note (RFC 5064).
    pub page: String,
}

/// What happened to a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// The list hears of it for the first time.
    Note,
    /// It was corrected.
    Correction,
    /// It was withdrawn, as its title says.
    Withdrawal,
}

/// So much text is sent, in bytes: signed and encoded it stays below the 40 KB at which Mailman
/// holds a message for its moderator.
const LONGEST_TEXT: usize = 28_000;

/// The longest title in a subject, in letters.
const LONGEST_TITLE: usize = 200;

/// Nothing in the parts looks like it: “=” is followed there by hexadecimal digits, by a line end,
/// or by base64 (RFC 2045, section 6.7).
const BOUNDARY: &str = "=_signed";

/// The longest line of quoted-printable, without its end (RFC 2045, section 6.7, rule 5).
const LONGEST_LINE: usize = 76;

/// The part that is signed: the text of the note, cut at the end of a line with a word of where the
/// whole is if it is too long for lists.
pub fn part(text: &str, page: &str) -> Vec<u8> {
    let head = "Content-Type: text/plain; charset=utf-8\r\n\
        Content-Transfer-Encoding: quoted-printable\r\n\r\n";
    format!("{head}{}", quoted_printable(&fitting(text, page))).into_bytes()
}

/// The message around a signed part and its signature, in its armour.
pub fn compose(
    announcement: &Announcement,
    part: &[u8],
    signature: &str,
) -> Result<Vec<u8>, NotComposed> {
    let from = mailbox(&announcement.from, "From")?;
    let host = from.email.domain().to_owned();
    let mut message = Message::builder()
        .from(from)
        .reply_to(mailbox(&announcement.reply_to, "Reply-To")?)
        .to(mailbox(&announcement.to, "To")?)
        .subject(announcement.subject())
        .date(day_of_letter(announcement.date))
        .message_id(Some(id(&announcement.message_id, "Message-ID")?))
        .header(MIME_VERSION_1_0);
    if let Some(first) = &announcement.follows {
        let first = id(first, "References")?;
        message = message.in_reply_to(first.clone()).references(first);
    }
    let body =
        Body::dangerous_pre_encoded(both(part, signature), ContentTransferEncoding::SevenBit);
    let mut message = message.body(body).map_err(|_| NotComposed::Build)?;
    let kind = format!(
        "multipart/signed; micalg=pgp-sha512;\r\n protocol=\"application/pgp-signature\";\r\n \
         boundary=\"{BOUNDARY}\""
    );
    let headers = message.headers_mut();
    let name = HeaderName::new_from_ascii_str("Content-Type");
    headers.insert_raw(HeaderValue::dangerous_new_pre_encoded(name, kind.clone(), kind));
    for (name, value) in [
        (HeaderName::new_from_ascii_str("Archived-At"), format!("<{}>", announcement.page)),
        // Should it come back to us by the list, the inbox knows it by this.
        (HeaderName::new_from_ascii_str(LOOP), host),
    ] {
        headers.insert_raw(HeaderValue::new(name, value));
    }
    Ok(message.formatted())
}

impl Announcement {
    /// `[VU#123456] The title`, and for a correction that it is one. Public by now, so that it may
    /// say more than the subject of a letter.
    fn subject(&self) -> String {
        let plain = |c: char| if c.is_control() { ' ' } else { c };
        let title: String = self.title.chars().map(plain).take(LONGEST_TITLE).collect();
        let what = if self.news == News::Correction { "Corrected: " } else { "" };
        format!("[{}] {what}{}", self.number, title.trim())
    }
}

/// Both parts. The line end before a boundary belongs to the boundary (RFC 2046, section 5.1.1).
fn both(part: &[u8], signature: &str) -> Vec<u8> {
    let signature: String = signature.lines().flat_map(|line| [line, "\r\n"]).collect();
    let mut whole = format!(
        "This is a signed message (RFC 3156): its key is at /.well-known/openpgp.asc.\r\n\r\n\
         --{BOUNDARY}\r\n"
    )
    .into_bytes();
    whole.extend_from_slice(part);
    let rest = format!(
        "\r\n--{BOUNDARY}\r\nContent-Type: application/pgp-signature; name=\"signature.asc\"\r\n\
         Content-Description: OpenPGP signature\r\n\r\n{signature}\r\n--{BOUNDARY}--\r\n"
    );
    whole.extend_from_slice(rest.as_bytes());
    whole
}

/// The text, or as much of it as lists take.
fn fitting(text: &str, page: &str) -> String {
    if text.len() <= LONGEST_TEXT {
        return text.to_owned();
    }
    let head = text.get(..text.floor_char_boundary(LONGEST_TEXT)).unwrap_or_default();
    let whole_lines = head.rfind('\n').and_then(|end| head.get(..end)).unwrap_or(head);
    format!(
        "{whole_lines}\n\n[…]\n\nThe note is longer than lists take. All of it is at\n  {page}\n"
    )
}

/// The text in quoted-printable (RFC 2045, section 6.7), in lines that end in CRLF. A dot or “From ”
/// at the beginning of a line, and what is white at its end, is encoded as well: some relays
/// change these (RFC 3156, section 3).
fn quoted_printable(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() + text.len() / 16);
    for line in text.lines() {
        encode_line(line, &mut encoded);
        encoded.push_str("\r\n");
    }
    encoded
}

fn encode_line(line: &str, encoded: &mut String) {
    let (bytes, mut length) = (line.as_bytes(), 0);
    for (at, byte) in bytes.iter().enumerate() {
        let is_last = at + 1 == bytes.len();
        let plain = match byte {
            b'=' => false,
            b' ' | b'\t' => !is_last,
            b'!'..=b'~' => true,
            _ => false,
        };
        let width = if plain { 1 } else { 3 };
        // Room for the mark that the line goes on, except where it does not.
        let room = if is_last { LONGEST_LINE } else { LONGEST_LINE - 1 };
        if length + width > room {
            encoded.push_str("=\r\n");
            length = 0;
        }
        let from = bytes.get(at..at + 5) == Some(b"From ");
        let changed_there = length == 0 && (*byte == b'.' || from);
        if plain && !changed_there {
            encoded.push(char::from(*byte));
            length += 1;
        } else {
            encoded.push_str(&format!("={byte:02X}"));
            length += 3;
        }
    }
}

#[cfg(test)]
mod tests;
