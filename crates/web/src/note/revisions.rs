//! Two revisions of the draft side by side, for the team (S79).

use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use crate::Failure;
use crate::actor::Staff;
use crate::case::{Head, Look, Tab, Tried};
use crate::chrome::Page;
use crate::compare::{Asked, Between, Compared, drafts};
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

/// `GET /cases/{case}/draft/compare`
pub(crate) async fn compare(
    Staff(visitor): Staff,
    Path(at): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    let look = Look::open(&visitor, &at).await?;
    let (Between { from, to }, parts) = drafts(&visitor.ctx(), look.case().id, asked).await?;
    Ok(page(&ComparePage {
        page: Page::of(&visitor, "/cases"),
        head: Head::of(&look, Tab::Draft),
        tried: Tried::default(),
        from,
        to,
        parts,
    }))
}
