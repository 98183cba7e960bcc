//! Does a text name a vulnerability by an id that is not a CVE id?

/// How ids of other databases start; a digit has to follow somewhere.
const PREFIXES: [&str; 24] = [
    "ALAS-", "ASB-", "BDU:", "CNNVD-", "CNVD-", "DLA-", "DSA-", "EUVD-", "GCVE-", "GHSA-", "ICSA-",
    "JVN#", "JVNDB-", "NCSC-", "OSV-", "PYSEC-", "RHSA-", "RUSTSEC-", "SNYK-", "TALOS-", "USN-",
    "VU#", "WID-SEC-", "ZDI-",
];

/// The first such id.
pub(super) fn foreign(text: &str) -> Option<String> {
    let part = |letter: char| letter.is_alphanumeric() || "-#:._".contains(letter);
    let words = text.split(|letter: char| !part(letter));
    let id = |word: &str| {
        let word = word.trim_end_matches(['.', ':', '-', '_', '#']);
        let upper = word.to_uppercase();
        let known = PREFIXES.iter().any(|prefix| upper.starts_with(prefix));
        (known && word.bytes().any(|byte| byte.is_ascii_digit())).then(|| word.to_owned())
    };
    words.filter(|word| word.len() <= 60).find_map(id)
}
