//! CVE IDs: as which CNA the team assigns them and in which world, who is asked for one, and what
//! becomes of those that are not used.

mod stock;

use std::collections::{BTreeMap, BTreeSet};

use domain::case::{Party, Vulnerability};
use domain::participant::Participant;
use domain::{Case, CaseId, CveId, ParticipantId, Refusal, Timestamp, VulnerabilityId};
use formats::cna_rules::{self, Facts, Problem, Reporter, Supplier};
use formats::cve::{Organisation, Record};
pub use outside::cve_services::{Batch, Identifier};
use outside::cve_services::{Quota, Wanted};
use store::{Artefact, KnownCve, Organization};

use crate::channel::cve::{self as channel, Errand};
use crate::finding::{Finding, Weight};
use crate::report::filled;
use crate::{Ctx, Desk, Error, Result};

pub use stock::{MOST_BY_CHANCE, MOST_IN_A_ROW, Order, reserve_stock};

/// The team as a CNA.
#[derive(Debug, Clone)]
pub struct Cna {
    /// The organisation as the CVE program knows it.
    pub organisation: Organisation,
    /// Whose IDs they are.
    pub world: World,
}

/// Where IDs are reserved and records handed in. What is not the production service is said to be
/// so wherever an ID is reserved or published: its IDs mean nothing to others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum World {
    /// Nowhere: IDs come by hand, and records are written for readers alone.
    #[default]
    ByHand,
    /// The CVE program's service.
    Production,
    /// The CVE program's service for tests.
    Test,
    /// Another address.
    Elsewhere(String),
}

impl World {
    /// What people are told where this is not the world that everyone means by CVE.
    pub fn warning(&self) -> Option<String> {
        match self {
            Self::ByHand | Self::Production => None,
            Self::Test => Some(
                "Test world: CVE IDs of the CVE program's test service mean nothing outside of it."
                    .to_owned(),
            ),
            Self::Elsewhere(address) => Some(format!(
                "Test world: CVE IDs of {address} are not those of the CVE program's own service."
            )),
        }
    }
}

/// CVE Services are to reserve an ID for a flaw of a case that we coordinate (S77).
pub async fn reserve(ctx: &Ctx, id: CaseId, flaw: VulnerabilityId) -> Result<()> {
    ctx.write(move |desk| {
        if desk.ctx().site().outlets.cve.is_none() {
            return Err(Refusal::NoCveAccount.into());
        }
        let (me, case) = desk.case_for(id)?;
        let cnas = vendors_that_assign(desk, &case)?;
        let cnas = cnas.into_iter().map(|(participant, _)| participant).collect();
        let asked = desk.asked(id)?;
        let events = case.reserve_cve(&me, flaw, &cnas, &asked)?;
        let ordinal = case.vulnerabilities.get(&flaw).map_or(0, |flaw| flaw.ordinal);
        desk.keep(&me, case, events)?;
        channel::send(desk, id, &Errand::Reserve(ordinal))
    })
    .await
}

/// A vendor who is a CNA is asked for the ID of a flaw (S76).
pub async fn request(
    ctx: &Ctx,
    id: CaseId,
    flaw: VulnerabilityId,
    of: ParticipantId,
) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let events = case.request_cve(&me, flaw, of, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// More IDs are not named in the place of one.
const MOST_INSTEAD: usize = 20;

/// An ID that we assigned is rejected, for a reason that everybody reads; `instead` are the IDs to use
/// in its place, with whatever between them.
pub async fn reject(
    ctx: &Ctx,
    id: CaseId,
    flaw: VulnerabilityId,
    reason: String,
    instead: &str,
) -> Result<()> {
    filled("reason", &reason)?;
    let instead = ids_in(instead)?;
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let ours = case.vulnerabilities.get(&flaw).and_then(Vulnerability::our_cve).cloned();
        let reason = desk.words(id, reason.trim())?;
        let asked = desk.asked(id)?;
        let events = case.reject_cve(&me, flaw, reason, instead, &asked)?;
        desk.keep(&me, case, events)?;
        match ours {
            Some(cve) if desk.ctx().site().outlets.cve.is_some() => {
                channel::send(desk, id, &Errand::Reject(cve))
            }
            Some(_) | None => Ok(()),
        }
    })
    .await
}

/// The CVE IDs in what somebody typed, each once.
fn ids_in(typed: &str) -> Result<Vec<CveId>> {
    let mut ids = vec![];
    let words = typed.split([' ', ',', ';', '\n', '\r', '\t']).filter(|word| !word.is_empty());
    for word in words {
        let wrong = |_| Error::invalid("replaced_by", "Write each like CVE-2026-12345.");
        let id: CveId = word.parse().map_err(wrong)?;
        if !ids.contains(&id) {
            ids.push(id);
        }
        if ids.len() > MOST_INSTEAD {
            return Err(Error::invalid("replaced_by", "These are too many IDs."));
        }
    }
    Ok(ids)
}

/// The vendors of a case that assign CVE IDs for their own products, as the directory tells.
pub(crate) fn vendors_that_assign(
    desk: &mut Desk<'_>,
    case: &Case,
) -> Result<Vec<(ParticipantId, Organization)>> {
    let vendors = case.vendors().filter(|them| them.is_engaged());
    let of: BTreeMap<_, _> = vendors
        .filter_map(|them| match them.party {
            Party::Organization(organization) => Some((organization, them.id)),
            Party::Team | Party::Reporter(_) => None,
        })
        .collect();
    let cnas = desk.tx().cnas_of(&of.keys().copied().collect())?;
    let pair = |cna: Organization| Some((*of.get(&cna.id)?, cna));
    Ok(cnas.into_iter().filter_map(pair).collect())
}

/// The IDs of the organisation, as CVE Services tell of them now.
#[derive(Debug)]
pub struct Overview {
    /// How many may be reserved, or why that is not known.
    pub quota: std::result::Result<Quota, String>,
    /// One page of IDs, or why they are not known.
    pub ids: std::result::Result<Ids, String>,
}

/// Whose an ID is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// A flaw of this case has or had it.
    Case(KnownCve),
    /// It was reserved for no flaw yet.
    InStock,
    /// Nobody here has it.
    Nobodys,
}

/// One page of IDs.
#[derive(Debug)]
pub struct Ids {
    /// Each, and whose it is here.
    pub ids: Vec<(Identifier, Whose)>,
    /// The number of the next page, if there is one.
    pub next: Option<u32>,
    /// How many there are in all.
    pub total: u64,
}

/// What CVE Services know of the organisation's IDs, for a lead, who sees every case they belong to.
pub async fn overview(ctx: &Ctx, page: u32) -> Result<Overview> {
    ctx.read(|desk| desk.lead_only()).await?;
    let service = ctx.site().outlets.cve.as_ref().ok_or(Error::NotFound)?;
    let quota = service.quota().await.map_err(|problem| problem.to_string());
    let found = match service.page(&Wanted::default(), page).await {
        Ok(found) => found,
        Err(problem) => return Ok(Overview { quota, ids: Err(problem.to_string()) }),
    };
    let names: Vec<String> = found.ids.iter().map(|id| id.id.clone()).collect();
    let (mut known, stock): (BTreeMap<_, _>, BTreeSet<String>) = ctx
        .read(move |desk| Ok((desk.tx().known_cves(&names)?, desk.tx().cves_in_stock(&names)?)))
        .await?;
    let pair = |id: Identifier| {
        let whose = match known.remove(&id.id) {
            Some(case) => Whose::Case(case),
            None if stock.contains(&id.id) => Whose::InStock,
            None => Whose::Nobodys,
        };
        (id, whose)
    };
    let ids = found.ids.into_iter().map(pair).collect();
    Ok(Overview { quota, ids: Ok(Ids { ids, next: found.next, total: found.total }) })
}

/// What the CNA rules say against the records among the files of a note that goes out at `at`, with
/// what the case tells of their IDs. They stop no note: a record can be mended after it.
pub fn findings(case: &Case, files: &[Artefact], at: Timestamp) -> Vec<Finding> {
    let records = files.iter().filter(|file| file.format.starts_with("cve-"));
    let told = records.filter_map(|file| {
        let record: Record = serde_json::from_slice(&file.bytes).ok()?;
        let id = record.metadata.cve_id.clone();
        let mut flaws = case.vulnerabilities.values();
        let flaw = flaws.find(|flaw| flaw.our_cve().is_some_and(|cve| cve.as_ref() == id))?;
        Some((record.containers.cna, flaw))
    });
    told.flat_map(|(container, flaw)| {
        let problems = cna_rules::problems(&container, &facts(case, flaw, at));
        problems.into_iter().map(|problem| finding(flaw, problem)).collect::<Vec<_>>()
    })
    .collect()
}

fn finding(flaw: &Vulnerability, problem: Problem) -> Finding {
    let id = flaw.cve.as_ref().map(|cve| format!(" ({cve})")).unwrap_or_default();
    Finding {
        rule: format!("CNA rule {}", problem.rule),
        place: format!("Vulnerability {}{id}", flaw.ordinal),
        words: problem.words,
        weight: Weight::Warns,
    }
}

fn facts(case: &Case, flaw: &Vulnerability, at: Timestamp) -> Facts {
    let told = case.vendors().any(Participant::is_notified);
    let reporter = case.engaged().any(|them| them.id == case.reporter);
    Facts {
        id: flaw.cve.as_ref().map(ToString::to_string),
        reserved_at: flaw.cve_at,
        page_public_at: Some(case.note.published.map_or(at, |(first, _)| first)),
        supplier: if told { Supplier::Told } else { Supplier::NotTold },
        // The room of the reporter names the ID from the moment the flaw has it (4.3.3).
        reporter: if reporter { Reporter::HasTheId } else { Reporter::Nobody },
        ..Facts::at(at)
    }
}
