//! How well did coordination go, and was it skill or luck? The twelve desiderata of the model with their exact baselines,
//! what dated events say about each, and the rank of a whole history. Timing and statistics live in the modules below.
//! Nothing here reads a clock or a case: the caller brings dated events, the answers are numbers.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::cs::{CaseState, CsEvent};

mod beta;
mod ratio;
mod skill;
mod survival;
mod timing;

pub use ratio::Ratio;
pub use skill::{Aggregate, Interval, Tally, aggregate, credible_interval, jeffreys, skill};
pub use survival::{Ended, Percentile, Wait, survival_curve, time_until};
pub use timing::{Milestones, Timings};

/// One order of two events that coordination strives for (Vultron desiderata; model 2.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Desideratum {
    /// D≺P: the fix is deployed before the public knows.
    DeployedBeforePublic,
    /// F≺P: the fix is ready before the public knows.
    FixBeforePublic,
    /// D≺X: the fix is deployed before an exploit is public.
    DeployedBeforeExploit,
    /// D≺A: the fix is deployed before attacks are seen.
    DeployedBeforeAttacks,
    /// V≺P: the vendor knows before the public.
    VendorBeforePublic,
    /// F≺X: the fix is ready before an exploit is public.
    FixBeforeExploit,
    /// F≺A: the fix is ready before attacks are seen.
    FixBeforeAttacks,
    /// P≺X: the public knows before an exploit is public.
    PublicBeforeExploit,
    /// X≺A: an exploit is public before attacks are seen.
    ExploitBeforeAttacks,
    /// V≺X: the vendor knows before an exploit is public.
    VendorBeforeExploit,
    /// P≺A: the public knows before attacks are seen.
    PublicBeforeAttacks,
    /// V≺A: the vendor knows before attacks are seen.
    VendorBeforeAttacks,
}

/// What dated events say about a desideratum (model 2.11, the censoring rule).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The first event has happened, and the second has not or came later.
    Met,
    /// The second event has happened, and the first has not or came later.
    Failed,
    /// Neither has happened.
    Open,
}

/// How an event came into the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Somebody observed it.
    Observed,
    /// It follows from another event: P makes the vendor aware, X makes it public.
    Inferred,
}

/// An event with the instant when it became true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Dated {
    /// What happened.
    pub event: CsEvent,
    /// When it happened, which is not when it was recorded.
    pub at: Timestamp,
    /// How it came into the record.
    pub source: Source,
}

impl Desideratum {
    /// Every desideratum, the hardest first.
    pub const ALL: [Self; 12] = [
        Self::DeployedBeforePublic,
        Self::FixBeforePublic,
        Self::DeployedBeforeExploit,
        Self::DeployedBeforeAttacks,
        Self::VendorBeforePublic,
        Self::FixBeforeExploit,
        Self::FixBeforeAttacks,
        Self::PublicBeforeExploit,
        Self::ExploitBeforeAttacks,
        Self::VendorBeforeExploit,
        Self::PublicBeforeAttacks,
        Self::VendorBeforeAttacks,
    ];

    /// The event that should come first.
    pub const fn first(self) -> CsEvent {
        match self {
            Self::VendorBeforePublic | Self::VendorBeforeExploit | Self::VendorBeforeAttacks => {
                CsEvent::VendorAware
            }
            Self::FixBeforePublic | Self::FixBeforeExploit | Self::FixBeforeAttacks => {
                CsEvent::FixReady
            }
            Self::DeployedBeforePublic
            | Self::DeployedBeforeExploit
            | Self::DeployedBeforeAttacks => CsEvent::FixDeployed,
            Self::PublicBeforeExploit | Self::PublicBeforeAttacks => CsEvent::PublicAware,
            Self::ExploitBeforeAttacks => CsEvent::ExploitPublic,
        }
    }

    /// The event that should come later.
    pub const fn second(self) -> CsEvent {
        match self {
            Self::DeployedBeforePublic | Self::FixBeforePublic | Self::VendorBeforePublic => {
                CsEvent::PublicAware
            }
            Self::DeployedBeforeExploit
            | Self::FixBeforeExploit
            | Self::VendorBeforeExploit
            | Self::PublicBeforeExploit => CsEvent::ExploitPublic,
            Self::DeployedBeforeAttacks
            | Self::FixBeforeAttacks
            | Self::VendorBeforeAttacks
            | Self::PublicBeforeAttacks
            | Self::ExploitBeforeAttacks => CsEvent::AttacksObserved,
        }
    }

    /// How often luck alone meets it: its probability when every event that may come next is equally likely.
    pub const fn baseline(self) -> Ratio {
        match self {
            Self::DeployedBeforePublic => Ratio::new(1, 27),
            Self::FixBeforePublic => Ratio::new(1, 9),
            Self::DeployedBeforeExploit => Ratio::new(1, 6),
            Self::DeployedBeforeAttacks => Ratio::new(3, 16),
            Self::VendorBeforePublic | Self::FixBeforeExploit => Ratio::new(1, 3),
            Self::FixBeforeAttacks => Ratio::new(3, 8),
            Self::PublicBeforeExploit | Self::ExploitBeforeAttacks => Ratio::new(1, 2),
            Self::VendorBeforeExploit | Self::PublicBeforeAttacks => Ratio::new(2, 3),
            Self::VendorBeforeAttacks => Ratio::new(3, 4),
        }
    }

    /// What one history says about it, given in the order of the log: one vendor, one product, one vulnerability.
    ///
    /// Events of one instant keep the order of the log, but a vendor that learned only from the public learned after it.
    pub fn outcome(self, history: &[Dated]) -> Outcome {
        let first = occurrence(history, self.first());
        let second = occurrence(history, self.second());
        match (first, second) {
            (None, None) => Outcome::Open,
            (Some(_), None) => Outcome::Met,
            (Some(first), Some(second)) if first.is_before(&second) => Outcome::Met,
            (None | Some(_), Some(_)) => Outcome::Failed,
        }
    }

    /// What meeting it is worth in a history's weight: 1 − baseline, so that what luck seldom brings counts most.
    pub const fn worth(self) -> Ratio {
        self.baseline().complement()
    }
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Met, Self::Failed, Self::Open];
}

/// Where in a history an event first became true.
struct Occurrence {
    dated: Dated,
    place: usize,
}

impl Occurrence {
    fn is_before(&self, other: &Self) -> bool {
        let is_told_by_other =
            self.is_vendor_told_by_public() && other.dated.event == CsEvent::PublicAware;
        if is_told_by_other && self.dated.at == other.dated.at {
            return false;
        }
        (self.dated.at, self.place) < (other.dated.at, other.place)
    }

    fn is_vendor_told_by_public(&self) -> bool {
        self.dated.event == CsEvent::VendorAware && self.dated.source == Source::Inferred
    }
}

fn occurrence(history: &[Dated], event: CsEvent) -> Option<Occurrence> {
    history
        .iter()
        .enumerate()
        .filter(|(_, dated)| dated.event == event)
        .min_by_key(|&(place, dated)| (dated.at, place))
        .map(|(place, &dated)| Occurrence { dated, place })
}

/// The weight of what was met: the sum of each one's worth, exactly.
///
/// Our own definition, which gives the order of the published ranks; the published formula does not (errata 6).
pub fn weight(met: impl IntoIterator<Item = Desideratum>) -> Ratio {
    met.into_iter().fold(Ratio::ZERO, |sum, desideratum| sum.plus(desideratum.worth()))
}

/// The desiderata that an order of events meets; an event that does not appear never came.
pub fn met_by(order: &[CsEvent]) -> Vec<Desideratum> {
    let place = |event| order.iter().position(|&other| other == event);
    Desideratum::ALL
        .into_iter()
        .filter(|desideratum| match (place(desideratum.first()), place(desideratum.second())) {
            (Some(first), Some(second)) => first < second,
            (Some(_), None) => true,
            (None, Some(_) | None) => false,
        })
        .collect()
}

/// The 70 complete histories of the model, each an order of all six events that may happen.
pub fn histories() -> Vec<Vec<CsEvent>> {
    let mut open = vec![(Vec::new(), CaseState::default())];
    for _ in CsEvent::ALL {
        open = open
            .iter()
            .flat_map(|(order, state)| {
                state.enabled().into_iter().filter_map(|event| {
                    let longer: Vec<_> = order.iter().copied().chain([event]).collect();
                    state.step(event).map(|after| (longer, after))
                })
            })
            .collect();
    }
    open.into_iter().map(|(order, _)| order).collect()
}

/// The rank of a complete history, from 1 for the worst to 61 for the best; histories of equal weight share a rank.
///
/// The published table has 62 ranks, for rounding split one pair of equals there. Nothing for what is no complete history.
pub fn rank(order: &[CsEvent]) -> Option<usize> {
    let histories = histories();
    if !histories.iter().any(|history| history == order) {
        return None;
    }
    let mut weights: Vec<_> = histories.iter().map(|history| weight(met_by(history))).collect();
    weights.sort_unstable();
    weights.dedup();
    let own = weight(met_by(order));
    weights.iter().position(|&weight| weight == own).map(|below| below + 1)
}

#[cfg(test)]
mod tests;
