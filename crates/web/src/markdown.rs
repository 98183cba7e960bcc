//! Words that people wrote, as HTML. No HTML of theirs survives: what looks like a tag becomes
//! text, pictures become their description, and links go to the web or to a mail address.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

/// Deeper nesting than this is shown as it was written.
const DEEPEST: usize = 32;

/// Markdown as HTML that may stand in a page.
pub(crate) fn html(text: &str) -> String {
    if nesting(text) > DEEPEST {
        return format!("<pre>{}</pre>", escaped(text));
    }
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(text, options).filter_map(tamed);
    let mut html = String::with_capacity(text.len() * 3 / 2);
    html::push_html(&mut html, events);
    html
}

fn tamed(event: Event<'_>) -> Option<Event<'_>> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock | TagEnd::Image) => None,
        Event::Start(Tag::Image { .. }) => None,
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = if is_harmless(&dest_url) { dest_url } else { CowStr::Borrowed("#") };
            Some(Event::Start(Tag::Link { link_type, dest_url, title, id }))
        }
        other => Some(other),
    }
}

fn is_harmless(address: &str) -> bool {
    let lower = address.trim().to_ascii_lowercase();
    ["https://", "http://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme))
}

/// How many quote or list marks the most deeply nested line begins with.
fn nesting(text: &str) -> usize {
    let marks = |line: &str| {
        line.chars().take_while(|c| " \t>-*+".contains(*c)).filter(|c| !c.is_whitespace()).count()
    };
    let deepest_line = text.lines().map(marks).max().unwrap_or(0);
    let deepest_indent =
        text.lines().map(|line| line.len() - line.trim_start().len()).max().unwrap_or(0) / 4;
    // A line of dashes is a rule, not nesting.
    let rules = text.lines().filter(|line| line.trim().chars().all(|c| "-*_=".contains(c)));
    let rule = rules.map(marks).max().unwrap_or(0);
    deepest_line.max(deepest_indent).saturating_sub(if rule == deepest_line { rule } else { 0 })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests;
