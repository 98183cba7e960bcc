//! What a document says of itself: title, publisher, number, dates, texts and references.

use jiff::Timestamp;

use super::products::one_line;
use super::said::vendor_name;
use crate::csaf::document::{
    About, AggregateSeverity, Distribution, Document, Engine, Generator, Issuer, Light,
    PublisherCategory, Revision, Tlp, Tracking, TrackingStatus,
};
use crate::csaf::names::{file_name, is_web_address};
use crate::csaf::shape::{Acknowledgment, Note, NoteCategory, Reference, ReferenceCategory};
use crate::csaf::{UNKNOWN_VENDORS, Version};
use crate::public_note::{PublicNote, PublicVendor, Publisher, Section};
use crate::web_address;

/// What the traffic light means.
pub(super) const TLP: &str = "https://www.first.org/tlp/";

/// More revisions than this are not listed one by one.
const MOST_REVISIONS: i64 = 1000;

pub(super) fn write(note: &PublicNote, publisher: &Publisher, version: Version) -> About {
    let name = one_line(&publisher.name).unwrap_or_else(|| publisher.base_url.clone());
    let contact = Some(publisher.contact.clone()).filter(|contact| !contact.trim().is_empty());
    let label = match version {
        Version::V2_0 => Light::White,
        Version::V2_1 => Light::Clear,
    };
    let tlp = Tlp { label, url: Some(TLP.to_owned()), ..Tlp::default() };
    let id = id(note, publisher);
    About {
        csaf_version: version,
        publisher: Issuer {
            category: PublisherCategory::Coordinator,
            name,
            namespace: publisher.base_url.clone(),
            // The drafts of 2.1 disagree on its key; there it is a note.
            contact_details: contact.filter(|_| version == Version::V2_0),
            ..Issuer::default()
        },
        title: one_line(&note.title).unwrap_or_else(|| "Untitled note".to_owned()),
        tracking: tracking(note, &id),
        aggregate_severity: severity(note),
        distribution: Some(Distribution { tlp: Some(tlp), ..Distribution::default() }),
        lang: Some("en".to_owned()),
        acknowledgments: note.credits.iter().filter_map(thanks).collect(),
        notes: notes(note, publisher, version),
        references: references(note, publisher, version, &id),
        ..About::default()
    }
}

/// The number under which the document is kept.
pub(super) fn id(note: &PublicNote, publisher: &Publisher) -> String {
    one_line(&publisher.number(note)).unwrap_or_else(|| "note".to_owned())
}

pub(super) fn address(
    note: &PublicNote,
    publisher: &Publisher,
    version: Version,
    id: &str,
) -> String {
    let year = note.first_published_at.to_zoned(jiff::tz::TimeZone::UTC).year();
    let folder = match version {
        Version::V2_0 => "v2.0/white",
        Version::V2_1 => "v2.1/clear",
    };
    format!("{}/.well-known/csaf/{folder}/{year:04}/{}", publisher.base_url, file_name(id))
}

/// After its number has changed, the document's own address is another.
pub(super) fn point_to_itself(document: &mut Document, publisher: &Publisher, note: &PublicNote) {
    let (version, id) = (document.version(), document.id().to_owned());
    let own = document.document.references.first_mut();
    if let Some(own) = own {
        own.url = address(note, publisher, version, &id);
    }
}

fn tracking(note: &PublicNote, id: &str) -> Tracking {
    let first = note.first_published_at;
    let newest = note.updated_at.max(first);
    let revisions = revisions(note);
    let number = |revision: i64| {
        let dated = dated(note, revision);
        Revision {
            date: if revision == 1 { first } else { dated.unwrap_or(newest) }.to_string(),
            number: revision.to_string(),
            summary: match (revision, dated) {
                (1, _) => "First published.",
                _ if revision == revisions && note.withdrawn.is_some() => "Withdrawn.",
                (_, Some(_)) => "Revised.",
                _ if revision == revisions => "Revised.",
                // Only the first and the newest date are known.
                (_, None) => "Revised on or before this date.",
            }
            .to_owned(),
            ..Revision::default()
        }
    };
    let current = if revisions == 1 { first } else { newest };
    Tracking {
        current_release_date: current.to_string(),
        id: id.to_owned(),
        initial_release_date: first.to_string(),
        revision_history: (1..=revisions).map(number).collect(),
        status: TrackingStatus::Final,
        version: revisions.to_string(),
        generator: Some(generator(current)),
        ..Tracking::default()
    }
}

/// How many revisions are listed. To take a note back is one more than to publish it.
fn revisions(note: &PublicNote) -> i64 {
    let least = if note.withdrawn.is_some() { 2 } else { 1 };
    note.revision.clamp(least, MOST_REVISIONS)
}

/// When a revision was published, if the dates of all of them are known, the newest as the note has it.
fn dated(note: &PublicNote, revision: i64) -> Option<Timestamp> {
    let known = i64::try_from(note.revised_at.len()).ok()?;
    let newest = note.revised_at.last().is_some_and(|at| *at == note.updated_at);
    let sorted =
        note.revised_at.is_sorted() && note.revised_at.first() >= Some(&note.first_published_at);
    let index = usize::try_from(revision.checked_sub(2)?).ok()?;
    note.revised_at.get(index).copied().filter(|_| known + 1 == note.revision && newest && sorted)
}

/// Why the note was taken back, under the title that CSAF 2.1 asks for (6.1.27.17).
fn withdrawal(note: &PublicNote) -> Option<Note> {
    let told = note.withdrawn.as_ref()?;
    let reason = format!("Withdrawn on {}.\n\n{}", told.at, told.reason);
    text_note(NoteCategory::Description, "Reasoning for Withdrawal", &reason)
}

/// When the newest revision was published.
pub(super) fn released_at(note: &PublicNote) -> Timestamp {
    if revisions(note) <= 1 {
        note.first_published_at
    } else {
        note.updated_at.max(note.first_published_at)
    }
}

fn generator(at: Timestamp) -> Generator {
    let version = Some(env!("CARGO_PKG_VERSION").to_owned());
    let engine = Engine { name: "Ombud".to_owned(), version, ..Engine::default() };
    Generator { date: Some(at.to_string()), engine, ..Generator::default() }
}

/// A score of the note as a whole speaks of no single vulnerability where there are several.
fn severity(note: &PublicNote) -> Option<AggregateSeverity> {
    let score = note.scores.iter().find(|score| !score.vector.trim().is_empty())?;
    let base = score.base.map(|base| format!("CVSS base score {base}, ")).unwrap_or_default();
    let text = format!("{base}{}", score.vector.trim());
    Some(AggregateSeverity { text, ..AggregateSeverity::default() })
}

fn thanks(credit: &crate::public_note::Credit) -> Option<Acknowledgment> {
    Some(Acknowledgment {
        names: vec![one_line(&credit.name)?],
        summary: credit.role.as_deref().and_then(one_line),
        ..Acknowledgment::default()
    })
}

fn notes(note: &PublicNote, publisher: &Publisher, version: Version) -> Vec<Note> {
    let mut notes: Vec<Note> = withdrawal(note).into_iter().collect();
    let sections = note.sections.iter();
    notes.extend(
        sections
            .filter_map(|(section, text)| text_note(category(*section), section.heading(), text)),
    );
    if notes.is_empty() {
        let title = one_line(&note.title).unwrap_or_else(|| "Untitled note".to_owned());
        notes.extend(text_note(NoteCategory::Summary, Section::Overview.heading(), &title));
    }
    notes.extend(note.vendors.iter().flat_map(words_of));
    let silent = note.vendors.iter().filter(|vendor| vendor.statuses.is_empty()).map(vendor_name);
    notes.extend(text_note(NoteCategory::Other, UNKNOWN_VENDORS, &list(silent)));
    let further = others(&note.references);
    notes.extend(text_note(NoteCategory::Other, "Further references", &further));
    let timeline = note.timeline.iter().map(|entry| format!("{}: {}", entry.at, entry.words));
    notes.extend(text_note(NoteCategory::Other, "Timeline", &list(timeline)));
    if version == Version::V2_1 {
        notes.extend(text_note(NoteCategory::General, "Contact", &publisher.contact));
    }
    notes
}

/// What a section's text is for.
fn category(section: Section) -> NoteCategory {
    match section {
        Section::Overview => NoteCategory::Summary,
        Section::Description => NoteCategory::Description,
        Section::Impact | Section::Solution | Section::Workarounds => NoteCategory::General,
        Section::SystemsAffected => NoteCategory::Details,
        Section::Acknowledgements | Section::Author => NoteCategory::Other,
    }
}

/// What a vendor says of the whole note, and what the coordinator adds.
fn words_of(vendor: &PublicVendor) -> Vec<Note> {
    let name = vendor_name(vendor);
    let own = others(&vendor.references);
    let texts = [
        (format!("Statement of {name}"), vendor.statement.as_deref()),
        (format!("Information from {name}"), vendor.information.as_deref()),
        (format!("Coordinator's words on {name}"), vendor.addendum.as_deref()),
        (format!("Further references of {name}"), Some(own.as_str())),
    ];
    let texts = texts.into_iter();
    texts.filter_map(|(title, text)| text_note(NoteCategory::Other, &title, text?)).collect()
}

/// A note, unless there is nothing to say.
pub(super) fn text_note(category: NoteCategory, title: &str, text: &str) -> Option<Note> {
    (!text.trim().is_empty()).then(|| Note {
        category,
        title: Some(title.to_owned()),
        text: text.to_owned(),
        ..Note::default()
    })
}

/// One a line, as Markdown writes a list.
pub(super) fn list(lines: impl IntoIterator<Item = String>) -> String {
    let lines: Vec<String> = lines.into_iter().map(|line| format!("- {line}")).collect();
    lines.join("\n")
}

fn references(
    note: &PublicNote,
    publisher: &Publisher,
    version: Version,
    id: &str,
) -> Vec<Reference> {
    let itself = |url: String, summary: &str| Reference {
        category: Some(ReferenceCategory::Itself),
        summary: summary.to_owned(),
        url,
        ..Reference::default()
    };
    let own = address(note, publisher, version, id);
    let mut found = vec![itself(own, "This document")];
    let page = publisher.page(note);
    if is_web_address(&page) {
        found.push(itself(page, "The note for people"));
    }
    let vendors = note.vendors.iter().flat_map(|vendor| {
        let summary = format!("Reference of {}", vendor_name(vendor));
        vendor.references.iter().flat_map(move |line| external(line, &summary))
    });
    let ours = note.references.iter().flat_map(|line| external(line, line));
    for reference in ours.chain(vendors) {
        if found.iter().all(|known| known.url != reference.url) {
            found.push(reference);
        }
    }
    found
}

/// The addresses that a line of references names.
pub(super) fn external(line: &str, summary: &str) -> Vec<Reference> {
    let summary = one_line(summary).unwrap_or_default();
    let addresses = web_address::addresses(line).into_iter();
    addresses
        .map(|url| Reference {
            category: Some(ReferenceCategory::External),
            summary: summary.clone(),
            url,
            ..Reference::default()
        })
        .collect()
}

/// Lines that name no address.
fn others(lines: &[String]) -> String {
    let lines = lines.iter().filter(|line| web_address::addresses(line).is_empty());
    list(lines.filter_map(|line| one_line(line)))
}
