//! What follows from a case's state for those who decide? Whether an embargo still makes sense, which kind of zero day
//! this is, what SSVC would be told. Everything here is advice: it looks at what is and moves nothing.

use serde::{Deserialize, Serialize};

use crate::cs::{CaseState, Pxa, Vfd};
use crate::rm::Rm;

mod guards;

pub use guards::{Act, Level, Position, guard};

/// Whether an embargo makes sense in a case state (Vultron embargo viability; model 2.9, E4, E5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Viability {
    /// One may begin, and one in force may stay: no fix yet, nothing out.
    StartOk,
    /// One in force may stay; one that begins now should be brief, for a fix is ready: `VFdpxa`.
    StartWithCaution,
    /// One in force may stay for those who lag behind; none should begin, for the fix is deployed: `VFDpxa`.
    NoStart,
    /// There is nothing left to protect: P, X or A.
    NotViable,
}

/// One of the nine meanings of “zero day” (Vultron zero-day patterns; model 2.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZeroDay {
    /// The vendor does not know, nor does the public: `v..p..`.
    VulnerabilityType1,
    /// The public knows and the vendor does not: `v..P..`.
    VulnerabilityType2,
    /// The public knows and there is no fix: `.f.P..`.
    VulnerabilityType3,
    /// An exploit is public and the vendor does not know: `vfd.X.`.
    ExploitType1,
    /// An exploit is public and there is no fix: `.fd.X.`.
    ExploitType2,
    /// An exploit is public before the vulnerability is: `...pX.`.
    ExploitType3,
    /// Attacks happen and the vendor does not know: `vfd..A`.
    AttackType1,
    /// Attacks happen and there is no fix: `.fd..A`.
    AttackType2,
    /// Attacks happen and the public does not know: `...p.A`.
    AttackType3,
}

/// SSVC Exploitation as far as the case state tells (model 2.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exploitation {
    /// No exploit is public and no attack is known.
    None,
    /// An exploit is public.
    PublicPoc,
    /// Attacks have been observed.
    Active,
}

/// SSVC Report Public (model 2.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportPublic {
    /// The public knows.
    Yes,
    /// The public does not know.
    No,
}

/// SSVC Supplier Contacted (model 2.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SupplierContacted {
    /// The vendor has not been reached.
    No,
    /// The vendor has been reached.
    Yes,
}

/// SSVC Public Value Added: what a publication of ours would add (model 2.9, 4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublicValueAdded {
    /// Little: what matters is well known.
    Limited,
    /// It would carry what is known to more people, or make it clearer.
    Ampliative,
    /// It would be the first that the public hears.
    Precedence,
}

/// SSVC Supplier Involvement (model 2.9, 4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SupplierInvolvement {
    /// The vendor has a fix.
    FixReady,
    /// The vendor is working on the report.
    Cooperative,
    /// The vendor does not answer or does not work with us.
    UncooperativeOrUnresponsive,
}

impl Viability {
    /// Every answer, from the most room to none.
    pub const ALL: [Self; 4] =
        [Self::StartOk, Self::StartWithCaution, Self::NoStart, Self::NotViable];

    /// What the case state leaves room for.
    pub const fn of(state: CaseState) -> Self {
        if !state.pxa.is_quiet() {
            return Self::NotViable;
        }
        match state.vfd {
            Vfd::Unaware | Vfd::Aware => Self::StartOk,
            Vfd::FixReady => Self::StartWithCaution,
            Vfd::FixDeployed => Self::NoStart,
        }
    }

    /// Whether an embargo in force may stay.
    pub const fn may_stay(self) -> bool {
        match self {
            Self::StartOk | Self::StartWithCaution | Self::NoStart => true,
            Self::NotViable => false,
        }
    }

    /// Whether an embargo may begin.
    pub const fn may_start(self) -> bool {
        match self {
            Self::StartOk | Self::StartWithCaution => true,
            Self::NoStart | Self::NotViable => false,
        }
    }
}

impl ZeroDay {
    /// Every meaning.
    pub const ALL: [Self; 9] = [
        Self::VulnerabilityType1,
        Self::VulnerabilityType2,
        Self::VulnerabilityType3,
        Self::ExploitType1,
        Self::ExploitType2,
        Self::ExploitType3,
        Self::AttackType1,
        Self::AttackType2,
        Self::AttackType3,
    ];

    /// The meanings that fit a case state, often several: a vendor that does not know has no fix either.
    pub fn of(state: CaseState) -> Vec<Self> {
        Self::ALL.into_iter().filter(|zero_day| zero_day.fits(state)).collect()
    }

    const fn fits(self, CaseState { vfd, pxa }: CaseState) -> bool {
        let Pxa { public, exploit, attacks } = pxa;
        let unaware = matches!(vfd, Vfd::Unaware);
        let without_fix = matches!(vfd, Vfd::Unaware | Vfd::Aware);
        match self {
            Self::VulnerabilityType1 => unaware && !public,
            Self::VulnerabilityType2 => unaware && public,
            Self::VulnerabilityType3 => without_fix && public,
            Self::ExploitType1 => unaware && exploit,
            Self::ExploitType2 => without_fix && exploit,
            Self::ExploitType3 => !public && exploit,
            Self::AttackType1 => unaware && attacks,
            Self::AttackType2 => without_fix && attacks,
            Self::AttackType3 => !public && attacks,
        }
    }
}

impl Exploitation {
    /// Every value.
    pub const ALL: [Self; 3] = [Self::None, Self::PublicPoc, Self::Active];

    /// What is known of exploitation; attacks weigh more than an exploit.
    pub const fn of(pxa: Pxa) -> Self {
        match (pxa.exploit, pxa.attacks) {
            (true | false, true) => Self::Active,
            (true, false) => Self::PublicPoc,
            (false, false) => Self::None,
        }
    }

    /// The key of the value in the SSVC decision point E.
    pub const fn key(self) -> &'static str {
        match self {
            Self::None => "N",
            Self::PublicPoc => "P",
            Self::Active => "A",
        }
    }
}

impl ReportPublic {
    /// Every value.
    pub const ALL: [Self; 2] = [Self::Yes, Self::No];

    /// Whether the public knows.
    pub const fn of(pxa: Pxa) -> Self {
        if pxa.public { Self::Yes } else { Self::No }
    }

    /// The key of the value in the SSVC decision point RP.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Yes => "Y",
            Self::No => "N",
        }
    }
}

impl SupplierContacted {
    /// Every value.
    pub const ALL: [Self; 2] = [Self::No, Self::Yes];

    /// Whether the vendor has been reached: it knows, or its handling of the report has begun.
    pub const fn of(vfd: Vfd, vendor: Rm) -> Self {
        match vfd {
            Vfd::Aware | Vfd::FixReady | Vfd::FixDeployed => Self::Yes,
            Vfd::Unaware if vendor.has_report() => Self::Yes,
            Vfd::Unaware => Self::No,
        }
    }

    /// The key of the value in the SSVC decision point SCON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::No => "N",
            Self::Yes => "Y",
        }
    }
}

impl PublicValueAdded {
    /// Every value, from the least to the most.
    pub const ALL: [Self; 3] = [Self::Limited, Self::Ampliative, Self::Precedence];

    /// The values that the case state leaves to judgement, the likeliest first (errata 12).
    ///
    /// With a fix ready, what the vendor is about to say or has said decides between two of them, and the state does not tell.
    pub const fn candidates(state: CaseState) -> &'static [Self] {
        match (state.vfd, state.pxa.public) {
            (Vfd::FixReady, false) => &[Self::Precedence, Self::Ampliative],
            (Vfd::Unaware | Vfd::Aware | Vfd::FixDeployed, false) => &[Self::Precedence],
            (Vfd::Unaware | Vfd::Aware, true) => &[Self::Ampliative],
            (Vfd::FixReady, true) => &[Self::Ampliative, Self::Limited],
            (Vfd::FixDeployed, true) => &[Self::Limited],
        }
    }

    /// The key of the value in the SSVC decision point PVA.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Limited => "L",
            Self::Ampliative => "A",
            Self::Precedence => "P",
        }
    }
}

impl SupplierInvolvement {
    /// Every value.
    pub const ALL: [Self; 3] =
        [Self::FixReady, Self::Cooperative, Self::UncooperativeOrUnresponsive];

    /// How the vendor takes part: by its fix first, then by what it does with the report.
    pub const fn of(vfd: Vfd, vendor: Rm) -> Self {
        match (vfd, vendor) {
            (Vfd::FixReady | Vfd::FixDeployed, _) => Self::FixReady,
            (Vfd::Unaware | Vfd::Aware, Rm::Valid | Rm::Accepted) => Self::Cooperative,
            (
                Vfd::Unaware | Vfd::Aware,
                Rm::Start | Rm::Received | Rm::Invalid | Rm::Deferred | Rm::Closed,
            ) => Self::UncooperativeOrUnresponsive,
        }
    }

    /// The key of the value in the SSVC decision point SINV.
    pub const fn key(self) -> &'static str {
        match self {
            Self::FixReady => "FR",
            Self::Cooperative => "C",
            Self::UncooperativeOrUnresponsive => "UU",
        }
    }
}

#[cfg(test)]
mod tests;
