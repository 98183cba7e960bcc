//! Answers for everyone: made once for each edition of what is public, named by what is in them,
//! and kept in memory. An answer that was made before a note was published is never given after.
//!
//! Pages that list notes may be stored by others, but are asked for again each time, so that
//! nothing in between hides a note at its instant; the note itself may be a minute old.

mod asked;
mod kept;
mod pack;

use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use store::Artefact;

use crate::actor::Visitor;
use crate::failure;
pub(crate) use kept::{Kept, answer};

/// For what tells which notes there are: it may be stored, but not shown without asking.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("public, max-age=0, must-revalidate");

/// For a note, which is there for good and changes rarely (INV-16).
const A_MINUTE: HeaderValue = HeaderValue::from_static("public, max-age=60");

/// Below this a packed answer saves nothing.
const WORTH_PACKING: usize = 1024;

/// A longer answer, of which there are few, is kept packed alone.
const LONG: usize = 1 << 20;

/// An answer that is the same for everyone.
#[derive(Debug)]
pub(crate) struct Answer {
    headers: HeaderMap,
    tag: String,
    said: Said,
}

/// What an answer says, in the forms in which it is kept.
#[derive(Debug)]
enum Said {
    Plain(Bytes),
    Both { plain: Bytes, packed: Bytes },
    Packed { packed: Bytes, length: usize },
}

/// How long others may show an answer without asking again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Freshness {
    /// Not at all.
    AskAgain,
    /// A minute.
    AMinute,
}

/// A public page. What is only for this visitor (a name, a choice of colours, a word on what was
/// just done) is never kept by anybody in between.
pub(super) fn for_everyone(
    visitor: &Visitor,
    freshness: Freshness,
    template: &impl Template,
) -> Response {
    let personal =
        visitor.person().is_some() || visitor.flash().is_some() || !visitor.theme().is_empty();
    if personal {
        return failure::page(template);
    }
    let Ok(html) = template.render() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut headers = HeaderMap::new();
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::VARY, HeaderValue::from_static("cookie, accept-encoding"));
    Answer::new(headers, freshness, html.into_bytes()).into_response()
}

/// A file made of a published note, which other sites may fetch as well.
pub(super) fn file(artefact: Artefact) -> Response {
    data(Freshness::AMinute, &artefact.media_type, artefact.bytes)
}

/// What programs read, which other sites may fetch as well.
pub(super) fn data(freshness: Freshness, media_type: &str, bytes: Vec<u8>) -> Response {
    let plain = HeaderValue::from_static("application/octet-stream");
    let kind = HeaderValue::from_str(media_type).unwrap_or(plain);
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let open =
        [("access-control-allow-origin", "*"), ("cross-origin-resource-policy", "cross-origin")];
    for (name, value) in open {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    Answer::new(headers, freshness, bytes).into_response()
}

impl Answer {
    fn new(mut headers: HeaderMap, freshness: Freshness, plain: Vec<u8>) -> Self {
        let kept = match freshness {
            Freshness::AskAgain => ASK_AGAIN,
            Freshness::AMinute => A_MINUTE,
        };
        headers.insert(header::CACHE_CONTROL, kept);
        let tag = domain::journal::hex(&Sha256::digest(&plain));
        Self { headers, tag, said: Said::Plain(plain.into()) }
    }

    /// What it says, unpacked, and the headers about it.
    pub(crate) fn plain(&self) -> (&HeaderMap, Bytes) {
        (&self.headers, self.said.plain())
    }

    /// How much memory it takes.
    fn size(&self) -> usize {
        match &self.said {
            Said::Plain(plain) => plain.len(),
            Said::Both { plain, packed } => plain.len() + packed.len(),
            Said::Packed { packed, length: _ } => packed.len(),
        }
    }
}

impl Said {
    /// It packed, if it is worth it.
    fn packed(&self) -> Self {
        let plain = self.plain();
        match pack::packed(&plain) {
            Some(packed) if plain.len() > LONG => Self::Packed { packed, length: plain.len() },
            Some(packed) => Self::Both { plain, packed },
            None => Self::Plain(plain),
        }
    }

    /// It unpacked.
    fn plain(&self) -> Bytes {
        match self {
            Self::Plain(plain) | Self::Both { plain, packed: _ } => plain.clone(),
            Self::Packed { packed, length } => pack::unpacked(packed, *length),
        }
    }
}

/// The layer around all pages finishes it: only there is it known what the browser has already.
impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}
