use super::*;
use crate::ServiceKey;

fn now() -> Timestamp {
    "2027-03-01T12:00:00Z".parse().unwrap()
}

fn certificate(name: &str) -> Certificate {
    ServiceKey::generate(name, now()).unwrap().certificate()
}

#[test]
fn a_fingerprint_is_printed_in_groups_of_four() {
    let fingerprint = Fingerprint("0123456789ABCDEF0123".to_owned());
    assert_eq!(fingerprint.to_string(), "0123 4567 89AB CDEF 0123");
    assert_eq!(fingerprint.hex(), "0123456789ABCDEF0123");
}

#[test]
fn a_name_cannot_hide_or_turn_text_or_take_another_line() {
    let shown = certificate("Ann\r\nBcc: all\u{202e}gro.live\u{200b} <a@b>").user_ids(now());
    assert_eq!(shown, ["AnnBcc: allgro.live <a@b>"]);
    let long = certificate(&"x".repeat(5000)).user_ids(now());
    assert_eq!(long, ["x".repeat(LONGEST_NAME)]);
}

#[test]
fn a_certificate_with_too_many_parts_is_refused() {
    let bytes = certificate("Ann").to_bytes().unwrap();
    let name = library::packet::UserID::from("x");
    let one = Packet::from(name).to_vec().unwrap();
    let grown = |n| [bytes.clone(), one.repeat(n)].concat();
    let refused = Certificate::parse(&grown(MOST_PACKETS)).map(|_| ());
    assert_eq!(refused, Err(NoCertificate::TooLarge.into()));
    assert!(Certificate::parse(&grown(10)).is_ok());
}

#[test]
fn what_is_printed_for_debugging_names_nobody() {
    let ann = certificate("Ann <ann@example.org>");
    assert_eq!(format!("{ann:?}"), format!("Certificate({:?})", ann.fingerprint().hex()));
}

/// A revocation counts even if SHA-1 holds it: whoever forges one only makes us refuse.
#[test]
fn an_old_revocation_still_counts() {
    let key = ServiceKey::generate("Ann", now()).unwrap();
    let mut signer = key.signer(now()).unwrap();
    let revocation = library::cert::CertRevocationBuilder::new()
        .set_signature_creation_time(instant::written(now()))
        .unwrap()
        .build(&mut signer, key.cert(), library::types::HashAlgorithm::SHA1)
        .unwrap();
    let (revoked, _) = key.cert().clone().insert_packets(revocation).unwrap();
    let revoked = Certificate::new(revoked);
    assert!(revoked.is_revoked(now()));
    assert_eq!(revoked.usable(now()), Err(Unusable::Revoked));
    let kept = Certificate::parse(&revoked.to_bytes().unwrap()).unwrap();
    assert!(kept.is_revoked(now()), "revocations are not left out");
}
