//! In which order one tree becomes another. Three steps: what is new is written, what differs is
//! overwritten, what is left is removed. Nothing points to a new file yet, so it harms nobody;
//! what is overwritten then points only to what is there; and when files are removed, nothing
//! points to them any more. Within a step, what is pointed to comes before what points to it,
//! and the other way round for removal.

use super::{Digest, Manifest};

/// One step on the way from one tree to another.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Change {
    /// Write the file, whole or not at all, in place of one that may be there.
    Write {
        /// Its path.
        path: String,
        /// The digest of what it is to hold.
        digest: Digest,
    },
    /// Remove the file.
    Remove {
        /// Its path.
        path: String,
    },
}

/// The changes that make one tree of the other, to be carried out one after the other.
pub fn diff(old: &Manifest, new: &Manifest) -> Vec<Change> {
    let writes = |wanted: fn(Option<&Digest>, &Digest) -> bool| {
        let files = new.iter().filter(move |(path, digest)| wanted(old.get(*path), digest));
        let mut files: Vec<(&String, &Digest)> = files.collect();
        files.sort_by_key(|(path, _)| place(path));
        let write = |(path, digest): (&String, &Digest)| Change::Write {
            path: path.clone(),
            digest: *digest,
        };
        files.into_iter().map(write)
    };
    let mut removed: Vec<&String> = old.keys().filter(|path| !new.contains_key(*path)).collect();
    removed.sort_by_key(|path| std::cmp::Reverse(place(path)));
    let removed = removed.into_iter().map(|path| Change::Remove { path: path.clone() });
    writes(|before, _| before.is_none())
        .chain(writes(|before, after| before.is_some_and(|before| before != after)))
        .chain(removed)
        .collect()
}

/// How far a file is from those that point to nothing.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Rank {
    /// Documents, downloads, signatures, hashes, style sheets.
    Leaf,
    /// Pages.
    Page,
    /// Feeds, and the lists that programs read.
    Index,
    /// What lists feeds.
    Service,
    /// The metadata of a version of CSAF.
    Metadata,
    /// What is found without being pointed to, but points to what is above.
    Entrance,
    /// What points to entrances.
    Signpost,
    /// The start, which may point to anything.
    Start,
}

/// A file's place in the order; of a feed in many pages, the oldest comes first.
fn place(path: &str) -> (Rank, std::cmp::Reverse<u32>, &str) {
    (rank(path), std::cmp::Reverse(page_of_feed(path)), path)
}

/// The rank of a file by its path from the root.
pub fn rank(path: &str) -> Rank {
    let name = path.rsplit('/').next().unwrap_or(path);
    let kind = name.rsplit('.').next().unwrap_or_default();
    let of_csaf = path.starts_with(".well-known/csaf/");
    match path {
        "index.html" => Rank::Start,
        "robots.txt" | ".well-known/security.txt" => Rank::Signpost,
        "sitemap.xml"
        | ".well-known/csaf/service.json"
        | ".well-known/csaf/provider-metadata.json" => Rank::Entrance,
        "vuls/index.html" | "vuls/atomfeed/index.xml" | "vuls/atomfeed/index.html" => Rank::Index,
        _ if of_csaf && name == "provider-metadata.json" => Rank::Metadata,
        _ if of_csaf && name == "service.json" => Rank::Service,
        // The folder of a label names lists, that of a year names documents.
        _ if of_csaf && name == "index.html" && path.matches('/').count() == 4 => Rank::Service,
        _ if of_csaf && name == "index.html" => Rank::Index,
        _ if of_csaf && ["index.txt", "changes.csv"].contains(&name) => Rank::Index,
        _ if name.starts_with("feed") && ["atom", "json"].contains(&kind) => Rank::Index,
        _ if kind == "html" => Rank::Page,
        _ => Rank::Leaf,
    }
}

/// The 3 of `feed-3.atom`.
fn page_of_feed(path: &str) -> u32 {
    let name = path.rsplit('/').next().unwrap_or(path);
    let page = name.strip_prefix("feed-").and_then(|rest| rest.split_once('.'));
    page.and_then(|(number, _)| number.parse().ok()).unwrap_or(1)
}
