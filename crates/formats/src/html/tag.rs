//! Which `<…>` is formatting: a known name, and no attribute but the harmless ones. An event handler, a style or a scheme that is not for the web makes it text.

/// The longest tag that is looked at, so that reading stays linear.
const LONGEST: usize = 600;

/// What a tag asks for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Mark {
    Break,
    Paragraph,
    Heading,
    List { ordered: Ordered },
    Item,
    Quote,
    Code,
    Link(Option<String>),
    Silent,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Ordered {
    Yes,
    No,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Tag {
    pub(super) mark: Mark,
    pub(super) closes: bool,
    pub(super) length: usize,
}

impl Tag {
    /// The formatting tag that the text begins with, if it does.
    pub(super) fn at_start(text: &str) -> Option<Self> {
        let inner = text.strip_prefix('<')?;
        let end = inner.bytes().take(LONGEST).position(|byte| matches!(byte, b'<' | b'>'))?;
        if inner.as_bytes().get(end) != Some(&b'>') {
            return None;
        }
        let words = inner.get(..end)?;
        let (closes, words) = match words.strip_prefix('/') {
            Some(words) => (true, words),
            None => (false, words.strip_suffix('/').unwrap_or(words)),
        };
        let (name, attributes) =
            words.split_once(|letter: char| letter.is_ascii_whitespace()).unwrap_or((words, ""));
        let mark = mark_of(&name.to_ascii_lowercase(), attributes.trim())?;
        Some(Self { mark, closes, length: end + 2 })
    }
}

/// The code up to its closing tag, and what follows it.
pub(super) fn find_end_of_code(text: &str) -> Option<(&str, &str)> {
    const END: &str = "</pre>";
    let at = text
        .as_bytes()
        .windows(END.len())
        .position(|window| window.eq_ignore_ascii_case(END.as_bytes()))?;
    Some((text.get(..at)?, text.get(at + END.len()..)?))
}

fn mark_of(name: &str, attributes: &str) -> Option<Mark> {
    if name == "a" {
        return anchor(attributes);
    }
    if name == "font" {
        let harmless = ["face=", "size=", "color="];
        let is_harmless =
            |word: &str| harmless.iter().any(|known| word.to_ascii_lowercase().starts_with(known));
        return attributes.split_ascii_whitespace().all(is_harmless).then_some(Mark::Silent);
    }
    if !attributes.is_empty() {
        return None;
    }
    Some(match name {
        "br" => Mark::Break,
        "p" | "dl" | "dd" | "dt" => Mark::Paragraph,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Mark::Heading,
        "ul" => Mark::List { ordered: Ordered::No },
        "ol" => Mark::List { ordered: Ordered::Yes },
        "li" => Mark::Item,
        "blockquote" => Mark::Quote,
        "pre" => Mark::Code,
        "b" | "i" | "u" | "em" | "strong" | "tt" | "code" => Mark::Silent,
        _ => return None,
    })
}

/// An anchor with its address, or one that only names a place or closes.
fn anchor(attributes: &str) -> Option<Mark> {
    if attributes.is_empty() {
        return Some(Mark::Link(None));
    }
    let (name, value) = attributes.split_once('=')?;
    let value = value.trim().trim_matches(['"', '\'']);
    match name.trim().to_ascii_lowercase().as_str() {
        "name" => Some(Mark::Link(None)),
        "href" if is_web_address(value) => Some(Mark::Link(Some(value.to_owned()))),
        _ => None,
    }
}

fn is_web_address(value: &str) -> bool {
    let schemes = ["http://", "https://", "ftp://", "mailto:"];
    let begins = schemes.iter().any(|scheme| value.to_ascii_lowercase().starts_with(scheme));
    begins
        && !value.contains(|letter: char| {
            letter.is_whitespace() || letter.is_control() || "\\\"'<>&;".contains(letter)
        })
}
