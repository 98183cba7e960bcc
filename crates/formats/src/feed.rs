//! What a feed of notes says, before it is Atom or JSON Feed: which notes, how each is named, and
//! where the pages before and after this one lie (RFC 5005, 3). Whoever asks for a feed chooses
//! the notes and their order; nothing here sorts or leaves out, save VINCE's feed of fifteen.

use jiff::Timestamp;

use crate::public_note::{PublicNote, PublicProduct, Publisher, Section};
use crate::{markdown, words, xml};

pub(crate) mod content;

/// How many notes VINCE's Atom feed holds (VINCE 2.2).
pub const VINCE_NEWEST: usize = 15;

/// The longest summary, in characters.
const LONGEST_SUMMARY: usize = 1_000;

/// A page of a feed.
#[derive(Clone, Debug)]
pub struct Feed<'a> {
    /// Who publishes.
    pub publisher: &'a Publisher,
    /// What the notes have in common.
    pub subject: Subject,
    /// How the entries are named.
    pub names: Names,
    /// Where this page and its neighbours are read.
    pub links: Links,
    /// The notes of this page, newest first.
    pub notes: Vec<&'a PublicNote>,
    /// When a feed without notes was last changed.
    pub begun_at: Timestamp,
}

/// What the notes of a feed have in common.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Subject {
    /// They are ours.
    All,
    /// They name this vendor.
    Vendor(String),
    /// They name this product.
    Product(PublicProduct),
}

/// How the entries of a feed are named. A name never changes: readers know a note by it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Names {
    /// By the address of the note's page.
    Page,
    /// As VINCE does, by `/vuls/id/` and the number (VINCE 2.2).
    Vince,
}

/// Where the pages of a feed are read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Links {
    /// This page.
    pub own: String,
    /// The first page, by which the whole feed is known.
    pub first: String,
    /// The page with newer notes, if there is one.
    pub previous: Option<String>,
    /// The page with older notes, if there is one.
    pub next: Option<String>,
}

impl Links {
    /// The links of a feed that has one page.
    pub fn alone(address: impl Into<String>) -> Self {
        let own = address.into();
        Self { first: own.clone(), own, previous: None, next: None }
    }
}

impl<'a> Feed<'a> {
    /// The feed that VINCE's readers know: the fifteen newest notes, under VINCE's names.
    pub fn vince(
        publisher: &'a Publisher,
        notes: impl IntoIterator<Item = &'a PublicNote>,
        begun_at: Timestamp,
    ) -> Self {
        Self {
            publisher,
            subject: Subject::All,
            names: Names::Vince,
            links: Links::alone(format!("{}/vuls/atomfeed/", publisher.base_url)),
            notes: newest(notes).into_iter().take(VINCE_NEWEST).collect(),
            begun_at,
        }
    }

    /// What the feed is called.
    pub fn title(&self) -> String {
        let team = xml::one_line(&self.publisher.name);
        match &self.subject {
            Subject::All => format!("{team}: vulnerability notes"),
            Subject::Vendor(name) => {
                format!("{team}: vulnerability notes that name {}", xml::one_line(name))
            }
            Subject::Product(product) => {
                format!("{team}: vulnerability notes about {}", xml::one_line(&product.name))
            }
        }
    }

    /// When anything in the feed was last changed.
    pub fn updated_at(&self) -> Timestamp {
        self.notes.iter().map(|note| updated_at(note)).max().unwrap_or(self.begun_at)
    }

    /// Where people read the notes.
    pub(crate) fn home(&self) -> String {
        format!("{}/vuls/", self.publisher.base_url)
    }

    /// What a note is known by, which is also where it is read.
    pub(crate) fn name(&self, note: &PublicNote) -> String {
        match self.names {
            Names::Page => self.publisher.page(note),
            Names::Vince => format!("{}/vuls/id/{}", self.publisher.base_url, note.number),
        }
    }

    /// A note's title with its number before it.
    pub(crate) fn headline(&self, note: &PublicNote) -> String {
        format!("{}: {}", self.publisher.number(note), xml::one_line(&note.title))
    }
}

/// Notes with the last published first; of two published at once, the higher number.
fn newest<'a>(notes: impl IntoIterator<Item = &'a PublicNote>) -> Vec<&'a PublicNote> {
    let mut notes: Vec<&PublicNote> = notes.into_iter().collect();
    notes.sort_by(|one, other| {
        let key = |note: &PublicNote| (note.first_published_at, note.number.len());
        key(other).cmp(&key(one)).then_with(|| other.number.cmp(&one.number))
    });
    notes
}

/// The overview as text, in at most a thousand characters; nothing where the note has none.
pub(crate) fn summary(note: &PublicNote) -> Option<String> {
    let overview = note.sections.iter().find(|(section, _)| *section == Section::Overview)?;
    let text = markdown::line(&overview.1);
    (!text.is_empty()).then(|| words::cut(&text, LONGEST_SUMMARY))
}

/// When the note was last changed: never before it was published.
pub(crate) fn updated_at(note: &PublicNote) -> Timestamp {
    note.updated_at.max(note.first_published_at)
}

/// The CVE ids of a note.
pub(crate) fn cves(note: &PublicNote) -> impl Iterator<Item = &str> {
    note.vulnerabilities.iter().filter_map(|one| one.cve.as_deref())
}

/// An instant as RFC 3339 writes it, to the second.
pub(crate) fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
pub(crate) mod tests;
