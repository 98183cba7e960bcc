use super::configuration::refused;
use super::{Room, Said};

#[test]
fn nobody_is_asked_for_records_unless_the_operator_says_so() {
    let room = Room::new();
    let said = room.run(&["doctor"]);
    let found = "records    nobody's records are looked for ([records])";
    assert!(said.out.contains(found), "{said:?}");

    let mut doctor = room.ombud(&["doctor"]);
    doctor.env("OMBUD_RECORDS_NVD", "on").env("OMBUD_RECORDS_GHSA", "off");
    doctor.env("OMBUD_RECORDS_EUVD", "https://mirror.example/euvd/");
    doctor.env("OMBUD_RECORDS_NVD_KEY", "battery");
    let said = Said::of(doctor.output().expect("it runs"));
    assert!(said.out.contains("looked for once a note is public: NVD, EUVD"), "{said:?}");
    assert!(!said.out.contains("battery") && !said.err.contains("battery"), "{said:?}");

    let mut show = room.ombud(&["config", "show"]);
    show.env("OMBUD_RECORDS_NVD", "on").env("OMBUD_RECORDS_NVD_KEY", "battery");
    let said = Said::of(show.output().expect("it runs"));
    assert!(said.out.contains("nvd_key = \"(hidden)\""), "{said:?}");
    assert!(!said.out.contains("battery"), "{said:?}");
}

#[test]
fn what_cannot_be_asked_for_records_stops_the_start_with_a_sentence() {
    let address = "cannot be asked: an address begins with https:// (http:// on this machine \
                   alone), and has neither a password nor a question mark in it. Write on, off, \
                   or an address.";
    for (text, sentence) in [
        (
            "[records]\nnvd = \"http://mirror.example/\"",
            format!("records.nvd (from ombud-data/ombud.toml) {address}"),
        ),
        (
            "[records]\ncve_list = \"https://me:battery@mirror.example/\"",
            format!("records.cve_list (from ombud-data/ombud.toml) {address}"),
        ),
        (
            "[records]\neuvd = \"yes\"",
            format!("records.euvd (from ombud-data/ombud.toml) {address}"),
        ),
        (
            "[records]\nghsa_key = \"battery\"",
            "records.ghsa_key (from ombud-data/ombud.toml) is set, but records.ghsa is not."
                .to_owned(),
        ),
    ] {
        let room = Room::new();
        room.write("ombud-data/ombud.toml", text);
        let said = room.run(&["config", "check"]);
        refused(&said, &sentence);
        assert!(!said.err.contains("battery"), "{said:?}");
    }
}
