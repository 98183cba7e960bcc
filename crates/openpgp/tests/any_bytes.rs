//! No bytes make anything here panic: not noise, and not real files that were cut, changed and
//! put together wrongly.
#![expect(clippy::expect_used, reason = "these are tests throughout")]

use std::slice;
use std::sync::LazyLock;

use jiff::Timestamp;
use openpgp::{Certificate, ServiceKey, decrypt, encrypt, verify_cleartext, verify_detached};
use proptest::prelude::*;
use proptest::sample::Index;

struct Real {
    key: ServiceKey,
    files: Vec<Vec<u8>>,
}

fn now() -> Timestamp {
    "2027-03-01T12:00:00Z".parse().expect("an instant")
}

/// Files of every kind, armored and not.
static REAL: LazyLock<Real> = LazyLock::new(|| {
    let key = ServiceKey::generate("Ann <ann@example.org>", now()).expect("a key");
    let certificate = key.certificate();
    let armored = [
        certificate.to_armored().expect("armored"),
        key.revocation(now()).expect("a revocation"),
        key.sign_detached(b"text", now()).expect("signed"),
        key.sign_cleartext("text\n- and more\n", now()).expect("signed"),
        encrypt(b"text", slice::from_ref(&certificate), Some(&key), now()).expect("sealed"),
    ];
    let mut files: Vec<Vec<u8>> = armored.iter().map(|text| text.clone().into_bytes()).collect();
    files.push(certificate.to_bytes().expect("bytes"));
    files.push(key.to_bytes().expect("bytes").to_vec());
    for text in armored.iter().filter(|text| !text.contains("SIGNED MESSAGE")) {
        files.push(unarmored(text));
    }
    Real { key, files }
});

/// The bytes that armor carries.
fn unarmored(text: &str) -> Vec<u8> {
    let mut lines = text.lines().skip_while(|line| !line.is_empty()).skip(1);
    let body: String = lines.by_ref().take_while(|line| !line.starts_with(['=', '-'])).collect();
    let mut bytes = vec![];
    let (mut bits, mut n_bits) = (0_u32, 0_u32);
    for digit in body.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => break,
        };
        bits = (bits << 6) | u32::from(value);
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            bytes.push(u8::try_from((bits >> n_bits) & 0xff).expect("eight bits"));
        }
    }
    bytes
}

#[derive(Debug, Clone)]
enum Change {
    Set(Index, u8),
    Cut(Index),
    Remove(Index, usize),
    Insert(Index, Vec<u8>),
    Repeat(Index, usize),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, to)| Change::Set(at, to)),
        any::<Index>().prop_map(Change::Cut),
        (any::<Index>(), 1..40_usize).prop_map(|(at, n)| Change::Remove(at, n)),
        (any::<Index>(), prop::collection::vec(any::<u8>(), 1..20))
            .prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (any::<Index>(), 1..200_usize).prop_map(|(at, n)| Change::Repeat(at, n)),
    ]
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    if bytes.is_empty() {
        return;
    }
    match change {
        Change::Set(at, to) => {
            let at = at.index(bytes.len());
            bytes[at] = *to;
        }
        Change::Cut(at) => bytes.truncate(at.index(bytes.len())),
        Change::Remove(at, n) => {
            let at = at.index(bytes.len());
            bytes.drain(at..(at + n).min(bytes.len()));
        }
        Change::Insert(at, new) => {
            let at = at.index(bytes.len());
            bytes.splice(at..at, new.iter().copied());
        }
        Change::Repeat(at, n) => {
            let at = at.index(bytes.len());
            let piece = bytes[at..(at + n).min(bytes.len())].to_vec();
            bytes.splice(at..at, piece);
        }
    }
}

/// Does everything that can be done with the bytes of a stranger.
fn read_in_every_way(bytes: &[u8]) {
    let known = [REAL.key.certificate()];
    if let Ok(certificate) = Certificate::parse(bytes) {
        let _ =
            (certificate.user_ids(now()), certificate.created_at(), certificate.expires_at(now()));
        let _ = (certificate.usable(now()), certificate.to_bytes(), certificate.to_armored());
        let _ = encrypt(b"x", slice::from_ref(&certificate), None, now());
        let _ = verify_detached(b"text", &REAL.files[2], &[certificate], now());
    }
    let _ = ServiceKey::from_bytes(bytes);
    let _ = verify_detached(b"text", bytes, &known, now());
    let _ = verify_cleartext(bytes, &known, now());
    let _ = decrypt(bytes, &REAL.key, &known, now());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_changed_file_makes_anything_panic(
        which in any::<Index>(),
        changes in prop::collection::vec(change(), 1..6),
    ) {
        let mut bytes = which.get(&REAL.files).clone();
        for change in &changes {
            apply(&mut bytes, change);
        }
        read_in_every_way(&bytes);
    }

    #[test]
    fn no_noise_makes_anything_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_in_every_way(&bytes);
    }

    #[test]
    fn two_files_put_together_make_nothing_panic(a in any::<Index>(), b in any::<Index>(), cut in any::<Index>()) {
        let (first, second) = (a.get(&REAL.files), b.get(&REAL.files));
        let at = cut.index(first.len());
        read_in_every_way(&[&first[..at], second.as_slice()].concat());
        read_in_every_way(&[second.as_slice(), &first[at..]].concat());
    }

    #[test]
    fn any_instant_will_do(second in -377_705_023_201_i64..=253_402_207_200) {
        let at = Timestamp::from_second(second).expect("an instant");
        let certificate = REAL.key.certificate();
        let _ = (certificate.usable(at), certificate.expires_at(at));
        let _ = (REAL.key.extended(at), REAL.key.sign_detached(b"x", at));
        let _ = (REAL.key.revocation(at), encrypt(b"x", &[certificate], None, at));
        let _ = decrypt(&REAL.files[4], &REAL.key, &[], at);
    }
}

#[test]
fn the_real_files_are_read_as_they_are() {
    assert!(Certificate::parse(&REAL.files[0]).is_ok());
    assert!(Certificate::parse(&REAL.files[5]).is_ok());
    assert!(decrypt(&REAL.files[4], &REAL.key, &[], now()).is_ok());
    assert!(decrypt(&REAL.files[10], &REAL.key, &[], now()).is_ok(), "what was unarmored");
}
