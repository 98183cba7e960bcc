//! What is a weakness called? The names of the Common Weakness Enumeration, from `cwe.tsv`.

/// A line for each weakness; the licence stands above them.
const NAMES: &str = include_str!("cwe.tsv");

/// Whether a text is a CWE id, such as `CWE-79`.
pub fn is_id(text: &str) -> bool {
    let number = text.strip_prefix("CWE-").unwrap_or_default();
    (1..=5).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && !number.starts_with('0')
}

/// The name of a weakness by its id.
pub fn name(id: &str) -> Option<&'static str> {
    let wanted = id.strip_prefix("CWE-")?;
    let mut lines = NAMES.lines().filter_map(|line| line.split_once('\t'));
    lines.find(|(number, _)| *number == wanted).map(|(_, name)| name)
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
    fn every_line_is_a_number_and_a_name_in_order() {
        let told = NAMES.lines().filter(|line| !line.starts_with('#'));
        let lines: Vec<_> = told.map(|line| line.split_once('\t').unwrap()).collect();
        let numbers: Vec<u32> = lines.iter().map(|(number, _)| number.parse().unwrap()).collect();
        assert!(numbers.is_sorted_by(|one, next| one < next) && numbers.len() > 900);
        assert!(lines.iter().all(|(number, name)| is_id(&format!("CWE-{number}"))
            && !name.is_empty()
            && *name == name.trim()));
    }
}
