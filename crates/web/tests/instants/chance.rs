//! Chance that repeats itself with its seed.

use store::sample;

pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    /// A number below this one.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        sample::next(&mut self.0) % end
    }

    /// One in so many times.
    pub(crate) fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// An index of a list.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(u64::try_from(length).unwrap())).unwrap()
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.index(of.len())]
    }

    /// So many microseconds: now a few, now hours or days.
    pub(crate) fn stretch(&mut self) -> i64 {
        let unit = self.pick(&[1, 1_000, 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000]);
        unit * (1 + i64::try_from(self.below(40)).unwrap())
    }
}
