//! The public site as files: in which order are they carried to another place? What is pointed to
//! comes before what points to it, so that no reader follows a link into nothing.

use sha2::{Digest as _, Sha256};

/// A SHA-256.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
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
        // The folder of a label names lists, that of a year names documents.
        _ if of_csaf && name == "index.html" && path.matches('/').count() == 4 => Rank::Service,
        _ if of_csaf && name == "index.html" => Rank::Index,
        _ if of_csaf && ["index.txt", "changes.csv"].contains(&name) => Rank::Index,
        _ if name.starts_with("feed") && ["atom", "json"].contains(&kind) => Rank::Index,
        _ if kind == "html" => Rank::Page,
        _ => Rank::Leaf,
    }
}

#[cfg(test)]
mod tests;
