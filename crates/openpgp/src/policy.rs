//! What is strong enough to be relied on: the library's standard policy of the day that is handed
//! in, and stricter in two points. RSA has at least 3072 bits, and nothing rests on SHA-1.

use sequoia_openpgp::cert::amalgamation::key::ValidErasedKeyAmalgamation;
use sequoia_openpgp::packet::Signature;
use sequoia_openpgp::packet::key::PublicParts;
use sequoia_openpgp::policy::{AsymmetricAlgorithm, HashAlgoSecurity, Policy, StandardPolicy};
use sequoia_openpgp::types::{AEADAlgorithm, HashAlgorithm, SignatureType, SymmetricAlgorithm};
use sequoia_openpgp::{Packet, Result};

use std::time::SystemTime;

/// RSA keys shorter than this, in bits, are refused.
pub(crate) const SHORTEST_RSA: usize = 3072;

/// The policy of the house at one instant.
#[derive(Debug)]
pub(crate) struct Strict(StandardPolicy<'static>);

impl Strict {
    pub(crate) fn at(at: SystemTime) -> Self {
        let mut standard = StandardPolicy::at(at);
        standard.reject_asymmetric_algo(AsymmetricAlgorithm::RSA1024);
        standard.reject_asymmetric_algo(AsymmetricAlgorithm::RSA2048);
        standard.reject_hash(HashAlgorithm::SHA1);
        Self(standard)
    }
}

impl Policy for Strict {
    /// A revocation counts however it is signed: a forged one makes us refuse, which is safe.
    fn signature(&self, signature: &Signature, needs: HashAlgoSecurity) -> Result<()> {
        match signature.typ() {
            SignatureType::KeyRevocation
            | SignatureType::SubkeyRevocation
            | SignatureType::CertificationRevocation => Ok(()),
            _ => self.0.signature(signature, needs),
        }
    }

    fn key(&self, key: &ValidErasedKeyAmalgamation<PublicParts>) -> Result<()> {
        self.0.key(key)
    }

    fn symmetric_algorithm(&self, algorithm: SymmetricAlgorithm) -> Result<()> {
        self.0.symmetric_algorithm(algorithm)
    }

    fn aead_algorithm(&self, algorithm: AEADAlgorithm) -> Result<()> {
        self.0.aead_algorithm(algorithm)
    }

    fn packet(&self, packet: &Packet) -> Result<()> {
        self.0.packet(packet)
    }
}

/// A policy to look at a certificate with and say what is wrong; nothing rests on it.
pub(crate) fn lenient(at: SystemTime) -> StandardPolicy<'static> {
    let mut lenient = StandardPolicy::at(at);
    lenient.accept_hash(HashAlgorithm::SHA1);
    for algorithm in AsymmetricAlgorithm::variants() {
        lenient.accept_asymmetric_algo(algorithm);
    }
    lenient
}

#[cfg(test)]
mod tests;
