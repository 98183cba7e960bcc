//! Somebody of the team, as a lead sees them, and shutting their account.

use app::{Error, account};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use domain::AccountId;
use store::Account;

use super::role;
use crate::Failure;
use crate::actor::{Staff, Visitor};
use crate::case::Moment;
use crate::chrome::{Page, done};
use crate::failure::{again, page};
use crate::form::Fields;

/// Somebody of the team, and the question whether their account is to be shut.
#[derive(Template)]
#[template(path = "account/member.html")]
struct MemberPage {
    page: Page,
    id: AccountId,
    name: String,
    address: String,
    role: &'static str,
    since: Moment,
    shut_at: Option<Moment>,
    error: String,
}

/// `GET /team/{account}`
pub(crate) async fn member(
    Staff(visitor): Staff,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    Ok(page(&MemberPage::of(&visitor, &id, "").await?))
}

/// `POST /team/{account}/shut`
pub(crate) async fn shut(
    Staff(visitor): Staff,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let shut = account::shut(&visitor.ctx(), parsed(&id)?).await;
    match shut {
        Ok(()) => Ok(done("/team", "The account is shut, and its sessions have ended.")),
        Err(Error::Invalid(wrong)) => {
            Ok(again(&MemberPage::of(&visitor, &id, &wrong.message).await?))
        }
        Err(Error::ProveYourself) => Ok(super::ask_for_proof(&visitor, &fields)),
        Err(error) => Err(Failure(error)),
    }
}

impl MemberPage {
    async fn of(visitor: &Visitor, id: &str, error: &str) -> Result<Self, Failure> {
        let ctx = visitor.ctx();
        let account: Account = account::member(&ctx, parsed(id)?).await?;
        Ok(Self {
            page: Page::of(visitor, "/team"),
            id: account.id,
            name: account.name,
            address: account.address,
            role: account.staff.map_or("", role),
            since: Moment::new(account.created_at, ctx.now()),
            shut_at: account.disabled_at.map(|at| Moment::new(at, ctx.now())),
            error: error.to_owned(),
        })
    }
}

fn parsed(id: &str) -> Result<AccountId, Failure> {
    Ok(id.parse().map_err(|_| Error::NotFound)?)
}
