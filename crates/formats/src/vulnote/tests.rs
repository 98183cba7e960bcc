//! Notes made up for the purpose; the real archive is walked in `archive`.

pub(crate) mod archive;
mod odd;
mod shapes;

use super::*;
use crate::public_note::{Section, VendorStatus};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// A note in the archive's shape that says nothing beyond its number, with some keys replaced.
fn archived(changes: Value) -> Value {
    let mut note: Map<String, Value> =
        Archived::KEYS.iter().map(|key| ((*key).to_owned(), json!(""))).collect();
    let needed = json!({
        "ID": "VU#4711", "IDNumber": "4711", "Title": "Kettle boils over", "Revision": 3,
        "VulnerabilityCount": 1, "DateFirstPublished": "2004-03-02T10:00:00-05:00", "_vendors": [],
    });
    for change in [needed, changes] {
        note.extend(change.as_object().cloned().unwrap());
    }
    Value::Object(note)
}

fn vendor(changes: Value) -> Value {
    let mut vendor: Map<String, Value> =
        ArchivedVendor::KEYS.iter().map(|key| ((*key).to_owned(), json!(""))).collect();
    let needed = json!({ "ID": "VU#4711", "Vendor": "Acme", "Status": "Unknown", "Revision": "1" });
    for change in [needed, changes] {
        vendor.extend(change.as_object().cloned().unwrap());
    }
    Value::Object(vendor)
}

fn parse(note: &Value) -> Archived {
    Archived::parse(note.to_string().as_bytes()).unwrap()
}

fn reading(changes: Value) -> Reading {
    parse(&archived(changes)).reading()
}

fn refusal(bytes: &[u8]) -> String {
    Archived::parse(bytes).unwrap_err().to_string()
}

fn why(reading: &Reading) -> Vec<(&str, Why)> {
    reading.left_out.iter().map(|left| (left.key.as_str(), left.why)).collect()
}

#[test]
fn unknown_keys_stay_where_they_were() {
    let note = archived(json!({
        "Colour": ["green", null, 1.50],
        "_vendors": [vendor(json!({ "Mood": { "a": true } }))],
    }));
    let kept = parse(&note);
    assert_eq!(kept.other["Colour"], json!(["green", null, 1.5]));
    assert_eq!(serde_json::from_str::<Value>(&kept.to_json()).unwrap(), note);
}

#[test]
fn a_refusal_is_a_sentence_that_names_the_key() {
    let mut missing = archived(json!({}));
    missing.as_object_mut().unwrap().remove("CAM_Impact");
    let cases = [
        (missing, "The key CAM_Impact is missing."),
        (archived(json!({ "Title": null })), "The key Title should hold a text, but holds null."),
        (
            archived(json!({ "Keywords": ["a", 3] })),
            "The key Keywords[1] should hold a text, but holds a number.",
        ),
        (
            archived(json!({ "_vendors": [vendor(json!({})), vendor(json!({ "Status": true }))] })),
            "The key _vendors[1].Status should hold a text, but holds true or false.",
        ),
        (
            archived(json!({ "_vendors": [[]] })),
            "The key _vendors[0] should hold an object, but holds a list.",
        ),
        (json!([]), "The note is a list, not an object with keys."),
    ];
    for (note, sentence) in cases {
        assert_eq!(refusal(note.to_string().as_bytes()), sentence);
    }
    assert_eq!(
        refusal(b"{\"ID\": }"),
        "The note is not JSON: the reader stopped at line 1, column 8."
    );
    assert_eq!(
        refusal(&vec![b' '; LARGEST + 1]),
        "The note has 8388609 bytes; more than 8388608 are not read."
    );
    assert!(refusal("[".repeat(100_000).as_bytes()).starts_with("The note is not JSON"));
}

#[test]
fn dates_keep_their_words_and_say_whether_the_zone_was_given() {
    let reading = reading(json!({
        "DatePublic": "2004-03-01T00:00:00",
        "DateCreated": "2004-03-01T08:00:00+01:00",
        "_vendors": [vendor(json!({
            "DateNotified": "0200-04-25T00:00:00", "DateResponded": "Message lost", "DateLastUpdated": "2004-02-30T00:00:00",
        }))],
    }));
    let shown =
        [&reading.first_published_at, &reading.public_at, &reading.created_at].map(|said| {
            let said = said.as_ref().unwrap();
            format!("{} {} {:?}", said.at, said.words, said.zone)
        });
    assert_eq!(
        shown,
        [
            "2004-03-02T15:00:00Z 2004-03-02T10:00:00-05:00 Given",
            "2004-03-01T00:00:00Z 2004-03-01T00:00:00 AssumedUtc",
            "2004-03-01T07:00:00Z 2004-03-01T08:00:00+01:00 Given",
        ]
    );
    assert_eq!(
        why(&reading),
        [
            ("_vendors[0].DateNotified", Why::TooEarly),
            ("_vendors[0].DateResponded", Why::NotADate),
            ("_vendors[0].DateLastUpdated", Why::NotADate),
        ]
    );
    assert_eq!(reading.updated_at, None);
}

#[test]
fn cve_ids_are_put_right_or_left_out_with_the_reason() {
    let reading = reading(json!({ "CVEIDs": [
        "CVE-2004-0001 ", " CVE\u{2013}2004-0002", "cve-2004-123456", "CVE 2004-0003", "CVE-2004-0001", "CAN-2004-0004", "CVE-2004-12", "CVE-04-1234", "CVE-2004-",
    ] }));
    assert_eq!(
        reading.cves,
        ["CVE-2004-0001", "CVE-2004-0002", "CVE-2004-123456", "CVE-2004-0003"]
    );
    assert_eq!(why(&reading), [("CVEIDs", Why::NotACve); 4]);
}

#[test]
fn a_set_phrase_is_not_a_statement() {
    const LONG: &str = "The fix of May is not enough, and of the fix of June we have no additional comments at this time.";
    let reading = reading(json!({ "_vendors": [
        vendor(json!({
            "Status": "Not Vulnerable",
            "VendorStatement": "No statement is currently available, it says.",
            "VendorInformation": "We are not aware of further vendor information, it says.",
            "Addendum": "Nobody has no additional comments at this time.",
            "VendorReferences": "None",
        })),
        vendor(json!({ "Status": "Vulnerable", "VendorStatement": "We have no comment.", "Addendum": LONG, "VendorReferences": "see http://a.example/x.\nhttp://b.example/ and https://c.example/?d=e" })),
        vendor(json!({ "Status": "Perhaps", "ID": "VU#1" })),
    ] }));
    let [silent, speaking, odd] = reading.vendors.as_slice() else { panic!() };
    assert_eq!((&silent.statement, &silent.information, &silent.addendum), (&None, &None, &None));
    assert_eq!(silent.references, []);
    assert_eq!(silent.status, VendorStatus::NotAffected);
    assert_eq!(speaking.status, VendorStatus::Affected);
    assert_eq!(speaking.statement.as_deref(), Some("We have no comment."));
    assert_eq!(speaking.addendum.as_deref(), Some(LONG));
    let links: Vec<_> = speaking.references.iter().flat_map(|reference| &reference.links).collect();
    assert_eq!(links, ["http://a.example/x", "http://b.example/", "https://c.example/?d=e"]);
    assert_eq!(odd.status, VendorStatus::Unknown);
    assert_eq!(
        why(&reading),
        [
            ("_vendors[0].VendorStatement", Why::SetPhrase),
            ("_vendors[0].VendorInformation", Why::SetPhrase),
            ("_vendors[0].VendorReferences", Why::SetPhrase),
            ("_vendors[0].Addendum", Why::SetPhrase),
            ("_vendors[2].ID", Why::OtherNote),
            ("_vendors[2].Status", Why::NotAStatus),
        ]
    );
}

#[test]
fn a_score_needs_a_vector_without_a_gap() {
    let complete = json!({
        "CVSS_AccessVector": "N", "CVSS_AccessComplexity": "L", "CVSS_Authenication": "N",
        "CVSS_ConfidentialityImpact": "C", "CVSS_IntegrityImpact": "P", "CVSS_AvailabilityImpact": "N",
        "CVSS_BaseVector": "AV:N/AC:L/Au:N/C:C/I:P/A:N", "CVSS_BaseScore": 8.5,
        "CVSS_Exploitability": "Not Defined (ND)", "CVSS_RemediationLevel": "OF", "CVSS_ReportConfidence": "C",
        "CVSS_TemporalVector": "E:Not Defined (ND)/RL:OF/RC:C", "CVSS_TemporalScore": 7.4,
        "CVSS_CollateralDamagePotential": "", "CVSS_TargetDistribution": "L",
        "CVSS_SecurityRequirementsCR": "ND", "CVSS_SecurityRequirementsIR": "ND", "CVSS_SecurityRequirementsAR": "ND",
        "CVSS_EnvironmentalVector": "CDP:/TD:L/CR:ND/IR:ND/AR:ND", "CVSS_EnvironmentalScore": 1.9,
    });
    let read = reading(complete.clone());
    let score = CvssTwo {
        vector: "AV:N/AC:L/Au:N/C:C/I:P/A:N/E:ND/RL:OF/RC:C".to_owned(),
        base: Some(8.5),
        temporal: Some(7.4),
        environmental: None,
    };
    assert_eq!(read.cvss, Some(score));
    assert_eq!(why(&read), [("CVSS_EnvironmentalVector", Why::NotFullyAssessed)]);

    for (key, value, reason) in [
        ("CVSS_BaseVector", "AV:N/AC:--/Au:N/C:C/I:P/A:N", Why::NotFullyAssessed),
        ("CVSS_BaseVector", "AC:L/AV:N/Au:N/C:C/I:P/A:N", Why::NotFullyAssessed),
        ("CVSS_AccessVector", "A", Why::Contradicts),
    ] {
        let mut changed = complete.clone();
        changed[key] = json!(value);
        let read = reading(changed);
        assert_eq!(read.cvss, None, "{key} {value}");
        assert_eq!(why(&read)[0], ("CVSS_BaseVector", reason));
    }
}

#[test]
fn a_title_shows_what_its_character_references_mean() {
    assert_eq!(reading(json!({ "Title": "the &lt;EMBED&gt; tag" })).title, "the <EMBED> tag");
}

proptest! {
    #[test]
    fn hostile_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Archived::parse(&bytes);
        let _ = ServedNote::parse(&bytes);
    }

    #[test]
    fn hostile_values_never_panic_and_never_change(key in prop::sample::select(Archived::KEYS), text in "\\PC{0,40}", many in any::<bool>()) {
        let value = if many { json!([text, "-"]) } else { json!(text) };
        let note = archived(json!({ key: value }));
        if let Ok(kept) = Archived::parse(note.to_string().as_bytes()) {
            prop_assert_eq!(serde_json::from_str::<Value>(&kept.to_json()).unwrap(), note);
            if let Ok(public) = kept.reading().to_public_note() {
                prop_assert!(ServedNote::parse(&write(&public)).is_ok());
            }
        }
    }

    #[test]
    fn hostile_vendors_never_panic(key in prop::sample::select(ArchivedVendor::KEYS), text in "\\PC{0,40}") {
        let note = archived(json!({ "_vendors": [vendor(json!({ key: text }))] }));
        let kept = parse(&note);
        prop_assert_eq!(kept.reading().vendors.len(), 1);
        prop_assert_eq!(serde_json::from_str::<Value>(&kept.to_json()).unwrap(), note);
    }
}

#[test]
fn sections_come_in_reading_order_and_empty_ones_do_not_come() {
    let read =
        reading(json!({ "Author": "By A.", "Resolution": "Fix it.", "Overview": "It boils." }));
    let sections: Vec<_> = read.sections.iter().map(|(section, _)| *section).collect();
    assert_eq!(sections, [Section::Overview, Section::Solution, Section::Author]);
}
