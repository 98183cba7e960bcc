//! What a note says comes out in an OpenVEX document and comes back; documents of vendors are read.

use super::*;
use crate::json::written;
use crate::public_note::PublicNote;
use crate::sample::{self, full, judge, of, product, publisher, said, small, vendor};
use domain::status::Justification;
use expect_test::{Expect, expect};
use proptest::prelude::*;
use serde_json::json;

/// The answers, a line each.
fn told(document: &Value) -> String {
    match read(document.to_string().as_bytes()) {
        Err(refusal) => refusal.to_string(),
        Ok(answers) => answers.iter().map(line).collect::<Vec<_>>().join("\n"),
    }
}

fn line(answer: &Answer) -> String {
    let product = answer.product.as_ref().map_or_else(String::new, |product| {
        let names = [&product.name, &product.purl, &product.cpe];
        names.into_iter().flatten().cloned().collect::<Vec<_>>().join("+")
    });
    let status = match &answer.status {
        ProductStatus::NotAffected { justification: Some(reason) } => {
            format!("not: {}", justification(*reason))
        }
        status => status.label().to_owned(),
    };
    format!(
        "{} | {product} | {} | {} {:?} | {status} | {}",
        answer.vendor.as_deref().unwrap_or("-"),
        answer.versions,
        answer.vulnerability,
        answer.aliases,
        answer.statement.as_deref().unwrap_or("-").replace('\n', "⏎"),
    )
}

fn check(document: Value, expected: &Expect) {
    expected.assert_eq(&told(&document));
}

#[test]
fn a_note_that_says_everything_makes_this_document() {
    let text = serde_json::to_string_pretty(&write(&full(), &publisher()).unwrap()).unwrap();
    expect_test::expect_file!["tests/full.json"].assert_eq(&format!("{text}\n"));
}

#[test]
fn the_document_of_a_note_comes_back_as_answers() {
    let mut note = full();
    let purl = product("Lid", Some("pkg:npm/lid"));
    note.vendors.push(vendor(
        "Füller",
        vec![
            of(purl.clone(), said(ProductStatus::Affected, "1.0, 1.1")),
            of(purl.clone(), said(ProductStatus::UnderInvestigation, "2.0")),
            of(purl, said(ProductStatus::Fixed, "; fixed 3.0")),
        ],
    ));
    check(
        serde_json::to_value(write(&note, &publisher()).unwrap()).unwrap(),
        &expect![[r#"
            Acme | pkg:npm/%40acme/kettle | >= 3.0 < 4.2.1, 5.0-beta; fixed 4.2.1, 5.0 | CVE-1900-0001 ["VU#257161.1"] | Fixed | We mended it.
            Acme | Pot |  | CVE-1900-0001 ["VU#257161.1"] | not: vulnerable_code_not_present | We mended it.
            Brew & Söhne | https://notes.kettle.example/vuls/VU-257161#vendor-Brew%20%26%20S%C3%B6hne | <= 2.0 | CVE-1900-0001 ["VU#257161.1"] | Affected | The product is no longer sold.⏎⏎The vendor will not fix this. Update to 4.2.1, see Acme (https://acme.example/fix). See https://notes.kettle.example/vuls/VU-257161.
            Dish | https://notes.kettle.example/vuls/VU-257161#vendor-Dish |  | CVE-1900-0001 ["VU#257161.1"] | Under investigation | -
            Ewer | https://notes.kettle.example/vuls/VU-257161#vendor-Ewer |  | CVE-1900-0001 ["VU#257161.1"] | Not affected | The vendor says that this is not affected.
            Füller | pkg:npm/lid | 1.0, 1.1 | CVE-1900-0001 ["VU#257161.1"] | Affected | Update to 4.2.1, see Acme (https://acme.example/fix). See https://notes.kettle.example/vuls/VU-257161.
            Füller | pkg:npm/lid | 2.0 | CVE-1900-0001 ["VU#257161.1"] | Under investigation | -
            Füller | pkg:npm/lid | ; fixed 3.0 | CVE-1900-0001 ["VU#257161.1"] | Fixed | -"#]],
    );
}

#[test]
fn a_note_without_a_word_of_a_vendor_makes_no_document() {
    let silent = vendor("Silent", vec![said(ProductStatus::Unknown, "")]);
    assert_eq!(write(&small(vec![]), &publisher()), None);
    assert_eq!(write(&small(vec![silent]), &publisher()), None);
}

#[test]
fn a_vendor_that_a_note_names_twice_speaks_once() {
    let twice = || vendor("Acme", vec![said(ProductStatus::Affected, "")]);
    let note = small(vec![twice(), vendor("Between", vec![]), twice()]);
    assert_eq!(write(&note, &publisher()).unwrap().statements.len(), 1);
}

fn openvex(statements: Value) -> Value {
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://acme.example/vex/1", "author": "Acme",
        "timestamp": "2026-01-01T00:00:00Z", "version": 1, "statements": statements,
    })
}

#[test]
fn openvex_of_vendors_is_read() {
    check(
        openvex(json!([
            {
                "vulnerability": { "name": "CVE-1900-0001", "aliases": ["GHSA-x"] }, "status": "not_affected",
                "products": [
                    { "@id": "pkg:apk/wolfi/git@2.39.0-r1?arch=armv7" },
                    { "@id": "https://acme.example/kettle", "identifiers": { "cpe23": "cpe:2.3:h:acme:kettle:1:*:*:*:*:*:*:*" } },
                    "pkg:npm/lid@1", "pkg:npm/lid@2",
                ],
                "justification": "vulnerable_code_cannot_be_controlled_by_adversary",
                "impact_statement": "No way in.", "status_notes": "Looked at by hand.", "supplier": "Acme Labs",
            },
            { "vulnerability": "CVE-1900-0002", "status": "under_investigation" },
            { "vulnerability": { "@id": "https://acme.example/v/3" }, "status": "fixed", "products": ["pkg:npm/lid@3"] },
            { "vulnerability": { "name": "CVE-1900-0004" }, "status": "affected", "action_statement": "Update." },
        ])),
        &expect![[r#"
            Acme Labs | pkg:apk/wolfi/git?arch=armv7 | 2.39.0-r1 | CVE-1900-0001 ["GHSA-x"] | not: vulnerable_code_cannot_be_controlled_by_adversary | Looked at by hand.⏎⏎No way in.
            Acme Labs | https://acme.example/kettle+cpe:2.3:h:acme:kettle:1:*:*:*:*:*:*:* |  | CVE-1900-0001 ["GHSA-x"] | not: vulnerable_code_cannot_be_controlled_by_adversary | Looked at by hand.⏎⏎No way in.
            Acme Labs | pkg:npm/lid | 1, 2 | CVE-1900-0001 ["GHSA-x"] | not: vulnerable_code_cannot_be_controlled_by_adversary | Looked at by hand.⏎⏎No way in.
            Acme |  |  | CVE-1900-0002 [] | Under investigation | -
            Acme | pkg:npm/lid | ; fixed 3 | https://acme.example/v/3 [] | Fixed | -
            Acme |  |  | CVE-1900-0004 [] | Affected | Update."#]],
    );
}

#[test]
fn what_is_wrong_in_an_openvex_document_is_said_with_its_place() {
    let one = |changes: Value| {
        let mut statement =
            json!({ "vulnerability": { "name": "CVE-1900-0001" }, "status": "fixed" });
        statement.as_object_mut().unwrap().extend(changes.as_object().cloned().unwrap());
        told(&openvex(json!([statement])))
    };
    for (changes, why) in [
        (
            json!({ "status": "maybe" }),
            "statements[0].status is none of not_affected, affected, fixed and under_investigation",
        ),
        (json!({ "status": 3 }), "statements[0].status should hold a text, but holds a number"),
        (json!({ "status": null }), "statements[0] lacks the key status"),
        (
            json!({ "vulnerability": { "name": "" } }),
            "statements[0].vulnerability lacks the key @id",
        ),
        (json!({ "vulnerability": " " }), "statements[0].vulnerability names no vulnerability"),
        (
            json!({ "vulnerability": [] }),
            "statements[0].vulnerability should hold an object, but holds a list",
        ),
        (
            json!({ "products": [{ "hashes": {} }] }),
            "statements[0].products[0] names no product by @id, purl or CPE",
        ),
        (
            json!({ "products": {} }),
            "statements[0].products should hold a list, but holds an object",
        ),
        (
            json!({ "status": "not_affected", "justification": "because" }),
            "statements[0].justification is no justification of OpenVEX",
        ),
    ] {
        assert_eq!(one(changes), format!("The VEX document cannot be read: {why}."));
    }
    assert_eq!(
        told(&json!({ "document": {} })),
        "The VEX document cannot be read: it is neither OpenVEX (@context) nor CycloneDX (bomFormat)."
    );
    assert_eq!(
        told(&json!([])),
        "The VEX document cannot be read: it is neither OpenVEX (@context) nor CycloneDX (bomFormat)."
    );
    let product = json!({ "@id": "pkg:npm/lid" });
    let many = json!({
        "vulnerability": "CVE-1900-0001", "status": "fixed",
        "products": (0..=MOST).map(|n| json!(format!("pkg:npm/lid{n}"))).collect::<Vec<_>>(),
    });
    assert_eq!(
        told(&openvex(json!([many, product]))),
        "The VEX document cannot be read: it gives more than 20000 answers."
    );
    assert!(read(&vec![b' '; LARGEST + 1]).unwrap_err().to_string().ends_with("are not read."));
    assert!(read("[".repeat(100_000).as_bytes()).is_err());
}

#[test]
fn long_words_are_not_repeated_without_end() {
    let of_every_product = |products: usize| {
        told(&openvex(json!([{
            "vulnerability": "CVE-1900-0001", "status": "fixed", "status_notes": "x".repeat(20_000),
            "products": (0..products).map(|n| json!(format!("pkg:npm/lid{n}"))).collect::<Vec<_>>(),
        }])))
    };
    assert_eq!(of_every_product(3000).lines().count(), 3000);
    assert_eq!(
        of_every_product(4000),
        "The VEX document cannot be read: it says too much of too many products."
    );
}

#[test]
fn many_versions_of_a_product_become_several_answers() {
    let products: Vec<_> = (0..150).map(|n| json!(format!("pkg:npm/lid@{n}"))).collect();
    let statement =
        json!({ "vulnerability": "CVE-1900-0001", "status": "fixed", "products": products });
    let answers = read(openvex(json!([statement])).to_string().as_bytes()).unwrap();
    let counts: Vec<usize> = answers.iter().map(|answer| answer.versions.fixed.len()).collect();
    assert_eq!(counts, [100, 50]);
}

fn cyclonedx(vulnerabilities: Value) -> Value {
    json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": { "supplier": { "name": "Acme" }, "component": {
            "bom-ref": "app", "type": "application", "name": "Kettle", "version": "4.2", "cpe": "cpe:2.3:h:acme:kettle:4.2:*:*:*:*:*:*:*",
        } },
        "components": [{
            "bom-ref": "lid", "type": "library", "group": "acme", "name": "lid", "purl": "pkg:npm/%40acme/lid@1.0",
            "components": [{ "bom-ref": "hinge", "type": "library", "name": "hinge" }],
        }],
        "vulnerabilities": vulnerabilities,
    })
}

#[test]
fn cyclonedx_of_vendors_is_read() {
    let one = |id: &str, analysis: Value, affects: Value| json!({ "id": id, "analysis": analysis, "affects": affects });
    check(
        cyclonedx(json!([
            one("CVE-1900-0001", json!({ "state": "exploitable", "response": ["will_not_fix"], "detail": "It boils." }), json!([])),
            one("CVE-1900-0002", json!({ "state": "resolved" }), json!([{ "ref": "lid" }, { "ref": "hinge" }])),
            one("CVE-1900-0003", json!({ "state": "not_affected", "justification": "code_not_reachable" }), json!([{ "ref": "lid" }])),
            one("CVE-1900-0004", json!({ "state": "false_positive", "justification": "requires_configuration", "detail": "Never set." }), json!([{ "ref": "app" }])),
            one("CVE-1900-0005", json!({ "state": "in_triage" }), json!([
                { "ref": "urn:cdx:5d0f-1/1#pkg:npm/pot@7" }, { "ref": "urn:cdx:5d0f-1/1#x" },
            ])),
            one("CVE-1900-0006", json!({ "state": "exploitable", "response": ["update"] }), json!([{ "ref": "app", "versions": [
                { "range": "vers:generic/>=3.0|<4.2|4.5|>=5", "status": "affected" },
                { "version": "4.2", "status": "unaffected" }, { "range": "vers:generic/>=4.6|<5", "status": "unaffected" },
            ] }])),
            { "id": "CVE-1900-0007", "affects": [{ "ref": "app" }] },
            { "id": "GHSA-x", "references": [{ "id": "CVE-1900-0008" }], "analysis": { "state": "resolved_with_pedigree" }, "recommendation": "Update." },
        ])),
        &expect![[r#"
            Acme | Kettle+cpe:2.3:h:acme:kettle:4.2:*:*:*:*:*:*:* | 4.2 | CVE-1900-0001 [] | Will not fix | It boils.
            Acme | acme/lid+pkg:npm/%40acme/lid | ; fixed 1.0 | CVE-1900-0002 [] | Fixed | -
            Acme | hinge |  | CVE-1900-0002 [] | Fixed | -
            Acme | acme/lid+pkg:npm/%40acme/lid | 1.0 | CVE-1900-0003 [] | not: vulnerable_code_not_in_execute_path | -
            Acme | Kettle+cpe:2.3:h:acme:kettle:4.2:*:*:*:*:*:*:* | 4.2 | CVE-1900-0004 [] | Not affected | Only exploitable with a certain configuration.⏎⏎Never set.
            Acme | pkg:npm/pot | 7 | CVE-1900-0005 [] | Under investigation | -
            Acme | urn:cdx:5d0f-1/1#x |  | CVE-1900-0005 [] | Under investigation | -
            Acme | Kettle+cpe:2.3:h:acme:kettle:4.2:*:*:*:*:*:*:* | >= 3.0 < 4.2, 4.5, >= 5; fixed 4.2, 4.6 | CVE-1900-0006 [] | Affected | -
            Acme | Kettle+cpe:2.3:h:acme:kettle:4.2:*:*:*:*:*:*:* | ; fixed 4.2 | GHSA-x ["CVE-1900-0008"] | Fixed | Update."#]],
    );
}

#[test]
fn what_is_wrong_in_a_cyclonedx_document_is_said_with_its_place() {
    let one = |changes: Value| {
        let mut found = json!({ "id": "CVE-1900-0001", "analysis": { "state": "resolved" }, "affects": [{ "ref": "app" }] });
        found.as_object_mut().unwrap().extend(changes.as_object().cloned().unwrap());
        told(&cyclonedx(json!([found])))
    };
    for (changes, why) in [
        (json!({ "id": null }), "vulnerabilities[0] lacks the key id"),
        (json!({ "id": "" }), "vulnerabilities[0].id names no vulnerability"),
        (json!({ "analysis": {} }), "vulnerabilities[0].analysis lacks the key state"),
        (
            json!({ "analysis": { "state": "gone" } }),
            "vulnerabilities[0].analysis.state is no state of an analysis in CycloneDX",
        ),
        (
            json!({ "analysis": { "state": "not_affected", "justification": "x" } }),
            "vulnerabilities[0].analysis.justification is no justification of CycloneDX",
        ),
        (json!({ "affects": [{}] }), "vulnerabilities[0].affects[0] lacks the key ref"),
        (
            json!({ "affects": [{ "ref": "app", "versions": [{ "range": "vers:npm/>1" }] }] }),
            "vulnerabilities[0].affects[0].versions[0].range is no range of versions that can be read",
        ),
        (
            json!({ "affects": [{ "ref": "app", "versions": [{ "version": "1", "status": "x" }] }] }),
            "vulnerabilities[0].affects[0].versions[0] has a status that CycloneDX does not know",
        ),
        (
            json!({ "affects": [{ "ref": "app", "versions": [{ "version": "1".repeat(101) }] }] }),
            "vulnerabilities[0].affects[0].versions[0] names a version that is too long for one",
        ),
        (
            json!({ "affects": [{ "ref": "app", "versions": vec![json!({ "version": "1" }); 101] }] }),
            "vulnerabilities[0].affects[0] names more than 100 versions",
        ),
        (
            json!({ "affects": [{ "ref": "app", "versions": [{}] }] }),
            "vulnerabilities[0].affects[0].versions[0] names neither a version nor a range",
        ),
    ] {
        assert_eq!(one(changes), format!("The VEX document cannot be read: {why}."));
    }
}

#[test]
fn runs_of_versions_of_cyclonedx_are_read() {
    let read = |text: &str| {
        let runs = vers::runs(text)?;
        Some(Versions { affected: runs, fixed: vec![] }.to_string())
    };
    for (text, expected) in [
        ("vers:npm/*", Some("all")),
        ("vers:npm/1.0|=1.1|>=2|<=3|<0.5", Some("1.0, 1.1, >= 2 <= 3, < 0.5")),
        ("vers:deb/>=1%3A2", Some(">= 1:2")),
        ("vers:npm/>1", None),
        ("vers:npm/!=1", None),
        ("npm/1", None),
        ("vers:npm/", None),
    ] {
        assert_eq!(read(text).as_deref(), expected, "{text}");
    }
    assert_eq!(vers::runs(&format!("vers:npm/1{}", "|1".repeat(500))), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_word_of_a_vendor_comes_back_in_an_answer(note in sample::odd_note()) {
        let written_down = write(&note, &publisher());
        if note.withdrawn.is_some() {
            prop_assert_eq!(written_down, None);
            return Ok(());
        }
        let answers = written_down.map_or_else(Vec::new, |document| read(&written(&document)).unwrap());
        for one in &note.vulnerabilities {
            for vendor in &note.vendors {
                for said in vendor.statuses.iter().filter(|said| said.vulnerability == one.local) {
                    let expected = match said.status.clone() {
                        ProductStatus::Unknown => continue,
                        ProductStatus::WillNotFix => ProductStatus::Affected,
                        status => status,
                    };
                    prop_assert!(answers.iter().any(|answer| answer.status == expected));
                }
            }
        }
    }

    #[test]
    fn any_json_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in "\\PC{0,40}") {
        let _ = read(&bytes);
        let _ = read(openvex(json!([{ "vulnerability": &text, "status": &text, "products": [&text] }])).to_string().as_bytes());
        let _ = vers::runs(&format!("vers:npm/{text}"));
    }
}

#[test]
fn every_justification_has_its_word() {
    for reason in Justification::ALL {
        let status = ProductStatus::NotAffected { justification: Some(*reason) };
        let note = small(vec![vendor("Acme", vec![said(status.clone(), "")])]);
        let answers = read(&written(&write(&note, &publisher()).unwrap())).unwrap();
        assert_eq!(answers[0].status, status);
    }
}

fn judge_notes(notes: &[PublicNote]) {
    let Some(schema) = judge::tool("openvex/openvex_json_schema.json") else { return };
    let documents: Vec<_> = notes
        .iter()
        .filter_map(|note| write(note, &publisher()))
        .map(|document| written(&document))
        .collect();
    if let Some(complaints) = judge::complaints(&schema, &documents) {
        println!("{} documents judged by check-jsonschema", documents.len());
        assert_eq!(complaints, "");
    }
}

#[test]
fn odd_notes_make_valid_documents() {
    let mut notes = sample::odd_notes(150);
    notes.push(full());
    judge_notes(&notes);
}

#[test]
fn notes_of_the_archive_make_valid_documents() {
    let Some(notes) = sample::archived() else { return };
    judge_notes(&notes);
}
