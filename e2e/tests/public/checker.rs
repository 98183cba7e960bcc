//! What the reference checker of CSAF (`csaf_checker`) asks a provider, request by request, and how it
//! judges the answers: requirements 1 to 20 as far as they can be asked of a server by its own name.
//! The program itself cannot be had here; this follows what it does.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::front::Front;

/// An answer that a checker is content with: at once, without a detour.
fn asked(front: &Front, url: &str) -> (String, Vec<u8>) {
    let (head, body) = front.get(url);
    let status = head.lines().next().unwrap_or_default();
    assert!(status.contains(" 200"), "{url}: {head}");
    assert!(url.starts_with("https://"), "{url} is not reached over TLS (3)");
    (head, body)
}

/// Only what is called JSON and nothing more is taken without a warning.
fn json(front: &Front, url: &str) -> Value {
    let (head, body) = asked(front, url);
    let kind = head.lines().find_map(|line| line.strip_prefix("content-type: "));
    assert_eq!(kind, Some("application/json"), "{url}");
    // It hashes what its reader took, which stops at the last brace.
    assert!(body.ends_with(b"}"), "{url} goes on after its last brace (18)");
    serde_json::from_slice(&body).expect("JSON")
}

fn text(front: &Front, url: &str) -> String {
    String::from_utf8(asked(front, url).1).expect("UTF-8")
}

/// The first line of `security.txt` leads to what lies at the well-known place, byte for byte (7 to 9).
pub(crate) fn finds_the_metadata(front: &Front) {
    let base = front.base();
    let security = text(front, &format!("{base}/.well-known/security.txt"));
    let first = security.lines().find_map(|line| line.strip_prefix("CSAF:"));
    let first = first.expect("a line for CSAF").trim();
    let known = format!("{base}/.well-known/csaf/provider-metadata.json");
    assert_eq!(asked(front, first).1, asked(front, &known).1);
}

/// One version of a provider, and how many documents it should have.
pub(crate) fn examines(front: &Front, metadata: &str, documents: usize) {
    let told = json(front, metadata);
    let distributions = told["distributions"].as_array().expect("distributions");
    let feeds: Vec<&Value> =
        distributions.iter().filter_map(|one| one["rolie"]["feeds"].as_array()).flatten().collect();
    let directory = distributions.iter().find_map(|one| {
        one["directory_url"].as_str().or(one["directory"]["url"].as_str()).map(str::to_owned)
    });
    let directory = directory.expect("a directory");
    assert!(directory.ends_with('/'), "{directory}");
    service(front, metadata, &feeds);
    let [feed] = feeds.as_slice() else { panic!("one feed for one label (15)") };
    let url = feed["url"].as_str().expect("its address");
    let label = feed["tlp_label"].as_str().expect("its label");
    let in_feed = entries(front, url, label);
    category(front, url, label);
    let changes = changes(front, &directory);
    let in_changes: BTreeSet<String> = changes.keys().cloned().collect();
    let index = text(front, &format!("{directory}index.txt"));
    let in_index: BTreeSet<String> =
        index.lines().map(|line| format!("{directory}{line}")).collect();
    assert_eq!(in_feed, in_index, "what is in one list is in all (12, 15)");
    assert_eq!(in_index, in_changes, "what is in one list is in all (12, 13)");
    assert_eq!(in_feed.len(), documents);
    let newest = changes.values().max().expect("a document");
    assert!(told["last_updated"].as_str() >= Some(newest), "{told:#} {newest} (7)");
    for url in &in_feed {
        document(front, url, label, &changes[url]);
        listed(front, url);
    }
}

/// The service document beside the metadata names exactly the feeds (16).
fn service(front: &Front, metadata: &str, feeds: &[&Value]) {
    let folder = metadata.trim_end_matches("provider-metadata.json");
    let service = json(front, &format!("{folder}service.json"));
    only(&service, &["service"]);
    let workspaces = service["service"]["workspace"].as_array().expect("workspaces").iter();
    let collections = workspaces.filter_map(|one| one["collection"].as_array()).flatten();
    let named: BTreeSet<&str> = collections.filter_map(|one| one["href"].as_str()).collect();
    let told: BTreeSet<&str> = feeds.iter().filter_map(|feed| feed["url"].as_str()).collect();
    assert_eq!(named, told);
}

/// The category document beside the feed has something by which documents are told apart (17).
fn category(front: &Front, feed: &str, label: &str) {
    let folder = feed.rsplit_once('/').expect("a folder").0;
    let document = json(front, &format!("{folder}/category-{}.json", label.to_lowercase()));
    only(&document, &["categories"]);
    let categories = document["categories"]["category"].as_array().expect("categories");
    assert!(!categories.is_empty(), "{document:#}");
    for one in categories {
        only(one, &["scheme", "term"]);
    }
}

/// The documents of a feed, if it has nothing in it that a strict reader refuses (15).
fn entries(front: &Front, url: &str, label: &str) -> BTreeSet<String> {
    let feed = json(front, url);
    only(&feed, &["feed"]);
    only(&feed["feed"], &["id", "title", "link", "category", "updated", "entry"]);
    let mut found = BTreeSet::new();
    for entry in feed["feed"]["entry"].as_array().expect("entries") {
        let known = [
            "id",
            "title",
            "link",
            "published",
            "updated",
            "summary",
            "content",
            "format",
            "category",
        ];
        only(entry, &known);
        let links = entry["link"].as_array().expect("links");
        for link in links {
            only(link, &["rel", "href"]);
        }
        let of = |kind: &str, end: &str| {
            let mut links = links.iter().filter(|link| link["rel"] == kind);
            links.find_map(|link| link["href"].as_str().filter(|href| href.ends_with(end)))
        };
        assert_eq!(links[0]["rel"], "self", "the first link is the document: {entry:#}");
        let own = of("self", ".json").expect("the document");
        assert_eq!(entry["content"]["src"], own);
        for (kind, end) in [("hash", ".sha256"), ("hash", ".sha512"), ("signature", ".asc")] {
            assert_eq!(of(kind, end), Some(format!("{own}{end}").as_str()), "{entry:#}");
        }
        assert!(own.contains(&format!("/{}/", label.to_lowercase())), "{own}");
        assert!(found.insert(own.to_owned()), "{own} stands there twice");
    }
    found
}

/// The documents of `changes.csv` with their dates, which do not grow (13).
fn changes(front: &Front, directory: &str) -> BTreeMap<String, String> {
    let all = text(front, &format!("{directory}changes.csv"));
    let mut found = BTreeMap::new();
    let mut last: Option<String> = None;
    for line in all.lines() {
        let (path, date) = line.split_once(',').expect("two columns");
        let (path, date) = (path.trim_matches('"'), date.trim_matches('"').to_owned());
        assert!(last.is_none_or(|last| last >= date), "{all}");
        found.insert(format!("{directory}{path}"), date.clone());
        last = Some(date);
    }
    found
}

/// A document by its place: its name, its folder, its dates, its label, its hashes (1, 2, 4, 11, 13, 18).
fn document(front: &Front, url: &str, label: &str, changed: &str) {
    let read = json(front, url);
    let (folder, name) = url.rsplit_once('/').expect("a name");
    let tracking = &read["document"]["tracking"];
    let id = tracking["id"].as_str().expect("an id").to_lowercase();
    let mut clean = String::new();
    for sign in id.chars() {
        match sign {
            '+' | '-' | 'a'..='z' | '0'..='9' => clean.push(sign),
            _ if clean.ends_with('_') => {}
            _ => clean.push('_'),
        }
    }
    assert_eq!(name, format!("{clean}.json"), "{url} (2)");
    let first = tracking["initial_release_date"].as_str().expect("a date");
    assert!(folder.ends_with(&format!("/{}", &first[..4])), "{url} is of {first} (11)");
    assert_eq!(tracking["current_release_date"], changed, "{url} (13)");
    assert_eq!(read["document"]["distribution"]["tlp"]["label"], label, "{url} (4)");
    for kind in ["sha256", "sha512"] {
        let hash = text(front, &format!("{url}.{kind}"));
        let (hash, of) = hash.trim_end().split_once("  ").expect("a hash and a name");
        assert!(hash.bytes().all(|byte| byte.is_ascii_hexdigit()) && of == name, "{url} (18)");
    }
}

/// The folder of a document is a page that links to it by the address at which it was found (14).
fn listed(front: &Front, url: &str) {
    let folder = url.rsplit_once('/').expect("a folder").0;
    let page = text(front, &format!("{folder}/"));
    assert!(page.contains(&format!("<a href=\"{url}\">")), "{url} is not in {page}");
}

/// A strict reader knows these keys and no others.
fn only(value: &Value, known: &[&str]) {
    let keys = value.as_object().expect("an object").keys();
    let odd: Vec<&String> = keys.filter(|key| !known.contains(&key.as_str())).collect();
    assert!(odd.is_empty(), "{odd:?} in {value:#}");
}
