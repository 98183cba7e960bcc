use super::*;
use crate::ServiceKey;

fn now() -> Timestamp {
    "2027-03-01T12:00:00Z".parse().unwrap()
}

#[test]
fn one_good_signature_is_enough_and_a_wrong_one_outweighs_silence() {
    let by = ServiceKey::generate("Ann", now()).unwrap().fingerprint();
    let good = Verdict::Good { by: by.clone(), signed_at: None };
    let order = [
        good,
        Verdict::Wrong { by: by.clone() },
        Verdict::Unreliable { by },
        Verdict::Stranger,
        Verdict::Missing,
    ];
    assert!(order.is_sorted_by_key(Verdict::rank));
}

#[test]
fn what_is_too_long_to_be_a_signature_is_not_read() {
    let key = ServiceKey::generate("Ann", now()).unwrap();
    let known = [key.certificate()];
    let mut signature = key.sign_detached(b"x", now()).unwrap().into_bytes();
    assert!(matches!(verify_detached(b"x", &signature, &known, now()), Verdict::Good { .. }));
    signature.resize(LARGEST_SIGNATURE + 1, b'\n');
    assert_eq!(verify_detached(b"x", &signature, &known, now()), Verdict::Missing);
}

#[test]
fn a_text_without_a_signature_is_no_signed_text() {
    assert_eq!(verify_cleartext(b"hello", &[], now()).unwrap_err(), Error::Unopened);
    let long = vec![b'x'; LARGEST_MESSAGE + 1];
    assert_eq!(verify_cleartext(&long, &[], now()).unwrap_err(), Error::Unopened);
}

#[test]
fn a_clock_that_is_a_little_ahead_spoils_no_signature() {
    let key = ServiceKey::generate("Ann", now()).unwrap();
    let known = [key.certificate()];
    for (minutes, holds) in [(0, true), (29, true), (31, false)] {
        let ahead = now() + jiff::SignedDuration::from_mins(minutes);
        let signature = key.sign_detached(b"x", ahead).unwrap();
        let verdict = verify_detached(b"x", signature.as_bytes(), &known, now());
        assert_eq!(matches!(verdict, Verdict::Good { .. }), holds, "{minutes}: {verdict:?}");
    }
}
