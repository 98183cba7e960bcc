use super::*;
use crate::json::written;
use crate::sample::{full, judge, odd_notes, organisation, publisher};
use serde_json::Value;

fn id() -> GcveId {
    GcveId::new(1988, 2026, 7).unwrap()
}

#[test]
fn an_id_is_read_as_it_is_written() {
    assert_eq!(id().to_string(), "GCVE-1988-2026-0007");
    assert_eq!("gcve-1988-2026-0007".parse(), Ok(id()));
    assert_eq!("GCVE-0-2026-123456".parse(), Ok(GcveId::new(0, 2026, 123_456).unwrap()));
    for wrong in [
        "GCVE-1988-2026-007",
        "CVE-2026-0007",
        "GCVE-1988-26-0007",
        "GCVE--2026-0007",
        "GCVE-1-2026-+007",
    ] {
        let refused = wrong.parse::<GcveId>().unwrap_err();
        assert!(
            refused.to_string().starts_with(&format!("“{wrong}” is not a GCVE id")),
            "{refused}"
        );
    }
    assert_eq!(GcveId::new(1, 999, 1), None);
}

#[test]
fn a_record_carries_its_id_twice_and_says_what_it_equals() {
    let note = full();
    let made = |at: usize| {
        let record = record(&note, &note.vulnerabilities[at], &publisher(), &organisation(), &id());
        serde_json::from_slice::<Value>(&written(&record)).unwrap()
    };
    let with = made(0);
    assert_eq!(with["cveMetadata"]["vulnId"], "GCVE-1988-2026-0007");
    assert_eq!(
        with["containers"]["cna"]["x_gcve"],
        json!([{ "vulnId": "GCVE-1988-2026-0007", "recordType": "advisory",
                 "relationships": [{ "destId": "CVE-1900-0001", "type": "equal" }] }])
    );
    assert_eq!(made(1)["containers"]["cna"]["x_gcve"][0]["relationships"], json!([]));
    let read: Record<Container, Metadata> = serde_json::from_value(with).unwrap();
    assert_eq!(read, record(&note, &note.vulnerabilities[0], &publisher(), &organisation(), &id()));
}

#[test]
fn its_container_is_valid_by_the_schema_of_cve() {
    let Some(schema) = judge::cve_schema("CVE_JSON_cnaPublishedContainer_5.1.1.json") else {
        return;
    };
    let notes = odd_notes(40);
    let pairs =
        notes.iter().flat_map(|note| note.vulnerabilities.iter().map(move |one| (note, one)));
    let containers: Vec<_> = pairs
        .map(|(note, one)| record(note, one, &publisher(), &organisation(), &id()))
        .map(|record| written(&record.containers.cna))
        .collect();
    let Some(complaints) = judge::complaints(&schema, &containers) else { return };
    println!("{} containers judged", containers.len());
    assert_eq!(complaints, "");
}
