//! What is in a file of somebody's history: a note of CERT/CC's archive, one that VINCE or Ombud served,
//! a CSAF advisory or a CVE record, each as a note that can be published. What is not for everyone, not
//! finished or against the rules of its standard is refused with the reason.

use std::collections::BTreeMap;

use domain::{CaseNumber, CveId};
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use crate::json::{self, Unread};
use crate::vulnote::{Archived, ServedNote};
use crate::{PublicNote, csaf, cve, words};

/// A file larger than this is refused before it is read.
pub const LARGEST: usize = csaf::LARGEST;

const WHAT: &str = "The file";

/// A note that was found in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// By what it is known again when it comes once more.
    pub key: String,
    /// The number it brings along; where it has none of our form it gets one here.
    pub number: Option<CaseNumber>,
    /// What it is called there, if that is not a number of our form.
    pub called: Option<String>,
    /// Who published it, where the file says so.
    pub publisher: Option<String>,
    /// The one CVE id that the file is the record of.
    pub record_of: Option<CveId>,
    /// What it tells.
    pub note: PublicNote,
}

/// Why nothing was taken from a file, in a sentence.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

/// Reads one document.
pub fn read(bytes: &[u8]) -> Result<Found, Refused> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    #[expect(
        clippy::zero_sized_map_values,
        reason = "serde knows maps alone; the values are not kept"
    )]
    let keys: BTreeMap<String, IgnoredAny> = json::read(WHAT, bytes, LARGEST).map_err(said)?;
    let has = |key: &str| keys.contains_key(key);
    let found = if has("IDNumber") {
        archived(bytes)?
    } else if has("vuid") {
        served(bytes)?
    } else if has("document") {
        advisory(bytes)?
    } else if has("dataType") {
        record(bytes)?
    } else {
        let why = "it is no note of VINCE (vuid) or of CERT/CC's archive (IDNumber), no CSAF \
            document (document) and no CVE record (dataType)";
        return Err(said(Unread::OtherShape { what: WHAT, why: why.to_owned() }));
    };
    sound(found)
}

/// The documents of a file, each with its place in it: one, a list of them as VINCE answers for a month,
/// or one a line.
pub fn apart(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, Refused> {
    if bytes.len() > LARGEST {
        return Err(Refused(format!("It has more than {LARGEST} bytes.")));
    }
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'[') {
        let list: Vec<Value> = json::read(WHAT, bytes, LARGEST).map_err(said)?;
        let numbered = (1..).zip(list);
        return Ok(numbered
            .map(|(n, item): (u64, _)| (format!("[{n}]"), json::written(&item)))
            .collect());
    }
    let lines = bytes.split(|byte| *byte == b'\n').zip(1_u64..);
    let mut lines = lines.filter(|(line, _)| !line.iter().all(u8::is_ascii_whitespace));
    let whole = lines.clone().all(|(line, _)| serde_json::from_slice::<IgnoredAny>(line).is_ok());
    if whole && lines.clone().count() > 1 {
        return Ok(lines.by_ref().map(|(line, n)| (format!(":{n}"), line.to_vec())).collect());
    }
    Ok(vec![(String::new(), bytes.to_vec())])
}

/// A note of CERT/CC's archive with the records of its vendors, which lie in files of their own beside
/// it, as one document.
pub fn with_vendors(note: &[u8], vendors: &[Vec<u8>]) -> Result<Vec<u8>, Refused> {
    let mut note: Map<String, Value> = json::read(WHAT, note, LARGEST).map_err(said)?;
    let mut records = vec![];
    for vendor in vendors {
        let record: Value = json::read("The file of a vendor", vendor, LARGEST).map_err(said)?;
        records.push(record);
    }
    note.insert("_vendors".to_owned(), Value::Array(records));
    Ok(json::written(&note))
}

fn archived(bytes: &[u8]) -> Result<Found, Refused> {
    let reading = Archived::parse(bytes).map_err(said)?.reading();
    let number = number(&reading.number)?;
    Ok(numbered(number, reading.to_public_note().map_err(said)?))
}

fn served(bytes: &[u8]) -> Result<Found, Refused> {
    let served = ServedNote::parse(bytes).map_err(said)?;
    let number = number(&served.vuid)?;
    Ok(numbered(number, served.to_public_note().map_err(said)?))
}

fn number(text: &str) -> Result<CaseNumber, Refused> {
    let shown = words::line(text, 40);
    text.parse().map_err(|_| Refused(format!("“{shown}” is no number of the form VU#123456.")))
}

fn numbered(number: CaseNumber, note: PublicNote) -> Found {
    Found {
        key: number.to_string(),
        note: PublicNote { number: number.digits().to_owned(), ..note },
        number: Some(number),
        called: None,
        publisher: None,
        record_of: None,
    }
}

fn advisory(bytes: &[u8]) -> Result<Found, Refused> {
    let document = csaf::read(bytes).map_err(said)?;
    if !document.is_for_everyone() {
        return Err(Refused("Its traffic light says that it is not for everyone.".to_owned()));
    }
    if document.is_draft() {
        return Err(Refused("It is a draft.".to_owned()));
    }
    let problems = csaf::problems(&document);
    if let Some(problem) = problems.first() {
        let more = match problems.len() - 1 {
            0 => String::new(),
            more => format!(" ({more} more)"),
        };
        let told = words::line(problem.words.trim_end_matches('.'), 300);
        let path = words::line(&problem.path, 200);
        return Err(Refused(format!("It breaks rule {} at {path}: {told}{more}.", problem.test)));
    }
    let note = document.to_public_note().map_err(said)?;
    let publisher = Some(words::line(document.publisher(), 200)).filter(|name| !name.is_empty());
    if let Ok(number) = document.id().parse::<CaseNumber>() {
        return Ok(Found { publisher, ..numbered(number, note) });
    }
    let called = words::line(document.id(), 200);
    let key = words::line(&format!("{} {called}", document.namespace()), 500);
    Ok(Found {
        key,
        number: None,
        called: Some(called),
        publisher,
        record_of: None,
        note: PublicNote { number: String::new(), ..note },
    })
}

fn record(bytes: &[u8]) -> Result<Found, Refused> {
    let record = match cve::read(bytes).map_err(said)? {
        cve::Read::Published(record) => record,
        cve::Read::Rejected(_) => return Err(Refused("The record was rejected.".to_owned())),
    };
    let id: CveId = record.metadata.cve_id.parse().map_err(|_| {
        Refused(format!("“{}” is no CVE ID.", words::line(&record.metadata.cve_id, 40)))
    })?;
    let publisher = record.metadata.assigner_short_name.clone().map(|name| words::line(&name, 200));
    Ok(Found {
        key: id.to_string(),
        number: None,
        called: Some(id.to_string()),
        publisher,
        record_of: Some(id),
        note: PublicNote { number: String::new(), ..record.to_public_note().map_err(said)? },
    })
}

/// What no note may be without, and signs that no note holds.
fn sound(mut found: Found) -> Result<Found, Refused> {
    let note = &mut found.note;
    if note.title.contains(char::is_control) || note.title.chars().count() > LONGEST_TITLE {
        note.title = words::line(&note.title, LONGEST_TITLE);
    }
    if note.title.trim().is_empty() {
        return Err(Refused("It has no title.".to_owned()));
    }
    // Revisions count from 1; one note of the archive says −1.
    note.revision = note.revision.max(1);
    // Two of a kind would be one here; lines of references are lines here.
    note.sections.dedup_by(|second, first| first.0 == second.0);
    let lines = note.references.iter().flat_map(|one| one.lines()).map(str::trim);
    note.references = lines.filter(|line| !line.is_empty()).map(str::to_owned).collect();
    Ok(found)
}

/// The longest title that is taken, in characters.
const LONGEST_TITLE: usize = 500;

fn said(unread: impl std::fmt::Display) -> Refused {
    Refused(unread.to_string())
}

#[cfg(test)]
mod tests;
