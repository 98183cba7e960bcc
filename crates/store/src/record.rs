//! Records that others keep of published flaws: what was seen of each, and when to look again. A row
//! needs a note that is public, so nothing here tells of a flaw that is not.

use domain::record::RecordSource;
use domain::{CveId, Published};
use jiff::{SignedDuration, Timestamp};

use crate::engine::Tx;
use crate::error::Result;
use crate::parse::{code, from_code, to_json};
use crate::statements::sql;
use crate::value::Row;
use crate::values;

/// A watch that began no later than this after its note is right about how long the record took.
const ON_TIME: SignedDuration = SignedDuration::from_hours(1);

/// A record of a flaw elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalRecord {
    /// The flaw.
    pub cve: CveId,
    /// Whose record.
    pub source: RecordSource,
    /// When the note was first public that tells of the flaw.
    pub published_at: Timestamp,
    /// Since when it is looked for.
    pub watched_at: Timestamp,
    /// What was seen last; nothing if it was not there.
    pub seen: Option<SeenRecord>,
    /// When it was first seen there.
    pub first_seen_at: Option<Timestamp>,
    /// When it was last looked for.
    pub looked_at: Option<Timestamp>,
    /// When it is looked for next; never, if it need not be any more.
    pub next_at: Option<Timestamp>,
    /// Why the last look told nothing.
    pub why: Option<String>,
}

impl ExternalRecord {
    /// How long after its note the record was first seen; not told where nobody looked at first.
    pub fn took(&self) -> Option<SignedDuration> {
        let on_time = self.watched_at.duration_since(self.published_at) <= ON_TIME;
        self.first_seen_at.filter(|_| on_time).map(|at| at.duration_since(self.published_at))
    }
}

/// What was seen of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenRecord {
    /// Its state, in the source's word.
    pub state: String,
    /// The score that the source gives.
    pub score: Option<String>,
    /// Where people read it.
    pub address: String,
    /// By which the source tells whether it has changed.
    pub tag: Option<String>,
}

/// What a look came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Looked {
    /// The record is there.
    There(SeenRecord),
    /// It is as it was.
    Same,
    /// It is not there.
    Absent,
    /// The source did not say, in one line.
    Unknown(String),
}

/// A record that somebody looks for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedRecord {
    /// The record.
    pub record: ExternalRecord,
    /// How often in a row its source did not answer.
    pub n_failed: u32,
}

/// How long records of one source were waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordWaits {
    /// Whose records.
    pub source: RecordSource,
    /// How many are waited for.
    pub n_waiting: i64,
    /// How many were seen.
    pub n_seen: i64,
    /// How many never came while they were looked for.
    pub n_never: i64,
    /// Of how many it is known how long after their notes they came.
    pub n_timed: i64,
    /// How many seconds that was, all together.
    pub seconds: i64,
}

impl Tx {
    /// Records of the flaws of a published note are to be looked for. What is looked for already
    /// stays as it is; what the note does not name any more is not looked for on its account.
    pub fn watch_records(
        &mut self,
        note: &Published,
        sources: &[RecordSource],
        now: Timestamp,
    ) -> Result<()> {
        let slug = note.number().slug();
        let flaws = note.vulnerabilities().iter();
        let cves: Vec<&str> =
            flaws.filter_map(|flaw| flaw.cve.as_ref()).map(AsRef::as_ref).collect();
        self.execute(
            sql!(
                sqlite: "update external_records set next_at = null \
                    where slug = ?1 and cve not in (select value from json_each(?2))",
                postgres: "update external_records set next_at = null \
                    where slug = ?1 and cve not in (select value \
                    from jsonb_array_elements_text(cast(cast(?2 as text) as jsonb)) \
                    as listed (value))"
            ),
            &values![&slug, to_json(&cves)?],
        )?;
        let mut rows = vec![];
        for cve in &cves {
            for source in sources {
                rows.push((cve, code(source)?));
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        self.execute(
            sql!(
                sqlite: "insert into external_records \
                    (cve, source, slug, published_at, watched_at, next_at) \
                    select value ->> 0, value ->> 1, ?1, ?2, ?3, ?3 from json_each(?4) where true \
                    on conflict (cve, source) do update \
                    set next_at = coalesce(external_records.next_at, excluded.next_at)",
                postgres: "insert into external_records \
                    (cve, source, slug, published_at, watched_at, next_at) \
                    select distinct value ->> 0, value ->> 1, cast(?1 as text), \
                    cast(?2 as bigint), cast(?3 as bigint), cast(?3 as bigint) \
                    from jsonb_array_elements(cast(cast(?4 as text) as jsonb)) as listed (value) \
                    on conflict (cve, source) do update \
                    set next_at = coalesce(external_records.next_at, excluded.next_at)"
            ),
            &values![&slug, note.published_at(), now, to_json(&rows)?],
        )
        .map(drop)
    }

    /// The same for every note that was first public after an instant, at a source that was not
    /// watched then; how many records that are.
    pub fn watch_earlier_records(
        &mut self,
        source: RecordSource,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<u64> {
        self.execute(
            sql!(
                sqlite: "insert into external_records \
                    (cve, source, slug, published_at, watched_at, next_at) \
                    select flaw.value ->> 'cve', ?1, notes.slug, notes.published_at, ?2, ?2 \
                    from notes, json_each(notes.document -> 'vulnerabilities') as flaw \
                    where notes.published_at > ?3 and flaw.value ->> 'cve' is not null \
                    on conflict do nothing",
                postgres: "insert into external_records \
                    (cve, source, slug, published_at, watched_at, next_at) \
                    select flaw ->> 'cve', cast(?1 as text), notes.slug, notes.published_at, \
                    cast(?2 as bigint), cast(?2 as bigint) from notes, \
                    jsonb_array_elements(cast(notes.document as jsonb) -> 'vulnerabilities') \
                    as listed (flaw) where notes.published_at > ?3 and flaw ->> 'cve' is not null \
                    on conflict do nothing"
            ),
            &values![code(&source)?, now, since],
        )
    }

    /// The sources of which a record is due. It may be that they are not free to be asked.
    pub fn sources_due(&mut self, now: Timestamp) -> Result<Vec<RecordSource>> {
        let rows = self.query(
            sql!(
                "select distinct source from external_records where next_at <= ?1 order by source"
            ),
            &values![now],
        )?;
        rows.iter().map(|row| from_code(row, "source")).collect()
    }

    /// The record of a source that has waited longest for a look, unless the source is to be left
    /// alone. Nobody else gets it before `until`, and nobody asks the source before `free_at`.
    pub fn claim_record(
        &mut self,
        source: RecordSource,
        now: Timestamp,
        (until, free_at): (Timestamp, Timestamp),
    ) -> Result<Option<ClaimedRecord>> {
        let name = code(&source)?;
        let turn = self.query_opt(
            sql!(
                "insert into external_sources (source, free_at, n_failed) \
                select source, cast(?3 as bigint), 0 from external_records \
                where source = ?1 and next_at <= ?2 limit 1 \
                on conflict (source) do update set free_at = excluded.free_at \
                where external_sources.free_at <= ?2 returning n_failed"
            ),
            &values![&name, now, free_at],
        )?;
        let Some(turn) = turn else { return Ok(None) };
        let row = self.query_opt(
            sql!(
                "update external_records set next_at = ?3 where source = ?1 and cve in \
                (select cve from external_records where source = ?1 and next_at <= ?2 \
                order by next_at, cve limit 1) \
                returning cve, source, published_at, watched_at, state, score, address, tag, \
                first_seen_at, looked_at, next_at, why"
            ),
            &values![&name, now, until],
        )?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(ClaimedRecord { record: record(&row)?, n_failed: turn.get("n_failed")? }))
    }

    /// Keeps what a look came to, and when the next one is.
    pub fn keep_record(
        &mut self,
        (cve, source): (&CveId, RecordSource),
        looked: &Looked,
        now: Timestamp,
        next_at: Option<Timestamp>,
    ) -> Result<()> {
        let (key, source) = (cve.as_ref(), code(&source)?);
        match looked {
            Looked::There(seen) => self.execute_one(
                sql!(
                    "update external_records set state = ?5, score = ?6, address = ?7, tag = ?8, \
                    first_seen_at = coalesce(first_seen_at, ?3), looked_at = ?3, next_at = ?4, \
                    why = null where cve = ?1 and source = ?2"
                ),
                &values![
                    key,
                    source,
                    now,
                    next_at,
                    &seen.state,
                    seen.score.as_deref(),
                    &seen.address,
                    seen.tag.as_deref(),
                ],
            ),
            Looked::Same => self.execute_one(
                sql!(
                    "update external_records set looked_at = ?3, next_at = ?4, why = null \
                    where cve = ?1 and source = ?2"
                ),
                &values![key, source, now, next_at],
            ),
            Looked::Absent => self.execute_one(
                sql!(
                    "update external_records set state = null, score = null, address = null, \
                    tag = null, looked_at = ?3, next_at = ?4, why = null \
                    where cve = ?1 and source = ?2"
                ),
                &values![key, source, now, next_at],
            ),
            Looked::Unknown(why) => self.execute_one(
                sql!(
                    "update external_records set looked_at = ?3, next_at = ?4, why = ?5 \
                    where cve = ?1 and source = ?2"
                ),
                &values![key, source, now, next_at, why],
            ),
        }
    }

    /// A source answered.
    pub fn source_answered(&mut self, source: RecordSource) -> Result<()> {
        self.execute(
            sql!("update external_sources set n_failed = 0 where source = ?1 and n_failed <> 0"),
            &values![code(&source)?],
        )
        .map(drop)
    }

    /// A source did not answer, and is left alone until an instant.
    pub fn source_failed(&mut self, source: RecordSource, free_at: Timestamp) -> Result<()> {
        self.execute_one(
            sql!(
                "update external_sources set free_at = ?2, n_failed = n_failed + 1 \
                where source = ?1"
            ),
            &values![code(&source)?, free_at],
        )
    }

    /// The records elsewhere of some flaws.
    pub fn records_of<'a>(
        &mut self,
        cves: impl Iterator<Item = &'a CveId>,
    ) -> Result<Vec<ExternalRecord>> {
        let rows = self.query(
            sql!(
                sqlite: "select cve, source, published_at, watched_at, state, score, address, \
                    tag, first_seen_at, looked_at, next_at, why from external_records \
                    where cve in (select value from json_each(?1)) order by cve, source",
                postgres: "select cve, source, published_at, watched_at, state, score, address, \
                    tag, first_seen_at, looked_at, next_at, why from external_records \
                    where cve in (select value \
                    from jsonb_array_elements_text(cast(cast(?1 as text) as jsonb)) \
                    as listed (value)) order by cve, source"
            ),
            &values![to_json(&cves.collect::<Vec<_>>())?],
        )?;
        rows.iter().map(record).collect()
    }

    /// How long records were waited for, source by source.
    pub fn record_waits(&mut self) -> Result<Vec<RecordWaits>> {
        let rows = self.query(
            sql!(
                "select source, count(first_seen_at) as n_seen, \
                count(case when first_seen_at is null then next_at end) as n_waiting, \
                count(case when first_seen_at is null and next_at is null then 1 end) as n_never, \
                count(case when watched_at - published_at <= ?1 then first_seen_at end) as n_timed, \
                cast(coalesce(sum(case when watched_at - published_at <= ?1 \
                then first_seen_at - published_at end), 0) / 1000000 as bigint) as seconds \
                from external_records group by source order by source"
            ),
            &values![i64::try_from(ON_TIME.as_micros()).unwrap_or(i64::MAX)],
        )?;
        let read = |row: &Row| {
            Ok(RecordWaits {
                source: from_code(row, "source")?,
                n_waiting: row.get("n_waiting")?,
                n_seen: row.get("n_seen")?,
                n_never: row.get("n_never")?,
                n_timed: row.get("n_timed")?,
                seconds: row.get("seconds")?,
            })
        };
        rows.iter().map(read).collect()
    }
}

fn record(row: &Row) -> Result<ExternalRecord> {
    let seen = match (row.get("state")?, row.get("address")?) {
        (Some(state), Some(address)) => {
            let (score, tag) = (row.get("score")?, row.get("tag")?);
            Some(SeenRecord { state, score, address, tag })
        }
        (_, _) => None,
    };
    Ok(ExternalRecord {
        cve: row.parse("cve")?,
        source: from_code(row, "source")?,
        published_at: row.get("published_at")?,
        watched_at: row.get("watched_at")?,
        seen,
        first_seen_at: row.get("first_seen_at")?,
        looked_at: row.get("looked_at")?,
        next_at: row.get("next_at")?,
        why: row.get("why")?,
    })
}

#[cfg(test)]
mod tests;
