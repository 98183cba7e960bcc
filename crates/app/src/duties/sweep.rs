//! What is not needed any more goes: secrets that open nothing, counts that hold nobody up, bytes
//! of which no row tells.

use domain::Timestamp;
use jiff::SignedDuration;

use super::{Done, Run};
use crate::{Ctx, Error, Result};

/// Tries are counted in windows of minutes; after a day no rule looks at them.
const TRIES_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// An invitation is there for so long after its end, so that whoever sent it sees that it ran out.
const INVITATIONS_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A case that moved on by another way is not remembered as failed for longer than this.
const SETBACKS_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// An upload takes minutes. Bytes of which no row tells after so long belong to nobody.
const GRACE: SignedDuration = SignedDuration::from_hours(24);

/// What came of tries to reach a subscriber is kept for so long.
const WEBHOOK_TRIES_KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How many blobs one run deletes at most.
const BLOBS_AT_ONCE: u32 = 100;

/// Forgets sessions, invitations and links that have run out, old counts of tries, setbacks that are
/// over, and what came long ago of tries to reach subscribers.
pub async fn forget_what_ran_out(ctx: &Ctx) -> Result<Done> {
    ctx.write(|desk| {
        let now = desk.ctx().now();
        let tx = desk.tx();
        tx.forget_sessions(now)?;
        tx.forget_links(now)?;
        tx.forget_invitations(before(now, INVITATIONS_KEPT))?;
        tx.forget_tries(before(now, TRIES_KEPT))?;
        tx.forget_setbacks(before(now, SETBACKS_KEPT))?;
        tx.forget_webhook_tries(before(now, WEBHOOK_TRIES_KEPT))?;
        Ok(Done::default())
    })
    .await
}

/// Deletes blobs that were uploaded, or erased, and of which no row tells. Only names that this
/// database wrote down itself are looked at, so that a place shared with another server loses
/// nothing; one that is being uploaded is younger than the grace period.
pub async fn sweep_blobs(ctx: &Ctx) -> Result<Done> {
    let mut run = Run::new("blobs that nobody needs could not be deleted");
    let loose = ctx.read(|desk| {
        let since = before(desk.ctx().now(), GRACE);
        Ok(desk.tx().loose_blobs(since, BLOBS_AT_ONCE)?)
    });
    let mut gone = Vec::new();
    for blob in loose.await? {
        let deleted = ctx.site().blobs.delete(&blob).await;
        let outcome = deleted.map_err(|error| Error::broken("a blob was not deleted", error));
        if outcome.is_ok() {
            gone.push(blob.clone());
        }
        run.count(blob, outcome);
    }
    if !gone.is_empty() {
        ctx.write(move |desk| Ok(desk.tx().forget_loose_blobs(&gone)?)).await?;
    }
    Ok(run.ended())
}

fn before(now: Timestamp, long: SignedDuration) -> Timestamp {
    now.checked_sub(long).unwrap_or(Timestamp::MIN)
}
