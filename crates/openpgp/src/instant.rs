//! Instants as OpenPGP writes them: whole seconds from 1970 to 2106 (RFC 9580 3.5).

use std::time::{Duration, SystemTime};

use jiff::Timestamp;

/// An instant as the library takes it. One outside what can be written becomes the nearest.
pub(crate) fn written(at: Timestamp) -> SystemTime {
    let seconds = at.as_second().clamp(0, i64::from(u32::MAX));
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs())
}

/// As much later as another's clock may be ahead of ours: what is signed just now holds already.
pub(crate) fn by_any_clock(at: Timestamp) -> SystemTime {
    written(at) + Duration::from_mins(30)
}

/// An instant as the house takes it, if it is one.
pub(crate) fn read(at: SystemTime) -> Option<Timestamp> {
    Timestamp::try_from(at).ok()
}
