//! Encrypted messages, from us to GnuPG and back.

use std::slice::from_ref;

use openpgp::{Error, LARGEST_CONTENT, Verdict, decrypt, encrypt};

use crate::gpg::{Gpg, said};
use crate::{days_later, our_key, today};

const SECRET: &[u8] = b"The firmware of the pump takes any password.\n";

#[test]
fn gpg_opens_what_we_encrypt_and_sees_who_signed() {
    let Some(gpg) = Gpg::start() else { return };
    let key = our_key();
    gpg.import(&key);
    gpg.new_key("ann@example.org", "ed25519", "cv25519");
    gpg.new_key("bob@example.org", "rsa3072", "rsa3072");
    for name in ["ann", "bob"] {
        let to = [gpg.certificate(name)];
        let sealed = encrypt(SECRET, &to, Some(&key), today()).expect("sealed");
        assert!(!sealed.contains("pump"));
        let opened = gpg.try_at(today(), &["--decrypt"], sealed.as_bytes());
        assert!(opened.status.success(), "{name}: {}", said(&opened));
        assert_eq!(opened.stdout, SECRET);
        assert!(said(&opened).contains(&format!("VALIDSIG {}", key.fingerprint().hex())));
    }
}

#[test]
fn everybody_a_message_is_encrypted_to_can_open_it() {
    let Some(gpg) = Gpg::start() else { return };
    let key = our_key();
    gpg.new_key("ann@example.org", "ed25519", "cv25519");
    let to = [gpg.certificate("ann"), key.certificate()];
    let sealed = encrypt(SECRET, &to, None, today()).expect("sealed");
    assert_eq!(gpg.run(&["--decrypt"], sealed.as_bytes()), SECRET);
    let opened = decrypt(sealed.as_bytes(), &key, &[], today()).expect("opened");
    assert_eq!((opened.content.as_slice(), opened.signature), (SECRET, Verdict::Missing));
}

#[test]
fn what_gpg_encrypts_to_us_is_opened_and_its_signature_judged() {
    let Some(gpg) = Gpg::start() else { return };
    let key = our_key();
    gpg.import(&key);
    gpg.new_key("ann@example.org", "ed25519", "cv25519");
    let ann = gpg.certificate("ann");
    let to = ["--recipient", "team@example.org"];
    for how in [&["--armor"][..], &["--throw-keyids"], &["--compress-algo=zip"], &["-z0"]] {
        let sealed = gpg.run(&[how, &to, &["--sign", "--encrypt"]].concat(), SECRET);
        let opened = decrypt(&sealed, &key, from_ref(&ann), today()).expect("opened");
        assert_eq!(opened.content.as_slice(), SECRET, "{how:?}");
        let good = Verdict::Good { by: ann.fingerprint(), signed_at: Some(today()) };
        assert_eq!(opened.signature, good, "{how:?}");
        let opened = decrypt(&sealed, &key, &[], today()).expect("opened");
        assert_eq!(opened.signature, Verdict::Stranger, "{how:?}");
    }
    let unsigned = gpg.run(&[&to[..], &["--encrypt"]].concat(), SECRET);
    let opened = decrypt(&unsigned, &key, &[ann], days_later(5000)).expect("opened");
    assert_eq!((opened.content.as_slice(), opened.signature), (SECRET, Verdict::Missing));
}

#[test]
fn what_was_changed_is_refused_and_all_refusals_look_alike() {
    let Some(gpg) = Gpg::start() else { return };
    let key = our_key();
    gpg.import(&key);
    gpg.new_key("ann@example.org", "ed25519", "cv25519");
    let sealed = gpg.run(&["-z0", "--recipient", "team", "--encrypt"], SECRET);
    let refused = |message: &[u8]| decrypt(message, &key, &[], today()).expect_err("refused");
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        if let Some(byte) = changed.get_mut(at) {
            *byte ^= 1;
        }
        let opened = decrypt(&changed, &key, &[], today());
        // Some bits only name things: whom it is for, how long it is. What was said never changes.
        assert!(opened.is_err() || opened.is_ok_and(|opened| opened.content.as_slice() == SECRET));
    }
    let cut = sealed.split_last().map(|(_, rest)| rest).unwrap_or_default();
    assert_eq!(refused(cut), Error::Unopened);
    let for_ann = gpg.run(&["--recipient", "ann", "--encrypt"], SECRET);
    assert_eq!(refused(&for_ann), Error::Unopened);
    let plain = gpg.run(&["--armor", "--sign"], SECRET);
    assert_eq!(refused(&plain), Error::Unopened);
    let by_password = gpg.run(&["--passphrase=secret", "--symmetric"], SECRET);
    assert_eq!(refused(&by_password), Error::Unopened);
    assert_eq!(refused(b"nothing of the kind"), Error::Unopened);
}

/// RFC 9580 13.7: a message can be made to look as if nothing protected it against changes.
#[test]
fn a_message_without_protection_against_changes_is_refused() {
    let Some(gpg) = Gpg::start() else { return };
    let key = our_key();
    gpg.import(&key);
    let sealed = gpg.run(&["-z0", "--recipient", "team", "--encrypt"], SECRET);
    // The protected part has tag 18, a length of one octet and version 1.
    let length = u8::try_from(sealed.len()).expect("short");
    let start = (0..sealed.len()).find(|at| {
        let rest = length - u8::try_from(*at).expect("short") - 2;
        sealed.get(*at..*at + 3) == Some(&[0xd2, rest, 1])
    });
    let start = start.expect("a protected part");
    let (head, part) = sealed.split_at(start);
    let body = part.get(3..).expect("a body");
    let length = u8::try_from(body.len()).expect("short");
    let downgraded = [head, &[0xc9, length], body].concat();
    assert_eq!(decrypt(&downgraded, &key, &[], today()).expect_err("refused"), Error::Unopened);
}

#[test]
fn what_unpacks_without_end_is_refused() {
    let Some(gpg) = Gpg::start() else { return };
    let key = our_key();
    gpg.import(&key);
    let much = vec![0; LARGEST_CONTENT + 1];
    let args = ["--compress-algo=zlib", "--recipient", "team", "--encrypt"];
    let bomb = gpg.run(&args, &much);
    assert!(bomb.len() < 100_000, "{} bytes", bomb.len());
    assert_eq!(decrypt(&bomb, &key, &[], today()).expect_err("refused"), Error::Unopened);
    let fits = gpg.run(&args, much.get(1..).expect("one less"));
    assert!(decrypt(&fits, &key, &[], today()).is_ok());
}
