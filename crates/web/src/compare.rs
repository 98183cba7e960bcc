//! Two revisions side by side: what went and what came, word by word, in marks that are text as well
//! as colour.

use app::Ctx;
use askama::Template;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Response;
use domain::CaseId;
use formats::compare::{Change, compare};
use serde::Deserialize;

use crate::Failure;
use crate::chrome::Page;
use crate::failure::page;

/// Which two revisions are compared.
#[derive(Debug, Deserialize)]
pub(crate) struct Between {
    pub(crate) from: u32,
    pub(crate) to: u32,
}

/// What an address says of two revisions, which may be nonsense.
pub(crate) type Asked = Result<Query<Between>, QueryRejection>;

#[derive(Template)]
#[template(path = "room/compare.html")]
struct ComparePage {
    page: Page,
    back: String,
    from: u32,
    to: u32,
    parts: Vec<Compared>,
}

/// Two revisions of a draft, for somebody outside the team who was shown both.
pub(crate) async fn shown(
    ctx: &Ctx,
    case: CaseId,
    asked: Asked,
    (around, back): (Page, String),
) -> Result<Response, Failure> {
    let (Between { from, to }, parts) = drafts(ctx, case, asked).await?;
    Ok(page(&ComparePage { page: around, back, from, to, parts }))
}

/// Two revisions of a draft, as far as the actor may read both.
pub(crate) async fn drafts(
    ctx: &Ctx,
    case: CaseId,
    asked: Asked,
) -> Result<(Between, Vec<Compared>), Failure> {
    let Query(between) = asked.map_err(|_| app::Error::NotFound)?;
    let before = app::note::revision(ctx, case, between.from).await?;
    let after = app::note::revision(ctx, case, between.to).await?;
    let owned = |parts: Vec<(&'static str, String)>| {
        parts.into_iter().map(|(heading, words)| (heading.to_owned(), words)).collect::<Vec<_>>()
    };
    Ok((between, compared(&owned(before), &owned(after))))
}

/// A part of a note, as it changed.
pub(crate) struct Compared {
    pub(crate) heading: String,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) changed: bool,
}

/// A stretch of words: same, gone or new.
pub(crate) struct Piece {
    pub(crate) kind: &'static str,
    pub(crate) words: String,
}

/// Every part of two revisions, in the order of the newer; what it has no more comes last.
pub(crate) fn compared(before: &[(String, String)], after: &[(String, String)]) -> Vec<Compared> {
    let of = |parts: &[(String, String)], heading: &str| {
        let found = parts.iter().find(|(known, _)| known == heading);
        found.map(|(_, words)| words.clone()).unwrap_or_default()
    };
    let gone = before.iter().filter(|(heading, _)| after.iter().all(|(known, _)| known != heading));
    let headings = after.iter().chain(gone).map(|(heading, _)| heading);
    headings.map(|heading| part(heading, &of(before, heading), &of(after, heading))).collect()
}

fn part(heading: &str, before: &str, after: &str) -> Compared {
    let pieces = compare(before, after).into_iter().map(|piece| Piece {
        kind: match piece.change {
            Change::Same => "same",
            Change::Gone => "gone",
            Change::New => "new",
        },
        words: piece.words,
    });
    Compared { heading: heading.to_owned(), pieces: pieces.collect(), changed: before != after }
}

#[cfg(test)]
mod tests {
    use super::compared;

    #[test]
    fn a_part_that_came_and_one_that_went_are_told() {
        let part = |heading: &str, words: &str| (heading.to_owned(), words.to_owned());
        let before = [part("Title", "One"), part("Impact", "Bad.")];
        let after = [part("Title", "One"), part("Solution", "Update.")];
        let told: Vec<_> = compared(&before, &after)
            .into_iter()
            .map(|one| (one.heading, one.changed, one.pieces.first().map(|piece| piece.kind)))
            .collect();
        assert_eq!(
            told,
            [
                ("Title".to_owned(), false, Some("same")),
                ("Solution".to_owned(), true, Some("new")),
                ("Impact".to_owned(), true, Some("gone")),
            ]
        );
    }
}
