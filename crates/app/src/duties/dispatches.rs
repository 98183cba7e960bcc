//! What goes out by channels is carried, each thing by one node at a time and each channel apart
//! from the others.

use domain::CaseId;
use domain::letter::{Letter, Matter, Recipient};
use jiff::SignedDuration;
use store::{Channel, Dispatch};
use tokio::task::JoinSet;

use super::{Done, Run};
use crate::channel::{self, Carried};
use crate::{Ctx, Desk, Error, Result};

/// How long a dispatch is in one node's hands. Whatever carries it gives up earlier.
const LEASE: SignedDuration = SignedDuration::from_mins(5);

/// The team is told of what does not work by the try that comes half an hour after the first.
const TOLD_AT_TRY: u32 = 8;

/// Carries everything that is to go out now. What fails is tried again after a pause that grows,
/// for as long as there is hope.
pub async fn carry_dispatches(ctx: &Ctx) -> Result<Done> {
    let mut channels = JoinSet::new();
    for channel in Channel::ALL {
        let ctx = ctx.clone();
        channels.spawn(async move { carry_all(&ctx, channel).await });
    }
    let mut all = Done::default();
    while let Some(ended) = channels.join_next().await {
        let ended = ended.map_err(|error| Error::broken("a channel broke off", error))??;
        all.done += ended.done;
        all.failed += ended.failed;
    }
    Ok(all)
}

async fn carry_all(ctx: &Ctx, channel: Channel) -> Result<Done> {
    let mut run = Run::new("dispatches could not be settled");
    loop {
        let claimed = ctx
            .write(move |desk| {
                let (node, now) = (desk.ctx().site().settings.node.clone(), desk.ctx().now());
                let n = channel::at_once(channel);
                Ok(desk.tx().claim_dispatches(channel, &node, now, LEASE, n)?)
            })
            .await?;
        if claimed.is_empty() {
            return Ok(run.ended());
        }
        let mut carried = JoinSet::new();
        for dispatch in claimed {
            let ctx = ctx.clone();
            carried.spawn(async move { (dispatch.id, carry(&ctx, &dispatch).await) });
        }
        while let Some(ended) = carried.join_next().await {
            let (id, outcome) =
                ended.map_err(|error| Error::broken("a dispatch broke off", error))?;
            run.count(id, outcome);
        }
    }
}

async fn carry(ctx: &Ctx, dispatch: &Dispatch) -> Result<()> {
    let carried = match channel::carry(ctx, dispatch).await {
        Ok(carried) => carried,
        Err(Error::Stale) => Carried::Later("Something else changed at the same moment.".into()),
        Err(error) => {
            let (id, error) = (dispatch.id, &error as &dyn std::error::Error);
            tracing::error!(%id, error, "a dispatch could not be carried");
            Carried::Later("Something failed here; the server's log says what.".to_owned())
        }
    };
    let (id, case, tries) = (dispatch.id, dispatch.case, dispatch.n_tries);
    ctx.write(move |desk| {
        // Not the context's time: that is when the run began, and this took a while.
        let site = desk.ctx().site().clone();
        let (node, now) = (&site.settings.node, site.clock.now());
        match &carried {
            Carried::Done(what) => desk.tx().dispatch_done(id, node, now, what)?,
            Carried::Later(why) => {
                let next = channel::next_try(now, tries);
                desk.tx().dispatch_put_off(id, node, now, next, why)?;
            }
            Carried::Never(why) => desk.tx().dispatch_given_up(id, node, now, why)?,
        }
        match case {
            Some(case) if is_told(&carried, tries) => tell_the_team(desk, case),
            Some(_) | None => Ok(()),
        }
    })
    .await
}

/// Whether the team is written to: when there is no hope, and once when there is little.
fn is_told(carried: &Carried, tries: u32) -> bool {
    match carried {
        Carried::Done(_) => false,
        Carried::Later(_) => tries == TOLD_AT_TRY,
        Carried::Never(_) => true,
    }
}

fn tell_the_team(desk: &mut Desk<'_>, id: CaseId) -> Result<()> {
    let (_, case) = desk.case_for(id)?;
    let letter = Letter { id: None, to: Recipient::Team, matter: Matter::ChannelFailed };
    desk.write_letters(&case, vec![letter])
}
