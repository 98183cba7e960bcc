//! A public note that was read from a file, as a note of this server, and back without loss.

use domain::note::{
    Assigner, Content, Elsewhere, FlawElsewhere, Imported, LineElsewhere, PublishedLine,
    PublishedProduct, PublishedVendor, PublishedVulnerability, ScoreElsewhere, Section as Ours,
    VendorElsewhere,
};
use domain::status::ProductStatus;
use domain::{CaseNumber, ProductId};
use sha2::{Digest, Sha256};

use super::{
    Credit, PublicNote, PublicProduct, PublicStatus, PublicVendor, PublicVulnerability, Score,
    Section, TimelineEntry, Withdrawn,
};

impl PublicNote {
    /// The note under a number of this server; `publisher` is who published it, and `called` what
    /// it is called there if that is not its number.
    pub fn into_imported(
        self,
        number: CaseNumber,
        (publisher, called): (Option<String>, Option<String>),
    ) -> Imported {
        let elsewhere = Elsewhere {
            publisher,
            called,
            began_at: self.created_at,
            public_at: self.public_at,
            scores: self.scores.iter().map(score).collect(),
            flaws: self.vulnerabilities.iter().map(flaw_beyond).collect(),
            vendors: self.vendors.iter().map(vendor_beyond).collect(),
            keywords: self.keywords,
            thanked: self.credits.into_iter().map(|one| (one.name, one.role)).collect(),
            timeline: self.timeline.into_iter().map(|entry| (entry.at, entry.words)).collect(),
        };
        let mut sections: std::collections::BTreeMap<_, _> =
            self.sections.into_iter().map(|(section, text)| (ours(section), text)).collect();
        if !self.references.is_empty() {
            sections.insert(Ours::References, self.references.join("\n"));
        }
        Imported {
            number,
            title: self.title,
            sections,
            vulnerabilities: self.vulnerabilities.into_iter().map(flaw).collect(),
            scores: self.scores.into_iter().map(|score| score.vector).collect(),
            vendors: self.vendors.into_iter().map(vendor).collect(),
            exploit_public_at: self.exploit_public_at,
            attacks_seen_at: self.attacks_seen_at,
            published_at: self.first_published_at,
            updated_at: self.updated_at,
            revision: u32::try_from(self.revision.max(1)).unwrap_or(u32::MAX),
            elsewhere,
        }
    }
}

fn ours(section: Section) -> Ours {
    match section {
        Section::Overview => Ours::Overview,
        Section::Description => Ours::Description,
        Section::Impact => Ours::Impact,
        Section::Solution => Ours::Solution,
        Section::Workarounds => Ours::Workarounds,
        Section::SystemsAffected => Ours::SystemsAffected,
        Section::Acknowledgements => Ours::Acknowledgements,
        Section::Author => Ours::Author,
    }
}

fn score(score: &Score) -> ScoreElsewhere {
    // The shortest text that is read as the same number.
    let base = score.base.map(|base| base.to_string());
    ScoreElsewhere { base, given_by: score.given_by.clone() }
}

fn flaw(flaw: PublicVulnerability) -> PublishedVulnerability {
    let cwe = flaw.cwe.as_deref().and_then(|cwe| cwe.strip_prefix("CWE-")?.parse().ok());
    PublishedVulnerability {
        ordinal: flaw.local,
        cve: flaw.cve.and_then(|cve| cve.parse().ok()),
        assigner: Assigner::Another,
        identifiers: flaw.identifiers,
        cwe,
        description: flaw.description,
        vectors: flaw.scores.into_iter().map(|score| score.vector).collect(),
    }
}

fn flaw_beyond(flaw: &PublicVulnerability) -> FlawElsewhere {
    FlawElsewhere {
        scores: flaw.scores.iter().map(score).collect(),
        added_at: flaw.added_at,
        updated_at: flaw.updated_at,
    }
}

fn vendor(vendor: PublicVendor) -> PublishedVendor {
    let gravest = |statuses: &mut dyn Iterator<Item = &PublicStatus>| {
        let gravest = statuses.max_by_key(|said| said.status.gravity());
        gravest.map_or(ProductStatus::Unknown, |said| said.status.clone())
    };
    let of =
        |flaw: u32| gravest(&mut vendor.statuses.iter().filter(|said| said.vulnerability == flaw));
    PublishedVendor {
        status: gravest(&mut vendor.statuses.iter()),
        statuses: vendor
            .statuses
            .iter()
            .map(|said| (said.vulnerability, of(said.vulnerability)))
            .collect(),
        notified_at: vendor.contacted_at,
        updated_at: vendor.statement_at,
        lines: vendor.statuses.iter().map(|said| line(&vendor.name, said)).collect(),
        name: vendor.name,
        statement: vendor.statement,
        information: vendor.information,
        references: vendor.references,
        addendum: vendor.addendum,
    }
}

fn line(vendor: &str, said: &PublicStatus) -> PublishedLine {
    PublishedLine {
        ordinal: said.vulnerability,
        product: said.product.as_ref().map(|product| PublishedProduct {
            id: id_of(vendor, &product.id),
            name: product.name.clone(),
            purl: product.purl.clone(),
            cpe: product.cpe.clone(),
        }),
        status: said.status.clone(),
        versions: said.versions.clone(),
        at: said.updated_at,
    }
}

/// The same product of the same vendor has the same id in every note.
fn id_of(vendor: &str, product: &str) -> ProductId {
    let digest = Sha256::digest(format!("{vendor}\n{product}"));
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(byte, drawn)| *byte = drawn);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().into()
}

fn vendor_beyond(vendor: &PublicVendor) -> VendorElsewhere {
    let beyond = |said: &PublicStatus| LineElsewhere {
        product: said.product.as_ref().map(|product| product.id.clone()),
        statement: said.statement.clone(),
        references: said.references.clone(),
        added_at: said.added_at,
    };
    VendorElsewhere {
        updated_at: vendor.updated_at,
        lines: vendor.statuses.iter().map(beyond).collect(),
    }
}

/// The note as its file told it.
pub(super) fn from_elsewhere(note: &Content, beyond: &Elsewhere) -> PublicNote {
    let references = note.sections().get(&Ours::References);
    let lines = references.map(|text| text.lines()).into_iter().flatten();
    let scores = |vectors: &[String], beyond: &[ScoreElsewhere]| -> Vec<Score> {
        vectors.iter().zip(beyond).map(|(vector, beyond)| score_from(vector, beyond)).collect()
    };
    let flaws = note.vulnerabilities().iter().zip(&beyond.flaws);
    PublicNote {
        number: note.number().digits().to_owned(),
        title: note.title().to_owned(),
        sections: note
            .sections()
            .iter()
            .filter_map(|(section, text)| {
                Some((super::from_published::section_of(*section)?, text.clone()))
            })
            .collect(),
        vulnerabilities: flaws
            .map(|(flaw, beyond)| PublicVulnerability {
                local: flaw.ordinal,
                cve: flaw.cve.as_ref().map(ToString::to_string),
                identifiers: flaw.identifiers.clone(),
                description: flaw.description.clone(),
                cwe: flaw.cwe.map(|number| format!("CWE-{number}")),
                scores: scores(&flaw.vectors, &beyond.scores),
                added_at: beyond.added_at,
                updated_at: beyond.updated_at,
            })
            .collect(),
        vendors: note.vendors().iter().zip(&beyond.vendors).map(vendor_from).collect(),
        references: lines.map(str::to_owned).collect(),
        keywords: beyond.keywords.clone(),
        credits: beyond
            .thanked
            .iter()
            .map(|(name, role)| Credit { name: name.clone(), role: role.clone() })
            .collect(),
        scores: scores(note.scores(), &beyond.scores),
        created_at: beyond.began_at,
        public_at: beyond.public_at,
        first_published_at: note.published_at(),
        updated_at: note.updated_at(),
        revision: i64::from(note.revision()),
        timeline: beyond
            .timeline
            .iter()
            .cloned()
            .chain(note.withdrawn().map(|told| (told.at, "This note was withdrawn.".to_owned())))
            .map(|(at, words)| TimelineEntry { at, words })
            .collect(),
        exploit_public_at: note.exploit_public_at(),
        attacks_seen_at: note.attacks_seen_at(),
        revised_at: vec![],
        withdrawn: note
            .withdrawn()
            .map(|told| Withdrawn { at: told.at, reason: told.reason.clone() }),
    }
}

fn score_from(vector: &str, beyond: &ScoreElsewhere) -> Score {
    let base = beyond.base.as_ref().and_then(|base| base.parse().ok());
    Score { vector: vector.to_owned(), base, given_by: beyond.given_by.clone() }
}

fn vendor_from((vendor, beyond): (&PublishedVendor, &VendorElsewhere)) -> PublicVendor {
    let lines = vendor.lines.iter().zip(&beyond.lines);
    PublicVendor {
        name: vendor.name.clone(),
        statuses: lines.map(status_from).collect(),
        statement: vendor.statement.clone(),
        information: vendor.information.clone(),
        references: vendor.references.clone(),
        addendum: vendor.addendum.clone(),
        contacted_at: vendor.notified_at,
        statement_at: vendor.updated_at,
        updated_at: beyond.updated_at,
    }
}

fn status_from((line, beyond): (&PublishedLine, &LineElsewhere)) -> PublicStatus {
    let product = line.product.as_ref().zip(beyond.product.as_ref());
    PublicStatus {
        vulnerability: line.ordinal,
        product: product.map(|(product, id)| PublicProduct {
            id: id.clone(),
            name: product.name.clone(),
            purl: product.purl.clone(),
            cpe: product.cpe.clone(),
        }),
        status: line.status.clone(),
        versions: line.versions.clone(),
        statement: beyond.statement.clone(),
        references: beyond.references.clone(),
        added_at: beyond.added_at,
        updated_at: line.at,
    }
}
