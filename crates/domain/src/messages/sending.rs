//! What must be true of the sender, and which step of its own the message tells of.

use super::{Effects, EmEffect, MessageType, Standing};
use crate::cs::{CsEvent, Vfd};
use crate::em::{Em, EmStep};
use crate::rm::{Rm, RmStep};

/// What sending the message moves on the sender's side, or nothing where it may not be sent now (model 2.6, errata 2 and 3).
pub fn send(message: MessageType, from: Standing) -> Option<Effects> {
    match message {
        MessageType::ReportSubmitted => (from.rm == Rm::Accepted).then(Effects::default),
        MessageType::ReportInvalid => report(from, RmStep::Invalidate),
        MessageType::ReportValid => report(from, RmStep::Validate),
        MessageType::ReportDeferred => report(from, RmStep::Defer),
        MessageType::ReportAccepted => report(from, RmStep::Accept),
        MessageType::ReportClosed => report(from, RmStep::Close),
        MessageType::EmbargoProposed => {
            embargo(from, from.pxa.is_quiet() && !from.em.in_force(), EmStep::Propose)
        }
        MessageType::EmbargoAccepted => {
            embargo(from, from.pxa.is_quiet() && from.em == Em::Proposed, EmStep::Accept)
        }
        MessageType::EmbargoRejected => embargo(from, from.em == Em::Proposed, EmStep::Reject),
        MessageType::RevisionProposed => {
            embargo(from, from.pxa.is_quiet() && from.em.in_force(), EmStep::Propose)
        }
        MessageType::RevisionAccepted => {
            embargo(from, from.pxa.is_quiet() && from.em == Em::Revise, EmStep::Accept)
        }
        MessageType::RevisionRejected => {
            embargo(from, from.pxa.is_quiet() && from.em == Em::Revise, EmStep::Reject)
        }
        MessageType::EmbargoTerminated => embargo(from, true, EmStep::Terminate),
        MessageType::VendorAware => vendor_aware(from),
        MessageType::FixReady => {
            let may = from.vfd == Some(Vfd::Aware) && from.rm == Rm::Accepted;
            may.then(|| fix(CsEvent::FixReady))
        }
        MessageType::FixDeployed => {
            let may = from.vfd == Some(Vfd::FixReady) && from.rm != Rm::Closed;
            may.then(|| fix(CsEvent::FixDeployed))
        }
        MessageType::PublicAware => observation(from, CsEvent::PublicAware),
        MessageType::ExploitPublic => observation(from, CsEvent::ExploitPublic),
        MessageType::AttacksObserved => observation(from, CsEvent::AttacksObserved),
        MessageType::ReportAck
        | MessageType::ReportError
        | MessageType::EmbargoAck
        | MessageType::EmbargoError
        | MessageType::CaseAck
        | MessageType::CaseError
        | MessageType::Inquiry
        | MessageType::InquiryAck
        | MessageType::InquiryError => Some(Effects::default()),
    }
}

fn report(from: Standing, step: RmStep) -> Option<Effects> {
    from.rm.step(step).map(|_| Effects { rm: Some(step), ..Effects::default() })
}

fn embargo(from: Standing, is_its_time: bool, step: EmStep) -> Option<Effects> {
    let may = is_its_time && from.rm != Rm::Closed && from.em.step(step).is_some();
    may.then(|| Effects { em: EmEffect::Now(step), ..Effects::default() })
}

/// A vendor that has learned of the vulnerability by itself opens its own handling with the same word.
fn vendor_aware(from: Standing) -> Option<Effects> {
    let may = from.vfd == Some(Vfd::Unaware) && from.rm == Rm::Start;
    may.then(|| Effects {
        rm: Some(RmStep::Receive),
        cs: vec![CsEvent::VendorAware],
        em: EmEffect::Untouched,
    })
}

/// The facts about a fix do not hang on what the public knows, so nothing else is asked.
fn fix(event: CsEvent) -> Effects {
    Effects { cs: vec![event], ..Effects::default() }
}

fn observation(from: Standing, event: CsEvent) -> Option<Effects> {
    let cs = from.events_with(event);
    if cs.is_empty() {
        return None;
    }
    Some(Effects { rm: None, cs, em: from.embargo_after(event) })
}
