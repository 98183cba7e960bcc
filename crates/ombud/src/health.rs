//! Whether the server lives, and whether it can work: for what starts it anew and what sends it
//! visitors. The answers say nothing else.

use std::time::Duration;

use app::Site;
use axum::Router;
use axum::extract::State;
use axum::http::{Response, header};
use axum::routing::get;

/// A store that takes longer than this to answer is not ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// `/livez` and `/readyz`.
pub(crate) fn router(site: &Site) -> Router {
    let router = Router::new().route("/livez", get(livez)).route("/readyz", get(readyz));
    router.with_state(site.clone())
}

async fn livez() -> Response<String> {
    answer(200, "alive\n")
}

async fn readyz(State(site): State<Site>) -> Response<String> {
    let looked = tokio::time::timeout(PATIENCE, site.store.read(|tx| tx.public().n_published()));
    match looked.await {
        Ok(Ok(_)) => answer(200, "ready\n"),
        Ok(Err(error)) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the store does not answer");
            answer(503, "the database does not answer\n")
        }
        Err(_) => {
            tracing::warn!("the store does not answer in time");
            answer(503, "the database does not answer in time\n")
        }
    }
}

/// Plain words that nobody keeps.
fn answer(status: u16, words: &str) -> Response<String> {
    let mut response = Response::new(words.to_owned());
    if let Ok(status) = status.try_into() {
        *response.status_mut() = status;
    }
    let headers = response.headers_mut();
    let plain = header::HeaderValue::from_static("text/plain; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, plain);
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}
