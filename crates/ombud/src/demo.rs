//! A believable world to look around in: a throw-away directory, cases in every phase, made
//! through the verbs as people would have made them, with a clock that is turned back while
//! they are made. Letters stay here and can be read in the browser.

mod plot;
mod world;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context, Result};
use app::channel::Outlets;
use app::secret::Hashing;
use app::{Clock, SecondFactor, Settings, Site};
use domain::Timestamp;
use outside::smtp::{NotTaken, Parcel, Post, Taken};
use store::{Blobs, Place, Store, Vault};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::duty::{Duties, Letters};
use crate::machine::{self, MachineClock, MachineRandom};
use crate::meters::Meters;
use crate::{health, serve, terminal};

/// Everybody's password. The world is made up, and so is what it protects.
const PASSWORD: &str = "demonstration only";

/// Makes the world and serves it until told to stop.
pub(crate) async fn demo(data: Option<PathBuf>, listen: SocketAddr) -> Result<()> {
    let mut signals = serve::Signals::new()?;
    let clock = Arc::new(TurnedClock(AtomicI64::new(0)));
    let data = fresh_directory(data)?;
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("The demonstration cannot listen on {listen}. Say another address (--listen).")
    })?;
    let base_url = format!("http://{}", listener.local_addr().unwrap_or(listen));
    let site = open(&data, &base_url, clock.clone()).await?;
    terminal::say("Making a world of cases; this takes a few seconds.")?;
    let cast = world::make(&site, &clock).await?;
    clock.turn_to_now();
    let written = data.join("demo.json");
    std::fs::write(&written, serde_json::to_vec_pretty(&cast.json(&base_url))?)
        .with_context(|| format!("{} cannot be written.", written.display()))?;
    terminal::say(&cast.greeting(&base_url, &written))?;

    let meters = Arc::new(Meters::new());
    let (stop, stopping) = watch::channel(());
    let pages = web::router(site.clone())
        .merge(web::demo::router(site.clone()))
        .merge(health::router(&site));
    let pages = serve::run(listener, pages, stopping.clone());
    let duties = Duties::start(&site, &meters, &stopping, Letters::AreSent);
    signals.first().await;
    drop(stop);
    serve::finish("requests", pages).await;
    duties.ended().await;
    site.store.close().await;
    Ok(())
}

/// A directory nobody has used: one that was named, or a new one among the temporary ones.
fn fresh_directory(named: Option<PathBuf>) -> Result<PathBuf> {
    let path = named.unwrap_or_else(|| {
        let mut chance = [0; 6];
        machine::fill(&mut chance);
        std::env::temp_dir().join(format!("ombud-demo-{}", domain::journal::hex(&chance)))
    });
    let used = path.join("ombud.sqlite").exists();
    anyhow::ensure!(!used, "{} holds data already. Name an empty directory.", path.display());
    std::fs::create_dir_all(&path)
        .with_context(|| format!("{} cannot be made.", path.display()))?;
    Ok(path)
}

async fn open(data: &std::path::Path, base_url: &str, clock: Arc<TurnedClock>) -> Result<Site> {
    let store = Store::open(&Place::Sqlite { path: data.join("ombud.sqlite") }).await?;
    let mut secrets = [[0; 32], [0; 32]];
    for secret in &mut secrets {
        machine::fill(secret);
    }
    let [kek, pepper] = secrets;
    Ok(Site {
        store,
        blobs: Blobs::local(&data.join("blobs"))?,
        vault: Vault::new(kek, Arc::new(|bytes: &mut [u8]| machine::fill(bytes))),
        pepper: Arc::new(pepper),
        clock,
        random: Arc::new(MachineRandom),
        post: Arc::new(Kept),
        settings: Arc::new(Settings {
            cna: None,
            site_name: "Northlake CERT".to_owned(),
            base_url: base_url.to_owned(),
            from_address: "coordination@northlake.example".to_owned(),
            team_address: Some("team@northlake.example".to_owned()),
            node: "demo".to_owned(),
            second_factor: SecondFactor::Optional,
            gna: None,
        }),
        hashing: Arc::new(Hashing::new(2)),
        outlets: Arc::new(Outlets::default()),
    })
}

/// The machine's clock, turned back while the past is made.
pub(crate) struct TurnedClock(AtomicI64);

impl TurnedClock {
    /// From now on it shows a time so many seconds ago.
    pub(crate) fn turn_back(&self, seconds: i64) {
        self.0.store(seconds, Ordering::SeqCst);
    }

    fn turn_to_now(&self) {
        self.turn_back(0);
    }
}

impl Clock for TurnedClock {
    fn now(&self) -> Timestamp {
        let back = jiff::SignedDuration::from_secs(self.0.load(Ordering::SeqCst));
        let now = MachineClock.now();
        now.checked_sub(back).unwrap_or(now)
    }
}

/// Letters go nowhere: they are read in the browser.
struct Kept;

impl Post for Kept {
    fn send<'a>(
        &'a self,
        _: &'a Parcel,
    ) -> Pin<Box<dyn Future<Output = Result<Taken, NotTaken>> + Send + 'a>> {
        Box::pin(async { Ok(Taken { answer: "kept for the demonstration".to_owned() }) })
    }
}
