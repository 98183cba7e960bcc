//! Errors, as pages. The only place where an error becomes a status.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};

use crate::chrome::Page;

/// An error on its way to the browser.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) app::Error);

#[derive(Template)]
#[template(path = "failure.html")]
struct FailurePage<'a> {
    page: Page,
    heading: &'a str,
    message: &'a str,
    rule: Option<&'static str>,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match &self.0 {
            app::Error::NotFound => missing(),
            app::Error::Unknown => Redirect::to("/login").into_response(),
            app::Error::NoSecondFactor => Redirect::to("/me").into_response(),
            app::Error::ProveYourself => Redirect::to("/prove").into_response(),
            app::Error::Refused(refusal) => {
                let rule = match refusal {
                    domain::Refusal::NeedsReason(rule) => Some(rule.code()),
                    _ => None,
                };
                said(StatusCode::CONFLICT, "That was not done", &refusal.to_string(), rule)
            }
            app::Error::Invalid(invalid) => {
                said(StatusCode::UNPROCESSABLE_ENTITY, "Please look again", &invalid.message, None)
            }
            app::Error::Stale => {
                said(StatusCode::CONFLICT, "That was not done", &self.0.to_string(), None)
            }
            app::Error::TooMany => {
                said(StatusCode::TOO_MANY_REQUESTS, "Too many tries", &self.0.to_string(), None)
            }
            app::Error::Store(_) | app::Error::Broken { .. } => {
                // The log has the whole story; the page has none of it.
                tracing::error!(error = &self.0 as &dyn std::error::Error, "a request failed");
                broken()
            }
        }
    }
}

/// The answer for what does not exist, and for what does not exist for who asks.
pub(crate) async fn no_such_page() -> Response {
    missing()
}

pub(crate) fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    tracing::error!("a request panicked");
    broken()
}

/// A page, or a bare 500 if its template fails.
pub(crate) fn page(template: &impl Template) -> Response {
    shown(StatusCode::OK, template)
}

/// A page that asks to look again at what was filled in.
pub(crate) fn again(template: &impl Template) -> Response {
    shown(StatusCode::UNPROCESSABLE_ENTITY, template)
}

/// A page that asks for a proof before anything is done.
pub(crate) fn not_yet(template: &impl Template) -> Response {
    shown(StatusCode::FORBIDDEN, template)
}

fn missing() -> Response {
    said(
        StatusCode::NOT_FOUND,
        "There is no such page",
        "The address may be mistyped, the link may have run out, or the page may not be yours to see.",
        None,
    )
}

fn broken() -> Response {
    said(
        StatusCode::INTERNAL_SERVER_ERROR,
        "Something broke on our side",
        "Nothing of what you sent was half done. Please try again in a minute.",
        None,
    )
}

fn said(status: StatusCode, heading: &str, message: &str, rule: Option<&'static str>) -> Response {
    shown(status, &FailurePage { page: Page::plain(), heading, message, rule })
}

fn shown(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

impl<E: Into<app::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}
