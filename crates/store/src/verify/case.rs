//! One case: its chain, its row, its participants, its texts.

use std::collections::BTreeMap;

use domain::{BodyId, Case, CaseId, Entry, Event, Text};
use serde_json::Value as Json;

use super::{File, Report};
use crate::body::check::Words;
use crate::case::check::RowCheck;
use crate::engine::Tx;
use crate::error::Result;
use crate::statements::sql;
use crate::value::Row;
use crate::values;
use crate::vault::Vault;

/// How many entries or texts are read at once.
const AT_ONCE: u32 = 200;

/// What can be read of a journal.
pub(super) struct Journal {
    /// The entries up to the first that cannot be read.
    pub(super) entries: Vec<Entry>,
    /// What is wrong with it, a sentence for each.
    pub(super) faults: Vec<String>,
}

/// Checks one case, and names the files that are to be fetched.
pub(super) fn check(tx: &mut Tx, vault: &Vault, id: CaseId) -> Result<(Report, Vec<File>)> {
    let mut report = Report { cases: 1, ..Report::default() };
    let journal = read(tx, id)?;
    report.entries = u64::try_from(journal.entries.len()).unwrap_or(u64::MAX);
    let unbroken = journal.faults.is_empty();
    for fault in journal.faults {
        report.find(format!("Case {id}: {fault}."));
    }
    let entries = journal.entries;
    let (Some(case), Some(last)) = (Case::fold(&entries), entries.last()) else {
        report.find(format!("Case {id}: its journal does not begin with a report."));
        return Ok((report, Vec::new()));
    };
    // Of a broken journal it is not known what it should add up to.
    if unbroken {
        check_row(tx, &case, last, &mut report)?;
    }
    check_texts(tx, vault, id, &entries, &mut report)?;
    let files = files(tx, &case, &mut report)?;
    Ok((report, files))
}

/// Reads a journal to its end, and looks at every entry, its hash and its place.
pub(super) fn read(tx: &mut Tx, id: CaseId) -> Result<Journal> {
    let mut journal = Journal { entries: Vec::new(), faults: Vec::new() };
    let mut readable = true;
    let mut after = i64::MIN;
    loop {
        let rows = tx.query(
            sql!(
                "select case_id, seq, id, kind, recorded_at, entry from journal \
                where case_id = ?1 and seq > ?2 order by seq limit ?3"
            ),
            &values![id, after, AT_ONCE],
        )?;
        for row in &rows {
            after = row.get("seq")?;
            match understood(row, id) {
                Ok(entry) if readable => journal.entries.push(entry),
                Ok(_) => {}
                Err(fault) => {
                    readable = false;
                    journal.faults.push(fault);
                }
            }
        }
        if rows.len() < usize::try_from(AT_ONCE).unwrap_or(usize::MAX) {
            break;
        }
    }
    if domain::journal::verify(&journal.entries).is_err() {
        journal.faults.extend(broken(&journal.entries));
    }
    Ok(journal)
}

/// The entry of a row, if the row says the same of it.
fn understood(row: &Row, id: CaseId) -> std::result::Result<Entry, String> {
    let seq: i64 = row.get("seq").unwrap_or_default();
    let unreadable = || format!("entry {seq} of its journal cannot be read");
    let text: String = row.get("entry").map_err(|_| unreadable())?;
    let entry: Entry = serde_json::from_str(&text).map_err(|_| unreadable())?;
    let same = entry.case == id
        && i64::try_from(entry.seq) == Ok(seq)
        && row.get("id").ok() == Some(entry.id)
        // A column keeps microseconds, the entry all that the clock told.
        && row.get("recorded_at").ok() == Some(entry.recorded_at.as_microsecond())
        && row.get("kind").ok() == kind(&entry.event);
    if same { Ok(entry) } else { Err(format!("the row of entry {seq} tells of another entry")) }
}

fn kind(event: &Event) -> Option<String> {
    serde_json::to_value(event).ok()?.get("kind")?.as_str().map(ToOwned::to_owned)
}

/// Every entry of a broken journal that is not as it was written or not where it belongs.
fn broken(entries: &[Entry]) -> Vec<String> {
    let mut faults = Vec::new();
    let (mut seq, mut head) = (0, domain::journal::GENESIS);
    for entry in entries {
        let at = entry.seq;
        if at != seq + 1 {
            faults.push(format!("entry {at} of its journal comes after entry {seq}"));
        }
        if entry.prev_hash != head {
            faults.push(format!("entry {at} of its journal does not follow the one before it"));
        }
        if entry.clone().sealed(&entry.prev_hash).hash != entry.hash {
            faults.push(format!("entry {at} of its journal is not as it was written"));
        }
        (seq, head) = (at, &entry.hash);
    }
    faults
}

fn check_row(tx: &mut Tx, case: &Case, last: &Entry, report: &mut Report) -> Result<()> {
    let id = case.id;
    match tx.check_case_row(case, &last.hash, last.recorded_at)? {
        RowCheck::Same => {}
        RowCheck::Missing => report.find(format!("Case {id}: it has a journal and no row.")),
        RowCheck::Different(columns) => {
            let columns = columns.join(", ");
            report.find(format!(
                "Case {id}: its row is not what its journal adds up to ({columns})."
            ));
        }
    }
    for participant in tx.check_participations(case)? {
        report.find(format!(
            "Case {id}: the row of participant {participant} is not what its journal adds up to."
        ));
    }
    Ok(())
}

/// Looks at every text that the journal refers to, which is found by its form, so that no kind of
/// event can be forgotten here.
fn check_texts(
    tx: &mut Tx,
    vault: &Vault,
    id: CaseId,
    entries: &[Entry],
    report: &mut Report,
) -> Result<()> {
    let mut wanted: BTreeMap<BodyId, String> = BTreeMap::new();
    for entry in entries {
        collect(&serde_json::to_value(&entry.event).unwrap_or_default(), &mut wanted);
    }
    report.texts = u64::try_from(wanted.len()).unwrap_or(u64::MAX);
    let key = match tx.case_key(vault, id) {
        Ok(Some(key)) => Some(key),
        Ok(None) => {
            report.find(format!("Case {id}: its key is missing."));
            None
        }
        Err(error) => {
            super::gone(&error)?;
            report.find(format!("Case {id}: its key does not open with the key of this server."));
            None
        }
    };
    let mut after = None;
    loop {
        let page = tx.check_bodies((vault, key.as_ref()), id, after, AT_ONCE)?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        for found in page {
            let body = found.id;
            let Some(seal) = wanted.remove(&body) else { continue };
            match found.words {
                Words::Erased => report.erased += 1,
                Words::Whole | Words::Spoilt if key.is_none() => {}
                Words::Whole => {}
                Words::Spoilt => report.find(format!("Case {id}: text {body} does not open.")),
            }
            if found.seal != seal {
                report
                    .find(format!("Case {id}: text {body} is not the one its journal refers to."));
            }
        }
    }
    for body in wanted.keys() {
        report.find(format!("Case {id}: text {body} is missing."));
    }
    Ok(())
}

/// Every reference to a text in what an event holds.
fn collect(value: &Json, found: &mut BTreeMap<BodyId, String>) {
    match value {
        Json::Object(fields) => {
            if let (2, true, true) =
                (fields.len(), fields.contains_key("body"), fields.contains_key("seal"))
                && let Ok(text) = serde_json::from_value::<Text>(value.clone())
            {
                found.insert(text.body, text.seal);
                return;
            }
            fields.values().for_each(|field| collect(field, found));
        }
        Json::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// The files of a case and where they are.
fn files(tx: &mut Tx, case: &Case, report: &mut Report) -> Result<Vec<File>> {
    let id = case.id;
    let mut rows: BTreeMap<_, _> =
        tx.attachments_of(id)?.into_iter().map(|row| (row.id, row)).collect();
    let mut files = Vec::new();
    for (attachment, file) in &case.attachments {
        report.attachments += 1;
        match rows.remove(attachment) {
            Some(row) => files.push((row, file.sha256.clone())),
            None => {
                report.find(format!("Case {id}: nobody knows where attachment {attachment} is."));
            }
        }
    }
    for attachment in rows.keys() {
        report.find(format!("Case {id}: its journal does not tell of attachment {attachment}."));
    }
    Ok(files)
}
