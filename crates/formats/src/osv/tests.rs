//! What a note says comes out in OSV records, is valid by OSV's schema, and comes back.

use super::*;
use crate::json::written;
use crate::public_note::{PublicNote, PublicVendor};
use crate::sample::{self, full, judge, of, product, publisher, said, small, vendor};
use domain::status::ProductStatus;
use proptest::prelude::*;
use serde_json::{Value, json};

fn affected(vendors: Vec<PublicVendor>) -> Value {
    let records = write(&small(vendors), &publisher());
    serde_json::to_value(&records[0].affected).unwrap()
}

fn package(purl: &str, status: ProductStatus, versions: &str) -> Vec<PublicVendor> {
    vec![vendor("Acme", vec![of(product("Kettle", Some(purl)), said(status, versions))])]
}

#[test]
fn a_note_that_says_everything_makes_these_records() {
    let text = serde_json::to_string_pretty(&write(&full(), &publisher())).unwrap();
    expect_test::expect_file!["tests/full.json"].assert_eq(&format!("{text}\n"));
}

#[test]
fn runs_of_versions_become_events() {
    let range = |events: Value| json!({ "type": "ECOSYSTEM", "events": events });
    for (versions, ranges, single) in [
        (
            "< 2, >= 3 <= 4, >= 5",
            json!([
                range(json!([{ "introduced": "0" }, { "fixed": "2" }])),
                range(json!([{ "introduced": "3" }, { "last_affected": "4" }])),
                range(json!([{ "introduced": "5" }])),
            ]),
            json!(null),
        ),
        ("1.0, 1.1", json!(null), json!(["1.0", "1.1"])),
        ("all", json!([range(json!([{ "introduced": "0" }]))]), json!(null)),
        ("", json!([range(json!([{ "introduced": "0" }]))]), json!(null)),
        (
            "; fixed 2",
            json!([range(json!([{ "introduced": "0" }, { "fixed": "2" }]))]),
            json!(null),
        ),
        ("; fixed 2, 3", json!([range(json!([{ "introduced": "0" }]))]), json!(null)),
    ] {
        let made = affected(package("pkg:cargo/kettle", ProductStatus::Fixed, versions));
        let package =
            json!({ "ecosystem": "crates.io", "name": "kettle", "purl": "pkg:cargo/kettle" });
        let one = made[0].as_object().unwrap();
        assert_eq!(one["package"], package, "{versions}");
        assert_eq!(one.get("ranges").cloned().unwrap_or_default(), ranges, "{versions}");
        assert_eq!(one.get("versions").cloned().unwrap_or_default(), single, "{versions}");
    }
    let named = affected(package("pkg:cargo/kettle@1.2", ProductStatus::Affected, ""));
    assert_eq!((&named[0]["versions"], named[0].get("ranges")), (&json!(["1.2"]), None));
}

#[test]
fn only_packages_of_known_kinds_that_have_it_are_listed() {
    for (purl, status) in [
        ("pkg:generic/kettle", ProductStatus::Affected),
        ("pkg:rpm/kettle", ProductStatus::Affected),
        ("kettle", ProductStatus::Affected),
        ("pkg:npm/kettle", ProductStatus::NotAffected { justification: None }),
        ("pkg:npm/kettle", ProductStatus::Unknown),
        ("pkg:npm/kettle", ProductStatus::UnderInvestigation),
    ] {
        assert_eq!(affected(package(purl, status.clone(), "")), json!([]), "{purl} {status:?}");
    }
    assert_eq!(affected(vec![vendor("Acme", vec![said(ProductStatus::Affected, "")])]), json!([]));
    for (purl, ecosystem, name) in [
        ("pkg:npm/%40acme/kettle", "npm", "@acme/kettle"),
        ("pkg:maven/org.acme/kettle", "Maven", "org.acme:kettle"),
        ("pkg:golang/acme.example/kettle", "Go", "acme.example/kettle"),
        ("pkg:pypi/Ket_tle", "PyPI", "ket-tle"),
        ("pkg:deb/debian/kettle?arch=source", "Debian", "kettle"),
        ("pkg:rpm/redhat/kettle", "Red Hat", "kettle"),
    ] {
        let made = affected(package(purl, ProductStatus::WillNotFix, ""));
        assert_eq!(made[0]["package"]["ecosystem"], ecosystem, "{purl}");
        assert_eq!(made[0]["package"]["name"], name, "{purl}");
    }
}

#[test]
fn what_other_people_wrote_is_kept() {
    let record = json!({
        "schema_version": "1.3.0", "id": "GHSA-x", "modified": "2024-01-02T03:04:05Z", "x": { "y": [1.50] },
        "affected": [{
            "package": { "ecosystem": "Go", "name": "kettle", "z": true },
            "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0" }, { "limit": "3" }], "q": null }],
            "ecosystem_specific": { "imports": [] },
        }],
        "references": [{ "type": "WEB", "url": "https://kettle.example", "w": 1 }],
        "credits": [{ "name": "Ada", "contact": ["mailto:ada@kettle.example"], "v": {} }],
        "severity": [{ "type": "CVSS_V3", "score": "CVSS:3.1/AV:N", "u": [] }],
    });
    let read = read(record.to_string().as_bytes()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), record);
}

#[test]
fn nothing_is_what_null_says() {
    let record = br#"{ "id": "X-1", "modified": "2024-01-02T03:04:05Z", "aliases": null, "affected": null }"#;
    let read = read(record).unwrap();
    assert_eq!(
        String::from_utf8(written(&read)).unwrap(),
        r#"{"id":"X-1","modified":"2024-01-02T03:04:05Z"}"#
    );
}

#[test]
fn a_refusal_says_what_is_wrong_and_where() {
    for (text, sentence) in [
        ("{", "The OSV record is not JSON: the reader stopped at line 1, column 1."),
        (
            r#"{"id":"X"}"#,
            "The OSV record cannot be read: missing field `modified`, at line 1, column 10.",
        ),
        (
            r#"{"id":"X","modified":"","affected":[{"ranges":[{"type":"GIT","events":[{"came":"0"}]}]}]}"#,
            "The OSV record cannot be read: unknown variant `came`, expected one of `introduced`, `fixed`, \
             `last_affected`, `limit`, at line 1, column 78.",
        ),
    ] {
        assert_eq!(read(text.as_bytes()).unwrap_err().to_string(), sentence);
    }
    assert!(read(&vec![b' '; LARGEST + 1]).unwrap_err().to_string().ends_with("are not read."));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_record_comes_back_as_it_was_written(note in sample::odd_note()) {
        for record in write(&note, &publisher()) {
            let bytes = written(&record);
            prop_assert_eq!(read(&bytes), Ok(record));
        }
    }
}

fn judge_notes(notes: &[PublicNote]) {
    let Some(schema) = judge::shared("data/schemas/osv.json") else { return };
    let records: Vec<_> = notes.iter().flat_map(|note| write(note, &publisher())).collect();
    let documents: Vec<_> = records.iter().map(written).collect();
    if let Some(complaints) = judge::complaints(&schema, &documents) {
        println!("{} records judged by check-jsonschema", documents.len());
        assert_eq!(complaints, "");
    }
}

#[test]
fn odd_notes_make_valid_records() {
    let mut notes = sample::odd_notes(150);
    notes.push(full());
    judge_notes(&notes);
}

#[test]
fn notes_of_the_archive_make_valid_records() {
    let Some(notes) = sample::archived() else { return };
    judge_notes(&notes);
}

#[test]
fn the_judge_sees_what_is_wrong() {
    let Some(schema) = judge::shared("data/schemas/osv.json") else { return };
    let mut record = write(&full(), &publisher()).remove(0);
    record.id = "VU-257161-1".to_owned();
    if let Some(complaints) = judge::complaints(&schema, &[written(&record)]) {
        assert!(complaints.contains("$.id"), "{complaints}");
    }
}
