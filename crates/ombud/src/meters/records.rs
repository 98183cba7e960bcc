//! How long the records take that others make of published flaws, source by source (S86, S87).

use domain::record::RecordSource;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use store::RecordWaits;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfSource {
    source: &'static str,
}

/// What is counted of them.
#[derive(Debug, Default)]
pub(super) struct Records {
    waiting: Family<OfSource, Gauge>,
    seen: Family<OfSource, Gauge>,
    never: Family<OfSource, Gauge>,
    timed: Family<OfSource, Gauge>,
    after: Family<OfSource, Gauge>,
}

impl Records {
    /// Names every figure.
    pub(super) fn register(&self, to: &mut Registry) {
        let waiting = "Records of published flaws that are looked for and not there yet";
        to.register("records_waiting", waiting, self.waiting.clone());
        to.register("records_seen", "Records that others have", self.seen.clone());
        let never = "Records that were not there for as long as they were looked for";
        to.register("records_never", never, self.never.clone());
        let timed = "Records that were looked for from the first hour on, and came";
        to.register("records_timed", timed, self.timed.clone());
        let after = "How long after their notes these came, all together";
        to.register("records_after_seconds", after, self.after.clone());
    }

    /// Writes down how it stands now.
    pub(super) fn set(&self, all: &[RecordWaits]) {
        for waits in all {
            let source = OfSource { source: label(waits.source) };
            self.waiting.get_or_create(&source).set(waits.n_waiting);
            self.seen.get_or_create(&source).set(waits.n_seen);
            self.never.get_or_create(&source).set(waits.n_never);
            self.timed.get_or_create(&source).set(waits.n_timed);
            self.after.get_or_create(&source).set(waits.seconds);
        }
    }
}

fn label(source: RecordSource) -> &'static str {
    match source {
        RecordSource::CveList => "cve_list",
        RecordSource::Nvd => "nvd",
        RecordSource::Euvd => "euvd",
        RecordSource::Ghsa => "ghsa",
    }
}
