//! Until when a case may not be told: the terms in force, the dates on the table with who said
//! what, the plan that hangs on them, and the ways to another date.

use askama::Template;
use axum::response::Response;
use domain::deadline::{Deadline, Progress};
use domain::embargo::{EndCause, Proposal, ProposalReason, ProposalState};
use domain::event::Answer;
use domain::pec::Pec;
use domain::{Instant, ProposalId};

use super::vendors::Glyph;
use super::{Choice, Head, Look, Moment, Step, Tab, Tried, choices};
use crate::Failure;
use crate::chrome::Page;
use crate::form::name_of;

/// Until when a case may not be told.
#[derive(Template)]
#[template(path = "case/embargo.html")]
pub(crate) struct EmbargoPage {
    page: Page,
    head: Head,
    tried: Tried,
    terms: Option<(Named, Moment)>,
    ended: Option<(Moment, &'static str)>,
    open: Vec<ProposalShown>,
    settled: Vec<ProposalShown>,
    consents: Vec<(String, Glyph)>,
    agreed: usize,
    plan: Vec<Planned>,
    may_propose: bool,
    reasons: Vec<Choice>,
    zone: String,
    causes: Vec<Choice>,
}

/// An instant, and how it was said in the zone of who named it.
pub(crate) struct Named {
    at: Moment,
    there: String,
}

/// Something that falls due.
struct Planned {
    what: &'static str,
    by: Moment,
    stands: Glyph,
}

struct ProposalShown {
    id: String,
    end: Named,
    by: String,
    reason: &'static str,
    at: Moment,
    answer_by: Moment,
    state: &'static str,
    answers: Vec<(String, Glyph)>,
}

/// What ends an embargo by a decision; that its time comes is nobody's decision.
const CAUSES: &[EndCause] = &[
    EndCause::Public,
    EndCause::Exploit,
    EndCause::Attacks,
    EndCause::Quorum,
    EndCause::Consensus,
    EndCause::Other,
];

impl EmbargoPage {
    /// Until when a case may not be told.
    pub(crate) fn of(look: &Look<'_>, tried: Tried) -> Self {
        let embargo = &look.case().embargo;
        let open: Vec<_> = embargo.open().into_iter().map(|one| shown(look, one)).collect();
        let settled = embargo.proposals.iter().rev().filter(|p| p.state != ProposalState::Open);
        let chosen = tried.value_or("why", &name_of(&ProposalReason::FixTiming));
        let told = look.case().engaged().filter(|them| them.is_vendor() && them.is_notified());
        let told: Vec<_> = told.collect();
        let agreed = told.iter().filter(|them| them.pec == Pec::Signatory).count();
        let mut consents: Vec<_> =
            told.iter().map(|them| (look.name(them), Glyph::of_consent(them.pec))).collect();
        consents.sort_by_key(|(name, _)| name.to_lowercase());
        Self {
            page: Page::of(look.visitor, "/cases"),
            head: Head::of(look, Tab::Embargo),
            terms: embargo
                .terms
                .as_ref()
                .map(|terms| (Named::of(look, &terms.end), look.moment(terms.since))),
            ended: embargo.ended.map(|(at, cause)| (look.moment(at), cause.label())),
            settled: settled.map(|one| shown(look, one)).collect(),
            consents,
            agreed,
            plan: plan(look),
            may_propose: embargo.ended.is_none(),
            reasons: choices(ProposalReason::ALL, ProposalReason::label, &chosen),
            zone: tried.value_or("end_zone", "UTC"),
            causes: choices(CAUSES, EndCause::label, ""),
            open,
            tried,
        }
    }
}

impl Named {
    fn of(look: &Look<'_>, instant: &Instant) -> Self {
        let zone = instant.zone.as_ref();
        let there = jiff::tz::TimeZone::get(zone).ok().filter(|_| zone != "UTC");
        let there = there.map_or_else(String::new, |zone| {
            instant.at.to_zoned(zone).strftime("%Y-%m-%d %H:%M %Q").to_string()
        });
        Self { at: look.moment(instant.at), there }
    }
}

/// What falls due in the case, but for the dates on the table, which the page shows above.
fn plan(look: &Look<'_>) -> Vec<Planned> {
    let deadlines = look.case().deadlines(look.now()).into_iter();
    let planned = |one: Deadline| Planned {
        what: one.due.label(),
        by: look.moment(one.by),
        stands: match one.progress {
            Progress::Met(at) => Glyph::new("done", "Done", mail::when::instant(at)),
            Progress::Open => Glyph::new("untold", "There is time", ""),
            Progress::Pressing => Glyph::new("wait", "To be seen to now", ""),
            Progress::Missed => Glyph::new("fail", "Late", ""),
        },
    };
    deadlines.filter(|one| one.proposal.is_none()).map(planned).collect()
}

fn shown(look: &Look<'_>, proposal: &Proposal) -> ProposalShown {
    let mut answers: Vec<_> = proposal
        .answers
        .iter()
        .map(|(them, answer)| {
            let kind = match answer {
                Answer::Agree => "done",
                Answer::Disagree => "fail",
            };
            (look.who(*them), Glyph::new(kind, answer.label(), ""))
        })
        .collect();
    answers.sort_by_key(|(name, _)| name.to_lowercase());
    ProposalShown {
        id: proposal.id.to_string(),
        end: Named::of(look, &proposal.end),
        by: look.who(proposal.by),
        reason: proposal.reason.label(),
        at: look.moment(proposal.at),
        answer_by: look.moment(proposal.answer_by),
        state: proposal.state.label(),
        answers,
    }
}

/// `POST /cases/{case}/embargo/propose`
pub(crate) async fn propose(step: Step) -> Result<Response, Failure> {
    let outcome = match (step.fields.instant("end"), step.fields.choice("why")) {
        (Ok(end), Ok(why)) => app::embargo::propose(&step.ctx(), step.id, end, why).await,
        (Err(wrong), _) | (_, Err(wrong)) => Err(wrong),
    };
    step.answer(
        outcome,
        Tab::Embargo.into(),
        "The date is on the table, and the parties are asked.",
    )
    .await
}

/// `POST /cases/{case}/embargo/decide`
pub(crate) async fn decide(step: Step) -> Result<Response, Failure> {
    let (outcome, said) = match step.fields.parse::<ProposalId>("proposal") {
        Err(wrong) => (Err(wrong), ""),
        Ok(proposal) if step.fields.text("decision") == "accept" => {
            (app::embargo::accept(&step.ctx(), step.id, proposal).await, "The date stands.")
        }
        Ok(proposal) => {
            (app::embargo::reject(&step.ctx(), step.id, proposal).await, "The date is turned down.")
        }
    };
    step.answer(outcome, Tab::Embargo.into(), said).await
}

/// `POST /cases/{case}/embargo/end`
pub(crate) async fn end_embargo(step: Step) -> Result<Response, Failure> {
    let typed = step.fields.text("handle");
    let look = Look::open(&step.visitor, &step.at).await?;
    let outcome = match step.fields.choice("cause") {
        Ok(_) if !is_handle(&look, &typed) => {
            Err(app::Error::invalid("handle", "Type the number of the case, as it stands above."))
        }
        Ok(cause) => app::embargo::end(&step.ctx(), step.id, cause).await,
        Err(wrong) => Err(wrong),
    };
    step.answer(outcome, Tab::Embargo.into(), "The embargo has ended, and the parties are told.")
        .await
}

/// Whether somebody typed the case's own number or reference, in any of its spellings.
fn is_handle(look: &Look<'_>, typed: &str) -> bool {
    let case = look.case();
    let number = typed.parse().ok();
    let reference = typed.parse().ok();
    number.is_some() && number == case.number || reference.as_ref() == Some(&case.report.reference)
}
