//! Starting and stopping. The server says where it is once it answers; asked to stop, it takes
//! nothing new, finishes what it has begun, and lets go of the data.

use std::future::IntoFuture;
use std::io;
use std::net::SocketAddr;
use std::panic;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use app::{Settings, Site, account};
use axum::Router;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat, Metrics};
use crate::duty::{Duties, Letters};
use crate::meters::Meters;
use crate::{health, meters, opened, service_key, terminal};

/// How long requests and duties may take to finish once the server stops.
const GRACE: Duration = Duration::from_secs(10);

/// Runs the server until it is told to stop.
pub(crate) async fn serve(config: Config) -> Result<()> {
    start_logging(&config)?;
    let mut signals = Signals::new()?;
    let site = opened::open(&config).await?;
    service_key::make(&site).await?;
    let (listener, site) = listen(&config, site).await?;
    let meters = Arc::new(Meters::new());
    let (stop, stopping) = watch::channel(());
    let counted = axum::middleware::from_fn_with_state(Arc::clone(&meters), meters::count);
    let pages = web::router(site.clone()).merge(health::router(&site)).layer(counted);
    let mut pages = run(listener, pages, stopping.clone());
    let metrics = serve_metrics(&config, &site, &meters, &stopping).await?;
    greet(&config, &site, metrics.as_ref().map(|(at, _)| *at)).await?;
    let letters = if config.relay.is_some() { Letters::AreSent } else { Letters::Wait };
    let duties = Duties::start(&site, &meters, &stopping, letters);
    tokio::select! {
        () = signals.first() => {}
        ended = &mut pages => bail!("The server stopped by itself: {ended:?}"),
    }
    tracing::info!("stopping");
    drop(stop);
    finish("requests", pages).await;
    if let Some((_, metrics)) = metrics {
        metrics.abort();
    }
    if tokio::time::timeout(GRACE, duties.ended()).await.is_err() {
        tracing::warn!("some duties did not end in time; the next start takes them up again");
    }
    if tokio::time::timeout(GRACE, site.store.close()).await.is_err() {
        tracing::warn!("the database did not close in time");
    }
    tracing::info!("stopped");
    Ok(())
}

/// SIGTERM and SIGINT.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    pub(crate) fn new() -> Result<Self> {
        let hear = |kind| signal(kind).context("The system's signals cannot be heard.");
        let (terminate, interrupt) = (SignalKind::terminate(), SignalKind::interrupt());
        Ok(Self { terminate: hear(terminate)?, interrupt: hear(interrupt)? })
    }

    pub(crate) async fn first(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

fn start_logging(config: &Config) -> Result<()> {
    let filter = EnvFilter::try_new(&config.log).context("server.log makes no sense.")?;
    let logging = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    match config.log_format {
        LogFormat::Text => logging.init(),
        LogFormat::Json => logging.json().init(),
    }
    // What a panic says may hold words of a case; where it happened does not.
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "the program panicked");
    }));
    Ok(())
}

/// Begins to listen; unless the operator said which address links have, it is this one.
async fn listen(config: &Config, mut site: Site) -> Result<(TcpListener, Site)> {
    let at = config.listen;
    let listener = bind(at, "server.listen or --listen").await?;
    if config.base_url.is_none() {
        let at = listener.local_addr().unwrap_or(at);
        let settings = Settings { base_url: format!("http://{at}"), ..(*site.settings).clone() };
        site.settings = Arc::new(settings);
    }
    Ok((listener, site))
}

async fn bind(at: SocketAddr, setting: &str) -> Result<TcpListener> {
    TcpListener::bind(at).await.with_context(|| {
        format!("The server cannot listen on {at}. Free it, or say another address ({setting}).")
    })
}

pub(crate) fn run(listener: TcpListener, pages: Router, stopping: watch::Receiver<()>) -> Served {
    let server = axum::serve(listener, pages).with_graceful_shutdown(stopped(stopping));
    tokio::spawn(server.into_future())
}

pub(crate) type Served = JoinHandle<io::Result<()>>;

/// Ends when the sender is gone.
pub(crate) async fn stopped(mut stopping: watch::Receiver<()>) {
    while stopping.changed().await.is_ok() {}
}

async fn serve_metrics(
    config: &Config,
    site: &Site,
    meters: &Arc<Meters>,
    stopping: &watch::Receiver<()>,
) -> Result<Option<(SocketAddr, Served)>> {
    let (at, listener) = match config.metrics {
        Metrics::Off => return Ok(None),
        Metrics::At(at) => (at, bind(at, "server.metrics or --metrics").await?),
        Metrics::IfFree(at) => match TcpListener::bind(at).await {
            Ok(listener) => (at, listener),
            Err(error) => {
                tracing::warn!(%at, %error, "metrics are off: set server.metrics to another address");
                return Ok(None);
            }
        },
    };
    let at = listener.local_addr().unwrap_or(at);
    let pages = health::router(site).merge(meters::router(site, meters));
    Ok(Some((at, run(listener, pages, stopping.clone()))))
}

async fn greet(config: &Config, site: &Site, metrics: Option<SocketAddr>) -> Result<()> {
    let base_url = &site.settings.base_url;
    let mut lines = vec![format!("Ombud {} is at {base_url}", env!("CARGO_PKG_VERSION"))];
    lines.push(format!(
        "Data: {}   Keys: {} (keep a copy of the keys, apart from the data)",
        config.data.display(),
        config.key_file.display()
    ));
    if let Some(at) = metrics {
        lines.push(format!("Metrics: http://{at}/metrics"));
    }
    if config.relay.is_none() {
        lines.push("No mail relay is set (mail.relay_host): letters wait.".to_owned());
    }
    if let Some(link) = setup_link(site).await? {
        lines.push(format!("Set it up here, once, within three days: {link}"));
    }
    terminal::say(&lines.join("\n"))
}

/// The page where the first lead joins, while nobody has.
pub(crate) async fn setup_link(site: &Site) -> Result<Option<String>> {
    let invited = account::invite_first(&site.duty()).await;
    let secret = invited.context("The set-up link could not be made.")?;
    Ok(secret.map(|secret| format!("{}/join/{secret}", site.settings.base_url)))
}

pub(crate) async fn finish(what: &str, served: Served) {
    match tokio::time::timeout(GRACE, served).await {
        Ok(Ok(Ok(()))) => {}
        Ok(Ok(Err(error))) => tracing::warn!(%error, "{what} ended badly"),
        Ok(Err(error)) => tracing::warn!(%error, "{what} ended badly"),
        Err(_) => tracing::warn!("{what} were cut off: they took more than {} s", GRACE.as_secs()),
    }
}
