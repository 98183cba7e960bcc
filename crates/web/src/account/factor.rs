//! The second factor of the own account: set up, replaced, and the codes to print.

use app::Error;
use app::account::factor;
use app::session::Person;
use askama::Template;
use axum::response::Response;

use super::{enter, proof};
use crate::Failure;
use crate::actor::{Own, Visitor};
use crate::chrome::Page;
use crate::failure::{again, page};
use crate::form::Fields;

/// Sets a second factor, or another one.
#[derive(Template)]
#[template(path = "account/factor.html")]
struct FactorPage {
    page: Page,
    form: FactorForm,
}

/// The recovery codes, shown this once.
#[derive(Template)]
#[template(path = "account/codes.html")]
struct CodesPage {
    page: Page,
    heading: &'static str,
    codes: Vec<String>,
}

/// What the form for a second factor needs.
pub(super) struct FactorForm {
    /// Whether there is one already, so that a code of it is asked for.
    pub(super) replaces: bool,
    pub(super) secret: Secret,
    pub(super) wrong: Option<app::Invalid>,
}

/// A secret of a second factor, in the forms in which it is handed over.
pub(super) struct Secret {
    pub(super) hex: String,
    pub(super) groups: Vec<String>,
    pub(super) link: String,
}

/// `GET /me/second-factor`
pub(crate) async fn second_factor_form(Own(visitor, me): Own) -> Result<Response, Failure> {
    let form = FactorForm::fresh(&visitor, &me).await?;
    Ok(page(&FactorPage { page: Page::of(&visitor, ""), form }))
}

/// `POST /me/second-factor`
pub(crate) async fn set_second_factor(
    Own(visitor, me): Own,
    fields: Fields,
) -> Result<Response, Failure> {
    let secret = unhex(&fields.text("secret")).ok_or(Error::NotFound)?;
    let (ctx, code) = (visitor.ctx(), fields.text("new_code"));
    let set = factor::set_second_factor(&ctx, &me, proof(&fields), secret.clone(), code).await;
    match set {
        Ok(enrolled) => {
            let heading = "Your second factor is set up";
            let shown = codes(&visitor, heading, enrolled.codes);
            Ok(enter(&visitor, &enrolled.session, shown))
        }
        Err(Error::Invalid(wrong)) => {
            let form = FactorForm::of(&visitor, &me, &secret, Some(wrong)).await?;
            Ok(again(&FactorPage { page: Page::of(&visitor, ""), form }))
        }
        Err(error) => Err(Failure(error)),
    }
}

/// `POST /me/recovery-codes`
pub(crate) async fn draw_recovery_codes(
    Own(visitor, me): Own,
    fields: Fields,
) -> Result<Response, Failure> {
    match factor::draw_recovery_codes(&visitor.ctx(), &me).await {
        Ok(drawn) => Ok(codes(&visitor, "Your new recovery codes", drawn)),
        Err(Error::ProveYourself) => Ok(super::ask_for_proof(&visitor, &fields)),
        Err(error) => Err(Failure(error)),
    }
}

fn codes(visitor: &Visitor, heading: &'static str, codes: Vec<String>) -> Response {
    page(&CodesPage { page: Page::of(visitor, ""), heading, codes })
}

impl FactorForm {
    /// The form with a secret that nobody has seen before.
    pub(super) async fn fresh(visitor: &Visitor, me: &Person) -> Result<Self, Failure> {
        let secret = factor::draw_second_factor(&visitor.ctx());
        Self::of(visitor, me, &secret, None).await
    }

    async fn of(
        visitor: &Visitor,
        me: &Person,
        secret: &[u8],
        wrong: Option<app::Invalid>,
    ) -> Result<Self, Failure> {
        let account = app::account::own(&visitor.ctx(), me).await?.account;
        let secret = Secret::of(secret, &account.address);
        Ok(Self { replaces: account.has_totp, secret, wrong })
    }

    pub(super) fn error(&self, field: &str) -> &str {
        let wrong = self.wrong.as_ref().filter(|wrong| wrong.field == field);
        wrong.map_or("", |wrong| wrong.message.as_str())
    }
}

impl Secret {
    fn of(secret: &[u8], address: &str) -> Self {
        let link = factor::second_factor_address(secret, address).unwrap_or_default();
        let letters = link.split(['?', '&']).find_map(|pair| pair.strip_prefix("secret="));
        let letters: Vec<char> = letters.unwrap_or_default().chars().collect();
        let groups = letters.chunks(4).map(|four| four.iter().collect()).collect();
        Self { hex: domain::journal::hex(secret), groups, link }
    }
}

/// The bytes of a secret that a form carried.
fn unhex(hex: &str) -> Option<Vec<u8>> {
    super::unhex::<20>(hex).map(Vec::from)
}

#[cfg(test)]
mod tests;
