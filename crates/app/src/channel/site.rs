//! Copies of the public site elsewhere: directories and buckets from which other web servers
//! answer. What brings a copy up to date reads what everyone may read, so that nothing is there
//! before its instant; and it brings it to what is public now, whatever was published before.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use domain::Timestamp;
use jiff::SignedDuration;
use store::{Dispatch, MirrorState};
use tokio::sync::Mutex;

use super::{Carried, Wanted};
use crate::{Ctx, Desk, Result, Site, public};

/// How long a copy is in one node's hands, and how often that is prolonged while it works.
const LEASE: SignedDuration = SignedDuration::from_mins(2);
const PROLONGED: Duration = Duration::from_secs(30);

/// After so long a copy is looked at even if nothing was published: `security.txt` runs out.
const LOOKED_AT: SignedDuration = SignedDuration::from_hours(24);

/// What is said of a failure is cut here, in characters.
const LONGEST: usize = 300;

/// Work that a copy does, and what stopped it, in a line for the team.
pub type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send + 'a>>;

/// A place to which the public site can be carried.
pub trait Mirror: Send + Sync {
    /// What it is called.
    fn name(&self) -> &str;
    /// Brings it to what is public now; answers which edition that is.
    fn carry<'a>(&'a self, site: &'a Site) -> Work<'a, i64>;
    /// Whether it can be written.
    fn probe(&self) -> Work<'_, ()>;
}

/// A copy of the public site.
pub struct SiteCopy {
    mirror: Box<dyn Mirror>,
    looked: Mutex<Looked>,
}

/// Whether this process has looked at a copy. What is written down of it may not be so: somebody
/// may have emptied it, and a new version of the program draws other pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Looked {
    NotYet,
    Once,
}

impl SiteCopy {
    /// A copy in a place.
    pub fn new(mirror: impl Mirror + 'static) -> Arc<Self> {
        Arc::new(Self { mirror: Box::new(mirror), looked: Mutex::new(Looked::NotYet) })
    }

    /// What it is called.
    pub(crate) fn name(&self) -> &str {
        self.mirror.name()
    }
}

/// A copy for each place, whatever the note.
pub(super) fn wanted(desk: &Desk<'_>) -> Vec<Wanted> {
    let copies = &desk.ctx().site().outlets.copies;
    let wanted = copies.iter().map(|copy| Wanted {
        channel: store::Channel::Site,
        target: copy.name().to_owned(),
        what: String::new(),
    });
    wanted.collect()
}

/// Brings the copy up to date that a dispatch names.
pub(super) async fn carry(ctx: &Ctx, dispatch: &Dispatch) -> Result<Carried> {
    let copies = &ctx.site().outlets.copies;
    match copies.iter().find(|copy| copy.name() == dispatch.target) {
        Some(copy) => bring_up(ctx, copy).await,
        None => Ok(Carried::Never("The settings name this place no longer.".to_owned())),
    }
}

/// Which copies cannot be written.
pub(super) async fn problems(ctx: &Ctx) -> Result<Vec<String>> {
    let mut problems = vec![];
    for copy in &ctx.site().outlets.copies {
        if let Err(why) = copy.mirror.probe().await {
            problems.push(format!("The {} cannot be written: {}", copy.name(), line(&why)));
        }
    }
    Ok(problems)
}

/// Brings a copy to what is public now, unless it is there already. One node does it at a time,
/// and within it one task.
pub(crate) async fn bring_up(ctx: &Ctx, copy: &SiteCopy) -> Result<Carried> {
    let mut looked = copy.looked.lock().await;
    let edition = public::edition(&ctx.site().public()).await?;
    let state = state(ctx, copy).await?;
    if *looked == Looked::Once && is_up(state.as_ref(), edition, ctx.site().clock.now()) {
        return Ok(Carried::Done(there(edition)));
    }
    if !leased(ctx, copy).await? {
        return Ok(Carried::Later("Another node is at work there.".to_owned()));
    }
    let outcome = carried(ctx, copy).await?;
    let failures = state.map_or(0, |state| state.n_failures);
    settle(ctx, copy, outcome.clone(), failures).await?;
    Ok(match outcome {
        Ok(edition) => {
            *looked = Looked::Once;
            Carried::Done(there(edition))
        }
        Err(why) => Carried::Later(line(&why)),
    })
}

/// Whether a copy is to be brought up to date now.
pub(crate) async fn is_due(ctx: &Ctx, copy: &SiteCopy) -> Result<bool> {
    // Whoever holds it is bringing it up to date.
    let Ok(looked) = copy.looked.try_lock().map(|looked| *looked) else { return Ok(false) };
    let now = ctx.site().clock.now();
    let state = state(ctx, copy).await?;
    if state.as_ref().is_some_and(|state| state.n_failures > 0) {
        return Ok(state.is_some_and(|state| state.next_at <= now));
    }
    let edition = public::edition(&ctx.site().public()).await?;
    Ok(looked == Looked::NotYet || !is_up(state.as_ref(), edition, now))
}

fn is_up(state: Option<&MirrorState>, edition: i64, now: Timestamp) -> bool {
    state.is_some_and(|state| {
        let fresh = state.carried_at.is_some_and(|at| now.duration_since(at) < LOOKED_AT);
        state.edition == Some(edition) && state.n_failures == 0 && fresh
    })
}

/// The copy at work, under a lease that is prolonged as long as it takes.
async fn carried(ctx: &Ctx, copy: &SiteCopy) -> Result<Result<i64, String>> {
    let mut work = copy.mirror.carry(ctx.site());
    loop {
        tokio::select! {
            outcome = &mut work => return Ok(outcome),
            () = tokio::time::sleep(PROLONGED) => {
                if !leased(ctx, copy).await? {
                    return Ok(Err("Another node took it over.".to_owned()));
                }
            }
        }
    }
}

async fn state(ctx: &Ctx, copy: &SiteCopy) -> Result<Option<MirrorState>> {
    let name = copy.name().to_owned();
    ctx.read(move |desk| Ok(desk.tx().mirror(&name)?)).await
}

fn lease(name: &str) -> String {
    format!("mirror {name}")
}

async fn leased(ctx: &Ctx, copy: &SiteCopy) -> Result<bool> {
    let name = lease(copy.name());
    ctx.write(move |desk| {
        let site = desk.ctx().site().clone();
        let now = site.clock.now();
        let until = now.checked_add(LEASE).unwrap_or(Timestamp::MAX);
        Ok(desk.tx().take_lease(&name, &site.settings.node, now, until)?)
    })
    .await
}

async fn settle(
    ctx: &Ctx,
    copy: &SiteCopy,
    outcome: Result<i64, String>,
    failures: u32,
) -> Result<()> {
    let name = copy.name().to_owned();
    ctx.write(move |desk| {
        let site = desk.ctx().site().clone();
        let now = site.clock.now();
        match outcome {
            Ok(edition) => desk.tx().mirror_carried(&name, edition, now)?,
            Err(why) => {
                let next_at = super::next_try(now, failures.saturating_add(1));
                desk.tx().mirror_failed(&name, next_at, &line(&why))?;
            }
        }
        Ok(desk.tx().release_lease(&lease(&name), &site.settings.node)?)
    })
    .await
}

fn there(edition: i64) -> String {
    format!("Edition {edition} of the site is there.")
}

/// What another program said, as a line that fits.
fn line(text: &str) -> String {
    let plain = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    plain.take(LONGEST).collect()
}
