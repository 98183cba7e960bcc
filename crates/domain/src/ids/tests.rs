//! Numbers as people type them.

use super::*;

#[test]
fn a_case_number_is_read_in_every_way_people_type_it() {
    for typed in ["VU#123456", "vu#123456", "VU 123456", "VU-123456", " Vu# 123456 "] {
        assert_eq!(typed.parse::<CaseNumber>().unwrap().to_string(), "VU#123456", "{typed}");
    }
    assert_eq!("VU#123456".parse::<CaseNumber>().unwrap().slug(), "VU-123456");
}

#[test]
fn what_is_no_case_number_is_refused() {
    for typed in ["", "VU", "123456", "VU123456", "VU#", "VU#12a", "VU#1234567890", "ÜV#123456"] {
        assert_eq!(typed.parse::<CaseNumber>(), Err(NumberError::Case), "{typed}");
    }
}

#[test]
fn a_cve_id_has_a_year_and_four_digits_or_more() {
    assert_eq!("cve-2026-0001".parse::<CveId>().unwrap().as_ref(), "CVE-2026-0001");
    for typed in ["CVE-2026-001", "CVE-26-0001", "CVE-2026-00a1", "2026-0001", "CVE-2026-"] {
        assert_eq!(typed.parse::<CveId>(), Err(NumberError::Cve), "{typed}");
    }
}

#[test]
fn a_report_reference_has_no_letters_that_look_alike() {
    assert_eq!("r-2611-7kq4m".parse::<ReportReference>().unwrap().as_ref(), "R-2611-7KQ4M");
    for typed in ["R-2611-7KQ4", "R-2611-7KQ4O", "R-26-7KQ4M", "2611-7KQ4M"] {
        assert_eq!(typed.parse::<ReportReference>(), Err(NumberError::Report), "{typed}");
    }
}
