//! What OSV calls a package: the ecosystem and the name in it, from a package URL.

use super::Package;
use crate::purl::Purl;
use serde_json::Map;

/// Kinds of package URL whose name in OSV is the name alone.
const BY_NAME: [(&str, &str); 13] = [
    ("bitnami", "Bitnami"),
    ("cargo", "crates.io"),
    ("conan", "ConanCenter"),
    ("cran", "CRAN"),
    ("gem", "RubyGems"),
    ("hackage", "Hackage"),
    ("hex", "Hex"),
    ("julia", "Julia"),
    ("nuget", "NuGet"),
    ("opam", "opam"),
    ("pub", "Pub"),
    ("pypi", "PyPI"),
    ("bioconductor", "Bioconductor"),
];

/// Kinds whose name in OSV is the namespace and the name, and what stands between them.
const BY_NAMESPACE: [(&str, &str, &str); 6] = [
    ("composer", "Packagist", "/"),
    ("githubactions", "GitHub Actions", "/"),
    ("golang", "Go", "/"),
    ("maven", "Maven", ":"),
    ("npm", "npm", "/"),
    ("swift", "SwiftURL", "/"),
];

/// Distributions: the kind and the namespace tell the ecosystem.
const DISTRIBUTIONS: [(&str, &str, &str); 11] = [
    ("apk", "alpine", "Alpine"),
    ("apk", "chainguard", "Chainguard"),
    ("apk", "wolfi", "Wolfi"),
    ("deb", "debian", "Debian"),
    ("deb", "ubuntu", "Ubuntu"),
    ("rpm", "almalinux", "AlmaLinux"),
    ("rpm", "mageia", "Mageia"),
    ("rpm", "openeuler", "openEuler"),
    ("rpm", "opensuse", "openSUSE"),
    ("rpm", "redhat", "Red Hat"),
    ("rpm", "suse", "SUSE"),
];

/// The package, if its kind is one that OSV knows: an ecosystem is not guessed.
pub(super) fn package(purl: &Purl) -> Option<Package> {
    let (ecosystem, name) = ecosystem(purl)?;
    let purl = Some(purl.without_version());
    Some(Package { ecosystem: ecosystem.to_owned(), name, purl, other: Map::new() })
}

fn ecosystem(purl: &Purl) -> Option<(&'static str, String)> {
    let namespace = purl.namespace.as_deref();
    if let Some((_, ecosystem)) = BY_NAME.iter().find(|(kind, _)| *kind == purl.kind) {
        // PyPI's names are the same in capitals and with underscores (PEP 503).
        let name = match *ecosystem {
            "PyPI" => purl.name.to_lowercase().replace(['_', '.'], "-"),
            _ => purl.name.clone(),
        };
        return Some((ecosystem, name));
    }
    let kind = BY_NAMESPACE.iter().find(|(kind, ..)| *kind == purl.kind);
    if let Some((_, ecosystem, between)) = kind {
        let name = match namespace {
            Some(namespace) => format!("{namespace}{between}{}", purl.name),
            None => purl.name.clone(),
        };
        return Some((ecosystem, name));
    }
    let mut distributions = DISTRIBUTIONS.iter();
    let found = distributions.find(|(kind, of, _)| *kind == purl.kind && Some(*of) == namespace);
    found.map(|(.., ecosystem)| (*ecosystem, purl.name.clone()))
}
