//! Exact fractions, as small as the baselines need: no rounding may decide which of two histories ranks higher.

use std::cmp::Ordering;
use std::fmt::{Display, Formatter, Result as FormatResult};

/// A fraction that is zero or more, in lowest terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use]
pub struct Ratio {
    over: u32,
    under: u32,
}

impl Ratio {
    /// Nothing.
    pub const ZERO: Self = Self { over: 0, under: 1 };

    /// `over / under` in lowest terms; only for fractions written out in the model, where `under` is never zero.
    pub(super) const fn new(over: u32, under: u32) -> Self {
        Self::lowest(over as u64, under as u64)
    }

    /// The part above the line.
    pub const fn numerator(self) -> u32 {
        self.over
    }

    /// The part below the line.
    pub const fn denominator(self) -> u32 {
        self.under
    }

    /// What is missing to one; nothing for a fraction above one.
    pub const fn complement(self) -> Self {
        Self { over: self.under.saturating_sub(self.over), under: self.under }
    }

    /// The sum.
    pub const fn plus(self, other: Self) -> Self {
        let over = self.over as u64 * other.under as u64 + other.over as u64 * self.under as u64;
        Self::lowest(over, self.under as u64 * other.under as u64)
    }

    /// The nearest floating point number.
    pub fn to_f64(self) -> f64 {
        f64::from(self.over) / f64::from(self.under)
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "the fractions of the model are sums of twelve with a common denominator of 432"
    )]
    const fn lowest(over: u64, under: u64) -> Self {
        let (mut divisor, mut rest) = (under, over);
        while rest > 0 {
            (divisor, rest) = (rest, divisor % rest);
        }
        Self { over: (over / divisor) as u32, under: (under / divisor) as u32 }
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        let left = u64::from(self.over) * u64::from(other.under);
        let right = u64::from(other.over) * u64::from(self.under);
        left.cmp(&right)
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Display for Ratio {
    fn fmt(&self, f: &mut Formatter<'_>) -> FormatResult {
        write!(f, "{}/{}", self.over, self.under)
    }
}
