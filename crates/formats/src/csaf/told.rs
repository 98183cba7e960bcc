//! What somebody else's document tells, in our words: a vendor's answers, and a note.

use std::collections::BTreeMap;

use domain::status::{Justification, ProductStatus};
use domain::version::{VersionRange, Versions};

use super::document::{Document, PublisherCategory};
use super::names::range_of;
use super::problems::Groups;
use super::tree::{BranchCategory, Placed, ProductTree};
use super::vulnerability::{
    FlagLabel, RemediationCategory, Statuses, ThreatCategory, Vulnerability,
};
use crate::public_note::PublicProduct;
use crate::vex::{self, Answer};

mod note;

/// What a vendor says of one vulnerability and one of its products.
#[derive(Clone, Debug, PartialEq)]
struct Told {
    vendor: String,
    product: Option<PublicProduct>,
    /// The place of the vulnerability in the document, counted from 1.
    vulnerability: u32,
    status: ProductStatus,
    versions: Versions,
    statement: Option<String>,
}

/// Who and what a product id stands for.
struct Known {
    vendor: String,
    product: Option<PublicProduct>,
    range: Option<VersionRange>,
}

impl Document {
    /// The statuses that the document gives, one for each vendor, product, vulnerability and status (S42).
    pub fn to_answers(&self) -> Vec<Answer> {
        let told = self.told().into_iter();
        told.filter_map(|told| {
            let place = usize::try_from(told.vulnerability).ok()?.checked_sub(1)?;
            let vulnerability = self.vulnerabilities.get(place)?;
            let ids = vulnerability.ids.iter().map(|id| id.text.clone());
            let mut names = vulnerability.cve.iter().cloned().chain(ids);
            let product = told.product.map(|product| vex::Product {
                name: Some(product.name),
                purl: product.purl,
                cpe: product.cpe,
            });
            Some(Answer {
                vendor: Some(told.vendor).filter(|vendor| !vendor.is_empty()),
                product,
                versions: told.versions,
                vulnerability: names.next().unwrap_or_default(),
                aliases: names.collect(),
                status: told.status,
                statement: told.statement,
            })
        })
        .collect()
    }

    fn told(&self) -> Vec<Told> {
        let known = self.known();
        let groups = Groups::of(self);
        let numbered = (1..).zip(&self.vulnerabilities);
        numbered.flat_map(|(local, one)| answers(local, one, &known, &groups)).collect()
    }

    fn known(&self) -> BTreeMap<&str, Known> {
        let placed = self.product_tree.iter().flat_map(ProductTree::products);
        let issuer = &self.document.publisher;
        let own = issuer.category == PublisherCategory::Vendor;
        placed
            .map(|placed| {
                let vendor = placed.named(BranchCategory::Vendor);
                let vendor = vendor.or(own.then_some(issuer.name.as_str())).unwrap_or_default();
                let known = Known {
                    vendor: vendor.to_owned(),
                    product: product(&placed),
                    range: range(&placed),
                };
                (placed.product.product_id.as_str(), known)
            })
            .collect()
    }
}

/// The answers on one vulnerability, in the order in which the document gives them.
fn answers(
    local: u32,
    vulnerability: &Vulnerability,
    known: &BTreeMap<&str, Known>,
    groups: &Groups<'_>,
) -> Vec<Told> {
    let beside = Beside::of(vulnerability, groups);
    let mut found: Vec<Told> = vec![];
    let mut places: BTreeMap<Subject, usize> = BTreeMap::new();
    for (list, products) in vulnerability.product_status.iter().flat_map(Statuses::lists) {
        let Some(kind) = kind(list) else { continue };
        for id in products {
            let Some(known) = known.get(id.as_str()) else { continue };
            let answer = Told {
                vendor: known.vendor.clone(),
                product: known.product.clone(),
                vulnerability: local,
                status: beside.status(kind, id),
                versions: Versions::default(),
                statement: None,
            };
            let place = *places.entry(answer.subject()).or_insert(found.len());
            if place == found.len() {
                found.push(answer);
            }
            if let Some(answer) = found.get_mut(place) {
                // Of a fixed product the words stand beside the versions that have the flaw.
                answer.statement = answer.statement.take().or_else(|| beside.statement(kind, id));
                answer.take(kind, known.range.clone());
            }
        }
    }
    joined(found)
}

/// What stands beside the lists of statuses, for each product.
struct Beside<'a> {
    flags: BTreeMap<&'a str, FlagLabel>,
    impacts: BTreeMap<&'a str, &'a str>,
    remedies: BTreeMap<&'a str, Vec<(RemediationCategory, &'a str)>>,
}

impl<'a> Beside<'a> {
    fn of(vulnerability: &'a Vulnerability, groups: &Groups<'a>) -> Self {
        let (mut flags, mut impacts) = (BTreeMap::new(), BTreeMap::new());
        for flag in &vulnerability.flags {
            for id in groups.expanded(&flag.product_ids, &flag.group_ids) {
                flags.entry(id).or_insert(flag.label);
            }
        }
        let threats = vulnerability.threats.iter();
        for threat in threats.filter(|threat| threat.category == ThreatCategory::Impact) {
            for id in groups.expanded(&threat.product_ids, &threat.group_ids) {
                impacts.entry(id).or_insert(threat.details.as_str());
            }
        }
        let mut remedies: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for remedy in &vulnerability.remediations {
            for id in groups.expanded(&remedy.product_ids, &remedy.group_ids) {
                let remedy = (remedy.category, remedy.details.as_str());
                remedies.entry(id).or_default().push(remedy);
            }
        }
        Self { flags, impacts, remedies }
    }

    fn status(&self, kind: Kind, id: &str) -> ProductStatus {
        let remedies = self.remedies.get(id).into_iter().flatten();
        let remedies: Vec<_> = remedies.map(|(category, _)| *category).collect();
        match kind {
            Kind::Unknown => ProductStatus::Unknown,
            Kind::Investigating => ProductStatus::UnderInvestigation,
            Kind::Affected if remedies.contains(&RemediationCategory::NoFixPlanned) => {
                ProductStatus::WillNotFix
            }
            Kind::Affected if !remedies.contains(&RemediationCategory::VendorFix) => {
                ProductStatus::Affected
            }
            Kind::Affected | Kind::Fixed => ProductStatus::Fixed,
            Kind::NotAffected => ProductStatus::NotAffected {
                justification: self.flags.get(id).map(|flag| reason(*flag)),
            },
        }
    }

    /// Why a product is not affected, or what to do where it is.
    fn statement(&self, kind: Kind, id: &str) -> Option<String> {
        if kind == Kind::NotAffected {
            return self.impacts.get(id).map(|words| (*words).to_owned());
        }
        let remedy = self.remedies.get(id)?.first()?;
        Some(remedy.1.to_owned())
    }
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Kind {
    Affected,
    NotAffected,
    Fixed,
    Investigating,
    Unknown,
}

/// A first fixed version is also a fixed one; what is recommended is no status.
fn kind(list: &str) -> Option<Kind> {
    match list {
        "first_affected" | "known_affected" | "last_affected" => Some(Kind::Affected),
        "known_not_affected" => Some(Kind::NotAffected),
        "fixed" | "first_fixed" => Some(Kind::Fixed),
        "under_investigation" => Some(Kind::Investigating),
        "unknown" => Some(Kind::Unknown),
        _ => None,
    }
}

fn reason(label: FlagLabel) -> Justification {
    match label {
        FlagLabel::ComponentNotPresent => Justification::ComponentNotPresent,
        FlagLabel::VulnerableCodeNotPresent => Justification::VulnerableCodeNotPresent,
        FlagLabel::VulnerableCodeNotInExecutePath => Justification::VulnerableCodeNotInExecutePath,
        FlagLabel::VulnerableCodeCannotBeControlledByAdversary => {
            Justification::VulnerableCodeCannotBeControlled
        }
        FlagLabel::InlineMitigationsAlreadyExist => Justification::InlineMitigationsExist,
    }
}

/// A product by the nearest branch that names one, else by its own name.
fn product(placed: &Placed<'_>) -> Option<PublicProduct> {
    let branch = placed.named(BranchCategory::ProductName);
    if branch == Some(super::ALL_PRODUCTS) {
        return None;
    }
    let name = branch.unwrap_or(&placed.product.name);
    let helper = placed.product.product_identification_helper.as_ref();
    Some(PublicProduct {
        // Every version of a product has an id of its own; the name is what they share.
        id: name.to_owned(),
        name: name.to_owned(),
        purl: helper.and_then(|one| one.purl.clone().or_else(|| one.purls.first().cloned())),
        cpe: helper.and_then(|one| one.cpe.clone()),
    })
}

fn range(placed: &Placed<'_>) -> Option<VersionRange> {
    let only = |version: &str| VersionRange::Only { version: version.to_owned() };
    if let Some(name) = placed.named(BranchCategory::ProductVersionRange) {
        return Some(range_of(name).unwrap_or_else(|| only(name)));
    }
    let version = placed.named(BranchCategory::ProductVersion);
    version.or_else(|| placed.named(BranchCategory::PatchLevel)).map(only)
}

/// Vendor, product and status: what belongs in one answer.
type Subject = (String, Option<String>, String);

impl Told {
    fn subject(&self) -> Subject {
        let product = self.product.as_ref().map(|product| product.name.clone());
        (self.vendor.clone(), product, format!("{:?}", self.status))
    }

    /// Adds a range, or the version that a fix is in.
    fn take(&mut self, kind: Kind, range: Option<VersionRange>) {
        let Some(range) = range else { return };
        if kind != Kind::Fixed {
            self.versions.affected.push(range);
            return;
        }
        let version = match range {
            VersionRange::Only { version } => version,
            VersionRange::All | VersionRange::Between { .. } => range.to_string(),
        };
        if !self.versions.fixed.contains(&version) {
            self.versions.fixed.push(version);
        }
    }
}

/// What was affected and has a fixed version is fixed, and one answer.
fn joined(answers: Vec<Told>) -> Vec<Told> {
    let is_fix =
        |one: &Told| one.status == ProductStatus::Fixed && one.versions.affected.is_empty();
    let (fixes, mut others): (Vec<_>, Vec<_>) = answers.into_iter().partition(is_fix);
    let places = others.iter().enumerate().map(|(place, one)| (one.subject(), place));
    let places: BTreeMap<Subject, usize> = places.collect();
    for fix in fixes {
        let affected = Told { status: ProductStatus::Affected, ..fix.clone() };
        let place = places.get(&affected.subject());
        if let Some(one) = place.and_then(|place| others.get_mut(*place)) {
            one.status = ProductStatus::Fixed;
            one.versions.fixed = fix.versions.fixed;
        } else {
            others.push(fix);
        }
    }
    others
}
