//! An archived note as one that we can publish: its texts become Markdown, and its statuses, which are the note's, become those of each of its vulnerabilities.

use super::{Reading, Reference, Refused, reading::ReadVendor};
use crate::{
    html::to_markdown,
    public_note::{PublicNote, PublicStatus, PublicVendor, PublicVulnerability, Score, Section},
};
use domain::version::Versions;
use jiff::Timestamp;

impl Reading {
    /// The note as it would be published by us; refused where the archive's date of publication could not be read.
    pub fn to_public_note(&self) -> Result<PublicNote, Refused> {
        let Some(first) = &self.first_published_at else {
            return Err(Refused::Missing { key: "DateFirstPublished".to_owned() });
        };
        let first_published_at = first.at;
        let updated_at = self.updated_at.as_ref().map_or(first_published_at, |said| said.at);
        let vulnerabilities = self.vulnerabilities(first_published_at, updated_at);
        let locals: Vec<u32> = vulnerabilities.iter().map(|one| one.local).collect();
        let vendors = self.vendors.iter();
        Ok(PublicNote {
            number: self.number.trim_start_matches("VU#").to_owned(),
            title: self.title.clone(),
            sections: markdown(&self.sections),
            vulnerabilities,
            vendors: vendors.map(|vendor| vendor.to_public(&locals, first_published_at)).collect(),
            references: words(&self.references),
            keywords: self.keywords.clone(),
            credits: Vec::new(),
            scores: self.scores(),
            created_at: self.created_at.as_ref().map(|said| said.at),
            public_at: self.public_at.as_ref().map(|said| said.at),
            first_published_at,
            updated_at,
            revision: self.revision.unwrap_or(1),
            timeline: Vec::new(),
            exploit_public_at: None,
            attacks_seen_at: None,
            revised_at: vec![],
            withdrawn: None,
        })
    }

    /// One for each CVE id, or a single one without.
    fn vulnerabilities(
        &self,
        added_at: Timestamp,
        updated_at: Timestamp,
    ) -> Vec<PublicVulnerability> {
        let mut cves: Vec<_> = self.cves.iter().cloned().map(Some).collect();
        if cves.is_empty() {
            cves.push(None);
        }
        let numbered = (1..).zip(cves);
        numbered
            .map(|(local, cve)| PublicVulnerability {
                local,
                cve,
                identifiers: vec![],
                description: to_markdown(&self.title),
                cwe: None,
                scores: Vec::new(),
                added_at,
                updated_at,
            })
            .collect()
    }

    fn scores(&self) -> Vec<Score> {
        let scores = self.cvss.iter();
        scores
            .map(|cvss| Score {
                vector: cvss.vector.clone(),
                base: cvss.base,
                given_by: Some("CERT/CC".to_owned()),
            })
            .collect()
    }
}

impl ReadVendor {
    fn to_public(&self, locals: &[u32], first_published_at: Timestamp) -> PublicVendor {
        let updated_at = self.updated_at.as_ref().map_or(first_published_at, |said| said.at);
        let added_at = self.notified_at.as_ref().map_or(updated_at, |said| said.at);
        let status = |local: &u32| PublicStatus {
            vulnerability: *local,
            product: None,
            status: self.status.into(),
            versions: Versions::default(),
            statement: None,
            references: Vec::new(),
            added_at,
            updated_at,
        };
        PublicVendor {
            name: self.name.clone(),
            statuses: locals.iter().map(status).collect(),
            statement: self.statement.as_deref().map(to_markdown),
            information: self.information.as_deref().map(to_markdown),
            references: words(&self.references),
            addendum: self.addendum.as_deref().map(to_markdown),
            contacted_at: self.notified_at.as_ref().map(|said| said.at),
            statement_at: self.responded_at.as_ref().map(|said| said.at),
            updated_at,
        }
    }
}

fn markdown(sections: &[(Section, String)]) -> Vec<(Section, String)> {
    let sections = sections.iter();
    sections.map(|(section, text)| (*section, to_markdown(text))).collect()
}

fn words(references: &[Reference]) -> Vec<String> {
    references.iter().map(|reference| reference.words.clone()).collect()
}
