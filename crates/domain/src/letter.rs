//! Who is told what when something happens. A letter names what is asked, never the flaw, the
//! product, another party or who reported (INV-18): the words that matter wait behind a link.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::mem::{Discriminant, discriminant};

use serde::{Deserialize, Serialize};

use crate::event::{Answer, Audience, Event};
use crate::journal::Hand;
use crate::participant::Participant;
use crate::{Case, Instant, LetterId, ParticipantId};

/// What a letter is about. Its words come from a template of that name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum Matter {
    /// The report is here (S17).
    ReportAcknowledged,
    /// The case was taken on.
    CaseAccepted,
    /// The case was not taken on (S28).
    CaseDeclined,
    /// Somebody is asked for more.
    InformationRequested,
    /// A vendor that assigns its own CVE IDs is asked for one (S76).
    CveRequested {
        /// Until when; after that we may assign one.
        by: Instant,
    },
    /// A vendor is told that there is something for it (S41).
    VendorNotified,
    /// A silent vendor is reminded (S52).
    Reminder,
    /// A date was proposed (S97).
    EmbargoProposed {
        /// The date.
        end: Instant,
    },
    /// A date stands (S97).
    EmbargoAgreed {
        /// The date.
        end: Instant,
    },
    /// A proposed date was not taken.
    ProposalRejected {
        /// The date.
        end: Instant,
    },
    /// The embargo is over (S58).
    EmbargoEnded,
    /// There is something new to read.
    MessagePosted,
    /// The draft is there to be read (S78).
    DraftShared,
    /// The note goes out at this instant.
    PublicationPlanned,
    /// The note is out (S82).
    NotePublished,
    /// The note was taken back (INV-16).
    NoteWithdrawn,
    /// There will be no note (S81).
    PublicationDeclined,
    /// For the team: a report came.
    ReportCame,
    /// For the team: a party answered.
    PartyAnswered,
    /// For the team: something was seen out there.
    ObservationClaimed,
    /// For the team: a channel did not do its part.
    ChannelFailed,
}

/// To whom a letter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "to", content = "id", rename_all = "snake_case")]
pub enum Recipient {
    /// A participant.
    Participant(ParticipantId),
    /// The analyst responsible, or the team's address.
    Team,
}

/// A letter to be sent: one recipient each (INV-22).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its id, where an event already speaks of it.
    pub id: Option<LetterId>,
    /// To whom.
    pub to: Recipient,
    /// What it is about.
    pub matter: Matter,
}

/// The letters a whole decision calls for, in the case as it is after it, by whose hand it
/// was: nobody gets two where one says it all, and the team hears once of whatever a party did.
pub fn letters_of(case: &Case, hand: &Hand, events: &[Event]) -> Vec<Letter> {
    let all = events.iter().flat_map(|event| letters(case, event));
    // The answer that a default brings with it was given by no one (E7).
    let by_party = matches!(hand, Hand::Participant(_));
    let of_team = |letter: &Letter| letter.to == Recipient::Team;
    let unsaid = |letter: &Letter| letter.matter == Matter::PartyAnswered && !by_party;
    let mut kept: Vec<Letter> = all.filter(|letter| !unsaid(letter)).collect();
    if by_party && !events.is_empty() && !kept.iter().any(of_team) {
        kept.push(Letter { id: None, to: Recipient::Team, matter: Matter::PartyAnswered });
    }
    let mut weightiest: BTreeMap<Recipient, u8> = BTreeMap::new();
    for letter in &kept {
        let weight = weightiest.entry(letter.to).or_default();
        *weight = letter.matter.weight().max(*weight);
    }
    let mut said = HashSet::new();
    kept.retain(|letter| {
        let weight = letter.matter.weight();
        let heard = weight == 0 || weightiest.get(&letter.to) == Some(&weight);
        // Attempts are letters of their own, each to an address; all else is said once.
        heard && (letter.id.is_some() || said.insert((letter.to, letter.matter.name())))
    });
    kept
}

impl Matter {
    /// How much of the news about the date or the note it tells: of two letters in one decision
    /// the weightier one goes out, and those of no weight always do.
    fn weight(&self) -> u8 {
        match self {
            Self::EmbargoProposed { .. } | Self::ProposalRejected { .. } => 1,
            Self::EmbargoAgreed { .. } => 2,
            Self::EmbargoEnded => 3,
            // What a vendor is told first carries the date that stands (S45).
            Self::VendorNotified => 4,
            Self::NotePublished | Self::NoteWithdrawn => 5,
            Self::ReportAcknowledged
            | Self::CaseAccepted
            | Self::CaseDeclined
            | Self::InformationRequested
            | Self::CveRequested { .. }
            | Self::Reminder
            | Self::MessagePosted
            | Self::DraftShared
            | Self::PublicationPlanned
            | Self::PublicationDeclined
            | Self::ReportCame
            | Self::PartyAnswered
            | Self::ObservationClaimed
            | Self::ChannelFailed => 0,
        }
    }

    /// What it is about, whatever it says of it.
    fn name(&self) -> Discriminant<Self> {
        discriminant(self)
    }
}

/// The letters an event calls for, in the case as it is after the event. Nobody who has gone
/// is written to.
pub fn letters(case: &Case, event: &Event) -> Vec<Letter> {
    let mut letters = called_for(case, event);
    letters.retain(|letter| match letter.to {
        Recipient::Team => true,
        Recipient::Participant(id) => {
            let there = |them: &Participant| them.is_engaged() && them.knows_of_it();
            id != case.coordinator && case.participant(id).is_some_and(there)
        }
    });
    letters
}

fn called_for(case: &Case, event: &Event) -> Vec<Letter> {
    use Recipient::{Participant as To, Team};
    let one = |to: Recipient, matter: Matter| vec![Letter { id: None, to, matter }];
    let reporter = To(case.reporter);
    match event {
        Event::ReportReceived { .. } => one(Team, Matter::ReportCame),
        Event::ReportAcknowledged { .. } => one(reporter, Matter::ReportAcknowledged),
        Event::CaseAccepted { .. } => one(reporter, Matter::CaseAccepted),
        Event::CaseDeclined { .. } => one(reporter, Matter::CaseDeclined),
        Event::InformationRequested { of, .. } => one(To(*of), Matter::InformationRequested),
        Event::CveRequested { vulnerability, of } => {
            let flaw = case.vulnerabilities.get(vulnerability);
            let by = flaw.and_then(|flaw| case.vendor_assigns_by(flaw));
            by.map_or_else(Vec::new, |by| {
                one(To(*of), Matter::CveRequested { by: Instant::utc(by) })
            })
        }
        Event::ContactAttempted { participant, letter: Some(letter), .. } => {
            vec![Letter { id: Some(*letter), to: To(*participant), matter: Matter::VendorNotified }]
        }
        Event::ReminderSent { participant } => one(To(*participant), Matter::Reminder),
        Event::EmbargoProposed { by, end, .. } | Event::RevisionProposed { by, end, .. } => {
            to_told(case, Some(*by), &Matter::EmbargoProposed { end: end.clone() })
        }
        Event::EmbargoAccepted { proposal, .. } | Event::RevisionAccepted { proposal } => {
            match case.embargo.proposal(*proposal) {
                Some(known) => {
                    to_told(case, None, &Matter::EmbargoAgreed { end: known.end.clone() })
                }
                None => vec![],
            }
        }
        Event::RevisionRejected { proposal }
        | Event::EmbargoRejected { proposal }
        | Event::ProposalWithdrawn { proposal } => match case.embargo.proposal(*proposal) {
            Some(known) => {
                to_told(case, None, &Matter::ProposalRejected { end: known.end.clone() })
            }
            None => vec![],
        },
        Event::ProposalAnswered { participant, .. } if *participant != case.coordinator => {
            one(Team, Matter::PartyAnswered)
        }
        Event::ConsentMoved { .. } => vec![],
        Event::EmbargoTerminated { .. } if case.note.published.is_none() => {
            to_told(case, None, &Matter::EmbargoEnded)
        }
        Event::QuestionsAnswered { .. } | Event::StatementProvided { .. } => {
            one(Team, Matter::PartyAnswered)
        }
        Event::ReportAddendumReceived { .. } => one(Team, Matter::PartyAnswered),
        Event::MessagePosted { by, audience, .. } => to_audience(case, *by, audience),
        Event::ObservationClaimed { by: Some(_), .. } => one(Team, Matter::ObservationClaimed),
        Event::DraftShared { with, .. } => to_each(with, &Matter::DraftShared),
        Event::DraftCommented { by: Some(_), .. } => one(Team, Matter::PartyAnswered),
        // Of a note that is mended everybody reads where they read it first.
        Event::PublicationArmed { .. } if case.note.published.is_some() => vec![],
        Event::NotePublished { .. } if case.note.was_only_mended() => vec![],
        Event::PublicationArmed { .. } => to_told(case, None, &Matter::PublicationPlanned),
        Event::PublicationDeclined { .. } => to_told(case, None, &Matter::PublicationDeclined),
        Event::NotePublished { .. } => to_told(case, None, &Matter::NotePublished),
        Event::NoteWithdrawn { .. } => to_told(case, None, &Matter::NoteWithdrawn),
        _ => vec![],
    }
}

/// Everyone outside the team who knows of the case, but for who did it themselves.
fn to_told(case: &Case, but: Option<ParticipantId>, matter: &Matter) -> Vec<Letter> {
    let told = |them: &&Participant| them.knows_of_it() && Some(them.id) != but;
    let those: BTreeSet<_> = case.engaged().filter(told).map(|them| them.id).collect();
    to_each(&those, matter)
}

fn to_each(those: &BTreeSet<ParticipantId>, matter: &Matter) -> Vec<Letter> {
    those
        .iter()
        .map(|id| Letter { id: None, to: Recipient::Participant(*id), matter: matter.clone() })
        .collect()
}

fn to_audience(case: &Case, by: Option<ParticipantId>, audience: &Audience) -> Vec<Letter> {
    let mut letters = match audience {
        Audience::Team => vec![],
        Audience::Private(participant) if Some(*participant) == by => vec![],
        Audience::Private(participant) => to_each(&[*participant].into(), &Matter::MessagePosted),
        Audience::Some(participants) => to_each(participants, &Matter::MessagePosted),
        Audience::Everyone => {
            let em = case.embargo.em;
            let able = |them: &&Participant| them.may_receive_content(em) && Some(them.id) != by;
            let those: BTreeSet<_> = case.engaged().filter(able).map(|them| them.id).collect();
            to_each(&those, &Matter::MessagePosted)
        }
    };
    if by.is_some() {
        letters.push(Letter { id: None, to: Recipient::Team, matter: Matter::PartyAnswered });
    }
    letters
}

impl Answer {
    /// In words for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Agree => "Agrees",
            Self::Disagree => "Does not agree",
        }
    }
}

#[cfg(test)]
mod tests;
