//! What is public: the notes, the files made of them, and that case and note agree.

use std::collections::{BTreeMap, BTreeSet};

use domain::note::Subject;
use domain::{CaseId, Published};
use sha2::{Digest, Sha256};

use super::Report;
use crate::engine::Tx;
use crate::error::Result;
use crate::import::no_case;
use crate::parse::from_json;
use crate::statements::sql;
use crate::value::Row;
use crate::values;

/// How many notes are read at once, and how many files, which are larger.
const NOTES: u32 = 100;
const FILES: u32 = 10;

/// Checks every public note and every file made of one, and looks for rows that belong to no case.
pub(super) fn check(tx: &mut Tx) -> Result<Report> {
    let mut report = Report::default();
    check_notes(tx, &mut report)?;
    check_artefacts(tx, &mut report)?;
    let unpublished = tx.query(
        sql!(
            "select id from cases where phase = 'watch' \
            and not exists (select 1 from notes where notes.case_id = cases.id) order by id"
        ),
        &[],
    )?;
    for row in &unpublished {
        let id: CaseId = row.get("id")?;
        report.find(format!("Case {id}: its note is said to be public, and there is none."));
    }
    let strangers = tx.query(
        sql!(
            "select participant_id, case_id from participations \
            where not exists (select 1 from cases where cases.id = participations.case_id)"
        ),
        &[],
    )?;
    for row in &strangers {
        let (id, case): (domain::ParticipantId, CaseId) =
            (row.get("participant_id")?, row.get("case_id")?);
        report.find(format!("Case {case}: it does not exist, but has a participant {id}."));
    }
    Ok(report)
}

/// The vendors and products that notes are found by, by their slugs.
type Subjects = BTreeMap<String, BTreeSet<Subject>>;

fn check_notes(tx: &mut Tx, report: &mut Report) -> Result<()> {
    let mut after = String::new();
    loop {
        let rows = tx.query(
            sql!(
                "select slug, number, case_id, title, revision, document, \
                (select count(*) from artefacts where artefacts.slug = notes.slug \
                and artefacts.revision = notes.revision) as n_files \
                from notes where slug > ?1 order by slug limit ?2"
            ),
            &values![&after, NOTES],
        )?;
        let Some(last) = rows.last() else { return Ok(()) };
        let first = after;
        after = last.get("slug")?;
        let subjects = tx.subjects_between(&first, &after)?;
        for row in &rows {
            report.notes += 1;
            check_note(tx, row, &subjects, report)?;
        }
    }
}

fn check_note(tx: &mut Tx, row: &Row, subjects: &Subjects, report: &mut Report) -> Result<()> {
    let slug: String = row.get("slug")?;
    let mut from_elsewhere = None;
    match from_json::<Published>(row, "document") {
        Ok(note) => {
            from_elsewhere = Some(note.elsewhere().is_some());
            let same = note.number().slug() == slug
                && row.get::<String>("number").ok().as_deref() == Some(note.number().as_ref())
                && row.get::<String>("title").ok().as_deref() == Some(note.title())
                && row.get::<u32>("revision").ok() == Some(note.revision());
            if !same {
                report.find(format!("Note {slug}: its row tells of another note."));
            }
            if subjects.get(&slug).cloned().unwrap_or_default() != note.subjects() {
                report.find(format!(
                    "Note {slug}: the vendors and products that it is found by are not those it \
                    names."
                ));
            }
        }
        Err(_) => report.find(format!("Note {slug}: it cannot be read.")),
    }
    if row.get::<i64>("n_files")? == 0 {
        report.find(format!("Note {slug}: no file was made of its newest revision."));
    }
    let case: CaseId = row.get("case_id")?;
    if case == no_case() {
        // It was public before it came here, and says so; what it was read from is known.
        if from_elsewhere == Some(false) || !tx.was_imported(&slug)? {
            report.find(format!("Note {slug}: it belongs to no case, and was not imported."));
        }
        return Ok(());
    }
    if from_elsewhere == Some(true) {
        report.find(format!("Note {slug}: it belongs to a case, and says that it was imported."));
    }
    // A case that cannot be read has a sentence of its own.
    if let Ok(found) = tx.case(case)
        && found.is_none_or(|(case, _)| case.note.published.is_none())
    {
        report.find(format!("Note {slug}: it is public, and case {case} does not say so."));
    }
    Ok(())
}

fn check_artefacts(tx: &mut Tx, report: &mut Report) -> Result<()> {
    let mut after = (String::new(), 0_i64, String::new());
    loop {
        let rows = tx.query(
            sql!(
                "select slug, revision, format, sha256, bytes from artefacts \
                where (slug, revision, format) > (?1, ?2, ?3) \
                order by slug, revision, format limit ?4"
            ),
            &values![&after.0, after.1, &after.2, FILES],
        )?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = (last.get("slug")?, last.get("revision")?, last.get("format")?);
        for row in &rows {
            report.artefacts += 1;
            let whole = row.get::<Vec<u8>>("bytes").is_ok_and(|bytes| {
                row.get::<[u8; 32]>("sha256").ok() == Some(Sha256::digest(&bytes).into())
            });
            if !whole {
                let (slug, revision): (String, i64) = (row.get("slug")?, row.get("revision")?);
                let format: String = row.get("format")?;
                report.find(format!(
                    "Note {slug}: file {format} of revision {revision} is not as it was published."
                ));
            }
        }
    }
}
