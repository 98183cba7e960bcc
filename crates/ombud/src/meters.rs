//! What Prometheus reads: how much waits, how old it is, how much was done. Counts and times only;
//! nothing here tells one case from another.

mod records;

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use app::Site;
use app::duties::Done;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Response, header};
use axum::middleware::Next;
use axum::routing::get;
use domain::Timestamp;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use records::Records;
use store::{RecordWaits, StoreError, Tx};

/// What a run of a duty came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It looked at everything, and did this.
    Ran(Done),
    /// It could not look.
    Failed,
    /// It panicked.
    Panicked,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfDuty {
    duty: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfClass {
    class: &'static str,
}

type Seconds = Gauge<f64, AtomicU64>;

/// Everything that is counted.
pub(crate) struct Meters {
    registry: Registry,
    runs: Family<OfDuty, Counter>,
    items: Family<OfDuty, Counter>,
    requests: Family<OfClass, Counter>,
    statements: Counter,
    made_anew: Counter,
    reports_waiting: Gauge,
    letters_waiting: Gauge,
    setbacks: Gauge,
    dispatches_waiting: Gauge,
    dispatches_given_up: Gauge,
    records: Records,
    oldest_letter: Seconds,
    next_due: Seconds,
    published: Gauge,
    memory: Gauge,
}

impl Meters {
    /// Nothing counted yet.
    pub(crate) fn new() -> Self {
        let mut meters = Self {
            registry: Registry::with_prefix("ombud"),
            runs: Family::default(),
            items: Family::default(),
            requests: Family::default(),
            statements: Counter::default(),
            made_anew: Counter::default(),
            reports_waiting: Gauge::default(),
            letters_waiting: Gauge::default(),
            setbacks: Gauge::default(),
            dispatches_waiting: Gauge::default(),
            dispatches_given_up: Gauge::default(),
            records: Records::default(),
            oldest_letter: Seconds::default(),
            next_due: Seconds::default(),
            published: Gauge::default(),
            memory: Gauge::default(),
        };
        meters.register();
        meters
    }

    fn register(&mut self) {
        let to = &mut self.registry;
        to.register("duty_runs", "Runs of each duty", self.runs.clone());
        to.register("duty_items", "What duties brought to an end or failed at", self.items.clone());
        to.register("http_requests", "Requests answered, by class", self.requests.clone());
        let made_anew = "Notes whose files were not ready at their instant and were made then";
        to.register("notes_made_anew", made_anew, self.made_anew.clone());
        to.register("statements", "Database statements run", self.statements.clone());
        let reports = self.reports_waiting.clone();
        to.register(
            "reports_waiting",
            "Reports of past hours that nobody has acknowledged",
            reports,
        );
        to.register("letters_waiting", "Letters to be sent", self.letters_waiting.clone());
        let setbacks = "Cases with which a duty failed, and which it tries again";
        to.register("cases_set_back", setbacks, self.setbacks.clone());
        let waiting = self.dispatches_waiting.clone();
        to.register("dispatches_waiting", "What is to go out by channels now", waiting);
        let given_up = "What channels could not carry and do not try again";
        to.register("dispatches_given_up", given_up, self.dispatches_given_up.clone());
        self.records.register(to);
        let oldest = self.oldest_letter.clone();
        to.register("oldest_letter_seconds", "How long the oldest letter has waited", oldest);
        let next = "Until the next embargo ends or note goes out; negative if overdue, NaN if none";
        to.register("next_due_seconds", next, self.next_due.clone());
        to.register("notes_published", "Notes that are public", self.published.clone());
        to.register("resident_memory_bytes", "Memory of this process", self.memory.clone());
    }

    /// Counts a run of a duty.
    pub(crate) fn count_run(&self, duty: &'static str, outcome: Outcome) {
        let run = |outcome| {
            self.runs.get_or_create(&OfDuty { duty, outcome }).inc();
        };
        let item = |outcome, n: u32| {
            self.items.get_or_create(&OfDuty { duty, outcome }).inc_by(n.into());
        };
        match outcome {
            Outcome::Ran(done) => {
                run("ok");
                item("done", done.done);
                item("failed", done.failed);
                self.made_anew.inc_by(done.made_anew.into());
            }
            Outcome::Failed => run("failed"),
            Outcome::Panicked => run("panicked"),
        }
    }

    /// Looks at what waits, and writes all of it down for Prometheus.
    async fn written(&self, site: &Site) -> Result<String, StoreError> {
        let now = site.clock.now();
        let waiting = site.store.read(move |tx| Waiting::look(tx, now)).await?;
        self.reports_waiting.set(waiting.reports);
        self.letters_waiting.set(waiting.letters);
        self.setbacks.set(waiting.setbacks);
        let (dispatches, given_up) = waiting.dispatches;
        self.dispatches_waiting.set(dispatches);
        self.dispatches_given_up.set(given_up);
        self.records.set(&waiting.records);
        let age = waiting.oldest_letter.map_or(0.0, |oldest| seconds(oldest, now));
        self.oldest_letter.set(age.max(0.0));
        self.next_due.set(waiting.next_due.map_or(f64::NAN, |due| seconds(now, due)));
        self.published.set(waiting.published);
        self.statements.inner().store(site.store.statements_run(), Ordering::Relaxed);
        self.memory.set(resident_memory().unwrap_or(0));
        let mut written = String::new();
        // Writing to a string does not fail.
        let _ = text::encode(&mut written, &self.registry);
        Ok(written)
    }
}

struct Waiting {
    reports: i64,
    setbacks: i64,
    dispatches: (i64, i64),
    records: Vec<RecordWaits>,
    letters: i64,
    oldest_letter: Option<Timestamp>,
    next_due: Option<Timestamp>,
    published: i64,
}

impl Waiting {
    /// A report is counted once its hour is over: a counter that is read every few seconds would
    /// otherwise tell when somebody sent it who must not be found by that (INV-5).
    fn look(tx: &mut Tx, now: Timestamp) -> Result<Self, StoreError> {
        let (letters, oldest_letter) = tx.letters_waiting(now)?;
        Ok(Self {
            reports: tx.n_unacknowledged(app::hour_of(now))?,
            setbacks: tx.n_setbacks()?,
            dispatches: tx.dispatches_open(now)?,
            records: tx.record_waits()?,
            letters,
            oldest_letter,
            next_due: tx.next_due_at()?,
            published: tx.public().n_published()?,
        })
    }
}

fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64()
}

/// As Linux tells it; nothing elsewhere.
fn resident_memory() -> Option<i64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: i64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

/// Counts every answer by its class.
pub(crate) async fn count(
    State(meters): State<Arc<Meters>>,
    request: Request,
    next: Next,
) -> axum::response::Response {
    let response = next.run(request).await;
    let class = match response.status().as_u16() {
        100..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    };
    meters.requests.get_or_create(&OfClass { class }).inc();
    response
}

/// `/metrics`.
pub(crate) fn router(site: &Site, meters: &Arc<Meters>) -> Router {
    let state = (site.clone(), Arc::clone(meters));
    Router::new().route("/metrics", get(metrics)).with_state(state)
}

async fn metrics(State((site, meters)): State<(Site, Arc<Meters>)>) -> Response<String> {
    let mut response = Response::new(String::new());
    match meters.written(&site).await {
        Ok(text) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            let kind = header::HeaderValue::from_static(kind);
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
            *response.body_mut() = text;
        }
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "nothing could be measured");
            if let Ok(status) = 503_u16.try_into() {
                *response.status_mut() = status;
            }
        }
    }
    response
}
