//! For the demonstration only: the letters that the made-up people of its world have got, so
//! that a visitor can read them and follow their links. Never part of a real server.

use app::Site;
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use crate::Failure;
use crate::actor::Visitor;
use crate::chrome::Page;
use crate::failure::page;

/// How many letters are shown.
const SHOWN: u32 = 400;

#[derive(Template)]
#[template(path = "demo/letters.html")]
struct LettersPage {
    page: Page,
    to: String,
    letters: Vec<Shown>,
}

struct Shown {
    address: String,
    subject: String,
    written_at: String,
    /// The text in pieces: words, and links of our own.
    pieces: Vec<(String, bool)>,
}

/// Whose letters.
#[derive(Deserialize)]
struct Whose {
    #[serde(default)]
    to: String,
}

/// The letters of everybody, at `/demo/letters`.
pub fn router(site: Site) -> Router {
    Router::new().route("/demo/letters", axum::routing::get(letters)).with_state(site)
}

async fn letters(
    visitor: Visitor,
    State(site): State<Site>,
    Query(whose): Query<Whose>,
) -> Result<Response, Failure> {
    let vault = site.vault.clone();
    let mut outbox = site.store.read(move |tx| tx.outbox(&vault, SHOWN)).await?;
    outbox.retain(|letter| whose.to.is_empty() || letter.address == whose.to);
    let base = &site.settings.base_url;
    let letters = outbox.into_iter().map(|letter| Shown {
        written_at: mail::when::instant(letter.written_at),
        pieces: pieces(&letter.body, base),
        address: letter.address,
        subject: letter.subject,
    });
    Ok(page(&LettersPage {
        page: Page::of(&visitor, ""),
        letters: letters.collect(),
        to: whose.to,
    }))
}

/// A text cut at the links to this server, which are told from words by `true`.
fn pieces(text: &str, base: &str) -> Vec<(String, bool)> {
    let mut pieces = vec![];
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(base) {
        pieces.push((before.to_owned(), false));
        let end = after.find(char::is_whitespace).unwrap_or(after.len());
        let (path, left) = after.split_at(end);
        pieces.push((format!("{base}{path}"), true));
        rest = left;
    }
    pieces.push((rest.to_owned(), false));
    pieces
}
