//! What does a Markdown text say without its marks? Formats that hold plain text get every word:
//! an item of a list becomes a line with a dash or its number, a cell of a table stands between bars, a link is
//! followed by its address. HTML in it is text.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// The words of a Markdown text, paragraphs apart by an empty line; no control characters.
pub fn plain(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut writer = Writer::default();
    for event in Parser::new_ext(markdown, options) {
        writer.event(event);
    }
    writer.finish()
}

/// A text of at most so many characters: a longer one ends in an ellipsis, behind a whole word
/// where there is one.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    let whole = kept.rfind(char::is_whitespace).filter(|end| *end > kept.len() / 2);
    let kept = whole.and_then(|end| kept.get(..end)).unwrap_or(&kept);
    format!("{}…", kept.trim_end())
}

/// One line without control characters, of at most so many characters.
pub(crate) fn line(text: &str, most: usize) -> String {
    let words: Vec<&str> =
        text.split(|letter: char| letter.is_whitespace() || letter.is_control()).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    cut(&words.join(" "), most)
}

#[derive(Default)]
struct Writer {
    text: String,
    /// The next number of each open list; none for a list without numbers.
    lists: Vec<Option<u64>>,
    /// Where the text of each open link starts, and its address.
    links: Vec<(usize, String)>,
}

impl Writer {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Text(words) | Event::Code(words) | Event::InlineHtml(words) => {
                self.text.push_str(&words);
            }
            Event::Html(words) => self.text.push_str(&words),
            Event::SoftBreak => self.text.push(' '),
            Event::HardBreak => self.text.push('\n'),
            Event::Rule => self.apart(),
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::FootnoteReference(_)
            | Event::TaskListMarker(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::List(first) => self.lists.push(first),
            Tag::Item => self.item(),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.links.push((self.text.len(), dest_url.into_string()));
            }
            Tag::TableCell if !self.text.ends_with(['\n']) && !self.text.is_empty() => {
                self.text.push_str(" | ");
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::List(_) => {
                self.lists.pop();
                self.apart();
            }
            TagEnd::Paragraph
            | TagEnd::Heading(_)
            | TagEnd::CodeBlock
            | TagEnd::Table
            | TagEnd::HtmlBlock
            | TagEnd::BlockQuote(_) => self.apart(),
            TagEnd::Item | TagEnd::TableHead | TagEnd::TableRow => self.new_line(),
            TagEnd::Link | TagEnd::Image => self.close_link(),
            _ => {}
        }
    }

    fn item(&mut self) {
        self.new_line();
        match self.lists.last_mut() {
            Some(Some(number)) => {
                self.text.push_str(&format!("{number}. "));
                *number = number.saturating_add(1);
            }
            Some(None) | None => self.text.push_str("- "),
        }
    }

    /// The address goes behind the words, unless they are the address.
    fn close_link(&mut self) {
        let Some((start, address)) = self.links.pop() else { return };
        let words = self.text.get(start..).unwrap_or_default();
        if !address.is_empty() && !address.ends_with(words) {
            self.text.push_str(&format!(" ({address})"));
        } else if words.is_empty() {
            self.text.push_str(&address);
        }
    }

    fn new_line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn apart(&mut self) {
        self.new_line();
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn finish(self) -> String {
        let kept = |letter: &char| !letter.is_control() || matches!(letter, '\n' | '\t');
        let text: String = self.text.chars().filter(kept).collect();
        text.trim().to_owned()
    }
}

#[cfg(test)]
mod tests;
