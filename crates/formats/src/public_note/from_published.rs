//! A published note of ours, as the plain values that formats are written from.

use domain::note::{Content, PublishedProduct, PublishedVendor, Section as Ours};
use domain::status::ProductStatus;
use domain::version::Versions;
use domain::{Published, Timestamp};

use super::{
    Credit, PublicNote, PublicProduct, PublicStatus, PublicVendor, PublicVulnerability, Score,
    Section, TimelineEntry, Withdrawn,
};

impl From<&Published> for PublicNote {
    fn from(note: &Published) -> Self {
        Self::from(&**note)
    }
}

impl From<&Content> for PublicNote {
    fn from(note: &Content) -> Self {
        if let Some(elsewhere) = note.elsewhere() {
            return super::imported::from_elsewhere(note, elsewhere);
        }
        let references = note.sections().get(&Ours::References);
        let lines = references.map(|text| text.lines().map(str::trim)).into_iter().flatten();
        let sections = note.sections().iter();
        Self {
            number: note.number().digits().to_owned(),
            title: note.title().to_owned(),
            sections: sections
                .filter_map(|(section, text)| Some((section_of(*section)?, text.clone())))
                .collect(),
            vulnerabilities: vulnerabilities(note),
            vendors: note.vendors().iter().map(|vendor| vendor_of(note, vendor)).collect(),
            references: lines.filter(|line| !line.is_empty()).map(str::to_owned).collect(),
            keywords: vec![],
            credits: note
                .credit()
                .map(|name| Credit { name: name.to_owned(), role: Some("reporter".to_owned()) })
                .into_iter()
                .collect(),
            scores: note.scores().iter().map(|vector| score_of(vector)).collect(),
            created_at: Some(note.reported_at()),
            public_at: Some(note.published_at()),
            first_published_at: note.published_at(),
            updated_at: note.updated_at(),
            revision: i64::from(note.revision()),
            timeline: timeline(note),
            exploit_public_at: note.exploit_public_at(),
            attacks_seen_at: note.attacks_seen_at(),
            revised_at: note.released_at().split_off(1),
            withdrawn: note
                .withdrawn()
                .map(|told| Withdrawn { at: told.at, reason: told.reason.clone() }),
        }
    }
}

/// What a section of ours is called in a public note; references have a place of their own there.
pub fn section_of(section: Ours) -> Option<Section> {
    match section {
        Ours::Overview => Some(Section::Overview),
        Ours::Description => Some(Section::Description),
        Ours::Impact => Some(Section::Impact),
        Ours::Solution => Some(Section::Solution),
        Ours::Workarounds => Some(Section::Workarounds),
        Ours::SystemsAffected => Some(Section::SystemsAffected),
        Ours::Author => Some(Section::Author),
        Ours::Acknowledgements => Some(Section::Acknowledgements),
        Ours::References => None,
    }
}

fn vulnerabilities(note: &Content) -> Vec<PublicVulnerability> {
    let flaws = note.vulnerabilities().iter();
    flaws
        .map(|flaw| PublicVulnerability {
            local: flaw.ordinal,
            cve: flaw.cve.as_ref().map(ToString::to_string),
            identifiers: flaw.identifiers.clone(),
            description: flaw.description.clone(),
            cwe: flaw.cwe.map(|number| format!("CWE-{number}")),
            scores: flaw.vectors.iter().map(|vector| score_of(vector)).collect(),
            added_at: note.published_at(),
            updated_at: note.updated_at(),
        })
        .collect()
}

fn score_of(vector: &str) -> Score {
    let base = vector.parse::<domain::score::Vector>().ok();
    let base = base.map(|vector| vector.scores().base.as_f64());
    Score { vector: vector.to_owned(), base, given_by: None }
}

fn vendor_of(note: &Content, vendor: &PublishedVendor) -> PublicVendor {
    let updated_at = vendor.updated_at.or(vendor.notified_at).unwrap_or(note.published_at());
    PublicVendor {
        name: vendor.name.clone(),
        statuses: statuses(vendor, updated_at),
        statement: vendor.statement.clone(),
        information: vendor.information.clone(),
        references: vendor.references.clone(),
        addendum: vendor.addendum.clone(),
        contacted_at: vendor.notified_at,
        statement_at: vendor.statement.as_ref().and(vendor.updated_at),
        updated_at,
    }
}

/// What the vendor says of its products, flaw by flaw; where it says nothing, that nobody knows.
fn statuses(vendor: &PublishedVendor, updated_at: Timestamp) -> Vec<PublicStatus> {
    let status = |vulnerability, status: &ProductStatus, at| PublicStatus {
        vulnerability,
        product: None,
        status: status.clone(),
        versions: Versions::default(),
        statement: None,
        references: vec![],
        added_at: at,
        updated_at: at,
    };
    let mut statuses: Vec<_> = vendor
        .lines
        .iter()
        .map(|line| PublicStatus {
            product: line.product.as_ref().map(product_of),
            versions: line.versions.clone(),
            ..status(line.ordinal, &line.status, line.at)
        })
        .collect();
    for (ordinal, overall) in &vendor.statuses {
        if vendor.lines.iter().all(|line| line.ordinal != *ordinal) {
            statuses.push(status(*ordinal, overall, updated_at));
        }
    }
    statuses.sort_by_key(|status| status.vulnerability);
    statuses
}

fn product_of(product: &PublishedProduct) -> PublicProduct {
    PublicProduct {
        id: product.id.to_string(),
        name: product.name.clone(),
        purl: product.purl.clone(),
        cpe: product.cpe.clone(),
    }
}

fn timeline(note: &Content) -> Vec<TimelineEntry> {
    let entry = |at, words: &str| TimelineEntry { at, words: words.to_owned() };
    let mut timeline = vec![entry(note.reported_at(), "The report came in.")];
    if let Some(at) = note.first_contact_at() {
        timeline.push(entry(at, "The first vendor was told."));
    }
    if let Some(at) = note.exploit_public_at() {
        timeline.push(entry(at, "An exploit became public."));
    }
    if let Some(at) = note.attacks_seen_at() {
        timeline.push(entry(at, "Attacks were seen."));
    }
    timeline.push(entry(note.published_at(), "This note was published."));
    if let Some(told) = note.withdrawn() {
        timeline.push(entry(told.at, "This note was withdrawn."));
    }
    timeline.sort_by_key(|entry| entry.at);
    timeline
}
