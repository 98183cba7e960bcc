//! The key of the house. Its primary part certifies and signs (Ed25519), its other part is encrypted
//! to (X25519). It is of version 4 and says that it reads SEIPD version 1 only, since GnuPG reads
//! nothing newer and many who write to us use it.

use std::fmt;
use std::io::Write;
use std::time::Duration;

use jiff::Timestamp;
use sequoia_openpgp as library;
use zeroize::Zeroizing;

use library::cert::{
    Cert, CertBuilder, CertRevocationBuilder, CipherSuite, UserIDRevocationBuilder,
};
use library::crypto::KeyPair;
use library::packet::key::{SecretParts, UnspecifiedRole};
use library::packet::signature::SignatureBuilder;
use library::packet::{Key, Packet, Signature, UserID};
use library::parse::Parse;
use library::serialize::stream::{Armorer, Message, Signer};
use library::serialize::{Marshal, SerializeInto};
use library::types::{Features, KeyFlags, ReasonForRevocation, RevocationStatus, SignatureType};
use library::{Profile, armor};

use crate::certificate::{Certificate, Fingerprint};
use crate::error::{Error, Result};
use crate::guard::guarded;
use crate::instant;
use crate::policy::Strict;

/// How long the key is good once made or extended.
const TWO_YEARS: Duration = Duration::from_hours(2 * 365 * 24);

/// The secret key of the house, and its certificate.
pub struct ServiceKey(Cert);

/// Shows nothing.
impl fmt::Debug for ServiceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServiceKey(…)")
    }
}

impl ServiceKey {
    /// A new key, good for two years. `user_id` is `Name <address>`, as mail programs look it up.
    pub fn generate(user_id: &str, at: Timestamp) -> Result<Self> {
        let make = || -> library::Result<Cert> {
            let encrypts = KeyFlags::empty().set_transport_encryption().set_storage_encryption();
            let builder = CertBuilder::new()
                .set_profile(Profile::RFC4880)?
                .set_cipher_suite(CipherSuite::Cv25519)
                .set_features(Features::empty().set_seipdv1())?
                .set_creation_time(instant::written(at))
                .set_validity_period(TWO_YEARS)
                .add_userid(user_id)
                .set_primary_key_flags(KeyFlags::empty().set_certification().set_signing())
                .add_subkey(encrypts, None, None);
            Ok(builder.generate()?.0)
        };
        make().map(Self).map_err(|_| Error::OwnKey)
    }

    /// The secret key as bytes, for the caller to seal.
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>> {
        self.0.as_tsk().to_vec().map(Zeroizing::new).map_err(|_| Error::OwnKey)
    }

    /// The key that was made into bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let cert = guarded(|| Cert::from_bytes(bytes)).map_err(|_| Error::OwnKey)?;
        let whole = cert.keys().all(|part| part.key().has_unencrypted_secret());
        if whole { Ok(Self(cert)) } else { Err(Error::OwnKey) }
    }

    /// What may be published of it.
    pub fn certificate(&self) -> Certificate {
        Certificate::new(self.0.clone().strip_secret_key_material())
    }

    /// Its fingerprint.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.0)
    }

    /// When it runs out, as seen from `at`.
    pub fn expires_at(&self, at: Timestamp) -> Option<Timestamp> {
        self.certificate().expires_at(at)
    }

    /// Whether this is its one name.
    pub fn is_named(&self, user_id: &str, at: Timestamp) -> bool {
        let at = instant::written(at);
        let policy = Strict::at(at);
        let Ok(valid) = self.0.with_policy(&policy, at) else { return false };
        let mut names = valid.userids().revoked(false);
        names.next().is_some_and(|name| name.userid().value() == user_id.as_bytes())
            && names.next().is_none()
    }

    /// The same key under another name, as `generate` takes it; the old names are retired.
    pub fn named(&self, user_id: &str, at: Timestamp) -> Result<Self> {
        self.under_one_name(&UserID::from(user_id), at).map_err(|_| Error::OwnKey)
    }

    fn under_one_name(&self, name: &UserID, at: Timestamp) -> library::Result<Self> {
        let at = instant::written(at);
        let policy = Strict::at(at);
        let valid = self.0.with_policy(&policy, at)?;
        let mut signer = self.primary_pair()?;
        let binding = SignatureBuilder::from(valid.primary_userid()?.binding_signature().clone())
            .set_signature_creation_time(at)?
            .set_primary_userid(true)?
            .sign_userid_binding(&mut signer, None, name)?;
        let mut parts: Vec<Packet> = vec![name.clone().into(), binding.into()];
        for old in valid.userids().revoked(false).filter(|old| old.userid() != name) {
            let retired = UserIDRevocationBuilder::new()
                .set_signature_creation_time(at)?
                .set_reason_for_revocation(ReasonForRevocation::UIDRetired, b"")?
                .build(&mut signer, &self.0, old.userid(), None)?;
            parts.push(retired.into());
        }
        Ok(Self(self.0.clone().insert_packets(parts)?.0))
    }

    /// The same key, good for two years from `at`: those who have it only need to fetch it again.
    pub fn extended(&self, at: Timestamp) -> Result<Self> {
        self.bound_again(at).map_err(|_| Error::OwnKey)
    }

    /// Signs again what holds the key together.
    fn bound_again(&self, at: Timestamp) -> library::Result<Self> {
        let at = instant::written(at);
        let policy = Strict::at(at);
        let valid = self.0.with_policy(&policy, at)?;
        let made_at = self.0.primary_key().key().creation_time();
        let good_for = (at + TWO_YEARS).duration_since(made_at)?;
        let mut signer = self.primary_pair()?;
        let again = |old: &Signature| {
            SignatureBuilder::from(old.clone())
                .set_signature_creation_time(at)?
                .set_key_validity_period(good_for)
        };
        let whole = again(valid.direct_key_signature()?)?.sign_direct_key(&mut signer, None)?;
        let mut parts: Vec<Packet> = vec![whole.into()];
        for name in valid.userids().revoked(false) {
            let binding = again(name.binding_signature())?;
            parts.push(binding.sign_userid_binding(&mut signer, None, name.userid())?.into());
        }
        for part in valid.keys().subkeys() {
            let binding = again(part.binding_signature())?;
            parts.push(binding.sign_subkey_binding(&mut signer, None, part.key())?.into());
        }
        Ok(Self(self.0.clone().insert_packets(parts)?.0))
    }

    fn primary_pair(&self) -> library::Result<KeyPair> {
        self.0.primary_key().key().clone().parts_into_secret()?.into_keypair()
    }

    /// A revocation of the key, armored, to be kept on paper: published, it ends the key.
    pub fn revocation(&self, at: Timestamp) -> Result<String> {
        let make = || -> library::Result<String> {
            let mut signer = self.primary_pair()?;
            let revocation = CertRevocationBuilder::new()
                .set_signature_creation_time(instant::written(at))?
                .set_reason_for_revocation(ReasonForRevocation::Unspecified, b"")?
                .build(&mut signer, &self.0, None)?;
            let mut writer = armor::Writer::new(Vec::new(), armor::Kind::PublicKey)?;
            Packet::from(revocation).serialize(&mut writer)?;
            Ok(String::from_utf8(writer.finalize()?)?)
        };
        make().map_err(|_| Error::OwnKey)
    }

    /// A signature of these bytes, armored, to lie beside them.
    pub fn sign_detached(&self, bytes: &[u8], at: Timestamp) -> Result<String> {
        let sign = || -> library::Result<String> {
            let mut signed = Vec::new();
            let message = Message::new(&mut signed);
            let message = Armorer::new(message).kind(armor::Kind::Signature).build()?;
            let signer = Signer::new(message, self.signer(at)?)?;
            let mut message = signer.detached().creation_time(instant::written(at)).build()?;
            message.write_all(bytes)?;
            message.finalize()?;
            Ok(String::from_utf8(signed)?)
        };
        sign().map_err(|_| Error::OwnKey)
    }

    /// The text with its signature around it (RFC 9580 7). Spaces at the ends of lines go, and the
    /// last line end is not signed, as that RFC has it.
    pub fn sign_cleartext(&self, text: &str, at: Timestamp) -> Result<String> {
        let sign = || -> library::Result<String> {
            let mut signed = Vec::new();
            let template = SignatureBuilder::new(SignatureType::Text);
            let message = Message::new(&mut signed);
            let signer = Signer::with_template(message, self.signer(at)?, template)?;
            let mut message = signer.cleartext().creation_time(instant::written(at)).build()?;
            message.write_all(text.strip_suffix('\n').unwrap_or(text).as_bytes())?;
            message.finalize()?;
            Ok(String::from_utf8(signed)?)
        };
        sign().map_err(|_| Error::OwnKey)
    }

    /// The part that signs, if it may on that day.
    pub(crate) fn signer(&self, at: Timestamp) -> library::Result<KeyPair> {
        let at = instant::written(at);
        let policy = Strict::at(at);
        let valid = self.0.with_policy(&policy, at)?;
        valid.alive()?;
        if matches!(valid.revocation_status(), RevocationStatus::Revoked(_)) {
            return Err(Error::OwnKey.into());
        }
        self.primary_pair()
    }

    /// The parts that open what others encrypted, expired or not: old messages stay readable.
    pub(crate) fn openers(&self) -> Vec<Key<SecretParts, UnspecifiedRole>> {
        let parts = self.0.keys().subkeys().unencrypted_secret();
        parts.map(|part| part.key().clone().role_into_unspecified()).collect()
    }

    pub(crate) fn cert(&self) -> &Cert {
        &self.0
    }
}

#[cfg(test)]
mod tests;
