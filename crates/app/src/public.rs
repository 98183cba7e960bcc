//! What everyone may read: published notes and the policy, and nothing else. It is read through the
//! store's door for everyone, behind which there is no case: there is no `Ctx` and no desk here.

use std::collections::{BTreeMap, BTreeSet};

use domain::note::SubjectKind;
use domain::policy::PublishedPolicy;
use domain::{CveId, Published, Timestamp};
use store::{Artefact, NoteSearch, PublicStore, PublishedKey, PublishedRow};

use crate::{Error, Result};

/// A published note.
pub async fn note(door: &PublicStore, slug: String) -> Result<Published> {
    door.read(move |public| public.note(&slug)?.ok_or(Error::NotFound)).await
}

/// The revisions of a note that can be read, and when each was published, the newest first.
pub async fn revisions(door: &PublicStore, slug: String) -> Result<Vec<(u32, Timestamp)>> {
    door.read(move |public| match public.revisions(&slug)? {
        none if none.is_empty() => Err(Error::NotFound),
        revisions => Ok(revisions),
    })
    .await
}

/// A revision of a note, as it was published.
pub async fn revision(door: &PublicStore, slug: String, number: u32) -> Result<Published> {
    door.read(move |public| public.revision(&slug, number)?.ok_or(Error::NotFound)).await
}

/// The names of the files of a published note.
pub async fn formats(door: &PublicStore, slug: String) -> Result<BTreeSet<String>> {
    door.read(move |public| Ok(public.formats_of(&slug)?)).await
}

/// A published note in one of its formats.
pub async fn artefact(door: &PublicStore, slug: String, format: String) -> Result<Artefact> {
    door.read(move |public| public.artefact(&slug, &format)?.ok_or(Error::NotFound)).await
}

/// Published notes that a search finds, newest first; an empty one finds them all.
pub async fn list(
    door: &PublicStore,
    search: NoteSearch,
    before: Option<(Timestamp, String)>,
    limit: u32,
) -> Result<Vec<PublishedRow>> {
    door.read(move |public| Ok(public.search(&search, before.as_ref(), limit)?)).await
}

/// Published notes whole, the newest first: those first public from one instant on and before
/// another.
pub async fn between(
    door: &PublicStore,
    (from, until): (Timestamp, Timestamp),
    limit: u32,
) -> Result<Vec<Published>> {
    door.read(move |public| Ok(public.notes_between(from, until, limit)?)).await
}

/// Counts up with each change of what is public, as the database has it now.
pub async fn edition(door: &PublicStore) -> Result<i64> {
    door.read(|public| Ok(public.edition()?)).await
}

/// The slugs of all notes with the revision that is public, some at a time, in the order of the
/// slugs; the first ones after an empty slug.
pub async fn revisions_after(
    door: &PublicStore,
    slug: String,
    limit: u32,
) -> Result<Vec<(String, u32)>> {
    door.read(move |public| Ok(public.revisions_after(&slug, limit)?)).await
}

/// A vendor or a product, by the last part of its address.
pub type Place = (SubjectKind, String);

/// What a vendor or a product is called, and published notes that name it, newest first. Whom none
/// names is not found.
pub async fn about(
    door: &PublicStore,
    (kind, place): Place,
    before: Option<(Timestamp, String)>,
    limit: u32,
) -> Result<(String, Vec<PublishedRow>)> {
    door.read(move |public| {
        let name = public.subject(kind, &place)?.ok_or(Error::NotFound)?;
        Ok((name, public.notes_about(kind, &place, before.as_ref(), limit)?))
    })
    .await
}

/// The same with the newest notes whole.
pub async fn whole_about(
    door: &PublicStore,
    (kind, place): Place,
    limit: u32,
) -> Result<(String, Vec<Published>)> {
    door.read(move |public| {
        let name = public.subject(kind, &place)?.ok_or(Error::NotFound)?;
        Ok((name, public.whole_notes_about(kind, &place, limit)?))
    })
    .await
}

/// The certificate that signatures of the server are checked with, once it has one.
pub async fn key(door: &PublicStore) -> Result<Option<PublishedKey>> {
    door.read(|public| Ok(public.key()?)).await
}

/// The slugs of all notes that have a file of this name.
pub async fn slugs_with(door: &PublicStore, format: String) -> Result<BTreeSet<String>> {
    door.read(move |public| Ok(public.slugs_with(&format)?)).await
}

/// The names of the vendors that each note names, by its slug.
pub async fn vendors_named(door: &PublicStore) -> Result<BTreeMap<String, Vec<String>>> {
    door.read(|public| Ok(public.vendors_named()?)).await
}

/// The newest published note that speaks of a CVE ID.
pub async fn of_cve(door: &PublicStore, cve: CveId) -> Result<Published> {
    door.read(move |public| public.note_of_cve(&cve)?.ok_or(Error::NotFound)).await
}

/// What everyone may read of the policy in force for new reports (S102).
pub async fn policy(door: &PublicStore) -> Result<PublishedPolicy> {
    door.read(|public| Ok(public.policy()?)).await
}
