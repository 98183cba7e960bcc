//! VINCE's public API, for the programs that read it today, and the addresses of its pages
//! (VINCE 2.2). What is not there is told as VINCE tells it: with the status of success.

use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{CveId, Published, Timestamp};
use formats::{PublicNote, vulnote};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::cached::{Freshness, data};
use super::slug_of;
use crate::Failure;
use crate::actor::Visitor;

/// How many notes one answer holds at most.
const MOST: u32 = 2_000;

/// The longest words of an old search that are passed on, in characters.
const LONGEST_WORDS: usize = 200;

/// What VINCE says of a note that is not there.
const NOTHING: &str = "{\"error\":\"Content requested either does not exist or you do not have \
    permissions to view it!\"}";

/// `GET /vuls/id/{number}`: where VINCE has a note.
pub(crate) async fn old_address(
    visitor: Visitor,
    Path(number): Path<String>,
) -> Result<Response, Failure> {
    let slug = slug_of(&visitor, &number).await?;
    Ok(Redirect::permanent(&format!("/vuls/{slug}")).into_response())
}

/// `GET /vuls/notes/{number}/`: the same as the API's `{number}/`.
pub(crate) async fn note_alias(
    visitor: Visitor,
    Path(number): Path<String>,
) -> Result<Response, Failure> {
    api(visitor, Path(number)).await
}

/// `GET /vuls/byid` and `GET /vuls/quickSearch/`: the search of VINCE and of what was before it, whose
/// addresses stand in bookmarks and browsers.
pub(crate) async fn old_search(Query(pairs): Query<Vec<(String, String)>>) -> Response {
    let wanted = ["searchbar", "query"].iter().find_map(|name| {
        let found = pairs.iter().find(|(known, words)| known == name && !words.is_empty());
        found.map(|(_, words)| words.as_str())
    });
    let Some(words) = wanted else { return Redirect::temporary("/vuls/").into_response() };
    let words = words.strip_prefix("Keywords=").unwrap_or(words);
    Redirect::temporary(&format!("/vuls/?q={}", in_query(words))).into_response()
}

/// Words as a part of an address, cut to what is looked for at most.
fn in_query(words: &str) -> String {
    let words: String = words.chars().take(LONGEST_WORDS).collect();
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    words.bytes().map(byte).collect()
}

/// `GET /vuls/api/{*what}`
pub(crate) async fn api(visitor: Visitor, Path(what): Path<String>) -> Result<Response, Failure> {
    let parts: Vec<&str> = what.trim_end_matches('/').split('/').collect();
    let body = match asked(&parts) {
        Some(Asked::Note(number, write)) => note(&visitor, number).await?.map(|note| write(&note)),
        Some(Asked::Csaf(number)) => csaf(&visitor, number).await?,
        Some(Asked::Cve(cve)) => of_cve(&visitor, &cve).await?,
        Some(Asked::Time(span, write)) => Some(write(&between(&visitor, span).await?)),
        None => return Err(app::Error::NotFound.into()),
    };
    Ok(body.map_or_else(nothing, |body| data(Freshness::AskAgain, "application/json", body)))
}

/// What a path of the API asks for, and in which shape.
enum Asked<'a> {
    /// A note, by its number.
    Note(&'a str, fn(&PublicNote) -> Vec<u8>),
    /// A note as CSAF, by its number.
    Csaf(&'a str),
    /// Whatever speaks of a CVE ID.
    Cve(CveId),
    /// Notes of a month or a year.
    Time((Timestamp, Timestamp), fn(&[PublicNote]) -> Vec<u8>),
}

fn asked<'a>(parts: &[&'a str]) -> Option<Asked<'a>> {
    use vulnote::{write, write_statuses, write_vendors, write_vulnerabilities};
    let note = |number: &'a str, write| is_number(number).then_some(Asked::Note(number, write));
    match *parts {
        ["vuls", "cve", cve] => format!("CVE-{cve}").parse().ok().map(Asked::Cve),
        [number, "csaf"] => is_number(number).then_some(Asked::Csaf(number)),
        ["vuls", number] | [number, "vuls"] => note(number, write_vulnerabilities),
        ["vendors", "vuls", number] | [number, "vendors", "vuls"] => note(number, write_statuses),
        ["vendors", year, "summary"] => Some(Asked::Time(span(year, None)?, vendor_summary)),
        ["vendors", year, month, "summary"] => {
            Some(Asked::Time(span(year, Some(month))?, vendor_summary))
        }
        ["vendors", year, month] => Some(Asked::Time(span(year, Some(month))?, vendors_of_month)),
        ["vendors", number] | [number, "vendors"] => note(number, write_vendors),
        [year, "summary"] => Some(Asked::Time(span(year, None)?, summary)),
        [year, month, "summary"] => Some(Asked::Time(span(year, Some(month))?, summary)),
        // Its framework takes the format as an ending as well.
        [number] => note(number.strip_suffix(".json").unwrap_or(number), write),
        [year, month] => Some(Asked::Time(span(year, Some(month))?, notes)),
        _ => None,
    }
}

fn notes(notes: &[PublicNote]) -> Vec<u8> {
    vulnote::write_notes(notes)
}

fn summary(notes: &[PublicNote]) -> Vec<u8> {
    vulnote::write_summary(notes)
}

fn vendor_summary(notes: &[PublicNote]) -> Vec<u8> {
    vulnote::write_vendor_summary(notes)
}

fn vendors_of_month(notes: &[PublicNote]) -> Vec<u8> {
    vulnote::write_vendors_of_month(notes)
}

fn is_number(text: &str) -> bool {
    (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// From when until when a year or one of its months lasts, in UTC.
fn span(year: &str, month: Option<&str>) -> Option<(Timestamp, Timestamp)> {
    let year: i16 = Some(year).filter(|year| year.len() == 4 && is_number(year))?.parse().ok()?;
    let (first, next) = match month {
        Some(month) => {
            let month = Some(month).filter(|month| month.len() <= 2 && is_number(month))?;
            let month: i8 = month.parse().ok()?;
            let next = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
            ((year, month), next)
        }
        None => ((year, 1), (year + 1, 1)),
    };
    let start = |(year, month)| {
        let day = Date::new(year, month, 1).ok()?;
        day.to_zoned(TimeZone::UTC).ok().map(|start| start.timestamp())
    };
    Some((start(first)?, start(next)?))
}

async fn note(visitor: &Visitor, number: &str) -> Result<Option<PublicNote>, Failure> {
    let slug = slug_of(visitor, number).await?;
    found(app::public::note(&visitor.public(), slug).await)
}

async fn csaf(visitor: &Visitor, number: &str) -> Result<Option<Vec<u8>>, Failure> {
    let slug = slug_of(visitor, number).await?;
    let format = app::artefact::CSAF_2_0.to_owned();
    match app::public::artefact(&visitor.public(), slug, format).await {
        Ok(artefact) => Ok(Some(artefact.bytes)),
        Err(app::Error::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn of_cve(visitor: &Visitor, cve: &CveId) -> Result<Option<Vec<u8>>, Failure> {
    let note = found(app::public::of_cve(&visitor.public(), cve.clone()).await)?;
    Ok(note.map(|note| vulnote::write_cve(&note, cve.as_ref())))
}

async fn between(
    visitor: &Visitor,
    span: (Timestamp, Timestamp),
) -> Result<Vec<PublicNote>, Failure> {
    let notes = app::public::between(&visitor.public(), span, MOST).await?;
    Ok(notes.iter().map(PublicNote::from).collect())
}

fn found(outcome: app::Result<Published>) -> Result<Option<PublicNote>, Failure> {
    match outcome {
        Ok(note) => Ok(Some(PublicNote::from(&note))),
        Err(app::Error::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Nobody keeps this answer: at some instant there may be a note.
fn nothing() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, NOTHING).into_response()
}
