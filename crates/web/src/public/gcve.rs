//! The team as a numbering authority of GCVE: what programs pull (GCVE-BCP-03), at the addresses
//! and with the words of vulnerability-lookup, which is the reference for it. A server that is no
//! authority has none of these addresses.

use app::gcve::{self, ALWAYS};
use axum::body::Body;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Timestamp;
use http_body_util::channel::{Channel, Sender};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::{GcveOrder, GcvePage};

use super::cached::{Freshness, data};
use crate::Failure;
use crate::actor::Visitor;

/// How many records one answer holds if nobody says, and at most.
const USUAL: u32 = 30;
const MOST: u32 = 100;

/// The last page that is given: whoever wants more asks for what has changed, or for all of it.
const LAST_PAGE: u32 = 1_000;

/// How many parts of the whole list wait for a slow reader.
const WAITING: usize = 2;

type Pairs = Vec<(String, String)>;

/// `GET /api/gcve/publication`
pub(crate) async fn publication(
    visitor: Visitor,
    Query(pairs): Query<Pairs>,
) -> Result<Response, Failure> {
    listed(&visitor, &pairs, GcveOrder::Updated).await
}

/// `GET /api/vulnerability/`
pub(crate) async fn all(visitor: Visitor, Query(pairs): Query<Pairs>) -> Result<Response, Failure> {
    listed(&visitor, &pairs, GcveOrder::Updated).await
}

/// `GET /api/vulnerability/{*what}`: `recent/`, `last/`, `last/gna-1988`, `last/gna-1988/10`, or
/// one record by its id.
pub(crate) async fn asked(
    visitor: Visitor,
    Path(what): Path<String>,
    Query(mut pairs): Query<Pairs>,
) -> Result<Response, Failure> {
    let parts: Vec<&str> = what.trim_end_matches('/').split('/').collect();
    let (order, rest) = match parts.as_slice() {
        ["recent", rest @ ..] => (GcveOrder::Updated, rest),
        ["last", rest @ ..] => (GcveOrder::Published, rest),
        [id] => {
            let settings = &visitor.site().settings;
            settings.gna.ok_or(app::Error::NotFound)?;
            let record = gcve::one(&visitor.public(), settings, id.to_uppercase()).await?;
            return Ok(data(Freshness::AskAgain, "application/json", record));
        }
        _ => return Err(app::Error::NotFound.into()),
    };
    for part in rest {
        let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let name = if is_number { "per_page" } else { "source" };
        pairs.push((name.to_owned(), (*part).to_owned()));
    }
    listed(&visitor, &pairs, order).await
}

async fn listed(
    visitor: &Visitor,
    pairs: &[(String, String)],
    order: GcveOrder,
) -> Result<Response, Failure> {
    let settings = &visitor.site().settings;
    let authority = settings.gna.ok_or(app::Error::NotFound)?;
    let page = match read(pairs, order) {
        Ok(page) => page,
        Err(problem) => return Ok(refused(problem)),
    };
    // There is one source here; of any other there is nothing.
    let source = said(pairs, &["source"]);
    let ours =
        source.is_none_or(|source| source == format!("gna-{authority}") || source == "local");
    let records = if ours { gcve::page(&visitor.public(), settings, page).await? } else { vec![] };
    let mut body = b"[".to_vec();
    body.extend(records.join(&b','));
    body.push(b']');
    Ok(data(Freshness::AskAgain, "application/json", body))
}

/// `GET /dumps/{file}`: `gna-1988.ndjson`, every record on a line of its own.
pub(crate) async fn dump(
    visitor: Visitor,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let authority = visitor.site().settings.gna.ok_or(app::Error::NotFound)?;
    if file != format!("gna-{authority}.ndjson") {
        return Err(app::Error::NotFound.into());
    }
    // What is written while the reader reads may be newer: the tag is a weak one.
    let edition = visitor.public().edition().await.map_err(app::Error::from)?;
    let tag = format!("W/\"{authority}-{edition}-{}\"", env!("CARGO_PKG_VERSION"));
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let answer = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=0, must-revalidate")),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
        (header::ETAG, HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("W/\"0\""))),
    ];
    if known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag)) {
        return Ok((StatusCode::NOT_MODIFIED, answer).into_response());
    }
    let (sender, body) = Channel::new(WAITING);
    tokio::spawn(async move { write_all(&visitor, sender).await });
    Ok((answer, Body::new(body)).into_response())
}

/// Hands over the records part by part, as fast as the reader takes them.
async fn write_all(visitor: &Visitor, mut sender: Sender<axum::body::Bytes, app::Error>) {
    let (door, settings) = (visitor.public(), visitor.site().settings.clone());
    let mut after = (String::new(), 0);
    loop {
        match gcve::next(&door, &settings, after).await {
            Ok(Some((records, last))) => {
                let mut lines = vec![];
                for record in records {
                    lines.extend(record);
                    lines.push(b'\n');
                }
                // Who has hung up wants no more.
                if sender.send_data(lines.into()).await.is_err() {
                    return;
                }
                after = last;
            }
            Ok(None) => return,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a list broke off");
                sender.abort(error);
                return;
            }
        }
    }
}

fn said<'a>(pairs: &'a [(String, String)], names: &[&str]) -> Option<&'a str> {
    let found = pairs.iter().find(|(known, _)| names.contains(&known.as_str()));
    found.map(|(_, text)| text.trim()).filter(|text| !text.is_empty())
}

/// What is asked for, or what makes no sense of it.
fn read(pairs: &[(String, String)], order: GcveOrder) -> Result<GcvePage, &'static str> {
    let number = |names: &[&str], usual: u32, what| match said(pairs, names) {
        Some(text) => text.parse().ok().filter(|n| *n > 0).ok_or(what),
        None => Ok(usual),
    };
    let limit =
        number(&["per_page", "number", "limit"], USUAL, "per_page is a number from 1 to 100")?;
    let limit = limit.min(MOST);
    let page = number(&["page"], 1, "page is a number from 1 to 1000")?;
    if page > LAST_PAGE {
        return Err("page is a number from 1 to 1000; ask with since, or read the dump");
    }
    let since = match said(pairs, &["since"]) {
        Some(text) => instant(text).ok_or("since is a day or an instant, such as 2026-12-01")?,
        None => ALWAYS,
    };
    let order = match said(pairs, &["date_sort"]) {
        Some("published") => GcveOrder::Published,
        Some("updated") => GcveOrder::Updated,
        Some(_) => return Err("date_sort is published or updated"),
        None => order,
    };
    Ok(GcvePage { order, since, skip: (page - 1) * limit, limit })
}

fn instant(text: &str) -> Option<Timestamp> {
    let at = text.parse().ok();
    at.or_else(|| {
        let day: Date = text.parse().ok()?;
        day.to_zoned(TimeZone::UTC).ok().map(|start| start.timestamp())
    })
}

fn refused(problem: &'static str) -> Response {
    let body = serde_json::json!({ "error": problem }).to_string();
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (StatusCode::BAD_REQUEST, headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use store::GcveOrder;

    use super::read;

    fn pairs(query: &[(&str, &str)]) -> Vec<(String, String)> {
        query.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn what_is_asked_for_is_read_and_what_makes_no_sense_is_said() {
        let read = |query: &[(&str, &str)]| read(&pairs(query), GcveOrder::Updated);
        let page = read(&[("page", "3"), ("per_page", "500"), ("since", "2026-09-01")]).unwrap();
        assert_eq!((page.skip, page.limit), (200, 100));
        assert_eq!(page.since.to_string(), "2026-09-01T00:00:00Z");
        assert_eq!(read(&[]).unwrap().limit, 30);
        assert_eq!(read(&[("date_sort", "published")]).unwrap().order, GcveOrder::Published);
        for (name, text) in [
            ("page", "0"),
            ("page", "x"),
            ("page", "1001"),
            ("per_page", "-1"),
            ("per_page", "99999999999"),
            ("since", "yesterday"),
            ("date_sort", "reserved"),
        ] {
            assert!(read(&[(name, text)]).is_err(), "{name}={text}");
        }
    }
}
