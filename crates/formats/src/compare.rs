//! What changed between two texts, word by word, for people who read a revision beside another (S79,
//! S103). What is there once is told once: put together, the pieces are both texts.

use std::collections::BTreeMap;

use dissimilar::Chunk;

/// Longer texts are compared line by line: whoever reads them looks for paragraphs, and nobody waits.
const MOST_WORDS: usize = 6_000;

/// A stretch of words.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Piece {
    /// What became of it.
    pub change: Change,
    /// The words, with the spaces around them.
    pub words: String,
}

/// What became of a stretch of words.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Change {
    /// It stands in both.
    Same,
    /// It stood in the one before.
    Gone,
    /// It stands in the one after.
    New,
}

/// The pieces of two texts, in the order in which they are read.
pub fn compare(before: &str, after: &str) -> Vec<Piece> {
    let mut signs = Signs::default();
    let split = if before.split(' ').count().max(after.split(' ').count()) > MOST_WORDS {
        lines
    } else {
        words
    };
    let (old, new) = (signs.of(&split(before)), signs.of(&split(after)));
    let pieces = dissimilar::diff(&old, &new).into_iter().map(|chunk| match chunk {
        Chunk::Equal(signed) => (Change::Same, signed),
        Chunk::Delete(signed) => (Change::Gone, signed),
        Chunk::Insert(signed) => (Change::New, signed),
    });
    pieces.map(|(change, signed)| Piece { change, words: signs.words(signed) }).collect()
}

/// Words and what stands between them, each by itself.
fn words(text: &str) -> Vec<&str> {
    let mut words = vec![];
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = if first.is_alphanumeric() {
            rest.find(|sign: char| !sign.is_alphanumeric()).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (word, after) = rest.split_at(end);
        words.push(word);
        rest = after;
    }
    words
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// Each word as one character, so that words are compared whole.
#[derive(Default)]
struct Signs<'a> {
    by_word: BTreeMap<&'a str, char>,
    by_sign: BTreeMap<char, &'a str>,
}

impl<'a> Signs<'a> {
    fn of(&mut self, words: &[&'a str]) -> String {
        words.iter().map(|word| self.sign(word)).collect()
    }

    /// There are more characters than a text that is kept has words; after the last all are one.
    fn sign(&mut self, word: &'a str) -> char {
        if let Some(sign) = self.by_word.get(word) {
            return *sign;
        }
        let next = u32::try_from(self.by_word.len()).unwrap_or(u32::MAX).saturating_add(0x100);
        let next = if next < 0xd800 { next } else { next.saturating_add(0x800) };
        let sign = char::from_u32(next).unwrap_or(char::MAX);
        self.by_word.insert(word, sign);
        self.by_sign.insert(sign, word);
        sign
    }

    fn words(&self, signed: &str) -> String {
        signed.chars().filter_map(|sign| self.by_sign.get(&sign).copied()).collect()
    }
}

#[cfg(test)]
mod tests;
