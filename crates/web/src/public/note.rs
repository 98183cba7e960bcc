//! The page of a published note, made from [`Published`] alone.

use std::collections::BTreeSet;

use askama::Template;
use domain::note::{
    Elsewhere, PublishedLine, PublishedVendor, PublishedVulnerability, Remains, Section,
    SubjectKind, place_of,
};
use domain::score::Vector;
use domain::status::ProductStatus;
use domain::{Published, Timestamp};

use super::Moment;
use super::subject::address;
use super::texts::{html, references};
use crate::chrome::Page;

#[derive(Template)]
#[template(path = "public/note.html")]
pub(super) struct NotePage {
    page: Page,
    /// The note in the words of schema.org, for search engines.
    data: String,
    signed: bool,
    number: String,
    slug: String,
    title: String,
    withdrawn: Option<Moment>,
    published: Moment,
    revised: Option<Moment>,
    updated: Moment,
    revision: u32,
    sections: Vec<(&'static str, String)>,
    flaws: Vec<Flaw>,
    vendors: Vec<Vendor>,
    counts: String,
    /// Whether any vendor says how it stands, so that there is an OpenVEX file.
    vendors_spoke: bool,
    scores: Vec<Score>,
    exploit: Option<Moment>,
    attacks: Option<Moment>,
    credit: Option<String>,
    /// When it was reported to this team; not of a note that came from elsewhere.
    reported: Option<Moment>,
    /// Who published it first, if it came from elsewhere.
    elsewhere: Option<String>,
    first_contact: Option<Moment>,
}

struct Flaw {
    ordinal: u32,
    name: String,
    cve: Option<String>,
    /// Whether there is a CVE record of ours.
    recorded: bool,
    identifiers: Vec<String>,
    cwe: Option<u32>,
    description: String,
    scores: Vec<Score>,
}

struct Score {
    words: String,
    vector: String,
}

struct Vendor {
    name: String,
    /// Where all notes that name it are.
    address: String,
    statuses: Vec<Status>,
    statement: Option<String>,
    information: Option<String>,
    references: Option<String>,
    addendum: Option<String>,
    told: Option<Moment>,
    answered: Option<Moment>,
}

/// What a vendor says of a flaw, as a cell of the table.
struct Status {
    flaw: String,
    kind: &'static str,
    word: &'static str,
    /// What it says of single products and versions.
    lines: Vec<Line>,
}

/// What is said of a product and versions.
struct Line {
    /// The product, with where all notes that name it are.
    product: Option<(String, String)>,
    /// `Affected, < 4.2`.
    words: String,
}

/// What stands beside the note's own words.
pub(super) struct Beside {
    /// The note in the words of schema.org.
    pub(super) data: String,
    /// The names of its files.
    pub(super) files: BTreeSet<String>,
}

impl NotePage {
    pub(super) fn new(page: Page, note: &Published, beside: Beside, now: Timestamp) -> Self {
        // Where nothing may stay, the notice says all there is to say.
        let told = note.withdrawn();
        let bare = told.is_some_and(|told| told.remains == Remains::Nothing);
        let flaws = note.vulnerabilities().iter().filter(|_| !bare);
        let flaws: Vec<_> = flaws.map(|flaw| Flaw::new(note, flaw, &beside.files)).collect();
        let vendor = |vendor| Vendor::new(vendor, note.vulnerabilities(), &flaws, now);
        let section = |(section, text): (&Section, &String)| {
            let html = match section {
                Section::References => references(text),
                Section::Overview
                | Section::Description
                | Section::Impact
                | Section::Solution
                | Section::Workarounds
                | Section::SystemsAffected
                | Section::Acknowledgements
                | Section::Author => html(text),
            };
            (section.label(), html)
        };
        let revised = note.updated_at() > note.published_at();
        Self {
            page,
            data: beside.data,
            signed: beside.files.contains(app::artefact::SIGNED),
            number: note.number().to_string(),
            slug: note.number().slug(),
            title: note.title().to_owned(),
            withdrawn: told.map(|told| Moment::new(told.at, now)),
            published: Moment::new(note.published_at(), now),
            revised: revised.then(|| Moment::new(note.updated_at(), now)),
            updated: Moment::new(note.updated_at(), now),
            revision: note.revision(),
            sections: note.sections().iter().map(section).collect(),
            vendors: note.vendors().iter().map(vendor).collect(),
            counts: counts(note.vendors()),
            vendors_spoke: told.is_none()
                && note.vendors().iter().any(|them| them.status != ProductStatus::Unknown),
            flaws,
            scores: note.scores().iter().map(|vector| Score::new(vector)).collect(),
            exploit: note.exploit_public_at().map(|at| Moment::new(at, now)),
            attacks: note.attacks_seen_at().map(|at| Moment::new(at, now)),
            credit: note.credit().map(str::to_owned),
            reported: note.elsewhere().is_none().then(|| Moment::new(note.reported_at(), now)),
            elsewhere: note.elsewhere().map(first_published),
            first_contact: note.first_contact_at().map(|at| Moment::new(at, now)),
        }
    }
}

impl Flaw {
    fn new(note: &Published, flaw: &PublishedVulnerability, files: &BTreeSet<String>) -> Self {
        let cve = flaw.cve.as_ref().map(ToString::to_string);
        let place = || format!("{}.{}", note.number(), flaw.ordinal);
        Self {
            ordinal: flaw.ordinal,
            name: cve.clone().unwrap_or_else(place),
            cve,
            recorded: files.contains(&app::artefact::cve_of(flaw.ordinal)),
            identifiers: flaw.identifiers.iter().map(ToString::to_string).collect(),
            cwe: flaw.cwe,
            description: html(&flaw.description),
            scores: flaw.vectors.iter().map(|vector| Score::new(vector)).collect(),
        }
    }
}

impl Score {
    fn new(text: &str) -> Self {
        let words = match text.parse::<Vector>() {
            Ok(vector) => format!(
                "{} {} (CVSS {})",
                vector.scores().overall(),
                vector.severity().to_string().to_lowercase(),
                vector.version()
            ),
            // A vector of a version we do not know is shown as it was given.
            Err(_) => String::new(),
        };
        Self { words, vector: text.to_owned() }
    }
}

impl Vendor {
    fn new(
        vendor: &PublishedVendor,
        known: &[PublishedVulnerability],
        flaws: &[Flaw],
        now: Timestamp,
    ) -> Self {
        let heard = vendor.updated_at.is_some();
        let status = |(flaw, shown): (&PublishedVulnerability, &Flaw)| {
            let said = vendor.statuses.get(&flaw.ordinal).unwrap_or(&ProductStatus::Unknown);
            let (kind, word) = vendor_status(said, heard);
            let lines = vendor.lines.iter().filter(|line| line.ordinal == flaw.ordinal);
            let lines = lines.filter_map(line_of).collect();
            Status { flaw: shown.name.clone(), kind, word, lines }
        };
        Self {
            name: vendor.name.clone(),
            address: address(SubjectKind::Vendor, &place_of(&vendor.name)),
            statuses: known.iter().zip(flaws).map(status).collect(),
            statement: vendor.statement.as_deref().map(html),
            information: vendor.information.as_deref().map(html),
            references: Some(vendor.references.join("\n"))
                .filter(|lines| !lines.is_empty())
                .map(|lines| references(&lines)),
            addendum: vendor.addendum.as_deref().map(html),
            told: vendor.notified_at.map(|at| Moment::new(at, now)),
            answered: vendor.updated_at.map(|at| Moment::new(at, now)),
        }
    }
}

/// A product and versions, where something is said of them: `Router 4: Affected, < 4.2`.
fn line_of(line: &PublishedLine) -> Option<Line> {
    let product = line.product.as_ref().map(|product| {
        (product.name.clone(), address(SubjectKind::Product, &product.id.to_string()))
    });
    let says_more = product.is_some() || !line.versions.is_empty();
    let versions =
        if line.versions.is_empty() { String::new() } else { format!(", {}", line.versions) };
    says_more.then(|| Line { product, words: format!("{}{versions}", line.status.label()) })
}

/// The sign and the word for a status; `heard` tells silence from not knowing.
pub(crate) fn vendor_status(status: &ProductStatus, heard: bool) -> (&'static str, &'static str) {
    match status {
        ProductStatus::Unknown if heard => ("untold", "Unknown"),
        ProductStatus::Unknown => ("silent", "No answer"),
        ProductStatus::UnderInvestigation => ("looking", "Investigating"),
        ProductStatus::Affected => ("affected", "Affected"),
        ProductStatus::NotAffected { .. } => ("clear", "Not affected"),
        ProductStatus::Fixed => ("fixed", "Fixed"),
        ProductStatus::WillNotFix => ("affected", "Affected, no fix will come"),
    }
}

/// By whom a note was published before it came here, and as what.
fn first_published(beyond: &Elsewhere) -> String {
    let by = beyond.publisher.as_ref().map(|name| format!(" by {name}")).unwrap_or_default();
    let called = beyond.called.as_ref().map(|id| format!(" as {id}")).unwrap_or_default();
    format!("First published elsewhere{by}{called}.")
}

/// How many vendors are what, in words: `7 affected, 3 fixed`.
fn counts(vendors: &[PublishedVendor]) -> String {
    let (mut affected, mut fixed, mut clear, mut open) = (0, 0, 0, 0);
    for vendor in vendors {
        match vendor.status {
            ProductStatus::Affected | ProductStatus::WillNotFix => affected += 1,
            ProductStatus::Fixed => fixed += 1,
            ProductStatus::NotAffected { .. } => clear += 1,
            ProductStatus::Unknown | ProductStatus::UnderInvestigation => open += 1,
        }
    }
    let parts =
        [(affected, "affected"), (fixed, "fixed"), (clear, "not affected"), (open, "not known")];
    let told = parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}"));
    told.collect::<Vec<_>>().join(", ")
}
