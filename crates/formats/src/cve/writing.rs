//! What a note says of one of its vulnerabilities, as a container or a whole record.
//! The description is the vulnerability's own, or the note's overview, in plain words: it never
//! takes the section of thanks, so it credits nobody (CNA rule 5.2.4). The words of people are
//! not rewritten: an id that is not a CVE id stays in them (5.2.11), and the rules report it.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::record::{
    Container, Containers, Credit, Event, Impact, Media, Metadata, Problem, ProblemType, Provider,
    Record, Rejection, Words,
};
use super::{DATA_VERSION, Organisation, affected, is_id, metric, reference};
use crate::public_note::{PublicNote, PublicVulnerability, Publisher, Section};
use crate::{ENGINE, cwe, html, words};

/// The longest plain text, and the longest text in another form.
const LONGEST: usize = 4096;
const LONGEST_MEDIA: usize = 16384;

/// What the format calls those who are thanked.
const ROLES: [&str; 9] = [
    "finder",
    "reporter",
    "analyst",
    "coordinator",
    "remediation developer",
    "remediation reviewer",
    "remediation verifier",
    "tool",
    "sponsor",
];

/// What CVE Services takes for the vulnerability's id.
pub fn container(
    note: &PublicNote,
    vulnerability: &PublicVulnerability,
    publisher: &Publisher,
    organisation: &Organisation,
) -> Container {
    let public = note.public_at.unwrap_or(note.first_published_at);
    let title = Some(words::line(&note.title, 256)).filter(|title| !title.is_empty());
    let impacts = section(note, Section::Impact).into_iter();
    Container {
        provider: provider(organisation, instant(note.updated_at)),
        descriptions: vec![description(note, vulnerability, publisher)],
        affected: affected::affected(note, vulnerability),
        references: reference::references(note, vulnerability, publisher),
        title,
        public: instant(public),
        problem_types: problem_type(vulnerability).into_iter().collect(),
        impacts: impacts
            .map(|words| Impact { descriptions: vec![words], capec: None, other: Map::new() })
            .collect(),
        metrics: metric::metrics(note, vulnerability),
        solutions: section(note, Section::Solution).into_iter().collect(),
        workarounds: section(note, Section::Workarounds).into_iter().collect(),
        exploits: exploits(note),
        timeline: timeline(note),
        credits: credits(note),
        source: source(note, publisher),
        tags: vec![],
        other: Map::from_iter([("x_generator".to_owned(), json!({ "engine": ENGINE }))]),
    }
}

/// The whole record, for those who read it from us; none for a vulnerability without a CVE id.
pub fn record(
    note: &PublicNote,
    vulnerability: &PublicVulnerability,
    publisher: &Publisher,
    organisation: &Organisation,
) -> Option<Record> {
    let id = vulnerability.cve.as_deref().filter(|id| is_id(id))?;
    let metadata = Metadata {
        published: instant(note.first_published_at),
        updated: instant(note.updated_at),
        ..metadata(id, "PUBLISHED", organisation)
    };
    let told = container(note, vulnerability, publisher, organisation);
    Some(whole(metadata, told))
}

/// Why a rejection is none.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotARejection {
    /// Without a reason (CNA rule 4.5.3.7).
    #[error("Say why the CVE id is not used.")]
    NoReason,
    /// What replaces it is no id.
    #[error("“{0}” is not a CVE id.")]
    NotAnId(String),
}

/// What CVE Services takes for an id that is not used.
pub fn reject(
    reason: &str,
    replaced_by: &[String],
    organisation: &Organisation,
) -> Result<Rejection, NotARejection> {
    let reason = words::cut(&words::plain(reason), LONGEST);
    if reason.is_empty() {
        return Err(NotARejection::NoReason);
    }
    let mut instead: Vec<String> = Vec::new();
    for id in replaced_by {
        if !is_id(id) {
            return Err(NotARejection::NotAnId(words::line(id, 40)));
        }
        if !instead.contains(id) {
            instead.push(id.clone());
        }
    }
    Ok(Rejection {
        provider: provider(organisation, None),
        reasons: vec![Words::english(reason)],
        replaced_by: instead,
        other: Map::new(),
    })
}

/// The whole record of an id that is not used; none where the id is none.
pub fn rejected_record(
    id: &str,
    rejection: Rejection,
    rejected_at: Timestamp,
    organisation: &Organisation,
) -> Option<Record<Rejection>> {
    let metadata = Metadata {
        rejected: instant(rejected_at),
        updated: instant(rejected_at),
        ..metadata(id, "REJECTED", organisation)
    };
    is_id(id).then(|| whole(metadata, rejection))
}

pub(crate) fn whole<Told, About>(metadata: About, told: Told) -> Record<Told, About> {
    Record {
        data_type: "CVE_RECORD".to_owned(),
        data_version: DATA_VERSION.to_owned(),
        metadata,
        containers: Containers { cna: told, adp: vec![], other: Map::new() },
        other: Map::new(),
    }
}

fn metadata(id: &str, state: &str, organisation: &Organisation) -> Metadata {
    Metadata {
        cve_id: id.to_owned(),
        assigner: organisation.id().to_owned(),
        assigner_short_name: Some(organisation.short_name().to_owned()),
        state: state.to_owned(),
        reserved: None,
        published: None,
        updated: None,
        rejected: None,
        other: Map::new(),
    }
}

fn provider(organisation: &Organisation, updated: Option<String>) -> Provider {
    Provider {
        organisation: organisation.id().to_owned(),
        short_name: Some(organisation.short_name().to_owned()),
        updated,
        other: Map::new(),
    }
}

/// The first of these that says anything.
fn description(
    note: &PublicNote,
    vulnerability: &PublicVulnerability,
    publisher: &Publisher,
) -> Words {
    let texts = [&*vulnerability.description, note_section(note, Section::Overview), &note.title];
    let said = texts.into_iter().find_map(words);
    said.unwrap_or_else(|| Words::english(format!("See {}.", publisher.page(note))))
}

fn note_section(note: &PublicNote, wanted: Section) -> &str {
    let mut sections = note.sections.iter();
    sections.find(|(section, _)| *section == wanted).map_or("", |(_, text)| text)
}

fn section(note: &PublicNote, wanted: Section) -> Option<Words> {
    words(note_section(note, wanted))
}

/// A Markdown text in plain words, and as it is beside them where the words alone would not bring
/// it back.
fn words(markdown: &str) -> Option<Words> {
    let said = words::plain(markdown);
    if said.is_empty() {
        return None;
    }
    let mut words = Words::english(words::cut(&said, LONGEST));
    let whole = markdown.trim();
    if html::to_markdown(&words.value) != whole && whole.chars().count() <= LONGEST_MEDIA {
        words.media.push(Media {
            kind: "text/markdown".to_owned(),
            value: whole.to_owned(),
            base64: Some(false),
            other: Map::new(),
        });
    }
    Some(words)
}

fn problem_type(vulnerability: &PublicVulnerability) -> Option<ProblemType> {
    let id = vulnerability.cwe.as_deref().filter(|id| cwe::is_id(id))?;
    let description = match cwe::name(id) {
        Some(name) => format!("{id} {name}"),
        None => id.to_owned(),
    };
    let problem = Problem {
        lang: "en".to_owned(),
        description,
        cwe: Some(id.to_owned()),
        kind: Some("CWE".to_owned()),
        other: Map::new(),
    };
    Some(ProblemType { descriptions: vec![problem], other: Map::new() })
}

fn exploits(note: &PublicNote) -> Vec<Words> {
    let day = |at: Timestamp| TimeZone::UTC.to_datetime(at).date();
    let exploit = note
        .exploit_public_at
        .map(|at| format!("An exploit has been public since {} (UTC).", day(at)));
    let attacks =
        note.attacks_seen_at.map(|at| format!("Attacks have been known since {} (UTC).", day(at)));
    exploit.into_iter().chain(attacks).map(Words::english).collect()
}

fn timeline(note: &PublicNote) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    for entry in &note.timeline {
        let value = words::cut(&words::plain(&entry.words), LONGEST);
        let Some(time) = instant(entry.at).filter(|_| !value.is_empty()) else { continue };
        let event = Event { time, lang: "en".to_owned(), value, other: Map::new() };
        if !events.contains(&event) {
            events.push(event);
        }
    }
    events
}

fn credits(note: &PublicNote) -> Vec<Credit> {
    let mut credits: Vec<Credit> = Vec::new();
    for credit in &note.credits {
        let value = words::line(&credit.name, LONGEST);
        let role = credit.role.as_deref().unwrap_or("finder");
        let role = if ROLES.contains(&role) { role } else { "other" };
        let credit =
            Credit { lang: "en".to_owned(), value, kind: Some(role.to_owned()), other: Map::new() };
        if !credit.value.is_empty() && !credits.contains(&credit) {
            credits.push(credit);
        }
    }
    credits
}

/// Whoever is thanked for finding or reporting it came from outside; else nothing is known.
fn source(note: &PublicNote, publisher: &Publisher) -> Map<String, Value> {
    let found = |role: Option<&str>| matches!(role, None | Some("finder" | "reporter"));
    let outside = note.credits.iter().any(|credit| found(credit.role.as_deref()));
    let discovery = if outside { "EXTERNAL" } else { "UNKNOWN" };
    Map::from_iter([
        ("discovery".to_owned(), json!(discovery)),
        ("advisory".to_owned(), json!(publisher.number(note))),
    ])
}

/// An instant as the format writes it; none outside the years that it knows.
pub(crate) fn instant(at: Timestamp) -> Option<String> {
    let year = TimeZone::UTC.to_datetime(at).year();
    (1900..3000).contains(&year).then(|| at.to_string())
}
