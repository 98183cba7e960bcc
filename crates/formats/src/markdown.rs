//! Words that people wrote in Markdown, as HTML and as plain text. No HTML of theirs survives:
//! what looks like a tag is text, a picture is its description, and a link goes to the web or to
//! a mail address.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd};

/// Deeper nesting than this is shown as it was written.
const DEEPEST: usize = 32;

/// Markdown as HTML that may stand in a page.
pub fn html(text: &str) -> String {
    let Some(events) = events(text) else {
        return format!("<pre>{}</pre>", escaped(text));
    };
    let mut html = String::with_capacity(text.len() * 3 / 2);
    pulldown_cmark::html::push_html(&mut html, events);
    html
}

/// Markdown as text on one line, without marks; for a summary.
pub fn line(text: &str) -> String {
    let Some(events) = events(text) else {
        return crate::xml::one_line(text);
    };
    let mut line = String::with_capacity(text.len());
    for event in events {
        match event {
            Event::Text(words) | Event::Code(words) => line.push_str(&words),
            Event::SoftBreak | Event::HardBreak | Event::Rule | Event::End(TagEnd::TableCell) => {
                line.push(' ');
            }
            Event::Start(tag) if !is_inline(&tag) => line.push(' '),
            _ => {}
        }
    }
    crate::xml::one_line(&line)
}

/// What a text says, piece by piece; nothing where it is nested too deeply to be read.
pub(crate) fn events(text: &str) -> Option<impl Iterator<Item = Event<'_>>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    (nesting(text) <= DEEPEST).then(|| Parser::new_ext(text, options).filter_map(tamed))
}

fn tamed(event: Event<'_>) -> Option<Event<'_>> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::HtmlBlock | Tag::Image { .. })
        | Event::End(TagEnd::HtmlBlock | TagEnd::Image) => None,
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = if is_harmless(&dest_url) { dest_url } else { CowStr::Borrowed("#") };
            Some(Event::Start(Tag::Link { link_type, dest_url, title, id }))
        }
        other => Some(other),
    }
}

fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. })
}

/// Whether a link may be followed: to the web, or to a mail address.
pub(crate) fn is_harmless(address: &str) -> bool {
    let lower = address.trim().to_ascii_lowercase();
    ["https://", "http://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme))
}

/// How many quote or list marks the most deeply nested line begins with.
fn nesting(text: &str) -> usize {
    let marks = |line: &str| {
        line.chars().take_while(|c| " \t>-*+".contains(*c)).filter(|c| !c.is_whitespace()).count()
    };
    let deepest_line = text.lines().map(marks).max().unwrap_or(0);
    let indents = text.lines().map(|line| line.len() - line.trim_start().len());
    let deepest_indent = indents.max().unwrap_or(0) / 4;
    // A line of dashes is a rule, not nesting.
    let rules = text.lines().filter(|line| line.trim().chars().all(|c| "-*_=".contains(c)));
    let rule = rules.map(marks).max().unwrap_or(0);
    deepest_line.max(deepest_indent).saturating_sub(if rule == deepest_line { rule } else { 0 })
}

/// The text as it may stand in HTML.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests;
