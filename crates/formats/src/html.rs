//! How does an old text become Markdown without losing a word?
//! The notes of the archive are plain text in which a `<script>` or an `<IP>` is part of what is said, and only a few carry formatting tags that were left behind.
//! So the few known tags without suspicious attributes are formatting; everything else, known to HTML or not, is text and is escaped. Bold, italics and fonts are dropped, tables are not known.

mod entity;
mod tag;
mod writer;

pub use entity::decode_entities;
use tag::{Mark, Tag};
use writer::Writer;

/// The text as Markdown: every character that is not white space and not part of a formatting tag appears, in order, when the Markdown is rendered.
///
/// Character references are decoded only in a text that has formatting tags: elsewhere they are most often the exploit itself.
pub fn to_markdown(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}");
    let mut writer = Writer::new();
    if has_tags(&text) {
        write_marked(&text, &mut writer);
    } else {
        writer.text(&text);
    }
    writer.finish()
}

/// Whether a text carries at least one formatting tag.
pub fn has_tags(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| text.get(at..).and_then(Tag::at_start).is_some())
}

/// The web addresses in a text, in order.
pub fn addresses(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let from = ["https", "http", "ftp"].iter().find_map(|scheme| {
            let start = at.checked_sub(scheme.len())?;
            rest.get(start..).filter(|from| from.starts_with(scheme))
        });
        let address = from.and_then(writer::address_at_start);
        let end = match (from, address) {
            (Some(from), Some(address)) => {
                if !address.ends_with("//") {
                    found.push(address);
                }
                rest.len() - from.len() + address.len().max("://".len())
            }
            (Some(_) | None, _) => at,
        };
        rest = rest.get(end.max(at + 3)..).unwrap_or_default();
    }
    found
}

fn write_marked(text: &str, writer: &mut Writer) {
    let mut rest = text;
    let mut may_close_code = true;
    while let Some(at) = rest.find('<') {
        let (before, from_tag) = rest.split_at(at);
        writer.text(&decode_entities(before));
        let Some(tag) = Tag::at_start(from_tag) else {
            writer.text("<");
            rest = from_tag.get(1..).unwrap_or_default();
            continue;
        };
        rest = from_tag.get(tag.length..).unwrap_or_default();
        if tag.mark == Mark::Code && !tag.closes && may_close_code {
            match tag::find_end_of_code(rest) {
                Some((code, after)) => {
                    writer.code(&decode_entities(code));
                    rest = after;
                }
                None => may_close_code = false,
            }
            continue;
        }
        writer.mark(tag);
    }
    writer.text(&decode_entities(rest));
}

#[cfg(test)]
pub(crate) mod tests;
