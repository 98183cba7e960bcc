use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Manifest, read, write};
use crate::copy::CopyError;
use crate::migrate::MIGRATIONS;
use crate::scratch::Schema;
use crate::tables::tests::everything;
use crate::{Blobs, Place, Store, Tx, Vault, sample, values, verify};

/// A store with rows of many tables and a file.
async fn filled(store: &Store) -> (Vault, Blobs) {
    let (vault, blobs) = (sample::vault(1), Blobs::in_memory());
    let with = vault.clone();
    store
        .write(move |tx: &mut Tx| {
            tx.prove_vault(&with)?;
            sample::begin_with_vendors(tx, &with, 1, 60)?;
            let awkward = "line\nbreak, \"quote\", \u{2028} and \u{1f512}";
            sample::retitle(tx, &with, sample::case_id(1), sample::id(8, 1), awkward)?;
            let setting = crate::statements::sql!(
                "insert into settings (name, value, version) values (?1, ?2, ?3)"
            );
            tx.execute(setting, &values![awkward, "", i64::MIN])?;
            tx.execute(setting, &values!["largest", "\\u0041", i64::MAX]).map(drop)
        })
        .await
        .unwrap();
    sample::attach(store, &vault, &blobs, sample::case_id(1), b"proof").await.unwrap();
    (vault, blobs)
}

fn file_in(folder: &Path) -> Place {
    Place::Sqlite { path: folder.join("restored.sqlite") }
}

async fn is_whole(store: &Store, vault: &Vault, blobs: &Blobs) {
    let report = verify::verify(store, vault, blobs).await.unwrap();
    assert!(report.is_clean(), "{report:?}");
}

fn sentences(refused: Result<impl std::fmt::Debug, CopyError>) -> Vec<String> {
    match refused {
        Err(CopyError::Refused(sentences)) => sentences,
        other => panic!("{other:?}"),
    }
}

crate::both_engines! {
    async fn what_was_backed_up_comes_back_on_either_engine(store: Store) {
        let (vault, blobs) = filled(&store).await;
        let folder = tempfile::tempdir().unwrap();
        let backup = folder.path().join("monday");
        let manifest = write(&store, &blobs, &backup, sample::at(5)).await.unwrap();
        assert_eq!(manifest, Manifest::of(&backup).unwrap());
        assert_eq!((manifest.attachments, manifest.journals.cases), (1, 1));
        assert!(!folder.path().join("monday.partial").exists());

        let (place, files) = (file_in(folder.path()), Blobs::in_memory());
        let restored = read(&backup, &place, &files).await.unwrap();
        assert_eq!((restored.rows, restored.attachments), (manifest.rows(), 1));
        let there = Store::open(&place).await.unwrap();
        assert!(everything(&there).await == everything(&store).await);
        is_whole(&there, &vault, &files).await;

        let Some(schema) = Schema::new().unwrap() else { return };
        let files = Blobs::in_memory();
        read(&backup, &schema.place(), &files).await.unwrap();
        let there = Store::open(&schema.place()).await.unwrap();
        assert!(everything(&there).await == everything(&store).await);
        is_whole(&there, &vault, &files).await;
        there.close().await;
    }

    async fn a_backup_shows_nothing_of_what_people_wrote(store: Store) {
        let (_, blobs) = filled(&store).await;
        let folder = tempfile::tempdir().unwrap();
        let backup = folder.path().join("monday");
        write(&store, &blobs, &backup, sample::at(5)).await.unwrap();
        for directory in ["", "tables", "blobs"] {
            for file in std::fs::read_dir(backup.join(directory)).unwrap() {
                let file = file.unwrap().path();
                if file.is_file() {
                    let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
                    for words in ["in the words of", "working title", "proof"] {
                        assert!(!text.contains(words), "{words} in {}", file.display());
                    }
                }
            }
        }
        let about = Manifest::of(&backup).unwrap().about;
        assert!(about.contains("key file"), "{about}");
    }

    async fn a_backup_that_is_written_while_others_write_is_of_one_moment(store: Store) {
        let (vault, blobs) = filled(&store).await;
        let ended = Arc::new(AtomicBool::new(false));
        let writing = {
            let (store, vault, ended) = (store.clone(), vault.clone(), Arc::clone(&ended));
            tokio::spawn(async move {
                let mut n = 0;
                while !ended.load(Ordering::Relaxed) {
                    n += 1;
                    let with = vault.clone();
                    store.write(move |tx: &mut Tx| {
                        sample::begin(tx, &with, 100 + n)?;
                        sample::retitle(tx, &with, sample::case_id(1), sample::id(7, n), "Moved on")
                    }).await.unwrap();
                }
                n
            })
        };
        let folder = tempfile::tempdir().unwrap();
        let mut moments = std::collections::BTreeSet::new();
        for round in 0..4 {
            let backup = folder.path().join(round.to_string());
            write(&store, &blobs, &backup, sample::at(5)).await.unwrap();
            let home = folder.path().join(format!("home {round}"));
            std::fs::create_dir(&home).unwrap();
            let files = Blobs::in_memory();
            let restored = read(&backup, &file_in(&home), &files).await.unwrap();
            moments.insert(restored.manifest.journals.sha256);
            let there = Store::open(&file_in(&home)).await.unwrap();
            is_whole(&there, &vault, &files).await;
        }
        ended.store(true, Ordering::Relaxed);
        assert!(writing.await.unwrap() > 4);
        assert_eq!(moments.len(), 4, "the writer wrote while backups were made");
    }

    async fn a_place_that_holds_anything_is_not_filled(store: Store) {
        let (_, blobs) = filled(&store).await;
        let folder = tempfile::tempdir().unwrap();
        let backup = folder.path().join("monday");
        write(&store, &blobs, &backup, sample::at(5)).await.unwrap();
        let place = file_in(folder.path());
        read(&backup, &place, &Blobs::in_memory()).await.unwrap();
        let told = sentences(read(&backup, &place, &Blobs::in_memory()).await);
        assert!(told[0].starts_with("The database to be filled is not empty"), "{told:?}");
        let told = sentences(write(&store, &blobs, &backup, sample::at(5)).await);
        assert!(told[0].contains("is there already"), "{told:?}");
    }

    async fn a_file_that_cannot_be_fetched_is_named_and_holds_up_nothing(store: Store) {
        let (_, blobs) = filled(&store).await;
        let row = store.read(|tx: &mut Tx| tx.attachments_of(sample::case_id(1))).await.unwrap().remove(0);
        let name = row.blob.unwrap();
        for spoilt in [None, Some(b"another".to_vec())] {
            blobs.delete(&name).await.unwrap();
            if let Some(bytes) = spoilt {
                blobs.put(&name, bytes).await.unwrap();
            }
            let folder = tempfile::tempdir().unwrap();
            let backup = folder.path().join("monday");
            let manifest = write(&store, &blobs, &backup, sample::at(5)).await.unwrap();
            assert_eq!((manifest.attachments, manifest.missing), (0, vec![name.clone()]));
            let restored = read(&backup, &file_in(folder.path()), &Blobs::in_memory()).await.unwrap();
            assert_eq!(restored.attachments, 0);
        }
    }
}

/// What is told of a backup that somebody spoilt; and nothing of it may be there.
async fn told_of(spoil: impl FnOnce(&Path)) -> Vec<String> {
    let store = Store::scratch_sqlite().await.unwrap();
    let (_, blobs) = filled(&store).await;
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("monday");
    write(&store, &blobs, &backup, sample::at(5)).await.unwrap();
    spoil(&backup);
    let place = file_in(folder.path());
    let told = sentences(read(&backup, &place, &Blobs::in_memory()).await);
    assert!(everything(&Store::open(&place).await.unwrap()).await.is_empty());
    told
}

fn replace(path: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(from));
    std::fs::write(path, text.replacen(from, to, 1)).unwrap();
}

#[tokio::test]
async fn a_damaged_backup_is_refused_with_a_sentence_for_each_file() {
    let told = told_of(|backup| {
        replace(&backup.join("tables/journal.jsonl"), "case_accepted", "case_declined");
        std::fs::remove_file(backup.join("tables/bodies.jsonl")).unwrap();
        std::fs::write(backup.join("tables/cases.jsonl"), [0xff, 0xfe]).unwrap();
        let text = std::fs::read_to_string(backup.join("tables/participations.jsonl")).unwrap();
        let shorter = text.rsplit_once("\n[").unwrap().0.to_owned() + "\n";
        std::fs::write(backup.join("tables/participations.jsonl"), shorter).unwrap();
    })
    .await;
    let mut expected = vec![
        "The backup is damaged, and nothing was restored.",
        "The file of table bodies is missing.",
        "The file of table cases is not as it was written.",
        "The file of table journal is not as it was written.",
        "The file of table participations is not as it was written.",
    ];
    let mut told: Vec<_> = told.iter().map(String::as_str).collect();
    expected.sort_unstable();
    told.sort_unstable();
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_damaged_attachment_is_told() {
    for spoil in [(|file: &Path| std::fs::remove_file(file).unwrap()) as fn(&Path), |file| {
        std::fs::write(file, "x").unwrap();
    }] {
        let told = told_of(|backup| {
            let file = std::fs::read_dir(backup.join("blobs")).unwrap().next().unwrap().unwrap();
            spoil(&file.path());
        })
        .await;
        assert!(told[1].starts_with("Attachment "), "{told:?}");
    }
}

#[tokio::test]
async fn a_backup_whose_journals_do_not_stand_where_it_says_is_refused() {
    let told = told_of(|backup| {
        let sha256 = Manifest::of(backup).unwrap().journals.sha256;
        replace(&backup.join("manifest.json"), &sha256, &"0".repeat(64));
    })
    .await;
    assert_eq!(told[1], "The journals in it do not stand where it says they do.");
}

#[tokio::test]
async fn a_later_backup_is_refused() {
    let told = told_of(|backup| {
        replace(&backup.join("manifest.json"), "\"format\": 1", "\"format\": 2");
    })
    .await;
    assert!(told[0].starts_with("The backup has form 2"), "{told:?}");
    let told = told_of(|backup| {
        let step = format!("\"number\": {}", MIGRATIONS.last().unwrap().number);
        replace(&backup.join("manifest.json"), &step, "\"number\": 999");
    })
    .await;
    assert!(told[0].starts_with("The backup has schema 999"), "{told:?}");
    let told = told_of(|backup| {
        let sha256 = &Manifest::of(backup).unwrap().schema[0].sha256;
        replace(&backup.join("manifest.json"), sha256, &"0".repeat(64));
    })
    .await;
    assert_eq!(told, ["The backup has a schema that this program does not know."]);
}

#[tokio::test]
async fn what_is_no_backup_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let told = sentences(read(folder.path(), &file_in(folder.path()), &Blobs::in_memory()).await);
    assert!(told[0].ends_with("is not a backup: it has no manifest.json."), "{told:?}");
}

#[tokio::test]
async fn a_backup_of_an_older_schema_is_brought_up_to_date() {
    let store = Store::scratch_sqlite_with(&MIGRATIONS[..2]).await.unwrap();
    let vault = sample::vault(1);
    let with = vault.clone();
    store.write(move |tx: &mut Tx| sample::begin(tx, &with, 1).map(drop)).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("monday");
    let manifest = write(&store, &Blobs::in_memory(), &backup, sample::at(5)).await.unwrap();
    assert!(!manifest.tables.iter().any(|file| file.table.name == "attachments"));
    let place = file_in(folder.path());
    read(&backup, &place, &Blobs::in_memory()).await.unwrap();
    let there = Store::open(&place).await.unwrap();
    is_whole(&there, &vault, &Blobs::in_memory()).await;
    let Some(schema) = Schema::new().unwrap() else { return };
    read(&backup, &schema.place(), &Blobs::in_memory()).await.unwrap();
    let there = Store::open(&schema.place()).await.unwrap();
    is_whole(&there, &vault, &Blobs::in_memory()).await;
    there.close().await;
}
