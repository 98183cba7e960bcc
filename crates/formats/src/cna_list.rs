//! The list of CNAs that the CVE program publishes for its website (`CNAsList.json`): who assigns CVE
//! IDs, for what, and where a request for one goes. An entry without a name is passed over.

use serde::Deserialize;

use crate::json::{self, Unread};
use crate::words;

/// A list larger than this is refused before it is read.
pub const LARGEST: usize = 8 * 1024 * 1024;

/// More CNAs than this are not read.
const MOST: usize = 5000;

/// An organisation that assigns CVE IDs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Cna {
    /// Its name.
    pub name: String,
    /// For what it assigns them, in its words.
    pub scope: String,
    /// Where it takes requests: a form, a page or a mail address, whichever it names first.
    pub requests: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    #[serde(rename = "organizationName", default)]
    name: String,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    contact: Vec<Contact>,
}

#[derive(Deserialize)]
struct Contact {
    #[serde(default)]
    form: Vec<Page>,
    #[serde(default)]
    contact: Vec<Page>,
    #[serde(default)]
    email: Vec<Address>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    url: String,
}

#[derive(Deserialize)]
struct Address {
    #[serde(rename = "emailAddr", default)]
    address: String,
}

/// Reads the list; a refusal names the key that is wrong and where it stands.
pub fn read(bytes: &[u8]) -> Result<Vec<Cna>, Unread> {
    let listed: Vec<Listed> = json::read("The list of CNAs", bytes, LARGEST)?;
    Ok(listed.into_iter().take(MOST).filter_map(cna).collect())
}

fn cna(listed: Listed) -> Option<Cna> {
    let name = words::line(&listed.name, 200);
    let all = &listed.contact;
    let forms = all.iter().flat_map(|one| &one.form).chain(all.iter().flat_map(|one| &one.contact));
    let pages = forms.map(|page| page.url.trim()).filter(|url| is_web(url));
    let mails = all.iter().flat_map(|one| &one.email).map(|mail| mail.address.trim());
    let mails = mails.filter(|mail| mail.contains('@'));
    let requests = pages.chain(mails).find(|place| is_line(place)).map(str::to_owned);
    let scope = words::line(&listed.scope, 1000);
    (!name.is_empty()).then_some(Cna { name, scope, requests })
}

fn is_web(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

fn is_line(text: &str) -> bool {
    text.len() <= 500 && text.chars().all(|letter| letter.is_ascii_graphic())
}

#[cfg(test)]
mod tests;
