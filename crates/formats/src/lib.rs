//! One file for each published format: bytes in, typed value out, and back.
//! Everything here is pure. A format that speaks about one of our notes takes a [`public_note::PublicNote`].

pub mod atom;
pub mod feed;
pub mod html;
pub mod icalendar;
pub mod json_feed;
#[cfg(test)]
mod judge;
pub mod markdown;
pub mod plain;
pub mod public_note;
pub mod schema_org;
pub mod security_txt;
pub mod vulnote;
mod xml;

pub use public_note::PublicNote;
