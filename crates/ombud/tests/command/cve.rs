use std::sync::Arc;

use testkit::StillClock;
use testkit::cve_services::{self as stand_in, CveServices};

use super::configuration::refused;
use super::{Room, Said};

/// What `ombud doctor` says with these settings of `[cve]`.
fn doctor(service: &CveServices, settings: &[(&str, &str)]) -> Said {
    let room = Room::new();
    let mut doctor = room.ombud(&["doctor"]);
    doctor.env("OMBUD_CVE_ORGANIZATION", stand_in::ORGANIZATION);
    doctor.env("OMBUD_CVE_ORGANIZATION_ID", stand_in::ORGANIZATION_ID);
    doctor.env("OMBUD_CVE_SERVICE", service.address());
    doctor.env("OMBUD_CVE_USER", stand_in::USER).env("OMBUD_CVE_KEY", stand_in::KEY);
    doctor.envs(settings.iter().copied());
    Said::of(doctor.output().expect("it runs"))
}

#[test]
fn the_doctor_asks_cve_services_whether_they_know_us() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("threads");
    let clock = Arc::new(StillClock::at("2026-11-22T09:00:00Z"));
    let service = runtime.block_on(CveServices::start(clock));

    let said = doctor(&service, &[]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let found = "WARN  CVE        northlake may reserve 1000 more of 1000 IDs. Test world: ";
    assert!(said.out.contains(found), "{said:?}");

    let said = doctor(&service, &[("OMBUD_CVE_KEY", "battery")]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.out.contains("FAIL  CVE") && said.out.contains("UNAUTHORIZED"), "{said:?}");
    assert!(!said.out.contains("battery") && !said.err.contains("battery"), "{said:?}");

    let other = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
    let said = doctor(&service, &[("OMBUD_CVE_ORGANIZATION_ID", other)]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.out.contains("Put that UUID into cve.organization_id."), "{said:?}");
    assert!(service.ids().is_empty(), "looking reserves nothing");
}

#[test]
fn what_is_half_said_of_a_cna_stops_the_start_with_a_sentence() {
    for (text, sentence) in [
        (
            "[cve]\norganization = \"northlake\"",
            "cve.organization_id is missing: CVE records name their organisation by its UUID. \
             Set it in [cve], or as OMBUD_CVE_ORGANIZATION_ID.",
        ),
        (
            "[cve]\norganization = \"northlake\"\norganization_id = \"7\"",
            "cve.organization_id (from ombud-data/ombud.toml) cannot be used. The organisation's id \
             should be a random UUID as the CVE program gave it.",
        ),
        (
            "[cve]\nuser = \"ombud\"",
            "cve.user (from ombud-data/ombud.toml) is set, but no organisation is; \
             set cve.organization as well.",
        ),
        (
            "[cve]\norganization = \"northlake\"\n\
             organization_id = \"2f6b0c1e-98f4-4c3b-8a1d-5e0f6a7b8c9d\"\nservice = \"test\"",
            "cve.service (from ombud-data/ombud.toml) is set, but an account of CVE Services is \
             cve.service, cve.user and cve.key together.",
        ),
        (
            "[cve]\norganization = \"northlake\"\n\
             organization_id = \"2f6b0c1e-98f4-4c3b-8a1d-5e0f6a7b8c9d\"\n\
             service = \"http://cve.example/api/\"\nuser = \"ombud\"\nkey = \"battery\"",
            "cve.service (from ombud-data/ombud.toml) cannot be used: an address without TLS is \
             only for this machine (localhost): choose https. Write production, test or an address.",
        ),
    ] {
        let room = Room::new();
        room.write("ombud-data/ombud.toml", text);
        refused(&room.run(&["config", "check"]), sentence);
    }
}
