use super::*;

use library::serialize::stream::Compressor;

fn now() -> Timestamp {
    "2027-03-01T12:00:00Z".parse().unwrap()
}

fn key() -> ServiceKey {
    ServiceKey::generate("The Team <team@example.org>", now()).unwrap()
}

/// A message packed so many times over.
fn packed(times: usize, key: &ServiceKey) -> Vec<u8> {
    let certificate = key.certificate();
    let policy = Strict::at(instant::written(now()));
    let parts = certificate.cert().keys().with_policy(&policy, instant::written(now()));
    let to = parts.for_transport_encryption().map(Recipient::from).collect::<Vec<_>>();
    let mut sealed = Vec::new();
    let message = Message::new(&mut sealed);
    let mut message = Encryptor::for_recipients(message, to).build().unwrap();
    for _ in 0..times {
        message = Compressor::new(message).build().unwrap();
    }
    let mut message = LiteralWriter::new(message).build().unwrap();
    message.write_all(b"secret").unwrap();
    message.finalize().unwrap();
    sealed
}

#[test]
fn what_is_packed_twice_is_refused() {
    let key = key();
    assert!(decrypt(&packed(0, &key), &key, &[], now()).is_ok());
    assert!(decrypt(&packed(1, &key), &key, &[], now()).is_ok());
    assert_eq!(decrypt(&packed(2, &key), &key, &[], now()).unwrap_err(), Error::Unopened);
}

#[test]
fn a_message_for_too_many_is_refused() {
    let key = key();
    let many = vec![key.certificate(); MOST_PARTS];
    let sealed = encrypt(b"x", &many, None, now()).unwrap();
    assert_eq!(decrypt(sealed.as_bytes(), &key, &[], now()).unwrap_err(), Error::Unopened);
    let fewer = many.get(..MOST_PARTS - 10).unwrap();
    let sealed = encrypt(b"x", fewer, None, now()).unwrap();
    assert!(decrypt(sealed.as_bytes(), &key, &[], now()).is_ok());
}

#[test]
fn a_message_longer_than_any_is_not_read() {
    let long = vec![0; LARGEST_MESSAGE + 1];
    assert_eq!(decrypt(&long, &key(), &[], now()).unwrap_err(), Error::Unopened);
}

#[test]
fn nothing_is_encrypted_to_nobody() {
    assert_eq!(encrypt(b"x", &[], None, now()), Err(Error::NoRecipient));
}

#[test]
fn one_bad_recipient_stops_the_message() {
    let (old, new) = (key(), key());
    let later = now() + jiff::SignedDuration::from_hours(24 * 800);
    let new = new.extended(later).unwrap();
    let refused = encrypt(b"x", &[new.certificate(), old.certificate()], None, later);
    let Err(Error::Recipient { fingerprint, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(fingerprint, old.fingerprint());
}

#[test]
fn what_was_in_a_message_is_not_printed_for_debugging() {
    let opened = Opened { content: b"secret".to_vec().into(), signature: Verdict::Missing };
    assert_eq!(format!("{opened:?}"), "Opened { signature: Missing, .. }");
}

/// The library panics on this one; without the guard, so do we.
#[test]
fn an_encrypted_part_of_a_few_octets_is_refused_without_a_panic() {
    let key = key();
    let sealed = packed(0, &key);
    let session_key = usize::from(*sealed.get(1).unwrap()) + 2;
    let head = sealed.get(..session_key).unwrap();
    let short = [head, &[0xd2, 5, 1, 0, 0, 0, 0]].concat();
    assert_eq!(decrypt(&short, &key, &[], now()).unwrap_err(), Error::Unopened);
}

/// Whoever gets a signed message can encrypt it again to somebody else, as if it had been for them.
#[test]
fn a_signature_meant_for_somebody_else_is_not_good() {
    let (us, ann) = (key(), key());
    let signed_for = |whom: &ServiceKey| {
        let at = instant::written(now());
        let (policy, certificate) = (Strict::at(at), us.certificate());
        let parts = certificate.cert().keys().with_policy(&policy, at);
        let to: Vec<_> = parts.for_transport_encryption().map(Recipient::from).collect();
        let mut sealed = Vec::new();
        let message = Encryptor::for_recipients(Message::new(&mut sealed), to).build().unwrap();
        let signer = Signer::new(message, ann.signer(now()).unwrap()).unwrap();
        let signer = signer.creation_time(at).add_intended_recipient(whom.cert());
        let mut message = LiteralWriter::new(signer.build().unwrap()).build().unwrap();
        message.write_all(b"I resign.").unwrap();
        message.finalize().unwrap();
        decrypt(&sealed, &us, &[ann.certificate()], now()).unwrap().signature
    };
    assert!(matches!(signed_for(&us), Verdict::Good { .. }));
    assert!(!matches!(signed_for(&ann), Verdict::Good { .. }));
}
