//! What a flaw is called elsewhere, in every format that has a place for it, and back.

use domain::{CaseNumber, Identifier, Published};
use serde_json::{Value, json};

use crate::csaf::{self, Version};
use crate::json::written;
use crate::public_note::PublicNote;
use crate::sample::{flaw, identifiers, organisation, publisher, small};
use crate::{gcve, osv, plain, vex};

/// A note of one flaw that has a name everywhere.
fn called() -> PublicNote {
    let mut note = small(vec![]);
    let cve = Some("CVE-1900-0001");
    note.vulnerabilities =
        vec![super::PublicVulnerability { identifiers: identifiers(), ..flaw(1, cve) }];
    note
}

#[test]
fn csaf_lists_every_identifier_behind_our_own_and_gives_them_back() {
    for version in [Version::V2_0, Version::V2_1] {
        let document = csaf::write(&called(), &publisher(), version);
        let value: Value = serde_json::from_slice(&document).unwrap();
        let ids = value["vulnerabilities"][0]["ids"].as_array().unwrap();
        assert_eq!(ids.len(), 1 + identifiers().len());
        assert!(ids[0]["text"].as_str().unwrap().ends_with(".1"), "{}", ids[0]);
        let ghsa = json!({ "system_name": "GHSA", "text": "GHSA-jfh8-c2jp-5v3q" });
        assert!(ids.contains(&ghsa), "{ids:?}");
        assert!(ids.contains(&json!({ "system_name": "Acme", "text": "SA-2026-17" })), "{ids:?}");
        let read = csaf::read(&document).unwrap();
        assert_eq!(csaf::problems(&read), []);
        let again = read.to_public_note().unwrap();
        assert_eq!(again.vulnerabilities[0].identifiers, identifiers());
    }
}

#[test]
fn an_identifier_that_is_our_own_number_stands_in_csaf_once() {
    let mut note = called();
    let document = csaf::write(&note, &publisher(), Version::V2_0);
    let value: Value = serde_json::from_slice(&document).unwrap();
    let own = &value["vulnerabilities"][0]["ids"][0];
    let (scheme, id) = (own["system_name"].as_str().unwrap(), own["text"].as_str().unwrap());
    note.vulnerabilities[0].identifiers = vec![Identifier::new(scheme, id).unwrap()];
    let document = csaf::write(&note, &publisher(), Version::V2_0);
    let value: Value = serde_json::from_slice(&document).unwrap();
    assert_eq!(value["vulnerabilities"][0]["ids"].as_array().unwrap().len(), 1);
}

#[test]
fn osv_and_gcve_name_entries_of_databases_alone() {
    let note = called();
    let records = serde_json::to_value(osv::write(&note, &publisher())).unwrap();
    let aliases = json!([
        "CVE-1900-0001",
        "EUVD-2026-12345",
        "GCVE-1-2026-0001",
        "GHSA-jfh8-c2jp-5v3q",
        "DSA-5123-1"
    ]);
    assert_eq!(records[0]["aliases"], aliases);
    let equal = |id: &str| {
        let id = id.parse().unwrap();
        let flaw = &note.vulnerabilities[0];
        let record = gcve::record(&note, flaw, &publisher(), &organisation(), &id);
        let value: Value = serde_json::from_slice(&written(&record)).unwrap();
        value["containers"]["cna"]["x_gcve"][0]["relationships"].clone()
    };
    let cve = json!({ "destId": "CVE-1900-0001", "type": "equal" });
    let gcve = json!({ "destId": "GCVE-1-2026-0001", "type": "equal" });
    assert_eq!(equal("GCVE-1988-2026-0007"), json!([cve, gcve]));
    assert_eq!(equal("GCVE-1-2026-0001"), json!([cve]), "it does not equal itself");
}

#[test]
fn openvex_names_all_of_them_once() {
    let mut note = crate::sample::full();
    note.vulnerabilities[0].identifiers = identifiers();
    let document = serde_json::to_value(vex::write(&note, &publisher()).unwrap()).unwrap();
    let statements = document["statements"].as_array().unwrap();
    let of_first = statements.iter().find(|one| one["vulnerability"]["name"] == "CVE-1900-0001");
    let aliases = of_first.unwrap()["vulnerability"]["aliases"].as_array().unwrap();
    assert_eq!(aliases.len(), 1 + identifiers().len(), "{aliases:?}");
    assert!(aliases.contains(&json!("SA-2026-17")), "{aliases:?}");
}

#[test]
fn people_read_them_too() {
    let text = plain::write(&called(), &publisher());
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("Also called") && text.contains("Acme: SA-2026-17"), "{text}");
    let without = plain::write(&small(vec![]), &publisher());
    assert!(!without.contains("Also called"), "{without}");
}

#[test]
fn a_note_from_a_file_keeps_them() {
    let number: CaseNumber = "VU#4711".parse().unwrap();
    let imported = called().into_imported(number, (None, None));
    let published = Published::imported(imported);
    let again = PublicNote::from(&published);
    assert_eq!(again.vulnerabilities[0].identifiers, identifiers());
}
