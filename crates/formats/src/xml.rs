//! What may stand in XML: a text with its marks escaped, and without the characters that no XML
//! document may hold, however they are written.

use std::borrow::Cow;

/// The text as it may stand between tags and in quoted attributes; a character that XML forbids
/// becomes U+FFFD (XML 1.0, 2.2).
pub(crate) fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(needs_care) {
        return Cow::Borrowed(text);
    }
    let mut written = String::with_capacity(text.len() + text.len() / 8);
    for character in text.chars() {
        match character {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&quot;"),
            // A reader would turn the character itself into a line feed.
            '\r' => written.push_str("&#13;"),
            other if is_forbidden(other) => written.push('\u{fffd}'),
            other => written.push(other),
        }
    }
    Cow::Owned(written)
}

fn needs_care(character: char) -> bool {
    matches!(character, '&' | '<' | '>' | '"' | '\r') || is_forbidden(character)
}

fn is_forbidden(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => false,
        '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => true,
        _ => false,
    }
}

/// The text on one line, for a title or a name: runs of white space and control characters are
/// one space.
pub(crate) fn one_line(text: &str) -> String {
    let words = text.split(|found: char| found.is_whitespace() || found.is_control());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
