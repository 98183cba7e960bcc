//! domain.

pub mod cs;
pub mod em;
pub mod pec;
pub mod rm;
