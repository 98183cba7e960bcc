//! The only subjects our letters have: `[VU#123456] Action needed by 2026-11-30`. A subject is
//! seen by every relay and on every locked screen, so it is a handle, one of our own phrases and
//! at most a day, and nothing else can be written here (INV-18).

use std::fmt;
use std::str::FromStr;

use domain::letter::Matter;
use jiff::civil::Date;

/// The subject of a letter, made of nothing but what the grammar knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    handle: Handle,
    phrase: Phrase,
    by: Option<Date>,
}

impl Subject {
    /// The subject of a letter about this matter; the day is kept only where something is asked.
    pub fn new(handle: &str, matter: &Matter, by: Option<Date>) -> Self {
        let phrase = Phrase::of(matter);
        Self { handle: Handle::of(handle), phrase, by: by.filter(|_| phrase.asks()) }
    }

    /// Which case or report it is about, as it stands in the brackets.
    pub fn handle(&self) -> &str {
        &self.handle.0
    }

    /// What it says.
    pub fn phrase(&self) -> Phrase {
        self.phrase
    }

    /// By which day an answer is asked for, in UTC.
    pub fn by(&self) -> Option<Date> {
        self.by
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}", self.handle.0, self.phrase.text())?;
        match self.by {
            Some(day) => write!(f, " by {}", day.strftime("%Y-%m-%d")),
            None => Ok(()),
        }
    }
}

/// This is no subject of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the subject is not one that our letters have")]
pub struct NotOurs;

impl FromStr for Subject {
    type Err = NotOurs;

    fn from_str(text: &str) -> Result<Self, NotOurs> {
        let (handle, rest) =
            text.strip_prefix('[').and_then(|rest| rest.split_once("] ")).ok_or(NotOurs)?;
        let handle = Handle::known(handle).ok_or(NotOurs)?;
        if let Some(phrase) = Phrase::known(rest) {
            return Ok(Self { handle, phrase, by: None });
        }
        let (words, day) = rest.rsplit_once(" by ").ok_or(NotOurs)?;
        let phrase = Phrase::known(words).filter(|phrase| phrase.asks()).ok_or(NotOurs)?;
        let by: Date = day.parse().map_err(|_| NotOurs)?;
        let parsed = Self { handle, phrase, by: Some(by) };
        // Dates can be written in more ways than one; ours only in this one.
        if parsed.to_string() == text { Ok(parsed) } else { Err(NotOurs) }
    }
}

/// What names a case or a report to everybody: a few harmless letters and digits.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Handle(String);

impl Handle {
    const LONGEST: usize = 32;

    /// The handle without whatever a handle never has, so that nothing slips into a header.
    fn of(text: &str) -> Self {
        let kept: String =
            text.chars().filter(|c| Self::may_hold(*c)).take(Self::LONGEST).collect();
        if kept.is_empty() { Self("-".to_owned()) } else { Self(kept) }
    }

    fn known(text: &str) -> Option<Self> {
        let fits = (1..=Self::LONGEST).contains(&text.len());
        (fits && text.chars().all(Self::may_hold)).then(|| Self(text.to_owned()))
    }

    fn may_hold(c: char) -> bool {
        c.is_ascii_alphanumeric() || c == '#' || c == '-'
    }
}

macro_rules! phrases {
    ($($name:ident $asks:ident $text:literal: $doc:literal;)*) => {
        /// What a subject can say. The words are fixed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Phrase {
            $(#[doc = $doc] $name,)*
        }

        impl Phrase {
            /// Every phrase there is.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The words.
            pub fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            fn kind(self) -> Kind {
                match self { $(Self::$name => Kind::$asks,)* }
            }
        }
    };
}

/// Whether a phrase may be followed by a day.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Asks,
    Tells,
}

phrases! {
    ReportAcknowledged Tells "We have your report": "The report is here (S17).";
    CaseAccepted Tells "We are taking on your report": "The case was taken on.";
    CaseDeclined Tells "Our decision on your report": "The case was not taken on (S28).";
    InformationRequested Asks "Please tell us more": "Somebody is asked for more.";
    CveRequested Tells "A CVE ID is yours to assign": "A vendor is asked for its CVE ID (S76).";
    VendorNotified Asks "Action needed": "A vendor is told that there is something for it (S45).";
    Reminder Asks "Reminder: action needed": "A silent vendor is reminded (S52).";
    EmbargoProposed Asks "Please answer a proposed date": "A date was proposed (S97).";
    EmbargoAgreed Tells "A date is agreed": "A date stands (S97).";
    ProposalRejected Tells "A proposed date was not agreed": "A proposed date was not taken.";
    EmbargoEnded Tells "The embargo has ended": "The embargo is over (S58).";
    MessagePosted Tells "There is a new message": "There is something new to read.";
    DraftShared Asks "Please read a draft": "The draft is there to be read (S78).";
    PublicationPlanned Tells "Publication is planned": "The note goes out at an instant.";
    NotePublished Tells "The note is published": "The note is out (S82).";
    NoteWithdrawn Tells "The note is withdrawn": "The note was taken back (INV-16).";
    PublicationDeclined Tells "No note will be published": "There will be no note (S81).";
    ReportCame Tells "A report has come in": "For the team: a report came.";
    PartyAnswered Tells "A participant has answered": "For the team: a party answered.";
    ObservationClaimed Asks "Something was seen: please check": "For the team: something was seen.";
    ChannelFailed Tells "A channel needs a look": "For the team: a channel did not do its part.";
}

impl Phrase {
    /// What a letter about this matter says in its subject.
    pub fn of(matter: &Matter) -> Self {
        match matter {
            Matter::ReportAcknowledged => Self::ReportAcknowledged,
            Matter::CaseAccepted => Self::CaseAccepted,
            Matter::CaseDeclined => Self::CaseDeclined,
            Matter::InformationRequested => Self::InformationRequested,
            Matter::CveRequested { .. } => Self::CveRequested,
            Matter::VendorNotified => Self::VendorNotified,
            Matter::Reminder => Self::Reminder,
            Matter::EmbargoProposed { .. } => Self::EmbargoProposed,
            Matter::EmbargoAgreed { .. } => Self::EmbargoAgreed,
            Matter::ProposalRejected { .. } => Self::ProposalRejected,
            Matter::EmbargoEnded => Self::EmbargoEnded,
            Matter::MessagePosted => Self::MessagePosted,
            Matter::DraftShared => Self::DraftShared,
            Matter::PublicationPlanned => Self::PublicationPlanned,
            Matter::NotePublished => Self::NotePublished,
            Matter::NoteWithdrawn => Self::NoteWithdrawn,
            Matter::PublicationDeclined => Self::PublicationDeclined,
            Matter::ReportCame => Self::ReportCame,
            Matter::PartyAnswered => Self::PartyAnswered,
            Matter::ObservationClaimed => Self::ObservationClaimed,
            Matter::ChannelFailed => Self::ChannelFailed,
        }
    }

    /// Whether something is asked, so that a day may follow.
    pub fn asks(self) -> bool {
        self.kind() == Kind::Asks
    }

    fn known(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|phrase| phrase.text() == text)
    }
}

#[cfg(test)]
mod tests;
