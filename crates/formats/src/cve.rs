//! The CVE Record Format 5.2.0, whose records are records of 5.1.1 too: what a note says of one
//! vulnerability, as a container for CVE Services or a whole record to serve, and records of
//! other people, read with every field kept. Nothing here decides whether a record may go out;
//! what the CNA rules say of one is in [`crate::cna_rules`].

mod affected;
mod metric;
mod organisation;
mod reading;
mod record;
mod reference;
mod to_public;
mod writing;

pub use organisation::{NotAnOrganisation, Organisation};
pub use reading::{LARGEST, Read, read};
pub use record::{
    Addition, Affected, Change, Container, Containers, Credit, Cvss, Event, Impact, Media,
    Metadata, Metric, Problem, ProblemType, Provider, Record, Reference, Rejection, Status,
    Version, Words,
};
pub use to_public::NoDate;
pub use writing::{NotARejection, container, record, reject, rejected_record};

pub(crate) use metric::scores;
pub(crate) use reference::is_a_record;
pub(crate) use writing::{instant, whole};

/// The version of the format that records say they are written in.
pub const DATA_VERSION: &str = "5.2.0";

/// What stands where a vendor or a product has no name.
pub const NOT_NAMED: &str = "n/a";

/// Whether a text is a CVE id.
pub fn is_id(text: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let parts = text.strip_prefix("CVE-").and_then(|rest| rest.split_once('-'));
    parts.is_some_and(|(year, number)| {
        year.len() == 4 && digits(year) && (4..=19).contains(&number.len()) && digits(number)
    })
}

#[cfg(test)]
pub(crate) mod tests;
