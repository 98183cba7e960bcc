//! The same documents as a ROLIE feed in JSON, with the service and category documents around it
//! (RFC 8322; CSAF 2.1, requirements 15 to 17).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Document, Provider};
use crate::xml::one_line;

impl Provider<'_> {
    /// The feed of all documents.
    pub fn feed(&self) -> Value {
        let label = self.version.label();
        let service = self.address(&format!("{}service.json", self.folder()));
        let entries: Vec<Value> =
            self.newest().into_iter().map(|document| self.entry(document)).collect();
        json!({ "feed": {
            "id": format!("csaf-feed-tlp-{}", label.to_lowercase()),
            "title": self.feed_title(),
            "link": [
                { "rel": "self", "href": self.address(&self.feed_path()) },
                { "rel": "service", "href": service },
            ],
            "category": [information_type()],
            "updated": self.updated_at().to_string(),
            "entry": entries,
        }})
    }

    fn entry(&self, document: &Document) -> Value {
        let address = self.address(&self.path(document));
        let mut links = vec![json!({ "rel": "self", "href": address })];
        // Every document has both beside it, and the feed must name them (requirement 18).
        for kind in ["sha256", "sha512"] {
            let path = format!("{}.{kind}", self.path(document));
            links.push(json!({ "rel": "hash", "href": self.address(&path) }));
        }
        if let Some(path) = self.signature_path(document) {
            links.push(json!({ "rel": "signature", "href": self.address(&path) }));
        }
        let mut entry = json!({
            "id": document.id,
            "title": one_line(&document.title),
            "link": links,
            "published": document.initial_release_at.to_string(),
            "updated": document.current_release_at.to_string(),
            "summary": { "content": one_line(&document.summary) },
            "content": { "type": "application/json", "src": address },
            "format": { "schema": super::schema(self.version), "version": self.version.number() },
        });
        if !document.categories.is_empty() {
            let terms = document.categories.iter();
            entry["category"] = terms.map(|term| self.category(term)).collect();
        }
        entry
    }

    /// The service document: it lists the feed.
    pub fn service_document(&self) -> Value {
        json!({ "service": { "workspace": [{
            "title": "Public CSAF feed",
            "collection": [{
                "title": self.feed_title(),
                "href": self.address(&self.feed_path()),
                "categories": { "category": [information_type()] },
            }],
        }]}})
    }

    /// The category document: everything that a document is filed under.
    pub fn category_document(&self) -> Value {
        let terms = self.documents.iter().flat_map(|document| &document.categories);
        let terms: BTreeSet<&String> = terms.collect();
        let categories: Vec<Value> = terms.iter().map(|term| self.category(term)).collect();
        json!({ "categories": { "category": categories } })
    }

    /// A category; its scheme is the document that lists them all.
    fn category(&self, term: &str) -> Value {
        json!({ "scheme": self.address(&self.category_path()), "term": one_line(term) })
    }

    fn feed_title(&self) -> String {
        format!("CSAF feed of {} (TLP:{})", one_line(&self.publisher.name), self.version.label())
    }

    pub(super) fn feed_path(&self) -> String {
        format!("{}feed-tlp-{}.json", self.label_folder(), self.version.label().to_lowercase())
    }

    pub(super) fn category_path(&self) -> String {
        format!("{}category-{}.json", self.label_folder(), self.version.label().to_lowercase())
    }
}

fn information_type() -> Value {
    json!({ "scheme": "urn:ietf:params:rolie:category:information-type", "term": "csaf" })
}
