//! What a message does to the one who gets it. Only a report moves the receiver's own handling of the report;
//! every other word about handling or fixing is news about the sender ([`MessageType::news`]).

use super::{Effects, EmEffect, MessageType, Receipt, Standing};
use crate::cs::{CsEvent, Vfd};
use crate::em::{Em, EmStep};
use crate::rm::{Rm, RmStep};

/// What getting the message moves on the receiver's side, and what it answers (model 2.6, errata 3 and 9).
///
/// One that has closed the report need not listen: nothing moves, nothing goes back.
pub fn receive(message: MessageType, to: Standing) -> Receipt {
    if to.rm == Rm::Closed {
        return Receipt::default();
    }
    match message {
        MessageType::ReportSubmitted => report(to),
        MessageType::ReportInvalid
        | MessageType::ReportValid
        | MessageType::ReportDeferred
        | MessageType::ReportAccepted
        | MessageType::ReportClosed => {
            if to.rm == Rm::Start {
                answer(&[MessageType::ReportError, MessageType::Inquiry])
            } else {
                answer(&[MessageType::ReportAck])
            }
        }
        MessageType::ReportError => answer(&[MessageType::ReportAck, MessageType::Inquiry]),
        MessageType::EmbargoError => answer(&[MessageType::EmbargoAck, MessageType::Inquiry]),
        MessageType::CaseError => answer(&[MessageType::CaseAck, MessageType::Inquiry]),
        MessageType::InquiryError => answer(&[MessageType::Inquiry]),
        MessageType::Inquiry => answer(&[MessageType::InquiryAck]),
        // An acknowledgement ends the exchange; answering it would never end.
        MessageType::ReportAck
        | MessageType::EmbargoAck
        | MessageType::CaseAck
        | MessageType::InquiryAck => Receipt::default(),
        MessageType::EmbargoProposed => proposal(to),
        MessageType::EmbargoAccepted => acceptance(to),
        MessageType::EmbargoRejected => rejection(to),
        MessageType::RevisionProposed => revision(to),
        MessageType::RevisionAccepted => revision_answer(to, EmStep::Accept),
        MessageType::RevisionRejected => revision_answer(to, EmStep::Reject),
        MessageType::EmbargoTerminated => termination(to),
        MessageType::VendorAware | MessageType::FixReady | MessageType::FixDeployed => {
            answer(&[MessageType::CaseAck])
        }
        MessageType::PublicAware => observation(to, CsEvent::PublicAware),
        MessageType::ExploitPublic => observation(to, CsEvent::ExploitPublic),
        MessageType::AttacksObserved => observation(to, CsEvent::AttacksObserved),
    }
}

fn answer(reply: &[MessageType]) -> Receipt {
    Receipt { effects: Effects::default(), reply: reply.to_vec() }
}

fn moved(em: EmEffect, reply: MessageType) -> Receipt {
    Receipt { effects: Effects { em, ..Effects::default() }, reply: vec![reply] }
}

/// A report that arrives makes a vendor aware, also where it had been handled under another cover (errata 14).
fn report(to: Standing) -> Receipt {
    let rm = to.rm.step(RmStep::Receive).map(|_| RmStep::Receive);
    let cs = match to.vfd {
        Some(Vfd::Unaware) => vec![CsEvent::VendorAware],
        Some(Vfd::Aware | Vfd::FixReady | Vfd::FixDeployed) | None => Vec::new(),
    };
    let mut reply = vec![MessageType::ReportAck];
    if to.vfd.is_some() {
        reply.push(MessageType::VendorAware);
    }
    Receipt { effects: Effects { rm, cs, em: EmEffect::Untouched }, reply }
}

fn proposal(to: Standing) -> Receipt {
    match (to.em, to.pxa.is_quiet()) {
        (Em::None, true) => moved(EmEffect::Now(EmStep::Propose), MessageType::EmbargoAck),
        // A counter-proposal joins those on the table.
        (Em::Proposed, true) => answer(&[MessageType::EmbargoAck]),
        (Em::None, false) => answer(&[MessageType::EmbargoRejected]),
        (Em::Proposed, false) => moved(EmEffect::Now(EmStep::Reject), MessageType::EmbargoRejected),
        (Em::Active | Em::Revise | Em::Exited, _) => answer(&[MessageType::EmbargoError]),
    }
}

fn acceptance(to: Standing) -> Receipt {
    match (to.em, to.pxa.is_quiet()) {
        (Em::Proposed, true) => moved(EmEffect::Now(EmStep::Accept), MessageType::EmbargoAck),
        (Em::Proposed, false) => moved(EmEffect::Now(EmStep::Reject), MessageType::EmbargoRejected),
        (Em::None | Em::Active | Em::Revise | Em::Exited, _) => {
            answer(&[MessageType::EmbargoError])
        }
    }
}

fn rejection(to: Standing) -> Receipt {
    match to.em {
        Em::Proposed => moved(EmEffect::Now(EmStep::Reject), MessageType::EmbargoAck),
        Em::None | Em::Active | Em::Revise | Em::Exited => answer(&[MessageType::EmbargoError]),
    }
}

fn revision(to: Standing) -> Receipt {
    match (to.em, to.pxa.is_quiet()) {
        (Em::Active, true) => moved(EmEffect::Now(EmStep::Propose), MessageType::EmbargoAck),
        (Em::Revise, true) => answer(&[MessageType::EmbargoAck]),
        (Em::Active | Em::Revise, false) => too_late(to),
        (Em::None | Em::Proposed | Em::Exited, _) => answer(&[MessageType::EmbargoError]),
    }
}

fn revision_answer(to: Standing, step: EmStep) -> Receipt {
    match (to.em, to.pxa.is_quiet()) {
        (Em::Revise, true) => moved(EmEffect::Now(step), MessageType::EmbargoAck),
        (Em::Active | Em::Revise, false) => too_late(to),
        (Em::Active, true) | (Em::None | Em::Proposed | Em::Exited, _) => {
            answer(&[MessageType::EmbargoError])
        }
    }
}

/// Terms are discussed for an embargo that has nothing left to protect.
fn too_late(to: Standing) -> Receipt {
    let reason = if to.pxa.public || to.pxa.exploit {
        CsEvent::PublicAware
    } else {
        CsEvent::AttacksObserved
    };
    moved(to.embargo_after(reason), MessageType::EmbargoTerminated)
}

fn termination(to: Standing) -> Receipt {
    match to.em {
        Em::Active | Em::Revise => moved(EmEffect::Now(EmStep::Terminate), MessageType::EmbargoAck),
        Em::Exited => answer(&[MessageType::EmbargoAck]),
        Em::None | Em::Proposed => answer(&[MessageType::EmbargoError]),
    }
}

/// What the whole world can see; said twice, it changes nothing the second time.
fn observation(to: Standing, event: CsEvent) -> Receipt {
    let cs = to.events_with(event);
    if cs.is_empty() {
        return answer(&[MessageType::CaseAck]);
    }
    let em = to.embargo_after(event);
    let mut reply = vec![MessageType::CaseAck];
    if em == EmEffect::Now(EmStep::Terminate) {
        reply.push(MessageType::EmbargoTerminated);
    }
    Receipt { effects: Effects { rm: None, cs, em }, reply }
}
