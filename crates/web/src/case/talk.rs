//! What was written in a case, with who may read it. A new message reaches the fewest people
//! unless somebody chooses more.

use askama::Template;
use axum::response::Response;
use domain::event::Audience;

use super::{Choice, Head, Look, Moment, Step, Tab, Tried};
use crate::Failure;
use crate::chrome::Page;

/// What was written in a case.
#[derive(Template)]
#[template(path = "case/talk.html")]
pub(crate) struct TalkPage {
    page: Page,
    head: Head,
    tried: Tried,
    messages: Vec<MessageShown>,
    audiences: Vec<Choice>,
}

struct MessageShown {
    by: String,
    at: Moment,
    words: String,
    audience: String,
    reach: String,
}

impl TalkPage {
    /// What was written in a case.
    pub(crate) fn of(look: &Look<'_>, tried: Tried) -> Self {
        let shown = |message: &domain::case::Message| {
            let (audience, reach) = look.audience(&message.audience);
            MessageShown {
                by: look.author(message.by),
                at: look.moment(message.at),
                words: look.html(&message.text),
                audience,
                reach: reach.to_owned(),
            }
        };
        Self {
            page: Page::of(look.visitor, "/cases"),
            head: Head::of(look, Tab::Talk),
            messages: look.case().messages.iter().map(shown).collect(),
            audiences: audiences(look, &tried.value("audience")),
            tried,
        }
    }
}

/// Whom a message may reach, the fewest first.
fn audiences(look: &Look<'_>, chosen: &str) -> Vec<Choice> {
    let case = look.case();
    let choice = |value: String, label: String| Choice { chosen: value == chosen, value, label };
    let mut all = vec![choice("team".to_owned(), "Team only".to_owned())];
    let reachable = case.engaged().filter(|them| them.id != case.coordinator);
    let reachable = reachable.filter(|them| them.is_notified() || them.id == case.reporter);
    let mut those: Vec<_> = reachable
        .map(|them| choice(them.id.to_string(), format!("{} and us", look.name(them))))
        .collect();
    those.sort_by_cached_key(|one| one.label.to_lowercase());
    all.append(&mut those);
    all.push(choice("everyone".to_owned(), "Everyone in the case".to_owned()));
    all
}

/// `POST /cases/{case}/message`
pub(crate) async fn post(step: Step) -> Result<Response, Failure> {
    let audience = match step.fields.text("audience").as_str() {
        "" | "team" => Ok(Audience::Team),
        "everyone" => Ok(Audience::Everyone),
        _ => step.fields.parse("audience").map(Audience::Private),
    };
    let outcome = match audience {
        Ok(audience) => {
            app::message::post(&step.ctx(), step.id, audience, step.fields.text("text")).await
        }
        Err(wrong) => Err(wrong),
    };
    step.answer(outcome, Tab::Talk.into(), "The message is there.").await
}
