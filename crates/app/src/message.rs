//! Words exchanged in a case.

use domain::CaseId;
use domain::event::Audience;

use crate::report::filled;
use crate::{Ctx, Result};

/// Somebody writes to others in the case.
pub async fn post(ctx: &Ctx, id: CaseId, audience: Audience, words: String) -> Result<()> {
    filled("text", &words)?;
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let text = desk.words(id, &words)?;
        let asked = desk.asked(id)?;
        let message = desk.ctx().fresh();
        let events = case.post_message(&me, message, audience, text, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}
