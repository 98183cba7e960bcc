//! What a party's document says, before any of it stands.

use app::answer::Understood;
use app::case::Opened;
use askama::Template;
use domain::CaseNumber;
use domain::access::View;
use domain::event::StatementAudience;

use super::Bearer;
use crate::Failure;
use crate::answer::Offers;
use crate::chrome::Page;
use crate::form::name_of;
use crate::room::{Over, Strip};

#[derive(Template)]
#[template(path = "act/file.html")]
pub(super) struct FilePage {
    page: Page,
    base: String,
    handle: String,
    strip: Strip,
    offers: Offers,
    statement_to: String,
}

impl FilePage {
    pub(super) fn new(
        bearer: &Bearer,
        opened: &Opened,
        understood: Understood,
    ) -> Result<Self, Failure> {
        let View::Party(view) = &opened.view else {
            return Err(Failure(app::Error::NotFound));
        };
        let last = view.me.statements.last();
        let audience = last.map_or(StatementAudience::Coordinator, |given| given.audience);
        Ok(Self {
            page: Page { here: bearer.base.clone(), ..Page::of(&bearer.visitor, "") },
            base: bearer.base.clone(),
            handle: view
                .number
                .as_ref()
                .map_or_else(|| "This case".to_owned(), CaseNumber::to_string),
            strip: Strip::of(&view.embargo, view.published_at, Over::No, opened.now),
            offers: Offers::new(understood, &view.me),
            statement_to: name_of(&audience),
        })
    }
}
