//! What is taken from files of other programs, and what is refused and why.

use expect_test::{Expect, expect};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::public_note::Section;
use crate::sample::full;
use crate::vulnote;

fn check(document: &Value, expected: &Expect) {
    let told = match read(document.to_string().as_bytes()) {
        Ok(found) => format!(
            "{} {:?} {:?} {:?} “{}” {}",
            found.key,
            found.number.map(|number| number.to_string()),
            found.called,
            found.publisher,
            found.note.title,
            found.note.first_published_at
        ),
        Err(refused) => refused.to_string(),
    };
    expected.assert_eq(&told);
}

fn served() -> Value {
    serde_json::from_slice(&vulnote::write(&full())).unwrap()
}

#[test]
fn each_kind_is_told_by_its_keys_and_known_again_by_its_number() {
    check(
        &served(),
        &expect![[
            r#"VU#257161 Some("VU#257161") None None “Kettle boils over when asked twice” 2026-11-01T12:00:00Z"#
        ]],
    );
    let record = json!({"dataType": "CVE_RECORD", "dataVersion": "5.1", "cveMetadata": {
        "cveId": "CVE-1900-0001", "assignerOrgId": "00000000-0000-4000-9000-000000000000",
        "assignerShortName": "acme", "state": "PUBLISHED", "datePublished": "2020-01-01T00:00:00"},
        "containers": {"cna": {"providerMetadata": {"orgId": "x"},
            "descriptions": [{"lang": "en", "value": "It breaks."}], "affected": [], "references": []}}});
    check(
        &record,
        &expect![[
            r#"CVE-1900-0001 None Some("CVE-1900-0001") Some("acme") “CVE-1900-0001” 2020-01-01T00:00:00Z"#
        ]],
    );
}

#[test]
fn what_is_none_of_them_is_refused_in_a_sentence() {
    check(
        &json!({"hello": 1}),
        &expect![
            "The file cannot be read: it is no note of VINCE (vuid) or of CERT/CC's archive (IDNumber), no CSAF document (document) and no CVE record (dataType)."
        ],
    );
    check(
        &json!([1]),
        &expect![
            "The file cannot be read: invalid type: sequence, expected a map, at line 1, column 0."
        ],
    );
    check(&json!({"vuid": 7}), &expect!["The key vuid should hold a text, but holds a number."]);
    check(
        &json!({"document": {"title": "x"}}),
        &expect![
            "This is not a document of CSAF 2.0 or 2.1: missing field `category` at line 1 column 25."
        ],
    );
    check(
        &json!({"dataType": "CVE_RECORD"}),
        &expect![
            "The CVE record cannot be read: missing field `dataVersion`, at line 1, column 25."
        ],
    );
    check(&json!({"IDNumber": "1"}), &expect!["The key Author is missing."]);
    let mut strange = served();
    strange["vuid"] = json!("VU#<script>");
    check(&strange, &expect!["“VU#<script>” is no number of the form VU#123456."]);
}

#[test]
fn signs_that_no_title_holds_are_taken_out_and_a_long_one_is_cut() {
    let mut note = served();
    note["name"] = json!("An old\u{0} flaw\nwith lines");
    assert_eq!(read(note.to_string().as_bytes()).unwrap().note.title, "An old flaw with lines");
    note["name"] = json!("a".repeat(10_000));
    assert_eq!(read(note.to_string().as_bytes()).unwrap().note.title.chars().count(), 500);
}

#[test]
fn the_records_of_vendors_are_joined_with_their_note() {
    let joined =
        with_vendors(b"{\"ID\": \"VU#1\"}", &[b"{\"Vendor\": \"Acme\"}".to_vec()]).unwrap();
    let joined: Value = serde_json::from_slice(&joined).unwrap();
    assert_eq!(joined, json!({"ID": "VU#1", "_vendors": [{"Vendor": "Acme"}]}));
    assert!(with_vendors(b"[]", &[]).is_err() && with_vendors(b"{}", &[b"{".to_vec()]).is_err());
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

proptest! {
    /// Whatever stands in the sections, a note that we serve comes in and goes out the same.
    #[test]
    fn a_note_that_was_served_is_served_the_same_again(
        texts in proptest::collection::vec("(### (Overview|Impact)\n\n)?[a-z]([a-z\n ]{0,20}[a-z])?", 8)
    ) {
        let mut note = full();
        note.sections = Section::ALL.into_iter().zip(texts).collect();
        let first = vulnote::write(&note);
        let found = read(&first).unwrap();
        prop_assert_eq!(text(&vulnote::write(&found.note)), text(&first));
    }

    #[test]
    fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        drop(read(&bytes));
    }
}
