//! What a browser says it has and understands, and the answer cut to that.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;

use super::{Answer, Said};

/// The cookies by which a page is no longer the same for everyone.
const PERSONAL: [&str; 3] = [crate::actor::SESSION, "said", "theme"];

/// What matters of a request for a public answer.
pub(super) struct Asked {
    /// Where the answer may be kept, and found again.
    pub(super) address: Option<String>,
    method: Method,
    known: Vec<String>,
    unpacks: bool,
}

impl Asked {
    pub(super) fn of(request: &Request) -> Self {
        let (method, headers) = (request.method().clone(), request.headers());
        let reads = method == Method::GET || method == Method::HEAD;
        // Words that anybody can make up would fill the memory with answers nobody asks for again.
        let plain = request.uri().query().is_none();
        let path = request.uri().path();
        let keeps = reads && plain && !path.starts_with("/static/") && !is_personal(headers);
        Self {
            address: keeps.then(|| path.to_owned()),
            method,
            known: tags(headers),
            unpacks: unpacks(headers),
        }
    }

    /// The answer: whole, without its body, or only word that nothing has changed (RFC 9110
    /// section 13.1.2). Each form of it has a strong tag of its own (section 8.8.3).
    pub(super) fn served(&self, answer: &Answer) -> Response {
        let packed = match &answer.said {
            Said::Both { packed, .. } | Said::Packed { packed, .. } if self.unpacks => Some(packed),
            Said::Plain(_) | Said::Both { .. } | Said::Packed { .. } => None,
        };
        let tag = match packed {
            Some(_) => format!("\"{}-gzip\"", answer.tag),
            None => format!("\"{}\"", answer.tag),
        };
        let mut response = Response::new(Body::empty());
        response.headers_mut().clone_from(&answer.headers);
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        if self.known.iter().any(|known| *known == tag || known == "*") {
            response.headers_mut().remove(header::CONTENT_TYPE);
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        if packed.is_some() {
            let gzip = HeaderValue::from_static("gzip");
            response.headers_mut().insert(header::CONTENT_ENCODING, gzip);
        }
        let body = packed.map_or_else(|| answer.said.plain(), Bytes::clone);
        response.headers_mut().insert(header::CONTENT_LENGTH, body.len().into());
        if self.method != Method::HEAD {
            *response.body_mut() = Body::from(body);
        }
        response
    }
}

fn is_personal(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::COOKIE).iter();
    // A cookie that cannot be read is nobody's business here.
    lines.map(|line| line.to_str().unwrap_or("session=")).any(|line| {
        let mut names = line.split(';').map(|pair| pair.split('=').next().unwrap_or("").trim());
        names.any(|name| PERSONAL.contains(&name))
    })
}

/// The tags that the browser has, compared weakly: `W/"a", "b"` are `"a"` and `"b"`.
fn tags(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    let tags = lines.flat_map(|line| line.split(','));
    tags.map(|tag| tag.trim().trim_start_matches("W/").to_owned()).collect()
}

/// Whether `gzip` is accepted (RFC 9110 section 12.5.3).
fn unpacks(headers: &HeaderMap) -> bool {
    let lines =
        headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let is_gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let weight = parts.find_map(|part| part.strip_prefix("q=")).unwrap_or("1");
        is_gzip && weight.trim().parse::<f32>().is_ok_and(|weight| weight > 0.0)
    })
}

#[cfg(test)]
mod tests;
