//! Markdown being written: escapes whatever Markdown would read as its own, keeps line breaks, and makes bare web addresses into links.

use super::tag::{Mark, Ordered, Tag};

/// Lists inside lists are shown up to here; deeper ones stay at this depth.
const DEEPEST: usize = 6;

/// Headings inside a section stand below the headings of sections.
const HEADING: &str = "#### ";

/// What separates the next words from the last.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Gap {
    Nothing,
    Line,
    Block,
}

/// An open list; only one that has shown an item indents what follows.
struct List {
    ordered: Ordered,
    shown: Shown,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Shown {
    Item,
    Nothing,
}

/// The lists, quotes and links that are open, and the Markdown so far.
pub(super) struct Writer {
    out: String,
    gap: Gap,
    lists: Vec<List>,
    opening: &'static str,
    last_opening: &'static str,
    quotes: bool,
    link: Option<String>,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self {
            out: String::new(),
            gap: Gap::Nothing,
            lists: Vec::new(),
            opening: "",
            last_opening: "",
            quotes: false,
            link: None,
        }
    }

    pub(super) fn finish(mut self) -> String {
        self.close_link();
        self.trim();
        self.out
    }

    /// Text as it is meant to be read; a line break stays one.
    pub(super) fn text(&mut self, text: &str) {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.gap = if self.gap == Gap::Nothing { Gap::Line } else { Gap::Block };
            }
            self.words(line);
        }
    }

    /// Code as it is, in a fence longer than any in it.
    pub(super) fn code(&mut self, code: &str) {
        self.block();
        self.lists.clear();
        self.quotes = false;
        self.begin();
        let fence = "`".repeat(longest_run(code, '`').max(2) + 1);
        let newline = if code.starts_with('\n') { "" } else { "\n" };
        let end = if code.ends_with('\n') { "" } else { "\n" };
        for part in [&fence, newline, code, end, &fence] {
            self.out.push_str(part);
        }
        self.gap = Gap::Block;
    }

    pub(super) fn mark(&mut self, tag: Tag) {
        match tag.mark {
            Mark::Break => self.gap = self.gap.max(Gap::Line),
            Mark::Paragraph | Mark::Code => self.block(),
            Mark::Heading => {
                self.block();
                if !tag.closes {
                    self.opening = HEADING;
                }
            }
            Mark::List { ordered } => {
                self.block();
                if tag.closes {
                    self.lists.pop();
                } else if self.lists.len() < DEEPEST {
                    self.lists.push(List { ordered, shown: Shown::Nothing });
                }
            }
            Mark::Item => {
                self.block();
                if !tag.closes {
                    self.opening = match self.lists.last().map(|list| list.ordered) {
                        Some(Ordered::Yes) => "1. ",
                        Some(Ordered::No) => "-  ",
                        None => "",
                    };
                }
            }
            Mark::Quote => {
                self.block();
                self.quotes = !tag.closes;
                for list in &mut self.lists {
                    list.shown = Shown::Nothing;
                }
            }
            Mark::Link(address) => {
                self.close_link();
                if let Some(address) = address {
                    self.begin();
                    self.out.push('[');
                    self.link = Some(address);
                }
            }
            Mark::Silent => {}
        }
    }

    fn block(&mut self) {
        self.close_link();
        self.gap = Gap::Block;
        self.opening = "";
    }

    fn close_link(&mut self) {
        if let Some(address) = self.link.take() {
            self.out.push_str("](<");
            self.out.push_str(&address);
            self.out.push_str(">)");
        }
    }

    /// Writes the separation that is due, and what a line begins with.
    fn begin(&mut self) {
        if !self.is_at_line_start() {
            return;
        }
        let first = self.out.is_empty();
        self.trim();
        match self.gap {
            // A heading is one line, so a break ends it.
            Gap::Line if !first && self.last_opening != HEADING => self.out.push_str("\\\n"),
            Gap::Line | Gap::Block if !first => {
                self.close_link();
                self.out.push_str("\n\n");
            }
            Gap::Nothing | Gap::Line | Gap::Block => {}
        }
        if self.quotes {
            self.out.push_str("> ");
        }
        let is_item = matches!(self.opening, "1. " | "-  ");
        let parents = self.lists.len() - usize::from(is_item && !self.lists.is_empty());
        for list in self.lists.iter().take(parents) {
            if list.shown == Shown::Item {
                self.out.push_str("   ");
            }
        }
        if let (true, Some(list)) = (is_item, self.lists.last_mut()) {
            list.shown = Shown::Item;
        }
        self.out.push_str(self.opening);
        self.last_opening = std::mem::take(&mut self.opening);
        self.gap = Gap::Nothing;
    }

    fn is_at_line_start(&self) -> bool {
        self.out.is_empty() || self.gap != Gap::Nothing
    }

    fn trim(&mut self) {
        let kept = self.out.trim_end_matches([' ', '\t']).len();
        self.out.truncate(kept);
    }

    fn words(&mut self, line: &str) {
        let mut rest = line;
        if self.is_at_line_start() {
            rest = rest.trim_start_matches(|letter: char| letter.is_ascii_whitespace());
            if rest.is_empty() {
                return;
            }
            self.begin();
            rest = self.escape_line_start(rest);
        }
        let mut after_letter = false;
        while let Some(letter) = rest.chars().next() {
            let address = (!after_letter && self.link.is_none()).then(|| address_at_start(rest));
            if let Some(Some(address)) = address {
                self.address(address);
                rest = rest.get(address.len()..).unwrap_or_default();
                after_letter = true;
                continue;
            }
            self.letter(letter);
            after_letter = letter.is_alphanumeric();
            rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        }
    }

    fn letter(&mut self, letter: char) {
        if "\\`*_[]<>&#~|".contains(letter) {
            self.out.push('\\');
        }
        self.out.push(letter);
    }

    /// An address becomes a link, unless it holds what would be read as a character reference.
    fn address(&mut self, address: &str) {
        if address.contains('&') && address.contains(';') || address.ends_with("//") {
            address.chars().for_each(|letter| self.letter(letter));
            return;
        }
        self.out.push('<');
        self.out.push_str(address);
        self.out.push('>');
    }

    /// Escapes what would begin a list or underline a heading.
    fn escape_line_start<'a>(&mut self, line: &'a str) -> &'a str {
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = line.split_at_checked(digits).unwrap_or(("", line));
        let begins_list = if digits == 0 {
            rest.starts_with(['-', '+', '=', ':'])
        } else {
            digits < 10 && rest.starts_with(['.', ')'])
        };
        self.out.push_str(number);
        if !begins_list {
            return rest;
        }
        let (mark, rest) = rest.split_at_checked(1).unwrap_or((rest, ""));
        self.out.push('\\');
        self.out.push_str(mark);
        rest
    }
}

/// The web address that the text begins with, without the punctuation that ends a sentence.
pub(crate) fn address_at_start(text: &str) -> Option<&str> {
    let scheme =
        ["http://", "https://", "ftp://"].into_iter().find(|scheme| text.starts_with(scheme))?;
    let end = text
        .find(|letter: char| {
            letter.is_whitespace() || letter.is_control() || "<>\"".contains(letter)
        })
        .unwrap_or(text.len());
    let address =
        text.get(..end)?.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '}', '\'']);
    (address.len() >= scheme.len()).then_some(address)
}

fn longest_run(text: &str, letter: char) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for found in text.chars() {
        run = if found == letter { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}
