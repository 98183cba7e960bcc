//! The notes that name a vendor or a product, as a page and as feeds. Whom no published note
//! names is answered like nobody: there is no other list here to look in.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use domain::Timestamp;
use domain::note::SubjectKind;
use formats::feed::{Feed, Links, Names, Subject};
use formats::public_note::PublicProduct;
use formats::{PublicNote, atom, json_feed};
use store::PublishedRow;

use super::Listed;
use super::cached::{Freshness, data, for_everyone};
use crate::Failure;
use crate::actor::Visitor;
use crate::chrome::Page;

/// How many notes stand on a page, and how many in a feed.
const ON_A_PAGE: u32 = 30;

#[derive(Template)]
#[template(path = "public/subject.html")]
struct SubjectPage {
    page: Page,
    name: String,
    /// Where this page is, without a slash at the end.
    here: String,
    notes: Vec<Listed>,
    /// The last note of this page, if there may be older ones.
    older: String,
    is_first: bool,
}

/// `GET /vuls/vendors/{place}`
pub(crate) async fn vendor(
    visitor: Visitor,
    Path(place): Path<String>,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    page(&visitor, SubjectKind::Vendor, place, &asked).await
}

/// `GET /vuls/products/{place}`
pub(crate) async fn product(
    visitor: Visitor,
    Path(place): Path<String>,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    page(&visitor, SubjectKind::Product, place, &asked).await
}

/// `GET /vuls/vendors/{place}/{feed}`
pub(crate) async fn vendor_feed(
    visitor: Visitor,
    Path((place, feed)): Path<(String, String)>,
) -> Result<Response, Failure> {
    fed(&visitor, SubjectKind::Vendor, place, &feed).await
}

/// `GET /vuls/products/{place}/{feed}`
pub(crate) async fn product_feed(
    visitor: Visitor,
    Path((place, feed)): Path<(String, String)>,
) -> Result<Response, Failure> {
    fed(&visitor, SubjectKind::Product, place, &feed).await
}

/// Where the notes about a vendor or a product are.
pub(crate) fn address(kind: SubjectKind, place: &str) -> String {
    match kind {
        SubjectKind::Vendor => format!("/vuls/vendors/{place}"),
        SubjectKind::Product => format!("/vuls/products/{place}"),
    }
}

async fn page(
    visitor: &Visitor,
    kind: SubjectKind,
    place: String,
    asked: &[(String, String)],
) -> Result<Response, Failure> {
    let here = address(kind, &place);
    let before = asked.iter().find(|(name, _)| name == "before");
    let before = before.and_then(|(_, text)| {
        let (at, slug) = text.split_once(',')?;
        Some((at.parse().ok()?, slug.replace('\0', " ")))
    });
    let is_first = before.is_none();
    let about = app::public::about(&visitor.public(), (kind, place), before, ON_A_PAGE).await?;
    let (name, rows) = about;
    let now = visitor.now();
    let template = SubjectPage {
        page: Page::of(visitor, "/vuls/"),
        name,
        here,
        older: older(&rows),
        notes: rows.into_iter().map(|row| Listed::new(row, now)).collect(),
        is_first,
    };
    Ok(for_everyone(visitor, Freshness::AskAgain, &template))
}

/// The place of the next page, if this one is full.
fn older(rows: &[PublishedRow]) -> String {
    let full = rows.len() >= usize::try_from(ON_A_PAGE).unwrap_or(usize::MAX);
    match rows.last() {
        Some(last) if full => format!("{},{}", last.published_at, last.slug),
        Some(_) | None => String::new(),
    }
}

async fn fed(
    visitor: &Visitor,
    kind: SubjectKind,
    place: String,
    feed: &str,
) -> Result<Response, Failure> {
    let (media_type, write): (_, fn(&Feed<'_>) -> Vec<u8>) = match feed {
        "feed.atom" => (atom::MEDIA_TYPE, atom::write),
        "feed.json" => (json_feed::MEDIA_TYPE, json_feed::write),
        _ => return Err(app::Error::NotFound.into()),
    };
    let door = visitor.public();
    let about = app::public::whole_about(&door, (kind, place.clone()), ON_A_PAGE).await?;
    let (name, notes) = about;
    let notes: Vec<PublicNote> = notes.iter().map(PublicNote::from).collect();
    let prefix = app::public::policy(&door).await?.prefix;
    let publisher = app::artefact::publisher(&visitor.site().settings, &prefix);
    let own = format!("{}{}/{feed}", publisher.base_url, address(kind, &place));
    let feed = Feed {
        publisher: &publisher,
        subject: subject(kind, place, name),
        names: Names::Page,
        links: Links::alone(own),
        notes: notes.iter().collect(),
        begun_at: Timestamp::UNIX_EPOCH,
    };
    Ok(data(Freshness::AskAgain, media_type, write(&feed)))
}

fn subject(kind: SubjectKind, place: String, name: String) -> Subject {
    match kind {
        SubjectKind::Vendor => Subject::Vendor(name),
        SubjectKind::Product => {
            Subject::Product(PublicProduct { id: place, name, purl: None, cpe: None })
        }
    }
}
