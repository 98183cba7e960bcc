//! The walk over cases for which something is due, those first whose time comes first. A case that fails
//! is passed by, and tried again after a pause that grows: however many fail, the others are on time.

use domain::CaseId;
use store::{Due, Pauses};

use super::{Done, Run};
use crate::{Ctx, Desk, Error, Result};

/// How often cases are taken in one run.
const MOST_BATCHES: u32 = 20;

/// What is due, and what is done about it.
pub(crate) struct Walk {
    /// The name under which setbacks are kept.
    pub(crate) name: &'static str,
    /// What the log says of those that failed.
    pub(crate) failed: &'static str,
    /// How long a case that failed is left alone.
    pub(crate) pauses: Pauses,
    /// The next cases after one of them, or from the top.
    pub(crate) due: fn(&mut Desk<'_>, Option<Due>) -> Result<Vec<Due>>,
    /// Brings a case to where it should be.
    pub(crate) bring_up: fn(&mut Desk<'_>, CaseId) -> Result<Brought>,
}

/// What bringing a case to where it should be came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Brought {
    /// It is there.
    There,
    /// It is there, and the files of its note were made at its instant, since none had been made that
    /// fitted.
    FilesMadeAnew,
}

impl Walk {
    /// Goes over everything that is due.
    pub(crate) async fn go(&self, ctx: &Ctx) -> Result<Done> {
        let mut run = Run::new(self.failed);
        let mut after = None;
        for _ in 0..MOST_BATCHES {
            let next = self.due;
            let due = ctx.read(move |desk| next(desk, after)).await?;
            let Some(last) = due.last().copied() else { break };
            after = Some(last);
            for Due { case, .. } in due {
                self.take(ctx, case, &mut run).await;
            }
        }
        Ok(run.ended())
    }

    async fn take(&self, ctx: &Ctx, case: CaseId, run: &mut Run) {
        let (name, bring_up, pauses) = (self.name, self.bring_up, self.pauses);
        let brought = ctx.write(move |desk| {
            desk.tx().forget_setback(name, case)?;
            bring_up(desk, case)
        });
        let outcome = brought.await;
        let failed = !matches!(outcome, Ok(_) | Err(Error::Stale));
        run.count_brought(case, outcome);
        if !failed {
            return;
        }
        let kept = ctx.write(move |desk| {
            let now = desk.ctx().now();
            Ok(desk.tx().set_back(name, case, now, pauses)?)
        });
        if let Err(error) = kept.await {
            // The walk goes past it all the same.
            let error = &error as &dyn std::error::Error;
            tracing::warn!(%case, error, "a pause was not kept");
        }
    }
}
