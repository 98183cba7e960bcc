//! Letters that were written are handed to the relay, each by one node at a time.

use domain::participant::Participant;
use domain::status::Delivery;
use domain::{CaseId, LetterId, ParticipantId, Timestamp};
use jiff::SignedDuration;
use mail::mime::{Envelope, compose};
use outside::smtp::{Failure, NotTaken, Parcel};
use store::ClaimedLetter;

use super::{Done, Run};
use crate::{Ctx, Desk, Result};

/// How many letters are taken at once.
const BATCH: u32 = 50;

/// How long a letter is in one node's hands.
const LEASE: SignedDuration = SignedDuration::from_mins(2);

/// After so many tries a letter is given up.
const MOST_TRIES: u32 = 12;

/// Sends every letter that waits. A letter is in one node's hands at a time; one that was in
/// hand when a node died is taken up again when its lease runs out.
pub async fn send_letters(ctx: &Ctx) -> Result<Done> {
    let mut run = Run::new("letters could not be sent");
    loop {
        let claimed = ctx
            .write(move |desk| {
                let (vault, node) = (desk.ctx().site().vault.clone(), node(desk.ctx()));
                let now = desk.ctx().now();
                Ok(desk.tx().claim_letters(&vault, &node, now, LEASE, BATCH)?)
            })
            .await?;
        if claimed.is_empty() {
            return Ok(run.ended());
        }
        for letter in claimed {
            let id = letter.id;
            run.count(id, send(ctx, letter).await);
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
    desk: &mut Desk<'_>,
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

fn node(ctx: &Ctx) -> String {
    ctx.site().settings.node.clone()
}
