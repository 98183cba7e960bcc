//! Records of other people: any version 5 of the format, published or rejected, every field kept.

use serde::Deserialize;

use super::record::{Record, Rejection};
use crate::json::{self, Unread};

/// A record larger than this is refused before it is read.
pub const LARGEST: usize = 8 * 1024 * 1024;

const WHAT: &str = "The CVE record";

/// What a record turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Read {
    /// One that tells of a vulnerability.
    Published(Box<Record>),
    /// One whose id is not used.
    Rejected(Box<Record<Rejection>>),
}

/// Enough of a record to know how to read it.
#[derive(Deserialize)]
struct Kind {
    #[serde(rename = "dataType")]
    data_type: String,
    #[serde(rename = "dataVersion")]
    data_version: String,
    #[serde(rename = "cveMetadata")]
    metadata: State,
}

#[derive(Deserialize)]
struct State {
    state: String,
}

/// Reads a whole record; a refusal names the key that is missing or wrong and where it stands.
pub fn read(bytes: &[u8]) -> Result<Read, Unread> {
    let Kind { data_type, data_version, metadata } = json::read(WHAT, bytes, LARGEST)?;
    let other = |why: String| Err(Unread::OtherShape { what: WHAT, why });
    if data_type != "CVE_RECORD" {
        return other(format!("its dataType is “{}”, not “CVE_RECORD”", short(&data_type)));
    }
    if !data_version.starts_with("5.") {
        return other(format!("its dataVersion is “{}”, not 5", short(&data_version)));
    }
    match metadata.state.as_str() {
        "PUBLISHED" => Ok(Read::Published(Box::new(json::read(WHAT, bytes, LARGEST)?))),
        "REJECTED" => Ok(Read::Rejected(Box::new(json::read(WHAT, bytes, LARGEST)?))),
        state => other(format!(
            "its state is “{}”; only PUBLISHED and REJECTED records tell anything",
            short(state)
        )),
    }
}

fn short(text: &str) -> String {
    crate::words::line(text, 40)
}
