//! Asks this server for a page as a stranger does.

use app::Site;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderName, Request, StatusCode, header};
use axum::{Router, http};
use store::PublicFile;
use tower::ServiceExt;

use super::{MirrorError, Result};
use crate::public::Answer;

/// The pages, without what stands before them for browsers.
#[derive(Clone)]
pub(super) struct Pages(Router);

impl Pages {
    pub(super) fn of(site: &Site) -> Self {
        Self(crate::pages().with_state(site.clone()))
    }

    /// What is at an address, if there is something that others may keep.
    pub(super) async fn get(&self, address: &str) -> Result<Option<PublicFile>> {
        let broken = |status| MirrorError::Page { address: address.to_owned(), status };
        let request: Result<_, http::Error> = Request::get(address).body(Body::empty());
        let request = request.map_err(|_| broken(StatusCode::BAD_REQUEST))?;
        let Ok(mut response) = self.0.clone().oneshot(request).await;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND | StatusCode::PERMANENT_REDIRECT => return Ok(None),
            status => return Err(broken(status)),
        }
        if let Some(answer) = response.extensions_mut().remove::<std::sync::Arc<Answer>>() {
            let (headers, bytes) = answer.plain();
            return Ok(file(address, headers, bytes.to_vec()));
        }
        let headers = response.headers().clone();
        let bytes = to_bytes(response.into_body(), usize::MAX).await;
        let bytes = bytes.map_err(|_| broken(StatusCode::INTERNAL_SERVER_ERROR))?;
        Ok(file(address, &headers, bytes.into()))
    }
}

/// What nobody may keep is no part of the site.
fn file(address: &str, headers: &HeaderMap, bytes: Vec<u8>) -> Option<PublicFile> {
    let said = |name: HeaderName| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let cache = said(header::CACHE_CONTROL);
    let (address, media_type) = (address.to_owned(), said(header::CONTENT_TYPE));
    cache.starts_with("public").then_some(PublicFile { address, media_type, cache, bytes })
}
