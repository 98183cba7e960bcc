//! Programs of subscribers that are told what becomes public. Leads look after them: where one is,
//! what it hears of, the secret with which messages to it are signed, and what came of each try.
//!
//! What is sent is public already, and nothing is sent before it is. What a subscription is told
//! when a note becomes public is in [`crate::channel`].

mod message;

use std::collections::BTreeSet;

use domain::{Actor, DispatchId, Published, Timestamp, WebhookId};
use jiff::SignedDuration;
use outside::webhook::{Address, Answer, Message, Outcome, Secret};
use store::{NewDispatch, NewWebhook, WebhookSecrets};
pub use store::{Taken, TryCursor, Webhook, WebhookEvent, WebhookState, WebhookTry};
use zeroize::Zeroizing;

use crate::{Ctx, Desk, Error, Result, secret};
pub(crate) use message::{About, Told};

/// How many subscriptions there may be: all of them are told at the same instant.
const MOST: usize = 100;

/// How long messages are signed with the old secret as well after a change.
const OVERLAP: SignedDuration = SignedDuration::from_hours(24);

/// How many tries a page shows.
pub const TRIES_SHOWN: u32 = 50;

/// How many notes are sent again at most by one step.
const MOST_AGAIN: u32 = 1000;

/// A subscription or a secret that was just made.
pub struct Made {
    /// The subscription.
    pub id: WebhookId,
    /// Its secret, shown this once.
    pub secret: Zeroizing<String>,
}

/// A subscription as a lead looks at it.
pub struct Opened {
    /// The subscription.
    pub webhook: Webhook,
    /// Where messages go.
    pub address: String,
    /// Who made it.
    pub made_by: String,
    /// What came of tries, the newest first; one more than a page where there are more.
    pub tries: Vec<WebhookTry>,
}

/// How much is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Again {
    /// Messages.
    pub n: u64,
}

/// A lead subscribes a program to what becomes public.
pub async fn create(ctx: &Ctx, typed: String, events: BTreeSet<WebhookEvent>) -> Result<Made> {
    ctx.read(may_change).await?;
    let address = callable(ctx, &typed).await?;
    if events.is_empty() || events.contains(&WebhookEvent::Ping) {
        return Err(Error::invalid("events", "Choose what the program is to hear of."));
    }
    let secret = Secret::of(&secret::random::<32>(ctx.site()));
    let (id, written) = (ctx.fresh(), secret.written());
    ctx.write(move |desk| {
        let made_by = may_change(desk)?;
        if desk.tx().webhooks()?.len() >= MOST {
            return Err(Error::invalid("address", "There are 100 webhooks. Delete one first."));
        }
        let new = NewWebhook {
            id,
            host: address.host().to_owned(),
            address: address.as_str().to_owned(),
            secret: Zeroizing::new(secret.bytes().to_vec()),
            events,
            made_by,
            made_at: desk.ctx().now(),
        };
        let vault = desk.ctx().site().vault.clone();
        Ok(desk.tx().add_webhook(&vault, &new)?)
    })
    .await?;
    Ok(Made { id, secret: written })
}

/// All subscriptions, for a lead.
pub async fn list(ctx: &Ctx) -> Result<Vec<Webhook>> {
    ctx.read(|desk| {
        desk.lead_only()?;
        Ok(desk.tx().webhooks()?)
    })
    .await
}

/// A subscription and what came of tries to reach it, from a place in that list on.
pub async fn open(ctx: &Ctx, id: WebhookId, after: Option<TryCursor>) -> Result<Opened> {
    ctx.read(move |desk| {
        let (webhook, secrets) = of_lead(desk, id)?;
        let tries = desk.tx().webhook_tries(id, after, TRIES_SHOWN + 1)?;
        let made_by = desk.tx().account(webhook.made_by)?.map(|account| account.name);
        let (address, made_by) = (secrets.address, made_by.unwrap_or_default());
        Ok(Opened { webhook, address, made_by, tries })
    })
    .await
}

/// A lead tries whether messages arrive: one goes out now that tells of nothing.
pub async fn ping(ctx: &Ctx, id: WebhookId) -> Result<WebhookTry> {
    let (webhook, secrets) = ctx.read(move |desk| of_lead(desk, id)).await?;
    let about = About { message: ctx.fresh(), event: WebhookEvent::Ping, told: None };
    let (tried, _) = deliver(ctx, &webhook, &secrets, &about, None).await?;
    let kept = tried.clone();
    ctx.write(move |desk| {
        desk.lead_only()?;
        Ok(desk.tx().keep_webhook_try(&kept)?)
    })
    .await?;
    Ok(tried)
}

/// A lead wants nothing sent to a subscriber for now, and nothing that waits for it. It is the
/// brake: no fresh proof is asked for.
pub async fn pause(ctx: &Ctx, id: WebhookId) -> Result<()> {
    ctx.write(move |desk| {
        let (webhook, _) = of_lead(desk, id)?;
        stop(desk, &webhook)
    })
    .await
}

/// A lead wants a subscriber told again.
pub async fn resume(ctx: &Ctx, id: WebhookId) -> Result<()> {
    ctx.write(move |desk| {
        of_lead(desk, id)?;
        may_change(desk)?;
        let now = desk.ctx().now();
        Ok(desk.tx().set_webhook_state(id, WebhookState::Active, now)?)
    })
    .await
}

/// A lead ends a subscription. What waits for it is not sent.
pub async fn delete(ctx: &Ctx, id: WebhookId) -> Result<()> {
    ctx.write(move |desk| {
        let (webhook, _) = of_lead(desk, id)?;
        may_change(desk)?;
        stop(desk, &webhook)?;
        Ok(desk.tx().delete_webhook(id)?)
    })
    .await
}

/// A lead gives a subscription another secret. For a day messages are signed with both.
pub async fn rotate(ctx: &Ctx, id: WebhookId) -> Result<Made> {
    let secret = Secret::of(&secret::random::<32>(ctx.site()));
    let written = secret.written();
    ctx.write(move |desk| {
        of_lead(desk, id)?;
        may_change(desk)?;
        let until = desk.ctx().now().checked_add(OVERLAP).unwrap_or(Timestamp::MAX);
        let vault = desk.ctx().site().vault.clone();
        Ok(desk.tx().rotate_webhook(&vault, id, secret.bytes(), until)?)
    })
    .await?;
    Ok(Made { id, secret: written })
}

/// A lead wants one message sent again. It keeps its id, so that who has it already can tell.
pub async fn send_again(ctx: &Ctx, id: WebhookId, dispatch: DispatchId) -> Result<()> {
    ctx.write(move |desk| {
        let (webhook, _) = active(desk, id)?;
        let now = desk.ctx().now();
        Ok(desk.tx().send_again(&target(&webhook), dispatch, now)?)
    })
    .await
}

/// A lead wants everything since an instant sent again, and sent what was never sent because the
/// subscription was paused then or not there yet.
pub async fn send_all_again(ctx: &Ctx, id: WebhookId, since: Timestamp) -> Result<Again> {
    ctx.write(move |desk| {
        let (webhook, _) = active(desk, id)?;
        let (now, target) = (desk.ctx().now(), target(&webhook));
        for (case, note) in desk.tx().notes_told_since(since, MOST_AGAIN)? {
            let event = event_of(&note);
            if !webhook.events.contains(&event) {
                continue;
            }
            let new = NewDispatch {
                id: desk.ctx().fresh(),
                case: Some(case),
                slug: None,
                revision: Some(note.revision()),
                channel: store::Channel::Webhook,
                target: target.clone(),
                what: event.name().to_owned(),
                not_before: now,
            };
            desk.tx().write_dispatch(&new, now)?;
        }
        let n = desk.tx().send_all_again(&target, since, now)?;
        Ok(Again { n })
    })
    .await
}

/// A subscription under the name by which dispatches know it: the host for people, the id for us.
pub(crate) fn target(webhook: &Webhook) -> String {
    format!("{} {}", webhook.host, webhook.id)
}

/// The subscription that a dispatch is for.
pub(crate) fn id_in(target: &str) -> Option<WebhookId> {
    target.rsplit(' ').next()?.parse().ok()
}

/// What the newest revision of a note is told as.
pub(crate) fn event_of(note: &Published) -> WebhookEvent {
    match (note.withdrawn(), note.revision()) {
        (Some(_), _) => WebhookEvent::NoteWithdrawn,
        (None, 1) => WebhookEvent::NotePublished,
        (None, _) => WebhookEvent::NoteRevised,
    }
}

/// Pauses a subscription. What waits for it goes: it can be sent again afterwards.
pub(crate) fn stop(desk: &mut Desk<'_>, webhook: &Webhook) -> Result<()> {
    let now = desk.ctx().now();
    desk.tx().drop_messages(&target(webhook), now)?;
    Ok(desk.tx().set_webhook_state(webhook.id, WebhookState::Paused, now)?)
}

/// Sends a message, and says what is to be kept of it.
pub(crate) async fn deliver(
    ctx: &Ctx,
    webhook: &Webhook,
    secrets: &WebhookSecrets,
    about: &About,
    dispatch: Option<DispatchId>,
) -> Result<(WebhookTry, Outcome)> {
    let site = ctx.site();
    // Not the context's time: that is when the run began, and subscribers compare it with theirs.
    let now = site.clock.now();
    let address = Address::parse(&secrets.address);
    let message = Message {
        to: address.map_err(|error| Error::broken("the address of a webhook", error))?,
        id: about.id(),
        at: now.as_second(),
        body: about.body(&site.settings.base_url, now)?,
        secrets: signing(webhook, secrets, now),
    };
    let answer = site.outlets.courier.0.deliver(&message).await;
    Ok((kept(ctx, webhook.id, about, dispatch, &answer), answer.outcome))
}

fn kept(
    ctx: &Ctx,
    webhook: WebhookId,
    about: &About,
    dispatch: Option<DispatchId>,
    answer: &Answer,
) -> WebhookTry {
    WebhookTry {
        id: ctx.fresh(),
        webhook,
        dispatch,
        event: about.event,
        note: about.told.as_ref().map(|told| told.note.to_string()),
        revision: about.told.as_ref().map(|told| told.revision),
        tried_at: ctx.site().clock.now(),
        took_ms: u32::try_from(answer.took.as_millis()).unwrap_or(u32::MAX),
        status: answer.status.map(u32::from),
        outcome: if answer.outcome == Outcome::Taken { Taken::Yes } else { Taken::No },
        words: answer.words.clone(),
    }
}

/// The new secret, and the old one while it is good.
fn signing(webhook: &Webhook, secrets: &WebhookSecrets, now: Timestamp) -> Vec<Secret> {
    let is_good = webhook.old_until.is_some_and(|until| now < until);
    let old = secrets.old.as_ref().filter(|_| is_good);
    [Some(&secrets.secret), old].into_iter().flatten().map(|secret| Secret::of(secret)).collect()
}

/// An address that may be called, as far as can be seen now.
async fn callable(ctx: &Ctx, typed: &str) -> Result<Address> {
    let address =
        Address::parse(typed).map_err(|error| Error::invalid("address", error.to_string()))?;
    let looked_up = ctx.site().outlets.courier.0.look_up(&address).await;
    let not_called =
        |why| Error::invalid("address", format!("{} cannot be used: {why}.", address.host()));
    looked_up.map_err(not_called)?;
    Ok(address)
}

fn of_lead(desk: &mut Desk<'_>, id: WebhookId) -> Result<(Webhook, WebhookSecrets)> {
    desk.lead_only()?;
    let vault = desk.ctx().site().vault.clone();
    desk.tx().webhook(&vault, id)?.ok_or(Error::NotFound)
}

fn active(desk: &mut Desk<'_>, id: WebhookId) -> Result<(Webhook, WebhookSecrets)> {
    let found = of_lead(desk, id)?;
    match found.0.state {
        WebhookState::Active => Ok(found),
        WebhookState::Paused => {
            Err(Error::invalid("since", "It is paused. Take it up again first."))
        }
    }
}

/// Asserts that a lead asks who has just shown who they are (section 2.3 of the threats).
fn may_change(desk: &mut Desk<'_>) -> Result<domain::AccountId> {
    desk.lead_only()?;
    desk.proved_lately()?;
    match desk.ctx().actor() {
        Actor::Staff(me, _) => Ok(me),
        _ => Err(Error::NotFound),
    }
}
