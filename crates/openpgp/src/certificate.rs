//! Certificates of others ("public keys" to most people): what is in one, and whether it can be
//! encrypted to on a given day. Strangers send them, so they are capped before they are read; what
//! is wrong with one is said in a sentence.

use std::fmt;

use jiff::Timestamp;
use sequoia_openpgp as library;

use library::cert::Cert;
use library::packet::{Packet, Tag, UserID};
use library::parse::{PacketParser, PacketParserResult, Parse};
use library::serialize::SerializeInto;

use crate::error::{Error, NoCertificate, Result};
use crate::guard::guarded;
use crate::instant;
use crate::policy::{Strict, lenient};

mod usable;

pub use usable::Unusable;

/// A file with a certificate is not longer than this, in bytes.
const LARGEST: usize = 1024 * 1024;

/// A certificate has not more parts than this, signatures of others included.
const MOST_PACKETS: usize = 2000;

/// As many of the owner's names are shown, and so many characters of each.
const NAMES: usize = 20;
const LONGEST_NAME: usize = 200;

/// The start of an armored certificate (RFC 9580 6.2).
const ARMOR: &[u8] = b"-----BEGIN PGP PUBLIC KEY BLOCK-----";

/// The name of a key that nobody can choose: compared by people, letter by letter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(String);

impl Fingerprint {
    pub(crate) fn of(cert: &Cert) -> Self {
        Self(cert.fingerprint().to_hex())
    }

    /// As one word of capital hexadecimal digits.
    pub fn hex(&self) -> &str {
        &self.0
    }
}

/// In groups of four, as programs print it and people compare it.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, digit) in self.0.chars().enumerate() {
            if n > 0 && n % 4 == 0 {
                f.write_str(" ")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

/// The certificate of somebody.
#[derive(Clone)]
pub struct Certificate(Cert);

/// Shows the fingerprint only: names are people's.
impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Certificate").field(&self.fingerprint().hex()).finish()
    }
}

impl Certificate {
    /// Reads one certificate, armored or not. Others' signatures in it are left out.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        if bytes.len() > LARGEST {
            return Err(NoCertificate::TooLarge.into());
        }
        if n_blocks(bytes) > 1 {
            return Err(NoCertificate::Several.into());
        }
        let read = guarded(|| {
            let cert = Cert::from_packets(packets(bytes)?.into_iter());
            Ok(Self::without_others(cert.map_err(|_| NoCertificate::SomethingElse)?))
        });
        read.map_err(|error| error.downcast().unwrap_or(NoCertificate::SomethingElse).into())
    }

    /// Keeps what the owner said. Whoever floods a certificate with signatures floods nobody else.
    fn without_others(cert: Cert) -> Self {
        let plain = |cert: &Cert| Cert::from_bytes(&own_parts(cert)?);
        Self(plain(&cert).unwrap_or(cert))
    }

    pub(crate) fn new(cert: Cert) -> Self {
        Self(cert)
    }

    pub(crate) fn cert(&self) -> &Cert {
        &self.0
    }

    /// Its fingerprint.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.0)
    }

    /// The names that its owner gave it, each on one line, the one meant to be shown first.
    /// Anybody can write any name.
    pub fn user_ids(&self, at: Timestamp) -> Vec<String> {
        let at = instant::written(at);
        let policy = lenient(at);
        let mut names: Vec<&UserID> = match self.0.with_policy(&policy, at) {
            Ok(valid) => valid.userids().revoked(false).map(|id| id.userid()).collect(),
            Err(_) => self.0.userids().map(|id| id.userid()).collect(),
        };
        let first = self.0.with_policy(&policy, at).and_then(|valid| valid.primary_userid());
        if let Ok(first) = first {
            names.sort_by_key(|name| *name != first.userid());
        }
        let names = names.into_iter().map(|name| one_line(name.value()));
        names.filter(|name| !name.is_empty()).take(NAMES).collect()
    }

    /// When it was made, as it says.
    pub fn created_at(&self) -> Option<Timestamp> {
        instant::read(self.0.primary_key().key().creation_time())
    }

    /// Until when it can be encrypted to or, if not at all, is valid; seen from `at`.
    pub fn expires_at(&self, at: Timestamp) -> Option<Timestamp> {
        let at = instant::written(at);
        let policy = lenient(at);
        let valid = self.0.with_policy(&policy, at).ok()?;
        let whole = valid.primary_key().key_expiration_time();
        let parts = valid.keys().subkeys().revoked(false).for_transport_encryption();
        let parts: Vec<_> = parts.map(|part| part.key_expiration_time()).collect();
        let all_end = !parts.is_empty() && parts.iter().all(Option::is_some);
        let longest = parts.into_iter().flatten().max().filter(|_| all_end);
        [whole, longest].into_iter().flatten().min().and_then(instant::read)
    }

    /// Whether its owner revoked it.
    pub fn is_revoked(&self, at: Timestamp) -> bool {
        let at = instant::written(at);
        let status = self.0.revocation_status(&Strict::at(at), at);
        matches!(status, library::types::RevocationStatus::Revoked(_))
    }

    /// The certificate as it may be kept and given to anybody.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        self.0.export_to_vec().map_err(|_| Error::from(NoCertificate::SomethingElse))
    }

    /// The certificate in letters that survive a mail.
    pub fn to_armored(&self) -> Result<String> {
        let bytes = self.0.armored().export_to_vec();
        bytes
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or(NoCertificate::SomethingElse.into())
    }
}

fn n_blocks(bytes: &[u8]) -> usize {
    bytes.windows(ARMOR.len()).filter(|window| *window == ARMOR).count()
}

/// The parts of the one certificate in these bytes.
fn packets(bytes: &[u8]) -> Result<Vec<Packet>, NoCertificate> {
    let unreadable = |_| NoCertificate::SomethingElse;
    let mut found: Vec<Packet> = Vec::new();
    let mut rest = PacketParser::from_bytes(bytes).map_err(unreadable)?;
    while let PacketParserResult::Some(part) = rest {
        let (packet, next) = part.next().map_err(unreadable)?;
        match packet.tag() {
            Tag::SecretKey | Tag::SecretSubkey => return Err(NoCertificate::Private),
            Tag::PublicKey if !found.is_empty() => return Err(NoCertificate::Several),
            _ => {}
        }
        if found.len() == MOST_PACKETS {
            return Err(NoCertificate::TooLarge);
        }
        found.push(packet);
        rest = next;
    }
    Ok(found)
}

/// What the owner of a certificate says in it, and nobody else.
fn own_parts(cert: &Cert) -> library::Result<Vec<u8>> {
    let mut parts: Vec<Packet> = Vec::new();
    let primary = cert.primary_key();
    parts.push(primary.key().clone().into());
    parts.extend(primary.self_signatures().cloned().map(Packet::from));
    parts.extend(primary.self_revocations().cloned().map(Packet::from));
    for id in cert.userids() {
        parts.push(id.userid().clone().into());
        parts.extend(id.self_signatures().cloned().map(Packet::from));
        parts.extend(id.self_revocations().cloned().map(Packet::from));
    }
    for part in cert.keys().subkeys() {
        parts.push(part.key().clone().into());
        parts.extend(part.self_signatures().cloned().map(Packet::from));
        parts.extend(part.self_revocations().cloned().map(Packet::from));
    }
    Cert::from_packets(parts.into_iter())?.export_to_vec()
}

/// A name on one line, without what hides or turns text around.
fn one_line(name: &[u8]) -> String {
    let text = String::from_utf8_lossy(name);
    let shown = text.chars().filter(|c| !c.is_control() && !turns(*c));
    shown.take(LONGEST_NAME).collect::<String>().trim().to_owned()
}

/// Characters of Unicode that change the direction of text, or cannot be seen.
fn turns(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests;
