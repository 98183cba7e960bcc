use proptest::prelude::*;

use super::{NotVersions, Until, VersionRange, Versions};

#[test]
fn every_form_is_read_and_written_as_it_was() {
    for line in [
        "",
        "all",
        "4.1",
        "< 4.2",
        "<= 4.2",
        ">= 3.0",
        ">= 3.0 < 4.2.1",
        ">= 3.0 <= 4.2.0, 5.0-beta; fixed 4.2.1, 5.0",
        "; fixed 4.2.1",
        "2019 SP1",
    ] {
        let read: Versions = line.parse().unwrap();
        assert_eq!(read.to_string(), line);
    }
}

#[test]
fn spaces_do_not_matter() {
    let read: Versions = " >=3.0<4.2 ,4.9;fixed  4.2 ".parse().unwrap();
    let until = Some(Until::Before("4.2".to_owned()));
    assert_eq!(
        read,
        Versions {
            affected: vec![
                VersionRange::Between { from: Some("3.0".to_owned()), until },
                VersionRange::Only { version: "4.9".to_owned() },
            ],
            fixed: vec!["4.2".to_owned()],
        }
    );
}

#[test]
fn what_cannot_be_read_is_named() {
    let refused = |line: &str| line.parse::<Versions>().unwrap_err();
    assert_eq!(refused("> 3"), NotVersions::Range("> 3".to_owned()));
    assert_eq!(refused("< "), NotVersions::Range(String::new()));
    assert_eq!(refused(">= all"), NotVersions::Range("all".to_owned()));
    assert_eq!(refused("4.1; mended 4.2"), NotVersions::Fixed);
    assert_eq!(refused("4.1; fixed"), NotVersions::Fixed);
    assert_eq!(refused(&"1,".repeat(101)), NotVersions::TooMuch);
    assert_eq!(refused(&"1".repeat(101)), NotVersions::TooMuch);
}

proptest! {
    #[test]
    fn no_line_is_a_panic_and_what_is_read_is_read_again(line in "[ <>=;,a-z0-9.]{0,40}|.{0,60}") {
        if let Ok(read) = line.parse::<Versions>() {
            prop_assert_eq!(read.to_string().parse::<Versions>(), Ok(read));
        }
    }
}
