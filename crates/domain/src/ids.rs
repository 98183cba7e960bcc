//! Names for things. Each kind of thing has its own type, so that a case can never be looked
//! up by the id of a participant. Numbers that people read are parsed at the door.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// One vulnerability, or a few that belong together, from the report to the note.
    CaseId;
    /// One report as it came in.
    ReportId;
    /// One who takes part in one case.
    ParticipantId;
    /// One flaw in a case.
    VulnerabilityId;
    /// One product of a vendor.
    ProductId;
    /// One date that somebody proposed for the end of an embargo.
    ProposalId;
    /// One thing seen in the world: a leak, an exploit, an attack.
    ObservationId;
    /// One disagreement in a case.
    DisputeId;
    /// One advisory that a party publishes of its own.
    AdvisoryId;
    /// One remark on a draft.
    CommentId;
    /// One post in a case.
    MessageId;
    /// One file that came with a case.
    AttachmentId;
    /// One text kept outside the journal.
    BodyId;
    /// One entry of a journal.
    EventId;
    /// One letter to one participant.
    LetterId;
    /// One thing that goes out by one channel, once.
    DispatchId;
    /// One program of a subscriber that is told what becomes public.
    WebhookId;
    /// One try to tell it.
    WebhookTryId;
    /// A vendor, a coordinator, a deployer.
    OrganizationId;
    /// One way to reach an organisation.
    ContactId;
    /// One person who can log in.
    AccountId;
}

/// A number that people read and type is not of the form it should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not a case number.
    #[error("a case number looks like VU#123456")]
    Case,
    /// Not a CVE ID.
    #[error("a CVE ID looks like CVE-2026-12345")]
    Cve,
    /// Not a report reference.
    #[error("a report reference looks like R-2611-7KQ4M")]
    Report,
}

/// The public number of a case, such as `VU#123456` (S88). It is drawn at random, so that it
/// tells nothing of how many cases there are or in what order they came.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CaseNumber(String);

impl CaseNumber {
    /// The number `prefix#digits`.
    pub fn new(prefix: &str, digits: u32) -> Self {
        Self(format!("{prefix}#{digits}"))
    }

    /// The number as it stands in an address, `VU-123456`.
    pub fn slug(&self) -> String {
        self.0.replace('#', "-")
    }

    /// The letters before its digits, such as `VU`.
    pub fn prefix(&self) -> &str {
        self.0.split_once('#').map_or("", |(prefix, _)| prefix)
    }

    /// The number's digits.
    pub fn digits(&self) -> &str {
        self.0.split_once('#').map_or("", |(_, digits)| digits)
    }
}

impl FromStr for CaseNumber {
    type Err = NumberError;

    /// Reads the number as people type it: `VU#123456`, `vu-123456`, `VU 123456`.
    fn from_str(text: &str) -> Result<Self, NumberError> {
        let text = text.trim();
        let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (prefix, rest) = text.split_at(letters);
        let digits = rest.trim_start_matches([' ', '-', '#', '\u{a0}']);
        let plausible = (1..=10).contains(&prefix.len())
            && (1..=9).contains(&digits.len())
            && rest.len() > digits.len()
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !plausible {
            return Err(NumberError::Case);
        }
        Ok(Self(format!("{}#{digits}", prefix.to_ascii_uppercase())))
    }
}

/// A CVE ID.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CveId(String);

impl FromStr for CveId {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        let upper = text.trim().to_ascii_uppercase();
        let (year, number) = upper
            .strip_prefix("CVE-")
            .and_then(|rest| rest.split_once('-'))
            .ok_or(NumberError::Cve)?;
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if year.len() != 4 || !(4..=19).contains(&number.len()) || !digits(year) || !digits(number)
        {
            return Err(NumberError::Cve);
        }
        Ok(Self(upper))
    }
}

/// What a reporter quotes, such as `R-2611-7KQ4M`: harmless when seen by others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReportReference(String);

impl ReportReference {
    /// The letters and digits a reference is made of: none that are mistaken for another.
    pub const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
}

impl FromStr for ReportReference {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        let upper = text.trim().to_ascii_uppercase();
        let rest = upper.strip_prefix("R-").ok_or(NumberError::Report)?;
        let (month, letters) = rest.split_once('-').ok_or(NumberError::Report)?;
        let known = letters.bytes().all(|byte| Self::ALPHABET.contains(&byte));
        if month.len() != 4
            || !month.bytes().all(|b| b.is_ascii_digit())
            || letters.len() != 5
            || !known
        {
            return Err(NumberError::Report);
        }
        Ok(Self(upper))
    }
}

macro_rules! texts {
    ($($name:ident)*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl From<$name> for String {
            fn from(number: $name) -> Self {
                number.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = NumberError;

            fn try_from(text: String) -> Result<Self, NumberError> {
                text.parse()
            }
        }
    )*};
}

texts! { CaseNumber CveId ReportReference }

#[cfg(test)]
mod tests;
