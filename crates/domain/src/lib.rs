//! What coordinating a vulnerability *is*: cases, participants, embargoes, notes.
//!
//! Nothing here waits, reads a clock, draws a number or knows a database. A rule takes what
//! is and gives back the [`Event`]s that shall be; one [`Case::apply`] folds them.

#![forbid(unsafe_code)]

pub mod access;
pub mod advice;
pub mod advisory;
pub mod case;
pub mod closing;
pub mod cs;
pub mod cve;
pub mod deadline;
pub mod em;
pub mod embargo;
pub mod event;
pub mod identifier;
pub mod ids;
pub mod journal;
pub mod letter;
pub mod messages;
pub mod metrics;
pub mod note;
pub mod observation;
pub mod participant;
pub mod pec;
mod plan;
pub mod policy;
pub mod record;
mod refusal;
mod reminder;
pub mod report;
pub mod rm;
pub mod score;
pub mod ssvc;
pub mod status;
#[cfg(test)]
mod story;
pub mod text;
mod triage;
pub mod version;
pub mod work;

pub use access::{Actor, Me, StaffRole, View, admit};
pub use case::Case;
pub use embargo::Free;
pub use event::Event;
pub use identifier::Identifier;
pub use ids::*;
pub use jiff::Timestamp;
pub use journal::Entry;
pub use note::Published;
pub use plan::{Asked, Decision};
pub use policy::Policy;
pub use refusal::{Refusal, Rule};
pub use text::{Instant, Text, Zone};
