//! The server's OpenPGP key as the operator meets it. The secret part never leaves the database by
//! any of these commands.

use anyhow::{Context, Result, anyhow};
use app::{Site, service_key};
use clap::Subcommand;

use crate::config::Config;
use crate::{opened, terminal};

/// What can be asked about the key.
#[derive(Subcommand)]
pub(crate) enum KeysCommand {
    /// Print its fingerprint, its name and when it runs out
    Show,
    /// Print the public key, to publish it elsewhere or give it to somebody
    Export,
    /// Print a revocation: keep it on paper, and publish it should the key ever be stolen
    Revocation,
}

/// Makes the key at the first start, so that it is there before anybody asks.
pub(crate) async fn make(site: &Site) -> Result<()> {
    let made = service_key::keep_service_key(&site.duty()).await;
    made.map(drop).context("The server's OpenPGP key could not be made.")
}

/// Says what was asked, beside a server that may be at work.
pub(crate) async fn run(config: &Config, command: KeysCommand) -> Result<()> {
    let site = opened::beside(config).await?;
    let text = text(&site, command).await;
    site.store.close().await;
    terminal::say(text?.trim_end())
}

async fn text(site: &Site, command: KeysCommand) -> Result<String> {
    let ctx = site.duty();
    let certificate = service_key::certificate(&ctx).await.context("The key cannot be read.")?;
    let none = || anyhow!("There is no OpenPGP key yet. It is made when the server starts.");
    let certificate = certificate.ok_or_else(none)?;
    match command {
        KeysCommand::Show => {
            let expires = certificate.expires_at(ctx.now());
            let day = expires.map(|at| at.strftime("%Y-%m-%d").to_string()).unwrap_or_default();
            Ok(format!(
                "Fingerprint: {}\nName: {}\nGood until: {day} (the server extends it in time)",
                certificate.fingerprint(),
                certificate.user_ids(ctx.now()).join(", ")
            ))
        }
        KeysCommand::Export => certificate.to_armored().context("The key cannot be written."),
        KeysCommand::Revocation => {
            let revocation = service_key::revocation(&ctx).await;
            revocation.context("The revocation could not be made.")
        }
    }
}
