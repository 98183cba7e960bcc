//! Who assigns the CVE ID of a flaw, and when (S75 to S77, S85; CNA Operational Rules 4.2). A flaw
//! gets one ID at most: it is asked for once, and while an answer is awaited nobody asks again.
//! Whom the CVE program would let assign is told by the directory; nothing here looks it up.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::access::Me;
use crate::case::Vulnerability;
use crate::event::Event;
use crate::plan::{Asked, Decision, Plan};
use crate::rm::Rm;
use crate::{Case, CveId, ParticipantId, Refusal, Rule, Text, VulnerabilityId};

/// How long a CNA with the better right has to answer once the flaw is public (CNA rule 4.2.1.2).
const PUBLIC_ANSWER: SignedDuration = SignedDuration::from_hours(72);

impl Case {
    /// A flaw gets its CVE ID, from us or from the vendor who assigns its own (S75–S77).
    pub fn assign_cve(
        &self,
        me: &Me,
        vulnerability: VulnerabilityId,
        cve: CveId,
        by: Option<ParticipantId>,
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.numbering(me, asked)?;
        let known = self.flaw(vulnerability)?;
        let taken = |(id, flaw): (&VulnerabilityId, &Vulnerability)| {
            *id != vulnerability && flaw.cve.as_ref() == Some(&cve)
        };
        if self.vulnerabilities.iter().any(taken) {
            return Err(Refusal::CveTaken);
        }
        if by.is_some_and(|by| !self.participants.contains_key(&by)) {
            return Err(Refusal::NoSuchParticipant);
        }
        if known.cve.as_ref() != Some(&cve) || known.cve_by != by {
            plan.push(Event::CveAssigned { vulnerability, cve, by });
        }
        plan.done()
    }

    /// A vendor who assigns its own CVE IDs is asked for one (S76). Asking it again changes
    /// nothing.
    pub fn request_cve(
        &self,
        me: &Me,
        vulnerability: VulnerabilityId,
        of: ParticipantId,
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.numbering(me, asked)?;
        let flaw = self.flaw(vulnerability)?;
        if flaw.cve.is_some() {
            return Err(Refusal::HasCve);
        }
        plan.engaged(of)?;
        plan.told(of)?;
        if flaw.cve_requested_of != Some(of) {
            plan.push(Event::CveRequested { vulnerability, of });
        }
        plan.done()
    }

    /// CVE Services are to reserve an ID for a flaw of a case that we coordinate (S77). Of the
    /// vendors, `cnas` assign their own: while one of them has the better right, reserving needs a
    /// reason (S76). Asking again changes nothing.
    pub fn reserve_cve(
        &self,
        me: &Me,
        vulnerability: VulnerabilityId,
        cnas: &BTreeSet<ParticipantId>,
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.numbering(me, asked)?;
        let flaw = self.flaw(vulnerability)?;
        if flaw.cve.is_some() {
            return Err(Refusal::HasCve);
        }
        if !flaw.cve_rejected.is_empty() {
            return Err(Refusal::CveWasRejected);
        }
        if flaw.cve_reserving_since.is_some() {
            return plan.done();
        }
        if self.has_better_right(flaw, cnas, asked.now) {
            plan.needs_reason(Rule::VendorAssigns)?;
        }
        plan.push(Event::CveReservationAsked { vulnerability });
        plan.done()
    }

    /// An ID that we assigned is rejected, with a reason that everybody reads and the IDs to use in its
    /// place, if there are any (CNA rules 4.5.3.5, 4.5.3.7).
    pub fn reject_cve(
        &self,
        me: &Me,
        vulnerability: VulnerabilityId,
        reason: Text,
        replaced_by: Vec<CveId>,
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.numbering(me, asked)?;
        let cve = self.flaw(vulnerability)?.our_cve().ok_or(Refusal::NotOurCve)?.clone();
        if replaced_by.contains(&cve) {
            return Err(Refusal::ReplacesItself);
        }
        plan.push(Event::CveRejected { vulnerability, cve, reason, replaced_by });
        // What was approved named it.
        plan.hold_if_approved();
        plan.done()
    }

    /// Until when the vendor who was asked for an ID has the time to answer: three days once the
    /// flaw is public (CNA rule 4.2.1.2), else as long as parties have to answer a proposal.
    pub fn vendor_assigns_by(&self, flaw: &Vulnerability) -> Option<Timestamp> {
        let at = flaw.cve_requested_at?;
        let in_private = self.policy.embargo.answer_within.after(at);
        let in_public =
            |since: Timestamp| since.max(at).checked_add(PUBLIC_ANSWER).unwrap_or(Timestamp::MAX);
        Some(self.since.public.map_or(in_private, |since| in_public(since).min(in_private)))
    }

    /// Whether a vendor of the case should assign in our place: it is a CNA, and either was not
    /// asked or still has time to answer.
    fn has_better_right(
        &self,
        flaw: &Vulnerability,
        cnas: &BTreeSet<ParticipantId>,
        now: Timestamp,
    ) -> bool {
        let mut there = self.vendors().filter(|them| them.is_engaged() && cnas.contains(&them.id));
        let answered = |of: &ParticipantId| {
            Some(*of) == flaw.cve_requested_of
                && self.vendor_assigns_by(flaw).is_some_and(|by| by <= now)
        };
        there.any(|them| !answered(&them.id))
    }

    fn flaw(&self, id: VulnerabilityId) -> Result<&Vulnerability, Refusal> {
        self.vulnerabilities.get(&id).ok_or(Refusal::NoSuchVulnerability)
    }

    /// A step about IDs: only in a case that was taken on (S77).
    fn numbering<'a>(&self, me: &'a Me, asked: &'a Asked) -> Result<Plan<'a>, Refusal> {
        let plan = self.work(me, asked)?;
        if plan.own_rm() == Rm::Accepted { Ok(plan) } else { Err(Refusal::NotAccepted) }
    }
}

#[cfg(test)]
mod tests;
