//! `security.txt`, by which people and programs find how to report (RFC 9116).

use axum::http::header;
use axum::response::{IntoResponse, Response};
use formats::security_txt;

use super::cached::{Freshness, data};
use crate::Failure;
use crate::actor::Visitor;

/// `GET /.well-known/security.txt`: signed, once it was; until then as it will be.
pub(crate) async fn security(visitor: Visitor) -> Result<Response, Failure> {
    let (settings, now) = (&visitor.site().settings, visitor.now());
    let signed = app::security_txt::signed(&visitor.public(), settings, now).await?;
    if let Some(signed) = signed {
        return Ok(data(Freshness::AskAgain, security_txt::MEDIA_TYPE, signed.into_bytes()));
    }
    let key = app::public::key(&visitor.public()).await?;
    let content = app::security_txt::content(settings, key.as_ref(), now);
    let headers = [
        (header::CONTENT_TYPE, security_txt::MEDIA_TYPE),
        (header::CACHE_CONTROL, "public, max-age=0, must-revalidate"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    Ok((headers, security_txt::write(&content)).into_response())
}
