//! The one place where the time and chance of the real machine come in. Everything else gets them
//! from the site, so that tests can choose them.

use std::process;

use app::{Clock, Random};
use domain::Timestamp;

/// The clock of this machine.
pub(crate) struct MachineClock;

impl Clock for MachineClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that all others ask")]
    fn now(&self) -> Timestamp {
        // In whole microseconds, as databases keep them: else a document would carry another date
        // than the lists that name it.
        let now = Timestamp::now();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }
}

/// The random numbers of this machine.
pub(crate) struct MachineRandom;

impl Random for MachineRandom {
    fn fill(&self, bytes: &mut [u8]) {
        fill(bytes);
    }
}

/// Fills the bytes with what nobody can foresee. Without that no secret can be made, and none may
/// be made badly: the process ends.
#[expect(clippy::disallowed_methods, reason = "this is the chance that all others ask")]
pub(crate) fn fill(bytes: &mut [u8]) {
    if let Err(error) = getrandom::fill(bytes) {
        tracing::error!(%error, "the system gives no random numbers");
        process::abort();
    }
}

#[cfg(test)]
mod tests {
    use app::Clock;

    use super::MachineClock;

    #[test]
    fn the_time_is_told_as_databases_keep_it() {
        for _ in 0..1000 {
            let now = MachineClock.now();
            assert_eq!(now.subsec_nanosecond() % 1000, 0, "{now}");
        }
    }
}
