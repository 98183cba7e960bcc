//! Words into lines: what stands before each line, where a line is broken, and where a line is
//! left empty.

use pulldown_cmark::{Event, Tag, TagEnd};

use super::markdown;
use crate::xml::one_line;

/// However deep lists are nested, this many characters are left for words.
const NARROWEST: usize = 24;

/// What stands before the lines of a part: once before the first, then before the others.
#[derive(Debug)]
struct Margin {
    first: Option<String>,
    others: String,
}

/// A text that grows line by line.
#[derive(Debug)]
pub(super) struct Page {
    columns: usize,
    text: String,
    margins: Vec<Margin>,
    /// Whether an empty line comes before the next.
    apart: bool,
}

impl Page {
    pub(super) fn new(columns: usize) -> Self {
        Self { columns, text: String::new(), margins: vec![], apart: false }
    }

    /// The text, with one line feed at its end.
    pub(super) fn finish(mut self) -> String {
        let end = self.text.trim_end_matches('\n').len();
        self.text.truncate(end);
        self.text.push('\n');
        self.text
    }

    /// Words over a rule of the given character, with empty lines around both.
    pub(super) fn heading(&mut self, words: &str, rule: char) {
        self.separate();
        let start = self.text.len();
        self.line(words);
        let lines = self.text.get(start..).unwrap_or_default().lines();
        let longest = lines.map(|line| line.chars().count()).max().unwrap_or(0);
        self.put(&rule.to_string().repeat(longest.min(self.columns)));
        self.separate();
    }

    /// Words in as many lines as they need, then an empty line.
    pub(super) fn paragraph(&mut self, words: &str) {
        self.line(words);
        self.separate();
    }

    /// Words in as many lines as they need.
    pub(super) fn line(&mut self, words: &str) {
        let width = self.width();
        let mut line = String::new();
        let mut length = 0;
        for word in words.split_whitespace() {
            let more = word.chars().count();
            if length > 0 && length + 1 + more > width {
                self.put(&line);
                line.clear();
                length = 0;
            }
            if length > 0 {
                line.push(' ');
                length += 1;
            }
            line.push_str(word);
            length += more;
        }
        if length > 0 {
            self.put(&line);
        }
    }

    /// A part of the page with something before each of its lines.
    pub(super) fn indented(&mut self, first: &str, others: &str, part: impl FnOnce(&mut Self)) {
        self.open(first, others);
        part(self);
        self.margins.pop();
    }

    fn open(&mut self, first: &str, others: &str) {
        self.margins.push(Margin { first: Some(first.to_owned()), others: others.to_owned() });
    }

    /// Leaves an empty line before whatever comes next.
    fn separate(&mut self) {
        self.apart = true;
    }

    fn width(&self) -> usize {
        let margins = self.margins.iter().map(|margin| margin.others.chars().count());
        self.columns.saturating_sub(margins.sum()).max(NARROWEST.min(self.columns))
    }

    /// Writes one line as it is, behind its margins.
    fn put(&mut self, line: &str) {
        if std::mem::take(&mut self.apart) && !self.text.is_empty() {
            self.text.push('\n');
        }
        let start = self.text.len();
        for margin in &mut self.margins {
            match margin.first.take() {
                Some(first) => self.text.push_str(&first),
                None => self.text.push_str(&margin.others),
            }
        }
        self.text.push_str(line);
        let end = self.text.trim_end_matches(' ').len().max(start);
        self.text.truncate(end);
        self.text.push('\n');
    }

    /// Markdown, as a person would write it into a letter.
    pub(super) fn markdown(&mut self, text: &str) {
        self.separate();
        match markdown::events(text) {
            Some(events) => {
                let mut writing =
                    Writing { page: self, words: String::new(), lists: vec![], link: None };
                events.for_each(|event| writing.take(event));
                writing.flush();
            }
            None => text.lines().for_each(|line| self.line(&one_line(line))),
        }
        self.separate();
    }
}

/// Markdown on its way to the page.
struct Writing<'a> {
    page: &'a mut Page,
    /// The words of the block that is being read; a line feed among them is meant.
    words: String,
    /// The lists that are open: the number of the next item, or none for bullets.
    lists: Vec<Option<u64>>,
    /// The link that is open: where among the words it begins, and where it leads.
    link: Option<(usize, String)>,
}

impl Writing<'_> {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(end) => self.end(end),
            Event::Text(words) | Event::Code(words) => self.words.push_str(&words),
            Event::SoftBreak => self.words.push(' '),
            Event::HardBreak => self.words.push('\n'),
            Event::Rule => {
                self.flush();
                self.page.put("* * *");
                self.page.separate();
            }
            // Not asked for, or turned into text before.
            Event::Html(_)
            | Event::InlineHtml(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::Heading { .. } | Tag::Table(_) => self.flush(),
            Tag::BlockQuote(_) => {
                self.flush();
                self.page.open("> ", "> ");
            }
            Tag::CodeBlock(_) => {
                self.flush();
                self.page.open("    ", "    ");
            }
            Tag::List(first) => {
                self.flush();
                self.lists.push(first);
            }
            Tag::Item => self.item(),
            Tag::Link { dest_url, .. } => {
                self.link = Some((self.words.len(), dest_url.into_string()));
            }
            _ => {}
        }
    }

    fn item(&mut self) {
        self.flush();
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                let mark = format!("{number}. ");
                *number = number.saturating_add(1);
                mark
            }
            Some(None) | None => "- ".to_owned(),
        };
        self.page.open(&mark, &" ".repeat(mark.len()));
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Table | TagEnd::HtmlBlock => {
                self.flush();
                self.page.separate();
            }
            TagEnd::BlockQuote(_) => self.close(),
            TagEnd::CodeBlock => {
                let code = std::mem::take(&mut self.words);
                code.lines().for_each(|line| self.page.put(&without_controls(line)));
                self.close();
            }
            TagEnd::Item => {
                self.flush();
                self.page.margins.pop();
            }
            TagEnd::List(_) => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.page.separate();
                }
            }
            TagEnd::TableCell => self.words.push_str(" | "),
            TagEnd::TableHead | TagEnd::TableRow => self.row(),
            TagEnd::Link => self.link(),
            _ => {}
        }
    }

    fn close(&mut self) {
        self.flush();
        self.page.margins.pop();
        self.page.separate();
    }

    fn row(&mut self) {
        let row = std::mem::take(&mut self.words);
        self.page.line(&one_line(row.trim_end_matches(" | ")));
    }

    /// Puts the address behind the words that lead to it, unless they are the address.
    fn link(&mut self) {
        let Some((start, address)) = self.link.take() else { return };
        let bare = address.strip_prefix("mailto:").unwrap_or(&address);
        let words = self.words.get(start..).unwrap_or_default();
        if address != "#" && words != address && words != bare {
            self.words.push_str(&format!(" <{bare}>"));
        }
    }

    fn flush(&mut self) {
        let words = std::mem::take(&mut self.words);
        words.split('\n').for_each(|line| self.page.line(&without_controls(line)));
    }
}

fn without_controls(line: &str) -> String {
    let line = line.replace('\t', "    ");
    line.chars().map(|found| if found.is_control() { '\u{fffd}' } else { found }).collect()
}
