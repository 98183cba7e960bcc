//! How to report to this team, as every web server may say it (RFC 9116), signed with the key of
//! the house. It is signed when what it says has changed or its end comes near, and not for every
//! reader.

use formats::security_txt::{SecurityTxt, write};
use jiff::{SignedDuration, Timestamp, Unit};
use store::{PublicStore, PublishedKey, SignedSecurityTxt};

use crate::duties::Done;
use crate::site::Settings;
use crate::{Ctx, Result};

/// How long the file may be believed (RFC 9116 2.5.5 advises less than a year).
const BELIEVED: SignedDuration = SignedDuration::from_hours(24 * 180);

/// A file that may be believed for less than this is signed again.
const ENOUGH: SignedDuration = SignedDuration::from_hours(24 * 90);

/// What the file says, if it is made now.
pub fn content(settings: &Settings, key: Option<&PublishedKey>, now: Timestamp) -> SecurityTxt {
    let until = now.checked_add(BELIEVED).unwrap_or(Timestamp::MAX);
    SecurityTxt {
        expires: Some(until.round(Unit::Hour).unwrap_or(until)),
        ..without_end(settings, key)
    }
}

fn without_end(settings: &Settings, key: Option<&PublishedKey>) -> SecurityTxt {
    let here = |path: &str| format!("{}{path}", settings.base_url);
    let metadata =
        |folder: &str| here(&format!("/.well-known/csaf/{folder}provider-metadata.json"));
    let team = settings.team_address.as_ref().unwrap_or(&settings.from_address);
    SecurityTxt {
        encryption: key.map(|_| here("/.well-known/openpgp.asc")).into_iter().collect(),
        contact: vec![here("/report"), format!("mailto:{team}")],
        preferred_languages: vec!["en".to_owned()],
        canonical: vec![here("/.well-known/security.txt")],
        policy: vec![here("/policy")],
        csaf: vec![metadata(""), metadata("v2.0/"), metadata("v2.1/")],
        // Where a numbering authority is pulled from (GCVE-BCP-03).
        others: settings.gna.map(|_| ("GCVE".to_owned(), here(""))).into_iter().collect(),
        ..SecurityTxt::default()
    }
}

/// The signed file, as long as it says what the server would say now and may be believed.
pub async fn signed(
    door: &PublicStore,
    settings: &Settings,
    now: Timestamp,
) -> Result<Option<String>> {
    let (kept, key) =
        door.read(|public| Ok::<_, crate::Error>((public.security_txt()?, public.key()?))).await?;
    let said = write(&without_end(settings, key.as_ref()));
    Ok(kept.filter(|kept| kept.content == said && kept.expires_at > now).map(|kept| kept.signed))
}

/// Signs the file if it says something else than before, or its end comes near; not before there
/// is a key to sign with.
pub async fn keep_security_txt(ctx: &Ctx) -> Result<Done> {
    ctx.write(|desk| {
        desk.server_only()?;
        let Some(signer) = desk.signer()? else { return Ok(Done::default()) };
        let (now, settings) = (desk.ctx().now(), desk.ctx().site().settings.clone());
        let (kept, key) = (desk.tx().public().security_txt()?, desk.tx().public().key()?);
        let said = write(&without_end(&settings, key.as_ref()));
        let holds =
            |kept: &SignedSecurityTxt| kept.content == said && kept.expires_at > now + ENOUGH;
        if kept.as_ref().is_some_and(holds) {
            return Ok(Done::default());
        }
        let file = content(&settings, key.as_ref(), now);
        let signed = signer.around(&write(&file))?;
        let expires_at = file.expires.unwrap_or(now);
        desk.tx().publish_security_txt(&SignedSecurityTxt { content: said, expires_at, signed })?;
        Ok(Done { done: 1, ..Done::default() })
    })
    .await
}
