//! What should not stand in a note that others read: who wishes to be hidden, what was said in
//! confidence, where things are inside a house, how to attack (S94). Found by looking at the words
//! alone, without a network and fast; what is found is a question to the team, not a verdict.
//!
//! A finding quotes what it found, so it is as secret as that: only the team reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::Section;
use crate::Rule;

mod code;
mod place;

/// So many words in a row that stand in a statement as well are a quotation.
const QUOTED: usize = 8;

/// A statement shorter than this is no statement: everybody says `no comment`.
const SHORTEST: usize = 5;

/// How many characters of a finding's surroundings are shown on each side.
const AROUND: usize = 30;

/// Words that must not be read by others, gathered by the app.
#[derive(Debug, Default)]
pub struct Guarded {
    hidden: Names,
    uncredited: Names,
    quotations: BTreeSet<String>,
}

/// Something that should perhaps not stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// The rule that speaks against it, which may be set aside.
    pub rule: Rule,
    /// In which part of the note.
    pub place: Place,
    /// In which paragraph of that part, counted from 1.
    pub paragraph: usize,
    /// What stands there, with some words around it.
    pub excerpt: String,
}

/// A part of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Its title.
    Title,
    /// A section.
    Section(Section),
    /// What a flaw is, by the flaw's ordinal.
    Vulnerability(u32),
}

/// Names by their first words, each name as its words in lower case, and addresses as they are.
#[derive(Debug, Default)]
struct Names {
    by_first: BTreeMap<String, Vec<Vec<String>>>,
    addresses: Vec<String>,
}

impl Guarded {
    /// Nobody may read the name or address of who is hidden.
    #[must_use]
    pub fn hiding(mut self, name: &str) -> Self {
        self.hidden.add(name);
        self
    }

    /// Who does not wish to be thanked is not named.
    #[must_use]
    pub fn not_thanking(mut self, name: &str) -> Self {
        self.uncredited.add(name);
        self
    }

    /// A statement that was for the coordinator alone is not quoted.
    #[must_use]
    pub fn confiding(mut self, statement: &str) -> Self {
        let words = words(statement);
        if words.len() >= SHORTEST {
            let n = words.len().min(QUOTED);
            self.quotations.extend(words.windows(n).map(joined));
        }
        self
    }
}

impl Names {
    /// A name of one or two letters would be found everywhere.
    fn add(&mut self, name: &str) {
        let name = name.trim().to_lowercase();
        if name.contains('@') {
            self.addresses.push(name);
            return;
        }
        let words: Vec<_> = words(&name).into_iter().map(|word| word.text).collect();
        if words.iter().map(String::len).sum::<usize>() >= 3
            && let Some(first) = words.first()
        {
            self.by_first.entry(first.clone()).or_default().push(words);
        }
    }

    fn found(&self, paragraph: &Paragraph<'_>) -> Option<Range<usize>> {
        let address = self.addresses.iter().find_map(|address| {
            let at = paragraph.lower.find(address.as_str())?;
            Some(at..at + address.len())
        });
        let starts = paragraph.words.iter().enumerate();
        let mut named = starts.filter_map(|(index, word)| {
            let rest = paragraph.words.get(index..)?;
            let name = self.by_first.get(&word.text)?.iter().find(|name| begins(rest, name))?;
            let last = rest.get(name.len().checked_sub(1)?)?;
            Some(word.at.start..last.at.end)
        });
        address.or_else(|| named.next())
    }
}

fn begins(words: &[Word], name: &[String]) -> bool {
    words.len() >= name.len() && words.iter().zip(name).all(|(word, named)| word.text == *named)
}

/// A word in lower case, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    text: String,
    at: Range<usize>,
}

/// The letters and digits that stand together.
fn words(text: &str) -> Vec<Word> {
    let mut words = vec![];
    let mut start = None;
    for (at, sign) in text.char_indices().chain([(text.len(), ' ')]) {
        match (sign.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                let text = text.get(from..at).unwrap_or_default().to_lowercase();
                words.push(Word { text, at: from..at });
                start = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
    }
    words
}

fn joined(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// A paragraph, with its words.
struct Paragraph<'a> {
    text: &'a str,
    /// The same in lower case, as far as that is as long.
    lower: String,
    words: Vec<Word>,
}

type Look = fn(&Paragraph<'_>, &Guarded) -> Option<Range<usize>>;

/// What is looked for, by the rule that speaks against it.
const LOOKS: [(Rule, Look); 7] = [
    (Rule::NamesTheHidden, |paragraph, guarded| guarded.hidden.found(paragraph)),
    (Rule::ThanksUnasked, |paragraph, guarded| guarded.uncredited.found(paragraph)),
    (Rule::QuotesInConfidence, quoted),
    (Rule::ShowsTheInside, |paragraph, _| place::inside(paragraph.text)),
    (Rule::MarkedForFewer, |paragraph, _| place::marked(&paragraph.lower)),
    (Rule::ShowsTheAttack, |paragraph, _| code::attack(paragraph.text)),
    (Rule::HoldsASecret, |paragraph, _| code::secret(paragraph.text)),
];

/// What should perhaps not stand in these parts of a note: of each rule the first place in each
/// paragraph.
pub fn leaks<'a>(
    parts: impl IntoIterator<Item = (Place, &'a str)>,
    guarded: &Guarded,
) -> Vec<Leak> {
    let parts = parts.into_iter();
    parts.flat_map(|(place, text)| in_part(place, text, guarded)).collect()
}

fn in_part(place: Place, text: &str, guarded: &Guarded) -> Vec<Leak> {
    let text = text.replace("\r\n", "\n");
    let paragraphs = text.split("\n\n").filter(|text| !text.trim().is_empty());
    let leaks = paragraphs.enumerate().flat_map(|(index, text)| {
        let paragraph = Paragraph { text, lower: text.to_ascii_lowercase(), words: words(text) };
        let found = LOOKS.iter().filter_map(|(rule, look)| {
            let excerpt = excerpt(text, look(&paragraph, guarded)?);
            Some(Leak { rule: *rule, place, paragraph: index + 1, excerpt })
        });
        found.collect::<Vec<_>>()
    });
    leaks.collect()
}

fn quoted(paragraph: &Paragraph<'_>, guarded: &Guarded) -> Option<Range<usize>> {
    if guarded.quotations.is_empty() {
        return None;
    }
    let lengths = SHORTEST..=QUOTED;
    lengths.rev().find_map(|n| {
        let mut rows = paragraph.words.windows(n);
        let row = rows.find(|row| guarded.quotations.contains(&joined(row)))?;
        Some(row.first()?.at.start..row.last()?.at.end)
    })
}

/// What was found with some words around it, in one line.
fn excerpt(text: &str, found: Range<usize>) -> String {
    let before = text.get(..found.start).unwrap_or_default();
    let from = before.char_indices().rev().take(AROUND).last().map_or(found.start, |(at, _)| at);
    let rest = text.get(found.start..).unwrap_or_default();
    let most = 2 * AROUND + found.len().min(3 * AROUND);
    let shown: String = text.get(from..found.start).unwrap_or_default().to_owned()
        + &rest.chars().take(most).collect::<String>();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
