//! The directory: vendors and how to reach them.

use app::directory::{CnaFacts, NewVendor};
use app::{Error, Result};
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use domain::OrganizationId;
use serde::Deserialize;
use store::{Contact, ContactKind, ContactState, Organization};

use crate::Failure;
use crate::actor::{Staff, Visitor};
use crate::chrome::{Page, done};
use crate::failure::{again, page};
use crate::form::Fields;

/// How many organisations a page shows.
const A_PAGE: u32 = 50;

/// How many lines are read at once.
const MOST_LINES: usize = 1000;

/// The directory.
#[derive(Template)]
#[template(path = "directory/list.html")]
struct DirectoryPage {
    page: Page,
    search: String,
    rows: Vec<OrganizationShown>,
    first: bool,
    after: Option<(String, String)>,
    typed: String,
    error: String,
    /// What was wrong with what was said of a CNA.
    refused: String,
}

struct OrganizationShown {
    id: String,
    name: String,
    cna: bool,
    scope: String,
    requests: String,
    contacts: Vec<ContactShown>,
}

struct ContactShown {
    value: String,
    kind: &'static str,
    glyph: &'static str,
    state: &'static str,
}

/// What is asked of the directory.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wanted {
    q: Option<String>,
    after: Option<String>,
    id: Option<String>,
}

/// `GET /contacts`
pub(crate) async fn list(
    Staff(visitor): Staff,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let shown = DirectoryPage::of(&visitor, &wanted).await?;
    Ok(page(&shown))
}

/// `POST /contacts`
pub(crate) async fn add(Staff(visitor): Staff, fields: Fields) -> Result<Response, Failure> {
    let typed = fields.text("vendors");
    let outcome = match vendor_lines(&typed) {
        Ok(vendors) => app::directory::add_vendors(&visitor.ctx(), vendors).await,
        Err(wrong) => Err(wrong),
    };
    match outcome {
        Ok(_) => Ok(done("/contacts", "They are in the directory.")),
        Err(Error::Invalid(wrong)) => {
            let shown = DirectoryPage::of(&visitor, &Wanted::default()).await?;
            Ok(again(&DirectoryPage { typed, error: wrong.message, ..shown }))
        }
        Err(error) => Err(Failure(error)),
    }
}

/// `POST /contacts/cna`
pub(crate) async fn set_cna(Staff(visitor): Staff, fields: Fields) -> Result<Response, Failure> {
    let facts = fields.is_ticked("cna").then(|| CnaFacts {
        scope: fields.optional("scope"),
        requests: fields.optional("requests"),
    });
    let outcome = match fields.parse("organization") {
        Ok(id) => app::directory::set_cna(&visitor.ctx(), id, facts).await,
        Err(wrong) => Err(wrong),
    };
    match outcome {
        Ok(()) => Ok(done("/contacts", "It is kept.")),
        Err(Error::Invalid(wrong)) => {
            let shown = DirectoryPage::of(&visitor, &Wanted::default()).await?;
            Ok(again(&DirectoryPage { refused: wrong.message, ..shown }))
        }
        Err(error) => Err(Failure(error)),
    }
}

impl DirectoryPage {
    async fn of(visitor: &Visitor, wanted: &Wanted) -> Result<Self, Failure> {
        let search = wanted.q.as_deref().map(str::trim).filter(|words| !words.is_empty());
        let after = place(wanted);
        let first = after.is_none();
        let narrowed = search.map(str::to_owned);
        let found = app::directory::list(&visitor.ctx(), after, narrowed, A_PAGE).await?;
        let full = u32::try_from(found.len()).is_ok_and(|n| n == A_PAGE);
        let last = found.last().filter(|_| full).map(|(organization, _)| organization.place());
        Ok(Self {
            page: Page::of(visitor, "/contacts"),
            search: search.unwrap_or_default().to_owned(),
            rows: found.into_iter().map(OrganizationShown::of).collect(),
            first,
            after: last.map(|(name, id)| (name, id.to_string())),
            typed: String::new(),
            error: String::new(),
            refused: String::new(),
        })
    }
}

impl OrganizationShown {
    fn of((organization, contacts): (Organization, Vec<Contact>)) -> Self {
        Self {
            id: organization.id.to_string(),
            name: organization.name,
            cna: organization.cna,
            scope: organization.cna_scope.unwrap_or_default(),
            requests: organization.cna_requests.unwrap_or_default(),
            contacts: contacts.into_iter().map(ContactShown::of).collect(),
        }
    }
}

impl ContactShown {
    fn of(contact: Contact) -> Self {
        let kind = match contact.kind {
            ContactKind::Email => "mail",
            ContactKind::Telephone => "telephone",
            ContactKind::Form => "form",
            ContactKind::SecurityTxt => "security.txt",
            ContactKind::Portal => "portal",
        };
        let (glyph, state) = match (contact.state, contact.preferred) {
            (ContactState::Active, true) => ("done", "Tried first"),
            (ContactState::Active, false) => ("clear", "In use"),
            (ContactState::Bouncing, _) => ("fail", "Letters come back"),
            (ContactState::Retired, _) => ("untold", "Not in use"),
        };
        Self { value: contact.value, kind, glyph, state }
    }
}

fn place(wanted: &Wanted) -> Option<(String, OrganizationId)> {
    let id = wanted.id.as_deref()?.parse().ok()?;
    Some((wanted.after.clone()?, id))
}

/// Vendors as people write them, one a line: a name, and in angle brackets where its security
/// team is reached, if that is known. Lines without words are passed over.
pub(crate) fn vendor_lines(text: &str) -> Result<Vec<NewVendor>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let vendors: Vec<_> =
        lines.map(|(n, line)| vendor_line(n + 1, line.trim())).collect::<Result<_>>()?;
    if vendors.is_empty() {
        return Err(Error::invalid("vendors", "Write at least one name."));
    }
    if vendors.len() > MOST_LINES {
        return Err(Error::invalid("vendors", "Add at most 1,000 vendors at once."));
    }
    Ok(vendors)
}

fn vendor_line(n: usize, line: &str) -> Result<NewVendor> {
    let wrong = |what: &str| Error::invalid("vendors", format!("Line {n}: {what}"));
    let (name, address) = match line.split_once('<') {
        None => (line, None),
        Some((name, rest)) => {
            let address = rest.strip_suffix('>');
            let address = address.ok_or_else(|| wrong("the address does not end with “>”."))?;
            (name.trim(), Some(address.trim()).filter(|address| !address.is_empty()))
        }
    };
    if name.is_empty() {
        return Err(wrong("there is no name before the address."));
    }
    if name.contains('@') {
        return Err(wrong("write the name first, then the address like <security@example.com>."));
    }
    if name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(wrong("this is not a name."));
    }
    if address.is_some_and(|address| !address.contains('@') || address.contains('<')) {
        return Err(wrong("this is not a mail address."));
    }
    Ok(NewVendor { name: name.to_owned(), address: address.map(str::to_owned) })
}

#[cfg(test)]
mod tests;
