//! What a weakness is called in CSAF: both versions ask for the name beside the number, and 2.1 for the version of the list.

/// The newest version of the list that is known to the validators.
pub(super) const VERSION: &str = "4.17";

/// Weaknesses that are told as text: CWE 4.20 names them otherwise than 4.17 (598, 942, 1116) or alone (1434), some prints of the list end their
/// names in a space (280, 600, 1290), or the schema of 2.1 does not take the name (520).
pub(super) const NAMED_OTHERWISE: [&str; 8] =
    ["CWE-280", "CWE-520", "CWE-598", "CWE-600", "CWE-942", "CWE-1116", "CWE-1290", "CWE-1434"];

/// The name of a weakness by its id, such as `CWE-79`, where all lists of late agree on it.
pub(super) fn name(id: &str) -> Option<&'static str> {
    if NAMED_OTHERWISE.contains(&id) { None } else { crate::cwe::name(id) }
}
