mod judges;
mod notes;
mod oasis;
mod round;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use domain::status::{Justification, ProductStatus};
use domain::version::Versions;
use expect_test::{expect, expect_file};
use proptest::prelude::*;

use super::tree::ProductGroup;
use super::vulnerability::Flag;
use super::*;
use crate::public_note::{PublicNote, PublicVendor};
use crate::sample;

/// Where the data beside the project lie.
fn shared(file: &str) -> PathBuf {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let shared = std::env::var_os("OMBUD_SHARED").map_or(PathBuf::from(beside), PathBuf::from);
    shared.join("data").join(file)
}

const BOTH: [Version; 2] = [Version::V2_0, Version::V2_1];

#[test]
fn odd_notes_break_no_rule() {
    for (name, note) in sample::extremes() {
        for version in BOTH {
            let bytes = write(&note, &notes::publisher(), version);
            let document = read(&bytes).unwrap();
            assert_eq!(problems(&document), [], "{name} {version:?}");
            assert_eq!(document.to_bytes(), bytes, "{name}");
        }
    }
}

#[test]
fn a_draft_says_that_it_is_one_and_lies_nowhere_in_public() {
    for (name, note) in sample::extremes().into_iter().chain([("full", notes::full())]) {
        for version in BOTH {
            let bytes = write_draft(&note, &notes::publisher(), version, 7);
            let document = read(&bytes).unwrap();
            assert_eq!(problems(&document), [], "{name} {version:?}");
            assert!(document.is_draft() && !document.is_for_everyone(), "{name}");
            let told = document.addresses();
            let own = told.iter().find(|address| address.starts_with("https://cert.example.org/"));
            assert_eq!(own, None, "{name}");
            let label = if version == Version::V2_0 { "\"AMBER\"" } else { "\"AMBER+STRICT\"" };
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.contains(label) && text.contains("\"0.7.0\""), "{text}");
        }
    }
}

/// What a note says of a vendor: each vulnerability and product with status and versions, in the words of a document.
fn stated(note: &PublicNote, vendor: &PublicVendor) -> BTreeSet<String> {
    let statuses = vendor.statuses.iter();
    let known = statuses
        .filter(|one| note.vulnerabilities.iter().any(|flaw| flaw.local == one.vulnerability));
    known
        .map(|one| {
            let product = one.product.as_ref().map(|product| &product.name);
            let fixed = one.status == ProductStatus::Affected && !one.versions.fixed.is_empty();
            let status = if fixed { &ProductStatus::Fixed } else { &one.status };
            let mut affected: Vec<_> =
                one.versions.affected.iter().map(ToString::to_string).collect();
            affected.sort();
            let mut fixed = one.versions.fixed.clone();
            fixed.sort();
            format!("{} {product:?} {status:?} {affected:?} {fixed:?}", one.vulnerability)
        })
        .collect()
}

#[test]
fn what_is_too_large_too_deep_or_too_much_is_refused_before_it_is_read() {
    let refused = |bytes: &[u8]| read(bytes).unwrap_err();
    assert!(matches!(refused(&vec![b' '; LARGEST + 1]), Refused::TooLarge { .. }));
    assert_eq!(refused("[".repeat(DEEPEST + 1).as_bytes()), Refused::TooDeep);
    assert_eq!(refused(format!("[{}", "0,".repeat(MOST_VALUES)).as_bytes()), Refused::TooMuch);
    // What stands in quotes is no nesting.
    let quoted = format!("{{\"document\": \"\\\"{}\"}}", "[".repeat(DEEPEST + 1));
    assert!(matches!(refused(quoted.as_bytes()), Refused::NotCsaf { .. }));
    assert_eq!(
        refused(b"{\n  \"document\": }").to_string(),
        "The document is not JSON: the reader stopped at line 2, column 15."
    );
}

#[test]
fn what_is_no_document_of_csaf_is_refused_in_words() {
    let bytes = write(&notes::full(), &notes::publisher(), Version::V2_0);
    let text = String::from_utf8(bytes).unwrap();
    let refused = |from: &str, to: &str| {
        assert!(text.contains(from));
        read(text.replace(from, to).as_bytes()).unwrap_err().to_string()
    };
    assert!(refused("\"2.0\"", "\"1.2\"").contains("unknown variant `1.2`"));
    assert!(refused("\"coordinator\"", "\"boss\"").contains("unknown variant `boss`"));
    assert!(refused("\"tracking\"", "\"traking\"").contains("missing field `tracking`"));
}

#[test]
fn a_small_group_that_is_named_too_often_is_refused() {
    let bytes = write(&notes::full(), &notes::publisher(), Version::V2_0);
    let mut document = read(&bytes).unwrap();
    let tree = document.product_tree.as_mut().unwrap();
    let product_ids = (0..2_000).map(|id| id.to_string()).collect();
    tree.product_groups.push(ProductGroup {
        group_id: "g".to_owned(),
        product_ids,
        ..ProductGroup::default()
    });
    let flag = document.vulnerabilities[0].flags[0].clone();
    let flag = Flag { group_ids: vec!["g".to_owned()], ..flag };
    document.vulnerabilities[0].flags = vec![flag; MOST_VALUES / 2_000 + 1];
    assert_eq!(read(&document.to_bytes()), Err(Refused::TooMuch));
}

#[test]
fn ids_of_products_do_not_hang_on_their_order() {
    let note = notes::full();
    let mut turned = note.clone();
    turned.vendors.reverse();
    turned.vendors.pop();
    let ids = |note: &PublicNote| {
        let document = read(&write(note, &notes::publisher(), Version::V2_1)).unwrap();
        let tree = document.product_tree.unwrap();
        let products = tree.products();
        let named =
            products.iter().map(|one| (one.product.name.clone(), one.product.product_id.clone()));
        named.collect::<BTreeMap<_, _>>()
    };
    let (all, some) = (ids(&note), ids(&turned));
    assert!(some.len() > 3 && some.len() < all.len());
    assert!(some.iter().all(|(name, id)| all.get(name) == Some(id)));
    assert_eq!(all["Acme Corp. Router 9 4.2.1"], "CSAFPID-ea8e7beb25de2eca4dd2");
}

#[test]
fn a_small_note_is_written_to_the_letter() {
    let vendor =
        notes::vendor("Acme", vec![notes::status(1, ProductStatus::Affected, "< 2; fixed 2")]);
    let flaw = notes::flaw(1, Some("CVE-1900-0001"));
    let note = PublicNote {
        title: "Acme writes too far".to_owned(),
        vulnerabilities: vec![flaw],
        vendors: vec![vendor],
        ..notes::empty()
    };
    let bytes = write(&note, &notes::publisher(), Version::V2_0);
    let text = String::from_utf8(bytes).unwrap().replace(env!("CARGO_PKG_VERSION"), "(version)");
    expect_file!["tests/small.json"].assert_eq(&text);
}

#[test]
fn a_file_is_named_after_the_number() {
    for (id, name) in [
        ("VU#257161", "vu_257161.json"),
        ("Example Company - 2019-YH3234", "example_company_-_2019-yh3234.json"),
        ("RHBA-2019:0024", "rhba-2019_0024.json"),
        ("2022 #01-A", "2022_01-a.json"),
        ("../é", "_.json"),
    ] {
        assert_eq!(file_name(id), name);
    }
    let own = address(&notes::full(), &notes::publisher(), Version::V2_1);
    assert_eq!(own, "https://cert.example.org/.well-known/csaf/v2.1/clear/2026/vu_257161.json");
}

#[test]
fn versions_keep_their_meaning_on_the_way() {
    for (line, name) in [
        ("all", Some("vers:all/*")),
        ("< 4.2", Some("vers:generic/<4.2")),
        (">= 3.0 <= 4.2|b", Some("vers:generic/>=3.0|<=4.2%7Cb")),
        (">= 1 ü", Some("vers:generic/>=1%20%C3%BC")),
        ("4.2", None),
    ] {
        let versions: Versions = line.parse().unwrap();
        let range = &versions.affected[0];
        assert_eq!(names::vers(range).as_deref(), name, "{line}");
        if let Some(name) = name {
            assert_eq!(names::range_of(name).as_ref(), Some(range), "{line}");
        }
    }
    assert_eq!(names::range_of("vers:npm/1.2"), None);
    assert_eq!(names::range_of("vers:npm/<%zz"), None);
}

#[test]
fn only_what_follows_its_grammar_is_taken_for_a_name() {
    let fine = ["https://example.org", "http://a-b.example:8080/x?y=%20#z"];
    let odd = [
        "https://",
        "https://exa mple.org",
        "https://é.example",
        "ftp://a.example",
        "https://a.example/%2",
        "https://a.example/\"",
        "https://a.example/#a#b",
    ];
    assert!(fine.iter().all(|text| names::is_web_address(text)));
    assert_eq!(odd.iter().find(|text| names::is_web_address(text)), None);
    let fine = ["pkg:npm/left-pad", "pkg:deb/debian/curl@7.1"];
    let odd = ["pkg:npm/", "pkg:NPM/x", "npm/x", "pkg:npm/a//b", "pkg:npm/a b"];
    assert!(fine.iter().all(|text| names::is_package_url(text)));
    assert_eq!(odd.iter().find(|text| names::is_package_url(text)), None);
    let fine =
        ["cpe:2.3:a:acme:router\\:9:*:*:*:*:*:*:*:*", "cpe:2.3:o:acme:os:1.0:-:*:de-at:*:*:x64:*"];
    let odd = [
        "cpe:2.3:a:acme:router",
        "cpe:2.3:x:a:b:*:*:*:*:*:*:*:*",
        "cpe:2.3:a:a b:c:*:*:*:*:*:*:*:*",
        "cpe:2.3:a:a:b:*:*:*:d:*:*:*:*",
    ];
    assert!(fine.iter().all(|text| names::is_cpe(text)));
    assert_eq!(odd.iter().find(|text| names::is_cpe(text)), None);
    let named = names::cpe_of_version("cpe:2.3:a:acme:router:*:*:*:*:*:*:*:*", "5.0+b");
    assert_eq!(named, "cpe:2.3:a:acme:router:5.0\\+b:*:*:*:*:*:*:*");
}

#[test]
fn one_vendor_answers_as_vex() {
    let mut said = vec![];
    for vendor in ["Acme Corp.", "Bravo Ltd"] {
        let bytes = write_vex(&notes::full(), &notes::publisher(), Version::V2_1, vendor).unwrap();
        let document = read(&bytes).unwrap();
        assert_eq!(document.document.category, "csaf_vex");
        for answer in document.to_answers() {
            let product = answer
                .product
                .as_ref()
                .and_then(|product| product.name.as_deref())
                .unwrap_or("all");
            let cve = &answer.vulnerability;
            let (status, versions) = (answer.status.label(), &answer.versions);
            said.push(format!(
                "{} | {product} | {cve} | {status} | {versions} | {}",
                answer.vendor.unwrap_or_default(),
                answer.statement.unwrap_or_default()
            ));
        }
    }
    said.sort();
    expect![[r"
        Acme Corp. | Modem | CVE-1900-0001 | Not affected | all | We compile without the parser.
        Acme Corp. | Router 9 | CVE-1900-0001 | Fixed | >= 3.0 < 4.2.1, 5.0-beta; fixed 4.2.1, 5.0 | Acme Corp. gives a fix: 4.2.1, 5.0
        Acme Corp. | all | CVE-1900-0002 | Under investigation |  | 
        Bravo Ltd | all | CVE-1900-0001 | Will not fix | <= 2.0 | The vendor says that no fix will come.
    "]].assert_eq(&(said.join("\n") + "\n"));
}

#[test]
fn the_answers_of_anybody_are_read() {
    let document = serde_json::json!({
        "document": {
            "category": "csaf_vex", "csaf_version": "2.0", "title": "Parser",
            "publisher": { "category": "vendor", "name": "Acme", "namespace": "https://acme.example" },
            "tracking": {
                "id": "A-1", "status": "final", "version": "1",
                "initial_release_date": "2026-01-01T00:00:00Z", "current_release_date": "2026-01-01T00:00:00Z",
                "revision_history": [{ "date": "2026-01-01T00:00:00Z", "number": "1", "summary": "First." }],
            },
        },
        "product_tree": {
            "full_product_names": [{ "name": "Kettle", "product_id": "k" }, { "name": "Pot", "product_id": "p" }],
            "product_groups": [{ "group_id": "g", "product_ids": ["k", "p"] }],
        },
        "vulnerabilities": [{
            "cve": "CVE-1900-0001", "notes": [{ "category": "description", "text": "It boils over." }],
            "product_status": { "known_not_affected": ["k", "p", "nowhere"] },
            "flags": [{ "label": "inline_mitigations_already_exist", "group_ids": ["g"] }],
            "threats": [{ "category": "impact", "details": "It has a lid.", "product_ids": ["p"] }],
        }],
    });
    let document = read(document.to_string().as_bytes()).unwrap();
    let answers = document.to_answers();
    let justification = Some(Justification::InlineMitigationsExist);
    for (answer, name, statement) in
        [(&answers[0], "Kettle", None), (&answers[1], "Pot", Some("It has a lid."))]
    {
        assert_eq!(answer.vendor.as_deref(), Some("Acme"));
        assert_eq!(answer.product.as_ref().unwrap().name.as_deref(), Some(name));
        assert_eq!(answer.status, ProductStatus::NotAffected { justification });
        assert_eq!(answer.statement.as_deref(), statement);
    }
    assert_eq!(answers.len(), 2);
    let note = document.to_public_note().unwrap();
    assert_eq!(
        (note.number.as_str(), note.vulnerabilities[0].description.as_str()),
        ("A-1", "It boils over.")
    );
    let tests: Vec<_> =
        problems(&document).into_iter().map(|problem| (problem.test, problem.path)).collect();
    assert_eq!(
        tests,
        [
            ("6.1.1", "/vulnerabilities/0/product_status/known_not_affected/2".to_owned()),
            ("6.1.27.9", "/vulnerabilities/0/product_status/known_not_affected".to_owned())
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn an_odd_note_breaks_no_rule(note in sample::odd_note()) {
        for version in BOTH {
            let bytes = write(&note, &notes::publisher(), version);
            let document = read(&bytes).unwrap();
            prop_assert_eq!(problems(&document), []);
            prop_assert_eq!(document.to_bytes(), bytes);
        }
    }
}

proptest! {
    #[test]
    fn any_note_breaks_no_rule_and_comes_back(note in notes::any_note()) {
        for version in BOTH {
            let document = read(&write(&note, &notes::publisher(), version)).unwrap();
            prop_assert_eq!(problems(&document), []);
            let again = document.to_public_note().unwrap();
            let title: Vec<_> = note.title.split_whitespace().collect();
            if !title.is_empty() {
                prop_assert_eq!(&again.title, &title.join(" "));
            }
            let cves = |note: &PublicNote| note.vulnerabilities.iter().map(|flaw| flaw.cve.clone()).collect::<Vec<_>>();
            prop_assert_eq!(cves(&again), cves(&note));
            let called = |note: &PublicNote| note.vulnerabilities.iter().map(|flaw| flaw.identifiers.clone()).collect::<Vec<_>>();
            prop_assert_eq!(called(&again), called(&note));
            for vendor in &note.vendors {
                let name: Vec<_> = vendor.name.split_whitespace().collect();
                let name = name.join(" ");
                let known = again.vendors.iter().find(|known| known.name == name);
                let mut wanted = stated(&note, vendor);
                let Some(known) = known else {
                    // In 2.0 what is unknown of a product has no place beside what is known.
                    prop_assert!(wanted.iter().all(|one| one.contains("Unknown")), "{name} is gone");
                    continue;
                };
                let mut found = stated(&again, known);
                if version == Version::V2_0 {
                    wanted.retain(|one| !one.contains("Unknown"));
                    found.retain(|one| !one.contains("Unknown"));
                }
                prop_assert_eq!(found, wanted);
            }
        }
    }
}

#[test]
fn a_note_that_was_taken_back_says_why_and_nothing_to_act_upon() {
    for (version, category) in [(Version::V2_0, "csaf_base"), (Version::V2_1, "csaf_withdrawn")] {
        let bytes = write(&notes::withdrawn(), &notes::publisher(), version);
        let document = read(&bytes).unwrap();
        assert_eq!(problems(&document), [], "{version:?}");
        assert_eq!(document.document.category, category);
        assert!(document.vulnerabilities.is_empty() && document.product_tree.is_none());
        let history = &document.document.tracking.revision_history;
        let told: Vec<_> =
            history.iter().map(|one| (one.date.as_str(), one.summary.as_str())).collect();
        assert_eq!(
            told,
            [
                ("2026-06-16T12:00:00Z", "First published."),
                ("2026-07-01T08:00:00Z", "Revised."),
                ("2026-08-01T08:00:00Z", "Withdrawn."),
            ]
        );
    }
}
