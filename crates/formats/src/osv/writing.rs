//! A note as OSV records.

use std::collections::HashSet;

use domain::score::CvssVersion;
use domain::status::ProductStatus;
use domain::version::{Until, VersionRange};
use serde_json::{Map, Value, json};

use super::package::package;
use super::{Affected, Credit, Event, Range, Record, Reference, SCHEMA_VERSION, Severity};
use crate::public_note::{
    PublicNote, PublicStatus, PublicVendor, PublicVulnerability, Publisher, Section,
};
use crate::purl::Purl;
use crate::{cve, cwe, vex, web_address, words};

/// The sections that a reader of OSV looks for, below the description.
const SECTIONS: [Section; 4] =
    [Section::Impact, Section::Solution, Section::Workarounds, Section::SystemsAffected];

/// A record for each vulnerability of the note.
pub fn write(note: &PublicNote, publisher: &Publisher) -> Vec<Record> {
    note.vulnerabilities.iter().map(|one| record(note, one, publisher)).collect()
}

/// The id of a vulnerability's record, such as `x_VU-257161-1`: the schema keeps `x_` for
/// databases that have not registered a prefix of their own.
pub fn id(note: &PublicNote, vulnerability: &PublicVulnerability, publisher: &Publisher) -> String {
    format!("x_{}-{}", publisher.slug(note), vulnerability.local)
}

fn record(note: &PublicNote, one: &PublicVulnerability, publisher: &Publisher) -> Record {
    let summary = Some(words::line(&note.title, 500)).filter(|title| !title.is_empty());
    Record {
        id: id(note, one, publisher),
        modified: note.updated_at.to_string(),
        schema_version: Some(SCHEMA_VERSION.to_owned()),
        published: Some(note.first_published_at.to_string()),
        withdrawn: note.withdrawn.as_ref().map(|told| told.at.to_string()),
        aliases: aliases(one),
        related: vec![],
        upstream: vec![],
        summary,
        details: details(note, one),
        severity: severity(note, one),
        affected: affected(note, one),
        references: references(note, one, publisher),
        credits: credits(note),
        database_specific: ours(note, one, publisher),
        other: Map::new(),
    }
}

/// What it is called in other databases, in the form that the schema asks for.
fn aliases(one: &PublicVulnerability) -> Vec<String> {
    let listed = one.identifiers.iter().filter(|other| other.names_its_database());
    one.cve.iter().cloned().chain(listed.map(|other| other.id().to_owned())).collect()
}

fn details(note: &PublicNote, one: &PublicVulnerability) -> Option<String> {
    let section = |wanted: Section| {
        let mut sections = note.sections.iter();
        let (_, text) = sections.find(|(section, _)| *section == wanted)?;
        Some(text.trim()).filter(|text| !text.is_empty())
    };
    let own = Some(one.description.trim()).filter(|text| !text.is_empty());
    let first = own.or_else(|| section(Section::Overview)).map(str::to_owned);
    let parts = SECTIONS.iter().filter_map(|wanted| {
        section(*wanted).map(|text| format!("### {}\n\n{text}", wanted.heading()))
    });
    let parts: Vec<String> = first.into_iter().chain(parts).collect();
    (!parts.is_empty()).then(|| parts.join("\n\n"))
}

fn severity(note: &PublicNote, one: &PublicVulnerability) -> Vec<Severity> {
    let scale = |version| match version {
        CvssVersion::V2 => "CVSS_V2",
        CvssVersion::V3_0 | CvssVersion::V3_1 => "CVSS_V3",
        CvssVersion::V4_0 => "CVSS_V4",
    };
    let vectors = cve::scores(note, one).into_iter();
    vectors
        .map(|vector| Severity {
            kind: scale(vector.version()).to_owned(),
            score: vector.to_string(),
            other: Map::new(),
        })
        .collect()
}

/// What is said of a vulnerability, with who says it.
fn statuses<'a>(
    note: &'a PublicNote,
    one: &'a PublicVulnerability,
) -> impl Iterator<Item = (&'a PublicVendor, &'a PublicStatus)> {
    let said =
        note.vendors.iter().flat_map(|vendor| vendor.statuses.iter().map(move |s| (vendor, s)));
    said.filter(|(_, said)| said.vulnerability == one.local)
}

/// The packages that have it or had it; one that two vendors speak of is listed once for each.
fn affected(note: &PublicNote, one: &PublicVulnerability) -> Vec<Affected> {
    statuses(note, one).filter_map(|(_, said)| package_of(said)).collect()
}

fn package_of(said: &PublicStatus) -> Option<Affected> {
    match said.status {
        ProductStatus::Affected | ProductStatus::Fixed | ProductStatus::WillNotFix => {}
        ProductStatus::NotAffected { .. }
        | ProductStatus::Unknown
        | ProductStatus::UnderInvestigation => return None,
    }
    let purl = Purl::parse(said.product.as_ref()?.purl.as_deref()?)?;
    let package = Some(package(&purl)?);
    let single = |range: &VersionRange| match range {
        VersionRange::Only { version } => Some(version.clone()),
        VersionRange::All | VersionRange::Between { .. } => None,
    };
    let mut versions: Vec<String> = said.versions.affected.iter().filter_map(single).collect();
    // A package URL with a version speaks of that version where nothing else was said.
    if said.versions.is_empty() {
        versions.extend(purl.version);
    }
    let ranges =
        if versions.is_empty() || !said.versions.is_empty() { ranges(said) } else { vec![] };
    Some(Affected {
        package,
        severity: vec![],
        ranges,
        versions,
        ecosystem_specific: Map::new(),
        database_specific: Map::new(),
        other: Map::new(),
    })
}

/// A range of its own for each run: the schema does not let one hold both kinds of end. One fix
/// without a run says that everything before it has the flaw; several do not say where each branch
/// begins, so that everything counts as affected.
fn ranges(said: &PublicStatus) -> Vec<Range> {
    let mut ranges: Vec<Range> = said.versions.affected.iter().filter_map(run).collect();
    if said.versions.affected.is_empty() {
        let mut events = vec![Event::Introduced("0".to_owned())];
        if let [fix] = said.versions.fixed.as_slice() {
            events.push(Event::Fixed(fix.clone()));
        }
        ranges.push(range(events));
    }
    ranges
}

fn run(range_said: &VersionRange) -> Option<Range> {
    let (from, until) = match range_said {
        VersionRange::Only { .. } => return None,
        VersionRange::All => (None, None),
        VersionRange::Between { from, until } => (from.clone(), until.clone()),
    };
    let end = until.map(|until| match until {
        Until::Before(version) => Event::Fixed(version),
        Until::Through(version) => Event::LastAffected(version),
    });
    let first = Event::Introduced(from.unwrap_or_else(|| "0".to_owned()));
    Some(range([first].into_iter().chain(end).collect()))
}

fn range(events: Vec<Event>) -> Range {
    Range {
        kind: "ECOSYSTEM".to_owned(),
        events,
        repository: None,
        database_specific: Map::new(),
        other: Map::new(),
    }
}

fn references(
    note: &PublicNote,
    one: &PublicVulnerability,
    publisher: &Publisher,
) -> Vec<Reference> {
    let reference =
        |kind: &str, url: String| Reference { kind: kind.to_owned(), url, other: Map::new() };
    let page = publisher.page(note);
    let mut seen = HashSet::from([page.clone()]);
    let mut listed = vec![reference("ADVISORY", page)];
    let general = note.references.iter().map(|line| ("WEB", line));
    let vendors = note.vendors.iter().flat_map(|vendor| {
        let own = vendor.statuses.iter().filter(|said| said.vulnerability == one.local);
        vendor.references.iter().chain(own.flat_map(|said| &said.references))
    });
    for (kind, line) in general.chain(vendors.map(|line| ("ADVISORY", line))) {
        for url in web_address::addresses(line) {
            if seen.insert(url.clone()) {
                listed.push(reference(kind, url));
            }
        }
    }
    listed
}

fn credits(note: &PublicNote) -> Vec<Credit> {
    let kind = |role: &str| match role {
        "finder" => "FINDER",
        "reporter" => "REPORTER",
        "analyst" => "ANALYST",
        "coordinator" => "COORDINATOR",
        "remediation developer" => "REMEDIATION_DEVELOPER",
        "remediation reviewer" => "REMEDIATION_REVIEWER",
        "remediation verifier" => "REMEDIATION_VERIFIER",
        "tool" => "TOOL",
        "sponsor" => "SPONSOR",
        _ => "OTHER",
    };
    let credits = note.credits.iter();
    credits
        .map(|credit| Credit {
            name: words::line(&credit.name, 4096),
            contact: vec![],
            kind: Some(kind(credit.role.as_deref().unwrap_or("finder")).to_owned()),
            other: Map::new(),
        })
        .filter(|credit| !credit.name.is_empty())
        .collect()
}

/// What OSV has no key for: the note, the weakness, and every vendor's word.
fn ours(note: &PublicNote, one: &PublicVulnerability, publisher: &Publisher) -> Map<String, Value> {
    let vendors: Vec<Value> =
        statuses(note, one).map(|(vendor, said)| word_of(vendor, said)).collect();
    let weakness: Vec<&String> = one.cwe.iter().filter(|id| cwe::is_id(id)).collect();
    let mut ours = Map::from_iter([
        ("note".to_owned(), json!(publisher.number(note))),
        ("vulnerability".to_owned(), json!(one.local)),
    ]);
    if !weakness.is_empty() {
        ours.insert("cwe_ids".to_owned(), json!(weakness));
    }
    if !vendors.is_empty() {
        ours.insert("vendors".to_owned(), Value::Array(vendors));
    }
    ours
}

fn word_of(vendor: &PublicVendor, said: &PublicStatus) -> Value {
    let mut word = Map::from_iter([
        ("vendor".to_owned(), json!(vendor.name)),
        ("status".to_owned(), json!(said.status.label())),
    ]);
    if let Some(product) = &said.product {
        word.insert("product".to_owned(), json!(product.name));
    }
    if !said.versions.is_empty() {
        word.insert("versions".to_owned(), json!(said.versions.to_string()));
    }
    if let ProductStatus::NotAffected { justification: Some(justification) } = &said.status {
        let reason = vex::justification(*justification);
        word.insert("justification".to_owned(), json!(reason));
    }
    Value::Object(word)
}
