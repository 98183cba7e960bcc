//! The files of a published note, under the note's own address.

use app::artefact;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use super::{cached, slug_of};
use crate::Failure;
use crate::actor::Visitor;

/// `GET /vuls/{slug}/{format}`
pub(crate) async fn file(
    visitor: Visitor,
    Path((typed, format)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let wanted = artefact_of(&format).ok_or(app::Error::NotFound)?;
    let slug = slug_of(&visitor, &typed).await?;
    if slug != typed {
        return Ok(Redirect::permanent(&format!("/vuls/{slug}/{format}")).into_response());
    }
    Ok(cached::file(app::public::artefact(&visitor.public(), slug, wanted).await?))
}

/// The file that the last part of an address speaks of.
pub(crate) fn artefact_of(format: &str) -> Option<String> {
    match format {
        "json" => Some(artefact::VULNOTE.to_owned()),
        "csaf" => Some(artefact::CSAF_2_0.to_owned()),
        "csaf-2.1" => Some(artefact::CSAF_2_1.to_owned()),
        "openvex" => Some(artefact::OPENVEX.to_owned()),
        "signed" => Some(artefact::SIGNED.to_owned()),
        "text" => Some(artefact::PLAIN.to_owned()),
        _ => {
            let (kind, ordinal) = format.split_once('-')?;
            let ordinal = ordinal.parse().ok()?;
            let name = match kind {
                "cve" => artefact::cve_of(ordinal),
                "osv" => artefact::osv_of(ordinal),
                _ => return None,
            };
            // `osv-01` is no second name of `osv-1`.
            Some(name).filter(|name| *name == format!("{format}.json"))
        }
    }
}
