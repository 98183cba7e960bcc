//! What is a weakness called, and what was it called? The names of the Common Weakness Enumeration,
//! from `cwe.tsv`.

/// A line for each name that a weakness has had; the licence stands above them.
const NAMES: &str = include_str!("cwe.tsv");

/// The versions of the list whose names are known, oldest first.
const VERSIONS: [&str; 57] = [
    "1.0", "1.0.1", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "1.8.1", "1.9", "1.10",
    "1.11", "1.12", "1.13", "2.0", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8", "2.9",
    "2.10", "2.11", "2.12", "3.0", "3.1", "3.2", "3.3", "3.4", "3.4.1", "4.0", "4.1", "4.2", "4.3",
    "4.4", "4.5", "4.6", "4.7", "4.8", "4.9", "4.10", "4.11", "4.12", "4.13", "4.14", "4.15",
    "4.16", "4.17", "4.18", "4.19", "4.19.1", "4.20",
];

/// Whether a text is a CWE id, such as `CWE-79`.
pub fn is_id(text: &str) -> bool {
    let number = text.strip_prefix("CWE-").unwrap_or_default();
    (1..=5).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && !number.starts_with('0')
}

/// The name of a weakness by its id, in the newest version.
pub fn name(id: &str) -> Option<&'static str> {
    history(id).last().map(|(_, name)| name).filter(|name| !name.is_empty())
}

/// Whether a weakness is or was called so.
pub(crate) fn was_called(id: &str, name: &str) -> bool {
    history(id).any(|(_, known)| !known.is_empty() && known == name)
}

/// Whether the names of a version of the list are known.
pub(crate) fn is_version(text: &str) -> bool {
    VERSIONS.contains(&text)
}

/// The name of a weakness in a version of the list; none where that version does not have it.
pub(crate) fn name_in(id: &str, version: &str) -> Option<&'static str> {
    let place = |version: &str| VERSIONS.iter().position(|known| *known == version);
    let wanted = place(version)?;
    let until = history(id).take_while(|(since, _)| place(since) <= Some(wanted));
    until.last().map(|(_, name)| name).filter(|name| !name.is_empty())
}

/// The names of a weakness, each with the version from which on it holds, oldest first; an empty
/// one where it left the list.
fn history(id: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let wanted = id.strip_prefix("CWE-").unwrap_or_default();
    let lines = NAMES.lines().filter_map(|line| line.split_once('\t'));
    lines.filter(move |(number, _)| *number == wanted).filter_map(|(_, rest)| rest.split_once('\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weakness_has_its_name() {
        assert_eq!(
            name("CWE-79"),
            Some(
                "Improper Neutralization of Input During Web Page Generation ('Cross-site Scripting')"
            )
        );
        assert_eq!(name("CWE-787"), Some("Out-of-bounds Write"));
        assert_eq!((name("CWE-0"), name("79"), name("CWE-99999")), (None, None, None));
        assert!(is_id("CWE-1") && is_id("CWE-99999"));
        assert!(!is_id("CWE-") && !is_id("CWE-079") && !is_id("CWE-123456") && !is_id("cwe-7"));
    }

    #[test]
    fn a_weakness_had_another_name_or_none_in_older_lists() {
        let old = "Failure to Preserve Web Page Structure ('Cross-site Scripting')";
        assert_eq!(name_in("CWE-79", "1.4"), Some(old));
        assert_eq!(name_in("CWE-79", "1.8.1"), Some(old));
        assert_eq!(name_in("CWE-79", "1.9"), name("CWE-79"));
        assert!(was_called("CWE-79", old) && !was_called("CWE-80", old));
        // It came with 4.13, and is in no list of a number that there is not.
        assert_eq!(name_in("CWE-1419", "4.12"), None);
        assert_eq!(name_in("CWE-1419", "4.13"), Some("Incorrect Initialization of Resource"));
        assert_eq!(name_in("CWE-1419", "4.131"), None);
        assert!(is_version("4.13") && !is_version("4.131"));
        // It left the list of weaknesses with 2.12.
        assert_eq!(name_in("CWE-398", "2.11"), Some("Indicator of Poor Code Quality"));
        assert_eq!((name_in("CWE-398", "2.12"), name("CWE-398")), (None, None));
        assert!(!was_called("CWE-398", ""));
    }

    #[test]
    fn every_line_is_a_number_a_version_and_a_name_in_order() {
        let told = NAMES.lines().filter(|line| !line.starts_with('#'));
        let lines: Vec<Vec<&str>> = told.map(|line| line.split('\t').collect()).collect();
        let place = |version: &str| VERSIONS.iter().position(|known| *known == version).unwrap();
        let places: Vec<(u32, usize)> =
            lines.iter().map(|line| (line[0].parse().unwrap(), place(line[1]))).collect();
        assert!(places.is_sorted_by(|one, next| one < next) && places.len() > 1_400);
        assert!(lines.iter().all(|line| line.len() == 3
            && is_id(&format!("CWE-{}", line[0]))
            && line[2] == line[2].trim()));
    }
}
