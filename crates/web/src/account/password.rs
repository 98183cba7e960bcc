//! Changing the own password.

use app::account::password;
use app::{Error, Invalid};
use askama::Template;
use axum::response::Response;

use super::{enter, proof};
use crate::Failure;
use crate::actor::{Own, Visitor};
use crate::chrome::{Page, done};
use crate::failure::{again, page};
use crate::form::Fields;

/// Asks for the old password and the new one.
#[derive(Template)]
#[template(path = "account/password.html")]
struct PasswordPage {
    page: Page,
    wrong: Option<Invalid>,
}

/// `GET /me/password`
pub(crate) async fn password_form(Own(visitor, _): Own) -> Response {
    page(&PasswordPage::of(&visitor, None))
}

/// `POST /me/password`
pub(crate) async fn change_password(
    Own(visitor, me): Own,
    fields: Fields,
) -> Result<Response, Failure> {
    let new = fields.all("new_password").next().unwrap_or_default().to_owned();
    match password::change_password(&visitor.ctx(), &me, proof(&fields), new).await {
        Ok(secret) => {
            let said = "Your password is changed. Your other sessions have ended.";
            Ok(enter(&visitor, &secret, done("/me", said)))
        }
        Err(Error::Invalid(wrong)) => Ok(again(&PasswordPage::of(&visitor, Some(wrong)))),
        Err(error) => Err(Failure(error)),
    }
}

impl PasswordPage {
    fn of(visitor: &Visitor, wrong: Option<Invalid>) -> Self {
        Self { page: Page::of(visitor, ""), wrong }
    }

    fn error(&self, field: &str) -> &str {
        let wrong = self.wrong.as_ref().filter(|wrong| wrong.field == field);
        wrong.map_or("", |wrong| wrong.message.as_str())
    }
}
