//! domain.

pub mod score;
pub mod ssvc;
