//! The ways by which a published note goes out besides the pages of this server. Each has a
//! module of the same shape: what it wants sent when a note becomes public, how one of these is
//! carried, and what stands in the way of that now.
//!
//! What is to be sent is written in the transaction that publishes, so that nothing of it is there
//! before the instant and nothing is forgotten after it. It is carried afterwards, each channel
//! apart from the others: one that fails holds up nobody.

pub(crate) mod cve;
mod list;
mod site;
mod webhook;

use std::sync::{Arc, Mutex, PoisonError};

use domain::{CaseId, DispatchId, Published, Refusal, Timestamp, View};
use jiff::SignedDuration;
use outside::cve_services::CveServices;
use outside::webhook::{Courier, NoWay};
pub use site::{Mirror, SiteCopy, Work};
pub(crate) use site::{bring_up, is_due};
use store::NewDispatch;
pub use store::{Channel, Dispatch, DispatchState};

use crate::duties::Done;
use crate::records::Watched;
use crate::{Ctx, Desk, Error, Result};

/// What the server reaches the world through, beside the post. Nothing is reached unless the operator says so.
#[derive(Default)]
pub struct Outlets {
    /// Copies of the public site elsewhere.
    pub copies: Vec<Arc<SiteCopy>>,
    /// CVE Services.
    pub cve: Option<CveServices>,
    /// What reaches programs of subscribers.
    pub courier: Calls,
    /// The addresses of mailing lists.
    pub lists: Vec<String>,
    /// Whose records of published flaws are looked for.
    pub records: Watched,
    /// What stood in the way when this node last looked.
    pub seen: Mutex<Vec<Problem>>,
}

/// What calls web addresses that somebody typed.
#[derive(Clone)]
pub struct Calls(pub Arc<dyn Courier>);

impl Default for Calls {
    fn default() -> Self {
        Self(Arc::new(NoWay))
    }
}

/// Something that a channel wants sent.
pub(crate) struct Wanted {
    pub(crate) channel: Channel,
    /// To what, in the channel's words.
    pub(crate) target: String,
    /// What is done there, in the channel's words.
    pub(crate) what: String,
}

/// What came of carrying a dispatch, in a line for the team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carried {
    /// It is there.
    Done(String),
    /// It may work later.
    Later(String),
    /// It will not work however often it is tried.
    Never(String),
}

/// Something that would keep a channel from doing its part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which channel.
    pub channel: Channel,
    /// What, in a sentence for the team.
    pub what: String,
}

/// Writes down what is to be sent of a note, in the transaction that makes it public. One that was
/// public elsewhere before has no case.
pub(crate) fn announce(
    desk: &mut Desk<'_>,
    case: Option<CaseId>,
    published: &Published,
) -> Result<()> {
    let mut wanted = cve::wanted(desk, published)?;
    wanted.extend(site::wanted(desk));
    wanted.extend(webhook::wanted(desk, published)?);
    wanted.extend(list::wanted(desk, published)?);
    let now = desk.ctx().now();
    for Wanted { channel, target, what } in wanted {
        let id = desk.ctx().fresh();
        let slug = case.is_none().then(|| published.number().slug());
        let revision = Some(published.revision());
        let new = NewDispatch { id, case, slug, revision, channel, target, what, not_before: now };
        desk.tx().write_dispatch(&new, now)?;
    }
    Ok(())
}

/// Carries a dispatch by its channel.
pub(crate) async fn carry(ctx: &Ctx, dispatch: &Dispatch) -> Result<Carried> {
    match dispatch.channel {
        Channel::Cve => cve::carry(ctx, dispatch).await,
        Channel::Site => site::carry(ctx, dispatch).await,
        Channel::Webhook => webhook::carry(ctx, dispatch).await,
        Channel::List => list::carry(ctx, dispatch).await,
    }
}

/// The name in addresses of the public note that a dispatch is about, if there is one.
async fn slug_of(ctx: &Ctx, dispatch: &Dispatch) -> Result<Option<String>> {
    match (dispatch.slug.clone(), dispatch.case) {
        (None, Some(case)) => ctx.read(move |desk| Ok(desk.tx().slug_of(case)?)).await,
        (slug, _) => Ok(slug),
    }
}

/// What would keep channels from doing their part if a note went out now. It asks the outside, and
/// takes as long as that takes to answer.
pub async fn problems(ctx: &Ctx) -> Result<Vec<Problem>> {
    let (cve, site, webhook, list) = tokio::try_join!(
        cve::problems(ctx),
        site::problems(ctx),
        webhook::problems(ctx),
        list::problems(ctx)
    )?;
    let found = [
        (Channel::Cve, cve),
        (Channel::Site, site),
        (Channel::Webhook, webhook),
        (Channel::List, list),
    ];
    let each = |(channel, all): (Channel, Vec<String>)| {
        all.into_iter().map(move |what| Problem { channel, what })
    };
    Ok(found.into_iter().flat_map(each).collect())
}

/// What stood in the way when this node last looked.
pub fn problems_seen(ctx: &Ctx) -> Vec<Problem> {
    ctx.site().outlets.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Looks whether every channel could do its part, so that pages can tell without asking the outside
/// while somebody waits.
pub async fn look_at_channels(ctx: &Ctx) -> Result<Done> {
    let found = problems(ctx).await?;
    *ctx.site().outlets.seen.lock().unwrap_or_else(PoisonError::into_inner) = found;
    Ok(Done::default())
}

/// A member of the team wants a dispatch of a case tried again at once.
pub async fn try_again(ctx: &Ctx, id: CaseId, dispatch: DispatchId) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        match me.view(case) {
            View::Staff(view) if view.may_write() => {}
            View::Staff(_) => return Err(Refusal::NotYours.into()),
            View::Party(_) | View::Reporter(_) => return Err(Error::NotFound),
        }
        let now = desk.ctx().now();
        Ok(desk.tx().try_dispatch_again(id, dispatch, now)?)
    })
    .await
}

/// How many things a channel has in hand at once: one where their order matters.
pub(crate) fn at_once(channel: Channel) -> u32 {
    match channel {
        Channel::Cve | Channel::Site => 1,
        Channel::Webhook | Channel::List => 8,
    }
}

/// When a dispatch that could not be carried is tried again: after 15 seconds, 30, a minute, at
/// most an hour.
pub(crate) fn next_try(now: Timestamp, tries: u32) -> Timestamp {
    let seconds = 15_i64 << tries.saturating_sub(1).min(8);
    now.checked_add(SignedDuration::from_secs(seconds.min(3600))).unwrap_or(Timestamp::MAX)
}
