//! A record as a note: for an operator's history, and to compare with records that are known.
//! What the shape of a note has no place for stays in the record: CAPEC, tags. Of what others added
//! (ADP containers) scores and references are read, and the weakness where the assigner told none.

use std::str::FromStr;

use domain::status::ProductStatus;
use domain::version::{Until, VersionRange, Versions};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::NOT_NAMED;
use super::record::{Addition, Affected, Container, Metric, Record, Status, Version, Words};
use crate::public_note::{
    Credit, PublicNote, PublicProduct, PublicStatus, PublicVendor, PublicVulnerability, Score,
    Section, TimelineEntry,
};
use crate::words;

/// The record does not say when it was published.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("The CVE record does not say when it was published.")]
pub struct NoDate;

impl Record {
    /// What the record tells, as a note with one vulnerability. Its number is that of the
    /// advisory it names as its source where that has digits, else the CVE id's.
    pub fn to_public_note(&self) -> Result<PublicNote, NoDate> {
        let told = &self.containers.cna;
        let dates = [&self.metadata.published, &told.public, &self.metadata.reserved];
        let first_published_at =
            dates.into_iter().flatten().find_map(|text| said(text)).ok_or(NoDate)?;
        let updated = self.metadata.updated.as_deref().and_then(said);
        let updated_at = updated.unwrap_or(first_published_at);
        Ok(PublicNote {
            number: self.number(),
            title: told.title.clone().unwrap_or_else(|| self.metadata.cve_id.clone()),
            sections: sections(told),
            vulnerabilities: vec![self.vulnerability(first_published_at, updated_at)],
            vendors: vendors(told, updated_at),
            references: self.references(),
            keywords: vec![],
            credits: credits(told),
            scores: vec![],
            created_at: self.metadata.reserved.as_deref().and_then(said),
            public_at: told.public.as_deref().and_then(said),
            first_published_at,
            updated_at,
            revision: 1,
            timeline: timeline(told),
            exploit_public_at: None,
            attacks_seen_at: None,
            revised_at: vec![],
            withdrawn: None,
        })
    }

    fn number(&self) -> String {
        let advisory = self.containers.cna.source.get("advisory").and_then(|one| one.as_str());
        let digits = advisory.map(|text| text.trim_start_matches(|c: char| !c.is_ascii_digit()));
        let digits = digits
            .filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()));
        digits.unwrap_or_else(|| self.metadata.cve_id.trim_start_matches("CVE-")).to_owned()
    }

    fn vulnerability(&self, added_at: Timestamp, updated_at: Timestamp) -> PublicVulnerability {
        let told = &self.containers.cna;
        let added: Vec<Addition> = self.containers.additions().collect();
        let problems = added.iter().flat_map(|one| &one.problem_types);
        let problems = told.problem_types.iter().chain(problems);
        let mut problems = problems.flat_map(|kind| &kind.descriptions);
        let mut all: Vec<Score> = told.metrics.iter().flat_map(scores).collect();
        for one in &added {
            let given_by = one.provider.short_name.clone();
            let given = one.metrics.iter().flat_map(scores);
            let given = given.map(|score| Score { given_by: given_by.clone(), ..score });
            for score in given {
                if all.iter().all(|known| known.vector != score.vector) {
                    all.push(score);
                }
            }
        }
        PublicVulnerability {
            local: 1,
            cve: Some(self.metadata.cve_id.clone()),
            identifiers: vec![],
            description: english(&told.descriptions).unwrap_or_default(),
            cwe: problems.find_map(|problem| problem.cwe.clone()),
            scores: all,
            added_at,
            updated_at,
        }
    }

    /// Each address once, those of the assigner first.
    fn references(&self) -> Vec<String> {
        let own = self.containers.cna.references.iter().cloned();
        let added = self.containers.additions().flat_map(|one| one.references);
        let mut found: Vec<String> = vec![];
        for reference in own.chain(added) {
            if !found.contains(&reference.url) {
                found.push(reference.url);
            }
        }
        found
    }
}

/// An instant; one without a zone is in UTC, as the format says.
fn said(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let local = DateTime::from_str(text).ok()?;
        TimeZone::UTC.to_timestamp(local).ok()
    })
}

/// The English text, as the Markdown beside it where there is some; plain words are escaped.
fn english(texts: &[Words]) -> Option<String> {
    let words = texts.iter().find(|words| words.is_english()).or_else(|| texts.first())?;
    let mut media = words.media.iter();
    let markdown = media.find(|media| media.kind == "text/markdown" && media.base64 != Some(true));
    match markdown {
        Some(media) => Some(media.value.clone()),
        None => Some(crate::html::to_markdown(&words.value)),
    }
}

fn sections(told: &Container) -> Vec<(Section, String)> {
    let impact = told.impacts.iter().find_map(|impact| english(&impact.descriptions));
    let found = [
        (Section::Impact, impact),
        (Section::Solution, english(&told.solutions)),
        (Section::Workarounds, english(&told.workarounds)),
    ];
    found.into_iter().filter_map(|(section, text)| Some((section, text?))).collect()
}

fn scores(metric: &Metric) -> Vec<Score> {
    let all = [&metric.cvss4, &metric.cvss31, &metric.cvss30, &metric.cvss2];
    let score = |cvss: &super::Cvss| Score {
        vector: cvss.vector.clone(),
        base: cvss.base.as_f64(),
        given_by: None,
    };
    all.into_iter().flatten().map(score).collect()
}

fn credits(told: &Container) -> Vec<Credit> {
    let credits = told.credits.iter();
    credits.map(|one| Credit { name: one.value.clone(), role: one.kind.clone() }).collect()
}

fn timeline(told: &Container) -> Vec<TimelineEntry> {
    let events = told.timeline.iter();
    events
        .filter_map(|one| Some(TimelineEntry { at: said(&one.time)?, words: one.value.clone() }))
        .collect()
}

fn vendors(told: &Container, updated_at: Timestamp) -> Vec<PublicVendor> {
    let mut vendors: Vec<PublicVendor> = Vec::new();
    for affected in told.affected.iter().filter(|affected| affected.is_named()) {
        let name = named(affected.vendor.as_deref())
            .or_else(|| named(affected.package.as_deref()))
            .unwrap_or_else(|| NOT_NAMED.to_owned());
        let known = vendors.iter().position(|vendor| vendor.name == name);
        let place = known.unwrap_or(vendors.len());
        if known.is_none() {
            vendors.push(PublicVendor {
                name,
                statuses: vec![],
                statement: None,
                information: None,
                references: vec![],
                addendum: None,
                contacted_at: None,
                statement_at: None,
                updated_at,
            });
        }
        if let Some(vendor) = vendors.get_mut(place) {
            vendor.statuses.extend(statuses(affected, updated_at));
        }
    }
    vendors
}

fn named(name: Option<&str>) -> Option<String> {
    let name = words::line(name?, 2048);
    (!name.is_empty() && !name.eq_ignore_ascii_case(NOT_NAMED)).then_some(name)
}

/// One status for the versions that have it, and one for what is said of the others.
fn statuses(affected: &Affected, at: Timestamp) -> Vec<PublicStatus> {
    let status = |status: ProductStatus, versions: Versions| PublicStatus {
        vulnerability: 1,
        product: product(affected),
        status,
        versions,
        statement: None,
        references: vec![],
        added_at: at,
        updated_at: at,
    };
    let rest = affected.default_status.unwrap_or(Status::Unknown);
    let ranges = |wanted: Status| -> Vec<VersionRange> {
        let versions = affected.versions.iter().filter(|version| version.status == wanted);
        versions.flat_map(runs).collect()
    };
    let single = |version: &&Version| version.status == Status::Unaffected && !is_run(version);
    let mended = affected.versions.iter().filter(single).map(|one| one.version.clone());
    let mut fixed: Vec<String> = mended.collect();
    for change in affected.versions.iter().flat_map(|version| &version.changes) {
        if change.status == Status::Unaffected && !fixed.contains(&change.at) {
            fixed.push(change.at.clone());
        }
    }
    let broken = ranges(Status::Affected);
    let mut found = Vec::new();
    if !broken.is_empty() {
        let mends = rest == Status::Unaffected;
        let kind = if mends { ProductStatus::Fixed } else { ProductStatus::Affected };
        found.push(status(kind, Versions { affected: broken, fixed }));
    } else if rest == Status::Affected || (rest == Status::Unknown && !fixed.is_empty()) {
        let kind =
            if rest == Status::Affected { ProductStatus::Affected } else { ProductStatus::Unknown };
        found.push(status(kind, Versions { affected: vec![], fixed }));
    } else if rest == Status::Unaffected {
        let kind = ProductStatus::NotAffected { justification: None };
        found.push(status(kind, Versions::default()));
    }
    let unknown = ranges(Status::Unknown);
    if !unknown.is_empty() || found.is_empty() {
        let versions = Versions { affected: unknown, fixed: vec![] };
        found.push(status(ProductStatus::Unknown, versions));
    }
    found
}

fn product(affected: &Affected) -> Option<PublicProduct> {
    let name = named(affected.product.as_deref()).or_else(|| named(affected.package.as_deref()));
    let cpe = affected.cpes.first().cloned();
    let vendor = affected.vendor.as_deref().unwrap_or_default();
    name.map(|name| PublicProduct {
        id: format!("{vendor}:{name}"),
        name,
        purl: affected.purl.clone(),
        cpe,
    })
}

fn is_run(version: &Version) -> bool {
    version.less_than.is_some() || version.less_than_or_equal.is_some()
}

/// The runs of versions that an entry stands for. Some assigners write `>= 1, < 2` as a version,
/// or words that say that they do not know.
fn runs(version: &Version) -> Vec<VersionRange> {
    let text = version.version.trim();
    if !is_run(version) {
        return match text.to_lowercase().as_str() {
            "" | "n/a" | "-" | "unspecified" | "unknown" => vec![],
            "*" | "all" => vec![VersionRange::All],
            _ if text.contains(['<', '>']) => {
                let line = text.replace(',', " ");
                Versions::from_str(&line).map_or_else(|_| vec![], |versions| versions.affected)
            }
            _ => vec![VersionRange::Only { version: text.to_owned() }],
        };
    }
    let open = matches!(text, "" | "0" | "*" | "unspecified" | "n/a");
    let from = (!open).then(|| text.to_owned());
    let until = match (&version.less_than, &version.less_than_or_equal) {
        (Some(end), _) if end == "*" => None,
        (None, Some(end)) if end == "*" => None,
        (Some(end), _) => Some(Until::Before(end.clone())),
        (None, Some(end)) => Some(Until::Through(end.clone())),
        (None, None) => None,
    };
    match (&from, &until) {
        (None, None) => vec![VersionRange::All],
        _ => vec![VersionRange::Between { from, until }],
    }
}
