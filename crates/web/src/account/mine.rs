//! The own account, and its second factor.

use app::{Ctx, Error};
use askama::Template;
use axum::response::Response;
use store::Account;

use super::role;
use crate::Failure;
use crate::actor::{Staff, Visitor};
use crate::chrome::{Page, done};
use crate::failure::{again, page};
use crate::form::Fields;

/// The own account.
#[derive(Template)]
#[template(path = "account/me.html")]
struct MePage {
    page: Page,
    name: String,
    address: String,
    role: &'static str,
    has_second_factor: bool,
    secret: Secret,
    error: String,
}

/// A secret of a second factor, in the forms in which it is handed over.
struct Secret {
    hex: String,
    groups: Vec<String>,
    link: String,
}

/// `GET /me`
pub(crate) async fn me(Staff(visitor): Staff) -> Result<Response, Failure> {
    let secret = app::account::draw_second_factor(&visitor.ctx());
    Ok(page(&MePage::of(&visitor, &secret, "").await?))
}

/// `POST /me/second-factor`
pub(crate) async fn confirm_second_factor(
    Staff(visitor): Staff,
    fields: Fields,
) -> Result<Response, Failure> {
    let ctx = visitor.ctx();
    let account = own(&visitor, &ctx).await?;
    let secret = unhex(&fields.text("secret")).ok_or(Error::NotFound)?;
    let code = fields.text("code");
    match app::account::confirm_second_factor(&ctx, account.id, secret.clone(), code).await {
        Ok(()) => {
            Ok(done("/me", "Your second factor is set up. You need it from the next time on."))
        }
        Err(Error::Invalid(wrong)) => {
            Ok(again(&MePage::of(&visitor, &secret, &wrong.message).await?))
        }
        Err(error) => Err(Failure(error)),
    }
}

impl MePage {
    async fn of(visitor: &Visitor, secret: &[u8], error: &str) -> Result<Self, Failure> {
        let account = own(visitor, &visitor.ctx()).await?;
        Ok(Self {
            page: Page::of(visitor, "/me"),
            secret: Secret::of(secret, &account.address),
            name: account.name,
            address: account.address,
            role: account.staff.map_or("", role),
            has_second_factor: account.has_totp,
            error: error.to_owned(),
        })
    }
}

impl Secret {
    fn of(secret: &[u8], address: &str) -> Self {
        let link = app::account::second_factor_address(secret, address).unwrap_or_default();
        let letters = link.split(['?', '&']).find_map(|pair| pair.strip_prefix("secret="));
        let letters: Vec<char> = letters.unwrap_or_default().chars().collect();
        let groups = letters.chunks(4).map(|four| four.iter().collect()).collect();
        Self { hex: domain::journal::hex(secret), groups, link }
    }
}

/// The account of who asks.
async fn own(visitor: &Visitor, ctx: &Ctx) -> Result<Account, Failure> {
    let me = visitor.person().map(|person| person.account);
    let team = app::account::team(ctx).await?;
    let own = team.into_iter().find(|account| Some(account.id) == me);
    Ok(own.ok_or(Error::NotFound)?)
}

/// The bytes of a secret that a form carried.
fn unhex(hex: &str) -> Option<Vec<u8>> {
    if hex.len() != 40 || !hex.is_ascii() {
        return None;
    }
    let byte = |n: usize| u8::from_str_radix(hex.get(2 * n..2 * n + 2)?, 16).ok();
    (0..20).map(byte).collect()
}

#[cfg(test)]
mod tests;
