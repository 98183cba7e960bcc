//! The list of notes, and a search in it. What is looked for is in the address, so that a search can
//! be passed on; it looks at published notes alone.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use domain::Timestamp;
use store::{NoteSearch, PublishedRow};

use super::Listed;
use super::cached::{Freshness, for_everyone};
use crate::Failure;
use crate::actor::Visitor;
use crate::chrome::Page;
use crate::failure::again;

/// How many notes stand on one page of the list.
const ON_A_PAGE: u32 = 30;

/// The longest text that is looked for, in characters.
const LONGEST: usize = 200;

#[derive(Template)]
#[template(path = "public/list.html")]
struct ListPage {
    page: Page,
    notes: Vec<Listed>,
    wanted: Wanted,
    /// The last note of this page, if there may be older ones.
    older: String,
}

/// What was asked for, as it was typed.
#[derive(Debug, Default)]
struct Wanted {
    words: String,
    vendor: String,
    year: String,
    before: String,
    problem: &'static str,
}

/// `GET /vuls/`
pub(crate) async fn list(
    visitor: Visitor,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let mut wanted = Wanted::read(&pairs);
    let search = wanted.search();
    let rows = app::public::list(&visitor.public(), search, wanted.place(), ON_A_PAGE).await?;
    let older = older(&rows);
    let now = visitor.now();
    let notes = rows.into_iter().map(|row| Listed::new(row, now)).collect();
    let template = ListPage { page: Page::of(&visitor, "/vuls/"), notes, wanted, older };
    if template.wanted.problem.is_empty() {
        Ok(for_everyone(&visitor, Freshness::AskAgain, &template))
    } else {
        Ok(again(&template))
    }
}

/// The place of the next page, if this one is full.
fn older(rows: &[PublishedRow]) -> String {
    let full = rows.len() >= usize::try_from(ON_A_PAGE).unwrap_or(usize::MAX);
    match rows.last() {
        Some(last) if full => format!("{},{}", last.published_at, last.slug),
        Some(_) | None => String::new(),
    }
}

impl Wanted {
    fn read(pairs: &[(String, String)]) -> Self {
        let text = |name: &str| {
            let found = pairs.iter().find(|(known, _)| known == name);
            // A text with a NUL character cannot be in any note.
            let text = found.map_or("", |(_, text)| text).trim().replace('\0', " ");
            text.chars().take(LONGEST).collect::<String>()
        };
        Self {
            words: text("q"),
            vendor: text("vendor"),
            year: text("year"),
            before: text("before"),
            problem: "",
        }
    }

    /// What the store is to look for; a year that is none is said at its field.
    fn search(&mut self) -> NoteSearch {
        let plain = self.year.len() == 4 && self.year.bytes().all(|byte| byte.is_ascii_digit());
        if !self.year.is_empty() && !plain {
            self.problem = "Write the year as 2026.";
        }
        let year = if plain { self.year.parse().ok() } else { None };
        NoteSearch { words: self.words.clone(), vendor: self.vendor.clone(), year }
    }

    fn place(&self) -> Option<(Timestamp, String)> {
        let (at, slug) = self.before.split_once(',')?;
        Some((at.parse().ok()?, slug.to_owned()))
    }

    /// Whether some notes may be left out.
    fn narrows(&self) -> bool {
        [&self.words, &self.vendor, &self.year].iter().any(|text| !text.is_empty())
    }
}
