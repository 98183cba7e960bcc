//! What the pages of a reporter and of a vendor have in common: the embargo, the talk with the
//! coordinators, the draft, and a form that comes back with what was wrong.

use app::case::Opened;
use app::{Ctx, Error, Invalid};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::access::{DraftSeen, EmbargoSeen, View};
use domain::case::Message;
use domain::em::Em;
use domain::embargo::ProposalReason;
use domain::event::{Answer, Audience};
use domain::pec::Pec;
use domain::{CaseId, ParticipantId, ProposalId, Refusal, Timestamp};

use crate::Failure;
use crate::chrome::Page;
use crate::form::Fields;
use crate::public::{Moment, artefact_of, html};

/// A form that comes back: what was wrong, and what was typed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Retry {
    problem: Option<Invalid>,
    fields: Fields,
}

impl Retry {
    /// What was wrong with a step, if the person who asked can mend it on the page.
    pub(crate) fn of(
        outcome: &app::Result<()>,
        place: &'static str,
        fields: &Fields,
    ) -> Option<Self> {
        let problem = match outcome {
            Err(Error::Invalid(invalid)) => {
                let field = if invalid.field == "text" { place } else { invalid.field };
                Invalid { field, message: invalid.message.clone() }
            }
            Err(Error::Refused(Refusal::NeedsReason(_))) => return None,
            Err(error @ (Error::Refused(_) | Error::Stale)) => {
                Invalid { field: place, message: sentence(&error.to_string()) }
            }
            Err(
                Error::NotFound
                | Error::Unknown
                | Error::ProveYourself
                | Error::NoSecondFactor
                | Error::TooMany
                | Error::Store(_)
                | Error::Broken { .. },
            )
            | Ok(()) => return None,
        };
        Some(Self { problem: Some(problem), fields: fields.clone() })
    }

    /// What was wrong, if something was.
    pub(crate) fn problem(&self) -> Option<&Invalid> {
        self.problem.as_ref()
    }

    /// The page around the form: it belongs to the address where the form is shown, and says
    /// nothing of an earlier step beside what is wrong with this one.
    pub(crate) fn page_at(&self, here: &str, page: Page) -> Page {
        let flash = if self.problem.is_some() { None } else { page.flash };
        Page { here: here.to_owned(), flash, ..page }
    }

    /// What was wrong with a field; empty if nothing was.
    pub(crate) fn at(&self, field: &str) -> &str {
        let here = self.problem.as_ref().filter(|problem| problem.field == field);
        here.map_or("", |problem| problem.message.as_str())
    }

    /// Whether something was wrong with a field.
    pub(crate) fn is_of(&self, field: &str) -> bool {
        self.problem.as_ref().is_some_and(|problem| problem.field == field)
    }

    /// What was typed into a field, or what it held before.
    pub(crate) fn text(&self, field: &str, otherwise: &str) -> String {
        self.fields.optional(field).unwrap_or_else(|| otherwise.to_owned())
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().collect::<String>());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

/// The strip above a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Strip {
    /// Embargoed until then.
    Until(Moment),
    /// Embargoed, with no instant agreed.
    Undated,
    /// Public since then.
    Public(Moment),
    /// Neither: no embargo binds, and nothing is published.
    Free,
}

impl Strip {
    /// What to call the secrecy of a page; `over` if the case goes nowhere.
    pub(crate) fn of(
        embargo: &EmbargoSeen,
        published: Option<Timestamp>,
        over: Over,
        now: Timestamp,
    ) -> Self {
        if let Some(at) = published {
            return Self::Public(Moment::new(at, now));
        }
        match (&embargo.end, embargo.em, over) {
            (Some(end), _, _) => Self::Until(Moment::new(end.at, now)),
            (None, Em::None | Em::Proposed, Over::No) => Self::Undated,
            (None, Em::None | Em::Proposed, Over::Yes) => Self::Free,
            (None, Em::Active | Em::Revise | Em::Exited, Over::No | Over::Yes) => Self::Free,
        }
    }

    /// The word for the edge of the page.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Until(_) | Self::Undated => "embargoed",
            Self::Public(_) => "public",
            Self::Free => "",
        }
    }

    /// What the title of the page begins with.
    pub(crate) fn title(&self) -> &'static str {
        match self {
            Self::Until(_) | Self::Undated => "EMBARGOED ",
            Self::Public(_) => "PUBLIC ",
            Self::Free => "",
        }
    }
}

/// Whether the case goes nowhere any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    /// It goes on.
    No,
    /// It was declined or closed.
    Yes,
}

/// The embargo, as a party reads of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one question of the template")]
pub(crate) struct EmbargoPanel {
    /// Until when it binds.
    pub(crate) end: Option<Moment>,
    /// How it ended.
    pub(crate) ended: Option<(Moment, &'static str)>,
    /// Whether an answer to the embargo in force is awaited.
    pub(crate) asked: bool,
    /// Whether the answer was no.
    pub(crate) declined: bool,
    /// Whether the party agreed.
    pub(crate) agreed: bool,
    /// Instants on the table.
    pub(crate) proposals: Vec<Proposal>,
    /// Whether another instant may be named.
    pub(crate) open: bool,
}

/// An instant on the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proposal {
    pub(crate) id: ProposalId,
    pub(crate) end: Moment,
    pub(crate) answer_by: Moment,
    pub(crate) mine: bool,
    pub(crate) answer: Option<&'static str>,
}

impl EmbargoPanel {
    /// What a party with this consent reads of the embargo.
    pub(crate) fn new(seen: &EmbargoSeen, pec: Pec, now: Timestamp) -> Self {
        let proposal = |seen: &domain::access::ProposalSeen| Proposal {
            id: seen.id,
            end: Moment::new(seen.end.at, now),
            answer_by: Moment::new(seen.answer_by, now),
            mine: seen.mine,
            answer: seen.my_answer.map(|answer| match answer {
                Answer::Agree => "You agreed.",
                Answer::Disagree => "You did not agree.",
            }),
        };
        let binds = seen.em.in_force();
        Self {
            end: seen.end.as_ref().map(|end| Moment::new(end.at, now)),
            ended: seen.ended.map(|(at, cause)| (Moment::new(at, now), cause.label())),
            asked: binds && !pec.adheres(),
            declined: binds && pec == Pec::Declined,
            agreed: binds && pec.adheres(),
            proposals: seen.proposals.iter().map(proposal).collect(),
            open: seen.em != Em::Exited,
        }
    }
}

/// Why a party may name another instant.
pub(crate) fn proposal_reasons() -> Vec<ProposalReason> {
    let ours = |reason: &ProposalReason| {
        !matches!(reason, ProposalReason::PolicyDefault | ProposalReason::Merge)
    };
    ProposalReason::ALL.iter().copied().filter(ours).collect()
}

/// Reads and does a proposal of another instant.
pub(crate) async fn propose(ctx: &Ctx, case: CaseId, fields: &Fields) -> app::Result<()> {
    let end = fields.instant("end")?;
    let reason = fields.optional_choice("reason")?.unwrap_or(ProposalReason::Other);
    app::embargo::propose(ctx, case, end, reason).await.map(drop)
}

/// Reads and does an answer to an instant on the table.
pub(crate) async fn answer_proposal(ctx: &Ctx, case: CaseId, fields: &Fields) -> app::Result<()> {
    let (proposal, answer) = (fields.parse("proposal")?, fields.choice("answer")?);
    app::embargo::answer_proposal(ctx, case, proposal, answer).await
}

/// The draft that was shown, as a file for programs.
pub(crate) async fn shown_file(ctx: &Ctx, case: CaseId, format: &str) -> Result<Response, Failure> {
    let wanted = artefact_of(format).ok_or(Error::NotFound)?;
    let file = app::shown::draft(ctx, case, &wanted).await?;
    Ok(([(header::CONTENT_TYPE, file.media_type)], file.bytes).into_response())
}

/// A message, as one of those outside the team reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) mine: bool,
    pub(crate) to_all: bool,
    pub(crate) at: Moment,
    pub(crate) html: String,
}

/// The talk, oldest first.
pub(crate) fn talk(opened: &Opened, messages: &[Message], me: ParticipantId) -> Vec<Said> {
    let said = |message: &Message| Said {
        mine: message.by == Some(me),
        to_all: message.audience == Audience::Everyone,
        at: Moment::new(message.at, opened.now),
        html: html(opened.words(&message.text)),
    };
    messages.iter().map(said).collect()
}

/// The draft of the note, with the reader's own remarks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) number: u32,
    pub(crate) at: Moment,
    pub(crate) title: String,
    pub(crate) sections: Vec<(&'static str, String)>,
    /// Whether there is a number by which files of it are called.
    pub(crate) named: bool,
    pub(crate) earlier: Vec<u32>,
    pub(crate) remarks: Vec<Remark>,
}

/// A remark on the draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Remark {
    pub(crate) at: Moment,
    pub(crate) html: String,
    pub(crate) done: bool,
}

/// The draft that was shown.
pub(crate) fn draft(opened: &Opened, seen: &DraftSeen) -> Draft {
    let revision = &seen.revision;
    let mut remarks: Vec<_> = seen.comments.iter().map(|(_, comment)| comment).collect();
    remarks.sort_by_key(|comment| comment.at);
    Draft {
        number: revision.number,
        at: Moment::new(revision.at, opened.now),
        title: opened.words(&revision.title).to_owned(),
        named: match &opened.view {
            View::Party(view) => view.number.is_some(),
            View::Reporter(view) => view.number.is_some(),
            View::Staff(_) => false,
        },
        earlier: seen.earlier.clone(),
        sections: revision
            .sections
            .iter()
            .map(|(section, text)| (section.label(), html(opened.words(text))))
            .collect(),
        remarks: remarks
            .into_iter()
            .map(|comment| Remark {
                at: Moment::new(comment.at, opened.now),
                html: html(opened.words(&comment.text)),
                done: comment.resolved,
            })
            .collect(),
    }
}
