//! What the server does unasked.
//!
//! A duty takes no input: it looks at what is, compares it with what should be, and closes the
//! gap. It runs by the clock and whenever something was committed, on any node, any number of
//! times; running it twice does nothing the second time. A case that fails does not keep the
//! others waiting.

use domain::participant::Participant;
use domain::status::Delivery;
use domain::{CaseId, LetterId, ParticipantId, Timestamp};
use jiff::SignedDuration;
use mail::mime::{Envelope, compose};
use outside::smtp::{Failure, NotTaken, Parcel};
use store::ClaimedLetter;

use crate::{Ctx, Error, Result, note};

/// How many letters are taken at once.
const BATCH: u32 = 50;

/// How long a letter is in one node's hands.
const LEASE: SignedDuration = SignedDuration::from_mins(2);

/// After so many tries a letter is given up.
const MOST_TRIES: u32 = 12;

/// What a duty got done.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// Cases or letters brought to where they should be.
    pub done: u32,
    /// Those that failed, and will be tried again next time.
    pub failed: u32,
}

impl Done {
    fn count(&mut self, what: &'static str, outcome: Result<()>) {
        match outcome {
            Ok(()) => self.done += 1,
            // Another node was faster. Whatever is left to do, the next run finds.
            Err(Error::Stale) => {}
            Err(error) => {
                self.failed += 1;
                tracing::error!(error = &error as &dyn std::error::Error, "{what}");
            }
        }
    }
}

/// Ends every embargo whose time has come, and publishes every note whose moment has.
pub async fn end_and_publish(ctx: &Ctx) -> Result<Done> {
    let due = ctx.read(|desk| {
        let now = desk.ctx().now();
        Ok(desk.tx().cases_due(now)?)
    });
    let mut done = Done::default();
    for id in due.await? {
        done.count("an embargo could not be ended or a note published", bring_up(ctx, id).await);
    }
    Ok(done)
}

async fn bring_up(ctx: &Ctx, id: CaseId) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let now = desk.ctx().now();
        if case.publishes_at().is_some_and(|at| at <= now) {
            return note::publish(desk, id);
        }
        let asked = desk.asked(id)?;
        let events = case.expire_embargo(&me, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// When the next embargo ends or the next note goes out, if any does.
pub async fn next_due(ctx: &Ctx) -> Result<Option<Timestamp>> {
    ctx.read(|desk| Ok(desk.tx().next_due_at()?)).await
}

/// Sends every letter that waits. A letter is in one node's hands at a time; one that was in
/// hand when a node died is taken up again when its lease runs out.
pub async fn send_letters(ctx: &Ctx) -> Result<Done> {
    let mut done = Done::default();
    loop {
        let claimed = ctx
            .write(move |desk| {
                let (vault, node) = (desk.ctx().site().vault.clone(), node(desk.ctx()));
                let now = desk.ctx().now();
                Ok(desk.tx().claim_letters(&vault, &node, now, LEASE, BATCH)?)
            })
            .await?;
        if claimed.is_empty() {
            return Ok(done);
        }
        for letter in claimed {
            done.count("a letter could not be sent", send(ctx, letter).await);
        }
    }
}

async fn send(ctx: &Ctx, letter: ClaimedLetter) -> Result<()> {
    let settings = &ctx.site().settings;
    let envelope = Envelope {
        from: format!("{} <{}>", settings.site_name, settings.from_address),
        reply_to: settings.team_address.clone().unwrap_or(settings.from_address.clone()),
        to: letter.address.clone(),
        subject: letter.subject.clone(),
        message_id: letter.message_id.clone(),
        date: ctx.now(),
        text: letter.body.clone(),
        references: None,
    };
    let outcome = match compose(&envelope) {
        Ok(message) => {
            let from = settings.from_address.clone();
            let parcel = Parcel { from, to: letter.address.clone(), message };
            ctx.site().post.send(&parcel).await
        }
        Err(error) => Err(NotTaken { how: Failure::Never, why: error.to_string() }),
    };
    match outcome {
        Ok(_) => settle(ctx, &letter, Delivery::Sent, None).await,
        Err(not_taken) => put_off(ctx, &letter, not_taken).await,
    }
}

async fn put_off(ctx: &Ctx, letter: &ClaimedLetter, not_taken: NotTaken) -> Result<()> {
    let hopeless = match not_taken.how {
        Failure::Never => true,
        Failure::Later | Failure::InDoubt => letter.n_tries >= MOST_TRIES,
    };
    let outcome = if hopeless { Delivery::Failed } else { Delivery::Deferred };
    settle(ctx, letter, outcome, Some(not_taken.why)).await
}

/// Writes down what became of a letter, on the letter and, if it was an attempt to reach a
/// participant, in the case.
async fn settle(
    ctx: &Ctx,
    letter: &ClaimedLetter,
    outcome: Delivery,
    why: Option<String>,
) -> Result<()> {
    let (id, tries) = (letter.id, letter.n_tries);
    let told = letter.case.zip(letter.participant);
    ctx.write(move |desk| {
        let (node, now) = (node(desk.ctx()), desk.ctx().now());
        let why = why.unwrap_or_default();
        match outcome {
            Delivery::Sent | Delivery::Delivered => desk.tx().letter_sent(id, &node, now)?,
            Delivery::Queued | Delivery::Deferred => {
                desk.tx().letter_deferred(id, &node, now, next_try(now, tries), &why)?;
            }
            Delivery::Bounced | Delivery::Failed => {
                desk.tx().letter_failed(id, &node, now, &why)?;
            }
        }
        match told {
            Some((case, participant)) => note_delivery(desk, case, participant, id, outcome),
            None => Ok(()),
        }
    })
    .await
}

fn note_delivery(
    desk: &mut crate::Desk<'_>,
    case: CaseId,
    participant: ParticipantId,
    letter: LetterId,
    outcome: Delivery,
) -> Result<()> {
    let (me, case) = desk.case_for(case)?;
    let known = case.participant(participant).is_some_and(|them: &Participant| {
        them.attempts.iter().any(|attempt| attempt.letter == Some(letter))
    });
    if !known {
        return Ok(());
    }
    let asked = desk.asked(case.id)?;
    let events = case.update_delivery(&me, participant, letter, outcome, &asked)?;
    desk.keep(&me, case, events).map(drop)
}

/// A minute, two, four, at most four hours.
fn next_try(now: Timestamp, tries: u32) -> Timestamp {
    let minutes = 1_i64 << tries.min(8);
    now.checked_add(SignedDuration::from_mins(minutes.min(240))).unwrap_or(Timestamp::MAX)
}

/// Reminds vendors who are silent, as often as the policy says, and once more before the note
/// goes out (S52).
pub async fn remind_silent_vendors(ctx: &Ctx) -> Result<Done> {
    let mut done = Done::default();
    let mut after = None;
    loop {
        let ids = ctx.read(move |desk| Ok(desk.tx().all_case_ids(after, BATCH)?)).await?;
        let Some(last) = ids.last().copied() else { return Ok(done) };
        for id in ids {
            match remind(ctx, id).await {
                Ok(0) => {}
                outcome => done.count("silent vendors could not be reminded", outcome.map(drop)),
            }
        }
        after = Some(last);
    }
}

async fn remind(ctx: &Ctx, id: CaseId) -> Result<usize> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let due = case.due_for_reminder(desk.ctx().now());
        if due.is_empty() {
            return Ok(0);
        }
        let asked = desk.asked(id)?;
        let events = case.remind(&me, &due, &asked)?;
        desk.keep(&me, case, events)?;
        Ok(due.len())
    })
    .await
}

fn node(ctx: &Ctx) -> String {
    ctx.site().settings.node.clone()
}
