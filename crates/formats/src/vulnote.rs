//! The public Vulnerability Note JSON: the notes of CERT/CC's archive, and the public API of VINCE that its readers' programs know.
//! [`Archived`] keeps one line of the archive without loss, [`Reading`] says in our words what it tells, and [`write()`] serves a note of ours in the keys
//! of VINCE's public API (VINCE 2.2). Nothing here fetches or decides what is public.

mod archived;
mod cvss_two;
mod from_served;
mod keyed;
mod reading;
mod said;
mod served;
mod to_public;
mod to_served;

pub use archived::{Archived, ArchivedVendor};
pub use cvss_two::CvssTwo;
pub use keyed::{Figure, Refused, Several};
pub use reading::{KEPT_NOT_READ, LeftOut, ReadVendor, Reading, Reference, Why};
pub use said::{Said, Zone};
pub use served::{ServedNote, ServedStatus, ServedVendor, ServedVulnerability, VendorOfMonth};
pub use to_served::{
    NOT_HERE, served_note, served_vendors_of_month, write, write_cve, write_notes, write_statuses,
    write_summary, write_vendor_summary, write_vendors, write_vendors_of_month,
    write_vulnerabilities,
};

/// A note larger than this is refused before it is read.
pub const LARGEST: usize = 8 * 1024 * 1024;

#[cfg(test)]
pub(crate) mod tests;
