//! Which products a note speaks of, under ids that stay the same from one revision to the next.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use domain::version::{VersionRange, Versions};
use sha2::{Digest, Sha256};

use crate::csaf::names::{
    cpe_of_version, is_cpe, is_one_version, is_package_url, purl_of_version, range_of, vers,
};
use crate::csaf::tree::{Branch, BranchCategory, Helper, Product, ProductTree};
use crate::csaf::{ALL_PRODUCTS, Version};
use crate::public_note::PublicProduct;

/// Something that a status can be about: versions of a product of a vendor.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Leaf {
    pub(super) vendor: String,
    pub(super) product: Option<NamedProduct>,
    pub(super) extent: Extent,
}

/// A product with its names. It is known by its lasting id alone: under one id, one product.
#[derive(Clone, Debug)]
pub(super) struct NamedProduct {
    pub(super) id: String,
    pub(super) name: String,
    purl: Option<String>,
    cpe: Option<String>,
}

impl Ord for NamedProduct {
    fn cmp(&self, other: &Self) -> Ordering {
        self.id.cmp(&other.id)
    }
}

impl PartialOrd for NamedProduct {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for NamedProduct {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for NamedProduct {}

/// Which versions.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Extent {
    /// Nobody told.
    Untold,
    /// A range in the notation `vers`.
    Range(String),
    /// One version.
    Version(String),
    /// What somebody wrote in the place of a version, and which reads like a range.
    Words(String),
}

impl NamedProduct {
    pub(super) fn of(product: &PublicProduct) -> Self {
        let name = one_line(&product.name).or_else(|| one_line(&product.id));
        let name = name.unwrap_or_else(|| "Unnamed product".to_owned());
        Self {
            id: one_line(&product.id).unwrap_or_else(|| name.clone()),
            name,
            purl: product.purl.clone().filter(|purl| is_package_url(purl)),
            cpe: product.cpe.clone().filter(|cpe| is_cpe(cpe)),
        }
    }
}

impl Extent {
    fn of(range: &VersionRange) -> Self {
        match (range, vers(range)) {
            (_, Some(range)) => Self::Range(range),
            (VersionRange::Only { version }, None) => Self::version(version),
            (VersionRange::All | VersionRange::Between { .. }, None) => Self::Untold,
        }
    }

    pub(super) fn version(version: &str) -> Self {
        match one_line(version) {
            None => Self::Untold,
            Some(version) if is_one_version(&version) => Self::Version(version),
            Some(words) => Self::Words(words),
        }
    }

    /// What a status's versions come to; where none are told, all of them in one.
    pub(super) fn affected(versions: &Versions) -> BTreeSet<Self> {
        let told: BTreeSet<_> = versions.affected.iter().map(Self::of).collect();
        if told.is_empty() { BTreeSet::from([Self::Untold]) } else { told }
    }

    fn text(&self) -> &str {
        match self {
            Self::Untold => "",
            Self::Range(text) | Self::Version(text) | Self::Words(text) => text,
        }
    }

    /// For people.
    fn words(&self) -> String {
        let range = Some(self).filter(|one| matches!(one, Self::Range(_)));
        match range.and_then(|range| range_of(range.text())) {
            Some(VersionRange::All) => "(all versions)".to_owned(),
            Some(range) => range.to_string(),
            None => self.text().to_owned(),
        }
    }

    fn category(&self) -> Option<BranchCategory> {
        match self {
            Self::Untold => None,
            Self::Range(_) => Some(BranchCategory::ProductVersionRange),
            Self::Version(_) => Some(BranchCategory::ProductVersion),
            // A range is forbidden where one version is named (6.1.31), and words are no range.
            Self::Words(_) => Some(BranchCategory::PatchLevel),
        }
    }
}

impl Leaf {
    /// The same product of the same vendor has the same id, whatever else the note says.
    pub(super) fn id(&self) -> String {
        let product = self.product.as_ref().map(|product| product.id.as_str());
        let named =
            serde_json::json!([self.vendor, product, self.extent.category(), self.extent.text()]);
        let digest = Sha256::digest(named.to_string());
        let mut id = "CSAFPID-".to_owned();
        for byte in digest.iter().take(10) {
            id.push_str(&format!("{byte:02x}"));
        }
        id
    }

    fn product_name(&self) -> &str {
        self.product.as_ref().map_or(ALL_PRODUCTS, |product| &product.name)
    }

    fn full_name(&self) -> String {
        let (vendor, version) = (&self.vendor, self.extent.words());
        let product = self.product.as_ref().map_or("products", |product| &product.name);
        format!("{vendor} {product} {version}").trim_end().to_owned()
    }

    fn named(&self, version: Version) -> Product {
        Product {
            name: self.full_name(),
            product_id: self.id(),
            product_identification_helper: self.helper(version),
            ..Product::default()
        }
    }

    fn helper(&self, version: Version) -> Option<Helper> {
        let product = self.product.as_ref()?;
        let (mut cpe, mut purl) = (product.cpe.clone(), product.purl.clone());
        if let Extent::Version(named) = &self.extent {
            cpe = cpe.map(|cpe| cpe_of_version(&cpe, named));
            purl = purl.map(|purl| purl_of_version(&purl, named));
        }
        if cpe.is_none() && purl.is_none() {
            return None;
        }
        let mut helper = Helper { cpe, ..Helper::default() };
        match version {
            Version::V2_0 => helper.purl = purl,
            Version::V2_1 => helper.purls.extend(purl),
        }
        Some(helper)
    }
}

/// The tree of vendors, their products and the versions.
pub(super) fn tree<'a>(
    leaves: impl IntoIterator<Item = &'a Leaf>,
    version: Version,
) -> Option<ProductTree> {
    let mut vendors: BTreeMap<&str, BTreeMap<_, Vec<&Leaf>>> = BTreeMap::new();
    for leaf in leaves {
        let product = leaf.product.as_ref().map(|product| &product.id);
        vendors.entry(&leaf.vendor).or_default().entry(product).or_default().push(leaf);
    }
    let branches = vendors.into_iter().map(|(vendor, products)| {
        let products = products.into_values();
        let below = products.flat_map(|leaves| product_branches(&leaves, version)).collect();
        branch(BranchCategory::Vendor, vendor, below)
    });
    let branches: Vec<_> = branches.collect();
    (!branches.is_empty()).then(|| ProductTree { branches, ..ProductTree::default() })
}

/// A branch ends either in a product or in further branches, so a product of which something is said without a version has a branch for that alone.
fn product_branches(leaves: &[&Leaf], version: Version) -> Vec<Branch> {
    let mut found = vec![];
    let mut versions = vec![];
    for leaf in leaves {
        let Some(category) = leaf.extent.category() else {
            let alone = branch(BranchCategory::ProductName, leaf.product_name(), vec![]);
            found.push(Branch { product: Some(leaf.named(version)), ..alone });
            continue;
        };
        let alone = branch(category, leaf.extent.text(), vec![]);
        versions.push(Branch { product: Some(leaf.named(version)), ..alone });
    }
    if let (Some(leaf), false) = (leaves.first(), versions.is_empty()) {
        found.push(branch(BranchCategory::ProductName, leaf.product_name(), versions));
    }
    found
}

fn branch(category: BranchCategory, name: &str, branches: Vec<Branch>) -> Branch {
    Branch { category, name: name.to_owned(), branches, ..Branch::default() }
}

/// A name in one line, or nothing where there is none.
pub(super) fn one_line(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}
