//! Who was told and says nothing is reminded; who was asked and says nothing has said no.

use domain::{Asked, Case, CaseId, Decision, Me, Timestamp};

use super::{Done, Run};
use crate::{Ctx, Result};

/// How many cases are looked at in one statement.
const BATCH: u32 = 50;

/// What silence calls for in a case.
#[derive(Clone, Copy)]
struct Rule {
    /// Whether there is anything to do, so that nothing is written where there is not.
    needs: fn(&Case, Timestamp) -> bool,
    /// What happens.
    decide: fn(&Case, &Me, &Asked) -> Decision,
}

/// Reminds vendors who are silent, as often as the policy says, and once more before the note
/// goes out (S52).
pub async fn remind_silent_vendors(ctx: &Ctx) -> Result<Done> {
    let rule = Rule {
        needs: |case, now| !case.due_for_reminder(now).is_empty(),
        decide: |case, me, asked| case.remind(me, &case.due_for_reminder(asked.now), asked),
    };
    walk(ctx, "silent vendors could not be reminded", rule).await
}

/// Writes down as a no the silence of who was asked to keep the embargo, if the policy counts it
/// so (E12). A later yes undoes it.
pub async fn count_silence(ctx: &Ctx) -> Result<Done> {
    let rule = Rule {
        needs: |case, now| !case.silent_on_embargo(now).is_empty(),
        decide: Case::count_silence,
    };
    walk(ctx, "silence about embargoes could not be written down", rule).await
}

/// Looks at open cases that have vendors, one statement for many, and writes where there is need.
async fn walk(ctx: &Ctx, what: &'static str, rule: Rule) -> Result<Done> {
    let mut run = Run::new(what);
    let mut after = None;
    loop {
        let cases = ctx.read(move |desk| Ok(desk.tx().cases_with_vendors(after, BATCH)?)).await?;
        let Some((last, _)) = cases.last() else { return Ok(run.ended()) };
        after = Some(*last);
        for (id, case) in cases {
            match case {
                Ok(case) if (rule.needs)(&case, ctx.now()) => {
                    run.count(id, follow(ctx, id, rule).await);
                }
                Ok(_) => {}
                Err(error) => run.count(id, Err(error.into())),
            }
        }
    }
}

/// Decides on the case as it is by now.
async fn follow(ctx: &Ctx, id: CaseId, rule: Rule) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let events = (rule.decide)(&case, &me, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}
