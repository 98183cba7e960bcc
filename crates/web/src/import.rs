//! A lead brings along notes that were public before, from one file: first what would become of each,
//! then, after a fresh proof, the same for good. Between the two nothing is kept.

mod note;

use app::Error;
use app::import::{Fate, MOST_AT_ONCE, Mode};
use askama::Template;
use axum::response::Response;
use formats::history;

use crate::Failure;
use crate::account::ask_for_proof;
use crate::actor::{Staff, Visitor};
use crate::chrome::{Page, done};
use crate::failure::{again, page};
use crate::form::{Fields, Upload};

pub(crate) use note::{decide, show as note};

/// The largest file, in bytes: it travels through the page on which it is looked at.
const LARGEST: usize = 1024 * 1024;

#[derive(Template)]
#[template(path = "import/import.html")]
struct ImportPage {
    page: Page,
    error: String,
    document: String,
    rows: Vec<Row>,
    /// How many notes would be kept.
    kept: usize,
}

/// A document and what would become of it.
struct Row {
    place: String,
    kind: &'static str,
    word: &'static str,
    more: String,
}

/// `GET /import`
pub(crate) async fn form(Staff(visitor): Staff) -> Result<Response, Failure> {
    allowed(&visitor).await?;
    Ok(page(&ImportPage::of(&visitor, String::new(), "")))
}

/// `POST /import`: what would become of each document.
pub(crate) async fn look(Staff(visitor): Staff, upload: Upload) -> Result<Response, Failure> {
    allowed(&visitor).await?;
    let text = match upload.document().and_then(text_of) {
        Ok(text) => text,
        Err(wrong) => return back(&visitor, &upload.fields, wrong),
    };
    let (places, documents) = match documents(&text) {
        Ok(read) => read,
        Err(wrong) => return back(&visitor, &upload.fields, wrong),
    };
    let fates = app::import::notes(&visitor.ctx(), documents, Mode::Look).await?;
    Ok(page(&ImportPage::of(&visitor, text, "").with(places, &fates)))
}

/// `POST /import/keep`
pub(crate) async fn keep(Staff(visitor): Staff, fields: Fields) -> Result<Response, Failure> {
    allowed(&visitor).await?;
    let documents = match documents(&fields.text("document")) {
        Ok((_, documents)) => documents,
        Err(wrong) => return back(&visitor, &fields, wrong),
    };
    match app::import::notes(&visitor.ctx(), documents, Mode::Keep).await {
        Ok(fates) => Ok(done("/import", &said(&fates))),
        Err(Error::ProveYourself) => Ok(ask_for_proof(&visitor, &fields)),
        Err(error) => Err(Failure(error)),
    }
}

/// Who may not import finds nothing here, and learns nothing of what is wrong with a file.
async fn allowed(visitor: &Visitor) -> Result<(), Failure> {
    app::import::notes(&visitor.ctx(), vec![], Mode::Look).await?;
    Ok(())
}

/// The form again, with what is wrong with the file.
fn back(visitor: &Visitor, fields: &Fields, wrong: Error) -> Result<Response, Failure> {
    match wrong {
        Error::Invalid(wrong) => {
            Ok(again(&ImportPage::of(visitor, fields.text("document"), &wrong.message)))
        }
        error => Err(Failure(error)),
    }
}

/// What was done, in figures.
fn said(fates: &[Fate]) -> String {
    let count = |is: fn(&Fate) -> bool| fates.iter().filter(|fate| is(fate)).count();
    format!(
        "Imported: new {}, changed {}, same {}, refused {}.",
        count(|fate| matches!(fate, Fate::New(_))),
        count(|fate| matches!(fate, Fate::Changed(_))),
        count(|fate| matches!(fate, Fate::Same(_))),
        count(|fate| matches!(fate, Fate::Refused(_)))
    )
}

fn text_of(bytes: Vec<u8>) -> app::Result<String> {
    if bytes.len() > LARGEST {
        let why = "More than 1 MiB is not read here; give it to “ombud import notes”.";
        return Err(Error::invalid("document", why));
    }
    String::from_utf8(bytes)
        .map_err(|_| Error::invalid("document", "This is not JSON: it is not even text."))
}

/// The documents of a file with their places.
fn documents(text: &str) -> app::Result<(Vec<String>, Vec<Vec<u8>>)> {
    let apart = history::apart(text.as_bytes());
    let apart = apart.map_err(|refused| Error::invalid("document", refused.to_string()))?;
    if text.trim().is_empty() || apart.is_empty() || apart.len() > MOST_AT_ONCE {
        let why = format!("Give between 1 and {MOST_AT_ONCE} documents at once.");
        return Err(Error::invalid("document", why));
    }
    Ok(apart.into_iter().unzip())
}

impl ImportPage {
    fn of(visitor: &Visitor, document: String, error: &str) -> Self {
        let page = Page { here: "/import".to_owned(), ..Page::of(visitor, "/team") };
        Self { page, error: error.to_owned(), document, rows: vec![], kept: 0 }
    }

    fn with(mut self, places: Vec<String>, fates: &[Fate]) -> Self {
        self.kept =
            fates.iter().filter(|fate| matches!(fate, Fate::New(_) | Fate::Changed(_))).count();
        self.rows = places.into_iter().zip(fates).map(Row::new).collect();
        self
    }
}

impl Row {
    fn new((place, fate): (String, &Fate)) -> Self {
        let (kind, word, more) = match fate {
            Fate::New(Some(number)) => ("done", "New", number.to_string()),
            Fate::New(None) => ("done", "New", "gets a number here".to_owned()),
            Fate::Same(number) => ("untold", "Same", number.to_string()),
            Fate::Changed(number) => ("looking", "Changed", number.to_string()),
            Fate::Refused(why) => ("fail", "Refused", why.clone()),
        };
        // A document alone in its file has no place in it.
        let place = if place.is_empty() { "The document".to_owned() } else { place };
        Self { place, kind, word, more }
    }
}
