//! Does the relay answer? It is greeted and left again; no letter is sent and no password told.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use outside::smtp::{Smtp, SmtpSettings, Tls};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Finding, chain};
use crate::config::Config;

/// A relay that takes longer to say hello is not there.
const PATIENCE: Duration = Duration::from_secs(5);

/// Answers longer than this are not read, in bytes.
const LONGEST: u64 = 16 * 1024;

/// The relay of the settings, if one is set.
pub(super) async fn check(config: &Config) -> Finding {
    let what = "mail";
    let Some(relay) = &config.relay else {
        let remedy = "Set mail.relay_host and mail.from in [mail].";
        return Finding::warn(what, "no relay is set: letters wait", remedy);
    };
    let remedy = "See that host, port and protection are right, and that no firewall is between.";
    if let Err(error) = Smtp::new(relay) {
        return Finding::fail(what, chain(&error.into()), remedy);
    }
    let shown = format!("{}:{}", relay.host, relay.port);
    match timeout(PATIENCE, greet(relay)).await {
        Ok(Ok(said)) => Finding::ok(what, format!("{shown} {said}")),
        Ok(Err(error)) => Finding::fail(what, format!("{shown}: {}", chain(&error)), remedy),
        Err(_) => Finding::fail(what, format!("{shown} does not answer in time"), remedy),
    }
}

async fn greet(relay: &SmtpSettings) -> Result<&'static str> {
    let stream = TcpStream::connect((relay.host.as_str(), relay.port)).await;
    let stream = stream.context("no connection")?;
    match relay.tls {
        Tls::Implicit => Ok("takes connections; its certificate is checked with the first letter"),
        Tls::StartTls => {
            if talk(stream, relay).await?.contains("STARTTLS") {
                Ok("answers and offers TLS; its certificate is checked with the first letter")
            } else {
                bail!("it does not offer STARTTLS")
            }
        }
        Tls::None => talk(stream, relay).await.map(|_| "answers"),
    }
}

/// Greets and says goodbye; returns what the relay offers.
async fn talk(stream: TcpStream, relay: &SmtpSettings) -> Result<String> {
    let (reading, mut writing) = stream.into_split();
    let mut reading = BufReader::new(reading.take(LONGEST));
    let me = relay.hello_name.as_deref().unwrap_or("localhost");
    answer(&mut reading, "220").await.context("its greeting")?;
    writing.write_all(format!("EHLO {me}\r\n").as_bytes()).await?;
    let offers = answer(&mut reading, "250").await.context("its answer to EHLO")?;
    writing.write_all(b"NOOP\r\n").await?;
    answer(&mut reading, "250").await.context("its answer to NOOP")?;
    writing.write_all(b"QUIT\r\n").await?;
    Ok(offers)
}

/// One answer, of one line or several.
async fn answer(reading: &mut (impl AsyncBufReadExt + Unpin), wanted: &str) -> Result<String> {
    let mut whole = String::new();
    loop {
        let mut line = String::new();
        if reading.read_line(&mut line).await? == 0 {
            bail!("it hung up");
        }
        if !line.starts_with(wanted) {
            bail!("it said “{}”", line.trim_end().chars().take(80).collect::<String>());
        }
        let is_last = line.get(3..4) != Some("-");
        whole.push_str(&line.to_uppercase());
        if is_last {
            return Ok(whole);
        }
    }
}
