//! What CVE Services says, read with care: a field that is missing or odd where we need it makes
//! the whole answer none, to be asked for again.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{Problem, Result};

/// What an ID has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum State {
    /// It is somebody's, and nothing is told of it yet.
    Reserved,
    /// Its record is public.
    Published,
    /// It will not be used.
    Rejected,
}

impl State {
    /// As the service writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Reserved => "RESERVED",
            Self::Published => "PUBLISHED",
            Self::Rejected => "REJECTED",
        }
    }
}

/// What the service knows of an ID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier {
    /// The ID.
    pub id: String,
    /// What it has come to.
    pub state: State,
    /// The short name of the organisation it belongs to.
    pub owner: String,
    /// Who reserved it; told to its organisation alone.
    pub requested_by: Option<String>,
    /// When; told to its organisation alone.
    pub reserved_at: Option<Timestamp>,
}

/// What came of a reservation: as many IDs as were asked for, or fewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reserved {
    /// The IDs.
    pub ids: Vec<Identifier>,
    /// How many more may be reserved, if the service said so.
    pub remaining: Option<u64>,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The IDs.
    pub ids: Vec<Identifier>,
    /// The number of the next page, if there is one.
    pub next: Option<u32>,
    /// How many IDs the whole list has.
    pub total: u64,
}

/// How many IDs an organisation may reserve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Quota {
    /// How many may be reserved and not yet published or rejected.
    #[serde(rename = "id_quota")]
    pub quota: u64,
    /// How many are.
    #[serde(rename = "total_reserved")]
    pub reserved: u64,
    /// How many more may be.
    pub available: u64,
}

/// What the service knows of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Organization {
    /// Its UUID.
    #[serde(rename = "UUID")]
    pub id: String,
    /// Its short name.
    pub short_name: String,
    /// Its name.
    pub name: String,
}

#[derive(Deserialize)]
struct IdentifierSaid {
    cve_id: String,
    state: State,
    #[serde(default)]
    owning_cna: String,
    requested_by: Option<Requester>,
    reserved: Option<String>,
}

#[derive(Deserialize)]
struct Requester {
    user: Option<String>,
}

#[derive(Deserialize)]
struct ListSaid {
    cve_ids: Vec<IdentifierSaid>,
    meta: Option<Meta>,
    #[serde(rename = "nextPage")]
    next_page: Option<u32>,
    #[serde(rename = "totalCount")]
    total_count: Option<u64>,
}

#[derive(Deserialize)]
struct Meta {
    remaining_quota: Option<u64>,
}

pub(super) fn reserved(said: Value) -> Result<Reserved> {
    let said: ListSaid = read(said)?;
    let remaining = said.meta.and_then(|meta| meta.remaining_quota);
    Ok(Reserved { ids: identifiers(said.cve_ids)?, remaining })
}

pub(super) fn identifier(said: Value) -> Result<Identifier> {
    told(read(said)?)
}

/// A list that fits on one page says neither how long it is nor that it ends.
pub(super) fn page(said: Value) -> Result<Page> {
    let said: ListSaid = read(said)?;
    let ids = identifiers(said.cve_ids)?;
    let total = said.total_count.unwrap_or(ids.len() as u64);
    Ok(Page { ids, next: said.next_page, total })
}

pub(super) fn quota(said: Value) -> Result<Quota> {
    read(said)
}

pub(super) fn organization(said: Value) -> Result<Organization> {
    read(said)
}

fn read<T: for<'a> Deserialize<'a>>(said: Value) -> Result<T> {
    serde_json::from_value(said).map_err(|_| nonsense())
}

fn identifiers(said: Vec<IdentifierSaid>) -> Result<Vec<Identifier>> {
    said.into_iter().map(told).collect()
}

fn told(said: IdentifierSaid) -> Result<Identifier> {
    let reserved_at = match said.reserved.as_deref() {
        Some(text) => Some(text.parse().map_err(|_| nonsense())?),
        None => None,
    };
    if !is_id(&said.cve_id) {
        return Err(nonsense());
    }
    Ok(Identifier {
        id: said.cve_id,
        state: said.state,
        owner: said.owning_cna,
        requested_by: said.requested_by.and_then(|requester| requester.user),
        reserved_at,
    })
}

fn is_id(text: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let parts = text.strip_prefix("CVE-").and_then(|rest| rest.split_once('-'));
    parts.is_some_and(|(year, number)| {
        year.len() == 4 && digits(year) && (4..=19).contains(&number.len()) && digits(number)
    })
}

fn nonsense() -> Problem {
    Problem::Later("the answer makes no sense".to_owned())
}
