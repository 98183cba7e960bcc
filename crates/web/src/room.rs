//! The room of who reported: opened by the receipt, made from [`ReporterView`] alone. It holds
//! no name of a vendor that does not wish to be named, and nobody needs an account for it.

mod page;
mod shared;

use app::Ctx;
use askama::Template;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use domain::access::{ReporterView, View};
use domain::event::Audience;
use domain::{Actor, CaseId, ParticipantId};

use crate::Failure;
use crate::actor::{RECEIPT, Visitor};
use crate::advisory;
use crate::chrome::{Page, done, secret_cookie, set_cookie};
use crate::compare::{self, Asked};
use crate::failure::{again, page};
use crate::form::Fields;
use app::Site;
use page::RoomPage;
pub(crate) use shared::{
    Draft, EmbargoPanel, Over, Retry, Said, Strip, draft, proposal_reasons, shown_file, talk,
};
pub(crate) use shared::{answer_proposal as answer_one, propose as propose_one};

/// How long the room stays open without a click, in seconds.
const IDLE: i64 = 15 * 60;

/// Where the room is.
const ROOM: &str = "/r/report";

#[derive(Template)]
#[template(path = "room/door.html")]
struct DoorPage {
    page: Page,
    error: &'static str,
    typed: String,
}

/// Who holds the secret of a room. Anybody else is sent to its door.
pub(crate) struct Room {
    visitor: Visitor,
    ctx: Ctx,
    secret: String,
    case: CaseId,
    me: ParticipantId,
}

/// `GET /r`
pub(crate) async fn door(visitor: Visitor) -> Response {
    if visitor.receipt().is_some_and(|secret| !secret.is_empty()) {
        return Redirect::to(ROOM).into_response();
    }
    page(&DoorPage::new(&visitor, "", String::new()))
}

/// `POST /r`. A receipt that is not known gets one answer, whatever is wrong with it.
pub(crate) async fn enter(visitor: Visitor, fields: Fields) -> Result<Response, Failure> {
    let typed = fields.text("receipt");
    let error = match app::report::enter(&visitor.ctx(), &typed).await {
        Ok(secret) => return Ok(to_room(visitor.site(), &secret)),
        Err(app::Error::NotFound) => {
            "No report is known under this receipt. Please compare it with what you wrote down."
        }
        Err(app::Error::TooMany) => "Too many receipts are being tried. Please wait a few minutes.",
        Err(error) => return Err(Failure(error)),
    };
    Ok(again(&DoorPage::new(&visitor, error, typed)))
}

/// `GET /r/report`
pub(crate) async fn show(room: Room) -> Result<Response, Failure> {
    let mut response = page(&room.page(Retry::default()).await?);
    // Every look keeps the room open for a while longer.
    let cookie = secret_cookie(room.visitor.site(), RECEIPT, &room.secret, IDLE);
    set_cookie(response.headers_mut(), &cookie);
    Ok(response)
}

/// `POST /r/add`
pub(crate) async fn add(room: Room, fields: Fields) -> Result<Response, Failure> {
    let outcome = app::report::add(&room.ctx, room.case, fields.text("more")).await;
    room.answer(fields, "more", outcome, "We have what you added.").await
}

/// `POST /r/message`
pub(crate) async fn post(room: Room, fields: Fields) -> Result<Response, Failure> {
    let words = fields.text("message");
    let audience = Audience::Private(room.me);
    let outcome = app::message::post(&room.ctx, room.case, audience, words).await;
    room.answer(fields, "message", outcome, "We have your message.").await
}

/// `POST /r/embargo`
pub(crate) async fn answer_embargo(room: Room, fields: Fields) -> Result<Response, Failure> {
    let answer = fields.choice("answer")?;
    let outcome = app::embargo::answer(&room.ctx, room.case, room.me, answer).await;
    room.answer(fields, "embargo", outcome, "We have your answer.").await
}

/// `POST /r/propose`
pub(crate) async fn propose(room: Room, fields: Fields) -> Result<Response, Failure> {
    let outcome = propose_one(&room.ctx, room.case, &fields).await;
    room.answer(fields, "end", outcome, "Your proposal is on the table.").await
}

/// `POST /r/proposal`
pub(crate) async fn answer_proposal(room: Room, fields: Fields) -> Result<Response, Failure> {
    let outcome = answer_one(&room.ctx, room.case, &fields).await;
    room.answer(fields, "embargo", outcome, "We have your answer.").await
}

/// `POST /r/comment`
pub(crate) async fn comment(room: Room, fields: Fields) -> Result<Response, Failure> {
    let outcome = app::note::comment(&room.ctx, room.case, fields.text("remark")).await;
    room.answer(fields, "remark", outcome, "We have your remark.").await
}

/// `POST /r/advisory`
pub(crate) async fn advise(room: Room, fields: Fields) -> Result<Response, Failure> {
    let outcome = advisory::keep(&room.ctx, room.case, room.me, &fields).await;
    room.answer(fields, "advisory_is", outcome, "Thank you: we know of it now.").await
}

/// `POST /r/advisory/forget`
pub(crate) async fn forget_advisory(room: Room, fields: Fields) -> Result<Response, Failure> {
    let outcome = advisory::forget(&room.ctx, room.case, room.me, &fields).await;
    room.answer(fields, "advisory_is", outcome, "It is off the list.").await
}

/// `GET /r/draft`
pub(crate) async fn compare(room: Room, asked: Asked) -> Result<Response, Failure> {
    let around = (Page::of(&room.visitor, ROOM), ROOM.to_owned());
    compare::shown(&room.ctx, room.case, asked, around).await
}

/// `GET /r/draft/{format}`
pub(crate) async fn draft_file(
    room: Room,
    Path(format): Path<String>,
) -> Result<Response, Failure> {
    shown_file(&room.ctx, room.case, &format).await
}

/// `POST /r/leave`. From now on only the receipt opens the room.
pub(crate) async fn log_out(room: Room) -> Result<Response, Failure> {
    app::report::leave_room(&room.ctx, room.case).await?;
    let mut response = done("/r", "You have left. Only your receipt opens the page again.");
    let cookie = secret_cookie(room.visitor.site(), RECEIPT, "", 0);
    set_cookie(response.headers_mut(), &cookie);
    Ok(response)
}

fn to_room(site: &Site, secret: &str) -> Response {
    let mut response = Redirect::to(ROOM).into_response();
    set_cookie(response.headers_mut(), &secret_cookie(site, RECEIPT, secret, IDLE));
    response
}

impl Room {
    async fn page(&self, retry: Retry) -> Result<RoomPage, Failure> {
        let opened = app::case::open(&self.ctx, self.case).await?;
        let View::Reporter(view) = &opened.view else {
            return Err(Failure(app::Error::NotFound));
        };
        let view: &ReporterView = view;
        let page = retry.page_at(ROOM, Page::of(&self.visitor, "/r"));
        Ok(RoomPage::new(page, &opened, view, retry))
    }

    /// The answer to a step: the room again, with what was done or with what was wrong at its
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
            None => fields.answer(&self.visitor, outcome, ROOM, said),
        }
    }
}

impl DoorPage {
    fn new(visitor: &Visitor, error: &'static str, typed: String) -> Self {
        Self { page: Page::of(visitor, "/r"), error, typed }
    }
}

impl FromRequestParts<Site> for Room {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Response> {
        let failed = |failure: Failure| failure.into_response();
        let visitor = Visitor::from_request_parts(parts, site).await.map_err(failed)?;
        let secret = visitor.receipt().unwrap_or_default().to_owned();
        let found = app::session::bearer(site, &secret).await;
        let Some((case, me)) = found.map_err(|error| failed(Failure(error)))? else {
            let mut response = Redirect::to("/r").into_response();
            set_cookie(response.headers_mut(), &secret_cookie(site, RECEIPT, "", 0));
            return Err(response);
        };
        let ctx = visitor.ctx().acting_as(Actor::Bearer(case, me));
        Ok(Self { visitor, ctx, secret, case, me })
    }
}
