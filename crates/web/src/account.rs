//! People of the team: logging in and out, joining, the own account, and who else is there.

mod mine;
mod team;

use app::account::NewAccount;
use app::{Error, Invalid};
use askama::Template;
use axum::extract::Path;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use domain::StaffRole;

use crate::Failure;
use crate::actor::{SESSION, Visitor, cookie};
use crate::chrome::{Page, done, secret_cookie, set_cookie};
use crate::failure::{again, page};
use crate::form::Fields;

pub(crate) use mine::{confirm_second_factor, me};
pub(crate) use team::{invite, team};

/// How long the browser keeps the session, in seconds; the server may end it sooner.
const SECONDS: i64 = 12 * 60 * 60;

/// What is said to every try that fails, whatever was wrong.
const WRONG: &str = "That did not work. Check the address, the password and the code.";

/// Logging in.
#[derive(Template)]
#[template(path = "account/login.html")]
struct LoginPage {
    page: Page,
    address: String,
    error: &'static str,
}

/// Joining the team.
#[derive(Template)]
#[template(path = "account/join.html")]
struct JoinPage {
    page: Page,
    link: String,
    as_what: &'static str,
    name: String,
    address: String,
    wrong: Option<Invalid>,
}

impl JoinPage {
    fn error(&self, field: &str) -> &str {
        let wrong = self.wrong.as_ref().filter(|wrong| wrong.field == field);
        wrong.map_or("", |wrong| wrong.message.as_str())
    }
}

/// What somebody of the team is called.
pub(crate) fn role(role: StaffRole) -> &'static str {
    match role {
        StaffRole::Analyst => "Analyst",
        StaffRole::Lead => "Lead",
        StaffRole::Auditor => "Auditor",
        StaffRole::Administrator => "Administrator",
    }
}

/// `GET /login`
pub(crate) async fn log_in_form(visitor: Visitor) -> Response {
    page(&LoginPage { page: Page::of(&visitor, ""), address: String::new(), error: "" })
}

/// `POST /login`
pub(crate) async fn log_in(visitor: Visitor, fields: Fields) -> Result<Response, Failure> {
    let address = fields.text("address");
    let (typed, code) = (password(&fields), fields.text("code"));
    match app::session::log_in(&visitor.ctx(), address.clone(), typed, code).await {
        Ok(secret) => {
            let to = first_page(&visitor, &secret).await?;
            Ok(enter(&visitor, &secret, Redirect::to(to).into_response()))
        }
        Err(Error::Unknown) => {
            let page = Page::of(&visitor, "");
            Ok(again(&LoginPage { page, address, error: WRONG }))
        }
        Err(error) => Err(Failure(error)),
    }
}

/// `POST /logout`
pub(crate) async fn log_out(visitor: Visitor, parts: Parts) -> Result<Response, Failure> {
    if let Some(secret) = cookie(&parts, SESSION) {
        app::session::log_out(visitor.site(), &secret).await?;
    }
    let mut response = done("/", "You are signed out.");
    set_cookie(response.headers_mut(), &secret_cookie(visitor.site(), SESSION, "", 0));
    Ok(response)
}

/// `GET /join/{link}`
pub(crate) async fn join_form(
    visitor: Visitor,
    Path(link): Path<String>,
) -> Result<Response, Failure> {
    let as_what = invited(&visitor, &link).await?;
    let (name, address) = (String::new(), String::new());
    let page_ = Page::of(&visitor, "");
    Ok(page(&JoinPage { page: page_, link, as_what, name, address, wrong: None }))
}

/// `POST /join/{link}`
pub(crate) async fn join(
    visitor: Visitor,
    Path(link): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let as_what = invited(&visitor, &link).await?;
    let (name, address) = (fields.text("name"), fields.text("address"));
    let new =
        NewAccount { address: address.clone(), name: name.clone(), password: password(&fields) };
    match app::account::join(&visitor.ctx(), &link, new.clone()).await {
        Ok(_) => welcome(&visitor, new).await,
        Err(Error::Invalid(wrong)) => {
            let page = Page::of(&visitor, "");
            Ok(again(&JoinPage { page, link, as_what, name, address, wrong: Some(wrong) }))
        }
        Err(error) => Err(Failure(error)),
    }
}

/// Who has just joined is there already.
async fn welcome(visitor: &Visitor, new: NewAccount) -> Result<Response, Failure> {
    let (ctx, none) = (visitor.ctx(), String::new());
    let secret = app::session::log_in(&ctx, new.address, new.password, none).await?;
    let response = done("/me", "Welcome. Set up a second factor now: it takes a minute.");
    Ok(enter(visitor, &secret, response))
}

/// As what a link invites; a link that is used up or too old is no link.
async fn invited(visitor: &Visitor, link: &str) -> Result<&'static str, Failure> {
    Ok(match app::account::is_invited(&visitor.ctx(), link).await? {
        store::InvitationKind::Setup => "the first lead, who sets this server up",
        store::InvitationKind::Staff { role: as_what } => role(as_what),
        store::InvitationKind::Member { .. } => "a member of your organisation",
    })
}

/// Where somebody begins who has just logged in: who runs the server sees no case.
async fn first_page(visitor: &Visitor, secret: &str) -> Result<&'static str, Failure> {
    let person = app::session::person(visitor.site(), secret).await?;
    Ok(match person.and_then(|person| person.staff) {
        Some(StaffRole::Analyst | StaffRole::Lead | StaffRole::Auditor) => "/inbox",
        Some(StaffRole::Administrator) => "/team",
        None => "/",
    })
}

fn enter(visitor: &Visitor, secret: &str, mut response: Response) -> Response {
    let cookie = secret_cookie(visitor.site(), SESSION, secret, SECONDS);
    set_cookie(response.headers_mut(), &cookie);
    response
}

/// A password counts as it was typed, with every space.
fn password(fields: &Fields) -> String {
    fields.all("password").next().unwrap_or_default().to_owned()
}
