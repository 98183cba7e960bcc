//! What a letter says. The words are templates, one for each matter; what goes into them are a
//! few harmless facts. No title, product, name or sentence of a report is among them (INV-18), so
//! none can get out this way; of a note that was withdrawn it says what everyone reads in its place.

use std::sync::LazyLock;

use domain::letter::Matter;
use domain::note::Withdrawal;
use domain::{Instant, Timestamp};
use jiff::tz::TimeZone;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};

use crate::paragraph::fold;
use crate::subject::Subject;
use words::Words;

mod words;

/// All that a letter may say of a case.
#[derive(Debug, Clone)]
pub struct Facts {
    /// What the coordinator calls itself.
    pub site_name: String,
    /// Where the team reads its mail.
    pub team_address: String,
    /// The case's number or the report's reference: `VU#123456`, `R-2611-7KQ4M`.
    pub handle: String,
    /// To whom the letter goes: each role has its own next step (S15).
    pub recipient_role: RecipientRole,
    /// The recipient's own page. For a reporter, the page that asks for the receipt.
    pub link: Option<String>,
    /// Until when the case is under embargo, if it is.
    pub embargo_end: Option<Instant>,
    /// By when an answer is asked for.
    pub answer_by: Option<Timestamp>,
    /// The date that the letter is about, where the matter does not bring it: the target of a
    /// notification, the instant of a planned publication.
    pub date: Option<Instant>,
    /// What everyone reads in the place of the note, where the letter is about that.
    pub notice: Option<Notice>,
    /// The vendor's own number for this, if it gave one. It stays out of the subject.
    pub vendor_tracking: Option<String>,
    /// The fingerprint of the team's OpenPGP key.
    pub openpgp_fingerprint: Option<String>,
    /// Where the disclosure policy is.
    pub policy_url: String,
    /// When the letter is written.
    pub now: Timestamp,
}

/// The public notice in the place of a note.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Where it is.
    pub page: String,
    /// What it says.
    pub told: Withdrawal,
}

/// To whom a letter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecipientRole {
    /// Who reported.
    Reporter,
    /// A vendor, upstream or downstream.
    Vendor,
    /// The coordinator's own team.
    Team,
    /// A deployer, another coordinator, anybody else in the case.
    Other,
}

/// A letter as its recipient reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The subject, always one that [`Subject`] can read back.
    pub subject: String,
    /// The body, in lines that end in a line feed.
    pub text: String,
}

/// The letter about this matter. There always is one: should a template fail, a plain letter that
/// names the handle and the page goes instead, because a person told badly is better off than
/// one not told.
pub fn render(matter: &Matter, facts: &Facts) -> Rendered {
    let by = facts.answer_by.map(|at| at.to_zoned(TimeZone::UTC).date());
    let subject = Subject::new(&facts.handle, matter, by);
    let words = Words::of(matter, facts, &subject);
    let text = written(matter, &words).unwrap_or_else(|_| plain(&words));
    Rendered { subject: subject.to_string(), text: fold(&text) }
}

fn written(matter: &Matter, words: &Words) -> Result<String, minijinja::Error> {
    LETTERS.get_template(template(matter))?.render(Serde(words))
}

/// What goes out when a template fails.
fn plain(words: &Words) -> String {
    let Words { handle, site, team_address, .. } = words;
    let link = words.link.as_deref().unwrap_or_default();
    let embargo = words.embargo.as_ref().map(|end| format!("EMBARGOED until {end}"));
    let embargo = embargo.unwrap_or_default();
    format!(
        "Hello,\n\nThere is news for you about {handle}.\n\n  {link}\n\n\
         What you can do next: read it, or reply to this message and keep [{handle}] in the \
         subject.\n\n{site}, {team_address}\n\n{embargo}\n"
    )
}

macro_rules! letters {
    ($($file:literal)*) => {
        [$(($file, include_str!(concat!("../templates/en/", $file)))),*]
    };
}

/// The built-in words, by the name of their file.
const BUILT_IN: [(&str, &str); 23] = letters! {
    "frame.txt" "negotiate.txt"
    "report_acknowledged.txt" "case_accepted.txt" "case_declined.txt" "information_requested.txt"
    "cve_requested.txt"
    "vendor_notified.txt" "reminder.txt" "embargo_proposed.txt" "embargo_agreed.txt"
    "proposal_rejected.txt" "embargo_ended.txt" "message_posted.txt" "draft_shared.txt"
    "publication_planned.txt" "note_published.txt" "note_withdrawn.txt" "publication_declined.txt"
    "report_came.txt" "party_answered.txt" "observation_claimed.txt" "channel_failed.txt"
};

/// More than any letter needs, and little enough that no template can keep a server busy.
const FUEL: u64 = 10_000;

static LETTERS: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut letters = Environment::new();
    letters.set_fuel(Some(FUEL));
    letters.set_undefined_behavior(UndefinedBehavior::Strict);
    for (name, text) in BUILT_IN {
        // One that does not parse is missing then, and its letters go out plain.
        let _ = letters.add_template(name, text);
    }
    letters
});

fn template(matter: &Matter) -> &'static str {
    match matter {
        Matter::ReportAcknowledged => "report_acknowledged.txt",
        Matter::CaseAccepted => "case_accepted.txt",
        Matter::CaseDeclined => "case_declined.txt",
        Matter::InformationRequested => "information_requested.txt",
        Matter::CveRequested { .. } => "cve_requested.txt",
        Matter::VendorNotified => "vendor_notified.txt",
        Matter::Reminder => "reminder.txt",
        Matter::EmbargoProposed { .. } => "embargo_proposed.txt",
        Matter::EmbargoAgreed { .. } => "embargo_agreed.txt",
        Matter::ProposalRejected { .. } => "proposal_rejected.txt",
        Matter::EmbargoEnded => "embargo_ended.txt",
        Matter::MessagePosted => "message_posted.txt",
        Matter::DraftShared => "draft_shared.txt",
        Matter::PublicationPlanned => "publication_planned.txt",
        Matter::NotePublished => "note_published.txt",
        Matter::NoteWithdrawn => "note_withdrawn.txt",
        Matter::PublicationDeclined => "publication_declined.txt",
        Matter::ReportCame => "report_came.txt",
        Matter::PartyAnswered => "party_answered.txt",
        Matter::ObservationClaimed => "observation_claimed.txt",
        Matter::ChannelFailed => "channel_failed.txt",
    }
}

#[cfg(test)]
pub(crate) mod tests;
