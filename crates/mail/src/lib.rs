//! Letters to people: what they say, what their subject may say, and the bytes that go out.
//!
//! A letter says that something happened, what is asked, by when, and where to look. It never
//! holds anything of a report. Nothing here waits, reads a clock or opens a connection.

#![forbid(unsafe_code)]

pub mod announcement;
pub mod letter;
pub mod mime;
pub mod notice;
mod paragraph;
pub mod subject;
pub mod subscription;
pub mod when;
