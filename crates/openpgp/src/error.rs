//! What can go wrong, by what the caller can do about it. Every text is for the person who asked.

use crate::certificate::{Fingerprint, Unusable};

/// The result of everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The file is no certificate: ask for another one.
    #[error("{0}")]
    NoCertificate(NoCertificate),
    /// A recipient's certificate cannot be encrypted to: ask for a newer one.
    #[error("The OpenPGP key {fingerprint} cannot be used. {why}")]
    Recipient {
        /// Whose it is.
        fingerprint: Fingerprint,
        /// Why not.
        why: Unusable,
    },
    /// There was nobody to encrypt to.
    #[error("There is no OpenPGP key to encrypt to.")]
    NoRecipient,
    /// A message cannot be opened. The reason is not told: it would help whoever tries keys.
    #[error(
        "This message cannot be opened with our OpenPGP key. \
         Encrypt it to the key that we publish now, and send it again."
    )]
    Unopened,
    /// The house's own key cannot do it: that is for the operator.
    #[error("The server's own OpenPGP key cannot be used: it is damaged, revoked or expired.")]
    OwnKey,
}

/// Why a file is not taken as a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoCertificate {
    /// It is longer than any certificate needs to be, or has more parts.
    #[error(
        "This file is too large for an OpenPGP key. Export the key without others' signatures."
    )]
    TooLarge,
    /// There is more than one in it, and only the sender knows which is meant.
    #[error("There are several OpenPGP keys in this file. Give one at a time.")]
    Several,
    /// It holds secret parts, which nobody should have sent.
    #[error(
        "This file holds a private key. We have not kept it. Give the public key alone, and make \
         a new key if anybody else may have seen this file."
    )]
    Private,
    /// It is something else, or damaged.
    #[error("There is no OpenPGP public key in this file that could be read.")]
    SomethingElse,
}

impl From<NoCertificate> for Error {
    fn from(why: NoCertificate) -> Self {
        Self::NoCertificate(why)
    }
}
