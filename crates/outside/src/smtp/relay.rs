//! The real relay. The steps of the conversation are taken one by one, because only they tell a
//! letter that was not sent from one that may have been.

use std::error::Error as _;
use std::fmt;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use tokio::time::{Instant, timeout};

use super::{Failure, NotTaken, Parcel, Post, SettingsError, SmtpSettings, Taken, Tls, one_line};

/// A relay, and the connections to it that are open.
pub struct Smtp {
    host: String,
    port: u16,
    protection: Protection,
    credentials: Option<Credentials>,
    hello: ClientId,
    timeout: Duration,
    idle: Mutex<Vec<Idle>>,
}

enum Protection {
    Implicit(TlsParameters),
    StartTls(TlsParameters),
    None,
}

struct Idle {
    connection: AsyncSmtpConnection,
    since: Instant,
}

/// No letter holds up the others for longer.
const LONGEST: Duration = Duration::from_secs(30);

/// How long an open connection waits for the next letter: less than relays do.
const KEPT_FOR: Duration = Duration::from_mins(1);

/// How many open connections wait.
const MOST_KEPT: usize = 4;

/// How long saying goodbye may take.
const GOODBYE: Duration = Duration::from_secs(1);

/// Without it, text would be read as no certificates at all, and all be well.
const PEM: &[u8] = b"-----BEGIN CERTIFICATE-----";

impl Smtp {
    /// A relay as described, its certificate judged as this machine judges any; nothing is
    /// connected yet.
    pub fn new(settings: &SmtpSettings) -> Result<Self, SettingsError> {
        Self::with_root(settings, None)
    }

    /// The same, for a relay whose certificate comes from an authority of one's own (PEM).
    pub fn trusting(settings: &SmtpSettings, authority: &[u8]) -> Result<Self, SettingsError> {
        if !authority.windows(PEM.len()).any(|window| window == PEM) {
            return Err(SettingsError::Certificates("there is no PEM certificate".to_owned()));
        }
        let root = Certificate::from_pem(authority).map_err(|error| unreadable(&error))?;
        Self::with_root(settings, Some(root))
    }

    fn with_root(
        settings: &SmtpSettings,
        root: Option<Certificate>,
    ) -> Result<Self, SettingsError> {
        let host = settings.host.clone();
        if !is_plain_name(&host) || settings.port == 0 {
            return Err(SettingsError::Address);
        }
        let parameters = || {
            let builder = TlsParameters::builder(host.clone());
            let builder = match root {
                Some(root) => builder.add_root_certificate(root),
                None => builder,
            };
            builder.build().map_err(|error| unreadable(&error))
        };
        let protection = match settings.tls {
            Tls::Implicit => Protection::Implicit(parameters()?),
            Tls::StartTls => Protection::StartTls(parameters()?),
            Tls::None if is_this_machine(&host) => Protection::None,
            Tls::None => return Err(SettingsError::Plain),
        };
        let credentials = match (&settings.username, &settings.password) {
            (Some(user), Some(password)) => Some(Credentials::new(user.clone(), password.clone())),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return Err(SettingsError::Credentials),
        };
        let hello = match &settings.hello_name {
            Some(name) if is_plain_name(name) => ClientId::Domain(name.clone()),
            Some(_) => return Err(SettingsError::Hello),
            None => ClientId::default(),
        };
        let (port, timeout) = (settings.port, settings.timeout.min(LONGEST));
        Ok(Self { host, port, protection, credentials, hello, timeout, idle: Mutex::default() })
    }

    async fn hand_over(&self, parcel: &Parcel) -> Result<Taken, NotTaken> {
        let from = address(&parcel.from, "sender")?;
        let to = address(&parcel.to, "recipient")?;
        let handed = AtomicBool::new(false);
        let conversation = async {
            let mut connection = self.connection().await?;
            let answer = converse(&mut connection, from, to, &parcel.message, &handed).await;
            Ok((connection, answer))
        };
        match timeout(self.timeout, conversation).await {
            Ok(Ok((connection, Ok(taken)))) => {
                self.keep(connection);
                Ok(taken)
            }
            Ok(Ok((mut connection, Err(not_taken)))) => {
                // A relay that is slow to say goodbye has given its answer all the same.
                drop(timeout(GOODBYE, connection.abort()).await);
                Err(not_taken)
            }
            Ok(Err(not_taken)) => Err(not_taken),
            Err(_) if handed.load(Ordering::Relaxed) => Err(NotTaken::new(
                Failure::InDoubt,
                "the relay did not say in time whether it took the message",
            )),
            Err(_) => Err(NotTaken::new(Failure::Later, "the relay did not answer in time")),
        }
    }

    /// An open connection: one that is still good, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, NotTaken> {
        while let Some(mut idle) = self.kept() {
            if idle.since.elapsed() < KEPT_FOR && idle.connection.test_connected().await {
                return Ok(idle.connection);
            }
        }
        self.connect().await
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, NotTaken> {
        // Whatever goes wrong before a letter is spoken of is not the letter's fault: try later.
        let later = |what: &str, error: &Error| {
            NotTaken::new(Failure::Later, &format!("{what}: {}", told(error)))
        };
        let (at_once, afterwards) = match &self.protection {
            Protection::Implicit(tls) => (Some(tls.clone()), None),
            Protection::StartTls(tls) => (None, Some(tls.clone())),
            Protection::None => (None, None),
        };
        let server = (self.host.as_str(), self.port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(
            server,
            Some(self.timeout),
            &self.hello,
            at_once,
            None,
        )
        .await
        .map_err(|error| later("the relay cannot be reached", &error))?;
        if let Some(tls) = afterwards {
            connection
                .starttls(tls, &self.hello)
                .await
                .map_err(|error| later("the connection to the relay cannot be secured", &error))?;
        }
        if let Some(credentials) = &self.credentials {
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], credentials)
                .await
                .map_err(|error| later("the relay does not let us in", &error))?;
        }
        Ok(connection)
    }

    fn kept(&self) -> Option<Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MOST_KEPT {
            idle.push(Idle { connection, since: Instant::now() });
        }
    }
}

impl Post for Smtp {
    fn send<'a>(
        &'a self,
        parcel: &'a Parcel,
    ) -> Pin<Box<dyn Future<Output = Result<Taken, NotTaken>> + Send + 'a>> {
        Box::pin(self.hand_over(parcel))
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Smtp({}:{})", self.host, self.port)
    }
}

/// The conversation about one message. `handed` becomes true when the message itself goes out.
async fn converse(
    connection: &mut AsyncSmtpConnection,
    from: Address,
    to: Address,
    message: &[u8],
    handed: &AtomicBool,
) -> Result<Taken, NotTaken> {
    let message = without_last_end(message)?;
    let mut parameters = vec![];
    if ![&from, &to].map(AsRef::<str>::as_ref).iter().all(|address| address.is_ascii()) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(NotTaken::new(Failure::Never, "the relay does not know such addresses"));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !message.is_ascii() {
        if !connection.server_info().supports_feature(Extension::EightBitMime) {
            return Err(NotTaken::new(Failure::Later, "the relay does not know 8BITMIME"));
        }
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let refused = |error: Error| refusal(&error);
    connection.command(Mail::new(Some(from), parameters)).await.map_err(refused)?;
    connection.command(Rcpt::new(to, vec![])).await.map_err(refused)?;
    connection.command(Data).await.map_err(refused)?;
    handed.store(true, Ordering::Relaxed);
    match connection.message(message).await {
        Ok(response) => {
            let said = response.message().collect::<Vec<_>>().join(" ");
            Ok(Taken { answer: one_line(&format!("{} {said}", response.code())) })
        }
        Err(error) if error.status().is_some() => Err(refusal(&error)),
        Err(error) => Err(NotTaken::new(
            Failure::InDoubt,
            &format!("the connection broke before the relay answered: {}", told(&error)),
        )),
    }
}

/// What a failure before the end of a message means. The relay's wish that we log in (530, 535)
/// is not about this letter.
fn refusal(error: &Error) -> NotTaken {
    let about_us = error.status().is_some_and(|code| matches!(u16::from(code), 530 | 534 | 535));
    let how = if error.is_permanent() && !about_us { Failure::Never } else { Failure::Later };
    NotTaken::new(how, &told(error))
}

/// What went wrong: what the relay said, or why it could not be heard.
fn told(error: &Error) -> String {
    match (error.status(), error.source()) {
        (Some(code), Some(said)) => format!("{code} {said}"),
        (Some(code), None) => code.to_string(),
        (None, _) => error.to_string(),
    }
}

fn address(text: &str, whose: &str) -> Result<Address, NotTaken> {
    let wrong =
        |_| NotTaken::new(Failure::Never, &format!("the {whose}'s mail address is not one"));
    text.parse().map_err(wrong)
}

/// The message without its last line end, which the end of DATA brings along. A bare CR or LF is
/// read by one relay as a line end and not by the next, which lets a text end a message and begin
/// another: such a message does not go out.
fn without_last_end(message: &[u8]) -> Result<&[u8], NotTaken> {
    let mut before = 0;
    for (at, byte) in message.iter().enumerate() {
        let cr_before = before == b'\r';
        if (*byte == b'\n') != cr_before || (at + 1 == message.len() && *byte == b'\r') {
            return Err(NotTaken::new(
                Failure::Never,
                "the message has a line end that is not CRLF",
            ));
        }
        before = *byte;
    }
    Ok(message.strip_suffix(b"\r\n").unwrap_or(message))
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

fn is_plain_name(name: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || "-.:_".contains(c);
    !name.is_empty() && name.len() <= 253 && name.chars().all(known)
}

fn unreadable(error: &Error) -> SettingsError {
    SettingsError::Certificates(one_line(&error.to_string()))
}

#[cfg(test)]
mod tests;
