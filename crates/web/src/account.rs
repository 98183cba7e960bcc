//! People of the team: logging in and out, joining, the own account, and who else is there.

mod factor;
mod member;
mod mine;
mod password;
mod prove;
mod team;

use app::account::NewAccount;
use app::session::{Proof, Standing};
use app::{Error, Invalid};
use askama::Template;
use axum::extract::Path;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use domain::StaffRole;

use crate::Failure;
use crate::actor::{BROWSER, SESSION, Visitor, cookie};
use crate::chrome::{Page, done, secret_cookie, set_cookie};
use crate::failure::{again, page};
use crate::form::Fields;

pub(crate) use factor::{draw_recovery_codes, second_factor_form, set_second_factor};
pub(crate) use member::{member, shut};
pub(crate) use mine::{end_other_sessions, end_session, me};
pub(crate) use password::{change_password, password_form};
pub(crate) use prove::{ask_for_proof, proof_form, prove};
pub(crate) use team::{invite, team, withdraw};

/// How long the browser keeps the session, in seconds; the server may end it sooner.
const SECONDS: i64 = 12 * 60 * 60;

/// How long a browser keeps the mark that its owner has logged in there, in seconds: 180 days.
const MARK_SECONDS: i64 = 180 * 24 * 60 * 60;

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
    is_for_one: bool,
    wrong: Option<Invalid>,
}

impl JoinPage {
    /// The form for a link; one that is used up or too old is no link. Where the invitation names
    /// an address, it is shown and cannot be changed.
    async fn of(visitor: &Visitor, link: String) -> Result<Self, Failure> {
        let invitation = app::account::invited(&visitor.ctx(), &link).await?;
        let as_what = match invitation.kind {
            store::InvitationKind::Setup => "the first lead, who sets this server up",
            store::InvitationKind::Staff { role: as_what } => role(as_what),
            store::InvitationKind::Member { .. } => "a member of your organisation",
        };
        Ok(Self {
            page: Page::of(visitor, ""),
            link,
            as_what,
            name: String::new(),
            is_for_one: invitation.address.is_some(),
            address: invitation.address.unwrap_or_default(),
            wrong: None,
        })
    }

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
pub(crate) async fn log_in(
    visitor: Visitor,
    parts: Parts,
    fields: Fields,
) -> Result<Response, Failure> {
    let (ctx, address, proof) = (visitor.ctx(), fields.text("address"), proof(&fields));
    let outcome = match cookie(&parts, BROWSER) {
        Some(mark) => app::session::log_in_again(&ctx, &mark, address.clone(), proof).await,
        None => app::session::log_in(&ctx, address.clone(), proof.password, proof.code).await,
    };
    match outcome {
        Ok(secret) => {
            let to = first_page(&visitor, &secret).await?;
            let mut response = enter(&visitor, &secret, Redirect::to(to).into_response());
            let mark = app::session::mark_of_browser(visitor.site(), &address);
            let mark = secret_cookie(visitor.site(), BROWSER, &mark, MARK_SECONDS);
            set_cookie(response.headers_mut(), &mark);
            Ok(response)
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
    Ok(page(&JoinPage::of(&visitor, link).await?))
}

/// `POST /join/{link}`
pub(crate) async fn join(
    visitor: Visitor,
    Path(link): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut form = JoinPage::of(&visitor, link).await?;
    form.name = fields.text("name");
    if !form.is_for_one {
        form.address = fields.text("address");
    }
    let (address, name) = (form.address.clone(), form.name.clone());
    let new = NewAccount { address, name, password: password(&fields) };
    match app::account::join(&visitor.ctx(), &form.link, new.clone()).await {
        Ok(_) => welcome(&visitor, new).await,
        Err(Error::Invalid(wrong)) => Ok(again(&JoinPage { wrong: Some(wrong), ..form })),
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

/// Where somebody begins who has just logged in: who runs the server sees no case.
async fn first_page(visitor: &Visitor, secret: &str) -> Result<&'static str, Failure> {
    let person = app::session::person(visitor.site(), secret).await?;
    if person.as_ref().is_some_and(|person| person.standing == Standing::MustEnrol) {
        return Ok("/me");
    }
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

/// What was typed to show who somebody is.
fn proof(fields: &Fields) -> Proof {
    Proof { password: password(fields), code: fields.text("code") }
}

/// A password counts as it was typed, with every space.
fn password(fields: &Fields) -> String {
    fields.all("password").next().unwrap_or_default().to_owned()
}

/// The bytes that a form carried in hex.
fn unhex<const N: usize>(hex: &str) -> Option<[u8; N]> {
    if hex.len() != 2 * N || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let byte = |n: usize| u8::from_str_radix(hex.get(2 * n..2 * n + 2)?, 16).ok();
    let bytes: Vec<u8> = (0..N).map(byte).collect::<Option<_>>()?;
    bytes.try_into().ok()
}
