//! Our file, files of others, and a judge of such files.

use expect_test::expect;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::feed::tests::at;
use crate::judge;

const NOW: &str = "2026-11-28T00:00:00Z";

fn ours() -> SecurityTxt {
    SecurityTxt {
        contact: vec!["https://cert.example/report".into(), "mailto:cert@cert.example".into()],
        expires: Some(at("2027-05-01T00:00:00Z")),
        encryption: vec!["https://cert.example/key.asc".into()],
        acknowledgments: vec!["https://cert.example/thanks".into()],
        preferred_languages: vec!["en".into(), "de".into()],
        canonical: vec!["https://cert.example/.well-known/security.txt".into()],
        policy: vec!["https://cert.example/policy".into()],
        hiring: vec![],
        csaf: vec![
            "https://cert.example/.well-known/csaf/provider-metadata.json".into(),
            "https://cert.example/.well-known/csaf/v2.1/provider-metadata.json".into(),
        ],
        others: vec![("Bug-Bounty".into(), "False".into())],
    }
}

fn reading(text: &str) -> Reading {
    read(text.as_bytes(), at(NOW)).unwrap()
}

fn faults(text: &str) -> Vec<String> {
    reading(text).faults.iter().map(ToString::to_string).collect()
}

#[test]
fn our_file() {
    expect![[r"
        Contact: https://cert.example/report
        Contact: mailto:cert@cert.example
        Expires: 2027-05-01T00:00:00Z
        Encryption: https://cert.example/key.asc
        Acknowledgments: https://cert.example/thanks
        Canonical: https://cert.example/.well-known/security.txt
        Policy: https://cert.example/policy
        CSAF: https://cert.example/.well-known/csaf/provider-metadata.json
        CSAF: https://cert.example/.well-known/csaf/v2.1/provider-metadata.json
        Preferred-Languages: en, de
        Bug-Bounty: False
    "]]
    .assert_eq(&write(&ours()));
}

#[test]
fn our_file_comes_back_without_a_fault() {
    let reading = reading(&write(&ours()));
    assert_eq!((reading.content, reading.faults), (ours(), vec![]));
    assert_eq!(reading.wrapping, Wrapping::Plain);
}

#[test]
fn a_file_from_elsewhere_is_read() {
    let text = "\u{feff}# Hello\r\n\r\nCONTACT:mailto:a@b.example  \r\nexpires : 2027-01-01T01:00:00+02:00\r\n\
                Preferred-Languages: en ,fr,\r\nX-Thing: anything: at all\r\n";
    let reading = reading(text);
    assert_eq!(reading.faults, []);
    assert_eq!(reading.content.contact, ["mailto:a@b.example"]);
    assert_eq!(reading.content.expires, Some(at("2026-12-31T23:00:00Z")));
    assert_eq!(reading.content.preferred_languages, ["en", "fr"]);
    assert_eq!(reading.content.others, [("X-Thing".to_owned(), "anything: at all".to_owned())]);
}

#[test]
fn a_signed_file_is_seen_as_signed() {
    let signed = format!(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n- -dashes\n{}-----BEGIN PGP SIGNATURE-----\n\nabc:d\n-----END PGP SIGNATURE-----\n",
        write(&ours())
    );
    let reading = reading(&signed);
    assert_eq!(reading.wrapping, Wrapping::Signed);
    assert_eq!(reading.content, ours());
    assert_eq!(reading.faults, [Fault::NotAField(4)]);
    let (cut, _) = signed.split_once("-----BEGIN PGP SIGNATURE").unwrap();
    assert!(faults(cut)[0].contains("2.3"));
}

#[test]
fn a_fault_names_its_line_and_its_section() {
    let text = "Contact: a@b.example\nEncryption: http://b.example/key\nhello\nPolicy:\n\
                Expires: 2026-11-28T00:00:00Z\nExpires: 2027-11-28T00:00:00Z\n\
                Preferred-Languages: en\nPreferred-Languages: de\nCSAF: javascript\n";
    expect![[r"
        Line 1: Contact must hold a URI, and one of the web begins with https (RFC 9116, 2.5.3).
        Line 2: Encryption must hold a URI, and one of the web begins with https (RFC 9116, 2.5.4).
        Line 3: neither a field nor a comment (RFC 9116, 4).
        Line 4: neither a field nor a comment (RFC 9116, 4).
        Line 5: the file has expired (RFC 9116, 2.5.5).
        Line 6: a second Expires field (RFC 9116, 2.5.5).
        Line 8: a second Preferred-Languages field (RFC 9116, 2.5.8).
        Line 9: CSAF must hold a URI, and one of the web begins with https (RFC 9116, 2.4)."]]
    .assert_eq(&faults(text).join("\n"));
    expect![[r"
        Line 1: Expires holds no date and time (RFC 9116, 2.5.5).
        Line 2: Expires holds no date and time (RFC 9116, 2.5.5).
        There is no Contact field (RFC 9116, 2.5.3)."]]
    .assert_eq(&faults("Expires: soon\nExpires: 2027-01-01").join("\n"));
    expect![[r"
        There is no Contact field (RFC 9116, 2.5.3).
        There is no Expires field (RFC 9116, 2.5.5)."]]
    .assert_eq(&faults("# nothing").join("\n"));
}

#[test]
fn too_much_is_not_read() {
    let many = "A: b\n".repeat(501);
    assert_eq!(read(many.as_bytes(), at(NOW)), Err(Unreadable::TooManyFields));
    assert_eq!(read(&vec![b'#'; LARGEST + 1], at(NOW)), Err(Unreadable::TooLarge));
    assert_eq!(read(b"Contact: \xff", at(NOW)), Err(Unreadable::NotUtf8));
}

#[test]
fn no_value_adds_a_line() {
    let mut hostile = ours();
    hostile.policy = vec!["https://cert.example/\r\nContact: mailto:b@b.example\u{85}".into()];
    assert_eq!(write(&hostile).lines().count(), write(&ours()).lines().count());
}

proptest! {
    #[test]
    fn hostile_texts_never_panic(text in "(-----BEGIN PGP SIGNED MESSAGE-----\n)?(\\PC|[\r\n:#]){0,200}") {
        let _ = read(text.as_bytes(), at(NOW));
    }
}

const SECTXT: &str = "
import sys, json, sectxt
parser = sectxt.Parser(sys.stdin.buffer.read(), is_local=True)
print(json.dumps({
    'valid': parser.is_valid(),
    'errors': [error['code'] for error in parser.errors],
    'advice': sorted(set(advice['code'] for advice in parser.recommendations)),
}))";

/// The judge's own clock decides whether a file has expired, so this one lives long; and the
/// judge advises against that.
#[test]
fn sectxt_finds_our_file_valid() {
    let long = SecurityTxt { expires: Some(at("2199-01-01T00:00:00Z")), ..ours() };
    let Some(seen) = judge::python("sectxt", SECTXT, write(&long).as_bytes()) else { return };
    // Two versions of CSAF side by side are two fields (CSAF 2.1, transition).
    let advice = json!(["long_expiry", "multiple_csaf_fields", "not_signed"]);
    assert_eq!(seen, json!({ "valid": true, "errors": [], "advice": advice }));
}

#[test]
fn sectxt_and_we_find_the_same_faults() {
    let text = "Contact: mailto:a@b.example\nEncryption: http://b.example/key\n\
                Expires: 2020-01-01T00:00:00Z\n";
    let ours: Vec<Fault> = reading(text).faults;
    let unsafe_key = Fault::NotSafe { line: 2, field: "Encryption", section: "2.5.4" };
    assert_eq!(ours, [unsafe_key, Fault::Expired(3)]);
    let Some(seen) = judge::python("sectxt", SECTXT, text.as_bytes()) else { return };
    assert_eq!(seen["errors"], json!(["no_https", "expired"]));
}
