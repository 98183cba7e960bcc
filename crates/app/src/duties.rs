//! What the server does unasked.
//!
//! A duty takes no input: it looks at what is, compares it with what should be, and closes the
//! gap. It runs by the clock and whenever something was committed, on any node, any number of
//! times; running it twice does nothing the second time. A case that fails does not keep the
//! others waiting.
//!
//! | Duty | What should be |
//! |---|---|
//! | [`prepare_notes`] | The files of every note that waits for its instant are made and signed |
//! | [`end_and_publish`] | No embargo is in force and no note is unpublished past its instant |
//! | [`send_letters`] | Every letter that was written is with the relay, or given up and told so |
//! | [`carry_dispatches`] | Everything that goes out by a channel is there, or given up |
//! | [`mirror_site`] | Every copy of the public site has what is public |
//! | [`look_at_channels`](crate::channel::look_at_channels) | What stands in the way of a channel is known before somebody asks |
//! | [`remind_silent_vendors`] | Who is silent was reminded as often as the policy says (S52) |
//! | [`count_silence`] | Who let the time to answer pass has said no, if the policy says so (E12) |
//! | [`forget_what_ran_out`] | No secret, try counter or setback is kept longer than it is good for |
//! | [`sweep_blobs`] | No sealed bytes are kept of which no row tells |
//! | [`crate::records::look_at_records`] | It is known which records others have of published flaws |
//! | [`keep_public_lists`] | Every public note is found under the vendors and products it names, and its flaws have GCVE ids if the team gives any |

mod dispatches;
mod letters;
mod mirrors;
mod public;
mod silence;
mod sweep;
mod walk;

use std::fmt;

use domain::CaseId;
use jiff::SignedDuration;
use store::Pauses;

use crate::{Ctx, Desk, Error, Result, note};

pub use crate::prepared::prepare_notes;
pub use dispatches::carry_dispatches;
pub use letters::send_letters;
pub use mirrors::mirror_site;
pub use public::keep_public_lists;
pub use silence::{count_silence, remind_silent_vendors};
pub use sweep::{forget_what_ran_out, sweep_blobs};
pub(crate) use walk::{Brought, Walk};

/// The name under which setbacks of [`end_and_publish`] are kept.
const END_AND_PUBLISH: &str = "end_and_publish";

/// How many due cases are taken at once.
const DUE_AT_ONCE: u32 = 100;

/// A case that could not be ended or published is tried again so soon, and then ever later: the
/// reason may be gone in a second, and its note is overdue.
const PAUSES: Pauses =
    Pauses { first: SignedDuration::from_secs(1), longest: SignedDuration::from_mins(5) };

/// What a duty got done.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// Cases or letters brought to where they should be.
    pub done: u32,
    /// Those that failed, and will be tried again.
    pub failed: u32,
    /// Notes whose files were made at their instant, since none had been made that fitted.
    pub made_anew: u32,
}

/// One run of a duty, which counts what came of each case. Failures are one line of the log, with
/// the first of them, however many there are.
pub(crate) struct Run {
    what: &'static str,
    done: Done,
    first: Option<(String, Error)>,
}

impl Run {
    pub(crate) fn new(what: &'static str) -> Self {
        Self { what, done: Done::default(), first: None }
    }

    pub(crate) fn count(&mut self, which: impl fmt::Display, outcome: Result<()>) {
        match outcome {
            Ok(()) => self.done.done += 1,
            // Another node was faster. Whatever is left to do, the next run finds.
            Err(Error::Stale) => {}
            Err(error) => {
                self.done.failed += 1;
                self.first.get_or_insert_with(|| (which.to_string(), error));
            }
        }
    }

    pub(crate) fn count_brought(&mut self, which: impl fmt::Display, outcome: Result<Brought>) {
        self.done.made_anew += u32::from(matches!(outcome, Ok(Brought::FilesMadeAnew)));
        self.count(which, outcome.map(drop));
    }

    pub(crate) fn ended(self) -> Done {
        if let Some((first, error)) = &self.first {
            let (failed, error) = (self.done.failed, error as &dyn std::error::Error);
            tracing::error!(failed, first, error, "{}", self.what);
        }
        self.done
    }
}

/// Ends every embargo whose time has come, and publishes every note whose moment has, earliest
/// first. What time it is, this node and the database have to agree on.
pub async fn end_and_publish(ctx: &Ctx) -> Result<Done> {
    let ctx = ctx.clone().no_later_than(ctx.site().agreed_now().await?);
    let walk = Walk {
        name: END_AND_PUBLISH,
        failed: "embargoes could not be ended or notes published",
        pauses: PAUSES,
        due: |desk, after| {
            let now = desk.ctx().now();
            Ok(desk.tx().cases_due(END_AND_PUBLISH, now, after, DUE_AT_ONCE)?)
        },
        bring_up,
    };
    walk.go(&ctx).await
}

fn bring_up(desk: &mut Desk<'_>, id: CaseId) -> Result<Brought> {
    let (me, case) = desk.case_for(id)?;
    let now = desk.ctx().now();
    if case.publishes_at().is_some_and(|at| at <= now) {
        return note::publish(desk, &me, case);
    }
    let asked = desk.asked(id)?;
    let events = case.expire_embargo(&me, &asked)?;
    desk.keep(&me, case, events)?;
    Ok(Brought::There)
}
