//! The real courier: HTTPS, to places that were judged.

use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Certificate, Client, header, redirect};
use tokio::time::Instant;

use super::address::Way;
use super::{Address, Answer, Courier, Message, Networks};

/// How long looking up and opening a connection may take, and the whole try.
#[derive(Debug, Clone, Copy)]
struct Patience {
    connect: Duration,
    whole: Duration,
}

/// The scheme recommends 15 to 30 seconds for the whole.
const PATIENCE: Patience =
    Patience { connect: Duration::from_secs(5), whole: Duration::from_secs(15) };

/// What we call ourselves.
const AGENT: &str = concat!("Ombud/", env!("CARGO_PKG_VERSION"), " (webhook)");

/// Posts over the network.
pub struct Https {
    encrypted: Client,
    plain: Client,
    guard: Arc<Guard>,
}

/// The courier could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the client for webhooks cannot be made")]
pub struct ClientError(#[from] reqwest::Error);

/// Where names lead, and which numbers may be called.
struct Guard {
    names: Arc<dyn Names>,
    networks: Networks,
    patience: Patience,
}

/// What knows where names lead. In tests another than the system.
trait Names: Send + Sync {
    fn numbers(
        &self,
        host: String,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;
}

struct System;

/// Why a name was not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum NotCalled {
    #[error("there is no such host")]
    NoSuchHost,
    #[error("that host is inside a network that may not be called")]
    Inside,
    #[error("plain http is only for networks that the operator named")]
    Plain,
}

/// Looks names up for one way, and hands on what may be called on it. The connection is opened to
/// what is handed on, so that a name that leads elsewhere a moment later leads nowhere.
struct Judged {
    guard: Arc<Guard>,
    way: Way,
}

impl Https {
    /// A courier that calls the public internet, and networks of the operator's own.
    pub fn new(networks: Networks) -> Result<Self, ClientError> {
        let guard = Guard { names: Arc::new(System), networks, patience: PATIENCE };
        Self::with(guard, &[])
    }

    /// The same, where certificates of an authority of one's own (PEM) count as well.
    pub fn trusting(networks: Networks, authority: &[u8]) -> Result<Self, ClientError> {
        let guard = Guard { names: Arc::new(System), networks, patience: PATIENCE };
        Self::with(guard, &Certificate::from_pem_bundle(authority)?)
    }

    fn with(guard: Guard, authorities: &[Certificate]) -> Result<Self, ClientError> {
        // Whoever came first has set it, and to the same.
        drop(rustls::crypto::ring::default_provider().install_default());
        let guard = Arc::new(guard);
        let client = |way| {
            Client::builder()
                .user_agent(AGENT)
                .dns_resolver(Judged { guard: Arc::clone(&guard), way })
                .tls_certs_merge(authorities.iter().cloned())
                .https_only(way == Way::Encrypted)
                .redirect(redirect::Policy::none())
                .no_proxy()
                .http1_only()
                .referer(false)
                .pool_max_idle_per_host(0)
                .connect_timeout(guard.patience.connect)
                .timeout(guard.patience.whole)
                .build()
        };
        let (encrypted, plain) = (client(Way::Encrypted)?, client(Way::Plain)?);
        Ok(Self { encrypted, plain, guard })
    }

    async fn post(&self, message: &Message) -> Answer {
        let begun = Instant::now();
        // A number is connected to without being looked up, so it is judged here.
        if let Some(number) = message.to.number()
            && let Err(why) = self.guard.judge(&[number], message.to.way())
        {
            return Answer::none(&why.to_string(), begun.elapsed());
        }
        let client = match message.to.way() {
            Way::Encrypted => &self.encrypted,
            Way::Plain => &self.plain,
        };
        let sent = client
            .post(message.to.url())
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", message.at)
            .header("webhook-signature", message.signatures())
            .body(message.body.clone())
            .send()
            .await;
        // The body of the answer goes with the connection, unread.
        match sent {
            Ok(response) => Answer::of_status(response.status().as_u16(), begun.elapsed()),
            Err(error) => Answer::none(&why(&error), begun.elapsed()),
        }
    }
}

impl Courier for Https {
    fn deliver<'a>(
        &'a self,
        message: &'a Message,
    ) -> Pin<Box<dyn Future<Output = Answer> + Send + 'a>> {
        Box::pin(self.post(message))
    }

    fn look_up<'a>(
        &'a self,
        to: &'a Address,
    ) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>> {
        let judged = async {
            match to.number() {
                Some(number) => self.guard.judge(&[number], to.way()),
                None => self.guard.numbers(to.host(), to.way()).await.map(drop),
            }
        };
        Box::pin(async { judged.await.map_err(|why| why.to_string()) })
    }
}

impl Guard {
    async fn numbers(&self, host: &str, way: Way) -> Result<Vec<IpAddr>, NotCalled> {
        let found =
            tokio::time::timeout(self.patience.connect, self.names.numbers(host.to_owned()));
        let numbers = found.await.ok().and_then(Result::ok).unwrap_or_default();
        self.judge(&numbers, way)?;
        Ok(numbers)
    }

    /// A name of which one number may not be called is not called at all.
    fn judge(&self, numbers: &[IpAddr], way: Way) -> Result<(), NotCalled> {
        if numbers.is_empty() {
            return Err(NotCalled::NoSuchHost);
        }
        if numbers.iter().all(|number| self.networks.may_call(*number, way)) {
            return Ok(());
        }
        Err(match way {
            Way::Encrypted => NotCalled::Inside,
            Way::Plain => NotCalled::Plain,
        })
    }
}

impl Names for System {
    fn numbers(
        &self,
        host: String,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|found| found.ip()).collect())
        })
    }
}

impl Resolve for Judged {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, way) = (Arc::clone(&self.guard), self.way);
        Box::pin(async move {
            let numbers = guard.numbers(name.as_str(), way).await?;
            // Port 0 stands for the one of the address.
            let places = numbers.into_iter().map(|number| SocketAddr::new(number, 0));
            Ok(Box::new(places) as Addrs)
        })
    }
}

/// Why there was no answer, in words of ours.
fn why(error: &reqwest::Error) -> String {
    let mut inner: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(one) = inner {
        if let Some(not_called) = one.downcast_ref::<NotCalled>() {
            return not_called.to_string();
        }
        if one.downcast_ref::<rustls::Error>().is_some() {
            return "its certificate is not good, or TLS failed".to_owned();
        }
        inner = match one.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(within) => Some(within),
            None => one.source(),
        };
    }
    if error.is_timeout() {
        "did not answer in time".to_owned()
    } else if error.is_connect() {
        "cannot be reached".to_owned()
    } else {
        "did not answer as a web server does".to_owned()
    }
}

#[cfg(test)]
mod tests;
