//! One webhook: where it leads, what came of each message, and what a lead can do about it.

use app::webhook::{self, Opened, TRIES_SHOWN, Taken, TryCursor, WebhookState, WebhookTry};
use app::{Error, Invalid};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use domain::{Timestamp, WebhookId};
use serde::Deserialize;

use super::{Secret, label, state};
use crate::Failure;
use crate::account::ask_for_proof;
use crate::actor::{Staff, Visitor};
use crate::case::Moment;
use crate::chrome::{Page, done};
use crate::failure::{again, page};
use crate::form::Fields;

/// One webhook.
#[derive(Template)]
#[template(path = "webhook/one.html")]
struct OnePage {
    page: Page,
    id: WebhookId,
    host: String,
    address: String,
    events: Vec<&'static str>,
    kind: &'static str,
    word: &'static str,
    failing: Option<Moment>,
    paused: bool,
    made_by: String,
    made_at: Moment,
    old_until: Option<Moment>,
    tries: Vec<TryShown>,
    first: bool,
    older: Option<String>,
    since: String,
    wrong: Option<Invalid>,
    made: Option<Secret>,
}

struct TryShown {
    dispatch: Option<String>,
    what: &'static str,
    note: String,
    revision: Option<u32>,
    at: Moment,
    took: u32,
    kind: &'static str,
    words: String,
}

/// From which place in the list of tries on.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wanted {
    after: Option<String>,
}

/// `GET /team/webhooks/{webhook}`
pub(crate) async fn show(
    Staff(visitor): Staff,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let after = wanted.after.as_deref().and_then(place);
    Ok(page(&OnePage::of(&visitor, parsed(&id)?, after).await?))
}

/// `POST /team/webhooks/{webhook}/ping`
pub(crate) async fn ping(
    Staff(visitor): Staff,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let id = parsed(&id)?;
    let tried = webhook::ping(&visitor.ctx(), id).await?;
    if tried.outcome == Taken::Yes {
        return Ok(done(&address_of(id), "The message arrived."));
    }
    let message = format!("The message did not arrive: the program {}.", tried.words);
    OnePage::again(&visitor, id, Invalid { field: "ping", message }, String::new()).await
}

/// `POST /team/webhooks/{webhook}/pause`
pub(crate) async fn pause(
    Staff(visitor): Staff,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let id = parsed(&id)?;
    webhook::pause(&visitor.ctx(), id).await?;
    Ok(done(&address_of(id), "It is paused: nothing is sent to it."))
}

/// `POST /team/webhooks/{webhook}/resume`
pub(crate) async fn resume(
    Staff(visitor): Staff,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let id = parsed(&id)?;
    let outcome = webhook::resume(&visitor.ctx(), id).await;
    fields.answer(&visitor, outcome, &address_of(id), "It is told again from now on.")
}

/// `POST /team/webhooks/{webhook}/rotate`
pub(crate) async fn rotate(
    Staff(visitor): Staff,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let id = parsed(&id)?;
    match webhook::rotate(&visitor.ctx(), id).await {
        Ok(made) => {
            let shown = OnePage::of(&visitor, id, None).await?;
            let made = Secret { host: shown.host.clone(), words: made.secret.to_string() };
            Ok(page(&OnePage { made: Some(made), ..shown }))
        }
        Err(Error::ProveYourself) => Ok(ask_for_proof(&visitor, &fields)),
        Err(error) => Err(Failure(error)),
    }
}

/// `POST /team/webhooks/{webhook}/delete`
pub(crate) async fn delete(
    Staff(visitor): Staff,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let outcome = webhook::delete(&visitor.ctx(), parsed(&id)?).await;
    fields.answer(&visitor, outcome, "/team/webhooks", "The webhook is deleted.")
}

/// `POST /team/webhooks/{webhook}/again`: one message, or all since an instant.
pub(crate) async fn send_again(
    Staff(visitor): Staff,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let (id, ctx) = (parsed(&id)?, visitor.ctx());
    let outcome = match (fields.optional("dispatch"), fields.instant("since")) {
        (Some(_), _) => match fields.parse("dispatch") {
            Ok(one) => webhook::send_again(&ctx, id, one).await.map(|()| 1),
            Err(wrong) => Err(wrong),
        },
        (None, Ok(since)) => webhook::send_all_again(&ctx, id, since.at).await.map(|again| again.n),
        // Whoever may not see the page is not told what is wrong with the date.
        (None, Err(wrong)) => webhook::list(&ctx).await.and(Err(wrong)),
    };
    match outcome {
        Ok(n) => Ok(done(&address_of(id), &sent_again(n))),
        Err(Error::Invalid(wrong)) => {
            OnePage::again(&visitor, id, wrong, fields.text("since")).await
        }
        Err(error) => Err(Failure(error)),
    }
}

fn sent_again(n: u64) -> String {
    match n {
        0 => "There is nothing to send since then.".to_owned(),
        1 => "One message is sent again now.".to_owned(),
        n => format!("{n} messages are sent again now."),
    }
}

impl OnePage {
    async fn of(
        visitor: &Visitor,
        id: WebhookId,
        after: Option<TryCursor>,
    ) -> Result<Self, Failure> {
        let opened = webhook::open(&visitor.ctx(), id, after).await?;
        let Opened { webhook, address, made_by, mut tries } = opened;
        let now = visitor.now();
        let full = tries.len() > TRIES_SHOWN as usize;
        tries.truncate(TRIES_SHOWN as usize);
        let older = tries.last().filter(|_| full).map(place_of);
        let (kind, word) = state(&webhook);
        let old_until = webhook.old_until.filter(|until| now < *until);
        Ok(Self {
            page: Page::of(visitor, "/team"),
            id,
            host: webhook.host,
            address,
            events: webhook.events.into_iter().map(label).collect(),
            kind,
            word,
            failing: webhook.failing_since.map(|at| Moment::new(at, now)),
            paused: webhook.state == WebhookState::Paused,
            made_by,
            made_at: Moment::new(webhook.made_at, now),
            old_until: old_until.map(|until| Moment::new(until, now)),
            tries: tries.into_iter().map(|one| TryShown::of(one, now)).collect(),
            first: after.is_none(),
            older,
            since: String::new(),
            wrong: None,
            made: None,
        })
    }

    async fn again(
        visitor: &Visitor,
        id: WebhookId,
        wrong: Invalid,
        since: String,
    ) -> Result<Response, Failure> {
        let shown = Self::of(visitor, id, None).await?;
        Ok(again(&Self { wrong: Some(wrong), since, ..shown }))
    }

    fn error(&self, field: &str) -> &str {
        let wrong = self.wrong.as_ref().filter(|wrong| wrong.field == field);
        wrong.map_or("", |wrong| wrong.message.as_str())
    }
}

impl TryShown {
    fn of(one: WebhookTry, now: Timestamp) -> Self {
        Self {
            dispatch: one.dispatch.map(|id| id.to_string()),
            what: label(one.event),
            note: one.note.unwrap_or_default(),
            revision: one.revision,
            at: Moment::new(one.tried_at, now),
            took: one.took_ms,
            kind: if one.outcome == Taken::Yes { "done" } else { "fail" },
            words: one.words,
        }
    }
}

fn address_of(id: WebhookId) -> String {
    format!("/team/webhooks/{id}")
}

fn parsed(id: &str) -> Result<WebhookId, Failure> {
    Ok(id.parse().map_err(|_| Error::NotFound)?)
}

fn place_of(last: &WebhookTry) -> String {
    format!("{}.{}", last.tried_at.as_microsecond(), last.id)
}

fn place(text: &str) -> Option<TryCursor> {
    let (instant, id) = text.split_once('.')?;
    let tried_at = Timestamp::from_microsecond(instant.parse().ok()?).ok()?;
    Some(TryCursor { tried_at, id: id.parse().ok()? })
}
