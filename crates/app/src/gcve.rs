//! The team as a numbering authority of GCVE (GCVE-BCP-03, GCVE-BCP-05): every published flaw has
//! one id for good, `GCVE-<authority>-<year>-<number>`. The year is that of the first publication,
//! and the number is the digits of the note followed by four digits of the flaw's place in it: so
//! no two publications wait for each other, and the id of a flaw does not depend on others.

use std::collections::BTreeMap;

use domain::{Published, Timestamp};
use formats::cve::Organisation;
use formats::gcve::{GcveId, record};
use formats::{PublicNote, json};
use sha2::{Digest, Sha256};
use store::{GcvePage, GcveRow, PublicStore};
use uuid::Builder;

use crate::artefact::publisher;
use crate::duties::Done;
use crate::site::Settings;
use crate::{Ctx, Desk, Error, Result};

/// Places in a note that have a number: more flaws than this no note has.
const PLACES: u64 = 10_000;

/// How many notes get their ids in one transaction.
const NOTES_AT_ONCE: u32 = 100;

/// How many flaws are read at once for the whole list.
const RECORDS_AT_ONCE: u32 = 50;

/// The longest name that a record has room for, in characters.
const LONGEST_NAME: usize = 32;

/// The ids that the flaws of a note would have.
fn ids(authority: u32, note: &Published) -> Vec<(u32, String)> {
    let year = note.published_at().to_zoned(jiff::tz::TimeZone::UTC).year();
    let digits: Option<u64> = note.number().digits().parse().ok();
    let id = |ordinal: u32| {
        let number = digits?.checked_mul(PLACES)?.checked_add(ordinal.into())?;
        GcveId::new(authority, u16::try_from(year).ok()?, number)
    };
    let ordinals = note.vulnerabilities().iter().map(|flaw| flaw.ordinal);
    let ordinals = ordinals.filter(|ordinal| u64::from(*ordinal) < PLACES);
    ordinals.filter_map(|ordinal| Some((ordinal, id(ordinal)?.to_string()))).collect()
}

/// Gives the flaws of a note their ids, in the transaction that publishes it.
pub(crate) fn give_ids(desk: &mut Desk<'_>, note: &Published) -> Result<()> {
    let Some(authority) = desk.ctx().site().settings.gna else { return Ok(()) };
    Ok(desk.tx().give_gcve_ids(&note.number().slug(), &ids(authority, note))?)
}

/// Gives their ids to the flaws of notes that were published before the team became an authority.
pub(crate) async fn fill_in_ids(ctx: &Ctx) -> Result<Done> {
    let mut done = Done::default();
    if ctx.site().settings.gna.is_none() {
        return Ok(done);
    }
    let mut after = Some(String::new());
    while let Some(from) = after {
        let (n, last) = ctx.write(move |desk| fill_in(desk, &from)).await?;
        done.done += n;
        after = last;
    }
    Ok(done)
}

/// How many notes got ids, and the last one that was looked at.
fn fill_in(desk: &mut Desk<'_>, after: &str) -> Result<(u32, Option<String>)> {
    let notes = desk.tx().notes_without_gcve_ids(after, NOTES_AT_ONCE)?;
    let mut n = 0;
    for note in notes.iter().filter(|note| !note.vulnerabilities().is_empty()) {
        give_ids(desk, note)?;
        n += 1;
    }
    Ok((n, notes.last().map(|note| note.number().slug())))
}

/// Who assigns, as records say it. The authority has no UUID in GCVE, so that one is made of the
/// server's address.
fn organisation(settings: &Settings) -> Result<Organisation> {
    let digest: [u8; 32] = Sha256::digest(format!("GCVE {}", settings.base_url)).into();
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(byte, drawn)| *byte = drawn);
    let id = Builder::from_random_bytes(bytes).into_uuid().to_string();
    let name: String = settings.site_name.chars().take(LONGEST_NAME).collect();
    let name = if name.chars().count() < 2 { "GNA".to_owned() } else { name };
    Organisation::new(&id, &name).map_err(|error| Error::broken("a GCVE record", error))
}

/// The records of flaws, each as one JSON object.
fn records(
    settings: &Settings,
    (rows, notes): (Vec<GcveRow>, BTreeMap<String, Published>),
) -> Result<Vec<Vec<u8>>> {
    let organisation = organisation(settings)?;
    let mut written = Vec::with_capacity(rows.len());
    let mut last: Option<(String, PublicNote)> = None;
    for row in rows {
        let Some(published) = notes.get(&row.slug) else { continue };
        if last.as_ref().is_none_or(|(slug, _)| *slug != row.slug) {
            last = Some((row.slug.clone(), PublicNote::from(published)));
        }
        let Some((_, note)) = &last else { continue };
        let flaw = note.vulnerabilities.iter().find(|flaw| flaw.local == row.ordinal);
        // A flaw that a later revision no longer tells of is not told of here either.
        let (Some(flaw), Ok(id)) = (flaw, row.id.parse()) else { continue };
        let publisher = publisher(settings, published.number().prefix());
        let record = record(note, flaw, &publisher, &organisation, &id);
        written.push(json::written(&record));
    }
    Ok(written)
}

/// A page of the records, the newest first.
pub async fn page(door: &PublicStore, settings: &Settings, page: GcvePage) -> Result<Vec<Vec<u8>>> {
    let found = door.read(move |public| Ok::<_, Error>(public.gcve_page(page)?)).await?;
    records(settings, found)
}

/// The record that has an id.
pub async fn one(door: &PublicStore, settings: &Settings, id: String) -> Result<Vec<u8>> {
    let found = door.read(move |public| public.gcve(&id)?.ok_or(Error::NotFound)).await?;
    let (row, note) = found;
    let notes = [(row.slug.clone(), note)].into();
    records(settings, (vec![row], notes))?.pop().ok_or(Error::NotFound)
}

/// The next records in a walk over all of them, and where it goes on; nothing at its end.
pub async fn next(
    door: &PublicStore,
    settings: &Settings,
    after: (String, u32),
) -> Result<Option<(Vec<Vec<u8>>, (String, u32))>> {
    let found = door
        .read(move |public| Ok::<_, Error>(public.gcve_after(&after, RECORDS_AT_ONCE)?))
        .await?;
    let Some(last) = found.0.last().map(|row| (row.slug.clone(), row.ordinal)) else {
        return Ok(None);
    };
    Ok(Some((records(settings, found)?, last)))
}

/// From when on records are wanted where nobody says.
pub const ALWAYS: Timestamp = Timestamp::MIN;
