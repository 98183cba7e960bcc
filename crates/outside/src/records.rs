//! Records that others keep of a flaw, asked for by its CVE ID: the CVE List (CVE Services, or the
//! files of cvelistV5), the API of the NVD (2.0), the EUVD, and the advisories of GitHub. Answers
//! are capped before they are read, redirects are not followed, and who is busy is left alone for
//! as long as they say. Nothing here knows which flaws may be asked about.

use std::time::Duration;

use reqwest::header::{ACCEPT, ETAG, HeaderName, HeaderValue, IF_NONE_MATCH, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url};

mod reading;

/// An answer that is longer is not read, in bytes. Records of flaws in many products are long.
const LONGEST: usize = 4 * 1024 * 1024;

/// How long one question may take. The NVD is slow at times.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Who is busy or broken is left alone for so long if they do not say.
const BUSY: Duration = Duration::from_hours(1);
const BROKEN: Duration = Duration::from_mins(15);

/// What they say counts between these.
const SHORTEST_PAUSE: Duration = Duration::from_mins(1);
const LONGEST_PAUSE: Duration = Duration::from_hours(24);

/// Whose records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The CVE List.
    CveList,
    /// The NVD.
    Nvd,
    /// The EUVD.
    Euvd,
    /// GitHub.
    Ghsa,
}

impl Source {
    /// The address below which its records lie, unless the operator says another.
    pub fn usual_address(self) -> &'static str {
        match self {
            Self::CveList => "https://cveawg.mitre.org/api/",
            Self::Nvd => "https://services.nvd.nist.gov/rest/json/cves/2.0",
            Self::Euvd => "https://euvdservices.enisa.europa.eu/api/",
            Self::Ghsa => "https://api.github.com/advisories",
        }
    }

    /// Whether it says by status 404 that it has no such record. The NVD and GitHub answer with an
    /// empty list, so that a 404 of theirs means a wrong address.
    fn says_not_found(self) -> bool {
        match self {
            Self::CveList | Self::Euvd => true,
            Self::Nvd | Self::Ghsa => false,
        }
    }
}

/// Where a source is, and with which key it is asked.
#[derive(Clone)]
pub struct Place {
    /// The address below which its records lie. The CVE List is read as files of cvelistV5 if it
    /// ends in `/cves/`.
    pub address: String,
    /// A key that lets the server ask more often, for sources that give one.
    pub key: Option<String>,
}

/// A place cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// Not an address, or one that others could read along.
    #[error(
        "an address begins with https:// (http:// on this machine alone), and has neither a \
         password nor a question mark in it"
    )]
    Address,
    /// The key stands in no header.
    #[error("its key cannot be sent; write it in one line")]
    Key,
    /// There is no way to connect.
    #[error("a connection cannot be made: {0}")]
    Connection(String),
}

/// What a source has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What the source says of the record, in its own word.
    pub state: String,
    /// The score that it gives, such as `9.8 (CVSS 3.1)`.
    pub score: Option<String>,
    /// Where people read the record.
    pub address: String,
    /// By which the source tells whether it has changed.
    pub tag: Option<String>,
}

/// What a source answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It has the record.
    There(Found),
    /// It has none.
    Absent,
    /// It has what it had.
    Same,
    /// It said something of this record that makes no sense, told in one line. Others may do.
    Odd(String),
    /// It did not say; it is not to be asked for anything for so long.
    Later {
        /// Why, in one line.
        why: String,
        /// For how long.
        pause: Duration,
    },
}

/// A line to one source.
#[derive(Debug, Clone)]
pub struct Records {
    source: Source,
    base: Url,
    key: Option<(HeaderName, HeaderValue)>,
    client: Client,
}

impl Records {
    /// A line to a source. Nothing is asked yet.
    pub fn new(source: Source, place: &Place) -> Result<Self, PlaceError> {
        // Whoever came first has set it, and to the same.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder()
            .user_agent(concat!("Ombud/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .timeout(TIMEOUT)
            .build()
            .map_err(|error| PlaceError::Connection(reading::line(&error.to_string())))?;
        let key = place.key.as_deref().map(|key| header(source, key)).transpose()?;
        Ok(Self { source, base: base(&place.address)?, key, client })
    }

    /// Whether the source has a record of a CVE ID; with the tag of the last answer, only what has
    /// changed since.
    pub async fn ask(&self, cve: &str, tag: Option<&str>) -> Answer {
        let Some(url) = self.url(cve) else { return Answer::Absent };
        let mut request = self.client.get(url).header(ACCEPT, "application/json");
        if let Some((name, value)) = &self.key {
            request = request.header(name, value);
        }
        if let Some(tag) = tag.and_then(|tag| HeaderValue::from_str(tag).ok()) {
            request = request.header(IF_NONE_MATCH, tag);
        }
        match request.send().await {
            Ok(response) => self.read(response, cve).await,
            Err(error) => Answer::Later { why: no_answer(&error).to_owned(), pause: BROKEN },
        }
    }

    async fn read(&self, response: Response, cve: &str) -> Answer {
        let status = response.status();
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let seconds = header(RETRY_AFTER).and_then(|text| text.parse().ok());
        let asked_for = seconds.map(Duration::from_secs);
        let tag = header(ETAG).filter(|tag| tag.len() < 200).map(str::to_owned);
        let later = |why: &str, usual: Duration| {
            let pause = asked_for.unwrap_or(usual).clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
            Answer::Later { why: format!("{why} (HTTP {})", status.as_u16()), pause }
        };
        match status {
            StatusCode::NOT_MODIFIED => Answer::Same,
            StatusCode::NOT_FOUND if self.source.says_not_found() => Answer::Absent,
            StatusCode::TOO_MANY_REQUESTS | StatusCode::FORBIDDEN => later("It is busy", BUSY),
            _ if status.is_success() => self.understood(response, cve, tag).await,
            _ if status.is_server_error() => later("It is down", BROKEN),
            _ => later("It refused", BUSY),
        }
    }

    async fn understood(&self, response: Response, cve: &str, tag: Option<String>) -> Answer {
        let body = match capped(response).await {
            Ok(Some(body)) => body,
            Ok(None) => return Answer::Odd("Its answer is too long".to_owned()),
            Err(error) => {
                return Answer::Later { why: no_answer(&error).to_owned(), pause: BROKEN };
            }
        };
        match reading::read(self.source, &body, cve) {
            Ok(Some(found)) => Answer::There(Found { tag, ..found }),
            Ok(None) => Answer::Absent,
            Err(reading::Strange::NotUnderstood) => {
                Answer::Odd("Its answer was not understood".to_owned())
            }
            Err(reading::Strange::Another) => {
                Answer::Odd("It answered with the record of another ID".to_owned())
            }
        }
    }

    /// Where the record of a CVE ID is asked for; nothing if it is no ID.
    fn url(&self, cve: &str) -> Option<Url> {
        let (year, number) = cve.strip_prefix("CVE-")?.split_once('-')?;
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|one| one.is_ascii_digit());
        if year.len() != 4 || number.len() < 4 || !digits(year) || !digits(number) {
            return None;
        }
        let mut url = self.base.clone();
        match self.source {
            Source::CveList if url.path().ends_with("/cves/") => {
                let thousand = number.get(..number.len() - 3)?;
                url.path_segments_mut().ok()?.pop_if_empty().extend([
                    year,
                    &format!("{thousand}xxx"),
                    &format!("{cve}.json"),
                ]);
            }
            Source::CveList => {
                url.path_segments_mut().ok()?.pop_if_empty().extend(["cve", cve]);
            }
            Source::Nvd => {
                url.query_pairs_mut().append_pair("cveId", cve);
            }
            Source::Euvd => {
                url.path_segments_mut().ok()?.pop_if_empty().push("enisaid");
                url.query_pairs_mut().append_pair("id", cve);
            }
            Source::Ghsa => {
                url.query_pairs_mut().append_pair("cve_id", cve);
            }
        }
        Some(url)
    }
}

/// The address; without TLS only on this machine.
fn base(address: &str) -> Result<Url, PlaceError> {
    let url: Url = address.parse().map_err(|_| PlaceError::Address)?;
    let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let bare = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    let safe = url.scheme() == "https" || (url.scheme() == "http" && is_here);
    if bare && safe && url.host_str().is_some() { Ok(url) } else { Err(PlaceError::Address) }
}

/// How a source wants its key.
fn header(source: Source, key: &str) -> Result<(HeaderName, HeaderValue), PlaceError> {
    let (name, text) = match source {
        Source::Nvd => (HeaderName::from_static("apikey"), key.to_owned()),
        Source::CveList | Source::Euvd | Source::Ghsa => {
            (reqwest::header::AUTHORIZATION, format!("Bearer {key}"))
        }
    };
    let mut value = HeaderValue::from_str(&text).map_err(|_| PlaceError::Key)?;
    value.set_sensitive(true);
    Ok((name, value))
}

/// The body; nothing if it is longer than a record. No more of it is taken in than that.
async fn capped(mut response: Response) -> reqwest::Result<Option<Vec<u8>>> {
    let mut bytes = vec![];
    while let Some(chunk) = response.chunk().await? {
        if bytes.len() + chunk.len() > LONGEST {
            return Ok(None);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Some(bytes))
}

fn no_answer(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "No answer in time"
    } else if error.is_connect() {
        "No connection"
    } else {
        "The connection broke"
    }
}

#[cfg(test)]
mod tests;
