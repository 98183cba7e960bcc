//! The own account: what it is, what it needs, and where it is logged in.

use app::Error;
use app::session::{Person, Place, Seen, Standing};
use askama::Template;
use axum::response::Response;
use domain::StaffRole;

use super::factor::FactorForm;
use super::{role, unhex};
use crate::Failure;
use crate::actor::{Own, Visitor};
use crate::case::Moment;
use crate::chrome::{Page, done};
use crate::failure::page;
use crate::form::Fields;

/// The own account.
#[derive(Template)]
#[template(path = "account/me.html")]
struct MePage {
    page: Page,
    name: String,
    address: String,
    role: &'static str,
    must_enrol: bool,
    recovery_codes: u64,
    /// The form for a second factor, if there is none yet.
    form: Option<FactorForm>,
    sessions: Vec<SessionShown>,
    /// Whether there are cases that they may see.
    has_calendar: bool,
    /// Since when there is an address for the calendar.
    calendar: Option<Moment>,
}

struct SessionShown {
    hash: String,
    since: Moment,
    seen: Moment,
    is_here: bool,
}

/// `GET /me`
pub(crate) async fn me(Own(visitor, me): Own) -> Result<Response, Failure> {
    Ok(page(&MePage::of(&visitor, &me).await?))
}

/// `POST /me/sessions/end`
pub(crate) async fn end_session(
    Own(visitor, me): Own,
    fields: Fields,
) -> Result<Response, Failure> {
    let hash = unhex(&fields.text("session")).ok_or(Error::NotFound)?;
    app::session::end(&visitor.ctx(), &me, hash).await?;
    Ok(done("/me", "That session has ended."))
}

/// `POST /me/sessions/end-others`
pub(crate) async fn end_other_sessions(Own(visitor, me): Own) -> Result<Response, Failure> {
    app::session::end_others(&visitor.ctx(), &me).await?;
    Ok(done("/me", "All other sessions have ended."))
}

/// Whether somebody sees any case: who only runs the server does not.
fn sees_cases(me: &Person) -> bool {
    match me.staff {
        Some(StaffRole::Analyst | StaffRole::Lead | StaffRole::Auditor) => true,
        Some(StaffRole::Administrator) | None => false,
    }
}

impl MePage {
    async fn of(visitor: &Visitor, me: &Person) -> Result<Self, Failure> {
        let ctx = visitor.ctx();
        let own = app::account::own(&ctx, me).await?;
        let sessions = app::session::sessions(&ctx, me).await?;
        let calendar = app::calendar::own_since(&ctx, me).await?;
        let form =
            if own.account.has_totp { None } else { Some(FactorForm::fresh(visitor, me).await?) };
        let shown = |seen: Seen| SessionShown {
            hash: domain::journal::hex(&seen.hash),
            since: Moment::new(seen.created_at, ctx.now()),
            seen: Moment::new(seen.seen_at, ctx.now()),
            is_here: seen.place == Place::Here,
        };
        Ok(Self {
            page: Page::of(visitor, "/me"),
            has_calendar: sees_cases(me),
            calendar: calendar.map(|at| Moment::new(at, ctx.now())),
            name: own.account.name,
            address: own.account.address,
            role: own.account.staff.map_or("", role),
            must_enrol: me.standing == Standing::MustEnrol,
            recovery_codes: own.recovery_codes,
            form,
            sessions: sessions.into_iter().map(shown).collect(),
        })
    }
}
