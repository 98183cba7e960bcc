//! Programs of subscribers, for leads: which there are, and making one.

mod one;

use app::Error;
use app::webhook::{Made, Webhook, WebhookEvent, WebhookState};
use askama::Template;
use axum::response::Response;

use crate::Failure;
use crate::account::ask_for_proof;
use crate::actor::{Staff, Visitor};
use crate::case::Moment;
use crate::chrome::Page;
use crate::failure::{again, page};
use crate::form::Fields;

pub(crate) use one::{delete, pause, ping, resume, rotate, send_again, show};

/// All webhooks, and the form for another.
#[derive(Template)]
#[template(path = "webhook/list.html")]
struct ListPage {
    page: Page,
    hooks: Vec<HookShown>,
    events: Vec<EventChoice>,
    address: String,
    wrong: Option<app::Invalid>,
    made: Option<Secret>,
}

struct HookShown {
    id: String,
    host: String,
    events: Vec<&'static str>,
    kind: &'static str,
    word: &'static str,
    since: Option<Moment>,
    made_at: Moment,
}

struct EventChoice {
    value: &'static str,
    label: &'static str,
    chosen: bool,
}

/// A secret that is shown this once.
struct Secret {
    host: String,
    words: String,
}

/// `GET /team/webhooks`
pub(crate) async fn list(Staff(visitor): Staff) -> Result<Response, Failure> {
    Ok(page(&ListPage::of(&visitor, None).await?))
}

/// `POST /team/webhooks`
pub(crate) async fn create(Staff(visitor): Staff, fields: Fields) -> Result<Response, Failure> {
    let typed = fields.text("address");
    let events = fields.all("events").filter_map(WebhookEvent::named).collect();
    match app::webhook::create(&visitor.ctx(), typed, events).await {
        Ok(made) => {
            let shown = ListPage::of(&visitor, None).await?;
            let made = Some(Secret::of(&made, &shown.hooks));
            Ok(page(&ListPage { made, ..shown }))
        }
        Err(Error::ProveYourself) => Ok(ask_for_proof(&visitor, &fields)),
        Err(Error::Invalid(wrong)) => {
            let shown = ListPage::of(&visitor, Some(&fields)).await?;
            Ok(again(&ListPage { wrong: Some(wrong), ..shown }))
        }
        Err(error) => Err(Failure(error)),
    }
}

impl ListPage {
    async fn of(visitor: &Visitor, fields: Option<&Fields>) -> Result<Self, Failure> {
        let hooks = app::webhook::list(&visitor.ctx()).await?;
        let chosen = |event: WebhookEvent| {
            fields.is_none_or(|fields| fields.all("events").any(|name| name == event.name()))
        };
        let choice = |event: WebhookEvent| EventChoice {
            value: event.name(),
            label: label(event),
            chosen: chosen(event),
        };
        Ok(Self {
            page: Page::of(visitor, "/team"),
            hooks: hooks.into_iter().map(|one| HookShown::of(one, visitor)).collect(),
            events: WebhookEvent::ALL.into_iter().map(choice).collect(),
            address: fields.map(|fields| fields.text("address")).unwrap_or_default(),
            wrong: None,
            made: None,
        })
    }

    fn error(&self, field: &str) -> &str {
        let wrong = self.wrong.as_ref().filter(|wrong| wrong.field == field);
        wrong.map_or("", |wrong| wrong.message.as_str())
    }
}

impl HookShown {
    fn of(one: Webhook, visitor: &Visitor) -> Self {
        let (kind, word) = state(&one);
        Self {
            id: one.id.to_string(),
            host: one.host,
            events: one.events.into_iter().map(label).collect(),
            kind,
            word,
            since: one.failing_since.map(|at| Moment::new(at, visitor.now())),
            made_at: Moment::new(one.made_at, visitor.now()),
        }
    }
}

impl Secret {
    fn of(made: &Made, hooks: &[HookShown]) -> Self {
        let id = made.id.to_string();
        let host = hooks.iter().find(|one| one.id == id).map(|one| one.host.clone());
        Self { host: host.unwrap_or_default(), words: made.secret.to_string() }
    }
}

/// The sign of a state, and its word.
fn state(one: &Webhook) -> (&'static str, &'static str) {
    match (one.state, one.failing_since) {
        (WebhookState::Paused, _) => ("untold", "Paused"),
        (WebhookState::Active, Some(_)) => ("fail", "Failing"),
        (WebhookState::Active, None) => ("done", "Active"),
    }
}

fn label(event: WebhookEvent) -> &'static str {
    match event {
        WebhookEvent::NotePublished => "A note is published",
        WebhookEvent::NoteRevised => "A note is corrected",
        WebhookEvent::NoteWithdrawn => "A note is withdrawn",
        WebhookEvent::Ping => "A try",
    }
}
