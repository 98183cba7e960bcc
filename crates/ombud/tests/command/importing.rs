#![expect(clippy::print_stdout, reason = "what was skipped, and when it was killed, is said")]

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use domain::Published;
use store::{NoteSearch, Place, Store, StoreError};

use super::data::{self, Data};

/// A note as VINCE serves it, with the keys that have to be there.
fn note(digits: u32, title: &str, revision: u32) -> String {
    let nulls = [
        "keywords",
        "clean_desc",
        "impact",
        "resolution",
        "workarounds",
        "sysaffected",
        "thanks",
        "author",
        "certadvisory",
        "uscerttechnicalalert",
        "vrda_d1_directreport",
        "vrda_d1_population",
        "vrda_d1_impact",
        "cam_widelyknown",
        "cam_exploitation",
        "cam_internetinfrastructure",
        "cam_population",
        "cam_impact",
        "cam_easeofexploitation",
        "cam_attackeraccessrequired",
        "cam_scorecurrent",
        "cam_scorecurrentwidelyknown",
        "cam_scorecurrentwidelyknownexploited",
        "ipprotocol",
        "cvss_accessvector",
        "cvss_accesscomplexity",
        "cvss_authentication",
        "cvss_confidentialityimpact",
        "cvss_integrityimpact",
        "cvss_availabilityimpact",
        "cvss_exploitablity",
        "cvss_remediationlevel",
        "cvss_reportconfidence",
        "cvss_collateraldamagepotential",
        "cvss_targetdistribution",
        "cvss_securityrequirementscr",
        "cvss_securityrequirementsir",
        "cvss_securityrequirementsar",
        "cvss_basescore",
        "cvss_basevector",
        "cvss_temporalscore",
        "cvss_environmentalscore",
        "cvss_environmentalvector",
        "metric",
        "vulnote",
    ];
    let mut note = serde_json::json!({
        "vuid": format!("VU#{digits}"), "idnumber": digits.to_string(), "name": title,
        "overview": "### Overview\n\nIt was long ago.", "public": [], "cveids": [],
        "datecreated": "2001-02-03T04:05:06Z", "publicdate": "2001-02-03T04:05:06Z",
        "datefirstpublished": "2001-02-03T04:05:06Z", "dateupdated": "2001-02-03T04:05:06Z",
        "revision": revision,
    });
    for key in nulls {
        note[key] = serde_json::Value::Null;
    }
    note.to_string()
}

/// What was said, without the time that it took.
fn told(said: &super::Said) -> String {
    let lines = said.out.lines().map(|line| line.split(';').next().unwrap_or(line).to_owned());
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn notes_are_brought_along_from_files_and_folders_and_never_twice() {
    let data = Data::sqlite();
    let room = &data.room;
    room.write("notes/b.json", &note(2, "Second", 1));
    room.write("notes/a.json", &format!("[{},{}]", note(1, "First", 1), note(3, "Third", 1)));
    room.write(
        "notes/deep/c.jsonl",
        &format!("{}\n\nnonsense\n{}\n", note(4, "Fourth", 1), note(4, "Again", 1)),
    );
    room.write("notes/vendor_x.json", "{}");
    room.write("notes/readme.txt", "no");
    // The first look finds no database; the first import makes one.
    let first = room.run(&["import", "notes", "notes", "missing.json"]);
    assert_eq!(first.code, Some(1), "{first:?}");
    assert_eq!(
        told(&first),
        "missing.json: refused: No such file or directory (os error 2)\n\
         notes/deep/c.jsonl:3: refused: The file is not JSON: the reader stopped at line 1, column 2.\n\
         Documents 7: new 4, same 0, changed 1, refused 2",
        "{first:?}"
    );
    room.write("notes/b.json", &note(2, "Second, mended", 2));
    let looked = room.run(&["import", "notes", "--dry-run", "notes/b.json", "notes/a.json"]);
    assert_eq!(looked.code, Some(0), "{looked:?}");
    assert_eq!(
        told(&looked),
        "notes/b.json: changed: VU#2\nnotes/a.json[1]: same: VU#1\nnotes/a.json[2]: same: VU#3\n\
         Documents 3: new 0, same 2, changed 1, refused 0"
    );
    let line = note(5, "Fifth", 1);
    let piped = room.run_with_line(&["import", "notes", "-"], &line);
    assert_eq!(told(&piped), "Documents 1: new 1, same 0, changed 0, refused 0", "{piped:?}");
    let verified = room.run(&["verify"]);
    assert!(verified.out.contains("Everything is as it was written."), "{verified:?}");
}

/// Some hundred notes, one a line: every sixth of the public archive beside the project, or made-up
/// ones where it is not.
fn many() -> Vec<String> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let shared = std::env::var_os("OMBUD_SHARED").map_or(PathBuf::from(beside), PathBuf::from);
    let archive = shared.join("data/vulnerability-notes.jsonl.xz");
    let opened = Command::new("xz").arg("-dc").arg(&archive).output();
    match opened {
        Ok(output) if archive.exists() && output.status.success() => {
            let text = String::from_utf8(output.stdout).expect("UTF-8");
            let lines = text.lines().filter(|line| !line.is_empty());
            lines.step_by(6).map(str::to_owned).collect()
        }
        Ok(_) | Err(_) => {
            println!("skipped: the archive is not beside the project; made-up notes are taken");
            (1..=500).map(|n| note(n, &format!("The flaw {n}"), 1)).collect()
        }
    }
}

/// A public note: itself, its revisions, and the bytes of each file that is no signature.
type Public = (Published, Vec<u32>, BTreeMap<String, Vec<u8>>);

/// All that is public, but for signatures and when things were done: the notes with what they are found
/// by, and every file.
fn public(data: &Data) -> BTreeMap<String, Public> {
    data::run(async {
        let store = Store::open(&data.place()).await.expect("it opens");
        let door = store.public();
        let all = door.read(|public| {
            let (mut all, mut before) = (BTreeMap::new(), None);
            loop {
                let rows = public.search(&NoteSearch::default(), before.as_ref(), 100)?;
                let Some(last) = rows.last() else { return Ok::<_, StoreError>(all) };
                before = Some((last.published_at, last.slug.clone()));
                for row in rows {
                    let mut files = BTreeMap::new();
                    for format in public.formats_of(&row.slug)? {
                        let file = public.artefact(&row.slug, &format)?.expect("a file");
                        if Path::new(&format).extension().is_none_or(|end| end != "asc") {
                            files.insert(format, file.bytes);
                        }
                    }
                    let revisions = public.revisions(&row.slug)?;
                    let revisions = revisions.into_iter().map(|(revision, _)| revision).collect();
                    let note = public.note(&row.slug)?.expect("a note");
                    all.insert(row.slug, (note, revisions, files));
                }
            }
        });
        let all = all.await.expect("it is read");
        store.close().await;
        all
    })
}

/// How many notes are public, where there is a database yet.
fn n_public(data: &Data) -> usize {
    if matches!(data.place(), Place::Sqlite { path } if !path.exists()) {
        return 0;
    }
    data::run(async {
        let store = Store::open(&data.place()).await.expect("it opens");
        #[expect(
            clippy::redundant_closure_for_method_calls,
            reason = "a method of a transaction is not general over how long it lives"
        )]
        let n = store.public().read(|public| public.n_published()).await.expect("a number");
        store.close().await;
        usize::try_from(n).expect("no less than none")
    })
}

data::on_both! {
    fn an_import_that_is_killed_goes_on_where_it_was_and_ends_like_one_that_was_not(data: &Data) {
        let notes = many();
        let clean = data.another();
        for room in [&data.room, &clean.room] {
            room.write("archive.jsonl", &(notes.join("\n") + "\n"));
        }
        let words = ["import", "notes", "archive.jsonl"];
        let begun = Instant::now();
        let said = clean.run(&words);
        let took = begun.elapsed();
        let n = notes.len();
        let all = format!("Documents {n}: new {n}, same 0, changed 0, refused 0");
        assert_eq!((said.code, told(&said)), (Some(0), all), "{said:?}");

        let (mut n_killed, mut halfway) = (0, 0);
        for _ in 0..12 {
            let mut child = data.ombud(&words).stdout(Stdio::null()).spawn().expect("it runs");
            let chance = RandomState::new().build_hasher().finish() % 1000;
            let after = took.mul_f64(f64::from(u32::try_from(chance).expect("small")) / 4000.0);
            println!("killed after {after:?}");
            std::thread::sleep(after);
            n_killed += u32::from(child.try_wait().expect("a child").is_none());
            // SIGKILL.
            drop(child.kill());
            child.wait().expect("it ends");
            let here = n_public(data);
            let whole = here.is_multiple_of(100) || here == n;
            assert!(whole, "{here} notes: a step of a hundred was kept in part");
            halfway += u32::from(here > 0 && here < n);
        }
        println!("{n_killed} were killed, {halfway} times in the middle of the archive");
        assert!(n_killed > 2 && halfway > 0, "killed {n_killed}, halfway {halfway}");
        let said = data.run(&words);
        let end = told(&said);
        assert_eq!(said.code, Some(0), "{said:?}");
        assert!(end.ends_with("changed 0, refused 0"), "{end}");
        let (killed, whole) = (public(data), public(&clean));
        assert_eq!((killed.len(), whole.len()), (n, n), "no note is there twice, and none is missing");
        let differ: Vec<_> = whole.iter().filter(|(slug, all)| killed.get(*slug) != Some(all)).collect();
        assert!(differ.is_empty(), "{} differ, {:?} first", differ.len(), differ.first());
        let verified = data.run(&["verify"]);
        assert!(verified.out.contains("Everything is as it was written."), "{verified:?}");
    }
}
