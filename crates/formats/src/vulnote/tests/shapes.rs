//! The shapes of VINCE's public API, as its readers' programs meet them.

use crate::{
    public_note::{
        PublicNote, PublicStatus, PublicVendor, PublicVulnerability, Section, VendorStatus,
    },
    vulnote::*,
};
use domain::version::Versions;
use expect_test::expect;
use jiff::Timestamp;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn note() -> PublicNote {
    let (early, late) = (at("2024-05-01T08:00:00Z"), at("2024-06-04T20:31:25.554423999Z"));
    let vulnerability = |local, cve: Option<&str>| PublicVulnerability {
        local,
        cve: cve.map(str::to_owned),
        identifiers: vec![],
        description: "The lid\r\nmay fly off.".to_owned(),
        cwe: None,
        scores: Vec::new(),
        added_at: early,
        updated_at: late,
    };
    let status = |vulnerability, status: VendorStatus| PublicStatus {
        vulnerability,
        product: None,
        status: status.into(),
        versions: Versions::default(),
        statement: None,
        references: vec!["https://a.example/1".to_owned(), "https://a.example/2".to_owned()],
        added_at: early,
        updated_at: late,
    };
    let vendor = |name: &str, statuses| PublicVendor {
        name: name.to_owned(),
        statuses,
        statement: None,
        information: None,
        references: Vec::new(),
        addendum: None,
        contacted_at: None,
        statement_at: None,
        updated_at: late,
    };
    let mut acme = vendor(
        "Acme \"Kettles\"",
        vec![status(1, VendorStatus::NotAffected), status(2, VendorStatus::Affected)],
    );
    acme.statement = Some("We fixed it.".to_owned());
    acme.references = vec!["https://a.example/1".to_owned()];
    acme.contacted_at = Some(early);
    PublicNote {
        number: "257161".to_owned(),
        title: "Kettle boils over".to_owned(),
        sections: vec![
            (Section::Overview, "It boils.".to_owned()),
            (Section::Solution, "Fill less.".to_owned()),
            (Section::Author, "Written by A.".to_owned()),
        ],
        vulnerabilities: vec![vulnerability(1, Some("CVE-2024-10469")), vulnerability(2, None)],
        vendors: vec![acme, vendor("Brew", vec![status(1, VendorStatus::NotAffected)])],
        references: vec!["https://a.example/advisory ".to_owned()],
        keywords: Vec::new(),
        credits: Vec::new(),
        scores: Vec::new(),
        created_at: None,
        public_at: None,
        first_published_at: early,
        updated_at: late,
        revision: 2,
        timeline: Vec::new(),
        exploit_public_at: None,
        attacks_seen_at: None,
        revised_at: vec![],
        withdrawn: None,
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_note_of_ours_has_vinces_keys_in_vinces_order() {
    let written = text(write(&note()));
    let mut from = 0;
    for key in ServedNote::KEYS {
        let place = written.find(&format!("\"{key}\":")).unwrap();
        assert!(place >= from, "{key}");
        from = place;
    }
    assert_eq!(ServedNote::KEYS.len(), 56);
    let again = ServedNote::parse(written.as_bytes()).unwrap();
    assert_eq!(again, served_note(&note()));
    let filled: Vec<&str> = written
        .split(",\"")
        .filter(|pair| !pair.ends_with(":null") && !pair.ends_with(":null}"))
        .collect();
    expect![[r####"
        {"vuid":"VU#257161"
        idnumber":"257161"
        name":"Kettle boils over"
        overview":"### Overview\n\nIt boils.\n\n### Solution\n\nFill less.\n\nWritten by A."
        public":["https://a.example/advisory"]
        cveids":["CVE-2024-10469"]
        datecreated":"2024-05-01T08:00:00Z"
        publicdate":"2024-05-01T08:00:00Z"
        datefirstpublished":"2024-05-01T08:00:00Z"
        dateupdated":"2024-06-04T20:31:25.554423Z"
        revision":2"####]]
    .assert_eq(&filled.join("\n"));
}

#[test]
fn lists_are_bare_arrays_with_vinces_keys() {
    let note = note();
    expect![[r#"
        [{"note":"257161","cve":"2024-10469","description":"The lid\r\nmay fly off.","uid":"CVE-2024-10469","case_increment":1,"date_added":"2024-05-01T08:00:00Z","dateupdated":"2024-06-04T20:31:25.554423Z"},
        {"note":"257161","cve":null,"description":"The lid\r\nmay fly off.","uid":"VU#257161.2","case_increment":2,"date_added":"2024-05-01T08:00:00Z","dateupdated":"2024-06-04T20:31:25.554423Z"}]"#]].assert_eq(&text(write_vulnerabilities(&note)).replace("},{", "},\n{"));
    expect![[r#"
        [{"note":"257161","contact_date":"2024-05-01T08:00:00Z","vendor":"Acme \"Kettles\"","references":"https://a.example/1","statement":"We fixed it.","dateupdated":"2024-06-04T20:31:25.554423Z","statement_date":null,"addendum":null},
        {"note":"257161","contact_date":null,"vendor":"Brew","references":null,"statement":null,"dateupdated":"2024-06-04T20:31:25.554423Z","statement_date":null,"addendum":null}]"#]].assert_eq(&text(write_vendors(&note)).replace("},{", "},\n{"));
    expect![[r#"
        [{"vul":"CVE-2024-10469","vendor":"Acme \"Kettles\"","status":"Not Affected","date_added":"2024-05-01T08:00:00Z","dateupdated":"2024-06-04T20:31:25.554423Z","references":"https://a.example/1\nhttps://a.example/2","statement":""},
        {"vul":"VU#257161.2","vendor":"Acme \"Kettles\"","status":"Affected","date_added":"2024-05-01T08:00:00Z","dateupdated":"2024-06-04T20:31:25.554423Z","references":"https://a.example/1\nhttps://a.example/2","statement":""},
        {"vul":"CVE-2024-10469","vendor":"Brew","status":"Not Affected","date_added":"2024-05-01T08:00:00Z","dateupdated":"2024-06-04T20:31:25.554423Z","references":"https://a.example/1\nhttps://a.example/2","statement":""}]"#]].assert_eq(&text(write_statuses(&note)).replace("},{", "},\n{"));
    expect![[r#"
        [{"vuid":"VU#257161","idnumber":"257161","vendor":"Acme \"Kettles\"","status":"Affected","statement":"We fixed it.","vendorurls":"https://a.example/1","addendum":"","datenotified":"2024-05-01T08:00:00Z","datelastupdated":"2024-06-04T20:31:25.554423Z"},
        {"vuid":"VU#257161","idnumber":"257161","vendor":"Brew","status":"Unaffected","statement":"","vendorurls":"","addendum":"","datenotified":"","datelastupdated":"2024-06-04T20:31:25.554423Z"}]"#]].assert_eq(&text(write_vendors_of_month([&note])).replace("},{", "},\n{"));
}

#[test]
fn summaries_count_and_name() {
    let note = note();
    assert_eq!(text(write_summary([&note])), r#"{"count":1,"notes":["VU#257161"]}"#);
    assert_eq!(
        text(write_vendor_summary([&note])),
        r#"{"count":2,"vendors":["Acme \"Kettles\"","Brew"]}"#
    );
    assert_eq!(text(write_summary([])), r#"{"count":0,"notes":[]}"#);
    assert_eq!(text(write_notes([])), "[]");
    assert_eq!(text(write_notes([&note, &note])), format!("[{0},{0}]", text(write(&note))));
}

#[test]
fn a_cve_leads_to_its_vulnerability_its_note_and_the_vendors_of_that_vulnerability() {
    let note = note();
    let found: serde_json::Value =
        serde_json::from_slice(&write_cve(&note, "CVE-2024-10469")).unwrap();
    assert_eq!(found["vulnerability"]["cve"], "2024-10469");
    assert_eq!(found["note"]["vuid"], "VU#257161");
    let vendors: Vec<_> = found["vendors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (&row["vendor"], &row["status"]))
        .collect();
    expect![[r#"[(String("Acme \"Kettles\""), String("Not Affected")), (String("Brew"), String("Not Affected"))]"#]].assert_eq(&format!("{vendors:?}"));
    assert_eq!(text(write_cve(&note, "CVE-2024-1")), NOT_HERE);
}
