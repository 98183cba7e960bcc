//! What the operator says: flags before variables before the file before defaults. A word that is
//! not known or makes no sense stops the start with one sentence: which, what is wrong, what to do.

mod channels;
mod cve;
mod files;
mod gathered;
mod mirror;
mod records;
mod table;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, bail};
use domain::record::RecordSource;
use outside::records::Records;
use outside::smtp::{Smtp, SmtpSettings, Tls};
use store::Place;
use tracing_subscriber::EnvFilter;

pub(crate) use channels::Channels;
pub(crate) use cve::Cve;
pub(crate) use files::Files;
pub(crate) use gathered::Settings;
use gathered::Value;
pub(crate) use mirror::MirrorAt;

/// How long one letter may take on its way to the relay.
const LETTER_TIMEOUT: Duration = Duration::from_secs(30);

/// What the server is to be, every word of it understood.
pub(crate) struct Config {
    /// The directory of the data.
    pub(crate) data: PathBuf,
    /// Where people are answered.
    pub(crate) listen: SocketAddr,
    /// The address in links; where the server listens, unless it is said.
    pub(crate) base_url: Option<String>,
    /// The name of the team, as people read it.
    pub(crate) site_name: String,
    /// Where Prometheus is answered.
    pub(crate) metrics: Metrics,
    /// What is logged.
    pub(crate) log: String,
    /// How it is logged.
    pub(crate) log_format: LogFormat,
    /// Where the rows are.
    pub(crate) place: Place,
    /// Where attachments are.
    pub(crate) files: Files,
    /// Where copies of the public site are kept.
    pub(crate) mirrors: Vec<MirrorAt>,
    /// Where the keys are.
    pub(crate) key_file: PathBuf,
    /// The address letters come from.
    pub(crate) from: String,
    /// Where letters to the team go.
    pub(crate) team: Option<String>,
    /// What hands letters on; without one they wait.
    pub(crate) relay: Option<SmtpSettings>,
    /// Lines to those whose records of published flaws are looked for.
    pub(crate) records: Vec<(RecordSource, Records)>,
    /// Which CNA the team is, if it is one.
    pub(crate) cve: Option<Cve>,
    /// By what else published notes go out.
    pub(crate) channels: Channels,
    /// The number of the team as a numbering authority of GCVE.
    pub(crate) gna: Option<u32>,
}

/// Where Prometheus is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Metrics {
    /// Nowhere.
    Off,
    /// Here, or the server does not start.
    At(SocketAddr),
    /// Here, unless somebody else listens there already: nobody asked for it.
    IfFree(SocketAddr),
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For machines, one object a line.
    Json,
}

impl Config {
    /// Understands what was gathered.
    pub(crate) fn read(settings: &Settings) -> Result<Self> {
        let data = settings.data().to_owned();
        let relay = relay(settings)?;
        Ok(Self {
            listen: address(settings.required("server.listen")?)?,
            base_url: settings.value("server.base_url").map(base_url).transpose()?,
            site_name: settings.required("server.site_name").and_then(one_line)?,
            metrics: metrics(settings.required("server.metrics")?)?,
            log: settings.required("server.log").and_then(filter)?,
            log_format: log_format(settings.required("server.log_format")?)?,
            place: place(
                settings.value("database.url"),
                settings.value("database.public_url"),
                &data,
            )?,
            files: files::read(settings, &data)?,
            mirrors: mirror::read(settings, &data)?,
            key_file: key_file(settings.value("keys.file"), &data)?,
            channels: channels::read(settings, relay.as_ref())?,
            from: from(settings, relay.as_ref())?,
            team: settings.value("mail.team").map(mail_address).transpose()?,
            records: records::read(settings)?,
            gna: settings.value("gcve.gna").map(gna).transpose()?,
            relay,
            cve: cve::read(settings)?,
            data,
        })
    }

    /// The file of the rows, if they are in one.
    pub(crate) fn sqlite(&self) -> Option<&Path> {
        match &self.place {
            Place::Sqlite { path } => Some(path),
            Place::Postgres { .. } => None,
        }
    }
}

/// What `config check` says when all is well.
pub(crate) fn fine(settings: &Settings) -> String {
    let n_said = settings.n_said();
    let said =
        if n_said == 1 { "1 setting was".to_owned() } else { format!("{n_said} settings were") };
    format!("The configuration is fine: {said} given, the others have their defaults.")
}

fn wrong(value: &Value, what: impl fmt::Display) -> anyhow::Error {
    anyhow::anyhow!("{} (from {}) {what}", value.name(), value.source)
}

fn address(value: &Value) -> Result<SocketAddr> {
    let text = value.text.replace("localhost:", "127.0.0.1:");
    text.parse().map_err(|_| {
        wrong(
            value,
            format_args!(
                "is “{}”, which is not an address and a port; write one as 127.0.0.1:8080.",
                value.text
            ),
        )
    })
}

fn metrics(value: &Value) -> Result<Metrics> {
    if value.text == "off" {
        return Ok(Metrics::Off);
    }
    let at = address(value)?;
    Ok(if value.is_default() { Metrics::IfFree(at) } else { Metrics::At(at) })
}

fn base_url(value: &Value) -> Result<String> {
    let text = value.text.trim_end_matches('/');
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let fine = rest.is_some_and(|host| {
        let letters =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        !host.is_empty() && host.chars().all(letters)
    });
    if !fine {
        return Err(wrong(
            value,
            format_args!(
                "is “{}”, which is not the address of a site; write one as \
                 https://disclose.example.org, without a path.",
                value.text
            ),
        ));
    }
    Ok(text.to_owned())
}

fn one_line(value: &Value) -> Result<String> {
    let text = value.text.trim();
    let plain = |c: char| !c.is_control() && !matches!(c, '<' | '>' | '"');
    if text.is_empty() || text.chars().count() > 80 || !text.chars().all(plain) {
        let what = "must be a name of at most 80 letters, without <, > or quotation marks.";
        return Err(wrong(value, what));
    }
    Ok(text.to_owned())
}

fn filter(value: &Value) -> Result<String> {
    match EnvFilter::try_new(&value.text) {
        Ok(_) => Ok(value.text.clone()),
        Err(_) => Err(wrong(
            value,
            format_args!(
                "is “{}”, which is no level; write error, warn, info, debug or trace.",
                value.text
            ),
        )),
    }
}

fn log_format(value: &Value) -> Result<LogFormat> {
    match value.text.as_str() {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        other => Err(wrong(value, format_args!("is “{other}”; write text or json."))),
    }
}

fn place(value: Option<&Value>, public: Option<&Value>, data: &Path) -> Result<Place> {
    let is_postgres =
        |url: &str| url.starts_with("postgres://") || url.starts_with("postgresql://");
    let url = value.map(|value| value.text.clone()).unwrap_or_default();
    if let Some(public) = public
        && !(is_postgres(&url) && is_postgres(&public.text))
    {
        let what = "is for PostgreSQL: another login to the database of database.url, written \
             as postgres://user:password@host/database.";
        return Err(wrong(public, what));
    }
    if is_postgres(&url) {
        return Ok(Place::Postgres { url, public_url: public.map(|public| public.text.clone()) });
    }
    let Some(value) = value else { return Ok(Place::Sqlite { path: data.join("ombud.sqlite") }) };
    if url.contains("://") {
        let what = "must be the path of an SQLite file, or an address as \
             postgres://user:password@host/database.";
        return Err(wrong(value, what));
    }
    Ok(Place::Sqlite { path: url.strip_prefix("sqlite:").unwrap_or(&url).into() })
}

/// Beside the data, not in it: who copies the data has not copied the keys.
fn key_file(value: Option<&Value>, data: &Path) -> Result<PathBuf> {
    let whole = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
    let Some(value) = value else {
        let nameless = if data.file_name().is_some() { data } else { &whole };
        let (Some(name), Some(folder)) = (nameless.file_name(), nameless.parent()) else {
            bail!(
                "The data directory {} has no place beside it for the keys; \
                 say where they are to be (keys.file).",
                data.display()
            );
        };
        let mut name = name.to_owned();
        name.push(".key");
        return Ok(folder.join(name));
    };
    let path = PathBuf::from(&value.text);
    let there = std::path::absolute(&path).unwrap_or_else(|_| path.clone());
    if there.starts_with(&whole) {
        let what = "is inside the data directory, where every copy of the data would carry the \
             keys along; put it elsewhere.";
        return Err(wrong(value, what));
    }
    Ok(path)
}

fn mail_address(value: &Value) -> Result<String> {
    mail_address_of(value, value.text.trim())
}

fn mail_address_of(value: &Value, text: &str) -> Result<String> {
    let fine = text.split_once('@').is_some_and(|(name, host)| {
        let plain =
            |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | ',' | ';' | '@' | '"');
        !name.is_empty()
            && !host.is_empty()
            && text.chars().filter(|c| *c != '@').all(plain)
            && !host.contains('@')
    });
    if !fine {
        let what = format_args!(
            "is “{text}”, which is not a bare mail address; write one as disclosure@example.org."
        );
        return Err(wrong(value, what));
    }
    Ok(text.to_owned())
}

fn from(settings: &Settings, relay: Option<&SmtpSettings>) -> Result<String> {
    match settings.value("mail.from") {
        Some(value) => mail_address(value),
        None if relay.is_some() => bail!(
            "mail.from is missing: letters need an address to come from. \
             Set it in [mail], or as OMBUD_MAIL_FROM."
        ),
        None => Ok("ombud@localhost".to_owned()),
    }
}

fn relay(settings: &Settings) -> Result<Option<SmtpSettings>> {
    let Some(host) = settings.value("mail.relay_host") else {
        let useless = ["mail.relay_port", "mail.relay_username", "mail.relay_password"];
        return match useless.iter().find_map(|name| settings.value(name)) {
            Some(value) => {
                Err(wrong(value, "is set, but no relay is; set mail.relay_host as well."))
            }
            None => Ok(None),
        };
    };
    let (tls, usual) = tls(settings.required("mail.relay_tls")?)?;
    let port = settings.value("mail.relay_port").map(port).transpose()?.unwrap_or(usual);
    let username = settings.value("mail.relay_username");
    let password = settings.value("mail.relay_password");
    match (username, password) {
        (Some(name), None) => {
            return Err(wrong(name, "is set without a password; set mail.relay_password as well."));
        }
        (None, Some(password)) => {
            return Err(wrong(password, "is set without a name; set mail.relay_username as well."));
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
    let relay = SmtpSettings {
        host: host.text.clone(),
        port,
        tls,
        username: username.map(|value| value.text.clone()),
        password: password.map(|value| value.text.clone()),
        hello_name: settings.value("mail.hello").map(|value| value.text.clone()),
        timeout: LETTER_TIMEOUT,
    };
    if let Err(error) = Smtp::new(&relay) {
        return Err(wrong(host, format_args!("cannot be used as a relay: {error}.")));
    }
    Ok(Some(relay))
}

/// How the connection is protected, and at which port that is usual.
fn tls(value: &Value) -> Result<(Tls, u16)> {
    match value.text.as_str() {
        "starttls" => Ok((Tls::StartTls, 587)),
        "implicit" => Ok((Tls::Implicit, 465)),
        "none" => Ok((Tls::None, 25)),
        other => Err(wrong(value, format_args!("is “{other}”; write starttls, implicit or none."))),
    }
}

fn gna(value: &Value) -> Result<u32> {
    value.text.parse().map_err(|_| {
        wrong(
            value,
            format_args!("is “{}”; write the number that the GCVE directory gave you.", value.text),
        )
    })
}

fn port(value: &Value) -> Result<u16> {
    let port = value.text.parse().ok().filter(|port| *port != 0);
    port.ok_or_else(|| {
        wrong(value, format_args!("is “{}”; write a port from 1 to 65535.", value.text))
    })
}
