//! One file for each published format: bytes in, typed value out, and back.
//! Everything here is pure. A format that speaks about one of our notes takes a [`public_note::PublicNote`].

pub mod atom;
pub mod cna_list;
pub mod cna_rules;
pub mod compare;
pub mod csaf;
pub mod csaf_provider;
pub mod cve;
pub mod cwe;
pub mod feed;
pub mod gcve;
pub mod history;
pub mod html;
pub mod icalendar;
pub mod json;
pub mod json_feed;
#[cfg(test)]
mod judge;
pub mod markdown;
pub mod osv;
pub mod plain;
pub mod public_note;
mod purl;
#[cfg(test)]
mod sample;
pub mod schema_org;
pub mod security_txt;
pub mod tree;
pub mod vex;
pub mod vulnote;
mod web_address;
pub mod words;
mod xml;

pub use public_note::PublicNote;

/// What wrote a file, as files say it.
pub const ENGINE: &str = concat!("Ombud ", env!("CARGO_PKG_VERSION"));
