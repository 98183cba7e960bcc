//! Where the PostgreSQL server is, and how the way there is protected.
//!
//! To another machine the connection is encrypted and the server's certificate is checked, unless
//! the address says `sslmode=disable`. Over a socket or to this machine it is plain, unless the
//! address says `sslmode=require`. `sslrootcert=` names a file of authorities to trust instead of
//! the system's. `durability=scratch` accepts a server that forgets in a power cut: for tests.

use std::future::poll_fn;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{AsyncMessage, Client, Config, Connection, NoTls, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::postgres::with_defaults;
use crate::error::{Result, StoreError};

/// What is asked of a server that says it has kept something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// It is on the disk.
    Disk,
    /// Nothing: the rows are thrown away anyway.
    Scratch,
}

/// A server and the way there.
pub(crate) struct Place {
    config: Config,
    /// Whether what is kept must outlive a power cut.
    pub(crate) durability: Durability,
    tls: Option<MakeRustlsConnect>,
}

impl Place {
    /// Reads an address: `postgres://user:secret@host/database?sslmode=…&sslrootcert=…`.
    pub(crate) fn parse(address: &str) -> Result<Self> {
        let Asked { address, authorities, checked, durability } = without_own_parameters(address);
        let config: Config = address.parse().map_err(|error: tokio_postgres::Error| {
            // The error itself is "invalid configuration"; its source names the parameter.
            let source = std::error::Error::source(&error);
            StoreError::Address(source.map_or_else(|| error.to_string(), ToString::to_string))
        })?;
        let mut config = with_defaults(config);
        let encrypted = match config.get_ssl_mode() {
            SslMode::Disable => false,
            SslMode::Require => true,
            _ => checked || !config.get_hosts().iter().all(is_here),
        };
        config.ssl_mode(if encrypted { SslMode::Require } else { SslMode::Disable });
        let tls = if encrypted { Some(encryption(authorities)?) } else { None };
        Ok(Self { config, durability, tls })
    }

    /// The same place for connections that keep nothing.
    pub(crate) fn for_reading(self) -> Self {
        Self { durability: Durability::Scratch, ..self }
    }

    /// Who logs in; the user of this process if the address does not say.
    pub(crate) fn user(&self) -> &str {
        self.config.get_user().unwrap_or_default()
    }
}

/// An address, and what it asks that tokio-postgres does not know.
struct Asked {
    address: String,
    authorities: Option<PathBuf>,
    checked: bool,
    durability: Durability,
}

/// Takes out `sslrootcert`, `durability`, and `verify-full` as a mode.
fn without_own_parameters(address: &str) -> Asked {
    let (mut authorities, mut checked, mut durability) = (None, false, Durability::Disk);
    let Some((place, parameters)) = address.split_once('?') else {
        return Asked { address: address.to_owned(), authorities, checked, durability };
    };
    let mut rest = Vec::new();
    for parameter in parameters.split('&') {
        match parameter.split_once('=') {
            Some(("sslrootcert", path)) => authorities = Some(PathBuf::from(path)),
            Some(("sslmode", "verify-full" | "verify-ca")) => checked = true,
            Some(("durability", "scratch")) => durability = Durability::Scratch,
            Some(_) | None => rest.push(parameter),
        }
    }
    let address = format!("{place}?{}", rest.join("&"));
    Asked { address, authorities, checked, durability }
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1"),
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

fn encryption(authorities: Option<PathBuf>) -> Result<MakeRustlsConnect> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = authorities {
        let file = |error: std::io::Error| StoreError::file(&path, error);
        let unreadable = |error| file(std::io::Error::other(error));
        let pem = std::fs::read(&path).map_err(file)?;
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
            roots.add(certificate).map_err(|error| unreadable(error.to_string()))?;
        }
    } else {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    let config =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(StoreError::database)?
            .with_root_certificates(roots)
            .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// Drives a connection until it ends.
pub(crate) type Driver = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Opens a connection; the driver has to be run beside it, and hands on what the server says unasked.
pub(crate) async fn connect(
    place: &Place,
    on_message: impl FnMut(AsyncMessage) + Send + 'static,
) -> Result<(Client, Driver)> {
    let unreachable = |error| StoreError::Unavailable(Arc::new(error));
    if let Some(tls) = &place.tls {
        let (client, connection) = place.config.connect(tls.clone()).await.map_err(unreachable)?;
        return Ok((client, Box::pin(drive(connection, on_message))));
    }
    let (client, connection) = place.config.connect(NoTls).await.map_err(unreachable)?;
    Ok((client, Box::pin(drive(connection, on_message))))
}

/// Whoever waits for an answer hears of a failure; nobody else needs to.
async fn drive<T: AsyncRead + AsyncWrite + Unpin>(
    mut connection: Connection<Socket, T>,
    mut on_message: impl FnMut(AsyncMessage),
) {
    while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
        on_message(message);
    }
}

#[cfg(test)]
mod tests;
