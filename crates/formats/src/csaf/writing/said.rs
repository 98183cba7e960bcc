//! What a note says of each product and each vulnerability, once: where it says several things of the same product, the gravest stands.

use std::collections::BTreeMap;

use domain::status::{Justification, ProductStatus};

use super::products::{Extent, Leaf, NamedProduct, one_line};
use crate::csaf::Version;
use crate::csaf::vulnerability::FlagLabel;
use crate::public_note::{PublicNote, PublicStatus, PublicVendor};

/// What is said of one product.
#[derive(Clone, Debug)]
pub(super) struct Said<'a> {
    /// The product's id.
    pub(super) id: String,
    pub(super) claim: Claim,
    pub(super) status: &'a PublicStatus,
}

/// What a list of a document's statuses can say.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Claim {
    Unknown,
    NotAffected(Option<FlagLabel>),
    Investigating,
    Fixed { first: bool },
    Affected,
    WillNotFix,
}

/// Everything that is said of one vulnerability.
pub(super) type Sayings<'a> = BTreeMap<Leaf, Said<'a>>;

/// What the note says of one of its vulnerabilities. CSAF 2.0 has no word for what is unknown.
pub(super) fn sayings(note: &PublicNote, local: u32, version: Version) -> Sayings<'_> {
    let mut found = Sayings::new();
    for vendor in &note.vendors {
        let statuses = vendor.statuses.iter().filter(|status| status.vulnerability == local);
        for (leaf, said) in statuses.flat_map(|status| claims(vendor, status)) {
            let telling = version == Version::V2_1 || said.claim != Claim::Unknown;
            let graver = found.get(&leaf).is_none_or(|known| known.claim < said.claim);
            if telling && graver {
                found.insert(leaf, said);
            }
        }
    }
    found
}

fn claims<'a>(vendor: &PublicVendor, status: &'a PublicStatus) -> Vec<(Leaf, Said<'a>)> {
    let leaf = |extent| Leaf {
        vendor: vendor_name(vendor),
        product: status.product.as_ref().map(NamedProduct::of),
        extent,
    };
    let versions = &status.versions;
    let of_whole = match &status.status {
        ProductStatus::Unknown => Claim::Unknown,
        ProductStatus::UnderInvestigation => Claim::Investigating,
        // A fix is there: what was affected before it still is.
        ProductStatus::Fixed if versions.is_empty() => Claim::Fixed { first: false },
        ProductStatus::Affected | ProductStatus::Fixed => Claim::Affected,
        ProductStatus::NotAffected { justification } => {
            Claim::NotAffected(justification.map(label))
        }
        ProductStatus::WillNotFix => Claim::WillNotFix,
    };
    let only_fixed = status.status == ProductStatus::Fixed && versions.affected.is_empty();
    let mut found = vec![];
    if !only_fixed || versions.is_empty() {
        for extent in Extent::affected(versions) {
            found.push(said(leaf(extent), of_whole, status));
        }
    }
    for fixed in &versions.fixed {
        let first = status.names_as_end(fixed);
        found.push(said(leaf(Extent::version(fixed)), Claim::Fixed { first }, status));
    }
    found
}

fn said(leaf: Leaf, claim: Claim, status: &PublicStatus) -> (Leaf, Said<'_>) {
    let id = leaf.id();
    (leaf, Said { id, claim, status })
}

impl PublicStatus {
    /// Whether an affected run ends just before this version, so that it is the first with the fix.
    fn names_as_end(&self, version: &str) -> bool {
        use domain::version::{Until, VersionRange};
        self.versions.affected.iter().any(|range| match range {
            VersionRange::Between { until: Some(Until::Before(end)), .. } => end == version,
            VersionRange::Between { .. } | VersionRange::All | VersionRange::Only { .. } => false,
        })
    }
}

/// The name of a vendor's branch.
pub(super) fn vendor_name(vendor: &PublicVendor) -> String {
    one_line(&vendor.name).unwrap_or_else(|| "Unnamed vendor".to_owned())
}

/// The word of the format for a reason of ours.
fn label(justification: Justification) -> FlagLabel {
    match justification {
        Justification::ComponentNotPresent => FlagLabel::ComponentNotPresent,
        Justification::VulnerableCodeNotPresent => FlagLabel::VulnerableCodeNotPresent,
        Justification::VulnerableCodeNotInExecutePath => FlagLabel::VulnerableCodeNotInExecutePath,
        Justification::VulnerableCodeCannotBeControlled => {
            FlagLabel::VulnerableCodeCannotBeControlledByAdversary
        }
        Justification::InlineMitigationsExist => FlagLabel::InlineMitigationsAlreadyExist,
    }
}
