//! Records that others keep of our published flaws, looked for so that the team sees when they
//! came and what they say (S86, S87). Who is asked learns that there is a flaw with this CVE ID:
//! so nobody is asked before the note is public, and rows of what to look for are written with
//! the rows of a public note or after them.

use domain::record::{BETWEEN_QUESTIONS, RecordSource, next_look, pause};
use domain::{Published, Timestamp};
use jiff::SignedDuration;
use outside::records::{Answer, Found, Records};
use store::{ClaimedRecord, Looked, SeenRecord};
use tokio::task::JoinSet;

use crate::duties::Done;
use crate::{Ctx, Desk, Error, Result};

/// How long one node has for a look.
const LEASE: SignedDuration = SignedDuration::from_mins(5);

/// Records of notes that are older than this are not looked for if nobody did before.
const OLDEST: SignedDuration = SignedDuration::from_hours(180 * 24);

/// The lines to the sources that the operator wants watched.
#[derive(Debug, Default)]
pub struct Watched(Vec<(RecordSource, Records)>);

impl Watched {
    /// These lines.
    pub fn new(lines: Vec<(RecordSource, Records)>) -> Self {
        Self(lines)
    }

    fn sources(&self) -> Vec<RecordSource> {
        self.0.iter().map(|(source, _)| *source).collect()
    }
}

/// Records of a note are to be looked for, in the transaction that publishes it.
pub(crate) fn watch(desk: &mut Desk<'_>, note: &Published) -> Result<()> {
    let (sources, now) = (desk.ctx().site().outlets.records.sources(), desk.ctx().now());
    Ok(desk.tx().watch_records(note, &sources, now)?)
}

/// What a note does not name any more is not looked for on its account.
pub(crate) fn let_go(desk: &mut Desk<'_>, note: &Published) -> Result<()> {
    let now = desk.ctx().now();
    Ok(desk.tx().watch_records(note, &[], now)?)
}

/// Records of notes that were published before a source was watched are to be looked for as well.
pub(crate) async fn fill_in(ctx: &Ctx) -> Result<Done> {
    let mut done = Done::default();
    for source in ctx.site().outlets.records.sources() {
        let found = ctx
            .write(move |desk| {
                let now = desk.ctx().now();
                let since = now.checked_sub(OLDEST).unwrap_or(Timestamp::MIN);
                Ok(desk.tx().watch_earlier_records(source, since, now)?)
            })
            .await?;
        done.done += u32::try_from(found).unwrap_or(u32::MAX);
    }
    Ok(done)
}

/// Looks for one record at each source that is watched, if one is due and the source is free to be
/// asked; each source apart from the others.
pub async fn look_at_records(ctx: &Ctx) -> Result<Done> {
    let outlets = ctx.site().outlets.clone();
    if outlets.records.0.is_empty() {
        return Ok(Done::default());
    }
    let now = ctx.now();
    let due = ctx.read(move |desk| Ok(desk.tx().sources_due(now)?)).await?;
    let mut looks = JoinSet::new();
    for (source, line) in outlets.records.0.iter().filter(|(source, _)| due.contains(source)) {
        looks.spawn(look(ctx.clone(), *source, line.clone()));
    }
    let mut all = Done::default();
    while let Some(ended) = looks.join_next().await {
        let ended = ended.map_err(|error| Error::broken("a look broke off", error))??;
        all.done += ended.done;
        all.failed += ended.failed;
    }
    Ok(all)
}

async fn look(ctx: Ctx, source: RecordSource, line: Records) -> Result<Done> {
    let Some(claimed) = claim(&ctx, source).await? else { return Ok(Done::default()) };
    let tag = claimed.record.seen.as_ref().and_then(|seen| seen.tag.as_deref());
    let answer = line.ask(claimed.record.cve.as_ref(), tag).await;
    let done = match answer {
        Answer::There(_) | Answer::Absent | Answer::Same => Done { done: 1, ..Done::default() },
        Answer::Odd(_) | Answer::Later { .. } => Done { failed: 1, ..Done::default() },
    };
    keep(&ctx, claimed, answer).await?;
    Ok(done)
}

async fn claim(ctx: &Ctx, source: RecordSource) -> Result<Option<ClaimedRecord>> {
    ctx.write(move |desk| {
        let now = desk.ctx().now();
        let after = |pause| now.checked_add(pause).unwrap_or(Timestamp::MAX);
        Ok(desk.tx().claim_record(source, now, (after(LEASE), after(BETWEEN_QUESTIONS)))?)
    })
    .await
}

/// Keeps what was answered, and when to look again.
async fn keep(ctx: &Ctx, claimed: ClaimedRecord, answer: Answer) -> Result<()> {
    ctx.write(move |desk| {
        // Not the context's time: that is when the run began, and the answer took a while.
        let now = desk.ctx().site().clock.now();
        let ClaimedRecord { record, n_failed } = claimed;
        let (source, first_seen) = (record.source, record.first_seen_at);
        let (looked, first_seen) = match answer {
            Answer::Later { why, pause: after_one } => {
                let after_one = SignedDuration::try_from(after_one).unwrap_or(SignedDuration::MAX);
                let until = now.checked_add(pause(after_one, n_failed)).unwrap_or(Timestamp::MAX);
                desk.tx().source_failed(source, until)?;
                let looked = Looked::Unknown(why);
                return Ok(desk.tx().keep_record(
                    (&record.cve, source),
                    &looked,
                    now,
                    Some(until),
                )?);
            }
            Answer::There(found) => (Looked::There(seen(found)), first_seen.or(Some(now))),
            Answer::Same => (Looked::Same, first_seen),
            Answer::Absent => (Looked::Absent, first_seen),
            Answer::Odd(why) => (Looked::Unknown(why), first_seen),
        };
        desk.tx().source_answered(source)?;
        let next = next_look(record.published_at, first_seen, now);
        Ok(desk.tx().keep_record((&record.cve, source), &looked, now, next)?)
    })
    .await
}

fn seen(found: Found) -> SeenRecord {
    let Found { state, score, address, tag } = found;
    SeenRecord { state, score, address, tag }
}
