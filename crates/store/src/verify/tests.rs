use domain::CaseId;
use domain::journal::hex;

use super::{Rebuilt, Report, rebuild, verify};
use crate::statements::{Sql, sql};
use crate::{Blobs, Store, Tx, Value, Vault, sample, values};

/// A store with a small case, one with vendors and a file, and a note that was published.
async fn filled(store: &Store) -> (Vault, Blobs) {
    let (vault, blobs) = (sample::vault(1), Blobs::in_memory());
    let with = vault.clone();
    store
        .write(move |tx: &mut Tx| {
            sample::begin(tx, &with, 1)?;
            let case = sample::begin_with_vendors(tx, &with, 2, 3)?.id;
            for n in 0..250 {
                sample::retitle(tx, &with, case, sample::id(9, n), "Another title")?;
            }
            Ok::<_, crate::StoreError>(())
        })
        .await
        .unwrap();
    sample::attach(store, &vault, &blobs, sample::case_id(2), b"proof").await.unwrap();
    (vault, blobs)
}

async fn run(store: &Store, sql: Sql, parameters: Vec<Value>) {
    let changed = store.write(move |tx: &mut Tx| tx.execute(sql, &parameters)).await.unwrap();
    assert!(changed > 0, "nothing was spoilt");
}

/// The findings, with the ids of the two cases written short.
async fn findings(store: &Store, vault: &Vault, blobs: &Blobs) -> Vec<String> {
    let report = verify(store, vault, blobs).await.unwrap();
    assert_eq!(report.is_clean(), report.findings.is_empty());
    let short = |finding: String| {
        finding
            .replace(&sample::case_id(1).to_string(), "one")
            .replace(&sample::case_id(2).to_string(), "two")
    };
    report.findings.into_iter().map(short).collect()
}

fn two() -> CaseId {
    sample::case_id(2)
}

crate::both_engines! {
    async fn what_was_written_is_as_it_was_written(store: Store) {
        let (vault, blobs) = filled(&store).await;
        let report = verify(&store, &vault, &blobs).await.unwrap();
        let expected = Report {
            cases: 2,
            entries: 1 + 1 + 1 + 2 * 3 + 250 + 1,
            texts: 2 + 2 + 250 + 1,
            attachments: 1,
            ..Report::default()
        };
        assert_eq!(report, expected);
    }

    async fn an_erased_text_is_counted_and_no_fault(store: Store) {
        let (vault, blobs) = filled(&store).await;
        store.write(|tx: &mut Tx| tx.erase_body(sample::id(9, 7))).await.unwrap();
        let report = verify(&store, &vault, &blobs).await.unwrap();
        assert_eq!((report.erased, report.is_clean()), (1, true));
    }

    async fn a_changed_entry_is_found(store: Store) {
        let (vault, blobs) = filled(&store).await;
        run(&store, sql!(
            "update journal set entry = replace(entry, '\"via\":\"timer\"', '\"via\":\"web\"') \
            where case_id = ?1 and seq = 5"
        ), values![two()].to_vec()).await;
        assert_eq!(findings(&store, &vault, &blobs).await, [
            "Case two: entry 5 of its journal is not as it was written.",
        ]);
    }

    async fn a_lost_entry_is_found(store: Store) {
        let (vault, blobs) = filled(&store).await;
        run(&store, sql!("delete from journal where case_id = ?1 and seq = 4"), values![two()].to_vec()).await;
        assert_eq!(findings(&store, &vault, &blobs).await, [
            "Case two: entry 5 of its journal comes after entry 3.",
            "Case two: entry 5 of its journal does not follow the one before it.",
        ]);
    }

    async fn lost_last_entries_are_found(store: Store) {
        let (vault, blobs) = filled(&store).await;
        run(&store, sql!("delete from journal where case_id = ?1 and seq > 250"), values![two()].to_vec()).await;
        let found = findings(&store, &vault, &blobs).await;
        assert!(found[0].starts_with("Case two: its row is not what its journal adds up to (version, head_hash"), "{found:?}");
    }

    async fn an_unreadable_entry_is_found_and_others_still_are(store: Store) {
        let (vault, blobs) = filled(&store).await;
        run(&store, sql!("update journal set entry = '{' where case_id = ?1 and seq in (100, 230)"), values![two()].to_vec()).await;
        run(&store, sql!("update cases set phase = 'fix' where id = ?1"), values![sample::case_id(1)].to_vec()).await;
        assert_eq!(findings(&store, &vault, &blobs).await, [
            "Case one: its row is not what its journal adds up to (phase).".to_owned(),
            "Case two: entry 100 of its journal cannot be read.".to_owned(),
            "Case two: entry 230 of its journal cannot be read.".to_owned(),
            format!("Case two: its journal does not tell of attachment {}.", attachment(&store).await),
        ]);
    }

    async fn a_row_that_tells_of_another_entry_is_found(store: Store) {
        let (vault, blobs) = filled(&store).await;
        for (spoil, seq) in [
            (sql!("update journal set kind = 'x' where case_id = ?1 and seq = ?2"), 2),
            (sql!("update journal set recorded_at = 5 where case_id = ?1 and seq = ?2"), 3),
            (sql!("update journal set id = case_id where case_id = ?1 and seq = ?2"), 4),
        ] {
            run(&store, spoil, values![two(), seq].to_vec()).await;
        }
        let found = findings(&store, &vault, &blobs).await;
        for seq in [2, 3, 4] {
            assert!(found.contains(&format!("Case two: the row of entry {seq} tells of another entry.")), "{found:?}");
        }
    }

    async fn a_row_of_a_case_that_was_changed_is_found_and_made_anew(store: Store) {
        let (vault, blobs) = filled(&store).await;
        for (spoil, column) in [
            (sql!("update cases set version = 3 where id = ?1"), "version"),
            (sql!("update cases set head_hash = 'x' where id = ?1"), "head_hash"),
            (sql!("update cases set number = null where id = ?1"), "number"),
            (sql!("update cases set reference = 'x' where id = ?1"), "reference"),
            (sql!("update cases set report_id = id where id = ?1"), "report_id"),
            (sql!("update cases set phase = 'closed' where id = ?1"), "phase"),
            (sql!("update cases set assignee = id where id = ?1"), "assignee"),
            (sql!("update cases set title_body = id where id = ?1"), "title_body"),
            (sql!("update cases set received_at = 1 where id = ?1"), "received_at"),
            (sql!("update cases set updated_at = 1 where id = ?1"), "updated_at"),
            (sql!("update cases set embargo_end = 1 where id = ?1"), "embargo_end"),
            (sql!("update cases set publishes_at = 1 where id = ?1"), "publishes_at"),
            (sql!("update cases set due_at = 1 where id = ?1"), "due_at"),
            (sql!("update cases set closed = 1 where id = ?1"), "closed"),
            (sql!("update cases set acknowledged = 1 where id = ?1"), "acknowledged"),
            (sql!("update cases set n_vendors = 1 where id = ?1"), "n_vendors"),
            (sql!("update cases set state = replace(state, '\"R-2601-', '\"R-2602-') where id = ?1"), "state"),
            (sql!("update cases set state = '' where id = ?1"), "state"),
        ] {
            run(&store, spoil, values![two()].to_vec()).await;
            assert_eq!(findings(&store, &vault, &blobs).await, [
                format!("Case two: its row is not what its journal adds up to ({column}).")
            ]);
            let done = rebuild(&store).await.unwrap();
            assert_eq!(done, Rebuilt { cases: 2, rebuilt: 1, notes: 0, findings: vec![] });
            assert_eq!(findings(&store, &vault, &blobs).await, Vec::<String>::new());
        }
        assert_eq!(rebuild(&store).await.unwrap().rebuilt, 0);
    }

    async fn who_takes_part_is_found_and_made_anew(store: Store) {
        let (vault, blobs) = filled(&store).await;
        let (them, stranger): (domain::ParticipantId, domain::ParticipantId) = (sample::id(2, 1001), sample::id(3, 3));
        for (spoil, parameters, who) in [
            (sql!("delete from participations where participant_id = ?1"), values![them].to_vec(), them),
            (sql!("update participations set admitted = 1 - admitted where participant_id = ?1"), values![them].to_vec(), them),
            (sql!("update participations set engaged = 0 where participant_id = ?1"), values![them].to_vec(), them),
            (sql!("update participations set organization_id = null where participant_id = ?1"), values![them].to_vec(), them),
            (
                sql!("insert into participations (participant_id, case_id, engaged, admitted) values (?1, ?2, 1, 1)"),
                values![stranger, two()].to_vec(), stranger,
            ),
        ] {
            run(&store, spoil, parameters).await;
            assert_eq!(findings(&store, &vault, &blobs).await, [
                format!("Case two: the row of participant {who} is not what its journal adds up to.")
            ]);
            assert_eq!(rebuild(&store).await.unwrap().rebuilt, 1);
            assert_eq!(findings(&store, &vault, &blobs).await, Vec::<String>::new());
        }
    }

    async fn a_lost_row_is_made_anew_and_a_lost_journal_is_not(store: Store) {
        let (vault, blobs) = filled(&store).await;
        run(&store, sql!("delete from cases where id = ?1"), values![two()].to_vec()).await;
        run(&store, sql!("delete from journal where case_id = ?1"), values![sample::case_id(1)].to_vec()).await;
        let found = findings(&store, &vault, &blobs).await;
        assert_eq!(found[..2], [
            "Case one: its journal does not begin with a report.",
            "Case two: it has a journal and no row.",
        ]);
        let done = rebuild(&store).await.unwrap();
        assert_eq!((done.cases, done.rebuilt, done.findings.len()), (2, 1, 1));
        assert_eq!(findings(&store, &vault, &blobs).await, ["Case one: its journal does not begin with a report."]);
    }

    async fn a_row_is_not_made_anew_from_a_broken_journal(store: Store) {
        filled(&store).await;
        run(&store, sql!("delete from journal where case_id = ?1 and seq = 4"), values![two()].to_vec()).await;
        run(&store, sql!("update cases set phase = 'fix' where id = ?1"), values![two()].to_vec()).await;
        let done = rebuild(&store).await.unwrap();
        assert_eq!((done.rebuilt, done.findings.len()), (0, 1));
    }

    async fn a_text_that_is_another_is_found(store: Store) {
        let (vault, blobs) = filled(&store).await;
        let body = |n| Value::from(sample::id::<domain::BodyId>(9, n));
        run(&store, sql!("update bodies set sealed = (select sealed from bodies where id = ?1) where id = ?2"), vec![body(1), body(2)]).await;
        run(&store, sql!("update bodies set seal = (select seal from bodies where id = ?1) where id = ?2"), vec![body(3), body(4)]).await;
        run(&store, sql!("delete from bodies where id = ?1"), vec![body(5)]).await;
        let id = |n| sample::id::<domain::BodyId>(9, n);
        assert_eq!(findings(&store, &vault, &blobs).await, [
            format!("Case two: text {} does not open.", id(2)),
            format!("Case two: text {} does not open.", id(4)),
            format!("Case two: text {} is not the one its journal refers to.", id(4)),
            format!("Case two: text {} is missing.", id(5)),
        ]);
    }

    async fn another_key_is_found_once_for_each_case(store: Store) {
        let (_, blobs) = filled(&store).await;
        let other = Vault::new([8; 32], sample::chance(2));
        let found = findings(&store, &other, &blobs).await;
        let key = "its key does not open with the key of this server.";
        assert_eq!(found[..2], [format!("Case one: {key}"), format!("Case two: {key}")]);
    }

    async fn a_file_that_is_missing_changed_or_unknown_is_found(store: Store) {
        let (vault, blobs) = filled(&store).await;
        let file = attachment(&store).await;
        let row = store.read(|tx: &mut Tx| tx.attachments_of(two())).await.unwrap().remove(0);
        let name = row.blob.clone().unwrap();
        let sealed = blobs.get(&name).await.unwrap();

        blobs.delete(&name).await.unwrap();
        assert_eq!(findings(&store, &vault, &blobs).await, [format!("Case two: attachment {file} is missing (blob {name}).")]);

        blobs.put(&name, b"something else".to_vec()).await.unwrap();
        assert_eq!(findings(&store, &vault, &blobs).await, [format!("Case two: attachment {file} is not what was kept (blob {name}).")]);

        // Bytes and row agree, but the bytes are another file.
        let with = vault.clone();
        let other = store.read(move |tx: &mut Tx| {
            let key = tx.key_of_case(&with, two())?.unwrap();
            crate::SealedFile::seal(&with, &key, two(), row.id, b"forged")
        }).await.unwrap();
        blobs.put(&name, other.sealed.clone()).await.unwrap();
        let spoil = sql!("update attachments set bytes = ?1, sha256 = ?2 where case_id = ?3");
        let length = i64::try_from(other.sealed.len()).unwrap();
        run(&store, spoil, values![length, other.row.sha256, two()].to_vec()).await;
        assert_eq!(findings(&store, &vault, &blobs).await, [format!("Case two: attachment {file} is not the file that its journal tells of.")]);

        blobs.put(&name, sealed).await.unwrap();
        run(&store, sql!("update attachments set blob = null where case_id = ?1"), values![two()].to_vec()).await;
        assert_eq!(findings(&store, &vault, &blobs).await, Vec::<String>::new());
        run(&store, sql!("delete from attachments where case_id = ?1"), values![two()].to_vec()).await;
        assert_eq!(findings(&store, &vault, &blobs).await, [format!("Case two: nobody knows where attachment {file} is.")]);
    }

    async fn what_is_public_is_looked_at(store: Store) {
        let (vault, blobs) = filled(&store).await;
        run(&store, sql!(
            "insert into notes (slug, number, case_id, title, published_at, updated_at, revision, \
            n_vendors, document) values ('VU-2', 'VU#2', ?1, 't', 1, 1, 1, 0, '{}')"
        ), values![two()].to_vec()).await;
        for (format, sha256) in [("good", sample_hash()), ("bad", [0; 32])] {
            run(&store, sql!(
                "insert into artefacts (slug, revision, format, media_type, sha256, bytes) \
                values ('VU-2', 2, ?1, 'text/plain', ?2, ?3)"
            ), values![format, sha256, b"bytes".as_slice()].to_vec()).await;
        }
        run(&store, sql!("update cases set phase = 'watch' where id = ?1"), values![sample::case_id(1)].to_vec()).await;
        run(&store, sql!(
            "insert into participations (participant_id, case_id, engaged, admitted) values (?1, ?1, 1, 1)"
        ), values![sample::case_id(7)].to_vec()).await;
        let found = findings(&store, &vault, &blobs).await;
        assert_eq!(found, [
            "Case one: its row is not what its journal adds up to (phase).".to_owned(),
            "Note VU-2: it cannot be read.".to_owned(),
            "Note VU-2: no file was made of its newest revision.".to_owned(),
            "Note VU-2: it is public, and case two does not say so.".to_owned(),
            "Note VU-2: file bad of revision 2 is not as it was published.".to_owned(),
            "Case one: its note is said to be public, and there is none.".to_owned(),
            format!("Case {0}: it does not exist, but has a participant {0}.", sample::case_id(7)),
        ]);
    }
}

fn sample_hash() -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(b"bytes").into()
}

async fn attachment(store: &Store) -> domain::AttachmentId {
    store.read(|tx: &mut Tx| tx.attachments_of(two())).await.unwrap()[0].id
}

#[test]
fn a_report_holds_a_thousand_sentences_and_counts_the_rest() {
    let mut report = Report::default();
    for n in 0..1500_u32 {
        report.find(hex(&n.to_be_bytes()));
    }
    let mut twice = report.clone();
    twice.add(report);
    assert_eq!((twice.findings.len(), twice.more, twice.is_clean()), (1000, 2000, false));
}
