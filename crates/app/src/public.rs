//! What everyone may read: published notes and the policy, and nothing else. Looks at the tables
//! of these only; no case is ever opened for it.

use domain::{Policy, Published, Timestamp};
use store::{Artefact, PublishedRow};

use crate::{Ctx, Error, Result};

/// A published note.
pub async fn note(ctx: &Ctx, slug: String) -> Result<Published> {
    ctx.read(move |desk| desk.tx().published(&slug)?.ok_or(Error::NotFound)).await
}

/// A published note in one of its formats.
pub async fn artefact(ctx: &Ctx, slug: String, format: &'static str) -> Result<Artefact> {
    ctx.read(move |desk| desk.tx().artefact(&slug, format)?.ok_or(Error::NotFound)).await
}

/// Published notes, newest first.
pub async fn list(
    ctx: &Ctx,
    before: Option<(Timestamp, String)>,
    limit: u32,
) -> Result<Vec<PublishedRow>> {
    ctx.read(move |desk| Ok(desk.tx().published_list(before.as_ref(), limit)?)).await
}

/// The policy in force for new reports (S102).
pub async fn policy(ctx: &Ctx) -> Result<Policy> {
    ctx.read(|desk| Ok(desk.tx().current_policy()?)).await
}
