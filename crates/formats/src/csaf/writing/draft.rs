//! A note that is not public, for those it was shown to.

use super::{about, category, document};
use crate::csaf::Version;
use crate::csaf::document::{Distribution, Light, Revision, Tlp, TrackingStatus};
use crate::csaf::shape::ReferenceCategory;
use crate::public_note::{PublicNote, Publisher};

/// Who may read it. CSAF 2.0 has no word for the stricter amber, so that the text says it in both.
const FOR_WHOM: &str = "Not public. Only for those it was shown to, within their own organisation, \
                        and there for whoever must know of it.";

/// A revision of a draft as a document that nobody may pass on (CSAF 2.0 and 2.1, 3.2.1.5 and 6.1.17):
/// the note's dates are those of when it was shown. It lies nowhere in public, so it names no
/// address as its own.
pub fn write_draft(
    note: &PublicNote,
    publisher: &Publisher,
    version: Version,
    revision: u32,
) -> Vec<u8> {
    let mut draft = document(note, publisher, version);
    let number = format!("0.{revision}.0");
    let tracking = &mut draft.document.tracking;
    tracking.status = TrackingStatus::Draft;
    tracking.version.clone_from(&number);
    tracking.revision_history = vec![Revision {
        date: about::released_at(note).to_string(),
        number,
        summary: format!("Draft, revision {revision}."),
        ..Revision::default()
    }];
    let label = match version {
        Version::V2_0 => Light::Amber,
        Version::V2_1 => Light::AmberStrict,
    };
    let tlp = Tlp { label, url: Some(about::TLP.to_owned()), ..Tlp::default() };
    draft.document.distribution = Some(Distribution {
        text: Some(FOR_WHOM.to_owned()),
        tlp: Some(tlp),
        ..Distribution::default()
    });
    let itself = Some(ReferenceCategory::Itself);
    draft.document.references.retain(|reference| reference.category != itself);
    category(&draft).clone_into(&mut draft.document.category);
    draft.to_bytes()
}
