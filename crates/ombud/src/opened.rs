//! The site: rows, keys, clock, chance and post put together. Nothing is opened whose keys are not
//! proved to be the ones of the data.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Error, Result, anyhow, bail};
use app::channel::{Calls, Outlets};
use app::cve::Cna;
use app::records::Watched;
use app::secret::Hashing;
use app::{SecondFactor, Settings, Site};
use outside::cve_services::CveServices;
use outside::smtp::{Nowhere, Post, Smtp};
use outside::webhook::Https;
use store::{Blobs, Place, Store, StoreError, Vault};

use crate::config::{Config, Cve, Files};
use crate::keys::{self, Found, HasData, Keys, Unproved};
use crate::machine::{self, MachineClock, MachineRandom};
use crate::mirror;

/// How many slow hashes are computed at once: each takes 46 MiB.
const HASHES_AT_ONCE: usize = 2;

/// Opens everything, and makes on the first start what is not there.
pub(crate) async fn open(config: &Config) -> Result<Site> {
    make_folder(&config.data)?;
    let has_data = has_data(config);
    let (keys, new) = match keys::read_or_make(&config.key_file, has_data)? {
        Found::Kept(keys) => (keys, None),
        Found::Made(keys, unproved) => (keys, Some(unproved)),
    };
    let store = Store::open(&config.place).await.map_err(|error| cannot_open(error, config))?;
    if let Some(gap) = store.public_gap() {
        tracing::warn!(gap, "public pages are not kept from private tables by the database");
    }
    let site = site(config, store, &keys)?;
    prove(&site).await.map_err(|error| unproved(error, config, new.as_ref()))?;
    if let Some(new) = new {
        new.keep();
    }
    Ok(site)
}

/// Opens what is there, only to look at it: beside a server that may be at work. Makes nothing.
pub(crate) async fn beside(config: &Config) -> Result<Site> {
    let keys = keys::read(&config.key_file)?.with_context(|| {
        let shown = config.key_file.display();
        format!("The key file {shown} is missing. Say where it is (keys.file).")
    })?;
    if let Place::Sqlite { path } = &config.place
        && !path.exists()
    {
        bail!("There is no database at {}. Say where it is (--data).", path.display());
    }
    let store = Store::open_beside(&config.place).await;
    let store = store.context("The database cannot be looked at.")?;
    site(config, store, &keys)
}

fn site(config: &Config, store: Store, keys: &Keys) -> Result<Site> {
    Ok(Site {
        store,
        blobs: blobs(config)?,
        vault: Vault::new(*keys.kek, Arc::new(|bytes: &mut [u8]| machine::fill(bytes))),
        pepper: Arc::new(*keys.pepper),
        clock: Arc::new(MachineClock),
        random: Arc::new(MachineRandom),
        post: post(config)?,
        settings: Arc::new(settings(config)),
        hashing: Arc::new(Hashing::new(HASHES_AT_ONCE)),
        outlets: Arc::new(outlets(config)?),
    })
}

/// Where attachments lie.
pub(crate) fn blobs(config: &Config) -> Result<Blobs> {
    match &config.files {
        Files::Directory(directory) => Blobs::local(directory)
            .with_context(|| format!("The directory {} cannot be used.", directory.display())),
        Files::Bucket(bucket) => {
            Blobs::s3(bucket).context("The bucket cannot be used as it is described in [files].")
        }
    }
}

/// A directory that only this user may look into.
pub(crate) fn make_folder(path: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    let made = builder.recursive(true).mode(0o700).create(path);
    made.with_context(|| {
        let shown = path.display();
        format!("The data directory {shown} cannot be made. Make it, or say another (--data).")
    })
}

fn has_data(config: &Config) -> HasData {
    match config.sqlite() {
        Some(path) if fs::metadata(path).is_ok_and(|file| file.len() > 0) => {
            HasData::Yes(path.to_owned())
        }
        Some(_) | None => HasData::No,
    }
}

async fn prove(site: &Site) -> app::Result<()> {
    let ctx = site.duty();
    ctx.write(|desk| {
        let vault = desk.ctx().site().vault.clone();
        Ok(desk.tx().prove_vault(&vault)?)
    })
    .await
}

fn unproved(error: app::Error, config: &Config, new: Option<&Unproved>) -> Error {
    let shown = config.key_file.display();
    match error {
        app::Error::Store(StoreError::Sealed { .. }) if new.is_some() => anyhow!(
            "The key file {shown} is missing, and the database cannot be read without it. \
             Put it back from where you keep its copy, or say where it is (keys.file)."
        ),
        app::Error::Store(StoreError::Sealed { .. }) => anyhow!(
            "The key file {shown} is not the one of this data. \
             Put back the right one, or say where it is (keys.file)."
        ),
        other => Error::new(other).context("The database could not be checked against the keys."),
    }
}

/// Says what to do about a database that does not open.
fn cannot_open(error: StoreError, config: &Config) -> Error {
    if matches!(error, StoreError::InUse(_)) {
        return anyhow!(
            "A server is running on the data in {}, and only one program may use it at a time. \
             Stop that server first, or say another directory (--data).",
            config.data.display()
        );
    }
    Error::new(error).context("The database cannot be opened. `ombud doctor` tells more.")
}

fn post(config: &Config) -> Result<Arc<dyn Post>> {
    Ok(match &config.relay {
        Some(relay) => {
            let smtp = Smtp::new(relay);
            Arc::new(smtp.context("The relay cannot be used as it is described in [mail].")?)
        }
        None => Arc::new(Nowhere),
    })
}

fn outlets(config: &Config) -> Result<Outlets> {
    let account = config.cve.as_ref().and_then(|cve| cve.service.as_ref());
    let cve = account.map(|(_, account)| CveServices::new(account)).transpose();
    let cve = cve.context("CVE Services cannot be used as it is described in [cve].")?;
    let courier = Https::new(config.channels.networks.clone());
    let courier = courier.context("The client for webhooks cannot be made.")?;
    Ok(Outlets {
        seen: Mutex::default(),
        copies: mirror::copies(config)?,
        cve,
        courier: Calls(Arc::new(courier)),
        lists: config.channels.lists.clone(),
        records: Watched::new(config.records.clone()),
    })
}

fn cna(cve: &Cve) -> Cna {
    let world = cve.service.as_ref().map(|(world, _)| world.clone()).unwrap_or_default();
    Cna { organisation: cve.organisation.clone(), world }
}

fn settings(config: &Config) -> Settings {
    let mut node = [0; 8];
    machine::fill(&mut node);
    let here = format!("http://{}", config.listen);
    Settings {
        site_name: config.site_name.clone(),
        base_url: config.base_url.clone().unwrap_or(here),
        from_address: config.from.clone(),
        team_address: config.team.clone(),
        node: domain::journal::hex(&node),
        second_factor: SecondFactor::Required,
        cna: config.cve.as_ref().map(cna),
        gna: config.gna,
    }
}
