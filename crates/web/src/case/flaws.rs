//! The flaws of a case: what each is in the team's words, its weakness class and its CVE ID. What
//! the reporter wrote stands beside the form, for the team to read; nobody else does.

use askama::Template;
use axum::response::Response;
use domain::case::Vulnerability;
use domain::identifier::IdentifiersError;
use domain::{CveId, Identifier, ParticipantId, StaffRole, VulnerabilityId};
use store::Organization;

use super::{Head, Look, Moment, Step, Tab, Tried, Wanted};
use crate::Failure;
use crate::chrome::Page;

/// The flaws of a case.
#[derive(Template)]
#[template(path = "case/flaws.html")]
pub(crate) struct FlawsPage {
    page: Page,
    head: Head,
    tried: Tried,
    flaws: Vec<FlawShown>,
    report: Option<ReportShown>,
    undescribed: bool,
    added: String,
    /// What is said where CVE IDs are not those of the CVE program's own service.
    world: String,
    /// Whether IDs are reserved here.
    reserves: bool,
    /// Whether all IDs of the organisation may be looked at.
    is_lead: bool,
}

struct FlawShown {
    id: String,
    ordinal: u32,
    /// What tells its fields from those of other flaws; nothing where the page points to them.
    mark: String,
    html: String,
    words: String,
    raw: bool,
    open: bool,
    cwe: String,
    cve: String,
    typed_cwe: String,
    typed_cve: String,
    words_error: String,
    cwe_error: String,
    cve_error: String,
    /// What it is called in other numberings.
    identifiers: Vec<String>,
    typed_identifiers: String,
    identifiers_error: String,
    score: String,
    /// Whether the ID is ours, and may be rejected.
    ours: bool,
    /// The vendor who assigned it, if one did.
    assigned_by: String,
    /// Since when an ID is being reserved.
    reserving: Option<Moment>,
    /// IDs it had.
    rejected: Vec<String>,
    cnas: Vec<CnaShown>,
    reason: String,
    reason_error: String,
    /// What to use in the place of the ID that is rejected.
    instead: String,
    instead_error: String,
}

/// A vendor of the case that assigns its own CVE IDs.
struct CnaShown {
    participant: String,
    name: String,
    scope: String,
    requests: String,
    asked: Option<(Moment, Moment)>,
}

/// The reporter's own words, which analysts and leads read.
struct ReportShown {
    body: String,
    addenda: Vec<String>,
    prefill: String,
}

impl FlawsPage {
    /// The flaws of a case.
    pub(crate) fn of(look: &Look<'_>, wanted: &Wanted, tried: Tried) -> Self {
        let case = look.case();
        let mut flaws: Vec<_> = case.vulnerabilities.iter().collect();
        flaws.sort_by_key(|(_, flaw)| flaw.ordinal);
        let report = look.may_write().then(|| ReportShown::of(look));
        let mut shown: Vec<_> =
            flaws.iter().map(|(id, flaw)| FlawShown::of(look, &tried, **id, flaw)).collect();
        let undescribed = flaws.iter().any(|(_, flaw)| flaw.description().is_none());
        if wanted.show.as_deref() == Some("report")
            && report.is_some()
            && let Some(first) = shown.iter_mut().find(|flaw| flaw.html.is_empty())
        {
            first.begin_with_the_report(look);
        }
        let adding = tried.value("vulnerability").is_empty();
        Self {
            page: Page::of(look.visitor, "/cases"),
            head: Head::of(look, Tab::Flaws),
            flaws: shown,
            report,
            undescribed,
            added: if adding { tried.value("description") } else { String::new() },
            world: world(look),
            reserves: look.visitor.site().outlets.cve.is_some() && case.accepted_at.is_some(),
            is_lead: look.visitor.person().and_then(|person| person.staff) == Some(StaffRole::Lead),
            tried,
        }
    }
}

impl FlawShown {
    fn of(look: &Look<'_>, tried: &Tried, id: VulnerabilityId, flaw: &Vulnerability) -> Self {
        let theirs = tried.value("vulnerability") == id.to_string();
        let typed = |field: &str, first: &str| {
            if theirs { tried.value_or(field, first) } else { first.to_owned() }
        };
        let error = |field: &str| {
            if theirs { tried.error(field).to_owned() } else { String::new() }
        };
        let words = flaw.description().map(|text| look.words(text)).unwrap_or_default();
        let cwe = flaw.cwe.map_or_else(String::new, |cwe| format!("CWE-{cwe}"));
        let mut scores = look.case().scores.iter().rev();
        let score = scores.find(|scored| scored.vulnerability == Some(id));
        let (words_error, cwe_error) = (error("words"), error("cwe"));
        let identifiers: Vec<_> = flaw.identifiers.iter().map(ToString::to_string).collect();
        Self {
            ordinal: flaw.ordinal,
            mark: if theirs { String::new() } else { format!("-{}", flaw.ordinal) },
            html: flaw.description().map(|text| look.html(text)).unwrap_or_default(),
            words: typed("words", &words),
            raw: false,
            open: words.is_empty() || !words_error.is_empty() || !cwe_error.is_empty(),
            typed_cwe: typed("cwe", &cwe),
            typed_cve: typed("cve", ""),
            cwe,
            cve: flaw.cve.as_ref().map_or_else(String::new, ToString::to_string),
            words_error,
            cwe_error,
            cve_error: error("cve"),
            typed_identifiers: typed("identifiers", &identifiers.join("\n")),
            identifiers_error: error("identifiers"),
            identifiers,
            score: score.map_or_else(String::new, |scored| {
                format!("{} {}", scored.vector.scores().overall(), scored.vector.severity())
            }),
            ours: flaw.our_cve().is_some(),
            assigned_by: flaw.cve_by.map(|by| look.who(by)).unwrap_or_default(),
            reserving: flaw.cve_reserving_since.map(|at| look.moment(at)),
            rejected: flaw.cve_rejected.iter().map(|known| known.cve.to_string()).collect(),
            cnas: look.opened.cnas.iter().map(|cna| CnaShown::of(look, flaw, cna)).collect(),
            reason: typed("reason", ""),
            reason_error: error("reason"),
            instead: typed("replaced_by", ""),
            instead_error: error("replaced_by"),
            id: id.to_string(),
        }
    }

    fn begin_with_the_report(&mut self, look: &Look<'_>) {
        let body = look.words(&look.case().report.body);
        app::report::what_is_wrong(&body).clone_into(&mut self.words);
        self.raw = true;
    }
}

impl CnaShown {
    fn of(look: &Look<'_>, flaw: &Vulnerability, cna: &(ParticipantId, Organization)) -> Self {
        let (participant, organization) = cna;
        let by = look.case().vendor_assigns_by(flaw);
        let asked = flaw.cve_requested_at.zip(by);
        let asked = asked.filter(|_| flaw.cve_requested_of == Some(*participant));
        Self {
            participant: participant.to_string(),
            name: organization.name.clone(),
            scope: organization.cna_scope.clone().unwrap_or_default(),
            requests: organization.cna_requests.clone().unwrap_or_default(),
            asked: asked.map(|(at, by)| (look.moment(at), look.moment(by))),
        }
    }
}

/// What is said where CVE IDs are not those of the CVE program's own service.
pub(crate) fn world(look: &Look<'_>) -> String {
    let cna = look.visitor.site().settings.cna.as_ref();
    cna.and_then(|cna| cna.world.warning()).unwrap_or_default()
}

impl ReportShown {
    fn of(look: &Look<'_>) -> Self {
        let report = &look.case().report;
        Self {
            body: look.html(&report.body),
            addenda: report.addenda.iter().map(|(_, text)| look.html(text)).collect(),
            prefill: format!("{}&show=report", Tab::Flaws.address(&look.at)),
        }
    }
}

/// `POST /cases/{case}/vulnerabilities`
pub(crate) async fn add_vulnerability(step: Step) -> Result<Response, Failure> {
    let words = step.fields.text("description");
    let outcome = app::note::add_vulnerability(&step.ctx(), step.id, words).await;
    step.answer(outcome, Tab::Flaws.into(), "The vulnerability is added.").await
}

/// `POST /cases/{case}/describe`
pub(crate) async fn describe(step: Step) -> Result<Response, Failure> {
    let words = step.fields.text("words");
    let outcome = match (step.fields.parse("vulnerability"), cwe_of(&step.fields.text("cwe"))) {
        (Ok(flaw), Ok(cwe)) => app::note::describe(&step.ctx(), step.id, flaw, words, cwe).await,
        (Err(wrong), _) | (_, Err(wrong)) => Err(wrong),
    };
    step.answer(outcome, Tab::Flaws.into(), "The description is kept.").await
}

/// The number of a CWE entry, however people write it: `CWE-79`, `cwe 79`, `79`, or nothing.
fn cwe_of(typed: &str) -> app::Result<Option<u32>> {
    if typed.is_empty() {
        return Ok(None);
    }
    let digits = typed.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let before = typed.strip_suffix(digits).unwrap_or_default().to_ascii_lowercase();
    let named = matches!(before.as_str(), "" | "cwe" | "cwe-" | "cwe " | "cwe:");
    let number = digits.parse().ok().filter(|number| (1..=99_999).contains(number));
    let wrong = || app::Error::invalid("cwe", "Write it like CWE-787, or leave it empty.");
    number.filter(|_| named).map(Some).ok_or_else(wrong)
}

/// `POST /cases/{case}/cve`
pub(crate) async fn assign_cve(step: Step) -> Result<Response, Failure> {
    let wrong = |_| app::Error::invalid("cve", "Write it like CVE-2026-12345.");
    let cve = step.fields.text("cve").parse::<CveId>().map_err(wrong);
    let outcome = match (step.fields.parse("vulnerability"), cve) {
        (Ok(flaw), Ok(cve)) => {
            // A vendor who is a CNA, or else the team.
            let by = step.fields.parse("by").ok();
            app::note::assign_cve(&step.ctx(), step.id, flaw, cve, by).await
        }
        (Err(wrong), _) | (_, Err(wrong)) => Err(wrong),
    };
    step.answer(outcome, Tab::Flaws.into(), "The CVE ID is kept.").await
}

/// `POST /cases/{case}/identifiers`
pub(crate) async fn identify(step: Step) -> Result<Response, Failure> {
    let wrong = |error: IdentifiersError| app::Error::invalid("identifiers", error.to_string());
    let read = Identifier::read_lines(&step.fields.text("identifiers")).map_err(wrong);
    let outcome = match (step.fields.parse("vulnerability"), read) {
        (Ok(flaw), Ok(read)) => app::note::identify(&step.ctx(), step.id, flaw, read).await,
        (Err(wrong), _) | (_, Err(wrong)) => Err(wrong),
    };
    step.answer(outcome, Tab::Flaws.into(), "The identifiers are kept.").await
}

/// `POST /cases/{case}/cve/reserve`
pub(crate) async fn reserve_cve(step: Step) -> Result<Response, Failure> {
    let outcome = match step.fields.parse("vulnerability") {
        Ok(flaw) => app::cve::reserve(&step.ctx(), step.id, flaw).await,
        Err(wrong) => Err(wrong),
    };
    let said = "CVE Services are asked for an ID. It is here once they have answered.";
    step.answer(outcome, Tab::Flaws.into(), said).await
}

/// `POST /cases/{case}/cve/ask`
pub(crate) async fn ask_for_cve(step: Step) -> Result<Response, Failure> {
    let outcome = match (step.fields.parse("vulnerability"), step.fields.parse("of")) {
        (Ok(flaw), Ok(of)) => app::cve::request(&step.ctx(), step.id, flaw, of).await,
        (Err(wrong), _) | (_, Err(wrong)) => Err(wrong),
    };
    step.answer(outcome, Tab::Flaws.into(), "The vendor is asked, by letter.").await
}

/// `POST /cases/{case}/cve/reject`
pub(crate) async fn reject_cve(step: Step) -> Result<Response, Failure> {
    let (reason, instead) = (step.fields.text("reason"), step.fields.text("replaced_by"));
    let outcome = match step.fields.parse("vulnerability") {
        Ok(flaw) => app::cve::reject(&step.ctx(), step.id, flaw, reason, &instead).await,
        Err(wrong) => Err(wrong),
    };
    step.answer(outcome, Tab::Flaws.into(), "The CVE ID is rejected.").await
}

#[cfg(test)]
mod tests;
