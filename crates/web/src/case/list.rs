//! Lists of cases: what waits for a decision, and all that the team works on.

use std::collections::BTreeMap;

use app::case::Line;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use domain::case::Phase;
use domain::{AccountId, CaseNumber, Timestamp};
use serde::Deserialize;

use super::Moment;
use super::look::team;
use crate::Failure;
use crate::actor::Staff;
use crate::chrome::Page;
use crate::failure::page;
use crate::form::{name_of, named};

/// How many cases a page of the list shows.
const A_PAGE: u32 = 50;

/// How many reports the inbox shows at most.
const AN_INBOX: u32 = 200;

/// What waits for a decision.
#[derive(Template)]
#[template(path = "case/inbox.html")]
struct InboxPage {
    page: Page,
    rows: Vec<RowShown>,
    full: bool,
}

/// What the team works on.
#[derive(Template)]
#[template(path = "case/list.html")]
struct ListPage {
    page: Page,
    chips: Vec<(String, &'static str, &'static str)>,
    rows: Vec<RowShown>,
    first: String,
    older: String,
}

/// A case in a list.
struct RowShown {
    at: String,
    handle: String,
    title: String,
    edge: &'static str,
    mark: &'static str,
    phase: &'static str,
    owner: String,
    n_vendors: u32,
    received: Moment,
    updated: Moment,
    embargo_end: Option<Moment>,
    publishes: Option<Moment>,
    due: Option<Moment>,
}

/// What is asked of the list.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct WantedList {
    phase: Option<String>,
    before: Option<String>,
}

/// `GET /inbox`
pub(crate) async fn inbox(Staff(visitor): Staff) -> Result<Response, Failure> {
    let wanted = store::Page { before: None, limit: AN_INBOX };
    let ctx = visitor.ctx();
    let lines = app::case::list(&ctx, vec![Phase::Report], wanted).await?;
    let full = u32::try_from(lines.len()).is_ok_and(|n| n == AN_INBOX);
    let owners = team(&visitor).await?;
    let mut lines: Vec<_> = lines.into_iter().collect();
    lines.sort_by_key(|line| (line.row.acknowledged, line.row.received_at));
    let row = |line: Line| RowShown::of(line, &owners, ctx.now());
    let rows = lines.into_iter().map(row).collect();
    Ok(page(&InboxPage { page: Page::of(&visitor, "/inbox"), rows, full }))
}

/// `GET /cases`
pub(crate) async fn list(
    Staff(visitor): Staff,
    Query(wanted): Query<WantedList>,
) -> Result<Response, Failure> {
    let phase: Option<Phase> = wanted.phase.as_deref().and_then(named);
    let before = wanted.before.as_deref().and_then(|cursor| cursor.parse().ok());
    let ctx = visitor.ctx();
    let at = store::Page { before, limit: A_PAGE };
    let lines = app::case::list(&ctx, phase.into_iter().collect(), at).await?;
    let owners = team(&visitor).await?;
    Ok(page(&ListPage {
        page: Page::of(&visitor, "/cases"),
        chips: chips(phase),
        first: if before.is_some() { address(phase, None) } else { String::new() },
        older: older(&lines, phase),
        rows: lines.into_iter().map(|line| RowShown::of(line, &owners, ctx.now())).collect(),
    }))
}

impl RowShown {
    fn of(line: Line, owners: &BTreeMap<AccountId, String>, now: Timestamp) -> Self {
        let row = line.row;
        let public = row.phase == Phase::Watch;
        let handle = row.number.as_ref().map(CaseNumber::slug);
        Self {
            at: handle.clone().unwrap_or_else(|| row.id.to_string()),
            handle: handle.unwrap_or_else(|| row.reference.to_string()),
            title: line.title,
            edge: if public { "public" } else { "embargoed" },
            mark: if public { "PUBLIC" } else { "EMBARGOED" },
            phase: row.phase.label(),
            owner: row.assignee.and_then(|id| owners.get(&id).cloned()).unwrap_or_default(),
            n_vendors: row.n_vendors,
            received: Moment::new(row.received_at, now),
            updated: Moment::new(row.updated_at, now),
            embargo_end: row.embargo_end.map(|at| Moment::new(at, now)),
            publishes: row.publishes_at.map(|at| Moment::new(at, now)),
            due: (!row.acknowledged).then(|| Moment::new(line.first_response_by, now)),
        }
    }
}

fn chips(current: Option<Phase>) -> Vec<(String, &'static str, &'static str)> {
    let mark = |phase| if phase == current { "yes" } else { "" };
    let all = (address(None, None), "All", mark(None));
    let phases = Phase::ALL
        .iter()
        .map(|phase| (address(Some(*phase), None), phase.label(), mark(Some(*phase))));
    std::iter::once(all).chain(phases).collect()
}

fn older(lines: &[Line], phase: Option<Phase>) -> String {
    let full = u32::try_from(lines.len()).is_ok_and(|n| n == A_PAGE);
    match lines.last() {
        Some(last) if full => address(phase, Some(last.row.cursor())),
        Some(_) | None => String::new(),
    }
}

fn address(phase: Option<Phase>, before: Option<store::Cursor>) -> String {
    let phase = phase.map(|phase| format!("phase={}", name_of(&phase)));
    let before = before.map(|cursor| format!("before={cursor}"));
    let asked: Vec<_> = phase.into_iter().chain(before).collect();
    if asked.is_empty() { "/cases".to_owned() } else { format!("/cases?{}", asked.join("&")) }
}
