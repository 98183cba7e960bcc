//! Answers that everyone may keep for a minute, named by what is in them.

use askama::Template;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use store::Artefact;

use crate::actor::Visitor;
use crate::failure;

/// How long, and by whom, a public answer may be kept.
const A_MINUTE: HeaderValue = HeaderValue::from_static("public, max-age=60");

/// A public page. What is only for this visitor (a name, a choice of colours, a word on what was
/// just done) is never kept by anybody in between.
pub(super) fn for_everyone(
    visitor: &Visitor,
    headers: &HeaderMap,
    template: &impl Template,
) -> Response {
    let personal =
        visitor.person().is_some() || visitor.flash().is_some() || !visitor.theme().is_empty();
    if personal {
        return failure::page(template);
    }
    match template.render() {
        Ok(html) => {
            let kind = HeaderValue::from_static("text/html; charset=utf-8");
            let mut response = tagged(headers, kind, html.into_bytes());
            response.headers_mut().insert(header::VARY, HeaderValue::from_static("cookie"));
            response
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// A file made of a published note, which other sites may fetch as well.
pub(super) fn file(headers: &HeaderMap, artefact: &Artefact) -> Response {
    let plain = HeaderValue::from_static("application/octet-stream");
    let kind = HeaderValue::from_str(&artefact.media_type).unwrap_or(plain);
    let mut response = tagged(headers, kind, artefact.bytes.clone());
    let open =
        [("access-control-allow-origin", "*"), ("cross-origin-resource-policy", "cross-origin")];
    for (name, value) in open {
        let name = HeaderName::from_static(name);
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The body with a strong tag, or only word that nothing changed (RFC 9110 section 13.1.2).
fn tagged(headers: &HeaderMap, kind: HeaderValue, body: Vec<u8>) -> Response {
    let tag = format!("\"{}\"", domain::journal::hex(&Sha256::digest(&body)));
    let known = headers.get_all(header::IF_NONE_MATCH).iter().any(|value| knows(value, &tag));
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, kind)], body).into_response()
    };
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, A_MINUTE);
    response
}

fn knows(value: &HeaderValue, tag: &str) -> bool {
    let Ok(value) = value.to_str() else { return false };
    let mut tags = value.split(',').map(|one| one.trim().trim_start_matches("W/"));
    tags.any(|one| one == tag || one == "*")
}
