//! The first tab of a case: the report, who sent it, what analysts made of it, and the decision.

use std::collections::BTreeSet;

use askama::Template;
use axum::response::Response;
use domain::Case;
use domain::case::{CaseKind, ClosingReason, Phase};
use domain::closing::Settled;
use domain::report::{Analysis, DeclineReason, Identity};
use domain::score::Vector;

use super::{Choice, Head, Look, Moment, Step, Tab, Tried, choices};
use crate::Failure;
use crate::advisory::AdvisoryShown;
use crate::chrome::Page;
use crate::form::name_of;

/// What the reporter is told when a report is not taken on, unless the team writes otherwise.
const DECLINED: &str = "Thank you for your report. We have looked at it, and we do not take it on, \
    for the reasons given here. That is no judgement of your work.\n\nYou can still tell the vendor \
    yourself, and you decide when and what you publish; we advise to give the vendor time for a \
    fix first. If you learn something new, add it to your report: we will look again.";

/// The first tab of a case.
#[derive(Template)]
#[template(path = "case/overview.html")]
pub(crate) struct OverviewPage {
    page: Page,
    head: Head,
    tried: Tried,
    report: ReportShown,
    reporter: ReporterShown,
    analyses: Vec<AnalysisShown>,
    scores: Vec<ScoreShown>,
    score_waived: Option<String>,
    declined: Option<DeclinedShown>,
    overrides: Vec<(Moment, &'static str, String)>,
    acknowledged: Option<Moment>,
    reporter_id: String,
    advisories: Vec<AdvisoryShown>,
    due: Moment,
    undecided: bool,
    wants_score: bool,
    kinds: Vec<Choice>,
    reasons: Vec<Choice>,
    explanation: String,
    results: Vec<Choice>,
    flaws: Vec<Choice>,
    colleagues: Vec<Choice>,
    closing: Vec<Choice>,
    /// What should be before a published case is closed, and whether it is.
    settled: Vec<(bool, &'static str)>,
}

struct ReportShown {
    reference: String,
    received: Moment,
    body: String,
    addenda: Vec<(Moment, String)>,
    facts: Vec<(&'static str, String)>,
}

struct ReporterShown {
    identity: &'static str,
    name: String,
    address: String,
    organization: String,
    sharing: &'static str,
    credit: &'static str,
}

struct AnalysisShown {
    at: Moment,
    result: &'static str,
    notes: String,
}

struct ScoreShown {
    at: Moment,
    of: String,
    vector: String,
    score: String,
    severity: String,
    environmental: String,
}

struct DeclinedShown {
    at: Moment,
    reasons: Vec<&'static str>,
    explanation: String,
}

impl OverviewPage {
    /// The first tab of a case.
    pub(crate) fn of(look: &Look<'_>, tried: Tried) -> Self {
        let case = look.case();
        let kind = tried.value_or("kind", &name_of(&CaseKind::Coordinate));
        let overrides = case
            .overrides
            .iter()
            .map(|(at, rule, why)| (look.moment(*at), rule.code(), look.words(why)));
        Self {
            page: Page::of(look.visitor, "/cases"),
            head: Head::of(look, Tab::Overview),
            report: ReportShown::of(look),
            reporter: ReporterShown::of(look),
            analyses: analyses(look),
            scores: scores(look),
            score_waived: case.score_waived.as_ref().map(|why| look.words(why)),
            declined: declined(look),
            overrides: overrides.collect(),
            acknowledged: case.report.acknowledged_at.map(|at| look.moment(at)),
            reporter_id: case.reporter.to_string(),
            advisories: case
                .participant(case.reporter)
                .map_or_else(Vec::new, |them| look.advisories(them)),
            due: look.moment(case.first_response_due().1),
            undecided: matches!(case.phase(), Phase::Report | Phase::Declined),
            wants_score: !case.has_environmental_score() && case.score_waived.is_none(),
            kinds: choices(CaseKind::ALL, CaseKind::label, &kind),
            reasons: reasons(&tried),
            explanation: tried.value_or("explanation", DECLINED),
            results: choices(Analysis::ALL, Analysis::label, &tried.value("result")),
            flaws: look.flaws(&tried.value("vulnerability")),
            colleagues: look.colleagues(),
            settled: settled(case),
            closing: choices(ClosingReason::ALL, ClosingReason::label, ""),
            tried,
        }
    }
}

/// What should be before the case is closed as published; nothing while there is no note.
fn settled(case: &Case) -> Vec<(bool, &'static str)> {
    if case.note.published.is_none() {
        return vec![];
    }
    Settled::ALL.iter().map(|what| (case.is_settled(*what), what.label())).collect()
}

impl ReportShown {
    fn of(look: &Look<'_>) -> Self {
        let report = &look.case().report;
        let said = &report.submission;
        let when = |at: Option<domain::Timestamp>, none: &str| {
            at.map_or_else(|| none.to_owned(), mail::when::instant)
        };
        let reasons: Vec<_> = said.reasons.iter().map(|reason| reason.label()).collect();
        let facts = vec![
            ("Came by", said.intake.label().to_owned()),
            ("To show", said.evidence.label().to_owned()),
            ("Public already", said.public.label().to_owned()),
            ("Being exploited", said.exploited.label().to_owned()),
            ("Vendor told", when(said.vendor_told_at, "No")),
            ("Means to publish", when(said.plans_to_publish_at, "No date given")),
            ("Found by a tool", said.found_by_tool.label().to_owned()),
            ("Why a coordinator", reasons.join("; ")),
        ];
        Self {
            reference: report.reference.to_string(),
            received: look.moment(report.received_at),
            body: look.html(&report.body),
            addenda: report
                .addenda
                .iter()
                .map(|(at, text)| (look.moment(*at), look.html(text)))
                .collect(),
            facts: facts.into_iter().filter(|(_, said)| !said.is_empty()).collect(),
        }
    }
}

impl ReporterShown {
    fn of(look: &Look<'_>) -> Self {
        let said = &look.case().report.submission;
        let known = look.opened.reporter.clone().unwrap_or_default();
        let anonymous = said.identity == Identity::Anonymous;
        let name = if anonymous { None } else { known.name };
        Self {
            identity: said.identity.label(),
            name: name.unwrap_or_default(),
            address: known.address.unwrap_or_default(),
            organization: known.organization.unwrap_or_default(),
            sharing: said.sharing.label(),
            credit: said.credit.label(),
        }
    }
}

fn analyses(look: &Look<'_>) -> Vec<AnalysisShown> {
    let shown = |(at, result, notes): &(domain::Timestamp, Analysis, domain::Text)| AnalysisShown {
        at: look.moment(*at),
        result: result.label(),
        notes: look.html(notes),
    };
    look.case().analyses.iter().rev().map(shown).collect()
}

fn scores(look: &Look<'_>) -> Vec<ScoreShown> {
    let shown = |scored: &domain::case::Scored| {
        let scores = scored.vector.scores();
        let of = scored.vulnerability.map(|flaw| look.flaw(flaw));
        ScoreShown {
            at: look.moment(scored.at),
            of: of.unwrap_or_else(|| "The report".to_owned()),
            vector: scored.vector.to_string(),
            score: scores.overall().to_string(),
            severity: scored.vector.severity().to_string(),
            environmental: scores.environmental.map_or_else(String::new, |td| td.to_string()),
        }
    };
    look.case().scores.iter().rev().map(shown).collect()
}

fn declined(look: &Look<'_>) -> Option<DeclinedShown> {
    look.case().declined.as_ref().map(|declined| DeclinedShown {
        at: look.moment(declined.at),
        reasons: declined.reasons.iter().map(|reason| reason.label()).collect(),
        explanation: look.html(&declined.explanation),
    })
}

fn reasons(tried: &Tried) -> Vec<Choice> {
    let mut reasons = choices(DeclineReason::ALL, DeclineReason::label, "");
    for reason in &mut reasons {
        reason.chosen = tried.chose("reasons", &reason.value);
    }
    reasons
}

/// `POST /cases/{case}/acknowledge`
pub(crate) async fn acknowledge(step: Step) -> Result<Response, Failure> {
    let outcome = app::triage::acknowledge(&step.ctx(), step.id).await;
    step.answer(outcome, Tab::Overview.into(), "The reporter is told that the report is here.")
        .await
}

/// `POST /cases/{case}/analyse`
pub(crate) async fn analyse(step: Step) -> Result<Response, Failure> {
    let outcome = match step.fields.choice("result") {
        Ok(result) => {
            app::triage::analyse(&step.ctx(), step.id, result, step.fields.text("notes")).await
        }
        Err(wrong) => Err(wrong),
    };
    step.answer(outcome, Tab::Overview.into(), "The analysis is kept.").await
}

/// `POST /cases/{case}/score`
pub(crate) async fn score(step: Step) -> Result<Response, Failure> {
    let outcome = match vector(&step) {
        Ok((flaw, vector)) => app::triage::score(&step.ctx(), step.id, flaw, vector).await,
        Err(wrong) => Err(wrong),
    };
    step.answer(outcome, Tab::Overview.into(), "The score is kept.").await
}

fn vector(step: &Step) -> app::Result<(Option<domain::VulnerabilityId>, Vector)> {
    let text = step.fields.text("vector");
    let vector =
        Vector::parse(&text).map_err(|wrong| app::Error::invalid("vector", wrong.to_string()))?;
    let whole = step.fields.text("vulnerability").is_empty();
    let flaw = if whole { None } else { Some(step.fields.parse("vulnerability")?) };
    Ok((flaw, vector))
}

/// `POST /cases/{case}/accept`
pub(crate) async fn accept(step: Step) -> Result<Response, Failure> {
    let outcome = match step.fields.choice("kind") {
        Ok(kind) => app::triage::accept(&step.ctx(), step.id, kind).await,
        Err(wrong) => Err(wrong),
    };
    let said = match &outcome {
        Ok(number) => format!("The case is accepted as {number}, and the reporter is told."),
        Err(_) => String::new(),
    };
    step.answer(outcome, Tab::Overview.into(), &said).await
}

/// `POST /cases/{case}/decline`
pub(crate) async fn decline(step: Step) -> Result<Response, Failure> {
    let reasons: BTreeSet<DeclineReason> = step.fields.choices("reasons");
    let words = step.fields.text("explanation");
    let outcome = if reasons.is_empty() {
        Err(app::Error::invalid("reasons", "Choose at least one reason."))
    } else {
        app::triage::decline(&step.ctx(), step.id, reasons, words).await
    };
    step.answer(outcome, Tab::Overview.into(), "The report is declined, and the reporter is told.")
        .await
}

/// `POST /cases/{case}/ask`
pub(crate) async fn ask(step: Step) -> Result<Response, Failure> {
    let look = Look::open(&step.visitor, &step.at).await?;
    let of = look.case().reporter;
    let outcome = app::triage::ask(&step.ctx(), step.id, of, step.fields.text("question")).await;
    step.answer(outcome, Tab::Talk.into(), "The reporter is asked.").await
}

/// `POST /cases/{case}/assign`
pub(crate) async fn assign(step: Step) -> Result<Response, Failure> {
    let outcome = match step.fields.parse("to") {
        Ok(to) => app::triage::assign(&step.ctx(), step.id, to).await,
        Err(wrong) => Err(wrong),
    };
    step.answer(outcome, Tab::Overview.into(), "The case has another owner.").await
}

/// `POST /cases/{case}/rename`
pub(crate) async fn rename(step: Step) -> Result<Response, Failure> {
    let outcome = app::triage::rename(&step.ctx(), step.id, step.fields.text("title")).await;
    step.answer(outcome, Tab::Overview.into(), "The working title is changed.").await
}

/// `POST /cases/{case}/close`
pub(crate) async fn close(step: Step) -> Result<Response, Failure> {
    let outcome = match step.fields.choice("reason") {
        Ok(reason) => app::triage::close(&step.ctx(), step.id, reason).await,
        Err(wrong) => Err(wrong),
    };
    step.answer(outcome, Tab::Overview.into(), "The case is closed.").await
}
