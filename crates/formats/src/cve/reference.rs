//! Where more is told: the note itself first, then what it refers to, then what its vendors gave.
//! A record never refers to itself (CNA rule 5.1.10).

use serde_json::Map;

use super::record::Reference;
use crate::public_note::{PublicNote, PublicVulnerability, Publisher};
use crate::web_address;
use crate::words;

/// How many references a record may hold.
const MOST: usize = 512;

const VENDOR: &str = "vendor-advisory";

pub(super) fn references(
    note: &PublicNote,
    vulnerability: &PublicVulnerability,
    publisher: &Publisher,
) -> Vec<Reference> {
    let is_ours = note.vendors.iter().any(|vendor| same_name(&vendor.name, &publisher.name));
    let tag = if is_ours { VENDOR } else { "third-party-advisory" };
    let name = Some(words::line(&publisher.number(note), 512)).filter(|name| !name.is_empty());
    let page = Reference {
        url: publisher.page(note),
        name,
        tags: vec![tag.to_owned()],
        other: Map::new(),
    };
    let mut listed = vec![page];
    for line in &note.references {
        add(&mut listed, line, None);
    }
    for vendor in &note.vendors {
        let mut said =
            vendor.statuses.iter().filter(|said| said.vulnerability == vulnerability.local);
        let lines = said.clone().flat_map(|said| &said.references);
        if said.next().is_some() || vendor.statuses.is_empty() {
            for line in vendor.references.iter().chain(lines) {
                add(&mut listed, line, Some(VENDOR));
            }
        }
    }
    listed
}

fn same_name(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

fn add(listed: &mut Vec<Reference>, line: &str, tag: Option<&str>) {
    for url in web_address::addresses(line) {
        if is_a_record(&url) || listed.len() >= MOST {
            continue;
        }
        let tags: Vec<String> = tag.iter().map(|tag| (*tag).to_owned()).collect();
        match listed.iter_mut().find(|known| known.url == url) {
            // The first word that was said of a page stays.
            Some(known) if known.tags.is_empty() => known.tags = tags,
            Some(_) => {}
            None => listed.push(Reference { url, name: None, tags, other: Map::new() }),
        }
    }
}

/// Whether an address leads to a CVE record rather than to what a record is made from (5.3.3.5).
pub(crate) fn is_a_record(url: &str) -> bool {
    let url = url.to_lowercase();
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    [
        "cve.org/cverecord",
        "cve.mitre.org/cgi-bin/cvename.cgi",
        "cveawg.mitre.org/api/cve/",
        "cveawg-test.mitre.org/api/cve/",
        "github.com/cveproject/cvelistv5/",
        "raw.githubusercontent.com/cveproject/cvelistv5/",
    ]
    .iter()
    .any(|place| rest.starts_with(place))
}
