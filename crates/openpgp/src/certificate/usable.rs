//! Whether a certificate can be encrypted to, and if not, why: the first reason that its owner can
//! do something about.

use std::fmt;
use std::time::SystemTime;

use jiff::Timestamp;
use sequoia_openpgp as library;

use library::cert::ValidCert;
use library::cert::amalgamation::ValidAmalgamation as _;
use library::cert::amalgamation::key::ValidErasedKeyAmalgamation;
use library::packet::key::PublicParts;
use library::types::{HashAlgorithm, PublicKeyAlgorithm, RevocationStatus};

use super::Certificate;
use crate::instant;
use crate::policy::{SHORTEST_RSA, Strict, lenient};

/// Why a certificate cannot be encrypted to. Shown as what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unusable {
    /// Its owner revoked it, or all parts of it that could be encrypted to.
    Revoked,
    /// It was made later than now, by the clock of its owner.
    NotYet(Timestamp),
    /// It expired, or its parts that could be encrypted to did.
    Expired(Timestamp),
    /// RSA with fewer bits than are safe.
    Short(usize),
    /// What holds it together is signed with SHA-1.
    Sha1,
    /// It can only sign.
    SignsOnly,
    /// Its kind of key is not known here, or not safe any more.
    Unsupported,
    /// It lacks its owner's signature.
    Unsigned,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Revoked => f.write_str("It was revoked. Ask for the new key of its owner."),
            Self::NotYet(at) => write!(
                f,
                "It was made on {}, which is still to come. Check the clock it was made with.",
                day(*at)
            ),
            Self::Expired(at) => write!(
                f,
                "It expired on {}. Ask for the same key with a later date, or for a new one.",
                day(*at)
            ),
            Self::Short(bits) => write!(
                f,
                "It is an RSA key of {bits} bits, and {SHORTEST_RSA} are needed. Ask for a new key."
            ),
            Self::Sha1 => f.write_str(
                "It is held together by SHA-1, which is broken. Ask for the same key, signed again \
                 by a program of today, or for a new one.",
            ),
            Self::SignsOnly => f.write_str(
                "It can sign but not be encrypted to. Ask for a key with a part for encryption.",
            ),
            Self::Unsupported => f.write_str(
                "Its kind of encryption is not safe any more, or not known here. \
                 Ask for a key of today.",
            ),
            Self::Unsigned => {
                f.write_str("It lacks its owner's signature. Ask for the whole key once more.")
            }
        }
    }
}

fn day(at: Timestamp) -> impl fmt::Display {
    at.strftime("%Y-%m-%d")
}

type Part<'a> = ValidErasedKeyAmalgamation<'a, PublicParts>;

impl Certificate {
    /// Whether it can be encrypted to at that time; if not, why.
    pub fn usable(&self, at: Timestamp) -> Result<(), Unusable> {
        if self.is_revoked(at) {
            return Err(Unusable::Revoked);
        }
        if let Some(made) = self.created_at().filter(|made| made.as_second() > at.as_second()) {
            return Err(Unusable::NotYet(made));
        }
        let at = instant::written(at);
        let policy = lenient(at);
        let valid = self.cert().with_policy(&policy, at).map_err(|_| Unusable::Unsigned)?;
        self.whole(&valid, at)?;
        self.parts(&valid, at)
    }

    /// What is said of the whole of it.
    fn whole(&self, valid: &ValidCert<'_>, at: SystemTime) -> Result<(), Unusable> {
        let primary = valid.primary_key();
        if let Some(end) = primary.key_expiration_time().filter(|end| *end <= at) {
            return Err(instant::read(end).map_or(Unusable::Unsupported, Unusable::Expired));
        }
        if let Some(bits) = short(&primary.into()) {
            return Err(Unusable::Short(bits));
        }
        if self.cert().with_policy(&Strict::at(at), at).is_err() {
            let old = valid.primary_key().binding_signature().hash_algo() == HashAlgorithm::SHA1;
            return Err(if old { Unusable::Sha1 } else { Unusable::Unsupported });
        }
        Ok(())
    }

    /// What is said of the parts that can be encrypted to: one good one is enough.
    fn parts(&self, valid: &ValidCert<'_>, at: SystemTime) -> Result<(), Unusable> {
        let policy = Strict::at(at);
        let strict = self.cert().keys().with_policy(&policy, at).supported().alive().revoked(false);
        if strict.for_transport_encryption().next().is_some() {
            return Ok(());
        }
        let parts = valid.keys().for_transport_encryption();
        // The youngest is what its owner means to be used.
        let youngest = parts.max_by_key(|part| part.key().creation_time());
        Err(youngest.map_or(Unusable::SignsOnly, |part| blamed(&part, at)))
    }
}

fn blamed(part: &Part<'_>, at: SystemTime) -> Unusable {
    if matches!(part.revocation_status(), RevocationStatus::Revoked(_)) {
        return Unusable::Revoked;
    }
    if let Some(end) = part.key_expiration_time().filter(|end| *end <= at) {
        return instant::read(end).map_or(Unusable::Unsupported, Unusable::Expired);
    }
    if let Some(bits) = short(part) {
        return Unusable::Short(bits);
    }
    if part.binding_signature().hash_algo() == HashAlgorithm::SHA1 {
        return Unusable::Sha1;
    }
    Unusable::Unsupported
}

/// The bits of an RSA key that has too few.
#[expect(deprecated, reason = "old keys still name the two kinds of RSA that nobody makes now")]
fn short(part: &Part<'_>) -> Option<usize> {
    use PublicKeyAlgorithm::{RSAEncrypt, RSAEncryptSign, RSASign};
    let is_rsa = matches!(part.key().pk_algo(), RSAEncryptSign | RSAEncrypt | RSASign);
    let bits = part.key().mpis().bits().filter(|_| is_rsa)?;
    (bits < SHORTEST_RSA).then_some(bits)
}
