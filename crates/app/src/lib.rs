//! What the server can be asked to do, one function for each, and what it does unasked.
//!
//! Every verb has the same shape: load what the actor may see, let the domain decide, keep.
//! Letters and the journal are written in the same transaction; nothing leaves the house in it.

pub mod account;
pub mod advisory;
pub mod answer;
pub mod arming;
pub mod artefact;
pub mod attachment;
pub mod calendar;
pub mod case;
pub mod channel;
pub mod cve;
pub mod desk;
pub mod directory;
pub mod duties;
pub mod embargo;
pub mod finding;
pub mod gcve;
pub mod import;
pub mod leak;
pub mod message;
pub mod note;
pub mod observation;
pub mod participant;
pub mod policy;
pub mod prepared;
pub mod public;
pub mod records;
pub mod report;
pub mod secret;
pub mod security_txt;
pub mod service_key;
pub mod session;
pub mod shown;
pub mod site;
pub mod triage;
pub mod upkeep;
pub mod webhook;

pub use desk::Desk;
pub use site::{Clock, Ctx, Random, SecondFactor, Settings, Site, hour_of};

use domain::Refusal;
use store::StoreError;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a verb failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such thing, or none that this actor may know of.
    #[error("not found")]
    NotFound,
    /// A rule said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What was sent makes no sense; says which field and why.
    #[error("{}", .0.message)]
    Invalid(Invalid),
    /// Who asks must log in first.
    #[error("log in first")]
    Unknown,
    /// Who asks must show again that it is they: what they want is not done with an old proof.
    #[error("show first that it is still you")]
    ProveYourself,
    /// Who asks must set up a second factor first.
    #[error("set up a second factor first")]
    NoSecondFactor,
    /// Too many tries; says when to try again.
    #[error("too many tries; wait a few minutes and try again")]
    TooMany,
    /// Someone else changed the case at the same moment.
    #[error("somebody else has just changed this; look again, then repeat your step")]
    Stale,
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] StoreError),
    /// Something in the house failed that should not.
    #[error("{what}")]
    Broken {
        /// What was tried.
        what: &'static str,
        /// Why it failed.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// A field whose content makes no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// The field's name in forms and in the API.
    pub field: &'static str,
    /// What is wrong and what to do, for the person who filled it in.
    pub message: String,
}

impl Error {
    /// A field whose content makes no sense.
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(Invalid { field, message: message.into() })
    }

    pub(crate) fn broken(
        what: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Broken { what, source: source.into() }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Stale => Self::Stale,
            other => Self::Store(other),
        }
    }
}
