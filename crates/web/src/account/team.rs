//! Who is of the team, and how others join it.

use app::Error;
use askama::Template;
use axum::response::Response;
use domain::{AccountId, StaffRole, Timestamp};
use store::{Account, Invitation, InvitationKind};

use super::{ask_for_proof, role, unhex};
use crate::Failure;
use crate::actor::{Staff, Visitor};
use crate::case::{Choice, Moment, choices};
use crate::chrome::{Page, done};
use crate::failure::{again, page};
use crate::form::{Fields, name_of};

/// The roles somebody may be invited to.
const ROLES: &[StaffRole] =
    &[StaffRole::Analyst, StaffRole::Lead, StaffRole::Auditor, StaffRole::Administrator];

/// Who is of the team.
#[derive(Template)]
#[template(path = "account/team.html")]
struct TeamPage {
    page: Page,
    people: Vec<PersonShown>,
    is_lead: bool,
    invitations: Vec<InvitationShown>,
    roles: Vec<Choice>,
    address: String,
    error: String,
    link: Option<String>,
}

struct PersonShown {
    id: AccountId,
    name: String,
    address: String,
    role: &'static str,
    since: Moment,
    has_second_factor: bool,
    disabled: bool,
}

struct InvitationShown {
    hash: String,
    address: String,
    role: &'static str,
    /// The sign of what became of it, and the word.
    sign: &'static str,
    state: &'static str,
    is_open: bool,
    /// When it was used, or until when it is good.
    at: Moment,
}

/// `GET /team`
pub(crate) async fn team(Staff(visitor): Staff) -> Result<Response, Failure> {
    Ok(page(&TeamPage::of(&visitor, &Fields::default()).await?))
}

/// `POST /team/invite`
pub(crate) async fn invite(Staff(visitor): Staff, fields: Fields) -> Result<Response, Failure> {
    let outcome = match fields.choice("role") {
        Ok(role) => app::account::invite(&visitor.ctx(), role, fields.text("address")).await,
        Err(wrong) => Err(wrong),
    };
    let shown = TeamPage::of(&visitor, &fields).await?;
    let base = &visitor.site().settings.base_url;
    match outcome {
        Ok(link) => Ok(page(&TeamPage { link: Some(format!("{base}/join/{link}")), ..shown })),
        Err(Error::ProveYourself) => Ok(ask_for_proof(&visitor, &fields)),
        Err(Error::Invalid(wrong)) => Ok(again(&TeamPage { error: wrong.message, ..shown })),
        Err(error) => Err(Failure(error)),
    }
}

/// `POST /team/withdraw`
pub(crate) async fn withdraw(Staff(visitor): Staff, fields: Fields) -> Result<Response, Failure> {
    let hash = unhex(&fields.text("invitation")).ok_or(Error::NotFound)?;
    app::account::withdraw(&visitor.ctx(), hash).await?;
    Ok(done("/team", "The invitation is withdrawn: its link opens nothing."))
}

impl TeamPage {
    async fn of(visitor: &Visitor, fields: &Fields) -> Result<Self, Failure> {
        let ctx = visitor.ctx();
        let mut team = app::account::team(&ctx).await?;
        team.sort_by_cached_key(|one| (one.disabled_at.is_some(), one.name.to_lowercase()));
        let chosen = fields.optional("role").unwrap_or_else(|| name_of(&StaffRole::Analyst));
        let is_lead = visitor.person().and_then(|me| me.staff) == Some(StaffRole::Lead);
        let invitations = if is_lead { app::account::invitations(&ctx).await? } else { Vec::new() };
        let person = |account: Account| PersonShown {
            id: account.id,
            name: account.name,
            address: account.address,
            role: account.staff.map_or("", role),
            since: Moment::new(account.created_at, ctx.now()),
            has_second_factor: account.has_totp,
            disabled: account.disabled_at.is_some(),
        };
        Ok(Self {
            page: Page::of(visitor, "/team"),
            people: team.into_iter().map(person).collect(),
            is_lead,
            invitations: shown(&invitations, ctx.now()),
            roles: choices(ROLES, role, &chosen),
            address: fields.text("address"),
            error: String::new(),
            link: None,
        })
    }
}

fn shown(invitations: &[Invitation], now: Timestamp) -> Vec<InvitationShown> {
    let staff = invitations.iter().filter_map(|one| match one.kind {
        InvitationKind::Staff { role: as_what } => Some((one, as_what)),
        InvitationKind::Setup | InvitationKind::Member { .. } => None,
    });
    let shown = staff.map(|(one, as_what)| {
        let is_open = one.used_at.is_none() && now < one.expires_at;
        let (sign, state) = match one.used_at {
            Some(_) => ("done", "Used"),
            None if is_open => ("wait", "Open"),
            None => ("untold", "Expired"),
        };
        InvitationShown {
            hash: domain::journal::hex(&one.hash),
            address: one.address.clone().unwrap_or_default(),
            role: role(as_what),
            sign,
            state,
            is_open,
            at: Moment::new(one.used_at.unwrap_or(one.expires_at), now),
        }
    });
    shown.collect()
}
