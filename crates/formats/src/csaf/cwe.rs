//! What a weakness is called in CSAF: both versions ask for the name beside the number, and 2.1 for the version of the list.

/// The newest version of the list that is known to the validators.
pub(super) const VERSION: &str = "4.17";

/// Weaknesses that are told as text: some prints of the list end their names in a space (280, 600, 1290), or the schema of 2.1 does not take the
/// name (520).
const TOLD_AS_TEXT: [&str; 4] = ["CWE-280", "CWE-520", "CWE-600", "CWE-1290"];

/// The name of a weakness by its id, such as `CWE-79`, where [`VERSION`] and the newest list agree on it.
pub(super) fn name(id: &str) -> Option<&'static str> {
    let agreed = crate::cwe::name_in(id, VERSION).filter(|name| crate::cwe::name(id) == Some(name));
    agreed.filter(|_| !TOLD_AS_TEXT.contains(&id))
}
