//! Who is of the team, and how others join it.

use app::Error;
use askama::Template;
use axum::response::Response;
use domain::StaffRole;
use store::Account;

use super::role;
use crate::Failure;
use crate::actor::{Staff, Visitor};
use crate::case::{Choice, Moment, choices};
use crate::chrome::Page;
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
    may_invite: bool,
    roles: Vec<Choice>,
    address: String,
    error: String,
    link: Option<String>,
}

struct PersonShown {
    name: String,
    address: String,
    role: &'static str,
    since: Moment,
    has_second_factor: bool,
    disabled: bool,
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
        Err(Error::Invalid(wrong)) => Ok(again(&TeamPage { error: wrong.message, ..shown })),
        Err(error) => Err(Failure(error)),
    }
}

impl TeamPage {
    async fn of(visitor: &Visitor, fields: &Fields) -> Result<Self, Failure> {
        let ctx = visitor.ctx();
        let mut team = app::account::team(&ctx).await?;
        team.sort_by_cached_key(|one| (one.disabled_at.is_some(), one.name.to_lowercase()));
        let chosen = fields.optional("role").unwrap_or_else(|| name_of(&StaffRole::Analyst));
        let person = |account: Account| PersonShown {
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
            may_invite: visitor.person().and_then(|me| me.staff) == Some(StaffRole::Lead),
            roles: choices(ROLES, role, &chosen),
            address: fields.text("address"),
            error: String::new(),
            link: None,
        })
    }
}
