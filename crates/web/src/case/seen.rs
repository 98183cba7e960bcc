//! What was seen out there: claims of anybody, and what the team makes of them.

use askama::Template;
use axum::response::Response;
use domain::ObservationId;
use domain::case::{ObservationKind, Verdict};
use domain::observation::AfterAttacks;

use super::{Choice, Head, Look, Moment, Step, Tab, Tried, choices};
use crate::Failure;
use crate::chrome::Page;

/// What was seen out there.
#[derive(Template)]
#[template(path = "case/seen.html")]
pub(crate) struct SeenPage {
    page: Page,
    head: Head,
    tried: Tried,
    world: Vec<(&'static str, Moment)>,
    seen: Vec<ObservationShown>,
    kinds: Vec<Choice>,
    zone: String,
}

struct ObservationShown {
    id: String,
    what: &'static str,
    by: String,
    at: Moment,
    evidence: String,
    state: &'static str,
    verdict: &'static str,
    open: bool,
    attacks: bool,
    follows: &'static str,
}

impl SeenPage {
    /// What was seen out there.
    pub(crate) fn of(look: &Look<'_>, tried: Tried) -> Self {
        let case = look.case();
        let known = [
            ("The public knows since", case.since.public),
            ("An exploit is public since", case.since.exploit),
            ("Attacks since", case.since.attacks),
        ];
        let world = known.into_iter().filter_map(|(what, at)| Some((what, look.moment(at?))));
        let mut seen: Vec<_> = case.observations.iter().collect();
        seen.sort_by_key(|(_, one)| (one.verdict != Verdict::Claimed, one.observed_at));
        Self {
            page: Page::of(look.visitor, "/cases"),
            head: Head::of(look, Tab::Seen),
            world: world.collect(),
            seen: seen.into_iter().map(|(id, one)| shown(look, *id, one)).collect(),
            kinds: choices(ObservationKind::ALL, ObservationKind::label, &tried.value("kind")),
            zone: tried.value_or("observed_zone", "UTC"),
            tried,
        }
    }
}

fn shown(look: &Look<'_>, id: ObservationId, seen: &domain::case::Observation) -> ObservationShown {
    let in_force = look.case().embargo.terms.is_some();
    let follows = match seen.kind {
        ObservationKind::PublicAware | ObservationKind::ExploitPublic if in_force => {
            "If it is true, the embargo ends at once."
        }
        ObservationKind::AttacksObserved if in_force => {
            "If it is true, the embargo should end. It goes on only for a reason, which is kept."
        }
        ObservationKind::PublicAware
        | ObservationKind::ExploitPublic
        | ObservationKind::AttacksObserved
        | ObservationKind::IndependentDiscovery
        | ObservationKind::Leak => "",
    };
    let (state, verdict) = match seen.verdict {
        Verdict::Claimed => ("wait", "Claimed"),
        Verdict::Adopted => ("done", "Held to be true"),
        Verdict::Rejected => ("untold", "Not held to be true"),
    };
    ObservationShown {
        id: id.to_string(),
        what: seen.kind.label(),
        by: look.author(seen.by),
        at: look.moment(seen.observed_at),
        evidence: look.html(&seen.evidence),
        state,
        verdict,
        open: seen.verdict == Verdict::Claimed,
        attacks: seen.kind == ObservationKind::AttacksObserved && in_force,
        follows,
    }
}

/// `POST /cases/{case}/observe`
pub(crate) async fn observe(step: Step) -> Result<Response, Failure> {
    let fields = &step.fields;
    let outcome = match (fields.choice("kind"), fields.instant("observed")) {
        (Ok(kind), Ok(at)) => {
            let evidence = fields.text("evidence");
            app::observation::claim(&step.ctx(), step.id, kind, at.at, evidence).await
        }
        (Err(wrong), _) | (_, Err(wrong)) => Err(wrong),
    };
    step.answer(
        outcome,
        Tab::Seen.into(),
        "It is written down. Nothing follows until you judge it.",
    )
    .await
}

/// `POST /cases/{case}/observation`
pub(crate) async fn judge_observation(step: Step) -> Result<Response, Failure> {
    let (ctx, id) = (step.ctx(), step.id);
    let (outcome, said) = match step.fields.parse::<ObservationId>("observation") {
        Err(wrong) => (Err(wrong), ""),
        Ok(seen) => match verdict(&step) {
            Some(after) => {
                (app::observation::adopt(&ctx, id, seen, after).await, "It is held to be true.")
            }
            None => (app::observation::reject(&ctx, id, seen).await, "It is set aside."),
        },
    };
    step.answer(outcome, Tab::Seen.into(), said).await
}

/// What becomes of the embargo if it is held to be true; nothing if it is not.
fn verdict(step: &Step) -> Option<AfterAttacks> {
    match step.fields.text("verdict").as_str() {
        "true" => Some(AfterAttacks::End),
        "true_keep" => Some(AfterAttacks::Keep),
        _ => None,
    }
}
