//! The flaws of a case, and their CVE IDs.

use askama::Template;
use axum::response::Response;
use domain::CveId;

use super::{Head, Look, Step, Tab, Tried};
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
}

struct FlawShown {
    id: String,
    ordinal: u32,
    words: String,
    cwe: String,
    cve: String,
    typed: String,
    error: String,
    score: String,
}

impl FlawsPage {
    /// The flaws of a case.
    pub(crate) fn of(look: &Look<'_>, tried: Tried) -> Self {
        let mut flaws: Vec<_> = look.case().vulnerabilities.iter().collect();
        flaws.sort_by_key(|(_, flaw)| flaw.ordinal);
        let shown = |(id, flaw): (&domain::VulnerabilityId, &domain::case::Vulnerability)| {
            let id_text = id.to_string();
            let theirs = tried.value("vulnerability") == id_text;
            let scored = look.case().scores.iter().rev();
            let score = scored.into_iter().find(|scored| scored.vulnerability == Some(*id));
            FlawShown {
                ordinal: flaw.ordinal,
                words: look.html(&flaw.description),
                cwe: flaw.cwe.map_or_else(String::new, |cwe| format!("CWE-{cwe}")),
                cve: flaw.cve.as_ref().map_or_else(String::new, ToString::to_string),
                typed: if theirs { tried.value("cve") } else { String::new() },
                error: if theirs { tried.error("cve").to_owned() } else { String::new() },
                score: score.map_or_else(String::new, |scored| {
                    format!("{} {}", scored.vector.scores().overall(), scored.vector.severity())
                }),
                id: id_text,
            }
        };
        Self {
            page: Page::of(look.visitor, "/cases"),
            head: Head::of(look, Tab::Flaws),
            flaws: flaws.into_iter().map(shown).collect(),
            tried,
        }
    }
}

/// `POST /cases/{case}/vulnerabilities`
pub(crate) async fn add_vulnerability(step: Step) -> Result<Response, Failure> {
    let words = step.fields.text("description");
    let outcome = app::note::add_vulnerability(&step.ctx(), step.id, words).await;
    step.answer(outcome, Tab::Flaws.into(), "The vulnerability is added.").await
}

/// `POST /cases/{case}/cve`
pub(crate) async fn assign_cve(step: Step) -> Result<Response, Failure> {
    let wrong = |_| app::Error::invalid("cve", "Write it like CVE-2026-12345.");
    let cve = step.fields.text("cve").parse::<CveId>().map_err(wrong);
    let outcome = match (step.fields.parse("vulnerability"), cve) {
        (Ok(flaw), Ok(cve)) => app::note::assign_cve(&step.ctx(), step.id, flaw, cve, None).await,
        (Err(wrong), _) | (_, Err(wrong)) => Err(wrong),
    };
    step.answer(outcome, Tab::Flaws.into(), "The CVE ID is kept.").await
}
