//! The folders of the documents, for people who walk them and programs that check that they can
//! (requirement 14).

use std::collections::BTreeSet;

use super::{Document, Provider};

/// Something that lies in a folder.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Inside {
    /// Its name; that of a folder ends with a slash.
    pub name: String,
    /// Its whole address. A checker that joins names and folders takes it as it stands.
    pub address: String,
}

impl Provider<'_> {
    /// What lies in a folder: the years and the lists in that of the label, newest year first; in a
    /// year its documents with their hashes and signatures. Nothing where no document ever lay.
    pub fn inside(&self, path: &str) -> Option<Vec<Inside>> {
        let inside = path.strip_prefix(&self.label_folder())?;
        let inside = if inside.is_empty() { self.of_label() } else { self.of_year(inside) };
        (!inside.is_empty()).then_some(inside)
    }

    /// The folders in which a document is listed: that of the label, and that of its year.
    pub fn folders(&self, document: &Document) -> [String; 2] {
        let label = self.label_folder();
        let year = format!("{label}{}/", document.year());
        [label, year]
    }

    fn of_label(&self) -> Vec<Inside> {
        let years: BTreeSet<String> = self.documents.iter().map(Document::year).collect();
        let years = years.into_iter().rev().map(|year| format!("{}{year}/", self.label_folder()));
        let lists = self.around().into_iter().map(|(path, _)| path);
        let lists = lists.filter(|path| path.starts_with(&self.label_folder()));
        years.chain(lists).map(|path| self.entry_at(&path)).collect()
    }

    fn of_year(&self, inside: &str) -> Vec<Inside> {
        let of_year = |document: &&Document| inside == format!("{}/", document.year());
        let mut documents: Vec<&Document> = self.documents.iter().filter(of_year).collect();
        documents.sort_by_key(|document| document.file_name());
        let paths = documents.into_iter().flat_map(|document| {
            let path = self.path(document);
            let hashes = ["sha256", "sha512"].map(|kind| format!("{path}.{kind}"));
            let signature = self.signature_path(document);
            std::iter::once(path).chain(hashes).chain(signature)
        });
        paths.map(|path| self.entry_at(&path)).collect()
    }

    fn entry_at(&self, path: &str) -> Inside {
        let from = path.trim_end_matches('/').rfind('/').map_or(0, |slash| slash + 1);
        let name = path.get(from..).unwrap_or(path).to_owned();
        Inside { name, address: self.address(path) }
    }
}
