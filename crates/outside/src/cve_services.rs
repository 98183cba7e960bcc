//! CVE Services, where a CNA reserves CVE IDs and hands in their records: the calls that a
//! coordinator needs, as the service's OpenAPI document (2.x) describes them. What comes back is
//! capped and read with care, redirects are not followed, and the key stands in no answer, error
//! or log. Nothing here knows what an ID is for, and nothing is tried twice: that is for who asks.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, Method, Response, StatusCode, Url};
use serde_json::{Value, json};

use crate::one_line;

mod answer;

pub use answer::{Identifier, Organization, Page, Quota, Reserved, State};

/// The service of the CVE program.
pub const PRODUCTION: &str = "https://cveawg.mitre.org/api/";

/// The same with IDs that mean nothing.
pub const TEST: &str = "https://cveawg-test.mitre.org/api/";

/// An answer that is longer is not read, in bytes: a page has 500 IDs of some 400 bytes.
const LONGEST: usize = 4 * 1024 * 1024;

/// No list has more pages than this: 200,000 IDs.
const MOST_PAGES: u32 = 400;

/// Where the service is, and who we are to it.
#[derive(Debug, Clone)]
pub struct Account {
    /// The address below which its paths lie, such as [`PRODUCTION`].
    pub address: String,
    /// The short name of the organisation.
    pub organization: String,
    /// The name of the user, within the organisation.
    pub user: String,
    /// The user's key.
    pub key: ApiKey,
    /// How long one call may take.
    pub timeout: Duration,
}

/// The key of a user. It is not shown.
#[derive(Clone)]
pub struct ApiKey(String);

impl ApiKey {
    /// A key as it was given out.
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Why the service cannot be used as it was described.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// Not an address.
    #[error("its address should look like https://cveawg.mitre.org/api/")]
    Address,
    /// The key would be told to the network.
    #[error("an address without TLS is only for this machine (localhost): choose https")]
    Plain,
    /// No name or key, or one that no header takes.
    #[error("the organisation, the user and the key must be given, each in one line")]
    Credentials,
    /// No certificates to judge the service's by.
    #[error("a connection cannot be made: {0}")]
    Connection(String),
}

/// What may be done about a call that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The service is down, busy, or did not answer: try again later. It may have done what was
    /// asked all the same.
    #[error("{0}")]
    Later(String),
    /// It said no, and will say so again.
    #[error("{code}: {words}")]
    Never {
        /// The service's own code, such as `CVE_RECORD_EXISTS`.
        code: String,
        /// Its words, in one line.
        words: String,
    },
}

impl Problem {
    /// Whether the service said no with this code.
    pub fn is(&self, wanted: &str) -> bool {
        matches!(self, Self::Never { code, .. } if code == wanted)
    }
}

/// The result of a call.
pub type Result<T> = std::result::Result<T, Problem>;

/// How the IDs of one reservation follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Batch {
    /// One after the other.
    Sequential,
    /// Drawn by chance, at most ten at once: nobody can count them.
    Nonsequential,
}

/// Which IDs a list is to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those of this year.
    pub year: Option<i16>,
    /// Only those reserved after this.
    pub reserved_after: Option<Timestamp>,
}

/// A line to CVE Services.
#[derive(Debug, Clone)]
pub struct CveServices {
    client: Client,
    base: Url,
    organization: String,
    user: String,
    key: ApiKey,
}

impl CveServices {
    /// A line to the service. Nothing is asked of it yet.
    pub fn new(account: &Account) -> std::result::Result<Self, AccountError> {
        // Whoever came first has set it, and to the same.
        drop(rustls::crypto::ring::default_provider().install_default());
        let base = base(&account.address)?;
        let client = Client::builder()
            .default_headers(headers(account)?)
            .user_agent(concat!("Ombud/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(account.timeout.min(Duration::from_secs(10)))
            .timeout(account.timeout)
            .build()
            .map_err(|error| AccountError::Connection(one_line(&error.to_string())))?;
        Ok(Self {
            client,
            base,
            organization: account.organization.clone(),
            user: account.user.clone(),
            key: account.key.clone(),
        })
    }

    /// The short name of the organisation.
    pub fn organization(&self) -> &str {
        &self.organization
    }

    /// The name of the user.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Reserves IDs of a year. The service knows no way to repeat this safely: who gets no answer
    /// looks at what is reserved before asking again.
    pub async fn reserve(&self, amount: u32, batch: Batch, year: i16) -> Result<Reserved> {
        let mut url = self.url(&["cve-id"]);
        url.query_pairs_mut()
            .append_pair("amount", &amount.to_string())
            .append_pair("cve_year", &year.to_string())
            .append_pair("short_name", &self.organization);
        match (amount, batch) {
            (0 | 1, Batch::Sequential) => {}
            (_, Batch::Sequential) => {
                url.query_pairs_mut().append_pair("batch_type", "sequential");
            }
            (_, Batch::Nonsequential) => {
                url.query_pairs_mut().append_pair("batch_type", "nonsequential");
            }
        }
        answer::reserved(self.call(Method::POST, url, None).await?)
    }

    /// What the service knows of an ID.
    pub async fn identifier(&self, id: &str) -> Result<Identifier> {
        answer::identifier(self.call(Method::GET, self.url(&["cve-id", id]), None).await?)
    }

    /// One page of the organisation's IDs, by ID; pages count from 1.
    pub async fn page(&self, wanted: &Wanted, page: u32) -> Result<Page> {
        let url = self.list_url(wanted, page);
        answer::page(self.call(Method::GET, url, None).await?)
    }

    /// All of the organisation's IDs that are wanted, page after page.
    pub async fn identifiers(&self, wanted: &Wanted) -> Result<Vec<Identifier>> {
        let (mut all, mut page) = (vec![], 1);
        loop {
            let mut found = self.page(wanted, page).await?;
            all.append(&mut found.ids);
            match found.next {
                Some(next) if next > page && next <= MOST_PAGES => page = next,
                Some(_) => return Err(Problem::Later("the list of IDs does not end".to_owned())),
                None => return Ok(all),
            }
        }
    }

    /// Publishes the first record of a reserved ID; `CVE_RECORD_EXISTS` if there is one.
    pub async fn publish(&self, id: &str, container: &Value) -> Result<()> {
        self.hand_in(Method::POST, &["cve", id, "cna"], container).await
    }

    /// Puts a mended record in the place of the published one; `CVE_RECORD_DNE` if there is none.
    pub async fn update(&self, id: &str, container: &Value) -> Result<()> {
        self.hand_in(Method::PUT, &["cve", id, "cna"], container).await
    }

    /// Rejects an ID without a record; `CVE_RECORD_EXISTS` if there is one.
    pub async fn reject(&self, id: &str, container: &Value) -> Result<()> {
        self.hand_in(Method::POST, &["cve", id, "reject"], container).await
    }

    /// Rejects a published ID, or mends the reason of a rejection.
    pub async fn update_rejection(&self, id: &str, container: &Value) -> Result<()> {
        self.hand_in(Method::PUT, &["cve", id, "reject"], container).await
    }

    /// The record of an ID, as the service keeps it.
    pub async fn record(&self, id: &str) -> Result<Value> {
        self.call(Method::GET, self.url(&["cve", id]), None).await
    }

    /// How many IDs the organisation may reserve.
    pub async fn quota(&self) -> Result<Quota> {
        let url = self.url(&["org", &self.organization, "id_quota"]);
        answer::quota(self.call(Method::GET, url, None).await?)
    }

    /// What the service knows of the organisation. It needs the right key and changes nothing.
    pub async fn own_organization(&self) -> Result<Organization> {
        let url = self.url(&["org", &self.organization]);
        answer::organization(self.call(Method::GET, url, None).await?)
    }

    /// Whether the service is there at all.
    pub async fn health(&self) -> Result<()> {
        let sent = self.client.get(self.url(&["health-check"])).send().await;
        let response = sent.map_err(|error| no_answer(&error))?;
        if response.status().is_success() { Ok(()) } else { Err(self.refused(response).await) }
    }

    async fn hand_in(&self, method: Method, path: &[&str], container: &Value) -> Result<()> {
        let body = json!({ "cnaContainer": container });
        self.call(method, self.url(path), Some(&body)).await.map(drop)
    }

    fn list_url(&self, wanted: &Wanted, page: u32) -> Url {
        let mut url = self.url(&["cve-id"]);
        let mut query = url.query_pairs_mut();
        query.append_pair("page", &page.to_string());
        if let Some(state) = wanted.state {
            query.append_pair("state", state.code());
        }
        if let Some(year) = wanted.year {
            query.append_pair("cve_id_year", &year.to_string());
        }
        if let Some(after) = wanted.reserved_after {
            // Whole seconds: there were versions of the service that took no others.
            let second = Timestamp::from_second(after.as_second()).unwrap_or(after);
            query.append_pair("time_reserved.gt", &second.to_string());
        }
        drop(query);
        url
    }

    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }

    async fn call(&self, method: Method, url: Url, body: Option<&Value>) -> Result<Value> {
        let mut request = self.client.request(method, url);
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let response = request.send().await.map_err(|error| no_answer(&error))?;
        if !response.status().is_success() {
            return Err(self.refused(response).await);
        }
        let bytes = capped(response).await?;
        let nonsense = |_| Problem::Later("the answer is not JSON".to_owned());
        serde_json::from_slice(&bytes).map_err(nonsense)
    }

    async fn refused(&self, response: Response) -> Problem {
        let status = response.status();
        let said = capped(response).await.ok();
        let said = said.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        let text = |key: &str| said.as_ref()?.get(key)?.as_str().map(ToOwned::to_owned);
        // A proxy may send back what it was sent.
        let words = text("message").unwrap_or_default().replace(&self.key.0, "…");
        let code = text("error").filter(|code| is_code(code));
        let code = code.unwrap_or_else(|| format!("HTTP {}", status.as_u16()));
        match status {
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
                Problem::Later(format!("the service is busy ({code})"))
            }
            _ if status.is_server_error() => {
                Problem::Later(format!("the service is down ({code})"))
            }
            _ if code == "RESERVATION_IN_PROGRESS" => {
                Problem::Later("another reservation of the organisation is on its way".to_owned())
            }
            _ => Problem::Never { code, words: one_line(&words) },
        }
    }
}

/// The address, with exactly one slash at its end; without TLS only on this machine.
fn base(address: &str) -> std::result::Result<Url, AccountError> {
    let url: Url = address.parse().map_err(|_| AccountError::Address)?;
    let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let plain = url.username().is_empty() && url.password().is_none();
    if url.host_str().is_none() || !plain || url.query().is_some() || url.fragment().is_some() {
        return Err(AccountError::Address);
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_here => Ok(url),
        "http" => Err(AccountError::Plain),
        _ => Err(AccountError::Address),
    }
}

fn headers(account: &Account) -> std::result::Result<HeaderMap, AccountError> {
    let value = |text: &str| match HeaderValue::from_str(text) {
        Ok(value) if !text.is_empty() => Ok(value),
        Ok(_) | Err(_) => Err(AccountError::Credentials),
    };
    let mut key = value(&account.key.0)?;
    key.set_sensitive(true);
    Ok(HeaderMap::from_iter([
        (reqwest::header::HeaderName::from_static("cve-api-org"), value(&account.organization)?),
        (reqwest::header::HeaderName::from_static("cve-api-user"), value(&account.user)?),
        (reqwest::header::HeaderName::from_static("cve-api-key"), key),
        (ACCEPT, HeaderValue::from_static("application/json")),
    ]))
}

/// The body, unless it is longer than anything we asked for.
async fn capped(mut response: Response) -> Result<Vec<u8>> {
    let mut bytes = vec![];
    while let Some(chunk) = response.chunk().await.map_err(|error| no_answer(&error))? {
        if bytes.len() + chunk.len() > LONGEST {
            return Err(Problem::Later("the answer is too long".to_owned()));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn no_answer(error: &reqwest::Error) -> Problem {
    let words = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    Problem::Later(words.to_owned())
}

/// Whether a text is a code as the service writes them.
fn is_code(text: &str) -> bool {
    let part = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=60).contains(&text.len()) && text.bytes().all(part)
}

#[cfg(test)]
mod tests;
