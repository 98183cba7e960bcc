//! Copies of the public site elsewhere.
#![expect(clippy::unnecessary_wraps, clippy::unused_async, reason = "nothing is sent this way yet")]

use domain::Published;
use store::Dispatch;

use super::{Carried, Wanted};
use crate::{Ctx, Desk, Result};

/// What is sent of a note.
pub(super) fn wanted(_desk: &mut Desk<'_>, _published: &Published) -> Result<Vec<Wanted>> {
    Ok(vec![])
}

/// Carries one dispatch.
pub(super) async fn carry(_ctx: &Ctx, _dispatch: &Dispatch) -> Result<Carried> {
    Ok(Carried::Never("This channel is not set up.".to_owned()))
}

/// What stands in the way.
pub(super) async fn problems(_ctx: &Ctx) -> Result<Vec<String>> {
    Ok(vec![])
}
