//! One vendor of a case: all that was tried, all that it said, and what the team may do on its
//! behalf.

use app::participant::{FilledStatement, FilledStatus};
use askama::Template;
use axum::response::Response;
use domain::case::Party;
use domain::event::{Channel, StatementAudience};
use domain::participant::{Participant, Wording};
use domain::status::{Justification, ProductStatus};
use domain::{ParticipantId, ProductId, Text};

use super::vendors::Glyph;
use super::{Choice, Head, Look, Moment, Step, Tab, Tried, Wanted, choices};
use crate::Failure;
use crate::advisory::{self, AdvisoryShown};
use crate::chrome::Page;
use crate::form::Fields;

/// One vendor of a case.
#[derive(Template)]
#[template(path = "case/vendor.html")]
pub(crate) struct VendorPage {
    page: Page,
    head: Head,
    tried: Tried,
    id: String,
    name: String,
    engaged: bool,
    named: &'static str,
    consent: Glyph,
    joined: Moment,
    heard: Option<Moment>,
    attempts: Vec<AttemptShown>,
    reminded: Vec<Moment>,
    answers: Vec<(&'static str, String)>,
    fix_dates: Vec<(Moment, String)>,
    statuses: Vec<(String, Glyph)>,
    lines: Vec<LineShown>,
    addendum: String,
    statement: Typed,
    statements: Vec<StatementShown>,
    advisories: Vec<AdvisoryShown>,
    flaws: Vec<Choice>,
    states: Vec<Choice>,
    justifications: Vec<Choice>,
    products: Vec<Choice>,
    channels: Vec<Choice>,
}

/// What a vendor says of one of its products, or in which versions.
struct LineShown {
    flaw: String,
    product: String,
    status: &'static str,
    versions: String,
}

/// The parts of a statement, as the form begins with them.
struct Typed {
    words: String,
    information: String,
    references: String,
}

struct AttemptShown {
    at: Moment,
    how: &'static str,
    outcome: &'static str,
    why: String,
}

struct StatementShown {
    at: Moment,
    words: String,
    information: String,
    references: Vec<String>,
    audience: &'static str,
    reach: String,
}

/// What may be said of a product on a vendor's behalf, by its name in forms.
const STATES: &[(&str, &str)] = &[
    ("under_investigation", "Under investigation"),
    ("affected", "Affected"),
    ("not_affected", "Not affected"),
    ("fixed", "Fixed"),
    ("will_not_fix", "Will not fix"),
];

/// By which way somebody is reached, other than by a letter.
const CHANNELS: &[Channel] = &[Channel::Telephone, Channel::Form, Channel::Other];

impl VendorPage {
    /// One vendor of a case.
    pub(crate) fn of(look: &Look<'_>, vendor: &str, tried: Tried) -> Result<Self, Failure> {
        let id: ParticipantId = vendor.parse().map_err(|_| app::Error::NotFound)?;
        let them = look.case().participant(id).ok_or(app::Error::NotFound)?;
        let status = |flaw: &Choice| {
            let glyph = flaw.value.parse().map(|id| Glyph::of_status(them, id));
            (flaw.label.clone(), glyph.unwrap_or_else(|_| Glyph::new("untold", "", "")))
        };
        let flaws = look.flaws(&tried.value("vulnerability"));
        let state = tried.value("status");
        let justification = tried.value("justification");
        Ok(Self {
            page: Page::of(look.visitor, "/cases"),
            head: Head::of(look, Tab::Vendors),
            id: them.id.to_string(),
            name: look.name(them),
            engaged: them.is_engaged(),
            named: them.visibility.label(),
            consent: Glyph::of_consent(them.pec),
            joined: look.moment(them.joined_at),
            heard: them.last_heard_at.map(|at| look.moment(at)),
            attempts: attempts(look, them),
            reminded: them.reminded_at.iter().map(|at| look.moment(*at)).collect(),
            answers: answers(look, them),
            fix_dates: them
                .fix_dates
                .iter()
                .map(|(at, ready)| (look.moment(*at), ready.to_string()))
                .collect(),
            statuses: flaws.iter().map(status).collect(),
            lines: lines(look, them),
            addendum: tried.value_or("addendum", &addendum(look, them)),
            statement: Typed::of(look, them, &tried),
            products: products(look, them, &tried.value("product")),
            statements: statements(look, them),
            advisories: look.advisories(them),
            states: states(&state),
            justifications: choices(Justification::ALL, Justification::label, &justification),
            channels: choices(CHANNELS, word, &tried.value("channel")),
            flaws,
            tried,
        })
    }
}

fn attempts(look: &Look<'_>, them: &Participant) -> Vec<AttemptShown> {
    let why = |letter| {
        let row = look.opened.letters.iter().find(|row| Some(row.id) == letter);
        row.and_then(|row| row.why.clone()).unwrap_or_default()
    };
    let shown = |attempt: &domain::participant::Attempt| AttemptShown {
        at: look.moment(attempt.at),
        how: word(attempt.channel),
        outcome: if attempt.letter.is_some() { attempt.outcome.label() } else { "Recorded" },
        why: attempt.letter.map_or_else(String::new, |letter| why(Some(letter))),
    };
    them.attempts.iter().map(shown).collect()
}

fn answers(look: &Look<'_>, them: &Participant) -> Vec<(&'static str, String)> {
    let said = &them.answers;
    let words = |text: &Option<domain::Text>| text.as_ref().map(|text| look.words(text));
    let lines = [
        ("A real vulnerability?", said.real.map(|is| is.label().to_owned())),
        ("Which, or why not", words(&said.real_because)),
        ("Addressed already?", said.addressed.map(|is| is.label().to_owned())),
        ("Fix expected", said.fix_ready.as_ref().map(ToString::to_string)),
        ("Needs from us", words(&said.needs)),
    ];
    lines.into_iter().filter_map(|(question, said)| Some((question, said?))).collect()
}

fn statements(look: &Look<'_>, them: &Participant) -> Vec<StatementShown> {
    let shown = |given: &domain::participant::Statement| {
        let (audience, reach) = match given.audience {
            StatementAudience::Coordinator => ("the team, until it is published", "narrow"),
            StatementAudience::Parties => ("everyone in the case", "wide"),
        };
        let html = |text: &Option<Text>| text.as_ref().map(|text| look.html(text));
        let references = given.wording.references.as_ref().map(|text| look.words(text));
        StatementShown {
            at: look.moment(given.at),
            words: html(&given.wording.text).unwrap_or_default(),
            information: html(&given.wording.information).unwrap_or_default(),
            references: references
                .iter()
                .flat_map(|text| text.lines())
                .map(str::to_owned)
                .collect(),
            audience,
            reach: reach.to_owned(),
        }
    };
    them.statements.iter().rev().map(shown).collect()
}

impl Typed {
    fn of(look: &Look<'_>, them: &Participant, tried: &Tried) -> Self {
        let last = them.statements.last().map(|given| &given.wording);
        let stands = |part: fn(&Wording) -> Option<&Text>| {
            last.and_then(part).map(|text| look.words(text)).unwrap_or_default()
        };
        Self {
            words: tried.value_or("statement", &stands(|wording| wording.text.as_ref())),
            information: tried
                .value_or("information", &stands(|wording| wording.information.as_ref())),
            references: tried
                .value_or("references", &stands(|wording| wording.references.as_ref())),
        }
    }
}

/// What was said of single products, or of versions.
fn lines(look: &Look<'_>, them: &Participant) -> Vec<LineShown> {
    let product = |id| {
        let known = look.opened.products.iter().find(|product| product.id == id);
        known.map_or_else(|| "A product".to_owned(), |product| product.name.clone())
    };
    let all =
        them.lines.iter().flat_map(|(flaw, lines)| lines.iter().map(move |line| (flaw, line)));
    all.filter(|(_, line)| line.product.is_some() || line.versions.is_some())
        .map(|(flaw, line)| LineShown {
            flaw: look.flaw(*flaw),
            product: line.product.map_or_else(|| "All products".to_owned(), product),
            status: line.status.label(),
            versions: line.versions.as_ref().map(|text| look.words(text)).unwrap_or_default(),
        })
        .collect()
}

fn addendum(look: &Look<'_>, them: &Participant) -> String {
    them.addendum.as_ref().map(|(_, text)| look.words(text)).unwrap_or_default()
}

/// Their products in the directory, to choose from.
fn products(look: &Look<'_>, them: &Participant, chosen: &str) -> Vec<Choice> {
    let theirs = look
        .opened
        .products
        .iter()
        .filter(|product| them.party == Party::Organization(product.organization));
    theirs
        .map(|product| {
            let value = product.id.to_string();
            Choice { chosen: value == chosen, label: product.name.clone(), value }
        })
        .collect()
}

pub(crate) fn states(chosen: &str) -> Vec<Choice> {
    let choice = |(value, label): &(&str, &str)| Choice {
        value: (*value).to_owned(),
        label: (*label).to_owned(),
        chosen: *value == chosen,
    };
    STATES.iter().map(choice).collect()
}

fn word(channel: Channel) -> &'static str {
    match channel {
        Channel::Mail => "Letter",
        Channel::Telephone => "Call",
        Channel::Form => "Their form or portal",
        Channel::Other => "Another way",
    }
}

/// `POST /cases/{case}/status`
pub(crate) async fn set_status(step: Step) -> Result<Response, Failure> {
    let them = step.fields.parse("participant");
    let outcome = match (them, step.fields.parse("vulnerability"), status_of(&step.fields)) {
        (Ok(them), Ok(flaw), Ok((product, said))) => {
            let line = (flaw, product);
            app::participant::set_status(&step.ctx(), step.id, them, line, said).await
        }
        (Err(wrong), _, _) | (_, Err(wrong), _) | (_, _, Err(wrong)) => Err(wrong),
    };
    step.answer(outcome, back(&step), "The status is set.").await
}

/// `POST /cases/{case}/statement`
pub(crate) async fn state(step: Step) -> Result<Response, Failure> {
    let statement = statement_of(&step.fields);
    let outcome = match step.fields.parse("participant") {
        Ok(them) => {
            let audience = StatementAudience::Coordinator;
            app::participant::state(&step.ctx(), step.id, them, statement, audience).await
        }
        Err(wrong) => Err(wrong),
    };
    step.answer(outcome, back(&step), "The statement is kept.").await
}

/// `POST /cases/{case}/addendum`
pub(crate) async fn write_addendum(step: Step) -> Result<Response, Failure> {
    let words = step.fields.text("addendum");
    let outcome = match step.fields.parse("participant") {
        Ok(them) => app::participant::write_addendum(&step.ctx(), step.id, them, words).await,
        Err(wrong) => Err(wrong),
    };
    step.answer(outcome, back(&step), "The addendum is kept.").await
}

/// The parts of a statement, as they were filled in.
pub(crate) fn statement_of(fields: &Fields) -> FilledStatement {
    FilledStatement {
        words: fields.text("statement"),
        information: fields.text("information"),
        references: fields.text("references"),
    }
}

/// A product, if one was chosen, and what is said of it.
pub(crate) fn status_of(fields: &Fields) -> app::Result<(Option<ProductId>, FilledStatus)> {
    let status = match fields.text("status").as_str() {
        "under_investigation" => ProductStatus::UnderInvestigation,
        "affected" => ProductStatus::Affected,
        "not_affected" => {
            let justification = fields.optional_choice("justification")?;
            ProductStatus::NotAffected { justification }
        }
        "fixed" => ProductStatus::Fixed,
        "will_not_fix" => ProductStatus::WillNotFix,
        _ => return Err(app::Error::invalid("status", "Please choose one of these.")),
    };
    let chosen = fields.optional("product").is_some();
    let product = if chosen { Some(fields.parse("product")?) } else { None };
    Ok((product, FilledStatus { status, versions: fields.text("versions") }))
}

/// `POST /cases/{case}/advisory`
pub(crate) async fn advise(step: Step) -> Result<Response, Failure> {
    let outcome = match step.fields.parse("participant") {
        Ok(them) => advisory::keep(&step.ctx(), step.id, them, &step.fields).await,
        Err(wrong) => Err(wrong),
    };
    step.answer(outcome, told_from(&step), "It is written down.").await
}

/// `POST /cases/{case}/advisory/forget`
pub(crate) async fn forget_advisory(step: Step) -> Result<Response, Failure> {
    let outcome = match step.fields.parse("participant") {
        Ok(them) => advisory::forget(&step.ctx(), step.id, them, &step.fields).await,
        Err(wrong) => Err(wrong),
    };
    step.answer(outcome, told_from(&step), "It is off the list.").await
}

/// `POST /cases/{case}/contact`
pub(crate) async fn record_contact(step: Step) -> Result<Response, Failure> {
    let outcome = match (step.fields.parse("participant"), step.fields.choice("channel")) {
        (Ok(them), Ok(how)) => {
            app::participant::record_contact(&step.ctx(), step.id, them, how).await
        }
        (Err(wrong), _) | (_, Err(wrong)) => Err(wrong),
    };
    step.answer(outcome, back(&step), "The contact is recorded.").await
}

/// `POST /cases/{case}/remove`
pub(crate) async fn remove(step: Step) -> Result<Response, Failure> {
    let outcome = match step.fields.parse("participant") {
        Ok(them) => {
            let why = step.fields.text("reason");
            app::participant::remove(&step.ctx(), step.id, them, why).await
        }
        Err(wrong) => Err(wrong),
    };
    step.answer(outcome, back(&step), "The vendor is removed, and its links are worthless.").await
}

/// Back to where an advisory was told from: the reporter has no page among the vendors.
fn told_from(step: &Step) -> Wanted {
    if step.fields.text("of") == "reporter" { Tab::Overview.into() } else { back(step) }
}

/// Back to the vendor the step was about.
fn back(step: &Step) -> Wanted {
    Wanted::vendor(&step.fields.text("participant"))
}
