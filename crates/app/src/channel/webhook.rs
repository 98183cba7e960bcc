//! Programs of subscribers. A subscriber is told by one message for each thing that becomes public;
//! one that fails for days, or says that it wants no more, is paused, and the team is told so.

use domain::{Published, WebhookId};
use jiff::SignedDuration;
use mail::subscription::{Why, paused};
use outside::webhook::{Address, Outcome};
use store::{Dispatch, Webhook, WebhookEvent, WebhookSecrets, WebhookState, WebhookTry};
use tokio::task::JoinSet;

use super::{Carried, Channel, Wanted, slug_of};
use crate::webhook::{About, Told, deliver, event_of, id_in, stop, target};
use crate::{Ctx, Desk, Result};

/// A subscriber that takes nothing for so long is paused.
const PATIENCE: SignedDuration = SignedDuration::from_hours(5 * 24);

/// What is sent of a note: a message to each program that wants to hear of it.
pub(super) fn wanted(desk: &mut Desk<'_>, published: &Published) -> Result<Vec<Wanted>> {
    let event = event_of(published);
    let mut all = desk.tx().webhooks()?;
    all.retain(|one| one.state == WebhookState::Active && one.events.contains(&event));
    let wanted = |one: &Webhook| Wanted {
        channel: Channel::Webhook,
        target: target(one),
        what: event.name().to_owned(),
    };
    Ok(all.iter().map(wanted).collect())
}

/// Carries one dispatch.
pub(super) async fn carry(ctx: &Ctx, dispatch: &Dispatch) -> Result<Carried> {
    let never = |why: &str| Ok(Carried::Never(why.to_owned()));
    let (Some(id), Some(event)) = (id_in(&dispatch.target), WebhookEvent::named(&dispatch.what))
    else {
        return never("This is no message for a webhook.");
    };
    let Some((webhook, secrets)) = subscription(ctx, id).await? else {
        return never("The webhook was deleted.");
    };
    if webhook.state == WebhookState::Paused {
        return never(
            "The webhook is paused. Once it is taken up again, it can be sent what it missed.",
        );
    }
    let Some(told) = told(ctx, dispatch).await? else { return never("The note is not public.") };
    let about = About { message: dispatch.id.into(), event, told: Some(told) };
    let (tried, outcome) = deliver(ctx, &webhook, &secrets, &about, Some(dispatch.id)).await?;
    settle(ctx, webhook, tried, outcome).await
}

/// What stands in the way: hosts that cannot be called now, and those that fail.
pub(super) async fn problems(ctx: &Ctx) -> Result<Vec<String>> {
    let vault = ctx.site().vault.clone();
    let active = ctx.read(move |desk| {
        let mut found = vec![];
        for one in desk.tx().webhooks()? {
            if one.state == WebhookState::Active {
                found.extend(desk.tx().webhook(&vault, one.id)?);
            }
        }
        Ok(found)
    });
    let mut asked = JoinSet::new();
    for (webhook, secrets) in active.await? {
        let courier = ctx.site().outlets.courier.0.clone();
        asked.spawn(async move {
            let Ok(address) = Address::parse(&secrets.address) else { return None };
            let why = courier.look_up(&address).await.err()?;
            Some(format!("The webhook to {} cannot be called: {why}.", webhook.host))
        });
    }
    let mut problems: Vec<String> = asked.join_all().await.into_iter().flatten().collect();
    problems.sort();
    Ok(problems)
}

async fn subscription(ctx: &Ctx, id: WebhookId) -> Result<Option<(Webhook, WebhookSecrets)>> {
    ctx.read(move |desk| {
        let vault = desk.ctx().site().vault.clone();
        Ok(desk.tx().webhook(&vault, id)?)
    })
    .await
}

/// The note that it is about, as everyone may read it by now, and its files.
async fn told(ctx: &Ctx, dispatch: &Dispatch) -> Result<Option<Told>> {
    let Some(slug) = slug_of(ctx, dispatch).await? else { return Ok(None) };
    let public = ctx.site().public();
    public
        .read(move |public| {
            let Some(note) = public.note(&slug)? else { return Ok(None) };
            Ok(Some(Told::of(&note, public.formats_of(&slug)?)))
        })
        .await
}

/// Keeps what came of a try, and pauses who wants nothing more or has failed for too long.
async fn settle(
    ctx: &Ctx,
    webhook: Webhook,
    tried: WebhookTry,
    outcome: Outcome,
) -> Result<Carried> {
    let words = format!("{} {}.", webhook.host, tried.words);
    let why = match outcome {
        Outcome::Taken => None,
        Outcome::Gone => Some(Why::Gone),
        Outcome::Later => failing(&webhook, &tried),
    };
    ctx.write(move |desk| {
        desk.tx().keep_webhook_try(&tried)?;
        let Some(why) = why else { return Ok(()) };
        stop(desk, &webhook)?;
        tell(desk, &webhook, why)
    })
    .await?;
    Ok(match (outcome, why) {
        (Outcome::Taken, _) => Carried::Done(words),
        (_, Some(_)) => Carried::Never(format!("{words} The webhook is paused now.")),
        (_, None) => Carried::Later(words),
    })
}

/// Whether every try has failed for too long by now.
fn failing(webhook: &Webhook, tried: &WebhookTry) -> Option<Why> {
    let since = webhook.failing_since?;
    (tried.tried_at.duration_since(since) >= PATIENCE).then_some(Why::Failing { since })
}

/// Writes to the team that a webhook is paused.
fn tell(desk: &mut Desk<'_>, webhook: &Webhook, why: Why) -> Result<()> {
    let settings = desk.ctx().site().settings.clone();
    let Some(team) = settings.team_address.clone() else { return Ok(()) };
    let link = format!("{}/team/webhooks/{}", settings.base_url, webhook.id);
    let rendered = paused(&webhook.host, why, &link, &settings.site_name);
    desk.write_apart(team, "webhook_paused", (rendered.subject, rendered.text))
}
