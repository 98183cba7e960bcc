//! What a template may use: the facts of a letter, cleaned, and told the way people read them.

use domain::letter::Matter;
use domain::note::Remains;
use domain::{Instant, Timestamp};
use serde::Serialize;

use super::{Facts, RecipientRole};
use crate::subject::Subject;
use crate::when;

/// The words that a template may put into its sentences.
#[derive(Serialize)]
pub(super) struct Words {
    pub(super) handle: String,
    pub(super) role: &'static str,
    pub(super) site: String,
    pub(super) team_address: String,
    pub(super) link: Option<String>,
    pub(super) date: Option<String>,
    pub(super) answer_by: Option<String>,
    /// When the embargo ends, where the letter has to say so.
    pub(super) embargo: Option<String>,
    pub(super) notice: Option<Notice>,
    pub(super) tracking: Option<String>,
    pub(super) fingerprint: Option<String>,
    pub(super) policy: String,
}

/// What everyone reads in the place of a note.
#[derive(Serialize)]
pub(super) struct Notice {
    page: String,
    since: String,
    /// Whether what the note said can still be read under it.
    words_stay: bool,
    /// The reason, paragraph by paragraph.
    reason: Vec<String>,
    /// Whether the reason goes on there.
    goes_on: bool,
}

impl Words {
    pub(super) fn of(matter: &Matter, facts: &Facts, subject: &Subject) -> Self {
        let date = own_date(matter).or(facts.date.as_ref()).or(facts.embargo_end.as_ref());
        let asked = facts.answer_by.filter(|_| subject.phrase().asks());
        let secret = facts.embargo_end.as_ref().filter(|end| end.at > facts.now);
        let secret = secret.filter(|_| under_embargo(matter));
        Self {
            handle: subject.handle().to_owned(),
            role: role(facts.recipient_role),
            site: line(&facts.site_name),
            team_address: line(&facts.team_address),
            link: facts.link.as_deref().map(address).filter(|link| !link.is_empty()),
            date: date.map(|date| told(date.at, facts.now)),
            answer_by: asked.map(|at| told(at, facts.now)),
            embargo: secret.map(|end| told(end.at, facts.now)),
            notice: facts.notice.as_ref().map(Notice::of),
            tracking: facts.vendor_tracking.as_deref().map(line).filter(|text| !text.is_empty()),
            fingerprint: facts.openpgp_fingerprint.as_deref().map(line),
            policy: address(&facts.policy_url),
        }
    }
}

impl Notice {
    fn of(notice: &super::Notice) -> Self {
        let lines = || notice.told.reason.lines();
        let cut = lines().any(|text| text.chars().count() > LONGEST_PARAGRAPH);
        let paragraphs = lines().map(|text| in_one_line(text, LONGEST_PARAGRAPH));
        let mut paragraphs = paragraphs.filter(|text| !text.is_empty());
        let reason: Vec<_> = paragraphs.by_ref().take(MOST_PARAGRAPHS).collect();
        Self {
            page: address(&notice.page),
            since: when::instant(notice.told.at),
            words_stay: match notice.told.remains {
                Remains::Words => true,
                Remains::Nothing => false,
            },
            reason,
            goes_on: cut || paragraphs.next().is_some(),
        }
    }
}

/// `2026-12-09 14:00 UTC, in 17 days`.
fn told(at: Timestamp, now: Timestamp) -> String {
    format!("{}, {}", when::instant(at), when::in_words(at, now))
}

fn role(role: RecipientRole) -> &'static str {
    match role {
        RecipientRole::Reporter => "reporter",
        RecipientRole::Vendor => "vendor",
        RecipientRole::Team => "team",
        RecipientRole::Other => "other",
    }
}

/// The date that the matter itself brings.
fn own_date(matter: &Matter) -> Option<&Instant> {
    match matter {
        Matter::EmbargoProposed { end }
        | Matter::EmbargoAgreed { end }
        | Matter::ProposalRejected { end }
        | Matter::CveRequested { by: end } => Some(end),
        Matter::ReportAcknowledged
        | Matter::CaseAccepted
        | Matter::CaseDeclined
        | Matter::InformationRequested
        | Matter::VendorNotified
        | Matter::Reminder
        | Matter::EmbargoEnded
        | Matter::MessagePosted
        | Matter::DraftShared
        | Matter::PublicationPlanned
        | Matter::NotePublished
        | Matter::NoteWithdrawn
        | Matter::PublicationDeclined
        | Matter::ReportCame
        | Matter::PartyAnswered
        | Matter::ObservationClaimed
        | Matter::ChannelFailed => None,
    }
}

/// Whether a letter about this can speak of a case that is still under embargo.
fn under_embargo(matter: &Matter) -> bool {
    match matter {
        Matter::CaseDeclined
        | Matter::EmbargoEnded
        | Matter::NotePublished
        | Matter::NoteWithdrawn => false,
        Matter::ReportAcknowledged
        | Matter::CaseAccepted
        | Matter::InformationRequested
        | Matter::CveRequested { .. }
        | Matter::VendorNotified
        | Matter::Reminder
        | Matter::EmbargoProposed { .. }
        | Matter::EmbargoAgreed { .. }
        | Matter::ProposalRejected { .. }
        | Matter::MessagePosted
        | Matter::DraftShared
        | Matter::PublicationPlanned
        | Matter::PublicationDeclined
        | Matter::ReportCame
        | Matter::PartyAnswered
        | Matter::ObservationClaimed
        | Matter::ChannelFailed => true,
    }
}

/// How much of a notice a letter repeats, in paragraphs and in letters of each.
const MOST_PARAGRAPHS: usize = 20;
const LONGEST_PARAGRAPH: usize = 600;

/// One line of at most 200 letters, without anything that moves or hides other letters: nobody's
/// fact can add a paragraph to a letter of ours.
fn line(text: &str) -> String {
    in_one_line(text, 200)
}

fn in_one_line(text: &str, longest: usize) -> String {
    let visible = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    let kept: String =
        visible.filter(|c| !c.is_control() && !is_unseen(*c)).take(longest).collect();
    kept.trim().to_owned()
}

/// An address of a page, which has no blanks.
fn address(text: &str) -> String {
    text.chars().filter(char::is_ascii_graphic).take(900).collect()
}

/// Marks that turn the direction of writing, or take no room.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
