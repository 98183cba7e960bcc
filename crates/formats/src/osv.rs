//! The OSV schema 1.7: what programs that look up packages read. A note becomes one record for
//! each vulnerability; packages are listed where a vendor gave a package URL of a kind that OSV
//! knows, and what every vendor said stands in `database_specific`. Records of other people are
//! read with every field kept. Nothing here compares versions.

mod package;
mod reading;
mod writing;

pub use reading::{
    Affected, Credit, Event, LARGEST, Package, Range, Record, Reference, Severity, read,
};
pub use writing::{id, write};

/// The version of the schema that records say they are written in.
pub const SCHEMA_VERSION: &str = "1.7.0";

#[cfg(test)]
mod tests;
