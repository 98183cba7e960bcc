//! What has the flaw: vendors × products × versions of a note, as the record lists them.
//! A vendor that was not heard is `unknown`. Where nothing is affected or unknown, one entry
//! without a name says so, because a record may not hold unaffected products alone (CNA rule
//! 5.1.8); the rules then ask for a product.

use domain::status::ProductStatus;
use domain::version::{Until, VersionRange, Versions};
use serde_json::Map;

use super::NOT_NAMED;
use super::record::{Affected, Status, Version};
use crate::public_note::{PublicNote, PublicProduct, PublicStatus, PublicVulnerability};
use crate::purl::Purl;
use crate::words;

/// The products of every vendor that the note names, in its order.
pub(super) fn affected(note: &PublicNote, vulnerability: &PublicVulnerability) -> Vec<Affected> {
    let mut listed = Vec::new();
    for vendor in &note.vendors {
        let said = vendor.statuses.iter().filter(|said| said.vulnerability == vulnerability.local);
        let mut products: Vec<(Option<&PublicProduct>, Vec<&PublicStatus>)> = Vec::new();
        for said in said {
            let product = said.product.as_ref();
            let known = products
                .iter_mut()
                .find(|(other, _)| other.map(|one| &one.id) == product.map(|one| &one.id));
            match known {
                Some((_, statuses)) => statuses.push(said),
                None => products.push((product, vec![said])),
            }
        }
        if products.is_empty() {
            products.push((None, vec![]));
        }
        for (product, said) in products {
            let new = entry(&vendor.name, product, &said);
            // An old note may name a vendor twice.
            if !listed.contains(&new) {
                listed.push(new);
            }
        }
    }
    let may_be_affected = |one: &Affected| one.statuses().any(|one| one != Status::Unaffected);
    if !listed.iter().any(may_be_affected) {
        listed.push(entry("", None, &[]));
    }
    listed
}

fn entry(vendor: &str, product: Option<&PublicProduct>, said: &[&PublicStatus]) -> Affected {
    let mut versions: Vec<Version> = Vec::new();
    let mut rest: Option<Status> = None;
    let mut mended = false;
    for said in said {
        let told = told(&said.status, &said.versions);
        let status = status(&said.status);
        // Several fixes alone do not say where each branch begins: whatever is not a fix counts as
        // affected.
        if told.is_empty() || told.iter().all(|one| one.status != status) {
            rest = Some(rest.map_or(status, |other| other.min(status)));
        }
        mended |= said.status == ProductStatus::Fixed;
        for version in told {
            if !versions.contains(&version) {
                versions.push(version);
            }
        }
    }
    // A vendor that mended what it listed has spoken of all its versions; one that lists those
    // that it knows to be affected may not have.
    let unlisted = if mended { Status::Unaffected } else { Status::Unknown };
    let purl = product.and_then(|product| product.purl.as_deref());
    let cpe = product.and_then(|product| product.cpe.clone()).filter(|cpe| is_cpe(cpe));
    Affected {
        vendor: Some(name(vendor, 512)),
        product: Some(name(product.map_or("", |product| &product.name), 2048)),
        collection: None,
        package: None,
        purl: purl.and_then(Purl::parse).map(|purl| purl.without_version()),
        cpes: cpe.into_iter().collect(),
        default_status: Some(rest.unwrap_or(unlisted)),
        versions,
        other: Map::new(),
    }
}

fn name(text: &str, most: usize) -> String {
    let text = words::line(text, most);
    if text.is_empty() { NOT_NAMED.to_owned() } else { text }
}

fn status(status: &ProductStatus) -> Status {
    match status {
        ProductStatus::Affected | ProductStatus::Fixed | ProductStatus::WillNotFix => {
            Status::Affected
        }
        ProductStatus::NotAffected { .. } => Status::Unaffected,
        ProductStatus::Unknown | ProductStatus::UnderInvestigation => Status::Unknown,
    }
}

/// The versions that a status names. One fix and no run of versions says that everything before
/// the fix has the flaw.
fn told(said: &ProductStatus, versions: &Versions) -> Vec<Version> {
    let affected = status(said);
    let mut told: Vec<Version> =
        versions.affected.iter().map(|range| run(range, affected)).collect();
    if let ([], [fix], Status::Affected) = (&*versions.affected, &*versions.fixed, affected) {
        let until = Some(Until::Before(fix.clone()));
        told.push(run(&VersionRange::Between { from: None, until }, affected));
    }
    told.extend(versions.fixed.iter().map(|version| one(version, Status::Unaffected)));
    told
}

fn run(range: &VersionRange, status: Status) -> Version {
    let (from, until) = match range {
        VersionRange::Only { version } => return one(version, status),
        VersionRange::All => (None, None),
        VersionRange::Between { from, until } => (from.as_deref(), until.as_ref()),
    };
    let (less_than, less_than_or_equal) = match until {
        Some(Until::Before(version)) => (Some(version.clone()), None),
        Some(Until::Through(version)) => (None, Some(version.clone())),
        None => (Some("*".to_owned()), None),
    };
    Version {
        order: Some("custom".to_owned()),
        less_than,
        less_than_or_equal,
        ..one(from.unwrap_or("0"), status)
    }
}

fn one(version: &str, status: Status) -> Version {
    Version {
        version: version.to_owned(),
        status,
        order: None,
        less_than: None,
        less_than_or_equal: None,
        changes: vec![],
        other: Map::new(),
    }
}

/// Whether a text is a CPE 2.3 name in its bound form (NISTIR 7695 section 6.2).
pub(super) fn is_cpe(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("cpe:2.3:") else { return false };
    let mut parts = vec![String::new()];
    let mut letters = rest.chars();
    while let Some(letter) = letters.next() {
        let last = parts.len() - 1;
        match letter {
            ':' => parts.push(String::new()),
            '\\' => match letters.next() {
                Some(quoted) if quoted.is_ascii_punctuation() => {
                    parts[last].push('\\');
                    parts[last].push(quoted);
                }
                Some(_) | None => return false,
            },
            letter if letter.is_ascii_alphanumeric() || "-._*?".contains(letter) => {
                parts[last].push(letter);
            }
            _ => return false,
        }
    }
    let language = |part: &str| {
        let (name, region) = part.split_once('-').unwrap_or((part, "US"));
        matches!(part, "*" | "-")
            || (matches!(name.len(), 2 | 3) && matches!(region.len(), 2 | 3))
                && !part.contains(['*', '?', '\\', '.', '_'])
    };
    parts.len() == 11
        && matches!(parts.first().map(String::as_str), Some("a" | "h" | "o" | "*" | "-"))
        && parts.get(6).is_some_and(|part| language(part))
        && parts.iter().all(|part| is_component(part))
}

/// A value, or one of the two signs for any and none; wildcards stand at its ends only.
fn is_component(part: &str) -> bool {
    let inner = part.trim_start_matches('?').trim_end_matches('?');
    let inner = inner.strip_prefix('*').unwrap_or(inner);
    let inner = inner.strip_suffix('*').unwrap_or(inner);
    let unquoted = inner.replace("\\*", "").replace("\\?", "");
    matches!(part, "*" | "-") || (!inner.is_empty() && !unquoted.contains(['*', '?']))
}
