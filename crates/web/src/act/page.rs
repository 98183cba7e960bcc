//! The act page: what is asked before the party agrees, and what is shared with it after.

use app::case::Opened;
use askama::Template;
use domain::access::{FlawSeen, PartyView};
use domain::case::{Party, Visibility};
use domain::event::StatementAudience;
use domain::participant::{Line, Wording};
use domain::status::{Answers, IsAddressed, IsReal, Justification};
use domain::{CaseNumber, Instant, Text, Timestamp};
use jiff::civil::Time;
use jiff::tz::TimeZone;

use crate::advisory::{self, AdvisoryShown};
use crate::case::{Choice, Moment, choices, states};
use crate::chrome::Page;
use crate::form::name_of;
use crate::public::{html, vendor_status};
use crate::room::{Draft, EmbargoPanel, Over, Retry, Said, Strip, draft, proposal_reasons, talk};

#[derive(Template)]
#[template(path = "act/act.html")]
pub(super) struct ActPage {
    page: Page,
    base: String,
    handle: String,
    whom: String,
    strip: Strip,
    stage: Stage,
    embargo: EmbargoPanel,
    flaws: Vec<Flaw>,
    vendor: bool,
    said: Filled,
    products: Vec<Choice>,
    states: Vec<Choice>,
    justifications: Vec<Choice>,
    statement: String,
    information: String,
    references: String,
    statement_to: String,
    visibility: String,
    fellows: Vec<Fellow>,
    talk: Vec<Said>,
    draft: Option<Draft>,
    advisories: Vec<AdvisoryShown>,
    /// Since when there will be no note, and why.
    no_note: Option<(Moment, String)>,
    note: Option<String>,
    /// Since when there is an address for the calendar.
    calendar: Option<Moment>,
    retry: Retry,
}

/// What comes first on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// An answer to the embargo comes before anything is shown (E15).
    Agree,
    /// There is no embargo: it is enough to say that one is there.
    Acknowledge,
    /// What is shared is shown.
    Open,
}

struct Flaw {
    id: String,
    name: String,
    identifiers: Vec<String>,
    lines: Vec<String>,
    description: String,
    kind: &'static str,
    status: &'static str,
}

/// Another party, as far as it wishes to be known.
struct Fellow {
    name: String,
    statement: Option<String>,
}

/// The answers given so far, as the form shows them.
#[derive(Default)]
struct Filled {
    any: bool,
    real: String,
    real_because: String,
    addressed: String,
    fix_ready: String,
    fix_ready_zone: String,
    needs: String,
}

impl ActPage {
    pub(super) fn new(
        (page, base): (Page, String),
        opened: &Opened,
        view: &PartyView,
        calendar: Option<Timestamp>,
        retry: Retry,
    ) -> Self {
        let now = opened.now;
        let number = view.number.as_ref();
        let last = view.me.statements.last();
        let part = |part: fn(&Wording) -> Option<&Text>| {
            let text = last.and_then(|given| part(&given.wording));
            text.map(|text| opened.words(text).to_owned()).unwrap_or_default()
        };
        let audience = last.map_or(StatementAudience::Coordinator, |given| given.audience);
        Self {
            page,
            base,
            handle: number.map_or_else(|| "This case".to_owned(), ToString::to_string),
            whom: whom(opened, view.me.party),
            strip: Strip::of(&view.embargo, view.published_at, Over::No, now),
            stage: Stage::of(view),
            calendar: calendar.map(|at| Moment::new(at, now)),
            embargo: EmbargoPanel::new(&view.embargo, view.me.pec, now),
            flaws: flaws(opened, view),
            vendor: view.me.is_vendor(),
            said: Filled::new(opened, &view.me.answers),
            products: products(opened, &retry.text("product", "")),
            states: states(&retry.text("status", "")),
            justifications: choices(
                Justification::ALL,
                Justification::label,
                &retry.text("justification", ""),
            ),
            statement: part(|wording| wording.text.as_ref()),
            information: part(|wording| wording.information.as_ref()),
            references: part(|wording| wording.references.as_ref()),
            statement_to: name_of(&audience),
            visibility: name_of(&view.me.visibility),
            fellows: fellows(opened, view),
            talk: talk(opened, &view.messages, view.me.id),
            draft: view.draft.as_ref().map(|seen| draft(opened, seen)),
            no_note: view.no_note.as_ref().map(|(at, why)| {
                let why = why.as_ref().map(|text| html(opened.words(text)));
                (Moment::new(*at, now), why.unwrap_or_default())
            }),
            advisories: advisory::shown(&view.me.advisories, |text| opened.words(text), now),
            note: view.published_at.and(number.map(CaseNumber::slug)),
            retry,
        }
    }
}

impl Stage {
    fn of(view: &PartyView) -> Self {
        let binds = view.embargo.em.in_force();
        match (view.admitted, binds) {
            (true, _) => Self::Open,
            (false, true) => Self::Agree,
            (false, false) => Self::Acknowledge,
        }
    }
}

impl Filled {
    fn new(opened: &Opened, answers: &Answers) -> Self {
        let words = |text: &Option<domain::Text>| {
            text.as_ref().map(|text| opened.words(text).to_owned()).unwrap_or_default()
        };
        let zone = answers.fix_ready.as_ref().map_or("UTC", |ready| ready.zone.as_ref());
        Self {
            any: *answers != Answers::default(),
            real: answers.real.map(|real| name_of::<IsReal>(&real)).unwrap_or_default(),
            real_because: words(&answers.real_because),
            addressed: answers.addressed.map(|is| name_of::<IsAddressed>(&is)).unwrap_or_default(),
            fix_ready: answers.fix_ready.as_ref().map(typed).unwrap_or_default(),
            fix_ready_zone: zone.to_owned(),
            needs: words(&answers.needs),
        }
    }
}

/// An instant as it was typed, in the zone in which it was said: opening the form and sending it
/// again does not move it.
fn typed(instant: &Instant) -> String {
    let zone = TimeZone::get(instant.zone.as_ref()).unwrap_or(TimeZone::UTC);
    let civil = instant.at.to_zoned(zone).datetime();
    if civil.time() == Time::midnight() {
        civil.date().to_string()
    } else {
        civil.strftime("%Y-%m-%d %H:%M").to_string()
    }
}

fn whom(opened: &Opened, party: Party) -> String {
    match party {
        Party::Organization(organization) => opened.name(organization).to_owned(),
        Party::Team | Party::Reporter(_) => String::new(),
    }
}

fn flaws(opened: &Opened, view: &PartyView) -> Vec<Flaw> {
    let heard = view.me.last_heard_at.is_some();
    let flaw = |flaw: &FlawSeen| {
        let (kind, status) = vendor_status(&view.me.status(flaw.id), heard);
        let lines = view.me.lines.get(&flaw.id).into_iter().flatten();
        let number = || format!("No. {}", flaw.ordinal);
        Flaw {
            id: flaw.id.to_string(),
            lines: lines.filter_map(|line| line_of(opened, line)).collect(),
            name: flaw.cve.as_ref().map_or_else(number, ToString::to_string),
            identifiers: flaw.identifiers.iter().map(ToString::to_string).collect(),
            description: html(opened.words(&flaw.description)),
            kind,
            status,
        }
    };
    view.vulnerabilities.iter().map(flaw).collect()
}

/// What they said of one product, or of versions: `Router 4: Affected, < 4.2`.
fn line_of(opened: &Opened, line: &Line) -> Option<String> {
    let product = opened.products.iter().find(|product| Some(product.id) == line.product);
    let name = match (product, line.product) {
        (Some(product), _) => product.name.as_str(),
        (None, Some(_)) => "A product",
        (None, None) => "All your products",
    };
    let versions = line.versions.as_ref().map(|text| opened.words(text));
    let status = line.status.label();
    match versions {
        Some(versions) => Some(format!("{name}: {status}, {versions}")),
        None => line.product.map(|_| format!("{name}: {status}")),
    }
}

/// Their products in the directory, to choose from.
fn products(opened: &Opened, chosen: &str) -> Vec<Choice> {
    let choice = |product: &store::Product| {
        let value = product.id.to_string();
        Choice { chosen: value == chosen, label: product.name.clone(), value }
    };
    opened.products.iter().map(choice).collect()
}

fn fellows(opened: &Opened, view: &PartyView) -> Vec<Fellow> {
    let named = view.fellows.iter().filter_map(|fellow| {
        Some(Fellow {
            name: opened.name(fellow.organization?).to_owned(),
            statement: fellow.statement.as_ref().map(|text| html(opened.words(text))),
        })
    });
    named.collect()
}
