//! Signatures, ours read by GnuPG and GnuPG's read by us.

use std::slice::from_ref;

use openpgp::{Verdict, verify_cleartext, verify_detached};

use crate::gpg::{Gpg, said};
use crate::{days_later, our_key, today};

const NOTE: &str = "VU#123456\n- A line that starts with a dash  \n\nFrom here on: ünïcode.\n";

#[test]
fn gpg_verifies_what_we_sign_and_refuses_what_was_changed() {
    let Some(gpg) = Gpg::start() else { return };
    let key = our_key();
    gpg.import(&key);
    let signature = key.sign_detached(NOTE.as_bytes(), today()).expect("signed");
    let beside = gpg.file("note.asc", signature.as_bytes());
    let verify = ["--verify", beside.to_str().expect("a path"), "-"];
    let good = gpg.try_at(today(), &verify, NOTE.as_bytes());
    assert!(good.status.success(), "{}", said(&good));
    assert!(said(&good).contains(&format!("VALIDSIG {}", key.fingerprint().hex())));
    let changed = NOTE.replace("123456", "123457");
    let bad = gpg.try_at(today(), &verify, changed.as_bytes());
    assert!(said(&bad).contains("BADSIG"), "{}", said(&bad));
}

#[test]
fn gpg_verifies_the_text_that_we_sign_around() {
    let Some(gpg) = Gpg::start() else { return };
    let key = our_key();
    gpg.import(&key);
    let signed = key.sign_cleartext(NOTE, today()).expect("signed");
    let good = gpg.try_at(today(), &["--decrypt"], signed.as_bytes());
    assert!(good.status.success(), "{}", said(&good));
    let read = String::from_utf8(good.stdout.clone()).expect("text");
    assert_eq!(read, NOTE.replace("dash  ", "dash"));
    let changed = signed.replace("123456", "123457");
    assert!(said(&gpg.try_at(today(), &["--verify"], changed.as_bytes())).contains("BADSIG"));
}

#[test]
fn what_gpg_signs_is_judged() {
    let Some(gpg) = Gpg::start() else { return };
    gpg.new_key("ann@example.org", "ed25519", "cv25519");
    gpg.new_key("bob@example.org", "rsa3072", "cv25519");
    gpg.new_key("old@example.org", "rsa2048", "cv25519");
    let [ann, bob, old] = ["ann", "bob", "old"].map(|name| gpg.certificate(name));
    let sign = |name, way| gpg.run(&["--armor", "--local-user", name, way], NOTE.as_bytes());
    for (name, signer) in [("ann", &ann), ("bob", &bob)] {
        let signature = sign(name, "--detach-sign");
        let by = signer.fingerprint();
        let good = Verdict::Good { by: by.clone(), signed_at: Some(today()) };
        let known = [ann.clone(), bob.clone()];
        let judged = |bytes: &[u8], at| verify_detached(bytes, &signature, &known, at);
        assert_eq!(judged(NOTE.as_bytes(), today()), good);
        assert_eq!(judged(b"another note", today()), Verdict::Wrong { by });
        // What was signed while the key was good stays signed when the key has run out.
        assert_eq!(judged(NOTE.as_bytes(), days_later(366)), good);
    }
    let stranger = verify_detached(NOTE.as_bytes(), &sign("ann", "--detach-sign"), &[bob], today());
    assert_eq!(stranger, Verdict::Stranger);
    let weak =
        verify_detached(NOTE.as_bytes(), &sign("old", "--detach-sign"), from_ref(&old), today());
    assert_eq!(weak, Verdict::Unreliable { by: old.fingerprint() });
    assert_eq!(
        verify_detached(NOTE.as_bytes(), b"no signature", &[old], today()),
        Verdict::Missing
    );
    let opened = verify_cleartext(&sign("ann", "--clear-sign"), from_ref(&ann), today());
    let opened = opened.expect("a text");
    assert_eq!(opened.signature, Verdict::Good { by: ann.fingerprint(), signed_at: Some(today()) });
    assert!(opened.content.starts_with(b"VU#123456\n- A line"));
}

#[test]
fn a_revoked_key_takes_its_signatures_with_it() {
    let Some(gpg) = Gpg::start() else { return };
    gpg.new_key("ann@example.org", "ed25519", "cv25519");
    let signature = gpg.run(&["--armor", "--detach-sign"], NOTE.as_bytes());
    gpg.revoke("ann");
    let ann = gpg.certificate("ann");
    let by = ann.fingerprint();
    let judged = verify_detached(NOTE.as_bytes(), &signature, &[ann], today());
    assert_eq!(judged, Verdict::Unreliable { by });
}

#[test]
fn a_signature_that_rests_on_sha_1_is_not_relied_on() {
    let Some(gpg) = Gpg::start() else { return };
    gpg.new_key("ann@example.org", "rsa3072", "cv25519");
    let args = ["--armor", "--digest-algo", "SHA1", "--detach-sign"];
    let signature = gpg.run(&args, NOTE.as_bytes());
    let ann = gpg.certificate("ann");
    let judged = verify_detached(NOTE.as_bytes(), &signature, from_ref(&ann), today());
    assert!(!matches!(judged, Verdict::Good { .. }), "{judged:?}");
}

#[test]
fn gpg_follows_our_key_through_extension_renaming_and_revocation() {
    let Some(gpg) = Gpg::start() else { return };
    let key = our_key();
    gpg.import(&key);
    let later = key.extended(days_later(365)).expect("extended");
    let later = later.named("New Name <new@example.org>", days_later(366)).expect("renamed");
    assert_eq!(later.fingerprint(), key.fingerprint());
    gpg.import(&later);
    let listed = |at| {
        let list = gpg.run_at(at, &["--with-colons", "--list-keys", key.fingerprint().hex()], b"");
        String::from_utf8(list).expect("text")
    };
    let list = listed(days_later(1000));
    assert!(!list.contains("pub:e:"), "still good after 1000 days: {list}");
    assert!(listed(days_later(1100)).contains("pub:e:"), "expired after 1100 days");
    let first_name = list.lines().find(|line| line.starts_with("uid:")).expect("a name");
    assert!(first_name.contains("new@example.org"), "{list}");
    let revocation = later.revocation(days_later(367)).expect("a revocation");
    gpg.run_at(days_later(367), &["--import"], revocation.as_bytes());
    assert!(listed(days_later(368)).contains("pub:r:"), "revoked");
}
