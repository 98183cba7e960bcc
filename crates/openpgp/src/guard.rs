//! The library panics on some damaged input (2.4.2 does on an encrypted part of a few octets). Bad
//! input is normal input here, so that a panic in it is one more way of being unreadable.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::Error;

/// Does the reading; a panic of the library counts as a failure. Whatever it had in its hands is
/// dropped, so nothing half done is seen afterwards.
pub(crate) fn guarded<T>(
    read: impl FnOnce() -> sequoia_openpgp::Result<T>,
) -> sequoia_openpgp::Result<T> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(Error::Unopened.into()))
}
