//! Rows of cases made anew from their journals, and what notes are found by from the notes.

use domain::{Case, CaseId};

use super::case;
use crate::Store;
use crate::case::check::RowCheck;
use crate::engine::Tx;
use crate::error::Result;

/// How many notes are looked at in one transaction.
const NOTES: u32 = 100;

/// What was made anew.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Cases that were looked at.
    pub cases: u64,
    /// Those whose rows were written anew, because they were not what the journal adds up to.
    pub rebuilt: u64,
    /// Notes for which it was written anew which vendors and products they name.
    pub notes: u64,
    /// Those that were left alone, and why, a sentence for each.
    pub findings: Vec<String>,
}

/// Writes anew the row of every case that is not what its journal adds up to, and who takes part in
/// it; and by which vendors and products a public note is found. A case whose journal is broken is
/// left alone. The server may work meanwhile.
pub async fn rebuild(store: &Store) -> Result<Rebuilt> {
    let mut done = Rebuilt::default();
    let mut last = None;
    while let Some(id) = store.read(move |tx| tx.next_case(last)).await? {
        done.cases += 1;
        match store.write(move |tx: &mut Tx| one(tx, id)).await {
            Ok(Outcome::Same) => {}
            Ok(Outcome::Rebuilt) => done.rebuilt += 1,
            Ok(Outcome::LeftAlone(why)) => done.findings.push(format!("Case {id}: {why}.")),
            Err(error) => {
                super::gone(&error)?;
                let finding = format!("Case {id}: its row could not be written anew ({error}).");
                done.findings.push(finding);
            }
        }
        last = Some(id);
    }
    done.notes = subjects(store).await?;
    Ok(done)
}

async fn subjects(store: &Store) -> Result<u64> {
    let (mut n, mut after) = (0, String::new());
    loop {
        let from = after.clone();
        let (mended, last) = store.write(move |tx: &mut Tx| tx.mend_subjects(&from, NOTES)).await?;
        n += u64::try_from(mended).unwrap_or(u64::MAX);
        match last {
            Some(last) => after = last,
            None => return Ok(n),
        }
    }
}

enum Outcome {
    Same,
    Rebuilt,
    LeftAlone(String),
}

fn one(tx: &mut Tx, id: CaseId) -> Result<Outcome> {
    // Nobody appends between the reading of the journal and the writing of the row.
    tx.hold_case(id)?;
    let journal = case::read(tx, id)?;
    if let Some(fault) = journal.faults.into_iter().next() {
        return Ok(Outcome::LeftAlone(fault));
    }
    let (Some(case), Some(head)) = (Case::fold(&journal.entries), journal.entries.last()) else {
        return Ok(Outcome::LeftAlone("its journal does not begin with a report".to_owned()));
    };
    let same = tx.check_case_row(&case, &head.hash, head.recorded_at)? == RowCheck::Same
        && tx.check_participations(&case)?.is_empty();
    if same {
        return Ok(Outcome::Same);
    }
    tx.replace_folded(&case).map(|()| Outcome::Rebuilt)
}
