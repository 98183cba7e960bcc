//! The draft of the note: written in sections, shown to those who may see it, discussed, and
//! approved for its moment.

mod board;
mod checks;
mod elsewhere;
mod found;
mod revisions;
mod withdrawal;

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::CommentId;
use domain::note::{Remains, Section, When};
use domain::pec::Pec;

use crate::Failure;
use crate::actor::Staff;
use crate::advisory::AdvisoryShown;
use crate::case::{Choice, Head, Look, Moment, Step, Tab, Tried, choices, id_of, show_tab, world};
use crate::chrome::Page;
use crate::form::name_of;
use crate::public::artefact_of;
pub(crate) use board::again;
use board::{Posted, board};
use checks::Check;
use elsewhere::{Elsewhere, elsewhere, names_the_nvd};
use found::{Found, Preview};
pub(crate) use revisions::compare;
use withdrawal::{Waiting, waiting};
pub(crate) use withdrawal::{agree as agree_to_withdrawal, withdraw};

/// The draft of the note.
#[derive(Template)]
#[template(path = "draft/edit.html")]
pub(crate) struct DraftPage {
    page: Page,
    head: Head,
    tried: Tried,
    title: String,
    sections: Vec<SectionShown>,
    revision: Option<RevisionShown>,
    readers: Vec<Reader>,
    comments: Vec<CommentShown>,
    checks: Vec<Check>,
    found: Vec<Found>,
    previews: Vec<Preview>,
    approvals: Vec<String>,
    approvers: u8,
    goes_out: Option<Moment>,
    published: Option<Moment>,
    revised: Option<Moment>,
    changes: Vec<(u32, u32)>,
    withdrawn: Option<Moment>,
    withdrawing: Option<Waiting>,
    remains: Vec<Choice>,
    ahead: bool,
    embargo_end: Option<Moment>,
    board: Vec<Posted>,
    declined: Option<(Moment, String)>,
    advisories: Vec<AdvisoryShown>,
    /// What is said where CVE IDs are not those of the CVE program's own service.
    world: String,
    elsewhere: Vec<Elsewhere>,
    names_the_nvd: bool,
}

struct SectionShown {
    name: String,
    label: &'static str,
    help: &'static str,
    words: String,
    rows: &'static str,
}

struct RevisionShown {
    number: u32,
    at: Moment,
}

struct Reader {
    id: String,
    name: String,
    shown: Option<Moment>,
    earlier: bool,
    able: bool,
    why_not: &'static str,
}

struct CommentShown {
    id: String,
    by: String,
    at: Moment,
    revision: u32,
    words: String,
    resolved: bool,
}

impl DraftPage {
    /// The draft of the note.
    pub(crate) async fn of(look: &Look<'_>, tried: Tried) -> Result<Self, Failure> {
        let (found, previews) = found::of(look).await?;
        let case = look.case();
        let note = &case.note;
        let latest = note.latest();
        // The working title began as the reporter's words: it is not offered as a title.
        let title = latest.map_or_else(String::new, |rev| look.words(&rev.title));
        Ok(Self {
            page: Page::of(look.visitor, "/cases"),
            head: Head::of(look, Tab::Draft),
            title: tried.value_or("title", &title),
            sections: Section::ALL.iter().map(|one| SectionShown::of(look, &tried, *one)).collect(),
            revision: latest
                .map(|rev| RevisionShown { number: rev.number, at: look.moment(rev.at) }),
            readers: readers(look),
            comments: comments(look),
            checks: checks::checks(case, look.now()),
            approvals: note.approvals.keys().map(|who| look.colleague(*who)).collect(),
            approvers: case.policy.publication.approvers.max(1),
            goes_out: case.publishes_at().map(|at| look.moment(at)),
            published: note.published.map(|(at, _)| look.moment(at)),
            revised: note.revised_at.last().map(|at| look.moment(*at)),
            changes: note
                .revisions
                .windows(2)
                .rev()
                .map(|two| (two[0].number, two[1].number))
                .collect(),
            withdrawn: note.withdrawn.as_ref().map(|(at, ..)| look.moment(*at)),
            withdrawing: waiting(look),
            remains: choices(Remains::ALL, Remains::label, &tried.value("remains")),
            ahead: note.is_ahead(),
            embargo_end: case.embargo.end().map(|end| look.moment(end.at)),
            board: board(look),
            declined: note.declined.as_ref().map(|(at, why)| (look.moment(*at), look.html(why))),
            advisories: advisories(look),
            elsewhere: elsewhere(look),
            names_the_nvd: names_the_nvd(look),
            found,
            previews,
            world: world(look),
            tried,
        })
    }
}

impl SectionShown {
    fn of(look: &Look<'_>, tried: &Tried, section: Section) -> Self {
        let latest = look.case().note.latest();
        let written = latest.and_then(|revision| revision.sections.get(&section));
        let (help, rows) = match section {
            Section::Overview => {
                ("What it is and for whom it matters, in two or three sentences.", "4")
            }
            Section::Description => ("What is wrong, in which versions. Markdown.", "8"),
            Section::Impact => ("What an attacker gains.", "3"),
            Section::Solution => ("What to do about it first.", "4"),
            Section::Workarounds => ("What to do until there is a fix.", "3"),
            Section::Acknowledgements => ("Who is thanked, as they wish to be named.", "2"),
            Section::SystemsAffected => ("What the list of vendors does not say.", "2"),
            Section::Author => ("Who wrote the note, if that is to be said.", "1"),
            Section::References => ("One address a line.", "3"),
        };
        let name = name_of(&section);
        let words = written.map_or_else(String::new, |text| look.words(text));
        let words = tried.value_or(&name, &words);
        Self { name, label: section.label(), help, words, rows }
    }
}

/// Everybody outside the team, with what they were shown. Who may not see the content now is
/// there too, but cannot be picked.
fn readers(look: &Look<'_>) -> Vec<Reader> {
    let case = look.case();
    let latest = case.note.latest();
    let others = case.engaged().filter(|them| them.id != case.coordinator);
    let mut readers: Vec<_> = others
        .filter(|them| them.is_notified() || them.id == case.reporter)
        .map(|them| Reader {
            id: them.id.to_string(),
            name: look.name(them),
            shown: latest.and_then(|rev| rev.shared.get(&them.id)).map(|at| look.moment(*at)),
            earlier: case.note.latest_shown_to(them.id).is_some(),
            able: them.may_receive_content(case.embargo.em),
            why_not: why_not(them.pec),
        })
        .collect();
    readers.sort_by_cached_key(|reader| (!reader.able, reader.name.to_lowercase()));
    readers
}

/// What parties publish of their own, with whose it is: what is to come first, the earliest before.
fn advisories(look: &Look<'_>) -> Vec<AdvisoryShown> {
    let mut all: Vec<_> = look
        .case()
        .participants
        .values()
        .flat_map(|them| {
            let whose = look.name(them);
            look.advisories(them)
                .into_iter()
                .map(move |one| AdvisoryShown { whose: whose.clone(), ..one })
        })
        .collect();
    all.sort_by_key(|one| {
        let at = one.out.as_ref().or(one.expected.as_ref()).map(|at| at.iso.clone());
        (one.out.is_some(), at)
    });
    all
}

/// Why somebody may not see the content now.
fn why_not(pec: Pec) -> &'static str {
    match pec {
        Pec::NoEmbargo | Pec::Invited => "has not agreed to the embargo",
        Pec::Lapsed => "agreed to the earlier date: decide on the open one first",
        Pec::Declined => "does not agree to the embargo",
        Pec::Signatory => "has not taken the report in yet",
    }
}

fn comments(look: &Look<'_>) -> Vec<CommentShown> {
    let mut comments: Vec<_> = look.case().note.comments.iter().collect();
    comments.sort_by_key(|(_, said)| (said.resolved, said.at));
    let shown = |(id, said): (&CommentId, &domain::note::Comment)| CommentShown {
        id: id.to_string(),
        by: look.author(said.by),
        at: look.moment(said.at),
        revision: said.revision,
        words: look.html(&said.text),
        resolved: said.resolved,
    };
    comments.into_iter().map(shown).collect()
}

/// `GET /cases/{case}/draft`
pub(crate) async fn edit(
    Staff(visitor): Staff,
    Path(at): Path<String>,
) -> Result<Response, Failure> {
    let look = Look::open(&visitor, &at).await?;
    show_tab(&look, &Tab::Draft.into(), Tried::default()).await
}

/// `POST /cases/{case}/draft`
pub(crate) async fn write(step: Step) -> Result<Response, Failure> {
    let words = |section: &Section| (*section, step.fields.text(&name_of(section)));
    let sections: BTreeMap<_, _> = Section::ALL.iter().map(words).collect();
    let title = step.fields.text("title");
    let outcome = app::note::write(&step.ctx(), step.id, title, sections).await;
    step.answer(outcome, Tab::Draft.into(), "The draft is kept. Nobody was shown it by this.").await
}

/// `GET /cases/{case}/draft/preview/{format}`
pub(crate) async fn preview(
    Staff(visitor): Staff,
    Path((at, format)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let wanted = artefact_of(&format).ok_or(app::Error::NotFound)?;
    let id = id_of(&visitor, &at).await?;
    let file = app::arming::preview(&visitor.ctx(), id, wanted).await?;
    Ok(([(header::CONTENT_TYPE, file.media_type)], file.bytes).into_response())
}

/// `POST /cases/{case}/draft/share`
pub(crate) async fn share(step: Step) -> Result<Response, Failure> {
    let with: BTreeSet<_> = step.fields.ids("with").into_iter().collect();
    let outcome = if with.is_empty() {
        Err(app::Error::invalid("with", "Pick who is to see the draft."))
    } else {
        app::note::share(&step.ctx(), step.id, with).await
    };
    step.answer(outcome, Tab::Draft.into(), "They may read the draft, and get a letter.").await
}

/// `POST /cases/{case}/draft/comment`
pub(crate) async fn comment(step: Step) -> Result<Response, Failure> {
    let outcome = app::note::comment(&step.ctx(), step.id, step.fields.text("remark")).await;
    step.answer(outcome, Tab::Draft.into(), "The comment is there.").await
}

/// `POST /cases/{case}/draft/resolve`
pub(crate) async fn resolve(step: Step) -> Result<Response, Failure> {
    let outcome = match step.fields.parse("comment") {
        Ok(comment) => app::note::resolve(&step.ctx(), step.id, comment).await,
        Err(wrong) => Err(wrong),
    };
    step.answer(outcome, Tab::Draft.into(), "The comment is dealt with.").await
}

/// `POST /cases/{case}/publish`
pub(crate) async fn approve(step: Step) -> Result<Response, Failure> {
    let outcome = match (step.fields.parse("revision"), moment(&step)) {
        (Ok(revision), Ok(when)) => app::note::approve(&step.ctx(), step.id, revision, when).await,
        (Err(wrong), _) | (_, Err(wrong)) => Err(wrong),
    };
    step.answer(outcome, Tab::Draft.into(), "Your approval is kept.").await
}

/// The moment that was chosen for the note.
fn moment(step: &Step) -> app::Result<When> {
    match step.fields.text("when").as_str() {
        "at" => step.fields.instant("moment").map(When::At),
        _ => Ok(When::EmbargoEnds),
    }
}

/// `POST /cases/{case}/draft/decline`
pub(crate) async fn decline(step: Step) -> Result<Response, Failure> {
    let outcome = app::note::decline(&step.ctx(), step.id, step.fields.text("why_not")).await;
    let said = "There will be no note. Everyone who knows of the case gets a letter.";
    step.answer(outcome, Tab::Draft.into(), said).await
}

/// `POST /cases/{case}/hold`
pub(crate) async fn hold(step: Step) -> Result<Response, Failure> {
    let outcome = app::note::hold(&step.ctx(), step.id).await;
    step.answer(outcome, Tab::Draft.into(), "It is held: the note stays as it is.").await
}
