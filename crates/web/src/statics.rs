//! The style, the script and the mark: part of the program, named by what is in them.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::Failure;

const CSS: &str = include_str!("../static/ombud.css");
const SCRIPT: &str = include_str!("../static/ombud.js");
const MARK: &str = include_str!("../static/mark.svg");

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let digest = Sha256::digest([CSS, SCRIPT, MARK].concat());
    domain::journal::hex(digest.get(..6).unwrap_or_default())
});

/// Changes with any of the files.
pub(crate) fn version() -> &'static str {
    &VERSION
}

/// The address of each.
pub(crate) const ADDRESSES: [&str; 3] =
    ["/static/ombud.css", "/static/ombud.js", "/static/mark.svg"];

/// `GET /static/{file}`
pub(crate) async fn serve(Path(file): Path<String>) -> Result<Response, Failure> {
    let (kind, body) = match file.as_str() {
        "ombud.css" => ("text/css; charset=utf-8", CSS),
        "ombud.js" => ("text/javascript; charset=utf-8", SCRIPT),
        "mark.svg" => ("image/svg+xml", MARK),
        _ => return Err(Failure(app::Error::NotFound)),
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, body).into_response())
}
