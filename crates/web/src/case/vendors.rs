//! The vendors of a case: who was told when, what became of the letter, what they said last, and
//! how each flaw concerns them. Rows are picked, then told or reminded.

use std::collections::BTreeMap;

use app::directory::NewVendor;
use askama::Template;
use axum::response::Response;
use domain::participant::{Participant, Standing};
use domain::pec::Pec;
use domain::status::{Delivery, ProductStatus};
use domain::{LetterId, ParticipantId, VulnerabilityId};

use super::next::counted;
use super::{Choice, Head, Look, Moment, Step, Tab, Tried, Wanted};
use crate::Failure;
use crate::chrome::Page;
use crate::directory::vendor_lines;

/// The vendors of a case.
#[derive(Template)]
#[template(path = "case/vendors.html")]
pub(crate) struct VendorsPage {
    page: Page,
    head: Head,
    tried: Tried,
    summary: String,
    filters: Vec<Filter>,
    flaws: Vec<Choice>,
    rows: Vec<VendorRow>,
    suggestions: Vec<(String, String, Moment)>,
}

/// A way to narrow the list.
pub(crate) struct Filter {
    href: String,
    word: &'static str,
    current: &'static str,
    count: String,
}

/// A vendor in the list.
pub(crate) struct VendorRow {
    id: String,
    name: String,
    standing: &'static str,
    told: Option<Moment>,
    letter: Option<Glyph>,
    heard: Option<Moment>,
    consent: Glyph,
    statuses: Vec<(String, Glyph)>,
    statement: bool,
}

/// A state, as a drawing and a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Glyph {
    pub(crate) kind: &'static str,
    pub(crate) word: &'static str,
    pub(crate) more: String,
}

impl Glyph {
    /// A state, and its finer shade.
    pub(crate) fn new(kind: &'static str, word: &'static str, more: impl Into<String>) -> Self {
        Self { kind, word, more: more.into() }
    }

    /// What a vendor says of a flaw; where it says nothing, how far we have reached it.
    pub(crate) fn of_status(them: &Participant, flaw: VulnerabilityId) -> Self {
        match them.status(flaw) {
            ProductStatus::Unknown => Self::of_silence(them),
            ProductStatus::UnderInvestigation => Self::new("looking", "Investigating", ""),
            ProductStatus::Affected => Self::new("affected", "Affected", ""),
            ProductStatus::NotAffected { justification } => {
                let why = justification.map_or("", domain::status::Justification::label);
                Self::new("clear", "Not affected", why)
            }
            ProductStatus::Fixed => Self::new("fixed", "Fixed", ""),
            ProductStatus::WillNotFix => Self::new("affected", "Affected", "no fix will come"),
        }
    }

    fn of_silence(them: &Participant) -> Self {
        let Some(attempt) = them.attempts.last() else {
            return Self::new("untold", "Not yet told", "");
        };
        let heard = them.last_heard_at.is_some();
        let shade = match attempt.outcome {
            _ if heard => "acknowledged",
            Delivery::Bounced | Delivery::Failed => "undelivered",
            Delivery::Queued | Delivery::Deferred => "on its way",
            Delivery::Sent | Delivery::Delivered => "silent",
        };
        Self::new("silent", "No answer", shade)
    }

    /// What became of the last letter.
    fn of_letter(them: &Participant, why: &BTreeMap<LetterId, Option<String>>) -> Option<Self> {
        let attempt = them.attempts.last()?;
        let Some(letter) = attempt.letter else {
            return Some(Self::new("done", "Reached in another way", ""));
        };
        let why = why.get(&letter).cloned().flatten().unwrap_or_default();
        let kind = match attempt.outcome {
            Delivery::Queued | Delivery::Deferred => "wait",
            Delivery::Sent | Delivery::Delivered => "done",
            Delivery::Bounced | Delivery::Failed => "fail",
        };
        Some(Self::new(kind, attempt.outcome.label(), why))
    }

    /// Whether they keep the embargo.
    pub(crate) fn of_consent(pec: Pec) -> Self {
        match pec {
            Pec::NoEmbargo => Self::new("untold", "Not asked", ""),
            Pec::Invited => Self::new("wait", "Asked", ""),
            Pec::Signatory => Self::new("done", "Agrees", ""),
            Pec::Lapsed => Self::new("wait", "Agreed", "to the earlier date"),
            Pec::Declined => Self::new("fail", "Does not agree", ""),
        }
    }
}

/// Which vendors are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    All,
    Untold,
    Undelivered,
    Silent,
    Affected,
}

impl Shown {
    const ALL: &[Self] =
        &[Self::All, Self::Untold, Self::Undelivered, Self::Silent, Self::Affected];

    fn name(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Untold => "untold",
            Self::Undelivered => "undelivered",
            Self::Silent => "silent",
            Self::Affected => "affected",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Untold => "Not yet told",
            Self::Undelivered => "Undelivered",
            Self::Silent => "Silent for too long",
            Self::Affected => "Affected",
        }
    }

    fn shows(self, look: &Look<'_>, them: &Participant) -> bool {
        let lost = |outcome| matches!(outcome, Delivery::Bounced | Delivery::Failed);
        let silent = look.case().policy.promptness.vendor_silent;
        match self {
            Self::All => true,
            Self::Untold => !them.is_notified(),
            Self::Undelivered => them.attempts.last().is_some_and(|last| lost(last.outcome)),
            Self::Silent => them.is_silent(silent, look.now()),
            Self::Affected => {
                matches!(them.overall_status(), ProductStatus::Affected | ProductStatus::WillNotFix)
            }
        }
    }
}

impl VendorsPage {
    /// The vendors of a case.
    pub(crate) fn of(look: &Look<'_>, wanted: &Wanted, tried: Tried) -> Self {
        let named = |shown: &&Shown| Some(shown.name()) == wanted.show.as_deref();
        let shown = Shown::ALL.iter().find(named).copied().unwrap_or(Shown::All);
        let flaws = look.flaws("");
        let why = look.opened.letters.iter().map(|row| (row.id, row.why.clone())).collect();
        let vendors = look.case().vendors().filter(|them| shown.shows(look, them));
        let mut rows: Vec<_> =
            vendors.map(|them| VendorRow::of(look, them, &flaws, &why)).collect();
        rows.sort_by_cached_key(|row| row.name.to_lowercase());
        let suggestions = look
            .case()
            .suggestions
            .iter()
            .map(|said| (look.who(said.by), look.words(&said.whom), look.moment(said.at)));
        Self {
            page: Page::of(look.visitor, "/cases"),
            head: Head::of(look, Tab::Vendors),
            summary: summary(look),
            filters: Shown::ALL.iter().map(|one| Filter::of(look, *one, shown)).collect(),
            suggestions: suggestions.collect(),
            flaws,
            rows,
            tried,
        }
    }
}

impl Filter {
    fn of(look: &Look<'_>, shown: Shown, current: Shown) -> Self {
        let n = look.case().vendors().filter(|them| shown.shows(look, them)).count();
        let base = Tab::Vendors.address(&look.at);
        let href = match shown {
            Shown::All => base,
            _ => format!("{base}&show={}", shown.name()),
        };
        let current = if shown == current { "yes" } else { "" };
        Self { href, word: shown.label(), current, count: n.to_string() }
    }
}

impl VendorRow {
    fn of(
        look: &Look<'_>,
        them: &Participant,
        flaws: &[Choice],
        why: &BTreeMap<LetterId, Option<String>>,
    ) -> Self {
        let status = |flaw: &Choice| {
            let glyph = flaw.value.parse().map(|id| Glyph::of_status(them, id));
            (flaw.label.clone(), glyph.unwrap_or_else(|_| Glyph::new("untold", "", "")))
        };
        Self {
            id: them.id.to_string(),
            name: look.name(them),
            standing: match them.standing {
                Standing::Engaged if them.non_responsive => "answers no more",
                Standing::Engaged => "",
                Standing::Left(_) => "left",
                Standing::Removed(_) => "removed",
            },
            told: them.attempts.first().map(|attempt| look.moment(attempt.at)),
            letter: Glyph::of_letter(them, why),
            heard: them.last_heard_at.map(|at| look.moment(at)),
            consent: Glyph::of_consent(them.pec),
            statuses: flaws.iter().map(status).collect(),
            statement: !them.statements.is_empty(),
        }
    }
}

/// The vendors in one sentence.
fn summary(look: &Look<'_>) -> String {
    let mut counts = [0_usize; 5];
    for them in look.case().vendors() {
        let place = match them.overall_status() {
            ProductStatus::Affected | ProductStatus::WillNotFix => 0,
            ProductStatus::Fixed => 1,
            ProductStatus::NotAffected { .. } => 2,
            ProductStatus::UnderInvestigation => 3,
            ProductStatus::Unknown => 4,
        };
        if let Some(count) = counts.get_mut(place) {
            *count += 1;
        }
    }
    let words = ["affected", "fixed", "not affected", "investigating", "without an answer"];
    let parts: Vec<_> = counts
        .iter()
        .zip(words)
        .filter(|(n, _)| **n > 0)
        .map(|(n, word)| format!("{n} {word}"))
        .collect();
    let n = look.case().vendors().count();
    format!("{}: {}.", counted(n, "vendor", "vendors"), parts.join(", "))
}

/// `POST /cases/{case}/vendors`
pub(crate) async fn add_vendors(step: Step) -> Result<Response, Failure> {
    let outcome = match vendor_lines(&step.fields.text("vendors")) {
        Ok(vendors) => add(&step, vendors).await,
        Err(wrong) => Err(wrong),
    };
    let said = outcome.as_ref().map_or_else(
        |_| String::new(),
        |n| format!("{} added. Nobody is told yet.", counted(*n, "vendor", "vendors")),
    );
    step.answer(outcome, Tab::Vendors.into(), &said).await
}

async fn add(step: &Step, vendors: Vec<NewVendor>) -> app::Result<usize> {
    let ids = app::directory::add_vendors(&step.visitor.ctx(), vendors).await?;
    app::participant::add_vendors(&step.ctx(), step.id, ids).await
}

/// `POST /cases/{case}/notify`
pub(crate) async fn notify(step: Step) -> Result<Response, Failure> {
    let outcome = match picked(&step) {
        Ok(those) => app::participant::notify(&step.ctx(), step.id, those).await,
        Err(wrong) => Err(wrong),
    };
    let said = outcome.as_ref().map_or_else(|_| String::new(), told);
    step.answer(outcome, Tab::Vendors.into(), &said).await
}

/// What became of telling vendors, in words.
fn told(told: &app::participant::Told) -> String {
    let letters = counted(told.by_mail, "letter is", "letters are");
    let sent = format!("{letters} on the way.");
    match told.without_address {
        0 => sent,
        n => format!(
            "{sent} {} no address we can write to.",
            counted(n, "vendor has", "vendors have")
        ),
    }
}

/// `POST /cases/{case}/remind`
pub(crate) async fn remind(step: Step) -> Result<Response, Failure> {
    let outcome = match picked(&step) {
        Ok(those) => app::participant::remind(&step.ctx(), step.id, those).await,
        Err(wrong) => Err(wrong),
    };
    step.answer(outcome, Tab::Vendors.into(), "The reminders are on the way.").await
}

fn picked(step: &Step) -> app::Result<Vec<ParticipantId>> {
    let those = step.fields.ids("pick");
    if those.is_empty() {
        return Err(app::Error::invalid("pick", "Pick the vendors first."));
    }
    Ok(those)
}
