//! A document of a vendor, given by the team on its behalf.

use app::answer::Understood;
use askama::Template;
use axum::response::Response;
use domain::ParticipantId;

use super::{Head, Look, Step, StepWithFile, Tab, Tried, Wanted};
use crate::Failure;
use crate::answer::{Offers, taken_of};
use crate::chrome::Page;
use crate::failure::page;

#[derive(Template)]
#[template(path = "case/file.html")]
struct FilePage {
    page: Page,
    head: Head,
    tried: Tried,
    id: String,
    name: String,
    offers: Offers,
}

/// `POST /cases/{case}/file`: what a document says, before any of it stands.
pub(crate) async fn give_file(given: StepWithFile) -> Result<Response, Failure> {
    let StepWithFile { step, document } = given;
    let read = match (step.fields.parse::<ParticipantId>("participant"), document) {
        (Ok(them), Ok(document)) => {
            let understood = app::answer::understand(&step.ctx(), step.id, them, document).await;
            understood.map(|understood| (them, understood))
        }
        (Err(wrong), _) | (_, Err(wrong)) => Err(wrong),
    };
    match read {
        Ok((them, understood)) => {
            let look = Look::open(&step.visitor, &step.at).await?;
            Ok(page(&FilePage::of(&look, them, understood)?))
        }
        Err(wrong) => step.answer::<()>(Err(wrong), back(&step), "").await,
    }
}

/// `POST /cases/{case}/file/keep`
pub(crate) async fn keep_file(step: Step) -> Result<Response, Failure> {
    let outcome = match (step.fields.parse("participant"), taken_of(&step.fields)) {
        (Ok(them), Ok(taken)) => app::answer::take(&step.ctx(), step.id, them, taken).await,
        (Err(wrong), _) | (_, Err(wrong)) => Err(wrong),
    };
    step.answer(outcome, back(&step), "What the document says stands.").await
}

/// Back to the vendor the step was about.
fn back(step: &Step) -> Wanted {
    Wanted::vendor(&step.fields.text("participant"))
}

impl FilePage {
    fn of(look: &Look<'_>, them: ParticipantId, understood: Understood) -> Result<Self, Failure> {
        let them = look.case().participant(them).ok_or(app::Error::NotFound)?;
        Ok(Self {
            page: Page::of(look.visitor, "/cases"),
            head: Head::of(look, Tab::Vendors),
            tried: Tried::default(),
            id: them.id.to_string(),
            name: look.name(them),
            offers: Offers::new(understood, them),
        })
    }
}
