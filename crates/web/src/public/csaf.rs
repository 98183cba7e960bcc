//! The server as a provider of CSAF documents, 2.0 and 2.1 side by side (CSAF 2.0 and 2.1,
//! section 7.1).

use app::Settings;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use domain::{CaseNumber, Published, Timestamp};
use formats::csaf_provider::{
    Aggregation, Document, File, Hashes, Inside, Key, Provider, Signature, Version,
};
use formats::public_note::Publisher;
use store::{Artefact, NoteSearch, PublishedRow};

use super::cached::{self, Freshness, data, for_everyone};
use crate::Failure;
use crate::actor::Visitor;
use crate::chrome::Page;

/// How many documents the lists name at most.
const MOST: u32 = 200_000;

/// A folder of documents (requirement 14).
#[derive(Template)]
#[template(path = "public/folder.html")]
struct FolderPage {
    page: Page,
    version: &'static str,
    label: &'static str,
    /// The last part of its address.
    name: String,
    inside: Vec<Inside>,
}

/// `GET /.well-known/csaf/{*path}`
pub(crate) async fn provided(
    visitor: Visitor,
    Path(path): Path<String>,
) -> Result<Response, Failure> {
    let whole = format!(".well-known/csaf/{path}");
    if let Some(asked) = OneOf::read(&path) {
        return document(&visitor, &asked, &whole).await;
    }
    let keys = keys(&visitor).await?;
    let version = if path.starts_with("v2.1/") { Version::TwoOne } else { Version::TwoZero };
    let (publisher, documents) = published(&visitor, version).await?;
    let provider = provider(&publisher, version, (&documents, &keys));
    if let Some(folder) = whole.strip_suffix('/') {
        let inside = provider.inside(&whole).ok_or(app::Error::NotFound)?;
        let name = folder.rsplit('/').next().unwrap_or_default().to_owned();
        let (page, number) = (Page::of(&visitor, ""), version.number());
        let template = FolderPage { page, version: number, label: version.label(), name, inside };
        return Ok(for_everyone(&visitor, Freshness::AskAgain, &template));
    }
    // The plain path is a copy of what 2.0 has: programs that know no other read that.
    let bytes = provider.file(&whole).ok_or(app::Error::NotFound)?;
    Ok(data(Freshness::AskAgain, media_type(&whole), bytes))
}

/// `GET /.well-known/openpgp.asc`: the certificate that signatures are checked with, and that
/// letters to the team are encrypted to.
pub(crate) async fn certificate(visitor: Visitor) -> Result<Response, Failure> {
    let key = app::public::key(&visitor.public()).await?.ok_or(app::Error::NotFound)?;
    Ok(data(Freshness::AskAgain, "application/pgp-keys", key.certificate.into_bytes()))
}

/// Where the documents of a note lie, and what lies beside them if they are signed.
pub(crate) fn addresses_of(note: &Published, settings: &Settings) -> Vec<String> {
    let publisher = app::artefact::publisher(settings, note.number().prefix());
    let at = (note.published_at(), note.updated_at());
    let documents = [listed(note.number(), note.title(), at)];
    let [own] = &documents;
    let of_version = |version| {
        let path = provider(&publisher, version, (&documents, &[])).path(own);
        ["", ".sha256", ".sha512", ".asc"].map(|end| format!("/{path}{end}"))
    };
    [Version::TwoZero, Version::TwoOne].into_iter().flat_map(of_version).collect()
}

/// The folders in which the documents of a note are listed.
pub(crate) fn folders_of(note: &Published, settings: &Settings) -> Vec<String> {
    let publisher = app::artefact::publisher(settings, note.number().prefix());
    let at = (note.published_at(), note.updated_at());
    let documents = [listed(note.number(), note.title(), at)];
    let [own] = &documents;
    let of_version = |version| provider(&publisher, version, (&documents, &[])).folders(own);
    let folders = [Version::TwoZero, Version::TwoOne].into_iter().flat_map(of_version);
    folders.map(|path| format!("/{path}")).collect()
}

/// Where the files around all documents lie.
pub(crate) fn addresses_of_lists(settings: &Settings) -> Vec<String> {
    let publisher = app::artefact::publisher(settings, "");
    let of_version = |version| provider(&publisher, version, (&[], &[])).paths();
    let paths = [Version::TwoZero, Version::TwoOne].into_iter().flat_map(of_version);
    paths.map(|path| format!("/{path}")).collect()
}

/// A document, or a file that lies beside it.
#[derive(Debug, PartialEq, Eq)]
struct OneOf {
    version: Version,
    slug: String,
    beside: Beside,
}

#[derive(Debug, PartialEq, Eq)]
enum Beside {
    Itself,
    Hash,
    Signature,
}

impl OneOf {
    /// Reads `v2.0/white/2026/vu_123456.json`, perhaps with the ending of a hash.
    fn read(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').collect();
        let [version, label, _year, name] = parts.as_slice() else { return None };
        let version = match (*version, *label) {
            ("v2.0", "white") => Version::TwoZero,
            ("v2.1", "clear") => Version::TwoOne,
            _ => return None,
        };
        let hash = name.strip_suffix(".sha256").or_else(|| name.strip_suffix(".sha512"));
        let signature = name.strip_suffix(".asc");
        let beside = match (hash, signature) {
            (Some(_), _) => Beside::Hash,
            (None, Some(_)) => Beside::Signature,
            (None, None) => Beside::Itself,
        };
        let id = hash.or(signature).unwrap_or(name).strip_suffix(".json")?.replacen('_', "#", 1);
        let number: CaseNumber = id.parse().ok()?;
        Some(Self { version, slug: number.slug(), beside })
    }
}

/// The place that was asked for is the document's own, or there is nothing: a file has one name.
async fn document(visitor: &Visitor, asked: &OneOf, whole: &str) -> Result<Response, Failure> {
    let door = visitor.public();
    let format = format_of(asked.version);
    let note = app::public::note(&door, asked.slug.clone()).await?;
    let artefact = app::public::artefact(&door, asked.slug.clone(), format.to_owned()).await?;
    let publisher = app::artefact::publisher(&visitor.site().settings, note.number().prefix());
    let documents = [Document {
        hashes: Some(Hashes::of(&artefact.bytes)),
        ..listed(note.number(), note.title(), (note.published_at(), note.updated_at()))
    }];
    let [own] = &documents;
    let provider = provider(&publisher, asked.version, (&documents, &[]));
    let place = provider.path(own);
    match asked.beside {
        Beside::Itself if place == whole => Ok(cached::file(artefact)),
        Beside::Hash => beside(provider.hash_files(own), whole),
        Beside::Signature if format!("{place}.asc") == whole => {
            let format = app::artefact::beside(format);
            Ok(cached::file(app::public::artefact(&door, asked.slug.clone(), format).await?))
        }
        Beside::Itself | Beside::Signature => Err(app::Error::NotFound.into()),
    }
}

/// The key that documents are signed with.
async fn keys(visitor: &Visitor) -> Result<Vec<Key>, Failure> {
    let key = app::public::key(&visitor.public()).await?;
    let url = format!("{}/.well-known/openpgp.asc", visitor.site().settings.base_url);
    Ok(key.map(|key| Key { fingerprint: key.fingerprint, url }).into_iter().collect())
}

fn format_of(version: Version) -> &'static str {
    match version {
        Version::TwoZero => app::artefact::CSAF_2_0,
        Version::TwoOne => app::artefact::CSAF_2_1,
    }
}

fn beside(files: Vec<File>, whole: &str) -> Result<Response, Failure> {
    let found = files.into_iter().find(|(place, _)| place == whole);
    let (_, bytes) = found.ok_or(app::Error::NotFound)?;
    let (format, media_type) = (String::new(), "text/plain; charset=utf-8".to_owned());
    Ok(cached::file(Artefact { format, media_type, bytes }))
}

async fn published(
    visitor: &Visitor,
    version: Version,
) -> Result<(Publisher, Vec<Document>), Failure> {
    let door = visitor.public();
    let signature = app::artefact::beside(format_of(version));
    let signed = app::public::slugs_with(&door, signature).await?;
    let mut named = app::public::vendors_named(&door).await?;
    let rows = app::public::list(&door, NoteSearch::default(), None, MOST).await?;
    let prefix = app::public::policy(&door).await?.prefix;
    let publisher = app::artefact::publisher(&visitor.site().settings, &prefix);
    // Documents are filed under the vendors that they name (requirement 17).
    let document = |row: PublishedRow| {
        let listed = listed(&row.number, &row.title, (row.published_at, row.updated_at));
        let beside =
            if signed.contains(&row.slug) { Signature::Beside } else { Signature::Missing };
        let categories = named.remove(&row.slug).unwrap_or_default();
        Document { signature: beside, categories, ..listed }
    };
    Ok((publisher, rows.into_iter().map(document).collect()))
}

fn listed(number: &CaseNumber, title: &str, (first, last): (Timestamp, Timestamp)) -> Document {
    Document {
        id: number.to_string(),
        title: title.to_owned(),
        summary: title.to_owned(),
        initial_release_at: first,
        current_release_at: last,
        hashes: None,
        signature: Signature::Missing,
        categories: vec![],
    }
}

fn provider<'a>(
    publisher: &'a Publisher,
    version: Version,
    (documents, keys): (&'a [Document], &'a [Key]),
) -> Provider<'a> {
    Provider {
        publisher,
        version,
        documents,
        keys,
        aggregation: Aggregation::Mirror,
        changed_at: Timestamp::UNIX_EPOCH,
        maintained_from: None,
        maintained_until: None,
    }
}

fn media_type(place: &str) -> &'static str {
    let end = place.rsplit('.').next().unwrap_or_default();
    match end {
        "json" => "application/json",
        "csv" => "text/csv; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use super::{Beside, OneOf, Version};

    #[test]
    fn a_document_is_found_by_its_version_its_label_and_its_name() {
        let read = OneOf::read("v2.0/white/2026/vu_123456.json.sha512");
        let slug = "VU-123456".to_owned();
        assert_eq!(read, Some(OneOf { version: Version::TwoZero, slug, beside: Beside::Hash }));
        for other in
            ["v2.0/clear/2026/vu_1.json", "v2.1/clear/2026/vu_1.txt", "v2.1/clear/index.txt"]
        {
            assert_eq!(OneOf::read(other), None, "{other}");
        }
    }
}
