//! The files of a note, made before its instant: when it is armed, and again whenever what they are
//! made from has changed. At the instant they only move; nothing is rendered, checked or signed then.

use domain::note::{Content, Foreseen};
use domain::{Case, CaseId, Published, Refusal};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use store::{Artefact, Pauses, Prepared};

use crate::duties::{Brought, Done, Walk};
use crate::service_key::Signer;
use crate::{Ctx, Desk, Error, Result, artefact, note};

/// The name under which setbacks of [`prepare_notes`] are kept.
const PREPARE: &str = "prepare_notes";

/// What no journal tells of (the directory, the settings, the key) is looked at this often.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_mins(10);

const AT_ONCE: u32 = 50;
const PAUSES: Pauses =
    Pauses { first: SignedDuration::from_secs(2), longest: SignedDuration::from_mins(10) };

/// Makes sure that the files of an armed note are there, as they will be published.
pub(crate) fn prepare(desk: &mut Desk<'_>, case: &Case) -> Result<()> {
    let (Some(armed), Some(publishes_at)) = (&case.note.armed, case.publishes_at()) else {
        return Ok(());
    };
    let words = note::words_of(desk, case, armed.revision)?;
    let foreseen = Foreseen::of_armed(case, &words).ok_or(Refusal::NotArmed)?;
    let signer = desk.signer()?;
    let made_from = made_from(desk, &foreseen, signer.as_ref())?;
    let (vault, now) = (desk.ctx().site().vault.clone(), desk.ctx().now());
    let before = desk.tx().prepared(&vault, case.id)?;
    if before.is_some_and(|set| set.made_from == made_from && set.publishes_at == publishes_at) {
        return Ok(desk.tx().still_prepared(case.id, case.version, now)?);
    }
    let settings = &desk.ctx().site().settings;
    let files = artefact::artefacts(&foreseen, settings, signer.as_ref())?;
    let set = Prepared { case_version: case.version, publishes_at, prepared_at: now, made_from };
    Ok(desk.tx().keep_prepared(&vault, case.id, &set, &files)?)
}

/// The files of a note that is public from now on: those that were prepared, if they were made from
/// what the note says. Else they are made now, which the log and the figures tell.
pub(crate) fn files(
    desk: &mut Desk<'_>,
    case: CaseId,
    published: &Published,
) -> Result<(Vec<Artefact>, Brought)> {
    let signer = desk.signer()?;
    let made_from = made_from(desk, published, signer.as_ref())?;
    if let Some(files) = fitting(desk, case, made_from) {
        return Ok((files, Brought::There));
    }
    tracing::warn!(%case, "the files of a note were not prepared; they are made at its instant");
    let files = artefact::artefacts(published, &desk.ctx().site().settings, signer.as_ref())?;
    Ok((files, Brought::FilesMadeAnew))
}

/// What does not open is as good as not there: a note is not late for that.
fn fitting(desk: &mut Desk<'_>, case: CaseId, made_from: [u8; 32]) -> Option<Vec<Artefact>> {
    let vault = desk.ctx().site().vault.clone();
    let set = desk.tx().prepared(&vault, case).ok().flatten()?;
    if set.made_from != made_from {
        return None;
    }
    desk.tx().prepared_files(&vault, case).ok().filter(|files| !files.is_empty())
}

/// A digest of everything that decides what the files hold: the note, who publishes, the key and
/// this program.
fn made_from(desk: &Desk<'_>, content: &Content, signer: Option<&Signer>) -> Result<[u8; 32]> {
    let settings = &desk.ctx().site().settings;
    let publisher = artefact::publisher(settings, content.number().prefix());
    let publisher =
        [publisher.name, publisher.base_url, publisher.contact, publisher.number_prefix];
    let key = signer.map(Signer::fingerprint);
    let all = (content, publisher, key, env!("CARGO_PKG_VERSION"));
    let bytes = serde_json::to_vec(&all);
    let bytes = bytes.map_err(|error| Error::broken("a note could not be written down", error))?;
    Ok(Sha256::digest(bytes).into())
}

/// Prepares the files of every armed note that has none, or whose case has gone on since, those that
/// go out first before the others; and forgets the files of notes that are not armed any more.
pub async fn prepare_notes(ctx: &Ctx) -> Result<Done> {
    let walk = Walk {
        name: PREPARE,
        failed: "files of notes could not be prepared",
        pauses: PAUSES,
        due: |desk, after| {
            let now = desk.ctx().now();
            let times = (now, now.checked_sub(LOOK_AGAIN).unwrap_or(now));
            Ok(desk.tx().cases_to_prepare(PREPARE, times, after, AT_ONCE)?)
        },
        bring_up: |desk, id| {
            let (_, case) = desk.case_for(id)?;
            prepare(desk, &case)?;
            Ok(Brought::There)
        },
    };
    let done = walk.go(ctx).await?;
    forget_what_is_not_armed(ctx).await?;
    Ok(done)
}

async fn forget_what_is_not_armed(ctx: &Ctx) -> Result<()> {
    let vain = ctx.read(|desk| Ok(desk.tx().cases_prepared_in_vain(AT_ONCE)?)).await?;
    if vain.is_empty() {
        return Ok(());
    }
    ctx.write(move |desk| {
        vain.into_iter().try_for_each(|case| Ok(desk.tx().forget_prepared(case)?))
    })
    .await
}
