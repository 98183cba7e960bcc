use domain::record::RecordSource;
use domain::{CaseId, CveId, Published};
use jiff::Timestamp;

use super::{Looked, SeenRecord};
use crate::samples::{id, write};
use crate::{Store, Tx};

const CVE: &str = "CVE-2026-12345";
const OTHER: &str = "CVE-2026-12346";

fn at(minutes: i64) -> Timestamp {
    let begin: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
    begin.checked_add(jiff::SignedDuration::from_mins(minutes)).unwrap()
}

fn cve(id: &str) -> CveId {
    id.parse().unwrap()
}

fn note(revision: u32, cves: &[&str]) -> Published {
    let flaw = |(n, cve): (usize, &&str)| serde_json::json!({ "ordinal": n + 1, "cve": cve, "cwe": null, "description": "", "vectors": [] });
    serde_json::from_value(serde_json::json!({
        "number": "VU#111111", "title": "Tally", "sections": {},
        "vulnerabilities": cves.iter().enumerate().map(flaw).collect::<Vec<_>>(), "scores": [],
        "vendors": [], "credit": null, "reported_at": "2026-01-01T00:00:00Z",
        "first_contact_at": null, "exploit_public_at": null, "attacks_seen_at": null,
        "published_at": at(0).to_string(), "updated_at": at(0).to_string(), "revision": revision,
    }))
    .unwrap()
}

fn case() -> CaseId {
    id(0x1000)
}

async fn published(store: &Store, revision: u32, cves: &[&str]) -> Published {
    let note = note(revision, cves);
    let row = note.clone();
    write(store, move |tx| tx.publish_note(&row, case(), &[])).await;
    note
}

async fn watched(store: &Store, cves: &[&str], sources: &'static [RecordSource]) {
    let note = published(store, 1, cves).await;
    write(store, move |tx| tx.watch_records(&note, sources, at(0))).await;
}

/// Somebody looks at an instant, has ten minutes for it, and asks again five minutes later.
async fn claimed(store: &Store, source: RecordSource, now: i64) -> Option<String> {
    let claim = move |tx: &mut Tx| tx.claim_record(source, at(now), (at(now + 10), at(now + 5)));
    write(store, claim).await.map(|claimed| claimed.record.cve.to_string())
}

fn seen() -> SeenRecord {
    SeenRecord {
        state: "Analyzed".to_owned(),
        score: Some("8.2 (CVSS 3.1)".to_owned()),
        address: "https://nvd.nist.gov/vuln/detail/CVE-2026-12345".to_owned(),
        tag: Some("\"one\"".to_owned()),
    }
}

async fn looked(store: &Store, minute: i64, looked: Looked, next: Option<i64>) {
    let keep = move |tx: &mut Tx| {
        tx.keep_record((&cve(CVE), RecordSource::Nvd), &looked, at(minute), next.map(at))
    };
    write(store, keep).await;
}

crate::both_engines! {
    async fn a_record_is_claimed_once_and_again_when_its_time_comes(store: Store) {
        watched(&store, &[CVE, OTHER], &[RecordSource::Nvd]).await;
        assert_eq!(claimed(&store, RecordSource::Euvd, 0).await, None);
        assert_eq!(claimed(&store, RecordSource::Nvd, -1).await, None);
        assert_eq!(claimed(&store, RecordSource::Nvd, 0).await.as_deref(), Some(CVE));
        assert_eq!(claimed(&store, RecordSource::Nvd, 4).await, None, "asked too soon after");
        assert_eq!(claimed(&store, RecordSource::Nvd, 5).await.as_deref(), Some(OTHER));
        assert_eq!(claimed(&store, RecordSource::Nvd, 10).await.as_deref(), Some(CVE));
        assert_eq!(write(&store, |tx| tx.sources_due(at(14))).await, []);
        assert_eq!(write(&store, |tx| tx.sources_due(at(15))).await, [RecordSource::Nvd]);
    }

    async fn a_source_that_does_not_answer_is_left_alone_and_its_failures_are_counted(store: Store) {
        watched(&store, &[CVE, OTHER], &[RecordSource::Nvd, RecordSource::Ghsa]).await;
        assert_eq!(claimed(&store, RecordSource::Nvd, 0).await.as_deref(), Some(CVE));
        write(&store, |tx| tx.source_failed(RecordSource::Nvd, at(20))).await;
        assert_eq!(claimed(&store, RecordSource::Nvd, 19).await, None);
        assert_eq!(claimed(&store, RecordSource::Ghsa, 19).await.as_deref(), Some(CVE));
        let again = async |now: i64| {
            let claim = move |tx: &mut Tx| {
                tx.claim_record(RecordSource::Nvd, at(now), (at(now), at(now)))
            };
            write(&store, claim).await.map(|claimed| claimed.n_failed)
        };
        assert_eq!(again(20).await, Some(1));
        write(&store, |tx| tx.source_failed(RecordSource::Nvd, at(40))).await;
        assert_eq!(again(39).await, None);
        assert_eq!(again(40).await, Some(2));
        write(&store, |tx| tx.source_answered(RecordSource::Nvd)).await;
        assert_eq!(again(41).await, Some(0));
    }

    async fn what_was_seen_is_kept_with_when_it_was_first_there(store: Store) {
        watched(&store, &[CVE], &[RecordSource::Nvd, RecordSource::CveList]).await;
        looked(&store, 1, Looked::Absent, Some(61)).await;
        looked(&store, 60, Looked::Unknown("It is busy".to_owned()), Some(120)).await;
        looked(&store, 120, Looked::There(seen()), Some(180)).await;
        looked(&store, 180, Looked::Same, Some(240)).await;
        let records = write(&store, |tx| tx.records_of([cve(CVE), cve(OTHER)].iter())).await;
        let [list, nvd] = records.as_slice() else { panic!("{records:?}") };
        assert_eq!((list.source, &list.seen, list.looked_at), (RecordSource::CveList, &None, None));
        assert_eq!(nvd.seen, Some(seen()));
        assert_eq!((nvd.first_seen_at, nvd.looked_at), (Some(at(120)), Some(at(180))));
        assert_eq!((nvd.next_at, &nvd.why), (Some(at(240)), &None));
        assert_eq!(nvd.took(), Some(jiff::SignedDuration::from_hours(2)));
        assert!(write(&store, |tx| tx.records_of([cve(OTHER)].iter())).await.is_empty());
        // It goes again: when it was first there stays known.
        looked(&store, 300, Looked::Absent, None).await;
        let records = write(&store, |tx| tx.records_of([cve(CVE)].iter())).await;
        assert_eq!((&records[1].seen, records[1].first_seen_at), (&None, Some(at(120))));
        assert_eq!(claimed(&store, RecordSource::Nvd, 100_000).await, None);
    }

    async fn the_figures_count_what_came_what_did_not_and_only_times_that_are_known(store: Store) {
        watched(&store, &[CVE, OTHER], &[RecordSource::Nvd, RecordSource::CveList]).await;
        looked(&store, 120, Looked::There(seen()), Some(180)).await;
        write(&store, |tx| {
            let other = cve(OTHER);
            tx.keep_record((&other, RecordSource::Nvd), &Looked::Absent, at(9), None)
        })
        .await;
        // The EUVD is looked at months later only: that its record is there says nothing of when.
        let found = write(&store, |tx| {
            tx.watch_earlier_records(RecordSource::Euvd, at(-1), at(100_000))
        });
        assert_eq!(found.await, 2);
        write(&store, |tx| {
            let cve = cve(CVE);
            let there = Looked::There(seen());
            tx.keep_record((&cve, RecordSource::Euvd), &there, at(100_001), None)
        })
        .await;
        let waits = write(&store, Tx::record_waits).await;
        let told = waits.iter().map(|one| {
            (one.source, one.n_waiting, one.n_seen, one.n_never, one.n_timed, one.seconds)
        });
        let expected = [
            (RecordSource::CveList, 2, 0, 0, 0, 0),
            (RecordSource::Euvd, 1, 1, 0, 0, 0),
            (RecordSource::Nvd, 0, 1, 1, 1, 7200),
        ];
        assert_eq!(told.collect::<Vec<_>>(), expected);
        let records = write(&store, |tx| tx.records_of([cve(CVE)].iter())).await;
        let late = records.iter().find(|one| one.source == RecordSource::Euvd).unwrap();
        assert_eq!((late.first_seen_at, late.took()), (Some(at(100_001)), None));
    }

    async fn what_a_revision_does_not_name_any_more_is_not_looked_for(store: Store) {
        watched(&store, &[CVE, OTHER], &[RecordSource::Nvd]).await;
        let note = published(&store, 2, &[OTHER]).await;
        write(&store, move |tx| tx.watch_records(&note, &[RecordSource::Nvd], at(30))).await;
        assert_eq!(claimed(&store, RecordSource::Nvd, 60).await.as_deref(), Some(OTHER));
        assert_eq!(claimed(&store, RecordSource::Nvd, 66).await, None);
        // Named again, it is looked for again.
        let note = published(&store, 3, &[CVE, OTHER]).await;
        write(&store, move |tx| tx.watch_records(&note, &[RecordSource::Nvd], at(67))).await;
        assert_eq!(claimed(&store, RecordSource::Nvd, 67).await.as_deref(), Some(CVE));
        let note = published(&store, 4, &[]).await;
        write(&store, move |tx| tx.watch_records(&note, &[RecordSource::Nvd], at(90))).await;
        assert_eq!(claimed(&store, RecordSource::Nvd, 900).await, None);
    }

    async fn notes_from_before_a_source_was_watched_are_found_once(store: Store) {
        watched(&store, &[CVE], &[RecordSource::Nvd]).await;
        let found = async |source, since| {
            let watch = move |tx: &mut Tx| tx.watch_earlier_records(source, at(since), at(50));
            write(&store, watch).await
        };
        assert_eq!(found(RecordSource::Nvd, -1).await, 0);
        assert_eq!(found(RecordSource::Euvd, 0).await, 0, "it is too old");
        assert_eq!(found(RecordSource::Euvd, -1).await, 1);
        assert_eq!(found(RecordSource::Euvd, -1).await, 0);
        assert_eq!(claimed(&store, RecordSource::Euvd, 49).await, None);
        assert_eq!(claimed(&store, RecordSource::Euvd, 50).await.as_deref(), Some(CVE));
    }
}
