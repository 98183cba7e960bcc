//! The page behind the link of a letter: a vendor, or somebody else who was asked to take part,
//! answers without an account. Made from `PartyView` alone: what the content gate holds back
//! is not in it. Looking changes nothing, however often a mail scanner looks.

mod file;
mod page;

use app::answer::Taken;
use app::participant::FilledAnswers;
use app::{Ctx, Site};
use axum::extract::{FromRequestParts, Path, RawPathParams};
use axum::http::request::Parts;
use axum::response::Response;
use domain::access::View;
use domain::event::Audience;
use domain::{Actor, CaseId, ParticipantId};

use crate::Failure;
use crate::actor::Visitor;
use crate::advisory;
use crate::answer::taken_of;
use crate::case::{statement_of, status_of};
use crate::chrome::Page;
use crate::compare::{self, Asked};
use crate::failure::{again, page};
use crate::form::{Fields, Upload};
use crate::room::{Retry, answer_one, propose_one, shown_file};
use file::FilePage;
use page::ActPage;

/// Who holds the link of a letter. To anybody else the page does not exist.
pub(crate) struct Bearer {
    visitor: Visitor,
    ctx: Ctx,
    base: String,
    case: CaseId,
    me: ParticipantId,
}

/// `GET /a/{link}`
pub(crate) async fn show(bearer: Bearer) -> Result<Response, Failure> {
    Ok(page(&bearer.page(Retry::default()).await?))
}

/// `POST /a/{link}/embargo`
pub(crate) async fn answer_embargo(bearer: Bearer, fields: Fields) -> Result<Response, Failure> {
    let answer = fields.choice("answer")?;
    let outcome = app::embargo::answer(&bearer.ctx, bearer.case, bearer.me, answer).await;
    bearer.answer(fields, "embargo", outcome, "We have your answer.").await
}

/// `POST /a/{link}/acknowledge`
pub(crate) async fn acknowledge(bearer: Bearer, fields: Fields) -> Result<Response, Failure> {
    let outcome = app::participant::acknowledge(&bearer.ctx, bearer.case, bearer.me).await;
    bearer.answer(fields, "embargo", outcome, "Thank you. This is what was reported.").await
}

/// `POST /a/{link}/answers`
pub(crate) async fn answer(bearer: Bearer, fields: Fields) -> Result<Response, Failure> {
    let outcome = match answers(&fields) {
        Ok(filled) => app::participant::answer(&bearer.ctx, bearer.case, bearer.me, filled).await,
        Err(error) => Err(error),
    };
    bearer.answer(fields, "real", outcome, "We have your answers. You can change them here.").await
}

/// `POST /a/{link}/status`
pub(crate) async fn set_status(bearer: Bearer, fields: Fields) -> Result<Response, Failure> {
    let (ctx, case, me) = (&bearer.ctx, bearer.case, bearer.me);
    let outcome = match (fields.parse("vulnerability"), status_of(&fields)) {
        (Ok(flaw), Ok((product, said))) => {
            app::participant::set_status(ctx, case, me, (flaw, product), said).await
        }
        (Err(wrong), _) | (_, Err(wrong)) => Err(wrong),
    };
    bearer.answer(fields, "status", outcome, "We have the status.").await
}

/// `POST /a/{link}/statement`
pub(crate) async fn state(bearer: Bearer, fields: Fields) -> Result<Response, Failure> {
    let (statement, audience) = (statement_of(&fields), fields.choice("audience")?);
    let (ctx, case, me) = (&bearer.ctx, bearer.case, bearer.me);
    let outcome = app::participant::state(ctx, case, me, statement, audience).await;
    bearer.answer(fields, "statement", outcome, "We have your statement.").await
}

/// `POST /a/{link}/file`: what a document says, before any of it stands.
pub(crate) async fn give_file(bearer: Bearer, upload: Upload) -> Result<Response, Failure> {
    let (ctx, case, me) = (&bearer.ctx, bearer.case, bearer.me);
    let understood = match upload.document() {
        Ok(document) => app::answer::understand(ctx, case, me, document).await,
        Err(error) => Err(error),
    };
    match understood {
        Ok(understood) => {
            let opened = app::case::open(ctx, case).await?;
            Ok(page(&FilePage::new(&bearer, &opened, understood)?))
        }
        Err(error) => bearer.answer(upload.fields, "document", Err(error), "").await,
    }
}

/// `POST /a/{link}/file/keep`
pub(crate) async fn keep_file(bearer: Bearer, fields: Fields) -> Result<Response, Failure> {
    let (ctx, case, me) = (&bearer.ctx, bearer.case, bearer.me);
    let outcome = match (taken_of(&fields), fields.choice("audience")) {
        (Ok(taken), Ok(audience)) => {
            app::answer::take(ctx, case, me, Taken { audience, ..taken }).await
        }
        (Err(wrong), _) | (_, Err(wrong)) => Err(wrong),
    };
    bearer.answer(fields, "document", outcome, "We have what your document says.").await
}

/// `POST /a/{link}/propose`
pub(crate) async fn propose(bearer: Bearer, fields: Fields) -> Result<Response, Failure> {
    let outcome = propose_one(&bearer.ctx, bearer.case, &fields).await;
    bearer.answer(fields, "end", outcome, "Your proposal is on the table.").await
}

/// `POST /a/{link}/proposal`
pub(crate) async fn answer_proposal(bearer: Bearer, fields: Fields) -> Result<Response, Failure> {
    let outcome = answer_one(&bearer.ctx, bearer.case, &fields).await;
    bearer.answer(fields, "embargo", outcome, "We have your answer.").await
}

/// `POST /a/{link}/message`
pub(crate) async fn post(bearer: Bearer, fields: Fields) -> Result<Response, Failure> {
    let (words, audience) = (fields.text("message"), Audience::Private(bearer.me));
    let outcome = app::message::post(&bearer.ctx, bearer.case, audience, words).await;
    bearer.answer(fields, "message", outcome, "We have your message.").await
}

/// `POST /a/{link}/comment`
pub(crate) async fn comment(bearer: Bearer, fields: Fields) -> Result<Response, Failure> {
    let outcome = app::note::comment(&bearer.ctx, bearer.case, fields.text("remark")).await;
    bearer.answer(fields, "remark", outcome, "We have your remark.").await
}

/// `POST /a/{link}/advisory`
pub(crate) async fn advise(bearer: Bearer, fields: Fields) -> Result<Response, Failure> {
    let outcome = advisory::keep(&bearer.ctx, bearer.case, bearer.me, &fields).await;
    bearer.answer(fields, "advisory_is", outcome, "Thank you: we know of it now.").await
}

/// `POST /a/{link}/advisory/forget`
pub(crate) async fn forget_advisory(bearer: Bearer, fields: Fields) -> Result<Response, Failure> {
    let outcome = advisory::forget(&bearer.ctx, bearer.case, bearer.me, &fields).await;
    bearer.answer(fields, "advisory_is", outcome, "It is off the list.").await
}

/// `GET /a/{link}/draft`
pub(crate) async fn compare(bearer: Bearer, asked: Asked) -> Result<Response, Failure> {
    let around = (Page::of(&bearer.visitor, ""), bearer.base.clone());
    compare::shown(&bearer.ctx, bearer.case, asked, around).await
}

/// `GET /a/{link}/draft/{format}`
pub(crate) async fn draft_file(
    bearer: Bearer,
    Path((_, format)): Path<(String, String)>,
) -> Result<Response, Failure> {
    shown_file(&bearer.ctx, bearer.case, &format).await
}

/// `POST /a/{link}/suggest`
pub(crate) async fn suggest(bearer: Bearer, fields: Fields) -> Result<Response, Failure> {
    let outcome = app::participant::suggest(&bearer.ctx, bearer.case, fields.text("whom")).await;
    bearer.answer(fields, "whom", outcome, "Thank you. We look into it.").await
}

/// `POST /a/{link}/visibility`
pub(crate) async fn change_visibility(bearer: Bearer, fields: Fields) -> Result<Response, Failure> {
    let visibility = fields.choice("visibility")?;
    let (ctx, case, me) = (&bearer.ctx, bearer.case, bearer.me);
    let outcome = app::participant::change_visibility(ctx, case, me, visibility).await;
    bearer.answer(fields, "visibility", outcome, "It is as you wish from now on.").await
}

/// The four questions (S42); each may be left out.
fn answers(fields: &Fields) -> app::Result<FilledAnswers> {
    Ok(FilledAnswers {
        real: fields.optional_choice("real")?,
        real_because: fields.text("real_because"),
        addressed: fields.optional_choice("addressed")?,
        fix_ready: fields.optional_instant("fix_ready")?,
        needs: fields.text("needs"),
    })
}

impl Bearer {
    /// Who asks.
    pub(crate) fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    /// What is done on their behalf.
    pub(crate) fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    /// The address of their page.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    async fn page(&self, retry: Retry) -> Result<ActPage, Failure> {
        let opened = app::case::open(&self.ctx, self.case).await?;
        let View::Party(view) = &opened.view else {
            return Err(Failure(app::Error::NotFound));
        };
        let page = retry.page_at(&self.base, Page::of(&self.visitor, ""));
        let calendar = app::calendar::party_since(&self.ctx).await?;
        Ok(ActPage::new((page, self.base.clone()), &opened, view, calendar, retry))
    }

    /// The answer to a step: the page again, with what was done or with what was wrong at its
    /// place and all that was typed.
    async fn answer(
        &self,
        fields: Fields,
        place: &'static str,
        outcome: app::Result<()>,
        said: &str,
    ) -> Result<Response, Failure> {
        match Retry::of(&outcome, place, &fields) {
            Some(retry) => Ok(again(&self.page(retry).await?)),
            None => fields.answer(&self.visitor, outcome, &self.base, said),
        }
    }
}

impl FromRequestParts<Site> for Bearer {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Failure> {
        let missing = || Failure(app::Error::NotFound);
        let parameters = RawPathParams::from_request_parts(parts, site).await;
        let parameters = parameters.map_err(|_| missing())?;
        let link = parameters.iter().find(|(name, _)| *name == "link").map(|(_, link)| link);
        let link = link.ok_or_else(missing)?.to_owned();
        let found = app::session::bearer(site, &link).await?;
        let (case, me) = found.ok_or_else(missing)?;
        let visitor = Visitor::from_request_parts(parts, site).await?;
        let ctx = visitor.ctx().acting_as(Actor::Bearer(case, me));
        Ok(Self { visitor, ctx, base: format!("/a/{link}"), case, me })
    }
}
