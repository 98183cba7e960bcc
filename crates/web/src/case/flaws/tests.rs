use super::cwe_of;

#[test]
fn a_weakness_class_is_read_as_people_write_it() {
    for typed in ["CWE-787", "cwe 787", "cwe-787", "CWE:787", "787"] {
        assert_eq!(cwe_of(typed).unwrap(), Some(787), "{typed}");
    }
    assert_eq!(cwe_of("").unwrap(), None);
}

#[test]
fn what_is_no_weakness_class_is_refused_at_its_field() {
    for typed in ["CWE-", "CWE-0", "CVE-2026-1234", "787 or 788", "-787", "999999999999", "x"] {
        assert!(matches!(&cwe_of(typed), Err(app::Error::Invalid(wrong)) if wrong.field == "cwe"));
    }
}
