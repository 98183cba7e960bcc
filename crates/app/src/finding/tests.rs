use serde_json::{Value, json};
use store::Artefact;

use super::{Finding, Weight, of_files};
use crate::artefact;

fn document(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut document = json!({
        "document": {
            "category": "csaf_base", "csaf_version": "2.0", "title": "Tally",
            "distribution": { "tlp": { "label": "WHITE" } },
            "publisher": {
                "category": "coordinator", "name": "CERT", "namespace": "https://cert.example"
            },
            "notes": [{ "category": "summary", "title": "Overview", "text": "It is." }],
            "tracking": {
                "id": "VU#1", "status": "final", "version": "1",
                "initial_release_date": "2026-11-01T12:00:00Z",
                "current_release_date": "2026-11-01T12:00:00Z",
                "revision_history": [
                    { "date": "2026-11-01T12:00:00Z", "number": "1", "summary": "First." }
                ]
            }
        }
    });
    change(&mut document);
    serde_json::to_vec(&document).unwrap()
}

fn findings(format: &str, bytes: Vec<u8>) -> Vec<Finding> {
    let media_type = "application/json".to_owned();
    of_files(&[Artefact { format: format.to_owned(), media_type, bytes }])
}

#[test]
fn a_document_that_keeps_the_rules_has_no_findings() {
    assert_eq!(findings(artefact::CSAF_2_0, document(|_| {})), []);
}

#[test]
fn a_broken_rule_is_told_by_its_number_and_its_place_in_the_note() {
    let twice = document(|document| {
        document["vulnerabilities"] =
            json!([{ "cve": "CVE-2026-1000" }, { "cve": "CVE-2026-1000" }]);
    });
    let found = findings(artefact::CSAF_2_0, twice);
    let told: Vec<_> = found.iter().map(|one| (one.rule.as_str(), one.place.as_str())).collect();
    assert!(told.contains(&("CSAF 2.0, 6.1.23", "Vulnerability 2 (CVE-2026-1000)")), "{found:?}");
    assert!(found.iter().all(|one| one.weight == Weight::Stops && !one.words.is_empty()));
    let history = document(|document| document["document"]["tracking"]["version"] = json!("2"));
    let found = findings(artefact::CSAF_2_0, history);
    assert!(found.iter().any(|one| one.place == "The dates and revisions"), "{found:?}");
}

#[test]
fn a_file_that_is_not_what_it_should_be_is_told_whole() {
    for format in [artefact::CSAF_2_1, artefact::OPENVEX, "osv-1.json"] {
        let found = findings(format, b"[]".to_vec());
        assert_eq!(found.len(), 1, "{format}");
        assert_eq!(found[0].place, "The document as a whole", "{format}");
    }
    assert_eq!(findings(artefact::PLAIN, b"Words.".to_vec()), []);
}
