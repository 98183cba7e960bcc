//! Encrypted messages. What comes in is capped before and while it is read, must be protected
//! against changes, and every failure looks the same from outside.

use std::fmt;
use std::io::{Read, Write};

use jiff::Timestamp;
use sequoia_openpgp as library;
use zeroize::Zeroizing;

use library::crypto::SessionKey;
use library::packet::{PKESK, SKESK, Tag};
use library::parse::stream::{
    DecryptionHelper, DecryptorBuilder, MessageLayer, MessageStructure, VerificationHelper,
};
use library::parse::{PacketParser, Parse};
use library::serialize::stream::{Armorer, Encryptor, LiteralWriter, Message, Recipient, Signer};
use library::types::SymmetricAlgorithm;
use library::{Cert, KeyHandle};

use crate::certificate::Certificate;
use crate::error::{Error, Result};
use crate::guard::guarded;
use crate::instant;
use crate::policy::Strict;
use crate::service_key::ServiceKey;
use crate::signature::{Signers, Verdict};

/// A message that comes in is not longer than this, in bytes.
pub const LARGEST_MESSAGE: usize = 48 * 1024 * 1024;

/// What is in a message is not longer than this, in bytes, however small it was packed.
pub const LARGEST_CONTENT: usize = 32 * 1024 * 1024;

/// A message has not more parts than this; each recipient and each signature is one.
const MOST_PARTS: usize = 200;

/// What was in a message, and what its signature says.
pub struct Opened {
    /// What was in it.
    pub content: Zeroizing<Vec<u8>>,
    /// What its signature says.
    pub signature: Verdict,
}

/// Shows the verdict, never the content.
impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened").field("signature", &self.signature).finish_non_exhaustive()
    }
}

/// Encrypts to everybody in `to`, armored; signed inside by the house if it says so. Nothing is
/// encrypted if one of them cannot be.
pub fn encrypt(
    content: &[u8],
    to: &[Certificate],
    sign_with: Option<&ServiceKey>,
    at: Timestamp,
) -> Result<String> {
    if to.is_empty() {
        return Err(Error::NoRecipient);
    }
    for certificate in to {
        let fingerprint = || certificate.fingerprint();
        let usable = certificate.usable(at);
        usable.map_err(|why| Error::Recipient { fingerprint: fingerprint(), why })?;
    }
    seal(content, to, sign_with, at).map_err(|_| Error::OwnKey)
}

fn seal(
    content: &[u8],
    to: &[Certificate],
    sign_with: Option<&ServiceKey>,
    at: Timestamp,
) -> library::Result<String> {
    let written = instant::written(at);
    let policy = Strict::at(written);
    let mut recipients: Vec<Recipient<'_>> = Vec::new();
    for certificate in to {
        let parts = certificate.cert().keys().with_policy(&policy, written).supported();
        let parts = parts.alive().revoked(false).for_transport_encryption();
        recipients.extend(parts.map(Recipient::from));
    }
    let mut sealed = Vec::new();
    let message = Armorer::new(Message::new(&mut sealed)).build()?;
    let mut message = Encryptor::for_recipients(message, recipients).build()?;
    if let Some(key) = sign_with {
        let mut signer = Signer::new(message, key.signer(at)?)?.creation_time(written);
        for certificate in to {
            signer = signer.add_intended_recipient(certificate.cert());
        }
        message = signer.build()?;
    }
    let mut message = LiteralWriter::new(message).build()?;
    message.write_all(content)?;
    message.finalize()?;
    Ok(String::from_utf8(sealed)?)
}

/// Opens a message that was encrypted to the house, and checks its signature against the
/// certificates that might have made it.
pub fn decrypt(
    message: &[u8],
    key: &ServiceKey,
    known: &[Certificate],
    at: Timestamp,
) -> Result<Opened> {
    if message.len() > LARGEST_MESSAGE {
        return Err(Error::Unopened);
    }
    guarded(|| open(message, key, known, at)).map_err(|_| Error::Unopened)
}

fn open(
    message: &[u8],
    key: &ServiceKey,
    known: &[Certificate],
    at: Timestamp,
) -> library::Result<Opened> {
    let at = instant::by_any_clock(at);
    let policy = Strict::at(at);
    let helper = Opener { key, signers: Signers::new(known) };
    let builder = DecryptorBuilder::from_bytes(message)?;
    let mut decryptor = builder.with_policy(&policy, at, helper)?;
    let content = read_all(&mut decryptor)?;
    Ok(Opened { content, signature: decryptor.into_helper().signers.verdict })
}

/// Reads all, unless it is too much. Nothing of it is handed on before its end has been checked.
pub(crate) fn read_all(from: impl Read) -> library::Result<Zeroizing<Vec<u8>>> {
    let mut content = Zeroizing::new(Vec::new());
    let most = u64::try_from(LARGEST_CONTENT)?;
    from.take(most + 1).read_to_end(&mut content)?;
    if content.len() > LARGEST_CONTENT {
        return Err(Error::Unopened.into());
    }
    Ok(content)
}

/// Counts what a message is made of, while it is read.
#[derive(Default)]
pub(crate) struct Parts {
    all: usize,
    compressed: usize,
}

impl Parts {
    /// Refuses what no program writes: too many parts, parts of unknown kinds, which could unpack
    /// without end, and a compressed part within another.
    pub(crate) fn count(&mut self, part: &PacketParser<'_>) -> library::Result<()> {
        self.all += 1;
        let is_known = match part.packet.tag() {
            Tag::CompressedData => {
                self.compressed += 1;
                self.compressed == 1
            }
            Tag::PKESK | Tag::SKESK | Tag::SEIP | Tag::MDC | Tag::Marker | Tag::Padding => true,
            Tag::OnePassSig | Tag::Literal | Tag::Signature => true,
            _ => false,
        };
        if is_known && self.all <= MOST_PARTS { Ok(()) } else { Err(Error::Unopened.into()) }
    }
}

struct Opener<'a> {
    key: &'a ServiceKey,
    signers: Signers<'a>,
}

impl VerificationHelper for Opener<'_> {
    fn get_certs(&mut self, ids: &[KeyHandle]) -> library::Result<Vec<Cert>> {
        self.signers.get_certs(ids)
    }

    /// What is not encrypted is no secret message, and a signature around the encryption says
    /// nothing of what is in it: both are refused.
    fn check(&mut self, structure: MessageStructure<'_>) -> library::Result<()> {
        let outermost = structure.iter().next();
        if !matches!(outermost, Some(MessageLayer::Encryption { .. })) {
            return Err(Error::Unopened.into());
        }
        self.signers.check(structure)
    }

    fn inspect(&mut self, part: &PacketParser<'_>) -> library::Result<()> {
        self.signers.inspect(part)
    }
}

impl DecryptionHelper for Opener<'_> {
    fn decrypt(
        &mut self,
        recipients: &[PKESK],
        _passwords: &[SKESK],
        algorithm: Option<SymmetricAlgorithm>,
        decrypt: &mut dyn FnMut(Option<SymmetricAlgorithm>, &SessionKey) -> bool,
    ) -> library::Result<Option<Cert>> {
        for opener in self.key.openers() {
            let named = opener.key_handle();
            let mut pair = opener.into_keypair()?;
            for recipient in recipients {
                // Some programs hide whom they encrypt to (gpg --throw-keyids).
                if recipient.recipient().is_some_and(|to| !to.aliases(&named)) {
                    continue;
                }
                let found = recipient.decrypt(&mut pair, algorithm);
                if found.is_some_and(|(algorithm, key)| decrypt(algorithm, &key)) {
                    return Ok(Some(self.key.cert().clone()));
                }
            }
        }
        Err(Error::Unopened.into())
    }
}

#[cfg(test)]
mod tests;
