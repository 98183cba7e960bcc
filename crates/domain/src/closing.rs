//! The end of work on a case, and what should be by then: dealt with, identified, told (S89).

use serde::{Deserialize, Serialize};

use crate::access::Me;
use crate::case::ClosingReason;
use crate::em::Em;
use crate::event::Event;
use crate::note::Section;
use crate::plan::{Asked, Decision, Plan};
use crate::report::choices;
use crate::{Case, Refusal, Rule};

choices! {
    /// What should be when a case is closed because its note is out.
    Settled {
        /// It is fixed, or can be lived with.
        Addressed => "Every affected vendor has a fix, or the note tells how to live without one",
        /// It has a name that everybody knows it by.
        Identified => "Every vulnerability has a CVE ID",
        /// The public knows what to do.
        Told => "The note tells the public what to do about it",
    }
}

impl Case {
    /// Whether one of the things is so that should be when the case is closed.
    pub fn is_settled(&self, what: Settled) -> bool {
        let public = self.note.published.and_then(|(_, revision)| self.note.revision(revision));
        let tells = |section| public.is_some_and(|note| note.sections.contains_key(&section));
        match what {
            Settled::Addressed => {
                tells(Section::Workarounds) || !self.vendors().any(crate::note::lacks_a_fix)
            }
            Settled::Identified => self.vulnerabilities.values().all(|flaw| flaw.cve.is_some()),
            Settled::Told => tells(Section::Solution) || tells(Section::Workarounds),
        }
    }

    /// Work is over. Closing while an embargo is in force needs a reason (2.7), and so does what is
    /// published and not settled (S89); from Valid it is never possible (I2).
    pub fn close_case(&self, me: &Me, reason: ClosingReason, asked: &Asked) -> Decision {
        let mut plan = self.work(me, asked)?;
        if !plan.own_rm().is_closable() {
            return Err(Refusal::NoSuchStep);
        }
        if reason == ClosingReason::Published {
            if self.note.published.is_none() {
                return Err(Refusal::NotArmed);
            }
            if !Settled::ALL.iter().all(|what| self.is_settled(*what)) {
                plan.needs_reason(Rule::CloseUnsettled)?;
            }
        }
        if matches!(self.embargo.em, Em::Active | Em::Revise) {
            plan.needs_reason(Rule::CloseInEmbargo)?;
        }
        let unused = reason != ClosingReason::Merged && self.note.published.is_none();
        if unused && self.vulnerabilities.values().any(|flaw| flaw.our_cve().is_some()) {
            plan.needs_reason(Rule::UnusedCve)?;
        }
        // Nothing goes out by itself from a case on which nobody works.
        plan.hold_if_approved();
        plan.push(Event::CaseClosed { reason });
        plan.done()
    }

    /// The case is opened again, to be written to and corrected. Our handling of the report
    /// stays closed (I3): a matter that begins anew is a new case, linked with this one.
    pub fn reopen_case(&self, me: &Me, asked: &Asked) -> Decision {
        me.works()?;
        if self.closed.is_none() {
            return Err(Refusal::NotClosed);
        }
        let mut plan = Plan::new(self, me, asked);
        plan.push(Event::CaseReopened);
        plan.done()
    }
}

#[cfg(test)]
mod tests;
