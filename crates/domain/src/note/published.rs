//! A note that may be public. Nothing public is made from anything else.

use std::collections::BTreeMap;
use std::ops::Deref;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Elsewhere, Remains, Section};
use crate::case::{Party, Visibility, Vulnerability};
use crate::embargo::Free;
use crate::participant::{Participant, Standing, Wording};
use crate::report::Credit;
use crate::status::ProductStatus;
use crate::version::Versions;
use crate::{
    BodyId, Case, CaseNumber, CveId, Identifier, OrganizationId, ProductId, Text, VulnerabilityId,
};

/// The words that a published note is made of, looked up by the app: texts by their body, and
/// organisations by their id.
#[derive(Debug, Default)]
pub struct Words {
    /// Texts.
    pub texts: BTreeMap<BodyId, String>,
    /// Names of organisations.
    pub names: BTreeMap<OrganizationId, String>,
    /// Their products.
    pub products: BTreeMap<ProductId, PublishedProduct>,
    /// The name the reporter wishes to be thanked by, if any.
    pub reporter: Option<String>,
}

impl Words {
    /// The words of a text, if there are any.
    fn of(&self, text: &Text) -> Option<String> {
        self.texts.get(&text.body).filter(|words| !words.trim().is_empty()).cloned()
    }
}

/// What a note says, without the right to tell it: that is a [`Published`], or a
/// [`Foreseen`](super::Foreseen) while it is not to be told yet. Neither can be made of the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub(super) number: CaseNumber,
    pub(super) title: String,
    pub(super) sections: BTreeMap<Section, String>,
    pub(super) vulnerabilities: Vec<PublishedVulnerability>,
    pub(super) scores: Vec<String>,
    pub(super) vendors: Vec<PublishedVendor>,
    pub(super) credit: Option<String>,
    pub(super) reported_at: Timestamp,
    pub(super) first_contact_at: Option<Timestamp>,
    pub(super) exploit_public_at: Option<Timestamp>,
    pub(super) attacks_seen_at: Option<Timestamp>,
    pub(super) published_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) revision: u32,
    #[serde(default)]
    pub(super) revised_at: Vec<Timestamp>,
    #[serde(default)]
    pub(super) withdrawn: Option<Withdrawal>,
    /// What it says beyond a note of a case, if it came from elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) elsewhere: Option<Box<Elsewhere>>,
}

/// That a note was taken back, as the public reads of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// When.
    pub at: Timestamp,
    /// What stays of it.
    pub remains: Remains,
    /// Why.
    pub reason: String,
}

/// A note as the public reads it. Of a case only [`Published::of`] makes one, and it takes the proof
/// that no embargo binds and a case whose publication was decided and has happened. What was public
/// elsewhere before has no case, and comes by [`Published::imported`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Published(pub(super) Content);

/// A flaw, as the public reads of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedVulnerability {
    /// Counts up from 1 within the note.
    pub ordinal: u32,
    /// Its CVE ID.
    pub cve: Option<CveId>,
    /// Who assigned that.
    #[serde(default)]
    pub assigner: Assigner,
    /// What it is called in other numberings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// Its CWE number.
    pub cwe: Option<u32>,
    /// What it is.
    pub description: String,
    /// CVSS vectors, the newest of each version; what was given before stays with the case.
    pub vectors: Vec<String>,
}

/// Who assigned a CVE ID, and therefore writes its record (S85).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assigner {
    /// The team.
    Team,
    /// A vendor who is a CNA; also where nobody wrote down who did.
    #[default]
    Another,
}

/// A vendor, as the public reads of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedVendor {
    /// Its name.
    pub name: String,
    /// What it says of the flaws together.
    pub status: ProductStatus,
    /// What it says of each flaw, by the flaw's ordinal.
    pub statuses: BTreeMap<u32, ProductStatus>,
    /// When it was told.
    pub notified_at: Option<Timestamp>,
    /// When it last gave a status or a statement.
    pub updated_at: Option<Timestamp>,
    /// What it says of its products, or of all of them, flaw by flaw.
    pub lines: Vec<PublishedLine>,
    /// What it wants to be read.
    pub statement: Option<String>,
    /// What else it wants readers to know.
    pub information: Option<String>,
    /// Where it says to read more.
    pub references: Vec<String>,
    /// What the coordinator adds.
    pub addendum: Option<String>,
}

/// What a vendor says of a flaw and one of its products.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedLine {
    /// The flaw, by its ordinal.
    pub ordinal: u32,
    /// The product; absent for all of them.
    pub product: Option<PublishedProduct>,
    /// What it says.
    pub status: ProductStatus,
    /// Of which versions; none are named where nobody told.
    pub versions: Versions,
    /// Since when.
    pub at: Timestamp,
}

/// A product, as the public reads of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedProduct {
    /// What it is known by for good.
    pub id: ProductId,
    /// Its name.
    pub name: String,
    /// Its package URL.
    pub purl: Option<String>,
    /// Its CPE name.
    pub cpe: Option<String>,
}

impl Published {
    /// The public note of a case whose publication has happened; nothing for any other case.
    pub fn of(case: &Case, _: Free, words: &Words) -> Option<Self> {
        case.embargo.free()?;
        Content::of(case, words).map(Self)
    }
}

impl Deref for Published {
    type Target = Content;

    fn deref(&self) -> &Content {
        &self.0
    }
}

impl Content {
    /// What the note of a case says that is, or is taken to be, public.
    pub(super) fn of(case: &Case, words: &Words) -> Option<Self> {
        let (published_at, revision) = case.note.published?;
        let revision = case.note.revision(revision)?;
        let text = |text: &Text| words.texts.get(&text.body).cloned().unwrap_or_default();
        let sections = revision.sections.iter().map(|(section, body)| (*section, text(body)));
        let mut sections: BTreeMap<_, _> =
            sections.filter(|(_, words)| !words.trim().is_empty()).collect();
        with_reporters_own(case, words, &mut sections);
        let vulnerabilities = case.vulnerabilities.iter().filter_map(|(id, flaw)| {
            let description = text(flaw.description()?);
            Some(PublishedVulnerability {
                ordinal: flaw.ordinal,
                cve: flaw.cve.clone(),
                assigner: if flaw.our_cve().is_some() { Assigner::Team } else { Assigner::Another },
                identifiers: flaw.identifiers.iter().cloned().collect(),
                cwe: flaw.cwe,
                description,
                vectors: newest_vectors(case, Some(*id)),
            })
        });
        let mut vulnerabilities: Vec<_> = vulnerabilities.collect();
        vulnerabilities.sort_by_key(|flaw| flaw.ordinal);
        let withdrawn = case.note.withdrawn.as_ref();
        let content = Self {
            number: case.number.clone()?,
            title: text(&revision.title),
            sections,
            vulnerabilities,
            scores: newest_vectors(case, None),
            vendors: vendors(case, words),
            credit: credit(case, words),
            reported_at: case.report.received_at,
            first_contact_at: case.first_contact_at,
            exploit_public_at: case.since.exploit,
            attacks_seen_at: case.since.attacks,
            published_at,
            updated_at: case.note.revised_at.last().copied().unwrap_or(published_at),
            revision: u32::try_from(case.note.revised_at.len()).unwrap_or(u32::MAX - 1) + 1,
            revised_at: case.note.revised_at.clone(),
            withdrawn: None,
            elsewhere: None,
        };
        Some(match withdrawn {
            Some((at, remains, reason)) => {
                content.taken_back(Withdrawal { at: *at, remains: *remains, reason: text(reason) })
            }
            None => content,
        })
    }

    /// The same with the notice that it was taken back; what must go is in it no more.
    pub(super) fn taken_back(mut self, told: Withdrawal) -> Self {
        let day = told.at.strftime("%Y-%m-%d");
        let notice = format!("This note was withdrawn on {day} (UTC).\n\n{}", told.reason);
        match told.remains {
            Remains::Words => {
                self.title = format!("Withdrawn: {}", self.title);
                let before = self.sections.remove(&Section::Overview).unwrap_or_default();
                let overview = format!("{notice}\n\n{before}").trim_end().to_owned();
                self.sections.insert(Section::Overview, overview);
            }
            Remains::Nothing => {
                "Withdrawn".clone_into(&mut self.title);
                self.sections = [(Section::Overview, notice.clone())].into();
                for flaw in &mut self.vulnerabilities {
                    (flaw.cve, flaw.cwe, flaw.vectors) = (None, None, vec![]);
                    flaw.assigner = Assigner::default();
                    flaw.identifiers.clear();
                    flaw.description.clone_from(&notice);
                }
                (self.scores, self.vendors, self.credit) = (vec![], vec![], None);
                self.first_contact_at = None;
                (self.exploit_public_at, self.attacks_seen_at) = (None, None);
            }
        }
        self.withdrawn = Some(told);
        self
    }

    /// What it says beyond a note of a case, if it came from elsewhere.
    pub fn elsewhere(&self) -> Option<&Elsewhere> {
        self.elsewhere.as_deref()
    }

    /// Its number.
    pub fn number(&self) -> &CaseNumber {
        &self.number
    }

    /// Its title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Its sections that are not empty, in reading order.
    pub fn sections(&self) -> &BTreeMap<Section, String> {
        &self.sections
    }

    /// Its flaws, in order.
    pub fn vulnerabilities(&self) -> &[PublishedVulnerability] {
        &self.vulnerabilities
    }

    /// CVSS vectors of the report as a whole, the newest of each version.
    pub fn scores(&self) -> &[String] {
        &self.scores
    }

    /// Its vendors, by name.
    pub fn vendors(&self) -> &[PublishedVendor] {
        &self.vendors
    }

    /// Who is thanked.
    pub fn credit(&self) -> Option<&str> {
        self.credit.as_deref()
    }

    /// When the first vendor was told.
    pub fn first_contact_at(&self) -> Option<Timestamp> {
        self.first_contact_at
    }

    /// Since when an exploit is public, if the coordinator holds that to be true.
    pub fn exploit_public_at(&self) -> Option<Timestamp> {
        self.exploit_public_at
    }

    /// Since when attacks are seen, if the coordinator holds that to be true.
    pub fn attacks_seen_at(&self) -> Option<Timestamp> {
        self.attacks_seen_at
    }

    /// When it was reported.
    pub fn reported_at(&self) -> Timestamp {
        self.reported_at
    }

    /// When it was first public.
    pub fn published_at(&self) -> Timestamp {
        self.published_at
    }

    /// When it last changed.
    pub fn updated_at(&self) -> Timestamp {
        self.updated_at
    }

    /// Counts up from 1 with each public change.
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// That it was taken back, if it was (INV-16).
    pub fn withdrawn(&self) -> Option<&Withdrawal> {
        self.withdrawn.as_ref()
    }

    /// When each revision became public, the first first (S103). Notes that were published before
    /// these were kept know the first and the last alone.
    pub fn released_at(&self) -> Vec<Timestamp> {
        let first = std::iter::once(self.published_at);
        if self.revised_at.is_empty() && self.updated_at > self.published_at {
            return first.chain([self.updated_at]).collect();
        }
        first.chain(self.revised_at.iter().copied()).collect()
    }
}

/// The newest vector of each version of CVSS that was given for a flaw, or for the report as a
/// whole, in the order of the versions.
fn newest_vectors(case: &Case, of: Option<VulnerabilityId>) -> Vec<String> {
    let given = case.scores.iter().filter(|scored| scored.vulnerability == of);
    let newest: BTreeMap<_, _> =
        given.map(|scored| (scored.vector.version(), &scored.vector)).collect();
    newest.values().map(ToString::to_string).collect()
}

/// Vendors who were told and wish to be named, by name. A vendor without a word stands there
/// as unknown, with the day it was told (S92).
fn vendors(case: &Case, words: &Words) -> Vec<PublishedVendor> {
    let mut vendors: Vec<_> = case
        .vendors()
        .filter(|them| them.visibility == Visibility::Named && them.is_notified())
        .filter(|them| !matches!(them.standing, Standing::Removed(_)))
        .filter_map(|them| {
            let Party::Organization(organization) = them.party else { return None };
            // An organisation that went and came back stands there once.
            if case.participant_of(organization).is_some_and(|known| known.id != them.id) {
                return None;
            }
            let said = |part: fn(&Wording) -> Option<&Text>| {
                them.statements.last().and_then(|given| words.of(part(&given.wording)?))
            };
            let known = |(_, flaw): &(_, &Vulnerability)| flaw.description().is_some();
            let statuses = case.vulnerabilities.iter().filter(known);
            Some(PublishedVendor {
                name: words.names.get(&organization).cloned()?,
                status: them.overall_status(),
                statuses: statuses.map(|(id, flaw)| (flaw.ordinal, them.status(*id))).collect(),
                notified_at: them.attempts.first().map(|attempt| attempt.at),
                updated_at: last_word(them),
                lines: lines(case, them, words),
                statement: said(|wording| wording.text.as_ref()),
                information: said(|wording| wording.information.as_ref()),
                references: references(them, words),
                addendum: them.addendum.as_ref().and_then(|(_, text)| words.of(text)),
            })
        })
        .collect();
    vendors.sort_by_key(|vendor| vendor.name.to_lowercase());
    vendors
}

/// What a vendor says of its products, in the order of the flaws. A line whose product is not
/// known any more says nothing, least of all of every product.
fn lines(case: &Case, them: &Participant, words: &Words) -> Vec<PublishedLine> {
    let flaws = case.vulnerabilities.iter().filter(|(_, flaw)| flaw.description().is_some());
    let mut lines: Vec<_> = flaws
        .flat_map(|(id, flaw)| {
            let said = them.lines.get(id).into_iter().flatten();
            said.filter_map(|line| {
                let versions = line.versions.as_ref().and_then(|text| words.of(text));
                Some(PublishedLine {
                    ordinal: flaw.ordinal,
                    product: match line.product {
                        Some(product) => Some(words.products.get(&product)?.clone()),
                        None => None,
                    },
                    status: line.status.clone(),
                    // They were read when they were written; what is no grammar names none.
                    versions: versions.and_then(|line| line.parse().ok()).unwrap_or_default(),
                    at: line.at,
                })
            })
        })
        .collect();
    lines.sort_by_key(|line| line.ordinal);
    lines
}

/// Where a vendor says to read more, and what it published of its own (S83).
fn references(them: &Participant, words: &Words) -> Vec<String> {
    let given = them.statements.last().and_then(|given| given.wording.references.as_ref());
    let mut references =
        given.and_then(|text| words.of(text)).map_or_else(Vec::new, |text| non_empty_lines(&text));
    for address in them.published_addresses(words) {
        if !references.contains(&address) {
            references.push(address);
        }
    }
    references
}

impl Participant {
    /// Where what they published of their own is read.
    fn published_addresses(&self, words: &Words) -> Vec<String> {
        let out = self.advisories.iter().filter(|known| known.published_at.is_some());
        out.filter_map(|known| words.of(known.address.as_ref()?)).collect()
    }
}

/// The references of the note, and what the reporter published, if they are thanked by name: an
/// address tells who wrote there.
fn with_reporters_own(case: &Case, words: &Words, sections: &mut BTreeMap<Section, String>) {
    if credit(case, words).is_none() {
        return;
    }
    let reporter = case.participant(case.reporter);
    for address in reporter.map_or_else(Vec::new, |them| them.published_addresses(words)) {
        let references = sections.entry(Section::References).or_default();
        if !non_empty_lines(references).contains(&address) {
            if !references.is_empty() {
                references.push('\n');
            }
            references.push_str(&address);
        }
    }
}

fn non_empty_lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// When a vendor last said something for the public: what else it wrote, and when, is not the
/// public's.
fn last_word(them: &Participant) -> Option<Timestamp> {
    let statuses = them.lines.values().flatten().map(|line| line.at);
    statuses.chain(them.statements.iter().map(|given| given.at)).max()
}

/// Who is thanked, as they wish (S93).
fn credit(case: &Case, words: &Words) -> Option<String> {
    match case.report.submission.credit {
        Credit::Named | Credit::Pseudonym => words.reporter.clone(),
        Credit::None => None,
    }
}

#[cfg(test)]
mod tests;
