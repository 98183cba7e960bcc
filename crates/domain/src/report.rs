//! The report: what the form asks, and what may come of it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::AccountId;

macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident => $label:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// All of them, in the order in which they are offered.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// In words for people.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }
        }
    )*};
}
pub(crate) use choices;

choices! {
    /// Why a reporter wants a coordinator (S4).
    HelpReason {
        /// No answer for about two weeks.
        NoReply => "The vendor has not replied for two weeks or more",
        /// An exchange that stopped.
        WentSilent => "The vendor stopped replying two weeks ago or more",
        /// A fix without telling users.
        SilentFix => "The vendor fixed a critical flaw without telling its users",
        /// More than one vendor.
        MultipleVendors => "Several vendors are affected",
        /// Serious, or infrastructure.
        ExtremelySerious => "The flaw is extremely serious or concerns infrastructure",
        /// Anonymity.
        WantsAnonymity => "I wish to stay anonymous towards the vendor",
        /// First time.
        NewToDisclosure => "I have not done this before",
        /// A disagreement.
        Dispute => "The vendor and I disagree",
        /// None of these.
        Other => "Another reason",
    }
    /// What the reporter has to show (S11).
    Evidence {
        /// A proof of concept.
        ProofOfConcept => "A proof of concept",
        /// A proposed patch.
        Patch => "A proposed patch",
        /// Both.
        Both => "A proof of concept and a proposed patch",
        /// Nothing.
        None => "Neither",
    }
    /// Who the reporter is to us.
    Identity {
        /// Unknown; reached by the receipt alone.
        Anonymous => "Anonymous",
        /// Known by a name of their choosing.
        Pseudonym => "Under a pseudonym",
        /// Known by name.
        Named => "By name",
    }
    /// How the note thanks the reporter (S93).
    Credit {
        /// By name.
        Named => "By my name",
        /// By the pseudonym.
        Pseudonym => "By my pseudonym",
        /// Not at all.
        None => "Not at all",
    }
    /// Whether something is so, as far as the reporter knows.
    Known {
        /// It is.
        Yes => "Yes",
        /// It is not.
        No => "No",
        /// They cannot say.
        Unknown => "I do not know",
    }
    /// Whether vendors may learn who reported.
    ContactSharing {
        /// They may.
        WithVendors => "Vendors may know who I am",
        /// They may not.
        CoordinatorOnly => "Only the coordinator may know who I am",
    }
    /// The way a report came in.
    Intake {
        /// The form on the web.
        Web => "Web form",
        /// A mail.
        Mail => "Mail",
        /// A program.
        Api => "API",
        /// Written down by the coordinator.
        Manual => "Entered by the team",
    }
    /// What came of looking into a report (S19).
    Analysis {
        /// It could be shown.
        Confirmed => "Confirmed",
        /// It is likely, but not shown.
        Plausible => "Plausible, not reproduced",
        /// It could not be shown.
        NotReproduced => "Could not be reproduced",
        /// It is no flaw.
        NotAVulnerability => "Not a vulnerability",
    }
    /// Why a report is not taken on (S21).
    DeclineReason {
        /// The score is low.
        LowScore => "The score is low",
        /// Few use it.
        SmallUserBase => "Few people use the product",
        /// Nothing shows it.
        LackOfEvidence => "Too little evidence",
        /// Something is missing.
        InsufficientInformation => "Too little information",
        /// Only a CVE ID is wanted (S26).
        CveIdOnly => "Only a CVE ID is asked for",
        /// Only publication is wanted (S27).
        PublicationOnly => "Only publication is asked for",
        /// Others do it already (S27).
        AlreadyCoordinated => "It is being coordinated already",
        /// Nobody is free (S22).
        ResourceLimits => "We lack the people",
        /// No time is left (S22).
        TimeLimits => "We lack the time",
        /// It is not what we do.
        OutOfScope => "It is outside what we do",
        /// It cannot be right.
        NotCredible => "It does not seem right",
        /// It is known here.
        Duplicate => "It was reported before",
        /// None of these.
        Other => "Another reason",
    }
}

impl DeclineReason {
    /// Whether the report itself is in doubt (it stays Invalid, and may come back with more,
    /// S30), rather than our wish to work on it (it is Deferred).
    pub fn doubts_the_report(self) -> bool {
        match self {
            Self::LackOfEvidence
            | Self::InsufficientInformation
            | Self::OutOfScope
            | Self::NotCredible => true,
            Self::LowScore
            | Self::SmallUserBase
            | Self::CveIdOnly
            | Self::PublicationOnly
            | Self::AlreadyCoordinated
            | Self::ResourceLimits
            | Self::TimeLimits
            | Self::Duplicate
            | Self::Other => false,
        }
    }
}

/// What was asked and answered in the form, apart from words and names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// The way it came in.
    pub intake: Intake,
    /// The account of who sent it, if they were logged in.
    pub account: Option<AccountId>,
    /// Who the reporter is to us (S6).
    pub identity: Identity,
    /// Whether vendors may learn who reported (S7).
    pub sharing: ContactSharing,
    /// How the note thanks them (S93).
    pub credit: Credit,
    /// Why a coordinator is wanted (S4).
    pub reasons: BTreeSet<HelpReason>,
    /// What they have to show (S11).
    pub evidence: Evidence,
    /// Whether it is public already.
    pub public: Known,
    /// Whether it is being exploited.
    pub exploited: Known,
    /// When a vendor was first told; absent if none was (S3).
    pub vendor_told_at: Option<Timestamp>,
    /// When the reporter means to publish, if they said so (S110).
    pub plans_to_publish_at: Option<Timestamp>,
    /// Whether a tool or a language model found it.
    pub found_by_tool: Known,
    /// The version of the terms that were shown and accepted (S2, S13).
    pub terms: u32,
}

impl Identity {
    /// Whether somebody is behind it whom an exact time could give away (INV-5): what they do is
    /// known by the hour.
    pub const fn is_hidden(self) -> bool {
        match self {
            Self::Anonymous | Self::Pseudonym => true,
            Self::Named => false,
        }
    }
}

impl Submission {
    /// The reasons that speak of silence although the vendor was told so short a time ago, or
    /// not at all (S5). The form warns of them; it never blocks.
    pub fn hasty_reasons(
        &self,
        silent_days: crate::policy::Days,
        now: Timestamp,
    ) -> Vec<HelpReason> {
        let long_enough = self.vendor_told_at.is_some_and(|told| silent_days.after(told) <= now);
        let speaks_of_silence =
            |reason: &&HelpReason| matches!(reason, HelpReason::NoReply | HelpReason::WentSilent);
        if long_enough {
            return vec![];
        }
        self.reasons.iter().filter(speaks_of_silence).copied().collect()
    }
}
