//! Calendars with the ends of embargoes: the file that a calendar program fetches at a secret
//! address, and the steps to get, change and take back that address.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use formats::icalendar::MEDIA_TYPE;
use sha2::{Digest, Sha256};

use crate::Failure;
use crate::act::Bearer;
use crate::actor::{Own, Staff, Visitor};
use crate::chrome::{Page, done};
use crate::failure::page;

#[derive(Template)]
#[template(path = "calendar/address.html")]
struct AddressPage {
    page: Page,
    address: String,
    /// Where to go on.
    back: String,
    /// What stands in the calendar.
    holds: &'static str,
}

/// `GET /calendar/{ics}`: the secret, and `.ics`.
pub(crate) async fn file(
    State(site): State<app::Site>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let secret = file.strip_suffix(".ics").ok_or(app::Error::NotFound)?;
    let calendar = app::calendar::read(&site, secret).await?;
    let tag = format!("\"{}\"", domain::journal::hex(&Sha256::digest(&calendar)));
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let known = known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag));
    let answer = [
        (header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE)),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::ETAG, HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""))),
        (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex")),
    ];
    if known {
        return Ok((StatusCode::NOT_MODIFIED, answer).into_response());
    }
    Ok((answer, calendar).into_response())
}

/// `POST /me/calendar`
pub(crate) async fn make_own(Staff(_): Staff, Own(visitor, me): Own) -> Result<Response, Failure> {
    let address = app::calendar::make_own(&visitor.ctx(), &me).await?;
    Ok(shown(&visitor, address, "/me".to_owned(), "every case that you may see"))
}

/// `POST /me/calendar/end`
pub(crate) async fn revoke_own(Own(visitor, me): Own) -> Result<Response, Failure> {
    app::calendar::revoke_own(&visitor.ctx(), &me).await?;
    Ok(done("/me", "The address of your calendar opens nothing any more."))
}

/// `POST /a/{link}/calendar`
pub(crate) async fn make_for_party(bearer: Bearer) -> Result<Response, Failure> {
    let address = app::calendar::make_for_party(bearer.ctx()).await?;
    Ok(shown(bearer.visitor(), address, bearer.base().to_owned(), "this case"))
}

/// `POST /a/{link}/calendar/end`
pub(crate) async fn revoke_for_party(bearer: Bearer) -> Result<Response, Failure> {
    app::calendar::revoke_for_party(bearer.ctx()).await?;
    Ok(done(bearer.base(), "The address of the calendar opens nothing any more."))
}

fn shown(visitor: &Visitor, address: String, back: String, holds: &'static str) -> Response {
    page(&AddressPage { page: Page::of(visitor, ""), address, back, holds })
}
