//! How CSAF documents are handed out: the files around them that let a program find them, follow
//! them and check them (CSAF 2.0, 7.1; CSAF 2.1, requirements 7 to 20). Both versions lie side by
//! side, each in a folder of its own; the well-known address carries a copy of the authoritative
//! one, never a redirect. Everything handed out here is for everyone, TLP:CLEAR.

use domain::journal::hex;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};

use crate::csaf;
use crate::public_note::Publisher;

mod folder;
mod rolie;

pub use folder::Inside;

/// A version of CSAF.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Version {
    /// CSAF 2.0.
    TwoZero,
    /// CSAF 2.1.
    TwoOne,
}

impl Version {
    /// The version's number.
    pub const fn number(self) -> &'static str {
        match self {
            Self::TwoZero => "2.0",
            Self::TwoOne => "2.1",
        }
    }

    /// What the version calls that which everyone may read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::TwoZero => "WHITE",
            Self::TwoOne => "CLEAR",
        }
    }

    /// The schema that documents of the version follow.
    const fn schema(self) -> &'static str {
        match self {
            Self::TwoZero => "https://docs.oasis-open.org/csaf/csaf/v2.0/csaf_json_schema.json",
            Self::TwoOne => "https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json",
        }
    }
}

/// What is told of one document.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Document {
    /// Its tracking id, such as `VU#123456`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// It in a sentence.
    pub summary: String,
    /// When it was first released; decides on its folder (requirement 11).
    pub initial_release_at: Timestamp,
    /// When this version of it was released.
    pub current_release_at: Timestamp,
    /// The hashes of its bytes; none where it is only to be listed.
    pub hashes: Option<Hashes>,
    /// Whether a signature lies beside it.
    pub signature: Signature,
    /// What it is filed under, such as the vendors it names (requirement 17).
    pub categories: Vec<String>,
}

/// The hashes of a document's bytes, in small hexadecimal letters (requirement 18).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Hashes {
    /// SHA-256.
    pub sha256: String,
    /// SHA-512.
    pub sha512: String,
}

impl Hashes {
    /// Those of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let (short, long) = (Sha256::digest(bytes), Sha512::digest(bytes));
        Self { sha256: hex(&short), sha512: hex(&long) }
    }
}

impl Document {
    /// The name of its file: the id in small letters, with `_` for what may not stand in a name
    /// (CSAF 2.0, 5.1).
    pub fn file_name(&self) -> String {
        csaf::file_name(&self.id)
    }

    /// Its place below the folder of its label: the year and the name.
    fn place(&self) -> String {
        format!("{}/{}", self.year(), self.file_name())
    }

    /// The year in which it was first released, by which its folder is called (requirement 11).
    fn year(&self) -> String {
        format!("{:04}", TimeZone::UTC.to_datetime(self.initial_release_at).year())
    }
}

/// Whether an OpenPGP signature lies beside a document (requirement 19).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Signature {
    /// One does.
    Beside,
    /// None does.
    Missing,
}

/// A key that documents are signed with (requirement 20).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Key {
    /// Its fingerprint, 40 hexadecimal digits or more.
    pub fingerprint: String,
    /// Where it can be had.
    pub url: String,
}

/// What aggregators may do with the documents (requirement 7).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Aggregation {
    /// List and mirror them.
    Mirror,
    /// List them.
    List,
    /// Neither.
    Neither,
}

/// A provider of documents of one version.
#[derive(Clone, Debug)]
pub struct Provider<'a> {
    /// Who publishes.
    pub publisher: &'a Publisher,
    /// The version of the documents.
    pub version: Version,
    /// The documents.
    pub documents: &'a [Document],
    /// The keys that they are signed with.
    pub keys: &'a [Key],
    /// What aggregators may do.
    pub aggregation: Aggregation,
    /// When anything but the documents was last changed.
    pub changed_at: Timestamp,
    /// From when the files may be relied on; CSAF 2.0 has no word for it.
    pub maintained_from: Option<Timestamp>,
    /// Until when the files may be relied on; CSAF 2.0 has no word for it.
    pub maintained_until: Option<Timestamp>,
}

/// A file by its path from the root of the site, without a slash at its start.
pub type File = (String, Vec<u8>);

/// How a file is made.
type Make = fn(&Provider<'_>) -> Vec<u8>;

const SERVICE: Make = |all| bytes(&all.service_document());

/// Where everything about CSAF lies.
const WELL_KNOWN: &str = ".well-known/csaf/";

/// The name of the file that a program looks for first.
const METADATA: &str = "provider-metadata.json";

impl Provider<'_> {
    /// The files around the documents, those that others point to first.
    pub fn files(&self) -> Vec<File> {
        self.around().into_iter().map(|(path, make)| (path, make(self))).collect()
    }

    /// The copies at the well-known address, if this version is the authoritative one.
    pub fn well_known(&self) -> Vec<File> {
        Self::copies().into_iter().map(|(path, make)| (path, make(self))).collect()
    }

    /// Where the files around the documents may lie, whatever there is, and the copies at the
    /// well-known address.
    pub fn paths(&self) -> Vec<String> {
        let files = self.around().into_iter().chain(Self::copies()).map(|(path, _)| path);
        let mut paths: Vec<String> = files.collect();
        if !self.has_categories() {
            paths.push(self.category_path());
        }
        paths
    }

    /// One of the files around the documents, or of the copies at the well-known address, made
    /// alone: of many documents, each takes its time.
    pub fn file(&self, path: &str) -> Option<Vec<u8>> {
        let mut all = self.around().into_iter().chain(Self::copies());
        all.find(|(known, _)| known == path).map(|(_, make)| make(self))
    }

    fn around(&self) -> Vec<(String, Make)> {
        let mut files: Vec<(String, Make)> = vec![
            (format!("{}index.txt", self.label_folder()), |all| all.index().into_bytes()),
            (format!("{}changes.csv", self.label_folder()), |all| all.changes().into_bytes()),
        ];
        if self.has_categories() {
            files.push((self.category_path(), |all| bytes(&all.category_document())));
        }
        files.push((self.feed_path(), |all| bytes(&all.feed())));
        files.push((format!("{}service.json", self.folder()), SERVICE));
        files.push((format!("{}{METADATA}", self.folder()), |all| bytes(&all.metadata())));
        files
    }

    fn copies() -> Vec<(String, Make)> {
        vec![
            (format!("{WELL_KNOWN}service.json"), SERVICE),
            (format!("{WELL_KNOWN}{METADATA}"), |all| bytes(&all.metadata())),
        ]
    }

    fn has_categories(&self) -> bool {
        self.documents.iter().any(|document| !document.categories.is_empty())
    }

    /// Where a document lies.
    pub fn path(&self, document: &Document) -> String {
        format!("{}{}", self.label_folder(), document.place())
    }

    /// The files that hold a document's hashes (requirement 18).
    pub fn hash_files(&self, document: &Document) -> Vec<File> {
        let Some(hashes) = &document.hashes else { return vec![] };
        let (path, name) = (self.path(document), document.file_name());
        let file = |kind: &str, hash: &str| {
            (format!("{path}.{kind}"), format!("{hash}  {name}\n").into_bytes())
        };
        vec![file("sha256", &hashes.sha256), file("sha512", &hashes.sha512)]
    }

    /// Where a document's signature lies, if there is one (requirement 19).
    pub fn signature_path(&self, document: &Document) -> Option<String> {
        match document.signature {
            Signature::Beside => Some(format!("{}.asc", self.path(document))),
            Signature::Missing => None,
        }
    }

    /// `provider-metadata.json` (requirement 7).
    pub fn metadata(&self) -> Value {
        let (list, mirror) = match self.aggregation {
            Aggregation::Mirror => (true, true),
            Aggregation::List => (true, false),
            Aggregation::Neither => (false, false),
        };
        let mut metadata = json!({
            "canonical_url": self.address(&format!("{}{METADATA}", self.folder())),
            "distributions": self.distributions(),
            "last_updated": self.updated_at().to_string(),
            "list_on_CSAF_aggregators": list,
            "metadata_version": self.version.number(),
            "mirror_on_CSAF_aggregators": mirror,
            // The schema knows contact_details as well, but there are checkers that refuse it.
            "publisher": {
                "category": "coordinator",
                "name": self.publisher.name,
                "namespace": self.publisher.base_url,
            },
            "role": self.role(),
        });
        let keys = self.keys.iter();
        let keys: Vec<Value> =
            keys.map(|key| json!({ "fingerprint": key.fingerprint, "url": key.url })).collect();
        if !keys.is_empty() {
            metadata["public_openpgp_keys"] = json!(keys);
        }
        if self.version == Version::TwoOne {
            let schema = "https://docs.oasis-open.org/csaf/csaf/v2.1/schema/provider.json";
            metadata["$schema"] = json!(schema);
            let spans = [
                ("maintained_from", self.maintained_from),
                ("maintained_until", self.maintained_until),
            ];
            for (name, at) in spans {
                if let Some(at) = at {
                    metadata[name] = json!(at.to_string());
                }
            }
        }
        metadata
    }

    fn distributions(&self) -> Value {
        let label = self.version.label();
        let folder = self.address(&self.label_folder());
        let mut feed = json!({
            "summary": format!("All TLP:{label} advisories of {}.", self.publisher.name),
            "tlp_label": label,
            "url": self.address(&self.feed_path()),
        });
        let directory = match self.version {
            Version::TwoZero => json!({ "directory_url": folder }),
            Version::TwoOne => {
                feed["last_updated"] = json!(self.updated_at().to_string());
                json!({ "directory": { "tlp_label": label, "url": folder } })
            }
        };
        let mut rolie = json!({
            "feeds": [feed],
            "services": [self.address(&format!("{}service.json", self.folder()))],
        });
        if self.has_categories() {
            rolie["categories"] = json!([self.address(&self.category_path())]);
        }
        json!([{ "rolie": rolie }, directory])
    }

    /// Trusted is who signs every document with a key that can be had (CSAF 2.1, 7.2.3).
    fn role(&self) -> &'static str {
        let mut documents = self.documents.iter();
        let signed = documents.all(|document| document.signature == Signature::Beside);
        if signed && !self.keys.is_empty() { "csaf_trusted_provider" } else { "csaf_provider" }
    }

    /// The names of all documents, the newest folder first (requirement 12).
    pub fn index(&self) -> String {
        let mut places: Vec<String> = self.documents.iter().map(Document::place).collect();
        places.sort_by(|one, other| other.cmp(one));
        places.iter().map(|place| format!("{place}\n")).collect::<Vec<_>>().concat()
    }

    /// The names of all documents with their dates, the last changed first; in quotation marks
    /// in 2.0 and without them in 2.1 (requirement 13).
    pub fn changes(&self) -> String {
        let documents = self.newest().into_iter();
        let lines = documents.map(|document| {
            let (place, at) = (document.place(), document.current_release_at);
            match self.version {
                Version::TwoZero => format!("\"{place}\",\"{at}\"\n"),
                Version::TwoOne => format!("{place},{at}\n"),
            }
        });
        lines.collect::<Vec<_>>().concat()
    }

    /// The documents, the last changed first.
    fn newest(&self) -> Vec<&Document> {
        let mut documents: Vec<&Document> = self.documents.iter().collect();
        documents.sort_by_key(|document| document.place());
        documents.sort_by_key(|document| std::cmp::Reverse(document.current_release_at));
        documents
    }

    fn updated_at(&self) -> Timestamp {
        let documents = self.documents.iter();
        let last = documents.map(|document| document.current_release_at).max();
        last.unwrap_or(self.changed_at).max(self.changed_at)
    }

    fn folder(&self) -> String {
        format!("{WELL_KNOWN}v{}/", self.version.number())
    }

    fn label_folder(&self) -> String {
        format!("{}{}/", self.folder(), self.version.label().to_lowercase())
    }

    fn address(&self, path: &str) -> String {
        format!("{}/{path}", self.publisher.base_url)
    }
}

/// What `security.txt` says of these providers: the well-known address first, then each version
/// (requirement 8).
pub fn security_txt(publisher: &Publisher, versions: &[Version]) -> Vec<String> {
    let folders = versions.iter().map(|version| format!("v{}/", version.number()));
    std::iter::once(String::new())
        .chain(folders)
        .map(|folder| format!("{}/{WELL_KNOWN}{folder}{METADATA}", publisher.base_url))
        .collect()
}

/// Nothing follows the last brace: there are readers that hash what they parsed and stop there.
fn bytes(value: &Value) -> Vec<u8> {
    format!("{value:#}").into_bytes()
}

#[cfg(test)]
pub(crate) mod tests;
