//! Certificates that GnuPG made: what is in them, and which are refused in which words.

use std::fmt::Write;

use expect_test::expect;
use jiff::Timestamp;
use openpgp::{Certificate, Error, encrypt};

use crate::gpg::Gpg;
use crate::{days_later, parsed, today};

#[test]
fn a_certificate_tells_whose_it_is_and_how_long() {
    let Some(gpg) = Gpg::start() else { return };
    gpg.new_key("Ann <ann@example.org>", "ed25519", "cv25519");
    let ann = gpg.certificate("ann");
    assert_eq!(ann.fingerprint().hex(), gpg.fingerprint("ann"));
    assert_eq!(ann.user_ids(today()), ["Ann <ann@example.org>"]);
    assert_eq!(ann.created_at(), Some(today()));
    assert_eq!(ann.expires_at(today()), Some(days_later(365)));
    assert_eq!(ann.usable(today()), Ok(()));
    let again = parsed(&ann.to_bytes().expect("bytes"));
    assert_eq!(again.fingerprint(), ann.fingerprint());
}

#[test]
fn a_certificate_that_cannot_be_used_says_why() {
    let Some(gpg) = Gpg::start() else { return };
    let sign_only = |name: &str, kind: &str, digest: &str| {
        gpg.run(&[digest, "--quick-generate-key", name, kind, "cert,sign", "1y"], b"");
    };
    sign_only("small@example.org", "rsa1024", "--cert-digest-algo=SHA512");
    sign_only("middle@example.org", "rsa2048", "--cert-digest-algo=SHA512");
    sign_only("signs@example.org", "ed25519", "--cert-digest-algo=SHA512");
    sign_only("sha1@example.org", "ed25519", "--cert-digest-algo=SHA1");
    gpg.new_key("part@example.org", "ed25519", "rsa2048");
    gpg.new_key("fine@example.org", "ed25519", "cv25519");
    let mut table = String::new();
    let mut say = |name: &str, at: Timestamp| {
        let certificate = gpg.certificate(name);
        let usable = certificate.usable(at);
        let words = usable.map_or_else(|why| why.to_string(), |()| "fine".to_owned());
        writeln!(table, "{name}: {words}").expect("a line");
        let sealed = encrypt(b"x", &[certificate], None, at);
        assert_eq!(matches!(sealed, Err(Error::Recipient { .. })), usable.is_err(), "{name}");
    };
    for name in ["small", "middle", "part", "signs", "sha1", "fine"] {
        say(name, today());
    }
    say("fine", days_later(-1));
    say("fine", days_later(366));
    expect![[r"
        small: It is an RSA key of 1024 bits, and 3072 are needed. Ask for a new key.
        middle: It is an RSA key of 2048 bits, and 3072 are needed. Ask for a new key.
        part: It is an RSA key of 2048 bits, and 3072 are needed. Ask for a new key.
        signs: It can sign but not be encrypted to. Ask for a key with a part for encryption.
        sha1: It is held together by SHA-1, which is broken. Ask for the same key, signed again by a program of today, or for a new one.
        fine: fine
        fine: It was made on 2027-03-01, which is still to come. Check the clock it was made with.
        fine: It expired on 2028-02-29. Ask for the same key with a later date, or for a new one.
    "]].assert_eq(&table);
}

#[test]
fn what_others_say_of_a_certificate_is_left_out() {
    let Some(gpg) = Gpg::start() else { return };
    gpg.new_key("ann@example.org", "ed25519", "cv25519");
    let before = gpg.certificate("ann").to_bytes().expect("bytes").len();
    gpg.new_key("bob@example.org", "ed25519", "cv25519");
    let ann = gpg.fingerprint("ann");
    gpg.run(&["--local-user", "bob", "--quick-sign-key", &ann], b"");
    let exported = gpg.run(&["--export", "ann"], b"");
    let kept = parsed(&exported);
    assert!(exported.len() > before + 50, "{} and {before} bytes", exported.len());
    assert_eq!(kept.to_bytes().expect("bytes").len(), before);
    assert_eq!((kept.user_ids(today()).len(), kept.usable(today())), (1, Ok(())));
}

#[test]
fn a_revoked_certificate_is_refused() {
    let Some(gpg) = Gpg::start() else { return };
    gpg.new_key("ann@example.org", "ed25519", "cv25519");
    assert!(!gpg.certificate("ann").is_revoked(today()));
    gpg.revoke("ann");
    let revoked = gpg.certificate("ann");
    assert!(revoked.is_revoked(today()));
    let why = revoked.usable(today()).expect_err("revoked").to_string();
    assert_eq!(why, "It was revoked. Ask for the new key of its owner.");
    assert!(encrypt(b"x", &[revoked], None, today()).is_err());
}

#[test]
fn a_file_that_is_no_single_public_certificate_is_refused() {
    let Some(gpg) = Gpg::start() else { return };
    gpg.new_key("ann@example.org", "ed25519", "cv25519");
    gpg.new_key("bob@example.org", "ed25519", "cv25519");
    let private = gpg.run(&["--armor", "--export-secret-keys", "ann"], b"");
    let both = gpg.run(&["--armor", "--export"], b"");
    let both_raw = gpg.run(&["--export"], b"");
    let pasted = [gpg.export("ann"), b"\nand mine:\n".to_vec(), gpg.export("bob")].concat();
    let signature = gpg.run(&["--armor", "--detach-sign"], b"x");
    let mut long = gpg.run(&["--export", "ann"], b"");
    long.resize(1024 * 1024 + 1, 0);
    let mut table = String::new();
    for (what, bytes) in [
        ("private", private.as_slice()),
        ("both", &both),
        ("both, not armored", &both_raw),
        ("two pasted", &pasted),
        ("a signature", &signature),
        ("long", &long),
        ("a text", b"Dear team, here is my key."),
        ("nothing", b""),
    ] {
        let refused = Certificate::parse(bytes).expect_err(what);
        writeln!(table, "{what}: {refused}").expect("a line");
    }
    expect![[r"
        private: This file holds a private key. We have not kept it. Give the public key alone, and make a new key if anybody else may have seen this file.
        both: There are several OpenPGP keys in this file. Give one at a time.
        both, not armored: There are several OpenPGP keys in this file. Give one at a time.
        two pasted: There are several OpenPGP keys in this file. Give one at a time.
        a signature: There is no OpenPGP public key in this file that could be read.
        long: This file is too large for an OpenPGP key. Export the key without others' signatures.
        a text: There is no OpenPGP public key in this file that could be read.
        nothing: There is no OpenPGP public key in this file that could be read.
    "]].assert_eq(&table);
}
