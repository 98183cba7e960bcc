//! Looking at cases: one, or a list of them.

use std::collections::{BTreeMap, BTreeSet};

use domain::access::View;
use domain::case::{Party, Phase};
use domain::{
    Actor, BodyId, Case, CaseId, CaseNumber, Entry, OrganizationId, ParticipantId, StaffRole, Text,
    Timestamp,
};
use store::{
    CaseFilter, CaseRow, Dispatch, ExternalRecord, LetterRow, Organization, Page, Product,
    ReporterIdentity, Sight,
};

use crate::{Ctx, Desk, Error, Result};

/// A case as the actor sees it, with the words of all it speaks of.
#[derive(Debug)]
pub struct Opened {
    /// What the actor sees.
    pub view: View,
    /// When.
    pub now: Timestamp,
    /// The actor, as a participant; absent for the team.
    pub participant: Option<ParticipantId>,
    /// Who reported, for the team.
    pub reporter: Option<ReporterIdentity>,
    /// What became of letters, for the team.
    pub letters: Vec<LetterRow>,
    /// What goes out by channels, for the team.
    pub dispatches: Vec<Dispatch>,
    /// The vendors that assign CVE IDs for their own products, for the team (S76).
    pub cnas: Vec<(ParticipantId, Organization)>,
    /// Records that others have of the flaws, for the team.
    pub records: Vec<ExternalRecord>,
    /// The products of the vendors: of all for the team, of its own for a party.
    pub products: Vec<Product>,
    texts: BTreeMap<BodyId, String>,
    names: BTreeMap<OrganizationId, String>,
}

impl Opened {
    /// The words of a text; empty if they were erased.
    pub fn words(&self, text: &Text) -> &str {
        self.texts.get(&text.body).map_or("", String::as_str)
    }

    /// The name of an organisation.
    pub fn name(&self, organization: OrganizationId) -> &str {
        self.names.get(&organization).map_or("", String::as_str)
    }
}

/// Opens a case. The number of statements does not depend on how large it is.
pub async fn open(ctx: &Ctx, id: CaseId) -> Result<Opened> {
    ctx.read(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let participant = me.participant();
        let report = case.report.id;
        let view = me.view(case);
        let vault = desk.ctx().site().vault.clone();
        let texts = desk.tx().bodies(&vault, id, &view.texts())?;
        let names = desk.tx().organizations_named(&view.organizations())?;
        let (reporter, letters, dispatches, cnas, records) = match &view {
            View::Staff(view) => (
                desk.tx().reporter(&vault, report)?,
                desk.tx().letters_of_case(id)?,
                desk.tx().dispatches_of(id)?,
                crate::cve::vendors_that_assign(desk, view.case())?,
                records_of(desk, view.case())?,
            ),
            View::Party(_) | View::Reporter(_) => (None, vec![], vec![], vec![], vec![]),
        };
        let products = desk.tx().products_of(&makers(&view))?;
        let now = desk.ctx().now();
        Ok(Opened {
            view,
            now,
            participant,
            reporter,
            letters,
            dispatches,
            cnas,
            records,
            products,
            texts,
            names,
        })
    })
    .await
}

/// Records elsewhere of the flaws of a case whose note is public.
fn records_of(desk: &mut Desk<'_>, case: &Case) -> Result<Vec<ExternalRecord>> {
    if case.note.published.is_none() {
        return Ok(vec![]);
    }
    let cves = case.vulnerabilities.values().filter_map(|flaw| flaw.cve.as_ref());
    Ok(desk.tx().records_of(cves)?)
}

/// The organisations whose products somebody may choose from.
fn makers(view: &View) -> BTreeSet<OrganizationId> {
    match view {
        View::Staff(_) => view.organizations(),
        View::Party(view) => match view.me.party {
            Party::Organization(organization) => [organization].into(),
            Party::Team | Party::Reporter(_) => BTreeSet::new(),
        },
        View::Reporter(_) => BTreeSet::new(),
    }
}

/// The case of a number, if the actor may see it.
pub async fn by_number(ctx: &Ctx, number: CaseNumber) -> Result<CaseId> {
    ctx.read(move |desk| {
        let id = desk.tx().case_by_number(&number)?.ok_or(Error::NotFound)?;
        desk.case_for(id).map(|_| id)
    })
    .await
}

/// What happened in a case after one of its entries, in order; for the team only. At most `limit`
/// entries.
pub async fn journal(ctx: &Ctx, id: CaseId, after: u64, limit: u32) -> Result<Vec<Entry>> {
    ctx.read(move |desk| {
        let (me, case) = desk.case_for(id)?;
        match me.view(case) {
            View::Staff(_) => Ok(desk.tx().journal(id, after, limit)?),
            View::Party(_) | View::Reporter(_) => Err(Error::NotFound),
        }
    })
    .await
}

/// A line of a list of cases.
#[derive(Debug)]
pub struct Line {
    /// The row.
    pub row: CaseRow,
    /// The working title.
    pub title: String,
    /// Until when the reporter is to have a first answer, by the policy in force (S17).
    pub first_response_by: Timestamp,
}

/// The cases the actor sees, those that changed last first.
pub async fn list(ctx: &Ctx, phases: Vec<Phase>, page: Page) -> Result<Vec<Line>> {
    ctx.read(move |desk| {
        let sight = sight(desk)?;
        let filter = CaseFilter { sight, phase: phases };
        let rows = desk.tx().cases_for(&filter, &page)?;
        let wanted: Vec<_> = rows.iter().map(|row| (row.id, row.title)).collect();
        let vault = desk.ctx().site().vault.clone();
        let mut titles = desk.tx().titles(&vault, &wanted)?;
        let within = desk.tx().current_policy()?.promptness.first_response_breach;
        let line = |row: CaseRow| Line {
            title: titles.remove(&row.id).unwrap_or_default(),
            first_response_by: within.after(row.received_at),
            row,
        };
        Ok(rows.into_iter().map(line).collect())
    })
    .await
}

/// How far the actor sees, as a condition of the list; the same as `admit` says of one case.
fn sight(desk: &mut crate::Desk<'_>) -> Result<Sight> {
    match desk.ctx().actor() {
        Actor::Staff(_, StaffRole::Lead | StaffRole::Auditor) | Actor::Server => {
            Ok(Sight::Everything)
        }
        Actor::Staff(account, StaffRole::Analyst) => Ok(Sight::OwnAndUnassigned(account)),
        Actor::Staff(_, StaffRole::Administrator)
        | Actor::Anyone
        | Actor::Member(..)
        | Actor::Bearer(..)
        | Actor::Receipt(_) => Err(Error::NotFound),
    }
}
