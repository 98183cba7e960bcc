//! Two revisions of the draft side by side, for the team (S79).

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use serde::Deserialize;

use crate::Failure;
use crate::actor::Staff;
use crate::case::{Head, Look, Tab, Tried};
use crate::chrome::Page;
use crate::compare::{Compared, compared};
use crate::failure::page;

#[derive(Template)]
#[template(path = "draft/compare.html")]
struct ComparePage {
    page: Page,
    head: Head,
    tried: Tried,
    from: u32,
    to: u32,
    parts: Vec<Compared>,
}

/// Which two revisions are compared.
#[derive(Debug, Deserialize)]
pub(crate) struct Between {
    from: u32,
    to: u32,
}

/// `GET /cases/{case}/draft/compare`
pub(crate) async fn compare(
    Staff(visitor): Staff,
    Path(at): Path<String>,
    between: Result<Query<Between>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Failure> {
    let look = Look::open(&visitor, &at).await?;
    let Query(Between { from, to }) = between.map_err(|_| app::Error::NotFound)?;
    let before = words(&look, from).await?;
    let after = words(&look, to).await?;
    Ok(page(&ComparePage {
        page: Page::of(&visitor, "/cases"),
        head: Head::of(&look, Tab::Draft),
        tried: Tried::default(),
        from,
        to,
        parts: compared(&before, &after),
    }))
}

async fn words(look: &Look<'_>, number: u32) -> Result<Vec<(String, String)>, Failure> {
    let parts = app::note::revision(&look.visitor.ctx(), look.case().id, number).await?;
    Ok(parts.into_iter().map(|(heading, words)| (heading.to_owned(), words)).collect())
}
