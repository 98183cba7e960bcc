//! A file that somebody else wrote, by hand as often as not.

use jiff::Timestamp;

use super::SecurityTxt;

/// A file with more bytes than this is refused before it is read.
pub const LARGEST: usize = 64 * 1024;

/// How many fields are read.
const MOST_FIELDS: usize = 500;

/// What opens a text with an OpenPGP signature around it (RFC 9116, 2.3).
const SIGNED: &str = "-----BEGIN PGP SIGNED MESSAGE-----";

/// What follows such a text.
const SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----";

/// What a file says, and what is wrong with it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reading {
    /// The fields; values that are at fault among them.
    pub content: SecurityTxt,
    /// How the text is wrapped.
    pub wrapping: Wrapping,
    /// What is wrong, in the order of the lines.
    pub faults: Vec<Fault>,
}

/// Whether a signature lies around the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Wrapping {
    /// None.
    Plain,
    /// One that nobody has checked yet.
    Signed,
}

/// Why a file is not read at all.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unreadable {
    /// Too many bytes.
    #[error("The security.txt has more than {LARGEST} bytes.")]
    TooLarge,
    /// Too many fields.
    #[error("The security.txt has more than {MOST_FIELDS} fields.")]
    TooManyFields,
    /// Other bytes than text.
    #[error("The security.txt is not in UTF-8 (RFC 9116, 4).")]
    NotUtf8,
}

/// What is wrong with a file.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Fault {
    /// No way to report.
    #[error("There is no Contact field (RFC 9116, 2.5.3).")]
    NoContact,
    /// No end.
    #[error("There is no Expires field (RFC 9116, 2.5.5).")]
    NoExpires,
    /// More than one end.
    #[error("Line {0}: a second Expires field (RFC 9116, 2.5.5).")]
    SecondExpires(usize),
    /// An end that is no date.
    #[error("Line {0}: Expires holds no date and time (RFC 9116, 2.5.5).")]
    NotADate(usize),
    /// An end that is past.
    #[error("Line {0}: the file has expired (RFC 9116, 2.5.5).")]
    Expired(usize),
    /// More than one list of languages.
    #[error("Line {0}: a second Preferred-Languages field (RFC 9116, 2.5.8).")]
    SecondLanguages(usize),
    /// A value that is no URI, or is fetched without protection.
    #[error(
        "Line {line}: {field} must hold a URI, and one of the web begins with https (RFC 9116, {section})."
    )]
    NotSafe {
        /// Where it stands.
        line: usize,
        /// The field.
        field: &'static str,
        /// The section that says so.
        section: &'static str,
    },
    /// Neither a field nor a comment.
    #[error("Line {0}: neither a field nor a comment (RFC 9116, 4).")]
    NotAField(usize),
    /// A signature that the end of the file cuts off.
    #[error("The signature around the text is not complete (RFC 9116, 2.3).")]
    CutSignature,
}

/// Reads a file, and judges it at this time.
pub fn read(bytes: &[u8], now: Timestamp) -> Result<Reading, Unreadable> {
    if bytes.len() > LARGEST {
        return Err(Unreadable::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Unreadable::NotUtf8)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (content, faults, wrapping) = (SecurityTxt::default(), vec![], Wrapping::Plain);
    let mut reader = Reader { now, fields: 0, reading: Reading { content, wrapping, faults } };
    for (number, line) in body(text, &mut reader.reading) {
        reader.line(number, line)?;
    }
    let Reading { content, faults, .. } = &mut reader.reading;
    if content.contact.is_empty() {
        faults.push(Fault::NoContact);
    }
    let said = faults.iter().any(|fault| matches!(fault, Fault::NotADate(_)));
    if content.expires.is_none() && !said {
        faults.push(Fault::NoExpires);
    }
    Ok(reader.reading)
}

/// The lines of the text itself with their numbers, without the signature around it.
fn body<'a>(text: &'a str, reading: &mut Reading) -> Vec<(usize, &'a str)> {
    let mut lines: Vec<(usize, &str)> =
        text.lines().enumerate().map(|(at, line)| (at + 1, line.trim_end())).collect();
    let first = lines.iter().position(|(_, line)| !line.is_empty());
    let Some(start) = first.filter(|at| lines.get(*at).is_some_and(|(_, line)| *line == SIGNED))
    else {
        return lines;
    };
    reading.wrapping = Wrapping::Signed;
    // The names of hashes come first, then an empty line.
    let after = lines.iter().skip(start).position(|(_, line)| line.is_empty());
    let mut lines = lines.split_off(after.map_or(lines.len(), |after| start + after + 1));
    match lines.iter().position(|(_, line)| *line == SIGNATURE) {
        Some(end) => lines.truncate(end),
        None => reading.faults.push(Fault::CutSignature),
    }
    let escaped = lines.into_iter();
    escaped.map(|(number, line)| (number, line.strip_prefix("- ").unwrap_or(line))).collect()
}

struct Reader {
    now: Timestamp,
    fields: usize,
    reading: Reading,
}

impl Reader {
    fn line(&mut self, number: usize, line: &str) -> Result<(), Unreadable> {
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let field = line.split_once(':').map(|(name, value)| (name.trim_end(), value.trim()));
        let Some((name, value)) = field.filter(|(name, value)| is_name(name) && !value.is_empty())
        else {
            self.reading.faults.push(Fault::NotAField(number));
            return Ok(());
        };
        self.fields += 1;
        if self.fields > MOST_FIELDS {
            return Err(Unreadable::TooManyFields);
        }
        self.field(number, name, value);
        Ok(())
    }

    /// The names of fields are the same in capitals and small letters (RFC 9116, 2).
    fn field(&mut self, line: usize, name: &str, value: &str) {
        let content = &mut self.reading.content;
        let (field, section, values) = match name.to_ascii_lowercase().as_str() {
            "expires" => return self.expires(line, value),
            "preferred-languages" => return self.languages(line, value),
            "acknowledgments" => ("Acknowledgments", "2.5.1", &mut content.acknowledgments),
            "canonical" => ("Canonical", "2.5.2", &mut content.canonical),
            "contact" => ("Contact", "2.5.3", &mut content.contact),
            "encryption" => ("Encryption", "2.5.4", &mut content.encryption),
            "hiring" => ("Hiring", "2.5.6", &mut content.hiring),
            "policy" => ("Policy", "2.5.7", &mut content.policy),
            "csaf" => ("CSAF", "2.4", &mut content.csaf),
            _ => return content.others.push((name.to_owned(), value.to_owned())),
        };
        values.push(value.to_owned());
        if !is_safe(value) {
            self.reading.faults.push(Fault::NotSafe { line, field, section });
        }
    }

    fn expires(&mut self, line: usize, value: &str) {
        let faults = &mut self.reading.faults;
        if self.reading.content.expires.is_some() {
            return faults.push(Fault::SecondExpires(line));
        }
        match value.parse::<Timestamp>() {
            Ok(at) => {
                self.reading.content.expires = Some(at);
                if at <= self.now {
                    faults.push(Fault::Expired(line));
                }
            }
            Err(_) => faults.push(Fault::NotADate(line)),
        }
    }

    fn languages(&mut self, line: usize, value: &str) {
        let languages = &mut self.reading.content.preferred_languages;
        if !languages.is_empty() {
            return self.reading.faults.push(Fault::SecondLanguages(line));
        }
        let values = value.split(',').map(str::trim).filter(|value| !value.is_empty());
        languages.extend(values.map(str::to_owned));
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// A URI of any scheme; of the web, only one that is fetched under protection.
fn is_safe(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once(':') else { return false };
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    is_scheme
        && !rest.is_empty()
        && !value.contains(char::is_whitespace)
        && !scheme.eq_ignore_ascii_case("http")
}
