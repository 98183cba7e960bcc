//! Signatures of others: who signed, and does it hold? The answer is never a bare yes or no.

use jiff::Timestamp;
use sequoia_openpgp as library;

use library::parse::Parse;
use library::parse::stream::{
    DetachedVerifierBuilder, MessageLayer, MessageStructure, VerificationError, VerificationHelper,
    VerificationResult, VerifierBuilder,
};
use library::{Cert, KeyHandle};

use crate::certificate::{Certificate, Fingerprint};
use crate::error::{Error, Result};
use crate::guard::guarded;
use crate::instant;
use crate::message::{LARGEST_MESSAGE, Opened, Parts, read_all};
use crate::policy::Strict;

/// A detached signature is not longer than this, in bytes.
const LARGEST_SIGNATURE: usize = 64 * 1024;

/// What a signature says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It holds, and is by one of the certificates that were given.
    Good {
        /// Who signed.
        by: Fingerprint,
        /// When, as the signer says.
        signed_at: Option<Timestamp>,
    },
    /// There is none, or none that could be read.
    Missing,
    /// It is by none of the certificates that were given, so nothing is known of it.
    Stranger,
    /// It is by one of them, which cannot be relied on: expired, revoked, or too weak.
    Unreliable {
        /// Whose certificate that is.
        by: Fingerprint,
    },
    /// It does not fit: what was signed is not what came.
    Wrong {
        /// Who is said to have signed.
        by: Fingerprint,
    },
}

impl Verdict {
    /// The better the smaller: one good signature is enough, and a wrong one outweighs silence.
    fn rank(&self) -> u8 {
        match self {
            Self::Good { .. } => 0,
            Self::Wrong { .. } => 1,
            Self::Unreliable { .. } => 2,
            Self::Stranger => 3,
            Self::Missing => 4,
        }
    }
}

/// What a signature beside these bytes says, by the certificates that might have made it.
pub fn verify_detached(
    bytes: &[u8],
    signature: &[u8],
    known: &[Certificate],
    at: Timestamp,
) -> Verdict {
    if signature.len() > LARGEST_SIGNATURE {
        return Verdict::Missing;
    }
    let at = instant::by_any_clock(at);
    let policy = Strict::at(at);
    let verify = || -> library::Result<Verdict> {
        let builder = DetachedVerifierBuilder::from_bytes(signature)?;
        let mut verifier = builder.with_policy(&policy, at, Signers::new(known))?;
        verifier.verify_bytes(bytes)?;
        Ok(verifier.into_helper().verdict)
    };
    guarded(verify).unwrap_or(Verdict::Missing)
}

/// The text of a message that was signed as text, and what its signature says.
pub fn verify_cleartext(message: &[u8], known: &[Certificate], at: Timestamp) -> Result<Opened> {
    if message.len() > LARGEST_MESSAGE {
        return Err(Error::Unopened);
    }
    let at = instant::by_any_clock(at);
    let policy = Strict::at(at);
    let verify = || -> library::Result<Opened> {
        let builder = VerifierBuilder::from_bytes(message)?;
        let mut verifier = builder.with_policy(&policy, at, Signers::new(known))?;
        let content = read_all(&mut verifier)?;
        Ok(Opened { content, signature: verifier.into_helper().verdict })
    };
    guarded(verify).map_err(|_| Error::Unopened)
}

/// Gives the library the certificates it may check against, and writes down what it found.
pub(crate) struct Signers<'a> {
    known: &'a [Certificate],
    parts: Parts,
    pub(crate) verdict: Verdict,
}

impl<'a> Signers<'a> {
    pub(crate) fn new(known: &'a [Certificate]) -> Self {
        Self { known, parts: Parts::default(), verdict: Verdict::Missing }
    }

    fn hear(&mut self, result: &VerificationResult<'_>) {
        let verdict = verdict(result);
        if verdict.rank() < self.verdict.rank() {
            self.verdict = verdict;
        }
    }
}

impl VerificationHelper for Signers<'_> {
    fn get_certs(&mut self, _: &[KeyHandle]) -> library::Result<Vec<Cert>> {
        Ok(self.known.iter().map(|known| known.cert().clone()).collect())
    }

    /// Never fails: what the signature says is no reason to refuse the message.
    fn check(&mut self, structure: MessageStructure<'_>) -> library::Result<()> {
        for layer in structure {
            match layer {
                MessageLayer::SignatureGroup { results } => {
                    for result in &results {
                        self.hear(result);
                    }
                }
                MessageLayer::Compression { .. } | MessageLayer::Encryption { .. } => {}
            }
        }
        Ok(())
    }

    fn inspect(&mut self, part: &library::parse::PacketParser<'_>) -> library::Result<()> {
        self.parts.count(part)
    }
}

fn verdict(result: &VerificationResult<'_>) -> Verdict {
    match result {
        Ok(good) => Verdict::Good {
            by: Fingerprint::of(good.ka.cert()),
            signed_at: good.sig.signature_creation_time().and_then(instant::read),
        },
        Err(VerificationError::MissingKey { .. }) => Verdict::Stranger,
        Err(VerificationError::UnboundKey { cert, .. }) => {
            Verdict::Unreliable { by: Fingerprint::of(cert) }
        }
        Err(VerificationError::BadKey { ka, .. }) => {
            Verdict::Unreliable { by: Fingerprint::of(ka.cert()) }
        }
        Err(VerificationError::BadSignature { ka, .. }) => {
            Verdict::Wrong { by: Fingerprint::of(ka.cert()) }
        }
        // Malformed, of an unknown kind, or of one that is yet to be invented.
        Err(_) => Verdict::Missing,
    }
}

#[cfg(test)]
mod tests;
