//! By which words a published note is found: those of its title, its number, its CVE IDs and what else
//! its flaws are called, its vendors and their products, written when it is published. Nothing that is not public is in them, so nothing that
//! is not public changes what a search finds.

use std::collections::BTreeSet;

use domain::Published;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::published_row;
use crate::engine::Tx;
use crate::error::Result;
use crate::parse::to_json;
use crate::public::PublicTx;
use crate::statements::sql;
use crate::values;
use crate::{PublishedRow, StoreError};

/// How many words of a search count, and how many of a vendor's name.
const WORDS: usize = 6;
const VENDOR_WORDS: usize = 3;

/// The longest word that is kept or looked for, in characters.
const LONGEST: usize = 64;

/// Sorts after everything that begins with the same words.
const TOP: &str = "\u{10FFFF}";

/// What is looked for among published notes. Empty words find every note.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NoteSearch {
    /// Words of the title, the number, a CVE ID or another identifier, a vendor or a product; the note has all of them, each
    /// perhaps longer.
    pub words: String,
    /// Words of the name of one vendor or several.
    pub vendor: String,
    /// The year in which the note was first public, in UTC.
    pub year: Option<i16>,
}

impl Tx {
    /// Writes down by which words a note is found, in place of those of an earlier revision.
    pub(super) fn keep_terms(&mut self, slug: &str, note: &Published) -> Result<()> {
        self.execute(sql!("delete from note_terms where slug = ?1"), &values![slug])?;
        let terms: Vec<_> = terms_of(note).into_iter().collect();
        self.execute(
            sql!(
                sqlite: "insert into note_terms (slug, term, about) \
                    select ?1, value ->> 0, value ->> 1 from json_each(?2)",
                postgres: "insert into note_terms (slug, term, about) \
                    select ?1, value ->> 0, value ->> 1 \
                    from jsonb_array_elements(cast(cast(?2 as text) as jsonb)) as listed (value)"
            ),
            &values![slug, to_json(&terms)?],
        )
        .map(drop)
    }
}

impl PublicTx<'_> {
    /// Notes that a search finds, the newest first, after one of them or from the top.
    pub fn search(
        &mut self,
        search: &NoteSearch,
        before: Option<&(Timestamp, String)>,
        limit: u32,
    ) -> Result<Vec<PublishedRow>> {
        // A slug begins with a letter, so all of them come before this character.
        let (instant, slug) = match before {
            Some((instant, slug)) => (*instant, slug.as_str()),
            None => (Timestamp::MAX, "~"),
        };
        let (from, until) = year(search.year);
        let [first, second, third, fourth, fifth, sixth] = slots::<WORDS>(&search.words);
        let [vendor, of_vendor, too] = slots::<VENDOR_WORDS>(&search.vendor);
        let rows = self.0.query(
            sql!(
                "select slug, number, title, published_at, updated_at, n_vendors from notes \
                where (published_at, slug) < (?1, ?2) \
                and published_at >= ?4 and published_at < ?5 \
                and (?7 = '' or slug in (select slug from note_terms \
                where term >= ?7 and term < ?7 || ?6)) \
                and (?8 = '' or slug in (select slug from note_terms \
                where term >= ?8 and term < ?8 || ?6)) \
                and (?9 = '' or slug in (select slug from note_terms \
                where term >= ?9 and term < ?9 || ?6)) \
                and (?10 = '' or slug in (select slug from note_terms \
                where term >= ?10 and term < ?10 || ?6)) \
                and (?11 = '' or slug in (select slug from note_terms \
                where term >= ?11 and term < ?11 || ?6)) \
                and (?12 = '' or slug in (select slug from note_terms \
                where term >= ?12 and term < ?12 || ?6)) \
                and (?13 = '' or slug in (select slug from note_terms \
                where about = 'vendor' and term >= ?13 and term < ?13 || ?6)) \
                and (?14 = '' or slug in (select slug from note_terms \
                where about = 'vendor' and term >= ?14 and term < ?14 || ?6)) \
                and (?15 = '' or slug in (select slug from note_terms \
                where about = 'vendor' and term >= ?15 and term < ?15 || ?6)) \
                order by published_at desc, slug desc limit ?3"
            ),
            &values![
                instant, slug, limit, from, until, TOP, first, second, third, fourth, fifth, sixth,
                vendor, of_vendor, too
            ],
        )?;
        rows.iter().map(published_row).collect::<Result<_, StoreError>>()
    }
}

/// The words of a note, and what each is about.
fn terms_of(note: &Published) -> BTreeSet<(String, &'static str)> {
    let mut terms = BTreeSet::new();
    let mut add = |text: &str, about| {
        terms.extend(tails(text).into_iter().map(|term| (term, about)));
    };
    add(note.title(), "title");
    add(note.number().as_ref(), "number");
    for flaw in note.vulnerabilities() {
        if let Some(cve) = &flaw.cve {
            add(cve.as_ref(), "cve");
        }
        for identifier in &flaw.identifiers {
            add(identifier.id(), "identifier");
        }
    }
    for vendor in note.vendors() {
        add(&vendor.name, "vendor");
        for product in vendor.lines.iter().filter_map(|line| line.product.as_ref()) {
            add(&product.name, "product");
        }
    }
    terms
}

/// Every word of a text, and of a word with signs inside each end as well, so that `CVE-2026-1234`
/// is found by `cve-2026`, by `2026-12` and by `1234`.
fn tails(text: &str) -> BTreeSet<String> {
    let mut tails = BTreeSet::new();
    for parts in words(text) {
        for start in 0..parts.len() {
            tails.insert(shortened(&parts.get(start..).unwrap_or_default().concat()));
        }
    }
    tails
}

/// A word with signs inside, whole, as it is kept.
pub(super) fn whole(word: &str) -> String {
    words(word).next().map_or_else(String::new, |parts| shortened(&parts.concat()))
}

/// The words that are looked for, each without its signs; places that stay empty find everything.
fn slots<const N: usize>(text: &str) -> [String; N] {
    let mut words = words(text).map(|parts| shortened(&parts.concat()));
    std::array::from_fn(|_| words.next().unwrap_or_default())
}

/// The words of a text in small letters, each as its parts between signs.
fn words(text: &str) -> impl Iterator<Item = Vec<String>> {
    let small = text.to_lowercase();
    let words: Vec<Vec<String>> = small
        .split_whitespace()
        .map(|word| {
            let parts = word.split(|letter: char| !letter.is_alphanumeric());
            parts.filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>()
        })
        .filter(|parts| !parts.is_empty())
        .collect();
    words.into_iter()
}

fn shortened(word: &str) -> String {
    word.chars().take(LONGEST).collect()
}

/// From when until when a year lasts, in UTC; for ever, if none is asked for.
fn year(year: Option<i16>) -> (Timestamp, Timestamp) {
    let start = |year: i16| {
        let day = Date::new(year, 1, 1).ok()?;
        day.to_zoned(TimeZone::UTC).ok().map(|start| start.timestamp())
    };
    match year {
        Some(year) => (
            start(year).unwrap_or(Timestamp::MAX),
            year.checked_add(1).and_then(start).unwrap_or(Timestamp::MAX),
        ),
        None => (Timestamp::MIN, Timestamp::MAX),
    }
}

#[cfg(test)]
mod tests;
