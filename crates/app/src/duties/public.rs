//! What the public is given beside the notes themselves.

use super::Done;
use crate::{Ctx, Result, gcve, records};

/// How many notes are filled in in one transaction, and how often in one run.
const NOTES_AT_ONCE: u32 = 100;
const MOST_BATCHES: u32 = 1_000;

/// Writes down by which vendors and products notes are found that were published before anybody
/// wrote it down, and gives flaws their GCVE ids that were published before the team gave any. Records
/// of flaws published lately are looked for at sources that were not watched then.
pub async fn keep_public_lists(ctx: &Ctx) -> Result<Done> {
    let mut done = Done::default();
    for _ in 0..MOST_BATCHES {
        let filled = ctx.write(|desk| Ok(desk.tx().fill_in_subjects(NOTES_AT_ONCE)?)).await?;
        if filled == 0 {
            break;
        }
        done.done += u32::try_from(filled).unwrap_or(u32::MAX);
    }
    done.done += gcve::fill_in_ids(ctx).await?.done;
    done.done += records::fill_in(ctx).await?.done;
    Ok(done)
}
