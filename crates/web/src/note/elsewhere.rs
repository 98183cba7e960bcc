//! Records that others keep of the flaws of a published note: for the team alone. The page of the
//! note says nothing of them: it changes with a revision, and they whenever others like.

use domain::CveId;
use domain::record::{RecordSource, is_taken_back};
use jiff::SignedDuration;
use store::{ExternalRecord, SeenRecord};

use crate::case::{Look, Moment};

/// A record elsewhere, as the team sees it.
pub(crate) struct Elsewhere {
    pub(crate) cve: String,
    pub(crate) source: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) word: String,
    pub(crate) score: String,
    /// What the note says otherwise than the record.
    pub(crate) differs: String,
    /// Where it is read.
    pub(crate) address: String,
    pub(crate) first_seen: Option<Moment>,
    /// How long after the note it came, where that is known.
    pub(crate) after: String,
    pub(crate) looked: Option<Moment>,
    pub(crate) why: String,
    /// Whether it is not looked for any more.
    pub(crate) ended: bool,
}

/// Every record that is or was looked for, those that need somebody before the rest.
pub(crate) fn elsewhere(look: &Look<'_>) -> Vec<Elsewhere> {
    let records = look.opened.records.iter();
    let mut all: Vec<_> = records.map(|record| Elsewhere::of(look, record)).collect();
    all.sort_by_key(|one| (one.kind != "fail", one.differs.is_empty()));
    all
}

/// Whether the NVD is among those that are shown: it asks to be named as it is below.
pub(crate) fn names_the_nvd(look: &Look<'_>) -> bool {
    look.opened.records.iter().any(|record| record.source == RecordSource::Nvd)
}

impl Elsewhere {
    fn of(look: &Look<'_>, record: &ExternalRecord) -> Self {
        let (kind, word) = match (&record.seen, record.first_seen_at, record.looked_at) {
            (Some(seen), _, _) if is_taken_back(&seen.state) => ("fail", seen.state.clone()),
            (Some(seen), _, _) => ("done", seen.state.clone()),
            (None, Some(_), _) => ("fail", "Not there any more".to_owned()),
            (None, None, Some(_)) if record.next_at.is_none() => {
                ("silent", "Did not come".to_owned())
            }
            (None, None, Some(_)) => ("wait", "Not there yet".to_owned()),
            (None, None, None) => ("wait", "Not looked for yet".to_owned()),
        };
        let seen = record.seen.as_ref();
        Self {
            cve: record.cve.to_string(),
            source: record.source.label(),
            kind,
            word,
            score: seen.and_then(|seen| seen.score.clone()).unwrap_or_default(),
            differs: seen.map(|seen| differs(look, &record.cve, seen)).unwrap_or_default(),
            address: seen.map(|seen| seen.address.clone()).unwrap_or_default(),
            first_seen: record.first_seen_at.map(|at| look.moment(at)),
            after: record.took().map(after).unwrap_or_default(),
            looked: record.looked_at.map(|at| look.moment(at)),
            why: record.why.clone().unwrap_or_default(),
            ended: record.next_at.is_none(),
        }
    }
}

/// What the note says otherwise: that the flaw is one, or its score by the same version of CVSS.
fn differs(look: &Look<'_>, cve: &CveId, seen: &SeenRecord) -> String {
    if is_taken_back(&seen.state) {
        return "The note still names it.".to_owned();
    }
    let Some(theirs) = &seen.score else { return String::new() };
    let mut flaws = look.case().vulnerabilities.iter();
    let Some((id, _)) = flaws.find(|(_, flaw)| flaw.cve.as_ref() == Some(cve)) else {
        return String::new();
    };
    let newest = look.case().scores.iter().rev().find_map(|scored| {
        let version = format!(" (CVSS {})", scored.vector.version());
        let same = scored.vulnerability == Some(*id) && theirs.ends_with(&version);
        same.then(|| format!("{:.1}{version}", scored.vector.scores().base.as_f64()))
    });
    newest.filter(|ours| ours != theirs).map(|ours| format!("We gave {ours}.")).unwrap_or_default()
}

/// A span as one reads it: hours for the first two days, then days.
fn after(span: SignedDuration) -> String {
    match span.as_hours() {
        ..1 => "within the hour".to_owned(),
        1 => "1 hour after the note".to_owned(),
        hours @ 2..48 => format!("{hours} hours after the note"),
        hours => format!("{} days after the note", hours / 24),
    }
}
