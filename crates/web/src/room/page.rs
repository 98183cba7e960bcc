//! The room as a page: where the report stands in plain words, and what its reporter can do.

use app::case::Opened;
use askama::Template;
use domain::Timestamp;
use domain::access::ReporterView;
use domain::case::{CaseKind, Phase};

use super::{Draft, EmbargoPanel, Over, Retry, Said, Strip, draft, proposal_reasons, talk};
use crate::advisory::{self, AdvisoryShown};
use crate::chrome::Page;
use crate::form::name_of;
use crate::public::{Moment, html};

#[derive(Template)]
#[template(path = "room/room.html")]
pub(super) struct RoomPage {
    page: Page,
    base: &'static str,
    reference: String,
    number: Option<String>,
    note: Option<String>,
    strip: Strip,
    status: &'static str,
    kind: &'static str,
    next: Option<(Moment, &'static str)>,
    declined: Option<String>,
    embargo: EmbargoPanel,
    talk: Vec<Said>,
    draft: Option<Draft>,
    advisories: Vec<AdvisoryShown>,
    /// Since when there will be no note, and why.
    no_note: Option<(Moment, String)>,
    cves: Vec<String>,
    identifiers: Vec<String>,
    n_told: usize,
    n_answered: usize,
    vendors: Vec<Vendor>,
    n_unnamed: usize,
    received: Moment,
    report: String,
    addenda: Vec<(Moment, String)>,
    retry: Retry,
}

/// A vendor that is named to who reported.
struct Vendor {
    name: String,
    statement: Option<String>,
}

impl RoomPage {
    pub(super) fn new(page: Page, opened: &Opened, view: &ReporterView, retry: Retry) -> Self {
        let now = opened.now;
        let over = match view.phase {
            Phase::Declined | Phase::Closed => Over::Yes,
            Phase::Report
            | Phase::Validate
            | Phase::Fix
            | Phase::Draft
            | Phase::Publish
            | Phase::Watch => Over::No,
        };
        let addendum = |(at, text): &(Timestamp, domain::Text)| {
            (Moment::new(*at, now), html(opened.words(text)))
        };
        let number = view.number.as_ref();
        Self {
            page,
            base: "/r",
            reference: view.report.reference.to_string(),
            number: number.map(ToString::to_string),
            note: view.published_at.and(number.map(domain::CaseNumber::slug)),
            strip: Strip::of(&view.embargo, view.published_at, over, now),
            status: status(view),
            kind: kind(view.kind),
            next: next(view, now),
            declined: view.declined.as_ref().map(|text| html(opened.words(text))),
            embargo: EmbargoPanel::new(&view.embargo, view.me.pec, now),
            talk: talk(opened, &view.messages, view.me.id),
            draft: view.draft.as_ref().map(|seen| draft(opened, seen)),
            no_note: view.no_note.as_ref().map(|(at, why)| {
                let why = why.as_ref().map(|text| html(opened.words(text)));
                (Moment::new(*at, now), why.unwrap_or_default())
            }),
            advisories: advisory::shown(&view.me.advisories, |text| opened.words(text), now),
            cves: view.cves.iter().map(ToString::to_string).collect(),
            identifiers: view.identifiers.iter().map(ToString::to_string).collect(),
            n_told: view.n_vendors_told,
            n_answered: view.n_vendors_answered,
            vendors: vendors(opened, view),
            n_unnamed: view.fellows.iter().filter(|them| them.organization.is_none()).count(),
            received: Moment::new(view.report.received_at, now),
            report: html(opened.words(&view.report.body)),
            addenda: view.report.addenda.iter().map(addendum).collect(),
            retry,
        }
    }
}

fn vendors(opened: &Opened, view: &ReporterView) -> Vec<Vendor> {
    let named = view.fellows.iter().filter_map(|fellow| {
        let name = opened.name(fellow.organization?).to_owned();
        Some(Vendor {
            name,
            statement: fellow.statement.as_ref().map(|text| html(opened.words(text))),
        })
    });
    named.collect()
}

/// Where the report stands, in a sentence or two (S95).
fn status(view: &ReporterView) -> &'static str {
    match view.phase {
        Phase::Report if view.report.acknowledged_at.is_none() => {
            "We have your report. A person will read it and answer here."
        }
        Phase::Report => "We have read your report and are looking into it.",
        Phase::Declined => {
            "We do not coordinate this report; the reason is below. You are free to go on \
             without us. If you know more than you told us, add it: we will look again."
        }
        Phase::Validate => "We have taken your report on, and are finding out whom it concerns.",
        Phase::Fix => "The vendors were told, and are looking into it.",
        Phase::Draft => "The note for the public is being written.",
        Phase::Publish => "The note is ready. It goes out by itself when its time has come.",
        Phase::Watch => "The note is published. Thank you.",
        Phase::Closed if view.published_at.is_some() => {
            "The note is published and our work on this is done. Thank you."
        }
        Phase::Closed => "Our work on this is done.",
    }
}

fn kind(kind: Option<CaseKind>) -> &'static str {
    match kind {
        Some(CaseKind::Track) => "You go ahead yourself; we watch, and help where we can.",
        Some(CaseKind::AdviseOnly) => "We advise you. We tell no vendor about it.",
        Some(CaseKind::Coordinate) | None => "",
    }
}

/// What is expected next, and when.
fn next(view: &ReporterView, now: Timestamp) -> Option<(Moment, &'static str)> {
    let end = || view.embargo.end.as_ref().map(|end| Moment::new(end.at, now));
    match view.phase {
        Phase::Report if view.report.acknowledged_at.is_none() => {
            Some((Moment::new(view.first_response_by, now), "You have a first answer by"))
        }
        Phase::Publish => Some((end()?, "The embargo ends")),
        Phase::Validate | Phase::Fix | Phase::Draft => Some((end()?, "We mean to publish")),
        Phase::Report | Phase::Declined | Phase::Watch | Phase::Closed => None,
    }
}
