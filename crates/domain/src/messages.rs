//! Which messages may a participant send now, and what does one do to whoever gets it? The 28 message types of the
//! protocol as two tables. A message is never addressed, worded or carried here; the role of its sender is checked elsewhere.

use serde::{Deserialize, Serialize};

use crate::cs::{CaseState, CsEvent, Pxa, Vfd};
use crate::em::{Em, EmStep};
use crate::rm::{Rm, RmStep};

/// One kind of news between participants (Vultron message types; model 2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageType {
    /// RS: here is a report.
    ReportSubmitted,
    /// RI: I could not validate the report.
    ReportInvalid,
    /// RV: I find the report valid.
    ReportValid,
    /// RD: I am not working on the report.
    ReportDeferred,
    /// RA: I am working on the report.
    ReportAccepted,
    /// RC: I have closed the report.
    ReportClosed,
    /// RK: I have your word about the report.
    ReportAck,
    /// RE: I could not follow your word about the report.
    ReportError,
    /// EP: I propose an embargo.
    EmbargoProposed,
    /// ER: I turn the proposed embargo down.
    EmbargoRejected,
    /// EA: I agree to the proposed embargo.
    EmbargoAccepted,
    /// EV: I propose other terms for the embargo in force.
    RevisionProposed,
    /// EJ: I turn the other terms down.
    RevisionRejected,
    /// EC: I agree to the other terms.
    RevisionAccepted,
    /// ET: the embargo is over, now; a later end is a revision.
    EmbargoTerminated,
    /// EK: I have your word about the embargo.
    EmbargoAck,
    /// EE: I could not follow your word about the embargo.
    EmbargoError,
    /// CV: I, a vendor, know of the vulnerability.
    VendorAware,
    /// CF: I have a fix.
    FixReady,
    /// CD: the fix is deployed.
    FixDeployed,
    /// CP: the public knows.
    PublicAware,
    /// CX: an exploit is public.
    ExploitPublic,
    /// CA: attacks have been observed.
    AttacksObserved,
    /// CK: I have your word about the case.
    CaseAck,
    /// CE: I could not follow your word about the case.
    CaseError,
    /// GI: a question or a remark.
    Inquiry,
    /// GK: I have your question or remark.
    InquiryAck,
    /// GE: I could not follow you.
    InquiryError,
}

/// Where one participant stands when it sends or gets a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Standing {
    /// Its own handling of the report.
    pub rm: Rm,
    /// The embargo of the case.
    pub em: Em,
    /// How far it has come with its fix; nothing for a participant that is no vendor.
    pub vfd: Option<Vfd>,
    /// What everybody may know.
    pub pxa: Pxa,
}

/// What a message moves: the case state first, the embargo after it (C-14: write down the fact, then draw the consequence).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Effects {
    /// The participant's own step.
    pub rm: Option<RmStep>,
    /// The events that become true, implied ones after what implies them.
    pub cs: Vec<CsEvent>,
    /// What becomes of the embargo.
    pub em: EmEffect,
}

/// What a message does to the embargo of the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum EmEffect {
    /// Nothing.
    #[default]
    Untouched,
    /// The step is taken in the same commit.
    Now(EmStep),
    /// The step should be taken, and a person may decide against it with a reason (E9, errata 9).
    Advised(EmStep),
}

/// What getting a message does, and what goes back.
///
/// Where the effect on the embargo is only advised, an ET among the replies waits until the advice is followed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Receipt {
    /// What moves.
    pub effects: Effects,
    /// The answers, in order.
    pub reply: Vec<MessageType>,
}

/// What a message says about its sender, for our picture of that participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum News {
    /// Where its handling of the report is.
    Rm(Rm),
    /// How far it has come with its fix.
    Vfd(Vfd),
}

impl MessageType {
    /// Every message type, by machine and in the order of the published list.
    pub const ALL: [Self; 28] = [
        Self::ReportSubmitted,
        Self::ReportInvalid,
        Self::ReportValid,
        Self::ReportDeferred,
        Self::ReportAccepted,
        Self::ReportClosed,
        Self::ReportAck,
        Self::ReportError,
        Self::EmbargoProposed,
        Self::EmbargoRejected,
        Self::EmbargoAccepted,
        Self::RevisionProposed,
        Self::RevisionRejected,
        Self::RevisionAccepted,
        Self::EmbargoTerminated,
        Self::EmbargoAck,
        Self::EmbargoError,
        Self::VendorAware,
        Self::FixReady,
        Self::FixDeployed,
        Self::PublicAware,
        Self::ExploitPublic,
        Self::AttacksObserved,
        Self::CaseAck,
        Self::CaseError,
        Self::Inquiry,
        Self::InquiryAck,
        Self::InquiryError,
    ];

    /// The two letters by which the published protocol calls the message.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ReportSubmitted => "RS",
            Self::ReportInvalid => "RI",
            Self::ReportValid => "RV",
            Self::ReportDeferred => "RD",
            Self::ReportAccepted => "RA",
            Self::ReportClosed => "RC",
            Self::ReportAck => "RK",
            Self::ReportError => "RE",
            Self::EmbargoProposed => "EP",
            Self::EmbargoRejected => "ER",
            Self::EmbargoAccepted => "EA",
            Self::RevisionProposed => "EV",
            Self::RevisionRejected => "EJ",
            Self::RevisionAccepted => "EC",
            Self::EmbargoTerminated => "ET",
            Self::EmbargoAck => "EK",
            Self::EmbargoError => "EE",
            Self::VendorAware => "CV",
            Self::FixReady => "CF",
            Self::FixDeployed => "CD",
            Self::PublicAware => "CP",
            Self::ExploitPublic => "CX",
            Self::AttacksObserved => "CA",
            Self::CaseAck => "CK",
            Self::CaseError => "CE",
            Self::Inquiry => "GI",
            Self::InquiryAck => "GK",
            Self::InquiryError => "GE",
        }
    }

    /// What the message says about its sender; RS says that the sender works on the report, for only then may it be sent.
    pub const fn news(self) -> Option<News> {
        match self {
            Self::ReportSubmitted | Self::ReportAccepted => Some(News::Rm(Rm::Accepted)),
            Self::ReportInvalid => Some(News::Rm(Rm::Invalid)),
            Self::ReportValid => Some(News::Rm(Rm::Valid)),
            Self::ReportDeferred => Some(News::Rm(Rm::Deferred)),
            Self::ReportClosed => Some(News::Rm(Rm::Closed)),
            Self::VendorAware => Some(News::Vfd(Vfd::Aware)),
            Self::FixReady => Some(News::Vfd(Vfd::FixReady)),
            Self::FixDeployed => Some(News::Vfd(Vfd::FixDeployed)),
            Self::ReportAck
            | Self::ReportError
            | Self::EmbargoProposed
            | Self::EmbargoRejected
            | Self::EmbargoAccepted
            | Self::RevisionProposed
            | Self::RevisionRejected
            | Self::RevisionAccepted
            | Self::EmbargoTerminated
            | Self::EmbargoAck
            | Self::EmbargoError
            | Self::PublicAware
            | Self::ExploitPublic
            | Self::AttacksObserved
            | Self::CaseAck
            | Self::CaseError
            | Self::Inquiry
            | Self::InquiryAck
            | Self::InquiryError => None,
        }
    }
}

mod receiving;
mod sending;

pub use receiving::receive;
pub use sending::send;

impl Standing {
    /// The events that become true with this one, itself first; nothing where it has happened already or may not come.
    fn events_with(self, event: CsEvent) -> Vec<CsEvent> {
        // One that is no vendor has no V to infer, which is how an aware vendor looks.
        let state = CaseState { vfd: self.vfd.unwrap_or(Vfd::Aware), pxa: self.pxa };
        if state.step(event).is_none() {
            return Vec::new();
        }
        let mut events = vec![event];
        events.extend(state.implied(event));
        events
    }

    /// What becomes of the embargo when the event is known: out in the open it ends; after attacks it should (E9).
    const fn embargo_after(self, event: CsEvent) -> EmEffect {
        let Some(step) = self.em.step_on_disclosure() else {
            return EmEffect::Untouched;
        };
        match event {
            CsEvent::PublicAware | CsEvent::ExploitPublic => EmEffect::Now(step),
            CsEvent::AttacksObserved => EmEffect::Advised(step),
            CsEvent::VendorAware | CsEvent::FixReady | CsEvent::FixDeployed => EmEffect::Untouched,
        }
    }
}

#[cfg(test)]
mod tests;
