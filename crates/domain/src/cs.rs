//! What is true of the vulnerability in the world? Case state (CS): how far a vendor has come with a fix (VFD, one per
//! vendor and product) and what everybody may know (PXA, one per case). Events are observed, not decided; nothing is undone.

use std::fmt::{Display, Formatter, Result as FormatResult, Write as _};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How far a vendor has come with its fix: D implies F implies V (Vultron VFD; model 2.5, I11).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Vfd {
    /// The vendor does not know: `vfd`.
    #[default]
    Unaware,
    /// The vendor knows: `Vfd`.
    Aware,
    /// The vendor has a fix: `VFd`.
    FixReady,
    /// The fix is where it is needed: `VFD`.
    FixDeployed,
}

/// What everybody may know: three independent latches that never open again (Vultron PXA; model 2.5, I12).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Pxa {
    /// The public knows of the vulnerability.
    pub public: bool,
    /// An exploit is public.
    pub exploit: bool,
    /// Attacks have been observed.
    pub attacks: bool,
}

/// Something that becomes true of a vulnerability, once (Vultron CS; model 2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CsEvent {
    /// V: the vendor learns of it.
    VendorAware,
    /// F: the vendor has a fix.
    FixReady,
    /// D: the fix is deployed.
    FixDeployed,
    /// P: the public learns of it.
    PublicAware,
    /// X: an exploit becomes public.
    ExploitPublic,
    /// A: attacks are observed.
    AttacksObserved,
}

/// One vendor's view of the world: its own VFD beside the PXA of the case (Vultron CS; model 2.5).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct CaseState {
    /// How far this vendor has come.
    pub vfd: Vfd,
    /// What everybody may know.
    pub pxa: Pxa,
}

/// The text is not six letters like `VFdPxa` that make one of the 32 states.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("“{0}” is not a case state; write it like VFdPxa")]
pub struct NotACaseState(String);

impl Vfd {
    /// Every state, from the first to the last.
    pub const ALL: [Self; 4] = [Self::Unaware, Self::Aware, Self::FixReady, Self::FixDeployed];

    /// The three letters by which the published model writes the state.
    pub const fn letters(self) -> &'static str {
        match self {
            Self::Unaware => "vfd",
            Self::Aware => "Vfd",
            Self::FixReady => "VFd",
            Self::FixDeployed => "VFD",
        }
    }
}

impl Pxa {
    /// Every combination, counted up from none to all.
    pub const ALL: [Self; 8] = [
        Self { public: false, exploit: false, attacks: false },
        Self { public: false, exploit: false, attacks: true },
        Self { public: false, exploit: true, attacks: false },
        Self { public: false, exploit: true, attacks: true },
        Self { public: true, exploit: false, attacks: false },
        Self { public: true, exploit: false, attacks: true },
        Self { public: true, exploit: true, attacks: false },
        Self { public: true, exploit: true, attacks: true },
    ];

    /// Whether nothing is out: the only time when an embargo has something to protect (E4).
    pub const fn is_quiet(self) -> bool {
        !self.public && !self.exploit && !self.attacks
    }

    /// The three letters by which the published model writes the combination.
    pub const fn letters(self) -> &'static str {
        match (self.public, self.exploit, self.attacks) {
            (false, false, false) => "pxa",
            (false, false, true) => "pxA",
            (false, true, false) => "pXa",
            (false, true, true) => "pXA",
            (true, false, false) => "Pxa",
            (true, false, true) => "PxA",
            (true, true, false) => "PXa",
            (true, true, true) => "PXA",
        }
    }
}

impl CsEvent {
    /// Every event.
    pub const ALL: [Self; 6] = [
        Self::VendorAware,
        Self::FixReady,
        Self::FixDeployed,
        Self::PublicAware,
        Self::ExploitPublic,
        Self::AttacksObserved,
    ];

    /// The letter by which the published model calls the event.
    pub const fn letter(self) -> char {
        match self {
            Self::VendorAware => 'V',
            Self::FixReady => 'F',
            Self::FixDeployed => 'D',
            Self::PublicAware => 'P',
            Self::ExploitPublic => 'X',
            Self::AttacksObserved => 'A',
        }
    }
}

impl CaseState {
    /// Whether the event has happened in this state.
    pub const fn has(self, event: CsEvent) -> bool {
        match (event, self.vfd) {
            (CsEvent::VendorAware, Vfd::Aware | Vfd::FixReady | Vfd::FixDeployed)
            | (CsEvent::FixReady, Vfd::FixReady | Vfd::FixDeployed)
            | (CsEvent::FixDeployed, Vfd::FixDeployed) => true,
            (CsEvent::VendorAware, Vfd::Unaware)
            | (CsEvent::FixReady, Vfd::Unaware | Vfd::Aware)
            | (CsEvent::FixDeployed, Vfd::Unaware | Vfd::Aware | Vfd::FixReady) => false,
            (CsEvent::PublicAware, _) => self.pxa.public,
            (CsEvent::ExploitPublic, _) => self.pxa.exploit,
            (CsEvent::AttacksObserved, _) => self.pxa.attacks,
        }
    }

    /// All 32 states.
    pub fn all() -> impl Iterator<Item = Self> {
        Vfd::ALL.into_iter().flat_map(|vfd| Pxa::ALL.into_iter().map(move |pxa| Self { vfd, pxa }))
    }

    /// The only event that can follow, where one truth carries another with it.
    ///
    /// A vendor knows at least what the public knows, and a public exploit makes the vulnerability public (I13, I14).
    pub const fn forced(self) -> Option<CsEvent> {
        if self.pxa.public && matches!(self.vfd, Vfd::Unaware) {
            Some(CsEvent::VendorAware)
        } else if self.pxa.exploit && !self.pxa.public {
            Some(CsEvent::PublicAware)
        } else {
            None
        }
    }

    /// The events that may come next: the transition function of the model, all 58 edges of it (model 2.5).
    pub fn enabled(self) -> Vec<CsEvent> {
        if let Some(event) = self.forced() {
            return vec![event];
        }
        CsEvent::ALL.into_iter().filter(|&event| self.is_ready_for(event)).collect()
    }

    /// The state after the event, or nothing where it may not come next.
    pub fn step(self, event: CsEvent) -> Option<Self> {
        let may_come = match self.forced() {
            Some(forced) => forced == event,
            None => self.is_ready_for(event),
        };
        may_come.then(|| self.with(event))
    }

    /// What must be recorded as inferred together with an event that comes now, in this order.
    ///
    /// P makes an unaware vendor aware; X makes an unpublished vulnerability public. An event that may not come implies nothing.
    pub fn implied(self, event: CsEvent) -> Vec<CsEvent> {
        let mut implied = Vec::new();
        let mut state = self.step(event);
        while let Some(next) = state.and_then(Self::forced) {
            implied.push(next);
            state = state.and_then(|state| state.step(next));
        }
        implied
    }

    /// Whether the event is still to come and what it stands on has happened; the forced events are not looked at.
    const fn is_ready_for(self, event: CsEvent) -> bool {
        match event {
            CsEvent::VendorAware => matches!(self.vfd, Vfd::Unaware),
            CsEvent::FixReady => matches!(self.vfd, Vfd::Aware),
            CsEvent::FixDeployed => matches!(self.vfd, Vfd::FixReady),
            CsEvent::PublicAware => !self.pxa.public,
            CsEvent::ExploitPublic => !self.pxa.exploit,
            CsEvent::AttacksObserved => !self.pxa.attacks,
        }
    }

    const fn with(self, event: CsEvent) -> Self {
        let Self { vfd, pxa } = self;
        match event {
            CsEvent::VendorAware => Self { vfd: Vfd::Aware, pxa },
            CsEvent::FixReady => Self { vfd: Vfd::FixReady, pxa },
            CsEvent::FixDeployed => Self { vfd: Vfd::FixDeployed, pxa },
            CsEvent::PublicAware => Self { vfd, pxa: Pxa { public: true, ..pxa } },
            CsEvent::ExploitPublic => Self { vfd, pxa: Pxa { exploit: true, ..pxa } },
            CsEvent::AttacksObserved => Self { vfd, pxa: Pxa { attacks: true, ..pxa } },
        }
    }
}

impl Display for Vfd {
    fn fmt(&self, f: &mut Formatter<'_>) -> FormatResult {
        f.write_str(self.letters())
    }
}

impl Display for Pxa {
    fn fmt(&self, f: &mut Formatter<'_>) -> FormatResult {
        f.write_str(self.letters())
    }
}

impl Display for CsEvent {
    fn fmt(&self, f: &mut Formatter<'_>) -> FormatResult {
        f.write_char(self.letter())
    }
}

impl Display for CaseState {
    fn fmt(&self, f: &mut Formatter<'_>) -> FormatResult {
        write!(f, "{}{}", self.vfd, self.pxa)
    }
}

impl FromStr for CaseState {
    type Err = NotACaseState;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::all()
            .find(|state| state.to_string() == text)
            .ok_or_else(|| NotACaseState(text.to_owned()))
    }
}

#[cfg(test)]
mod tests;
