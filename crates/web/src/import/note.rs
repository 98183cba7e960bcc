//! A public note that came from a file and has no case, for those who decide about notes: it is taken
//! back here, and let back in.

use app::import::withdrawal::{Told, decide as decided, look};
use app::{Error, Invalid};
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use domain::note::Remains;
use domain::note::imported_withdrawal::{Choice, Decided};
use domain::{AccountId, CaseNumber};
use serde::Deserialize;

use crate::Failure;
use crate::account::ask_for_proof;
use crate::actor::{Staff, Visitor};
use crate::case::Moment;
use crate::chrome::{Page, done};
use crate::failure::{again, page};
use crate::form::{Fields, name_of};

#[derive(Template)]
#[template(path = "import/note.html")]
struct NotePage {
    page: Page,
    number: String,
    slug: String,
    title: String,
    published: Moment,
    withdrawn: Option<Moment>,
    waiting: Option<Waiting>,
    approvers: u8,
    may_return: bool,
    decided: Vec<Line>,
    remains: Vec<Stays>,
    reason: String,
    wrong: Option<Invalid>,
}

/// A decision that waits for others.
struct Waiting {
    remains: &'static str,
    reason: String,
    approvals: Vec<String>,
}

/// A decision, in the list of all.
struct Line {
    at: Moment,
    who: String,
    what: &'static str,
}

/// A choice of what stays.
struct Stays {
    value: String,
    label: &'static str,
    chosen: bool,
}

/// Which note is asked for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    number: String,
}

/// `GET /import/note`
pub(crate) async fn show(
    Staff(visitor): Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let told = look(&visitor.ctx(), number(&asked.number)?).await?;
    Ok(page(&NotePage::of(&visitor, told, None)))
}

/// `POST /import/note`
pub(crate) async fn decide(Staff(visitor): Staff, fields: Fields) -> Result<Response, Failure> {
    let number = number(&fields.text("number"))?;
    let outcome = match choice(&fields) {
        Ok(choice) => decided(&visitor.ctx(), number.clone(), choice).await,
        Err(wrong) => Err(wrong),
    };
    match outcome {
        Ok(()) => {
            let to = format!("/import/note?number={}", number.slug());
            Ok(done(&to, "Your decision is kept."))
        }
        Err(Error::Invalid(wrong)) => {
            let told = look(&visitor.ctx(), number).await?;
            Ok(again(&NotePage::of(&visitor, told, Some((&fields, wrong)))))
        }
        Err(Error::ProveYourself) => Ok(ask_for_proof(&visitor, &fields)),
        Err(error) => Err(Failure(error)),
    }
}

/// What is no number is no note either.
fn number(typed: &str) -> Result<CaseNumber, Error> {
    typed.parse().map_err(|_| Error::NotFound)
}

fn choice(fields: &Fields) -> Result<Choice, Error> {
    Ok(match fields.text("decision").as_str() {
        "withdraw" => {
            let remains = fields.choice("remains")?;
            Choice::Withdraw { remains, reason: fields.text("reason").trim().to_owned() }
        }
        "agree" => Choice::Agree,
        "leave" => Choice::Leave,
        "return" => Choice::Return,
        _ => return Err(Error::invalid("remains", "Say what is to be done.")),
    })
}

impl NotePage {
    fn of(visitor: &Visitor, told: Told, tried: Option<(&Fields, Invalid)>) -> Self {
        let now = visitor.now();
        let name = |who: &AccountId| told.names.get(who).cloned().unwrap_or_default();
        let waiting = told.waiting.as_ref().map(|one| Waiting {
            remains: one.remains.label(),
            reason: one.reason.clone(),
            approvals: one.approvals.keys().map(name).collect(),
        });
        let line = |one: &Decided| Line {
            at: Moment::new(one.at, now),
            who: name(&one.by),
            what: words(&one.choice),
        };
        let chosen = tried.as_ref().map(|(fields, _)| fields.text("remains"));
        let stays = |remains: &Remains| {
            let value = name_of(remains);
            let chosen = chosen.as_ref() == Some(&value);
            Stays { value, label: remains.label(), chosen }
        };
        Self {
            page: Page::of(visitor, "/team"),
            number: told.note.number().to_string(),
            slug: told.note.number().slug(),
            title: told.note.title().to_owned(),
            published: Moment::new(told.note.published_at(), now),
            withdrawn: told.note.withdrawn().map(|told| Moment::new(told.at, now)),
            waiting,
            approvers: told.approvers,
            may_return: told.may_return,
            decided: told.decided.iter().map(line).collect(),
            remains: Remains::ALL.iter().map(stays).collect(),
            reason: tried.as_ref().map(|(fields, _)| fields.text("reason")).unwrap_or_default(),
            wrong: tried.map(|(_, wrong)| wrong),
        }
    }

    fn error(&self, field: &str) -> &str {
        let wrong = self.wrong.as_ref().filter(|wrong| wrong.field == field);
        wrong.map_or("", |wrong| wrong.message.as_str())
    }
}

fn words(choice: &Choice) -> &'static str {
    match choice {
        Choice::Withdraw { .. } => "Withdraw it",
        Choice::Agree => "Withdraw it, as was asked",
        Choice::Leave => "Leave it public",
        Choice::Return => "Let its file bring it back",
    }
}
