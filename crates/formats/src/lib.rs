//! One file for each published format: bytes in, typed value out, and back.
//! Everything here is pure. A format that speaks about one of our notes takes a [`public_note::PublicNote`].

pub mod html;
pub mod public_note;
pub mod vulnote;

pub use public_note::PublicNote;
