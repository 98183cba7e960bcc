//! How long did things take? From the instants that a case's journal gives for one vendor to the durations that people ask for.

use jiff::{SignedDuration, Timestamp};

/// The instants of one case that durations are counted from, as far as they have come; vendor's ones are for one vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Milestones {
    /// The report arrived.
    pub reported: Option<Timestamp>,
    /// The reporter first heard from a person.
    pub answered: Option<Timestamp>,
    /// The report was taken up or declined.
    pub decided: Option<Timestamp>,
    /// The vendor was first written to.
    pub vendor_contacted: Option<Timestamp>,
    /// The vendor first answered.
    pub vendor_answered: Option<Timestamp>,
    /// The vendor was last heard from.
    pub vendor_last_heard: Option<Timestamp>,
    /// The vendor had a fix.
    pub fix_ready: Option<Timestamp>,
    /// The fix was deployed.
    pub fix_deployed: Option<Timestamp>,
    /// An embargo came into force.
    pub embargo_accepted: Option<Timestamp>,
    /// The end that was first agreed.
    pub embargo_first_end: Option<Timestamp>,
    /// The end that was last agreed.
    pub embargo_last_end: Option<Timestamp>,
    /// The embargo was over.
    pub embargo_ended: Option<Timestamp>,
    /// The vendor could first read the draft of the note.
    pub draft_shared: Option<Timestamp>,
    /// The instant agreed for publication.
    pub publication_agreed: Option<Timestamp>,
    /// Our note was published.
    pub published: Option<Timestamp>,
    /// The public knew, from us or from others.
    pub public: Option<Timestamp>,
    /// The CVE record was published.
    pub cve_published: Option<Timestamp>,
    /// NVD had the CVE record.
    pub nvd_published: Option<Timestamp>,
    /// The case was closed.
    pub closed: Option<Timestamp>,
}

/// How long things took; nothing where one of the two instants is missing (S17; model 2.11).
///
/// A negative duration is true, not a mistake: a fix may be ready before we ask, a note may come before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Timings {
    /// From the report to the first answer to the reporter.
    pub first_response: Option<SignedDuration>,
    /// From the report to the decision about it.
    pub decision: Option<SignedDuration>,
    /// From the report to the first message to the vendor.
    pub first_contact: Option<SignedDuration>,
    /// From the first message to the vendor to its first answer.
    pub vendor_ack: Option<SignedDuration>,
    /// From the first message to the vendor to its fix.
    pub fix_ready: Option<SignedDuration>,
    /// From the first message to the vendor to the fix being deployed.
    pub fix_deployed: Option<SignedDuration>,
    /// From the first message to the vendor to the public knowing.
    pub contact_to_public: Option<SignedDuration>,
    /// From the report to our publication.
    pub publication: Option<SignedDuration>,
    /// How long the embargo was first agreed to last.
    pub embargo_planned: Option<SignedDuration>,
    /// How long the embargo lasted.
    pub embargo_actual: Option<SignedDuration>,
    /// How far all extensions together moved its end.
    pub embargo_slip: Option<SignedDuration>,
    /// How long before publication the vendor had the draft.
    pub draft_lead: Option<SignedDuration>,
    /// How long after the agreed instant the note came out; negative when it came out before.
    pub publication_deviation: Option<SignedDuration>,
    /// From the public knowing to the CVE record.
    pub cve_latency: Option<SignedDuration>,
    /// From the CVE record to NVD.
    pub nvd_latency: Option<SignedDuration>,
    /// How long the vendor has been silent, until now or until the case was closed.
    pub vendor_silence: Option<SignedDuration>,
    /// How old the case is, until now or until it was closed.
    pub age: Option<SignedDuration>,
}

impl Milestones {
    /// The durations between the instants; what still runs is counted until `now`.
    pub fn timings(&self, now: Timestamp) -> Timings {
        let until = Some(self.closed.unwrap_or(now));
        // A vendor that never answered has been silent since it was written to.
        let last_heard = self.vendor_last_heard.or(self.vendor_answered).or(self.vendor_contacted);
        Timings {
            first_response: between(self.reported, self.answered),
            decision: between(self.reported, self.decided),
            first_contact: between(self.reported, self.vendor_contacted),
            vendor_ack: between(self.vendor_contacted, self.vendor_answered),
            fix_ready: between(self.vendor_contacted, self.fix_ready),
            fix_deployed: between(self.vendor_contacted, self.fix_deployed),
            contact_to_public: between(self.vendor_contacted, self.public),
            publication: between(self.reported, self.published),
            embargo_planned: between(self.embargo_accepted, self.embargo_first_end),
            embargo_actual: between(self.embargo_accepted, self.embargo_ended),
            embargo_slip: between(self.embargo_first_end, self.embargo_last_end),
            draft_lead: between(self.draft_shared, self.published),
            publication_deviation: between(self.publication_agreed, self.published),
            cve_latency: between(self.public, self.cve_published),
            nvd_latency: between(self.cve_published, self.nvd_published),
            vendor_silence: between(last_heard, until),
            age: between(self.reported, until),
        }
    }
}

fn between(from: Option<Timestamp>, to: Option<Timestamp>) -> Option<SignedDuration> {
    Some(to?.duration_since(from?))
}

#[cfg(test)]
mod tests;
