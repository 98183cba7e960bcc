//! What happened in a case, newest first, as its journal tells it: by whose hand, by which way,
//! and the hash that chains each entry to the one before.

use askama::Template;
use domain::journal::{Entry, Hand, Via};
use domain::{Event, ParticipantId, Text, VulnerabilityId};

use super::{Head, Look, Moment, Tab, Tried, Wanted};
use crate::Failure;
use crate::chrome::Page;

/// How many entries a page shows.
const A_PAGE: u64 = 100;

/// What happened in a case.
#[derive(Template)]
#[template(path = "case/log.html")]
pub(crate) struct LogPage {
    page: Page,
    head: Head,
    tried: Tried,
    entries: Vec<EntryShown>,
    newer: String,
    older: String,
}

struct EntryShown {
    seq: u64,
    at: Moment,
    occurred: Option<Moment>,
    hand: String,
    via: &'static str,
    what: String,
    more: String,
    hash: String,
}

impl LogPage {
    /// What happened in a case; the newest page if none is asked for.
    pub(crate) async fn of(look: &Look<'_>, wanted: &Wanted) -> Result<Self, Failure> {
        let version = look.case().version;
        let newest = version.saturating_sub(A_PAGE);
        let asked = wanted.after.as_deref().and_then(|after| after.parse().ok());
        let after = asked.unwrap_or(newest).min(newest);
        let id = look.case().id;
        let limit = u32::try_from(A_PAGE).unwrap_or(u32::MAX);
        let entries = app::case::journal(&look.visitor.ctx(), id, after, limit).await?;
        let base = Tab::Log.address(&look.at);
        let page = |after: u64| format!("{base}&after={after}");
        Ok(Self {
            page: Page::of(look.visitor, "/cases"),
            head: Head::of(look, Tab::Log),
            tried: Tried::default(),
            entries: entries.iter().rev().map(|entry| shown(look, entry)).collect(),
            newer: if after < newest { page((after + A_PAGE).min(newest)) } else { String::new() },
            older: if after > 0 { page(after.saturating_sub(A_PAGE)) } else { String::new() },
        })
    }
}

fn shown(look: &Look<'_>, entry: &Entry) -> EntryShown {
    let happened_then = entry.occurred_at != entry.recorded_at;
    EntryShown {
        seq: entry.seq,
        at: look.moment(entry.recorded_at),
        occurred: happened_then.then(|| look.moment(entry.occurred_at)),
        hand: match entry.hand {
            Hand::Staff(account) => look.colleague(account),
            Hand::Participant(them) => look.who(them),
            Hand::Server => "The server".to_owned(),
        },
        via: match entry.via {
            Via::Web => "web",
            Via::Mail => "mail",
            Via::Api => "API",
            Via::Command => "command line",
            Via::Timer => "clock",
        },
        what: what(&entry.event),
        more: more(look, &entry.event),
        hash: entry.hash.chars().take(12).collect(),
    }
}

/// What happened, in the words of the journal: `report_received` is "Report received".
pub(crate) fn what(event: &Event) -> String {
    let value = serde_json::to_value(event).unwrap_or_default();
    let kind = value.get("kind").and_then(serde_json::Value::as_str).unwrap_or_default();
    let kind = match kind {
        "rm_moved" => "handling of the report moved on",
        "ssvc_selected" => "SSVC table gone through",
        "cve_assigned" => "CVE ID assigned",
        "cve_requested" => "vendor asked for its CVE ID",
        "cve_reservation_asked" => "CVE ID to be reserved",
        "cve_rejected" => "CVE ID rejected",
        kind => kind,
    };
    let words = kind.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}

/// What it was about, where a few words say it.
fn more(look: &Look<'_>, event: &Event) -> String {
    if let Some(them) = about(event) {
        let detail = detail(look, event);
        let name = look.who(them);
        return if detail.is_empty() { name } else { format!("{name}: {detail}") };
    }
    detail(look, event)
}

/// The participant it was about.
fn about(event: &Event) -> Option<ParticipantId> {
    match event {
        Event::InformationRequested { of: participant, .. }
        | Event::ParticipantAdded { participant, .. }
        | Event::ParticipantSuggested { by: participant, .. }
        | Event::ContactAttempted { participant, .. }
        | Event::DeliveryUpdated { participant, .. }
        | Event::VendorAware { participant, .. }
        | Event::RmMoved { participant, .. }
        | Event::QuestionsAnswered { participant, .. }
        | Event::StatusSet { participant, .. }
        | Event::FixDateStated { participant, .. }
        | Event::FixReady { participant }
        | Event::FixDeployed { participant }
        | Event::StatementProvided { participant, .. }
        | Event::AddendumWritten { participant, .. }
        | Event::AdvisoryAnnounced { participant, .. }
        | Event::AdvisoryPublished { participant, .. }
        | Event::AdvisoryDropped { participant, .. }
        | Event::VisibilityChanged { participant, .. }
        | Event::ReminderSent { participant }
        | Event::MarkedNonResponsive { participant }
        | Event::ParticipantLeft { participant }
        | Event::ParticipantRemoved { participant, .. }
        | Event::EmbargoProposed { by: participant, .. }
        | Event::RevisionProposed { by: participant, .. }
        | Event::ProposalAnswered { participant, .. }
        | Event::ConsentMoved { participant, .. } => Some(*participant),
        Event::MessagePosted { by, .. }
        | Event::AttachmentAdded { by, .. }
        | Event::ObservationClaimed { by, .. }
        | Event::DraftCommented { by, .. } => *by,
        _ => None,
    }
}

/// The rest of it.
fn detail(look: &Look<'_>, event: &Event) -> String {
    match event {
        Event::ReportAnalysed { result, .. } => result.label().to_owned(),
        Event::ScoreRecorded { vector, .. } => vector.to_string(),
        Event::CaseAccepted { number, case_kind } => format!("{number}, {}", case_kind.label()),
        Event::CaseDeclined { reasons, .. } | Event::ReportInvalidated { reasons } => {
            let reasons: Vec<_> = reasons.iter().map(|reason| reason.label()).collect();
            reasons.join("; ")
        }
        Event::DeliveryUpdated { outcome, .. } => outcome.label().to_owned(),
        Event::StatusSet { vulnerability, status, .. } => {
            format!("{}, {}", look.flaw(*vulnerability), status.label())
        }
        Event::VulnerabilityAdded { vulnerability, .. } => look.flaw(*vulnerability),
        Event::VulnerabilityDescribed { vulnerability, description } => {
            described(look, *vulnerability, description)
        }
        Event::WeaknessSet { vulnerability, cwe } => {
            let cwe = cwe.map_or_else(|| "none".to_owned(), |cwe| format!("CWE-{cwe}"));
            format!("{}, {cwe}", look.flaw(*vulnerability))
        }
        Event::IdentifiersSet { vulnerability, identifiers } => {
            let all: Vec<_> = identifiers.iter().map(ToString::to_string).collect();
            let all = if all.is_empty() { "none".to_owned() } else { all.join(", ") };
            format!("{}, {all}", look.flaw(*vulnerability))
        }
        Event::FixDateStated { ready, .. } => ready.to_string(),
        Event::AdvisoryAnnounced { expected, .. } => expected.to_string(),
        Event::AdvisoryPublished { address, .. } => look.words(address),
        Event::VisibilityChanged { visibility, .. } => visibility.label().to_owned(),
        Event::EmbargoProposed { end, reason, .. }
        | Event::RevisionProposed { end, reason, .. } => {
            format!("{end}, {}", reason.label())
        }
        Event::EmbargoAccepted { proposal, .. }
        | Event::RevisionAccepted { proposal }
        | Event::EmbargoRejected { proposal }
        | Event::RevisionRejected { proposal }
        | Event::ProposalWithdrawn { proposal } => {
            let known = look.case().embargo.proposal(*proposal);
            known.map_or_else(String::new, |known| known.end.to_string())
        }
        Event::ProposalAnswered { answer, .. } => answer.label().to_owned(),
        Event::EmbargoTerminated { cause } => cause.label().to_owned(),
        Event::ObservationClaimed { observed, .. } => observed.label().to_owned(),
        Event::MessagePosted { audience, .. } => look.audience(audience).0,
        Event::DraftWritten { revision, .. }
        | Event::DraftShared { revision, .. }
        | Event::DraftCommented { revision, .. }
        | Event::PublicationApproved { revision, .. }
        | Event::PublicationArmed { revision, .. }
        | Event::NotePublished { revision, .. } => format!("revision {revision}"),
        Event::CveAssigned { cve, .. } => cve.to_string(),
        Event::CveReservationAsked { vulnerability } => look.flaw(*vulnerability),
        Event::CveRejected { cve, reason, replaced_by, .. } if replaced_by.is_empty() => {
            format!("{cve}: {}", look.words(reason))
        }
        Event::CveRejected { cve, reason, replaced_by, .. } => {
            let instead: Vec<_> = replaced_by.iter().map(ToString::to_string).collect();
            format!("{cve}, use {} instead: {}", instead.join(", "), look.words(reason))
        }
        Event::CaseAssigned { to } => look.colleague(*to),
        Event::PolicyTaken { policy } => format!("version {}", policy.version),
        Event::PolicyOverridden { rule, reason } => {
            format!("{}: {}", rule.code(), look.words(reason))
        }
        Event::CaseClosed { reason } => reason.label().to_owned(),
        _ => String::new(),
    }
}

/// What a flaw was said to be, and what it is said to be since: the beginnings of both.
fn described(look: &Look<'_>, flaw: VulnerabilityId, now: &Text) -> String {
    let known = look.case().vulnerabilities.get(&flaw);
    let written = known.map_or(&[][..], |flaw| flaw.descriptions.as_slice());
    let before = written.iter().take_while(|(_, text)| text != now).last();
    let name = look.flaw(flaw);
    match before {
        Some((_, before)) => format!("{name}, “{}” → “{}”", start(look, before), start(look, now)),
        None => format!("{name}, “{}”", start(look, now)),
    }
}

fn start(look: &Look<'_>, text: &Text) -> String {
    let words = look.words(text);
    let mut start: String = words.chars().take(80).collect();
    if start.len() < words.len() {
        start.push('…');
    }
    start
}

#[cfg(test)]
mod tests;
