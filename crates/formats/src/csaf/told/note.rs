//! An advisory as a note of ours, for the history that an operator brings along. What has no place in a note is left out.

use std::collections::{BTreeMap, BTreeSet};

use domain::Identifier;
use jiff::Timestamp;

use super::Told;
use crate::csaf::document::Document;
use crate::csaf::shape::{Acknowledgment, NoteCategory, Other, ReferenceCategory};
use crate::csaf::vulnerability::{ThreatCategory, Vulnerability};
use crate::csaf::{Refused, SCORES, UNKNOWN_VENDORS};
use crate::public_note::{
    Credit, PublicNote, PublicStatus, PublicVendor, PublicVulnerability, Score, Section,
};

/// The dates of a document.
#[derive(Clone, Copy)]
struct Dates {
    first: Timestamp,
    newest: Timestamp,
}

impl Document {
    /// The document as a note; refused where its dates of release cannot be read.
    pub fn to_public_note(&self) -> Result<PublicNote, Refused> {
        let tracking = &self.document.tracking;
        let date = |key: &str, text: &str| {
            let words = format!("`{key}` holds no date");
            text.parse::<Timestamp>().map_err(|_| Refused::NotCsaf { words })
        };
        let first = date("initial_release_date", &tracking.initial_release_date)?;
        let newest = date("current_release_date", &tracking.current_release_date)?;
        let dates = Dates { first, newest };
        let told =
            |one: &&Vulnerability| one.disclosure_date.is_some() || one.release_date.is_some();
        let told = self.vulnerabilities.iter().find(told);
        let told = told.and_then(|one| one.disclosure_date.as_ref().or(one.release_date.as_ref()));
        Ok(PublicNote {
            number: tracking.id.clone(),
            title: self.document.title.clone(),
            sections: self.sections(),
            vulnerabilities: self.flaws(dates),
            vendors: self.vendors(dates),
            references: self.others(),
            keywords: vec![],
            credits: self.document.acknowledgments.iter().flat_map(credits).collect(),
            scores: vec![],
            created_at: None,
            public_at: told.and_then(|date| date.parse().ok()),
            first_published_at: first,
            updated_at: newest,
            revision: i64::try_from(tracking.revision_history.len()).unwrap_or(i64::MAX),
            timeline: vec![],
            exploit_public_at: self.exploit(),
            attacks_seen_at: self.attacks(),
            revised_at: vec![],
            withdrawn: None,
        })
    }

    /// Notes under the headings of ours are those sections; of others the summary and the description are read.
    fn sections(&self) -> Vec<(Section, String)> {
        let mut found: Vec<(Section, String)> = vec![];
        for note in &self.document.notes {
            let title = note.title.as_deref().unwrap_or_default();
            let named = Section::ALL.into_iter().find(|section| section.heading() == title);
            let section = named.or(match note.category {
                NoteCategory::Summary => Some(Section::Overview),
                NoteCategory::Description | NoteCategory::Details => Some(Section::Description),
                NoteCategory::General
                | NoteCategory::Faq
                | NoteCategory::LegalDisclaimer
                | NoteCategory::Other => None,
            });
            let Some(section) = section else { continue };
            match found.iter_mut().find(|(known, _)| *known == section) {
                Some((_, text)) => *text = format!("{text}\n\n{}", note.text),
                None => found.push((section, note.text.clone())),
            }
        }
        found
    }

    fn flaws(&self, dates: Dates) -> Vec<PublicVulnerability> {
        let numbered = (1..).zip(&self.vulnerabilities);
        numbered
            .map(|(local, one)| PublicVulnerability {
                local,
                cve: one.cve.clone(),
                identifiers: self.identifiers(local, one),
                description: described(one),
                cwe: one.cwe.iter().chain(&one.cwes).next().map(|known| known.id.clone()),
                scores: scores(one),
                added_at: dates.first,
                updated_at: dates.newest,
            })
            .collect()
    }

    /// What others call a vulnerability; the name that the document's own number gives it is not
    /// one of these.
    fn identifiers(&self, local: u32, one: &Vulnerability) -> Vec<Identifier> {
        let own = format!("{}.{local}", self.document.tracking.id);
        let others = one.ids.iter().filter(|id| id.text != own);
        let told = others.filter_map(|id| Identifier::told(&id.system_name, &id.text));
        told.collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn vendors(&self, dates: Dates) -> Vec<PublicVendor> {
        let mut found = Vendors { dates, known: vec![], places: BTreeMap::new() };
        for answer in self.told() {
            let status = status_of(&answer, dates);
            found.tell(&answer.vendor, Some(status));
        }
        // Where 2.0 has no word for what is unknown, a note of ours lists the vendors.
        for (local, one) in (1..).zip(&self.vulnerabilities) {
            for name in one.notes.iter().filter(|note| is_unknown(note)).flat_map(listed) {
                let status = domain::status::ProductStatus::Unknown;
                let unknown = PublicStatus {
                    vulnerability: local,
                    product: None,
                    status,
                    versions: domain::version::Versions::default(),
                    statement: None,
                    references: vec![],
                    added_at: dates.first,
                    updated_at: dates.newest,
                };
                found.tell(name, Some(unknown));
            }
        }
        for name in self.document.notes.iter().filter(|note| is_unknown(note)).flat_map(listed) {
            found.tell(name, None);
        }
        found.known
    }

    fn others(&self) -> Vec<String> {
        let references = self.document.references.iter();
        let others = references.filter(|one| one.category != Some(ReferenceCategory::Itself));
        others.map(|one| one.url.clone()).collect()
    }

    /// Since when the first exploit is known.
    fn exploit(&self) -> Option<Timestamp> {
        let threats = self.vulnerabilities.iter().flat_map(|one| &one.threats);
        let exploits = threats.filter(|one| one.category == ThreatCategory::ExploitStatus);
        exploits.filter_map(|one| one.date.as_ref()?.parse().ok()).min()
    }

    /// Since when the first attack is known (CSAF 2.1).
    fn attacks(&self) -> Option<Timestamp> {
        let known = self.vulnerabilities.iter().flat_map(|one| &one.first_known_exploitation_dates);
        known.filter_map(|one| one.exploitation_date.parse().ok()).min()
    }
}

fn is_unknown(note: &crate::csaf::shape::Note) -> bool {
    note.title.as_deref() == Some(UNKNOWN_VENDORS)
}

fn listed(note: &crate::csaf::shape::Note) -> impl Iterator<Item = &str> {
    note.text.lines().filter_map(|line| line.strip_prefix("- "))
}

/// The vendors that a document names, in the order in which it does.
struct Vendors {
    dates: Dates,
    known: Vec<PublicVendor>,
    places: BTreeMap<String, usize>,
}

impl Vendors {
    fn tell(&mut self, name: &str, status: Option<PublicStatus>) {
        let place = *self.places.entry(name.to_owned()).or_insert(self.known.len());
        if place == self.known.len() {
            self.known.push(PublicVendor {
                name: name.to_owned(),
                statuses: vec![],
                statement: None,
                information: None,
                references: vec![],
                addendum: None,
                contacted_at: None,
                statement_at: None,
                updated_at: self.dates.newest,
            });
        }
        if let Some(vendor) = self.known.get_mut(place) {
            vendor.statuses.extend(status);
        }
    }
}

fn status_of(answer: &Told, dates: Dates) -> PublicStatus {
    PublicStatus {
        vulnerability: answer.vulnerability,
        product: answer.product.clone(),
        status: answer.status.clone(),
        versions: answer.versions.clone(),
        statement: answer.statement.clone(),
        references: vec![],
        added_at: dates.first,
        updated_at: dates.newest,
    }
}

fn described(vulnerability: &Vulnerability) -> String {
    let mut notes = vulnerability.notes.iter();
    let described = notes
        .find(|note| matches!(note.category, NoteCategory::Description | NoteCategory::Summary));
    let title = || vulnerability.title.clone().unwrap_or_default();
    described.map_or_else(title, |note| note.text.clone())
}

fn scores(vulnerability: &Vulnerability) -> Vec<Score> {
    let mut found: Vec<Score> = vec![];
    let mut put = |object: Option<&Other>, given_by: Option<&String>| {
        let Some(object) = object else { return };
        let Some(vector) = object.get("vectorString").and_then(|one| one.as_str()) else { return };
        let base = object.get("baseScore").and_then(serde_json::Value::as_f64);
        let score = Score { vector: vector.to_owned(), base, given_by: given_by.cloned() };
        if !found.contains(&score) {
            found.push(score);
        }
    };
    for score in &vulnerability.scores {
        put(score.cvss_v2.as_ref(), None);
        put(score.cvss_v3.as_ref(), None);
    }
    for metric in &vulnerability.metrics {
        let (content, source) = (&metric.content, metric.source.as_ref());
        put(content.cvss_v2.as_ref(), source);
        put(content.cvss_v3.as_ref(), source);
        put(content.cvss_v4.as_ref(), source);
    }
    for told in vulnerability.notes.iter().filter(|note| note.title.as_deref() == Some(SCORES)) {
        for score in told.text.lines().filter_map(told_score) {
            match found.iter_mut().find(|known| known.vector == score.vector) {
                Some(known) => known.given_by = known.given_by.take().or(score.given_by),
                None => found.push(score),
            }
        }
    }
    found
}

/// A score that a document of ours tells in words, because no product has it or somebody else gave it.
fn told_score(line: &str) -> Option<Score> {
    let line = line.strip_prefix("- ")?;
    let (line, given_by) = match line.split_once(", given by ") {
        Some((line, name)) => (line, Some(name.to_owned())),
        None => (line, None),
    };
    let (vector, base) = match line.split_once(", base score ") {
        Some((vector, base)) => (vector, Some(base.parse().ok()?)),
        None => (line, None),
    };
    Some(Score { vector: vector.to_owned(), base, given_by })
}

fn credits(thanked: &Acknowledgment) -> Vec<Credit> {
    let role = thanked.summary.clone();
    let names = thanked.names.iter();
    let alone = thanked.organization.iter().filter(|_| thanked.names.is_empty());
    names.chain(alone).map(|name| Credit { name: name.clone(), role: role.clone() }).collect()
}
