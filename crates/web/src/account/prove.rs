//! Showing again who one is, where an old proof is not enough. Nothing is done by it: the page
//! that follows keeps what was typed, and the person sends it once more.

use app::{Error, Result};
use askama::Template;
use axum::response::Response;

use super::{enter, proof};
use crate::Failure;
use crate::actor::{Own, Visitor};
use crate::chrome::{Page, done, local};
use crate::failure::{again, not_yet, page};
use crate::form::Fields;

/// What goes before the name of a field that waits for the proof.
const KEPT: &str = "kept.";

/// Asks for password and code.
#[derive(Template)]
#[template(path = "account/prove.html")]
struct ProvePage {
    page: Page,
    error: String,
    waiting: Waiting,
}

/// What was to be done can be done now.
#[derive(Template)]
#[template(path = "account/proved.html")]
struct ProvedPage {
    page: Page,
    waiting: Waiting,
}

/// A step that waits: where it goes, and the fields it carries. None if there is no address.
struct Waiting {
    to: String,
    fields: Vec<(String, String)>,
}

/// Asks who wants this step to show who they are, and keeps what they typed.
pub(crate) fn ask_for_proof(visitor: &Visitor, fields: &Fields) -> Response {
    let kept = fields.pairs().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let waiting = Waiting { to: visitor.here().to_owned(), fields: kept.collect() };
    not_yet(&ProvePage::of(visitor, waiting, ""))
}

/// `GET /prove`
pub(crate) async fn proof_form(Own(visitor, _): Own) -> Response {
    page(&ProvePage::of(&visitor, Waiting { to: String::new(), fields: vec![] }, ""))
}

/// `POST /prove`
pub(crate) async fn prove(
    Own(visitor, me): Own,
    fields: Fields,
) -> std::result::Result<Response, Failure> {
    let waiting = Waiting::of(&fields);
    let outcome = app::session::prove(&visitor.ctx(), &me, proof(&fields)).await;
    proved(&visitor, outcome, waiting)
}

fn proved(
    visitor: &Visitor,
    outcome: Result<String>,
    waiting: Waiting,
) -> std::result::Result<Response, Failure> {
    match outcome {
        Ok(secret) if waiting.to.is_empty() => {
            Ok(enter(visitor, &secret, done("/me", "You have shown that it is you.")))
        }
        Ok(secret) => {
            let page_ = Page::of(visitor, "");
            Ok(enter(visitor, &secret, page(&ProvedPage { page: page_, waiting })))
        }
        Err(Error::Invalid(wrong)) => Ok(again(&ProvePage::of(visitor, waiting, &wrong.message))),
        Err(error) => Err(Failure(error)),
    }
}

impl ProvePage {
    fn of(visitor: &Visitor, waiting: Waiting, error: &str) -> Self {
        Self { page: Page::of(visitor, ""), error: error.to_owned(), waiting }
    }
}

impl Waiting {
    fn of(fields: &Fields) -> Self {
        let to = fields.optional("to").map(|to| local(&to).to_owned());
        let kept = fields.pairs().filter_map(|(name, value)| {
            Some((name.strip_prefix(KEPT)?.to_owned(), value.to_owned()))
        });
        Self { to: to.unwrap_or_default(), fields: kept.collect() }
    }
}
