//! The OpenPGP key of the house: made at the first start, kept sealed among the settings, signed
//! again every year, and named after the team. Nobody has to look after it.

use domain::Timestamp;
use jiff::SignedDuration;
use openpgp::{Certificate, ServiceKey};
use store::{KeptServiceKey, PublishedKey};

use crate::duties::Done;
use crate::{Ctx, Desk, Error, Result};

/// A key that runs out sooner than this is extended: those who fetch it once a year always have
/// one that is good.
const ENOUGH: SignedDuration = SignedDuration::from_hours(365 * 24);

/// Makes the key if there is none, extends it if it runs out within a year, and renames it if the
/// team has another name or address.
pub async fn keep_service_key(ctx: &Ctx) -> Result<Done> {
    let changed = ctx.write(|desk| {
        desk.server_only()?;
        let until = desk.ctx().now() + ENOUGH;
        bring_up(desk, until)
    });
    match changed.await {
        Ok(changed) => Ok(Done { done: u32::from(changed), ..Done::default() }),
        // Another node made or changed it at the same moment, which is as good.
        Err(Error::Stale) => Ok(Done::default()),
        Err(error) => Err(error),
    }
}

/// Makes sure, within a step of a person, that the key is there and good until an instant.
pub(crate) fn make_good_until(desk: &mut Desk<'_>, until: Timestamp) -> Result<()> {
    bring_up(desk, until).map(drop)
}

/// Whether what is signed now can be checked until an instant.
pub(crate) fn is_good_until(desk: &mut Desk<'_>, until: Timestamp) -> Result<bool> {
    let Some(signer) = desk.signer()? else { return Ok(false) };
    let good = signer.key.expires_at(signer.at).is_some_and(|ends| ends >= until);
    Ok(good && signer.beside(b"whether it can").is_ok())
}

fn bring_up(desk: &mut Desk<'_>, until: Timestamp) -> Result<bool> {
    let kept = kept(desk)?;
    let key = kept.as_ref().map(read).transpose()?;
    let Some(key) = brought_up(desk, key, until).map_err(broken)? else { return Ok(false) };
    let bytes = key.to_bytes().map_err(broken)?;
    let vault = desk.ctx().site().vault.clone();
    desk.tx().keep_service_key(&vault, kept.as_ref(), &bytes)?;
    let certificate = key.certificate();
    desk.tx().publish_key(&PublishedKey {
        fingerprint: key.fingerprint().hex().to_owned(),
        certificate: certificate.to_armored().map_err(broken)?,
    })?;
    Ok(true)
}

/// The certificate to publish, once there is one.
pub async fn certificate(ctx: &Ctx) -> Result<Option<Certificate>> {
    ctx.read(|desk| {
        let kept = kept(desk)?;
        Ok(kept.as_ref().map(read).transpose()?.map(|key| key.certificate()))
    })
    .await
}

/// A revocation of the key, for the operator to keep on paper.
pub async fn revocation(ctx: &Ctx) -> Result<String> {
    ctx.read(|desk| {
        desk.server_only()?;
        let key = desk.service_key()?;
        key.revocation(desk.ctx().now()).map_err(broken)
    })
    .await
}

impl Desk<'_> {
    /// The key of the house, to sign and to open with.
    pub(crate) fn service_key(&mut self) -> Result<ServiceKey> {
        read(&kept(self)?.ok_or(Error::NotFound)?)
    }

    /// What signs with the key of the house, if there is one yet, now.
    pub(crate) fn signer(&mut self) -> Result<Option<Signer>> {
        let key = kept(self)?.as_ref().map(read).transpose()?;
        let at = self.ctx().now();
        Ok(key.map(|key| Signer { key, at }))
    }
}

/// Signs with the key of the house at one instant.
pub(crate) struct Signer {
    key: ServiceKey,
    at: Timestamp,
}

impl Signer {
    /// The fingerprint of the key, in hexadecimal digits.
    pub(crate) fn fingerprint(&self) -> String {
        self.key.fingerprint().hex().to_owned()
    }

    /// A signature to lie beside the bytes, in its armour.
    pub(crate) fn beside(&self, bytes: &[u8]) -> Result<String> {
        self.key.sign_detached(bytes, self.at).map_err(broken)
    }

    /// The text with a signature around it (RFC 9580, section 7).
    pub(crate) fn around(&self, text: &str) -> Result<String> {
        self.key.sign_cleartext(text, self.at).map_err(broken)
    }
}

fn kept(desk: &mut Desk<'_>) -> Result<Option<KeptServiceKey>> {
    let vault = desk.ctx().site().vault.clone();
    Ok(desk.tx().service_key(&vault)?)
}

fn read(kept: &KeptServiceKey) -> Result<ServiceKey> {
    ServiceKey::from_bytes(&kept.bytes).map_err(broken)
}

/// The key as it should be, unless it is so already.
fn brought_up(
    desk: &Desk<'_>,
    key: Option<ServiceKey>,
    until: Timestamp,
) -> openpgp::Result<Option<ServiceKey>> {
    let now = desk.ctx().now();
    let name = user_id(desk);
    let Some(key) = key else { return ServiceKey::generate(&name, now).map(Some) };
    let mut changed = None;
    let runs_out = key.expires_at(now).is_none_or(|at| at < until);
    if runs_out {
        changed = Some(key.extended(now)?);
    }
    let current = changed.as_ref().unwrap_or(&key);
    if !current.is_named(&name, now) {
        changed = Some(current.named(&name, now)?);
    }
    Ok(changed)
}

/// As mail programs look it up: “Name <address>”.
fn user_id(desk: &Desk<'_>) -> String {
    let settings = &desk.ctx().site().settings;
    let address = settings.team_address.as_ref().unwrap_or(&settings.from_address);
    format!("{} <{address}>", settings.site_name)
}

fn broken(error: openpgp::Error) -> Error {
    Error::broken("the OpenPGP key of the server", error)
}
