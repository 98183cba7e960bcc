//! What vendors send as a file: the three formats, and what is none of them.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::*;

fn check(bytes: &[u8], expected: &Expect) {
    let told = match read_any(bytes) {
        Ok(given) => format!(
            "{} {:?} {} answers {:?} {:?}",
            given.format,
            given.title,
            given.answers.len(),
            given.references,
            given.broken
        ),
        Err(unread) => unread.to_string(),
    };
    expected.assert_eq(&told);
}

/// A CSAF VEX document of one product, with the lists of statuses that are handed in.
pub(crate) fn advisory(status: &Value) -> Value {
    json!({
        "document": {
            "category": "csaf_vex", "csaf_version": "2.0", "title": "Kettles",
            "publisher": {"category": "vendor", "name": "Acme", "namespace": "https://acme.example"},
            "references": [
                {"summary": "More", "url": "https://acme.example/1"},
                {"summary": "No address", "url": "javascript:alert(1)"}
            ],
            "tracking": {
                "id": "A-1", "status": "final", "version": "1",
                "initial_release_date": "2026-01-01T00:00:00Z",
                "current_release_date": "2026-01-01T00:00:00Z",
                "revision_history": [
                    {"number": "1", "date": "2026-01-01T00:00:00Z", "summary": "First."}
                ]
            }
        },
        "product_tree": {"full_product_names": [{"product_id": "K", "name": "Kettle"}]},
        "vulnerabilities": [{"cve": "CVE-1900-0001", "product_status": status}]
    })
}

#[test]
fn each_format_is_told_by_its_keys() {
    let csaf = advisory(&json!({"under_investigation": ["K"]}));
    check(
        csaf.to_string().as_bytes(),
        &expect![[
            r#"CSAF 2.0 Some("Kettles") 1 answers ["https://acme.example/1"] ["rule 6.1.27.5 is broken at /vulnerabilities/0/notes: The profile asks for notes of every vulnerability."]"#
        ]],
    );
    let marked = [b"\xef\xbb\xbf".as_slice(), csaf.to_string().as_bytes()].concat();
    assert_eq!(read_any(&marked).unwrap().answers.len(), 1);
    let openvex = json!({"@context": "https://openvex.dev/ns/v0.2.0", "author": "Acme", "statements": [
        {"vulnerability": {"name": "CVE-1900-0001"}, "status": "fixed", "products": [{"@id": "Kettle"}]}
    ]});
    check(openvex.to_string().as_bytes(), &expect![[r"OpenVEX None 1 answers [] []"]]);
    let cyclonedx = json!({"bomFormat": "CycloneDX", "vulnerabilities": [
        {"id": "CVE-1900-0001", "analysis": {"state": "in_triage"}}
    ]});
    check(cyclonedx.to_string().as_bytes(), &expect![[r"CycloneDX None 1 answers [] []"]]);
}

/// What is refused, with words of the refusal.
fn refuses(bytes: &[u8], words: &str) {
    let told = read_any(bytes).unwrap_err().to_string();
    assert!(told.contains(words) && told.ends_with('.'), "no “{words}” in “{told}”");
    assert!(!told.ends_with(".."), "{told}");
}

#[test]
fn what_cannot_be_taken_is_refused_with_its_place() {
    refuses(b"", "is not JSON");
    refuses(b"{\n  \"document\": tru", "line 2, column 17");
    refuses(b"[]", "expected a map");
    refuses(b"{\"hello\": 1}", "it is none of CSAF (document), OpenVEX (@context)");
    refuses(b"{\"document\": 7}", "not a document of CSAF");
    refuses(b"{\"@context\": \"https://example.org\"}", "neither OpenVEX");
    let numbered = json!({"bomFormat": "CycloneDX", "vulnerabilities": [
        {"id": 3, "analysis": {"state": "resolved"}}
    ]});
    refuses(numbered.to_string().as_bytes(), "vulnerabilities[0].id should hold a text");
    let torn = advisory(&json!({"known_affected": ["K"], "known_not_affected": ["K"]}));
    refuses(torn.to_string().as_bytes(), "rule 6.1.6 is broken at /vulnerabilities/0");
    let nowhere = advisory(&json!({"known_affected": ["L"]}));
    refuses(nowhere.to_string().as_bytes(), "rule 6.1.1 is broken at /vulnerabilities/0");
}

#[test]
fn what_is_huge_or_deep_is_refused_before_it_is_read() {
    refuses(&vec![b' '; LARGEST_GIVEN + 1], "more than 2097152 are not read");
    for levels in [110, 100_000] {
        let deep = format!("{{\"document\": {}{}}}", "[".repeat(levels), "]".repeat(levels));
        refuses(deep.as_bytes(), "nested too deeply");
        refuses(deep.replace("document", "bomFormat").as_bytes(), "");
        refuses(deep.replace("document", "@context").as_bytes(), "");
    }
}

#[test]
fn a_product_is_known_by_its_package_its_cpe_or_its_name() {
    let product = |name: Option<&str>, purl: Option<&str>, cpe: Option<&str>| crate::vex::Product {
        name: name.map(str::to_owned),
        purl: purl.map(str::to_owned),
        cpe: cpe.map(str::to_owned),
    };
    let pot = "cpe:2.3:a:acme:pot:1.0:*:*:*:*:*:*:*";
    let known = product(Some("Kettle 4"), Some("pkg:npm/@acme/kettle"), Some(pot)).keys();
    for (said, is) in [
        (product(Some("  kettle\n4"), None, None), true),
        (product(Some("Kettle 5"), None, None), false),
        (product(Some("x"), Some("pkg:npm/%40acme/kettle@9?os=linux"), None), true),
        (product(None, Some("pkg:npm/kettle"), None), false),
        (product(None, None, Some("cpe:2.3:a:acme:POT:2.0:*:*:*:*:*:*:*")), true),
        (product(None, None, Some("cpe:2.3:a:acme")), false),
        (product(None, None, None), false),
    ] {
        let found = said.keys().iter().any(|key| known.contains(key));
        assert_eq!(found, is, "{said:?}");
    }
}
