//! Programs that we did not write read what we write, and we read what they write.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "these are tests throughout")]

mod certificates;
mod gpg;
mod messages;
mod signatures;

use jiff::Timestamp;
use openpgp::{Certificate, ServiceKey};

/// The day on which everything happens unless said otherwise.
fn today() -> Timestamp {
    "2027-03-01T12:00:00Z".parse().expect("an instant")
}

fn days_later(days: i64) -> Timestamp {
    Timestamp::from_second(today().as_second() + days * 86_400).expect("an instant")
}

fn our_key() -> ServiceKey {
    ServiceKey::generate("The Team <team@example.org>", today()).expect("a key")
}

fn parsed(bytes: &[u8]) -> Certificate {
    Certificate::parse(bytes).expect("a certificate")
}
