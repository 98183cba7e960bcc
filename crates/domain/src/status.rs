//! What a vendor says: the four questions, the status of its products, what became of the
//! letters to it.

use serde::{Deserialize, Serialize};

use crate::report::choices;
use crate::{Instant, Text};

choices! {
    /// What became of a letter.
    Delivery {
        /// Waiting to be sent.
        Queued => "Waiting to be sent",
        /// Taken by our relay.
        Sent => "Sent",
        /// Taken by their server.
        Delivered => "Delivered",
        /// Put off for a while.
        Deferred => "Put off",
        /// Came back.
        Bounced => "Came back",
        /// Given up.
        Failed => "Given up",
    }
    /// Why a product is not affected, in the words of the VEX formats.
    Justification {
        /// The part is not in it.
        ComponentNotPresent => "The component is not in the product",
        /// The code is not in it.
        VulnerableCodeNotPresent => "The vulnerable code is not in the product",
        /// The code never runs.
        VulnerableCodeNotInExecutePath => "The vulnerable code never runs",
        /// Attackers cannot reach it.
        VulnerableCodeCannotBeControlled => "An attacker cannot reach the vulnerable code",
        /// Something stands before it.
        InlineMitigationsExist => "A safeguard is built in",
    }
    /// The first question: is it a real vulnerability in your products?
    IsReal {
        /// Yes.
        Yes => "Yes",
        /// No.
        No => "No",
        /// Not known yet.
        StillChecking => "Still checking",
    }
    /// The second question: have you already addressed it?
    IsAddressed {
        /// It has been.
        Released => "Yes, a fix is released",
        /// It will be.
        Coming => "A fix is coming",
        /// It has not been.
        No => "No",
    }
}

/// Whether a vendor's product is affected by a flaw. Maps one to one to CSAF and VEX.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum ProductStatus {
    /// Nobody has said.
    #[default]
    Unknown,
    /// The vendor is looking into it.
    UnderInvestigation,
    /// It is.
    Affected,
    /// It is not.
    NotAffected {
        /// Why not, if the vendor says so.
        justification: Option<Justification>,
    },
    /// It was, and a fix is there.
    Fixed,
    /// It is, and no fix will come.
    WillNotFix,
}

impl ProductStatus {
    /// In words for people.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Unknown => "Unknown",
            Self::UnderInvestigation => "Under investigation",
            Self::Affected => "Affected",
            Self::NotAffected { .. } => "Not affected",
            Self::Fixed => "Fixed",
            Self::WillNotFix => "Will not fix",
        }
    }

    /// How grave it is for a vendor as a whole: the gravest of its products counts.
    pub fn gravity(&self) -> u8 {
        match self {
            Self::Unknown => 0,
            Self::NotAffected { .. } => 1,
            Self::UnderInvestigation => 2,
            Self::Fixed => 3,
            Self::Affected => 4,
            Self::WillNotFix => 5,
        }
    }
}

/// A vendor's answers to the four questions (S42). Every one may be left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Answers {
    /// Is it a real vulnerability in your products?
    pub real: Option<IsReal>,
    /// Which, or why not.
    pub real_because: Option<Text>,
    /// Have you already addressed it?
    pub addressed: Option<IsAddressed>,
    /// If not, when may a fix be available?
    pub fix_ready: Option<Instant>,
    /// Do you need anything from us or the reporter?
    pub needs: Option<Text>,
}
