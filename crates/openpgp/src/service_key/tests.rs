use super::*;

use library::packet::{PKESK, SEIP};
use library::parse::{PacketParser, PacketParserResult};
use library::types::PublicKeyAlgorithm;

use crate::{Verdict, decrypt, encrypt, verify_cleartext, verify_detached};

fn day(day: i64) -> Timestamp {
    Timestamp::from_second(1_803_902_400 + day * 86_400).unwrap()
}

fn key() -> ServiceKey {
    ServiceKey::generate("The Team <team@example.org>", day(0)).unwrap()
}

#[test]
fn the_key_is_of_the_kind_that_everybody_reads() {
    let cert = key().certificate();
    let algorithms: Vec<_> = cert.cert().keys().map(|part| part.key().pk_algo()).collect();
    assert_eq!(algorithms, [PublicKeyAlgorithm::EdDSA, PublicKeyAlgorithm::ECDH]);
    assert_eq!(cert.user_ids(day(11)), ["The Team <team@example.org>"]);
    assert_eq!(cert.created_at(), Some(day(0)));
    assert_eq!((cert.expires_at(day(1)), cert.usable(day(1))), (Some(day(730)), Ok(())));
}

/// GnuPG 2.2 reads neither version 6 of the one nor version 2 of the other.
#[test]
fn what_others_encrypt_to_us_is_of_the_versions_that_gnupg_reads() {
    let sealed = encrypt(b"x", &[key().certificate()], None, day(1)).unwrap();
    let mut versions = vec![];
    let mut rest = PacketParser::from_bytes(sealed.as_bytes()).unwrap();
    while let PacketParserResult::Some(part) = rest {
        let (packet, next) = part.next().unwrap();
        versions.push(match packet {
            Packet::PKESK(PKESK::V3(_)) => "for somebody, version 3",
            Packet::SEIP(SEIP::V1(_)) => "encrypted, version 1",
            _ => "something else",
        });
        rest = next;
    }
    assert_eq!(versions, ["for somebody, version 3", "encrypted, version 1"]);
}

#[test]
fn what_was_made_into_bytes_is_the_same_key() {
    let key = key();
    let again = ServiceKey::from_bytes(&key.to_bytes().unwrap()).unwrap();
    assert_eq!(again.fingerprint(), key.fingerprint());
    let sealed = encrypt(b"secret", &[key.certificate()], Some(&again), day(1)).unwrap();
    let opened = decrypt(sealed.as_bytes(), &again, &[key.certificate()], day(1)).unwrap();
    assert_eq!(opened.content.as_slice(), b"secret");
    assert!(matches!(opened.signature, Verdict::Good { by, .. } if by == key.fingerprint()));
}

#[test]
fn the_certificate_holds_nothing_secret() {
    let key = key();
    let public = key.certificate();
    assert!(!public.cert().is_tsk());
    assert!(ServiceKey::from_bytes(&public.to_bytes().unwrap()).is_err());
    assert!(ServiceKey::from_bytes(b"nothing").is_err());
    assert_eq!(format!("{key:?}"), "ServiceKey(…)");
}

#[test]
fn an_expired_key_signs_nothing_and_still_opens_what_it_was_sent() {
    let key = key();
    let sealed = encrypt(b"old", &[key.certificate()], None, day(1)).unwrap();
    assert_eq!(key.sign_detached(b"x", day(731)), Err(Error::OwnKey));
    assert_eq!(key.sign_cleartext("x", day(731)), Err(Error::OwnKey));
    assert!(encrypt(b"x", &[key.certificate()], None, day(731)).is_err());
    assert!(decrypt(sealed.as_bytes(), &key, &[], day(731)).is_ok());
}

#[test]
fn an_extended_key_is_good_for_two_more_years() {
    let key = key().extended(day(365)).unwrap();
    assert_eq!(key.expires_at(day(366)), Some(day(365 + 730)));
    let signature = key.sign_detached(b"x", day(1000)).unwrap();
    let known = [key.certificate()];
    let judged = verify_detached(b"x", signature.as_bytes(), &known, day(1001));
    assert!(matches!(judged, Verdict::Good { .. }), "{judged:?}");
    assert_eq!(known.first().unwrap().usable(day(1000)), Ok(()));
}

#[test]
fn an_expired_key_can_be_extended() {
    let key = key().extended(day(800)).unwrap();
    assert!(key.sign_detached(b"x", day(801)).is_ok());
}

#[test]
fn a_renamed_key_has_the_new_name_alone_and_can_have_the_old_one_back() {
    let renamed = key().named("Us <us@example.org>", day(10)).unwrap();
    assert_eq!(renamed.certificate().user_ids(day(11)), ["Us <us@example.org>"]);
    assert_eq!(renamed.expires_at(day(11)), Some(day(730)));
    assert!(renamed.is_named("Us <us@example.org>", day(11)));
    assert!(!renamed.is_named("The Team <team@example.org>", day(11)));
    let back = renamed.named("The Team <team@example.org>", day(20)).unwrap();
    assert_eq!(back.certificate().user_ids(day(21)), ["The Team <team@example.org>"]);
    let extended = back.extended(day(30)).unwrap();
    assert_eq!(extended.certificate().user_ids(day(31)), ["The Team <team@example.org>"]);
    assert_eq!(extended.expires_at(day(31)), Some(day(760)));
}

#[test]
fn a_text_is_signed_as_it_reads() {
    let key = key();
    let signed = key.sign_cleartext("Contact: mailto:a@b\n- dash\n", day(1)).unwrap();
    let start =
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nContact: mailto:a@b\n- - dash\n";
    assert!(signed.starts_with(&format!("{start}-----BEGIN PGP SIGNATURE-----\n")), "{signed}");
    let opened = verify_cleartext(signed.as_bytes(), &[key.certificate()], day(2)).unwrap();
    assert_eq!(opened.content.as_slice(), b"Contact: mailto:a@b\n- dash");
    assert!(matches!(opened.signature, Verdict::Good { .. }));
}
