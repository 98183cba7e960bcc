//! domain.

pub mod advice;
pub mod cs;
pub mod em;
pub mod messages;
pub mod metrics;
pub mod pec;
pub mod rm;
