//! Does the circle in which a document is shared go with its traffic light (CSAF 2.1)?

use super::Problem;
use crate::csaf::Document;
use crate::csaf::document::{Light, TrackingStatus};

const EVERYBODY: &str = "ffffffff-ffff-ffff-ffff-ffffffffffff";
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// 6.1.38 to 6.1.41: the circle of everybody is for public documents, and the circles of everybody and nobody have their names.
pub(super) fn tests(document: &Document) -> Vec<Problem> {
    let Some(distribution) = &document.document.distribution else { return vec![] };
    let Some(group) = &distribution.sharing_group else { return vec![] };
    let clear = distribution.tlp.as_ref().is_some_and(|tlp| tlp.label == Light::Clear);
    let draft = document.document.tracking.status == TrackingStatus::Draft;
    let (id, name) = (group.id.as_str(), group.name.as_deref());
    let wrong_name = match name {
        Some("Public") => id != EVERYBODY,
        Some("No sharing allowed") => id != NOBODY || !draft,
        _ => false,
    };
    let missing_name = match id {
        EVERYBODY => name != Some("Public"),
        NOBODY => name != Some("No sharing allowed"),
        _ => false,
    };
    let path = "/document/distribution/sharing_group";
    let tests = [
        ("6.1.38", id == EVERYBODY && !clear, "Only what is public is shared with everybody."),
        (
            "6.1.39",
            clear && id != EVERYBODY && !(draft && id == NOBODY),
            "What is public is shared with everybody.",
        ),
        ("6.1.40", wrong_name, "The name of the circle belongs to another."),
        ("6.1.41", missing_name, "The circle has a name that is not given."),
    ];
    let broken = tests.into_iter().filter(|(_, broken, _)| *broken);
    broken.map(|(test, _, words)| Problem::new(test, path, words)).collect()
}
