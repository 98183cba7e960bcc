//! Taking a public note back, on the draft page.

use axum::response::Response;

use crate::Failure;
use crate::case::{Look, Step, Tab};

/// A decision to take the note back that waits for others.
pub(crate) struct Waiting {
    pub(crate) remains: &'static str,
    pub(crate) reason: String,
    pub(crate) approvals: Vec<String>,
}

/// The decision that waits, if one does.
pub(super) fn waiting(look: &Look<'_>) -> Option<Waiting> {
    let waiting = look.case().note.withdrawing.as_ref()?;
    Some(Waiting {
        remains: waiting.remains.label(),
        reason: look.words(&waiting.reason),
        approvals: waiting.approvals.keys().map(|who| look.colleague(*who)).collect(),
    })
}

/// `POST /cases/{case}/withdraw`
pub(crate) async fn withdraw(step: Step) -> Result<Response, Failure> {
    let reason = step.fields.text("reason");
    let outcome = match step.fields.choice("remains") {
        Ok(remains) => app::note::propose_withdrawal(&step.ctx(), step.id, remains, reason).await,
        Err(wrong) => Err(wrong),
    };
    step.answer(outcome, Tab::Draft.into(), "Your decision is kept.").await
}

/// `POST /cases/{case}/withdraw/agree`
pub(crate) async fn agree(step: Step) -> Result<Response, Failure> {
    let outcome = app::note::agree_to_withdrawal(&step.ctx(), step.id).await;
    step.answer(outcome, Tab::Draft.into(), "Your decision is kept.").await
}
