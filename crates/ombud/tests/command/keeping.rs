//! Looking whether everything is as it was written, mending it, backing it up, moving it.

use std::path::Path;

use store::sample;

use super::data::{Data, on_both};
use super::{Said, get, mode_of, report};

const CLEAN: &str = "Everything is as it was written.\n";

fn verified(data: &Data) -> String {
    let said = data.run(&["verify"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.ends_with(CLEAN), "{said:?}");
    said.out
}

/// The command found something, said so in these words, and failed.
fn found(said: &Said, words: &str) {
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.out.contains(words), "{words:?} is not in {said:?}");
    assert!(!said.out.contains(CLEAN), "{said:?}");
}

/// The command was refused in these words, and said nothing else.
fn refused(said: &Said, words: &str) {
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains(words), "{words:?} is not in {said:?}");
    assert_eq!(said.out, "");
}

fn flip_a_byte(path: &Path) {
    let mut bytes = std::fs::read(path).expect("a file");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path, bytes).expect("a file");
}

on_both! {
    fn a_backup_of_a_running_server_is_whole_and_restores_elsewhere(data: &Data) {
        data.fill();
        let server = data.serve();
        let at = server.address();
        let before: Vec<_> = (0..5).map(|n| report(at, &format!("before{n}")).expect("it is there")).collect();
        let meanwhile = std::thread::spawn(move || {
            (0..15).filter_map(|n| report(at, &format!("meanwhile{n}"))).count()
        });
        let said = data.run(&["backup", "today"]);
        assert_eq!(said.code, Some(0), "{said:?}");
        assert!(said.out.contains("The backup is in today: tables "), "{said:?}");
        assert!(said.out.contains("attachments 2.\n"), "{said:?}");
        assert!(said.out.contains("The keys are not in it"), "{said:?}");
        verified(data);
        assert_eq!(meanwhile.join().expect("it ends"), 15);
        assert_eq!(server.stop("-TERM").0.code(), Some(0));
        verified(data);
        let backup = data.room.path("today");
        closed_to_others(&backup);
        assert!(!data.room.path("today.partial").exists());

        let there = data.another();
        std::fs::remove_file(there.keys()).expect("it was there");
        let from = backup.display().to_string();
        let said = there.run(&["restore", &from]);
        assert_eq!(said.code, Some(0), "{said:?}");
        assert!(said.out.contains("attachments 2.\n"), "{said:?}");
        assert!(said.out.contains("Put the keys that belong to it at ombud-data.key"), "{said:?}");
        refused(&there.run(&["verify"]), "The key file ombud-data.key is missing.");
        std::fs::copy(data.keys(), there.keys()).expect("copied");
        let looked = verified(&there);
        assert!(looked.contains("attachments 2,"), "{looked}");
        let kept = there.references();
        assert!(before.iter().all(|reference| kept.contains(reference)), "{kept:?}");
        assert_eq!(get(there.serve().address(), "/readyz").0, 200);

        let again = there.run(&["restore", &from]);
        refused(&again, "The database to be filled is not empty");
        assert_eq!(there.references().len(), kept.len());
    }

    fn a_damaged_backup_is_refused_and_leaves_nothing(data: &Data) {
        data.fill();
        assert_eq!(data.run(&["backup", "today"]).code, Some(0));
        let backup = data.room.path("today");
        let from = backup.display().to_string();
        let there = data.another();
        let bodies = backup.join("tables/bodies.jsonl");
        let blob = std::fs::read_dir(backup.join("blobs")).expect("a folder").next();
        let blob = blob.expect("a file").expect("a file").path();
        for file in [bodies, blob] {
            let whole = std::fs::read(&file).expect("a file");
            flip_a_byte(&file);
            refused(
                &there.run(&["restore", &from]),
                "The backup is damaged, and nothing was restored.",
            );
            std::fs::write(&file, whole).expect("a file");
        }
        std::fs::rename(backup.join("manifest.json"), backup.join("elsewhere")).expect("moved");
        refused(&there.run(&["restore", &from]), "is not a backup: it has no manifest.json.");
        std::fs::rename(backup.join("elsewhere"), backup.join("manifest.json")).expect("moved");
        assert_eq!(there.run(&["restore", &from]).code, Some(0), "nothing was in the way");
        verified(&there);
        refused(&data.run(&["backup", "today"]), "today is there already.");
    }

    fn verify_finds_an_edited_entry_a_flipped_byte_and_a_missing_file(data: &Data) {
        data.fill();
        verified(data);
        let files = data.blobs();
        let [one, other] = &files[..] else { panic!("{files:?}") };
        flip_a_byte(one);
        found(&data.run(&["verify"]), "is not what was kept (blob ");
        std::fs::remove_file(other).expect("it was there");
        let said = data.run(&["verify"]);
        found(&said, "is not what was kept (blob ");
        found(&said, "is missing (blob ");
        data.change(|tx| sample::tamper(tx, sample::case_id(2)));
        let said = data.run(&["verify"]);
        let case = sample::case_id(2);
        found(&said, &format!("Case {case}: entry 1 of its journal is not as it was written.\n"));
        // What cannot be in it is told, and so is that the rest is.
        let said = data.run(&["backup", "today"]);
        found(&said, "The backup is in today");
        assert_eq!(said.out.matches("could not be fetched").count(), 2, "{said:?}");
    }

    fn rows_are_made_anew_from_their_journals(data: &Data) {
        data.fill();
        data.change(|tx| sample::spoil(tx, sample::case_id(2)));
        found(&data.run(&["verify"]), "its row is not what its journal adds up to (state).");
        let said = data.run(&["rebuild"]);
        assert_eq!((said.code, said.out.as_str()), (Some(0), "Cases 4, made anew 1. Notes found by other names than their own, mended 0.\n"), "{said:?}");
        verified(data);
        data.change(|tx| sample::tamper(tx, sample::case_id(3)));
        let said = data.run(&["rebuild"]);
        found(&said, &format!("Case {}:", sample::case_id(3)));
    }

    fn nothing_is_looked_at_or_backed_up_without_the_keys(data: &Data) {
        data.fill();
        std::fs::remove_file(data.keys()).expect("it was there");
        for words in [&["verify"][..], &["backup", "today"], &["rebuild"]] {
            refused(&data.run(words), "The key file ombud-data.key is missing");
            assert!(!data.keys().exists(), "no new keys are made for old data");
        }
        assert!(!data.room.path("today").exists());
    }
}

/// Nobody else may look into the backup, and the keys are not in it.
fn closed_to_others(backup: &Path) {
    for folder in [backup.to_owned(), backup.join("tables"), backup.join("blobs")] {
        assert_eq!(mode_of(&folder), 0o700, "{}", folder.display());
        for file in std::fs::read_dir(&folder).expect("a folder") {
            let path = file.expect("a file").path();
            if path.is_file() {
                assert_eq!(mode_of(&path), 0o600, "{}", path.display());
                let bytes = std::fs::read(&path).expect("a file");
                let keys = bytes.windows(10).any(|ten| ten == b"0707070707");
                assert!(!keys, "the keys are in {}", path.display());
            }
        }
    }
}

#[test]
fn data_moves_from_a_file_to_postgres_and_is_served_from_there() {
    let data = Data::sqlite();
    let Some(target) = Data::postgres() else { return };
    data.fill();
    let (from, to) = (data.address(), target.address());
    let copy = ["db", "copy", &from, &to];
    let said = data.run(&copy);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains("cases 4. Attachments stay where they are."), "{said:?}");
    let on_postgres = |words: &[&str]| {
        let mut command = data.room.ombud(words);
        command.env("OMBUD_DATABASE_URL", &to);
        command
    };
    let said = Said::of(on_postgres(&["verify"]).output().expect("it runs"));
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.ends_with(CLEAN) && said.out.contains("attachments 2,"), "{said:?}");
    let free = ["serve", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"];
    let server = super::Server::start(on_postgres(&free));
    let reference = report(server.address(), "moved").expect("it is taken");
    assert_eq!(server.stop("-TERM").0.code(), Some(0));
    assert!(target.references().contains(&reference));

    refused(&data.run(&copy), "The database to be filled is not empty");
    assert!(!data.references().contains(&reference), "the old file is as it was");
    let nowhere = data.room.path("nowhere.sqlite").display().to_string();
    refused(&data.run(&["db", "copy", &nowhere, &to]), "There is no database at ");
    assert!(!Path::new(&nowhere).exists(), "nothing is made where nothing was");
}

#[test]
fn a_running_server_keeps_its_file_from_being_rebuilt_filled_or_copied() {
    let data = Data::sqlite();
    data.fill();
    assert_eq!(data.run(&["backup", "today"]).code, Some(0));
    let server = data.serve();
    refused(&data.run(&["rebuild"]), "A server is running on the data in ombud-data");
    refused(&data.run(&["restore", "today"]), "ombud-data/ombud.sqlite, and only one program may");
    let (from, to) = (data.address(), data.room.path("copy.sqlite").display().to_string());
    refused(&data.run(&["db", "copy", &from, &to]), "A server is running on");
    assert!(!Path::new(&to).exists(), "half a copy is none");
    assert_eq!(get(server.address(), "/readyz").0, 200);
}
