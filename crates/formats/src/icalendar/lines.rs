//! The lines of a calendar: folded at 75 octets without cutting a character in two, escaped, and
//! taken apart again (RFC 5545, 3.1 and 3.3.11).

use jiff::Timestamp;

use super::Person;
use crate::xml::one_line;

/// The longest line, in octets, without its end (RFC 5545, 3.1).
const LONGEST: usize = 75;

/// A calendar that grows line by line.
#[derive(Debug, Default)]
pub(super) struct Writer {
    text: String,
}

impl Writer {
    pub(super) fn finish(self) -> Vec<u8> {
        self.text.into_bytes()
    }

    /// A property whose value needs no escaping.
    pub(super) fn property(&mut self, name: &str, value: &str) {
        self.line(&format!("{name}:{value}"));
    }

    /// A property whose value is text.
    pub(super) fn text(&mut self, name: &str, value: &str) {
        self.property(name, &escaped(value));
    }

    /// A person by name and mail address (RFC 5545, 3.8.4.1).
    pub(super) fn person(&mut self, property: &str, parameters: &[(&str, &str)], who: &Person) {
        let mut line = property.to_owned();
        for (name, value) in parameters {
            line.push_str(&format!(";{name}={value}"));
        }
        // A quotation mark can stand in no parameter.
        let name = one_line(&who.name).replace('"', "'");
        if !name.is_empty() {
            line.push_str(&format!(";CN=\"{name}\""));
        }
        let address: String = who.address.chars().filter(|found| !found.is_control()).collect();
        line.push_str(&format!(":mailto:{}", address.trim()));
        self.line(&line);
    }

    fn line(&mut self, line: &str) {
        let mut room = LONGEST;
        for character in line.chars() {
            let length = character.len_utf8();
            if length > room {
                self.text.push_str("\r\n ");
                room = LONGEST - 1;
            }
            self.text.push(character);
            room -= length;
        }
        self.text.push_str("\r\n");
    }
}

/// An instant in UTC (RFC 5545, 3.3.5).
pub(super) fn instant(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Text as a value: control characters other than line feeds and tabs may not stand in it.
fn escaped(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for character in text.replace("\r\n", "\n").chars() {
        match character {
            '\\' | ';' | ',' => value.extend(['\\', character]),
            '\n' | '\r' => value.push_str("\\n"),
            '\t' => value.push('\t'),
            control if control.is_control() => {}
            other => value.push(other),
        }
    }
    value
}

/// A value as text.
pub(super) fn unescaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n' | 'N') => text.push('\n'),
                Some(other) => text.push(other),
                None => text.push('\\'),
            },
            other => text.push(other),
        }
    }
    text
}

/// A property as it was read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Property {
    /// Its name in capitals.
    pub(super) name: String,
    /// Its parameters, their names in capitals and their values without quotation marks.
    pub(super) parameters: Vec<(String, String)>,
    /// Its value, as it was written.
    pub(super) value: String,
}

impl Property {
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Takes a line apart; nothing where it has no colon outside quotation marks.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let (head, value) = split_outside_quotes(line, ':')?;
        let mut rest = head;
        let mut parts = vec![];
        while let Some((part, more)) = split_outside_quotes(rest, ';') {
            parts.push(part);
            rest = more;
        }
        parts.push(rest);
        let mut parts = parts.into_iter();
        let name = parts.next()?.trim().to_ascii_uppercase();
        let parameters = parts.filter_map(|part| part.split_once('='));
        let parameters = parameters.map(|(name, value)| {
            (name.trim().to_ascii_uppercase(), value.trim().trim_matches('"').to_owned())
        });
        Some(Self { name, parameters: parameters.collect(), value: value.to_owned() })
    }
}

fn split_outside_quotes(text: &str, mark: char) -> Option<(&str, &str)> {
    let mut quoted = false;
    let at = text.char_indices().find(|(_, character)| {
        quoted ^= *character == '"';
        !quoted && *character == mark
    })?;
    Some((text.get(..at.0)?, text.get(at.0 + mark.len_utf8()..)?))
}

/// The lines of a calendar, unfolded. It is done on bytes, for some programs fold in the middle of
/// a character; what is no UTF-8 after that is replaced.
pub(super) fn unfolded(bytes: &[u8]) -> Vec<String> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut lines: Vec<Vec<u8>> = vec![];
    for line in bytes.split(|byte| matches!(byte, b'\n' | b'\r')) {
        match (line.split_first(), lines.last_mut()) {
            (None, _) => {}
            (Some((b' ' | b'\t', rest)), Some(last)) => last.extend_from_slice(rest),
            (Some(_), _) => lines.push(line.to_vec()),
        }
    }
    lines.iter().map(|line| String::from_utf8_lossy(line).into_owned()).collect()
}
