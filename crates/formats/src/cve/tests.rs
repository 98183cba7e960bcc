//! What a note says comes out in a record, is valid by the schema of the format, and comes back.

mod beside;
mod judged;

use super::*;
use crate::json::{Unread, written};
use crate::public_note::{PublicNote, PublicVendor};
use crate::sample::{self, at, full, of, organisation, product, publisher, said, small, vendor};
use domain::status::ProductStatus;
use expect_test::{Expect, expect};
use proptest::prelude::*;
use serde_json::{Value, json};

pub(crate) fn first(note: &PublicNote) -> Container {
    container(note, &note.vulnerabilities[0], &publisher(), &organisation())
}

/// The products of a record, a line each.
fn affected(vendors: Vec<PublicVendor>) -> String {
    let told = first(&small(vendors));
    let version = |one: &Version| {
        let end = match (&one.less_than, &one.less_than_or_equal) {
            (Some(end), _) => format!(" < {end}"),
            (None, Some(end)) => format!(" <= {end}"),
            (None, None) => String::new(),
        };
        format!(" {:?} {}{end};", one.status, one.version)
    };
    let line = |one: &Affected| {
        let versions: String = one.versions.iter().map(version).collect();
        let names = [&one.vendor, &one.product].map(|name| name.as_deref().unwrap().to_owned());
        format!("{} else {:?}:{versions}\n", names.join("/"), one.default_status.unwrap())
    };
    told.affected.iter().map(line).collect()
}

fn check(vendors: Vec<PublicVendor>, expected: &Expect) {
    expected.assert_eq(&affected(vendors));
}

#[test]
fn every_status_and_every_run_of_versions_has_its_place() {
    let not = || ProductStatus::NotAffected { justification: None };
    let kettle = || product("Kettle", None);
    check(
        vec![
            vendor("Silent", vec![]),
            vendor("Looking", vec![said(ProductStatus::UnderInvestigation, "")]),
            vendor("Sure", vec![said(not(), "")]),
            vendor("Broken", vec![said(ProductStatus::Affected, "")]),
            vendor(
                "Lists",
                vec![said(ProductStatus::Affected, "1.0, < 0.9, >= 2 <= 3, >= 4, all")],
            ),
            vendor("Mends", vec![said(ProductStatus::Fixed, "< 4.2; fixed 4.2")]),
            vendor("Fix only", vec![said(ProductStatus::Fixed, "; fixed 4.2")]),
            vendor("Fixes only", vec![said(ProductStatus::Fixed, "; fixed 4.2, 5.1")]),
            vendor("Gives up", vec![said(ProductStatus::WillNotFix, "")]),
            vendor("Torn", vec![said(not(), ""), said(ProductStatus::Affected, "")]),
            vendor(
                "Both",
                vec![
                    of(kettle(), said(ProductStatus::Affected, "< 2")),
                    of(kettle(), said(not(), "")),
                    of(product("Pot", None), said(not(), "1")),
                ],
            ),
        ],
        &expect![[r"
            Silent/n/a else Unknown:
            Looking/n/a else Unknown:
            Sure/n/a else Unaffected:
            Broken/n/a else Affected:
            Lists/n/a else Unknown: Affected 1.0; Affected 0 < 0.9; Affected 2 <= 3; Affected 4 < *; Affected 0 < *;
            Mends/n/a else Unaffected: Affected 0 < 4.2; Unaffected 4.2;
            Fix only/n/a else Unaffected: Affected 0 < 4.2; Unaffected 4.2;
            Fixes only/n/a else Affected: Unaffected 4.2; Unaffected 5.1;
            Gives up/n/a else Affected:
            Torn/n/a else Affected:
            Both/Kettle else Unaffected: Affected 0 < 2;
            Both/Pot else Unknown: Unaffected 1;
        "]],
    );
}

#[test]
fn a_record_never_lists_unaffected_products_alone() {
    let not = || said(ProductStatus::NotAffected { justification: None }, "");
    check(
        vec![vendor("Sure", vec![not()])],
        &expect![[r"
            Sure/n/a else Unaffected:
            n/a/n/a else Unknown:
        "]],
    );
    check(vec![], &expect!["n/a/n/a else Unknown:\n"]);
    check(
        vec![vendor("Twice", vec![]), vendor("Twice", vec![])],
        &expect!["Twice/n/a else Unknown:\n"],
    );
}

#[test]
fn a_note_that_says_everything_makes_this_record() {
    let note = full();
    let record = record(&note, &note.vulnerabilities[0], &publisher(), &organisation()).unwrap();
    let text = serde_json::to_string_pretty(&record).unwrap();
    expect_test::expect_file!["tests/full.json"].assert_eq(&format!("{text}\n"));
}

#[test]
fn a_vulnerability_without_an_id_has_a_container_and_no_record() {
    let note = full();
    assert_eq!(record(&note, &note.vulnerabilities[1], &publisher(), &organisation()), None);
    let told = container(&note, &note.vulnerabilities[1], &publisher(), &organisation());
    assert_eq!(told.descriptions[0].value, "The lid opens.");
    assert_eq!(told.problem_types, []);
}

#[test]
fn the_scores_of_a_note_count_for_its_only_vulnerability() {
    let mut note = small(vec![]);
    note.scores = vec![sample::score("AV:N/AC:L/Au:N/C:P/I:P/A:P")];
    assert!(first(&note).metrics[0].cvss31.is_some());
    note.vulnerabilities[0].scores.clear();
    let cvss = first(&note).metrics[0].cvss2.clone().unwrap();
    assert_eq!((cvss.base.as_f64(), cvss.severity), (Some(7.5), None));
    note.vulnerabilities.push(sample::flaw(2, None));
    assert_eq!(first(&note).metrics, []);
}

#[test]
fn a_record_does_not_refer_to_records_and_says_whose_advisory_the_note_is() {
    let mut note = full();
    let tags = |note: &PublicNote, at: usize| first(note).references[at].tags.clone();
    assert_eq!(first(&note).references.len(), 3);
    assert_eq!(tags(&note, 0), ["third-party-advisory"]);
    assert_eq!(tags(&note, 2), ["vendor-advisory"]);
    note.vendors[0].name = "kettle RESPONSE team ".to_owned();
    assert_eq!(tags(&note, 0), ["vendor-advisory"]);
    note.references = (0..2000).map(|n| format!("https://kettle.example/{n}")).collect();
    assert_eq!(first(&note).references.len(), 512);
}

#[test]
fn a_rejection_gives_its_reason() {
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    let twice = ids(&["CVE-1900-0002", "CVE-1900-0002"]);
    let rejection = reject("It is the *same* flaw.", &twice, &organisation()).unwrap();
    assert_eq!(
        serde_json::to_value(&rejection).unwrap(),
        json!({
            "providerMetadata": { "orgId": organisation().id(), "shortName": "kettle" },
            "rejectedReasons": [{ "lang": "en", "value": "It is the same flaw." }],
            "replacedBy": ["CVE-1900-0002"],
        })
    );
    assert_eq!(reject(" \n", &[], &organisation()), Err(NotARejection::NoReason));
    let wrong = reject("No.", &ids(&["CVE-19"]), &organisation()).unwrap_err();
    assert_eq!(wrong.to_string(), "“CVE-19” is not a CVE id.");
    let record = |id: &str| {
        rejected_record(id, rejection.clone(), at("2026-11-01T00:00:00Z"), &organisation())
    };
    assert_eq!(record("CVE-19"), None);
    let read = read(&written(&record("CVE-1900-0001").unwrap())).unwrap();
    assert_eq!(read, Read::Rejected(Box::new(record("CVE-1900-0001").unwrap())));
}

#[test]
fn an_organisation_is_what_the_program_knows() {
    let id = "7f3e5a2c-0b1d-4e6f-8a9b-1c2d3e4f5a6b";
    assert!(Organisation::new(id, "ok").is_ok());
    for wrong in ["", "7f3e5a2c-0b1d-1e6f-8a9b-1c2d3e4f5a6b", "7f3e5a2c0b1d4e6f8a9b1c2d3e4f5a6b"] {
        assert_eq!(Organisation::new(wrong, "ok"), Err(NotAnOrganisation::Id), "{wrong}");
    }
    for wrong in ["x", &"x".repeat(33), "a\nb"] {
        assert_eq!(Organisation::new(id, wrong), Err(NotAnOrganisation::ShortName), "{wrong}");
    }
}

#[test]
fn cpe_names_are_told_from_what_looks_like_them() {
    for good in [
        "cpe:2.3:a:acme:kettle:1.0:*:*:*:*:*:*:*",
        "cpe:2.3:h:acme:ket\\:tle:-:*:*:en-us:*:*:x64:*",
        "cpe:2.3:o:acme:ket*:1.?:*:*:*:*:*:*:*",
    ] {
        assert!(affected::is_cpe(good), "{good}");
    }
    for bad in [
        "",
        "cpe:2.3:a:acme:kettle",
        "cpe:2.3:x:acme:kettle:1.0:*:*:*:*:*:*:*",
        "cpe:2.3:a:acme:ket tle:1.0:*:*:*:*:*:*:*",
        "cpe:2.3:a:acme::1.0:*:*:*:*:*:*:*",
        "cpe:2.3:a:acme:k*e:1.0:*:*:*:*:*:*:*",
        "cpe:2.3:a:acme:kettle:1.0:*:*:english:*:*:*:*",
        "cpe:/a:acme:kettle",
    ] {
        assert!(!affected::is_cpe(bad), "{bad}");
    }
}

fn refusal(bytes: &[u8]) -> String {
    read(bytes).unwrap_err().to_string()
}

#[test]
fn a_refusal_says_what_is_wrong_and_where() {
    let record = |changes: Value| {
        let mut record = json!({
            "dataType": "CVE_RECORD", "dataVersion": "5.1.1",
            "cveMetadata": { "cveId": "CVE-1900-0001", "assignerOrgId": "x", "state": "PUBLISHED" },
            "containers": { "cna": {
                "providerMetadata": { "orgId": "x" }, "descriptions": [], "affected": [], "references": [],
            } },
        });
        record.as_object_mut().unwrap().extend(changes.as_object().cloned().unwrap());
        record.to_string().into_bytes()
    };
    assert!(read(&record(json!({}))).is_ok());
    for (changes, sentence) in [
        (
            json!({ "dataType": "X" }),
            "The CVE record cannot be read: its dataType is “X”, not “CVE_RECORD”.",
        ),
        (
            json!({ "dataVersion": "4.0" }),
            "The CVE record cannot be read: its dataVersion is “4.0”, not 5.",
        ),
        (
            json!({ "cveMetadata": { "state": "RESERVED" } }),
            "The CVE record cannot be read: its state is “RESERVED”; only PUBLISHED and REJECTED records tell anything.",
        ),
        (
            json!({ "cveMetadata": { "state": "REJECTED", "cveId": "x", "assignerOrgId": "x" } }),
            "The CVE record cannot be read: missing field `rejectedReasons`, at line 1, column 103.",
        ),
    ] {
        assert_eq!(refusal(&record(changes)), sentence);
    }
    assert_eq!(
        refusal(b"{"),
        "The CVE record is not JSON: the reader stopped at line 1, column 1."
    );
    assert!(matches!(read(&vec![b' '; LARGEST + 1]), Err(Unread::TooLarge { .. })));
    assert!(read("[".repeat(100_000).as_bytes()).is_err());
}

#[test]
fn what_other_people_add_to_a_record_stays() {
    let note = full();
    let record = record(&note, &note.vulnerabilities[0], &publisher(), &organisation()).unwrap();
    let mut value = serde_json::to_value(&record).unwrap();
    decorate(&mut value, 0);
    let Read::Published(read) = read(value.to_string().as_bytes()).unwrap() else { panic!() };
    assert_eq!(serde_json::to_value(&*read).unwrap(), value);
}

/// Adds a key to every object.
fn decorate(value: &mut Value, depth: u64) {
    match value {
        Value::Object(map) => {
            map.values_mut().for_each(|value| decorate(value, depth + 1));
            map.insert("x_kept".to_owned(), json!([depth, null, 1.50, { "a": {} }]));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| decorate(value, depth + 1)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_record_comes_back_as_it_was_written(note in sample::odd_note()) {
        for one in &note.vulnerabilities {
            let Some(record) = record(&note, one, &publisher(), &organisation()) else { continue };
            let bytes = written(&record);
            prop_assert_eq!(&bytes, &written(&record));
            prop_assert_eq!(read(&bytes), Ok(Read::Published(Box::new(record.clone()))));
            record.to_public_note().unwrap();
        }
    }

    #[test]
    fn bytes_of_any_kind_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
    }
}

#[test]
fn what_maps_comes_back_as_a_note() {
    let mut note = full();
    note.vulnerabilities.truncate(1);
    let written = record(&note, &note.vulnerabilities[0], &publisher(), &organisation()).unwrap();
    let back = written.to_public_note().unwrap();
    assert_eq!((&back.number, &back.title), (&note.number, &note.title));
    assert_eq!(back.vulnerabilities[0].cve, note.vulnerabilities[0].cve);
    assert_eq!(back.vulnerabilities[0].description, note.vulnerabilities[0].description);
    assert_eq!(back.vulnerabilities[0].cwe, note.vulnerabilities[0].cwe);
    assert_eq!(back.vulnerabilities[0].scores[0].vector, note.vulnerabilities[0].scores[0].vector);
    assert_eq!(back.credits[0], note.credits[0]);
    assert_eq!(back.timeline, note.timeline);
    assert_eq!(back.sections, note.sections[1..4]);
    assert_eq!(back.first_published_at, note.first_published_at);
    assert_eq!((back.updated_at, back.public_at), (note.updated_at, note.public_at));
    let told = |note: &PublicNote| -> Vec<String> {
        let vendors = note.vendors.iter();
        vendors
            .flat_map(|vendor| {
                vendor.statuses.iter().map(|said| {
                    let product = said.product.as_ref().map(|product| &product.name);
                    format!("{} {product:?} {} {}", vendor.name, said.status.label(), said.versions)
                })
            })
            .collect()
    };
    expect![[r#"
        Acme Some("Kettle") Fixed >= 3.0 < 4.2.1, 5.0-beta; fixed 4.2.1, 5.0
        Acme Some("Pot") Not affected 
        Brew & Söhne None Affected <= 2.0
        Cup Co None Unknown 
        Dish None Unknown 
        Ewer None Not affected "#]]
    .assert_eq(&told(&back).join("\n"));
}

#[test]
fn records_in_other_peoples_manner_are_understood() {
    let record = |affected: Value| {
        json!({
            "dataType": "CVE_RECORD", "dataVersion": "5.0",
            "cveMetadata": {
                "cveId": "CVE-1900-4242", "assignerOrgId": "x", "state": "PUBLISHED",
                "datePublished": "2024-02-03T04:05:06",
            },
            "containers": { "cna": {
                "providerMetadata": { "orgId": "x" },
                "descriptions": [
                    { "lang": "es", "value": "Hierve" }, { "lang": "en-US", "value": "Boils *over*" },
                ],
                "affected": affected, "references": [{ "url": "https://kettle.example/" }],
            } },
        })
    };
    let note = |affected: Value| {
        let Read::Published(record) = read(record(affected).to_string().as_bytes()).unwrap() else {
            panic!()
        };
        record.to_public_note().unwrap()
    };
    let versions = |affected: Value| {
        let note = note(json!([affected]));
        let statuses = note.vendors.iter().flat_map(|vendor| &vendor.statuses);
        let lines: Vec<String> =
            statuses.map(|one| format!("{}: {}", one.status.label(), one.versions)).collect();
        lines.join(" / ")
    };
    let one = note(json!([{ "vendor": "Acme", "product": "Kettle" }]));
    assert_eq!((&*one.number, &*one.title), ("1900-4242", "CVE-1900-4242"));
    assert_eq!(one.first_published_at, at("2024-02-03T04:05:06Z"));
    assert_eq!(one.vulnerabilities[0].description, "Boils \\*over\\*");
    for (affected, expected) in [
        (
            json!({ "vendor": "A", "product": "K", "versions": [{ "version": "n/a", "status": "affected" }] }),
            "Unknown: ",
        ),
        (
            json!({ "vendor": "A", "product": "K", "versions": [{ "version": ">= 1.0, < 2.0", "status": "affected" }] }),
            "Affected: >= 1.0 < 2.0",
        ),
        (
            json!({ "vendor": "A", "product": "K", "defaultStatus": "unaffected", "versions": [
                { "version": "1", "lessThan": "*", "versionType": "semver", "status": "affected",
                  "changes": [{ "at": "1.5", "status": "unaffected" }] },
            ] }),
            "Fixed: >= 1; fixed 1.5",
        ),
        (
            json!({ "collectionURL": "https://registry.npmjs.org", "packageName": "kettle", "defaultStatus": "affected" }),
            "Affected: ",
        ),
        (json!({ "vendor": "n/a", "product": "n/a", "defaultStatus": "affected" }), ""),
    ] {
        assert_eq!(versions(affected.clone()), expected, "{affected}");
    }
    let mut undated = record(json!([]));
    undated["cveMetadata"].as_object_mut().unwrap().remove("datePublished");
    let Read::Published(undated) = read(undated.to_string().as_bytes()).unwrap() else { panic!() };
    assert_eq!(undated.to_public_note(), Err(NoDate));
}
