//! A note that VINCE or Ombud served under `/vuls/api/{id}/`, as one that we can publish. That answer
//! names no vendor; where vendors matter, the note's CSAF document tells more.

use jiff::Timestamp;

use super::reading::normal_cve;
use super::said::Said;
use super::{Refused, ServedNote};
use crate::html::to_markdown;
use crate::public_note::{PublicNote, PublicVulnerability, Score, Section};

impl ServedNote {
    /// The note as it would be published by us; refused where its date of publication cannot be read.
    pub fn to_public_note(&self) -> Result<PublicNote, Refused> {
        let missing = || Refused::Missing { key: "datefirstpublished".to_owned() };
        let first = instant(self.datefirstpublished.as_ref()).ok_or_else(missing)?;
        let updated = instant(self.dateupdated.as_ref()).unwrap_or(first);
        Ok(PublicNote {
            number: self.idnumber.clone(),
            title: self.name.clone(),
            sections: self.sections(),
            vulnerabilities: self.vulnerabilities(first, updated),
            vendors: vec![],
            references: lines(&self.public),
            keywords: self.keywords.clone().unwrap_or_default(),
            credits: vec![],
            scores: self.scores(),
            created_at: instant(self.datecreated.as_ref()),
            public_at: instant(self.publicdate.as_ref()),
            first_published_at: first,
            updated_at: updated,
            revision: self.revision,
            timeline: vec![],
            exploit_public_at: None,
            attacks_seen_at: None,
            revised_at: vec![],
            withdrawn: None,
        })
    }

    /// The sections of a note of today stand in `overview` under their headings; notes from before have
    /// keys of their own, and signs of HTML in them.
    fn sections(&self) -> Vec<(Section, String)> {
        let own = [
            (Section::Description, &self.clean_desc),
            (Section::Impact, &self.impact),
            (Section::Solution, &self.resolution),
            (Section::Workarounds, &self.workarounds),
            (Section::SystemsAffected, &self.sysaffected),
            (Section::Acknowledgements, &self.thanks),
            (Section::Author, &self.author),
        ];
        let whole = self.overview.as_deref().unwrap_or_default();
        let own = own.into_iter().filter_map(|(section, text)| Some((section, text.as_deref()?)));
        let own: Vec<_> = own.filter(|(_, text)| !text.trim().is_empty()).collect();
        if own.is_empty() {
            return apart(whole);
        }
        let overview = (!whole.trim().is_empty()).then_some((Section::Overview, whole));
        let all = overview.into_iter().chain(own);
        all.map(|(section, text)| (section, to_markdown(text))).collect()
    }

    /// One for each CVE id, or a single one without.
    fn vulnerabilities(&self, added: Timestamp, updated: Timestamp) -> Vec<PublicVulnerability> {
        let mut cves: Vec<Option<String>> = vec![];
        for id in &self.cveids {
            let id = if id.starts_with(|c: char| c.is_ascii_digit()) {
                format!("CVE-{id}")
            } else {
                id.clone()
            };
            let cve = normal_cve(&id);
            if cve.is_some() && !cves.contains(&cve) {
                cves.push(cve);
            }
        }
        if cves.is_empty() {
            cves.push(None);
        }
        let numbered = (1..).zip(cves);
        numbered
            .map(|(local, cve)| PublicVulnerability {
                local,
                cve,
                identifiers: vec![],
                description: to_markdown(&self.name),
                cwe: None,
                scores: vec![],
                added_at: added,
                updated_at: updated,
            })
            .collect()
    }

    fn scores(&self) -> Vec<Score> {
        let vector = self.cvss_basevector.as_deref().unwrap_or_default().trim();
        let bare = vector.trim_start_matches('(').trim_end_matches(')');
        let Ok(read) = bare.parse::<domain::score::Vector>() else { return vec![] };
        let base = self.cvss_basescore.as_deref().and_then(|score| score.parse().ok());
        vec![Score { vector: read.to_string(), base, given_by: None }]
    }
}

fn instant(text: Option<&String>) -> Option<Timestamp> {
    Said::parse(text?).ok().map(|said| said.at)
}

fn lines(references: &[String]) -> Vec<String> {
    let lines = references.iter().flat_map(|one| one.lines()).map(str::trim);
    lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The sections of a text in which each stands under its heading, in the order in which a note is
/// read. A text of another form is one section; put together again, the parts are the text.
fn apart(whole: &str) -> Vec<(Section, String)> {
    let mut found: Vec<(Section, String)> = vec![];
    let mut rest = whole;
    for section in Section::ALL.into_iter().filter(|section| *section != Section::Author) {
        let heading = format!("### {}\n\n", section.heading());
        if let Some(begins) = rest.strip_prefix(&heading).filter(|_| found.is_empty()) {
            found.push((section, String::new()));
            rest = begins;
        } else if let Some((text, begins)) = rest.split_once(&format!("\n\n{heading}"))
            && let Some((_, known)) = found.last_mut().filter(|_| !text.trim().is_empty())
        {
            text.clone_into(known);
            found.push((section, String::new()));
            rest = begins;
        }
    }
    match found.last_mut() {
        Some((_, known)) if !rest.trim().is_empty() => rest.clone_into(known),
        _ if whole.trim().is_empty() => return vec![],
        _ => return vec![(Section::Overview, whole.to_owned())],
    }
    found
}
