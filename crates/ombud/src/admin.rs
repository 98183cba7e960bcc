//! What the operator does to accounts and the directory from the command line. On an SQLite file this needs the
//! server to be stopped, and says so.

use std::path::Path;

use anyhow::{Context, Result, bail};
use app::account::{self, NewAccount};
use app::directory;
use app::{Random, Site, policy};
use domain::StaffRole;
use zeroize::Zeroizing;

use crate::cli::{AdminCommand, PasswordFrom, UserCommand};
use crate::config::Config;
use crate::machine::MachineRandom;
use crate::{opened, serve, terminal};

/// Does what was asked, and lets go of the data.
pub(crate) async fn run(config: &Config, command: AdminCommand) -> Result<()> {
    let site = opened::open(config).await?;
    let done = match command {
        AdminCommand::User(command) => user(&site, command).await,
        AdminCommand::SetupLink => setup_link(&site).await,
        AdminCommand::NumberPrefix { letters } => number_prefix(&site, letters).await,
        AdminCommand::ImportCnas { file } => import_cnas(&site, &file).await,
    };
    site.store.close().await;
    done
}

async fn user(site: &Site, command: UserCommand) -> Result<()> {
    let ctx = site.duty();
    match command {
        UserCommand::Add { address, name, role, password } => {
            let password = Password::take(&password)?;
            let named = name.unwrap_or_else(|| before_the_at(&address));
            let new = NewAccount {
                address: address.clone(),
                name: named,
                password: password.text.to_string(),
            };
            let added = account::add_by_operator(&ctx, new, role.staff()).await;
            added.context("The account was not added.")?;
            terminal::say(&format!(
                "{address} can log in at {}/login, and sets up a second factor there first.",
                site.settings.base_url
            ))?;
            password.tell()
        }
        UserCommand::List => list(site).await,
        UserCommand::Disable { address } => {
            let shut = account::disable(&ctx, address.clone()).await;
            shut.context("The account was not shut.")?;
            terminal::say(&format!("{address} can no longer log in; its sessions have ended."))
        }
        UserCommand::ResetPassword { address, password } => {
            let password = Password::take(&password)?;
            let text = password.text.to_string();
            let reset = account::reset_password(&ctx, address.clone(), text).await;
            reset.context("The password was not changed.")?;
            terminal::say(&format!(
                "{address} has a new password; its sessions have ended. A letter tells its owner."
            ))?;
            password.tell()
        }
        UserCommand::ResetSecondFactor { address } => {
            let reset = account::reset_second_factor(&ctx, address.clone()).await;
            reset.context("The second factor was not taken away.")?;
            terminal::say(&format!(
                "{address} has no second factor; its recovery codes and sessions have ended. \
                 A letter tells its owner."
            ))
        }
    }
}

async fn number_prefix(site: &Site, letters: String) -> Result<()> {
    let chosen = policy::choose_prefix(&site.duty(), letters).await;
    let chosen = chosen.context("The letters were not changed.")?;
    terminal::say(&format!("Numbers of cases and notes look like {chosen}#123456."))
}

async fn import_cnas(site: &Site, file: &Path) -> Result<()> {
    let shown = file.display();
    let length = std::fs::metadata(file).with_context(|| format!("{shown} cannot be read."))?.len();
    if usize::try_from(length).is_ok_and(|length| length > formats::cna_list::LARGEST) {
        bail!("{shown} is larger than any list of CNAs.");
    }
    let bytes = std::fs::read(file).with_context(|| format!("{shown} cannot be read."))?;
    let cnas = formats::cna_list::read(&bytes)
        .with_context(|| format!("{shown} is not the CVE program's CNAsList.json."))?;
    let done = directory::import_cnas(&site.duty(), cnas).await;
    let done = done.context("The list was not taken in.")?;
    let (added, known) = (done.added, done.known);
    terminal::say(&format!("{added} CNAs were added to the directory, {known} were there by name."))
}

async fn list(site: &Site) -> Result<()> {
    let team = account::team(&site.duty()).await.context("The team could not be read.")?;
    if team.is_empty() {
        return terminal::say("Nobody belongs to the team yet. Begin with: ombud admin setup-link");
    }
    let width = team.iter().map(|person| person.address.chars().count()).max().unwrap_or(0);
    for person in team {
        let role = person.staff.map_or("", role_name);
        let factor = if person.has_totp { "second factor" } else { "password only" };
        let state = if person.disabled_at.is_some() { "shut" } else { "open" };
        let (address, name) = (&person.address, &person.name);
        terminal::say(&format!("{address:width$}  {role:13}  {state:4}  {factor:13}  {name}"))?;
    }
    Ok(())
}

fn role_name(role: StaffRole) -> &'static str {
    match role {
        StaffRole::Lead => "lead",
        StaffRole::Analyst => "analyst",
        StaffRole::Auditor => "auditor",
        StaffRole::Administrator => "administrator",
    }
}

async fn setup_link(site: &Site) -> Result<()> {
    match serve::setup_link(site).await? {
        Some(link) => terminal::say(&format!("Good once, for three days:\n{link}")),
        None => {
            terminal::say("The server is set up already. Add people with: ombud admin user add")
        }
    }
}

fn before_the_at(address: &str) -> String {
    address.split('@').next().unwrap_or_default().to_owned()
}

/// A password, and whether whoever asked still has to be told it.
struct Password {
    text: Zeroizing<String>,
    is_news: bool,
}

impl Password {
    fn take(from: &PasswordFrom) -> Result<Self> {
        if from.generate {
            return Ok(Self { text: draw(), is_news: true });
        }
        Ok(Self { text: terminal::ask_password()?, is_news: false })
    }

    fn tell(&self) -> Result<()> {
        if self.is_news {
            terminal::say(&format!("Password, shown this once: {}", *self.text))?;
        }
        Ok(())
    }
}

/// 100 bits in letters and digits that are not mistaken for each other.
fn draw() -> Zeroizing<String> {
    let mut bytes = [0; 20];
    MachineRandom.fill(&mut bytes);
    let alphabet = domain::ReportReference::ALPHABET;
    let mut text = Zeroizing::new(String::with_capacity(23));
    for (n, byte) in bytes.iter().enumerate() {
        if n > 0 && n % 5 == 0 {
            text.push('-');
        }
        // 32 letters divide 256 evenly, so that every letter is equally likely.
        text.push(char::from(alphabet.get(usize::from(byte % 32)).copied().unwrap_or(b'0')));
    }
    text
}
