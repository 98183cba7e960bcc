//! The history that a team brings along, from files: read as it was written, public at its own dates,
//! and news to nobody. Reads the public archive and the documents of OASIS beside the project where
//! they are there; says so where they are not.

#![expect(clippy::print_stdout, reason = "what was skipped and what was measured is said")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use app::import::{Fate, Mode, notes};
use domain::case::CaseKind;
use domain::{Actor, CaseNumber, StaffRole};
use formats::{PublicNote, history, vulnote};
use serde_json::{Value, json};
use store::{NoteSearch, Store};
use testkit::TestSite;

/// A file of the shared data, unpacked, or nothing and a word about it.
fn shared(name: &str, unpack: &[&str]) -> Option<Vec<u8>> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let shared = std::env::var_os("OMBUD_SHARED").map_or(PathBuf::from(beside), PathBuf::from);
    let file = shared.join("data").join(name);
    if !file.exists() {
        println!("skipped: {name} is not beside the project (set OMBUD_SHARED)");
        return None;
    }
    let Ok(output) = Command::new(unpack[0]).args(&unpack[1..]).arg(&file).output() else {
        println!("skipped: the program {}, which opens {name}, is missing", unpack[0]);
        return None;
    };
    assert!(output.status.success(), "{name} could not be opened");
    Some(output.stdout)
}

/// Every sixtieth line of the archive, or all of them with `OMBUD_ARCHIVE=all`.
fn archive() -> Option<Vec<Vec<u8>>> {
    let bytes = shared("vulnerability-notes.jsonl.xz", &["xz", "-dc"])?;
    let all = std::env::var("OMBUD_ARCHIVE").is_ok_and(|which| which == "all");
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    Some(lines.step_by(if all { 1 } else { 60 }).map(<[u8]>::to_vec).collect())
}

/// A note as VINCE serves it.
fn served(digits: u32, title: &str) -> Value {
    let note = PublicNote {
        title: title.to_owned(),
        sections: vec![
            (formats::public_note::Section::Overview, "It was long ago.".to_owned()),
            (formats::public_note::Section::Solution, "It is mended.".to_owned()),
        ],
        references: vec!["https://example.org/1".to_owned()],
        updated_at: "2001-02-04T04:05:06Z".parse().unwrap(),
        revision: 7,
        ..testkit::an_old_note(digits)
    };
    serde_json::from_slice(&vulnote::write(&note)).unwrap()
}

async fn take(site: &TestSite, documents: &[&Value]) -> Vec<Fate> {
    let documents = documents.iter().map(|document| document.to_string().into_bytes()).collect();
    notes(&site.site.duty(), documents, Mode::Keep).await.unwrap()
}

async fn exported(site: &TestSite, slug: &str) -> Vec<u8> {
    let format = app::artefact::VULNOTE.to_owned();
    app::public::artefact(&site.site.public(), slug.to_owned(), format).await.unwrap().bytes
}

fn number(digits: u32) -> CaseNumber {
    CaseNumber::new("VU", digits)
}

/// Nothing of a note is lost on its way into the rows, its JSON is what its file comes to, and what was
/// exported comes in again and goes out the same.
#[tokio::test]
async fn every_note_of_the_archive_comes_in_and_goes_out_as_it_was() {
    let Some(lines) = archive() else { return };
    let (first, second) = (TestSite::on_sqlite().await, TestSite::on_sqlite().await);
    let (mut taken, begun) = (0_u32, Instant::now());
    for batch in lines.chunks(100) {
        let fates = notes(&first.site.duty(), batch.to_vec(), Mode::Keep).await.unwrap();
        assert!(fates.iter().all(|fate| matches!(fate, Fate::New(Some(_)))), "{fates:?}");
        taken += u32::try_from(fates.len()).unwrap();
    }
    let rate = f64::from(taken) / begun.elapsed().as_secs_f64();
    println!("{taken} notes were imported, {rate:.0} a second in this build");
    for line in &lines {
        let source = history::read(line).unwrap();
        let slug = source.number.clone().unwrap().slug();
        let here = app::public::note(&first.site.public(), slug.clone()).await.unwrap();
        assert_eq!(PublicNote::from(&here), source.note, "{slug} lost something");
        let json = exported(&first, &slug).await;
        assert_eq!(json, vulnote::write(&source.note), "{slug}");
        let again = notes(&second.site.duty(), vec![json.clone()], Mode::Keep).await.unwrap();
        assert!(matches!(again[..], [Fate::New(Some(_))]), "{slug}: {again:?}");
        assert_eq!(exported(&second, &slug).await, json, "{slug} went out otherwise");
    }
    for batch in lines.chunks(100) {
        let fates = notes(&first.site.duty(), batch.to_vec(), Mode::Keep).await.unwrap();
        assert!(fates.iter().all(|fate| matches!(fate, Fate::Same(_))), "{fates:?}");
    }
    assert_eq!(app::upkeep::verify(&first.site).await.unwrap().findings, Vec::<String>::new());
}

/// The valid documents of OASIS come in, the invalid ones are refused, with the rule if it is one that
/// is kept here.
#[tokio::test]
async fn advisories_against_the_rules_are_refused_with_the_rule() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().display().to_string();
    if shared("oasis-csaf.tar.xz", &["tar", "-xJ", "-C", &into, "-f"]).is_none() {
        return;
    }
    let site = TestSite::on_sqlite().await;
    let (mut taken, mut refused, mut ruled) = (0, 0, 0);
    for path in json_in(folder.path()) {
        let bytes = std::fs::read(&path).unwrap();
        let Ok(document) = serde_json::from_slice::<Value>(&bytes) else { continue };
        if document["document"]["csaf_version"].is_null() {
            continue;
        }
        let fate = notes(&site.site.duty(), vec![bytes], Mode::Keep).await.unwrap().remove(0);
        match fate {
            Fate::Refused(why) => {
                refused += 1;
                ruled += u32::from(why.starts_with("It breaks rule 6.1."));
                assert!(why.ends_with('.') && !why.ends_with(".."), "{why}");
            }
            Fate::New(_) | Fate::Same(_) | Fate::Changed(_) => taken += 1,
        }
    }
    println!(
        "of the documents of OASIS {taken} were taken and {refused} refused, {ruled} by a rule"
    );
    assert!(taken > 100 && ruled > 100, "{taken} {refused} {ruled}");
    assert_eq!(app::upkeep::verify(&site.site).await.unwrap().findings, Vec::<String>::new());
}

fn json_in(folder: &std::path::Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(json_in(&path));
        } else if path.extension().is_some_and(|kind| kind == "json") {
            found.push(path);
        }
    }
    found.sort();
    found
}

store::both_engines! {
    async fn a_note_that_came_before_is_the_same_is_revised_or_is_older(store: Store) {
        let site = TestSite::on(store).await;
        let note = served(2558, "An old flaw");
        assert_eq!(take(&site, &[&note]).await, [Fate::New(Some(number(2558)))]);
        assert_eq!(take(&site, &[&note, &note]).await, vec![Fate::Same(number(2558)); 2]);
        let mut shaped = note.clone();
        shaped["anything"] = json!("else");
        assert_eq!(take(&site, &[&shaped]).await, [Fate::Same(number(2558))], "it says the same");

        let mut mended = note.clone();
        (mended["name"], mended["revision"]) = (json!("An old flaw, mended"), json!(8));
        let document = mended.to_string().into_bytes();
        let looked = notes(&site.site.duty(), vec![document], Mode::Look).await.unwrap();
        assert_eq!(looked, [Fate::Changed(number(2558))]);
        let here = app::public::note(&site.site.public(), "VU-2558".to_owned()).await.unwrap();
        assert_eq!((here.title(), here.revision()), ("An old flaw", 7), "looking changed it");
        assert_eq!(take(&site, &[&mended]).await, [Fate::Changed(number(2558))]);
        let here = app::public::note(&site.site.public(), "VU-2558".to_owned()).await.unwrap();
        assert_eq!((here.title(), here.revision()), ("An old flaw, mended", 8));
        assert_eq!(here.published_at().to_string(), "2001-02-03T04:05:06Z");
        assert!(matches!(&take(&site, &[&note]).await[..], [Fate::Refused(why)] if why.contains("older")));
    }

    async fn a_hidden_number_is_refused_like_a_public_one_and_an_imported_one_is_taken(store: Store) {
        let site = TestSite::on(store).await;
        let id = site.report("Tally time server").await.case;
        let ana = site.analyst();
        let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
        app::triage::score(&ana, id, None, vector).await.unwrap();
        let hidden = app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
        let digits: u32 = hidden.digits().parse().unwrap();
        let fates = take(&site, &[&served(digits, "Stolen"), &served(4, "Mine")]).await;
        let taken = format!("The number {hidden} is taken.");
        assert_eq!(fates, [Fate::Refused(taken), Fate::New(Some(number(4)))]);
        let advisory = advisory("VU#4", "Another");
        assert!(matches!(&take(&site, &[&advisory]).await[..], [Fate::Changed(_)]), "the same note");
        let known = site.site.store.read(|tx| tx.number_taken(&number(4))).await.unwrap();
        assert!(known, "a new case could get the number");
    }
}

/// A CSAF advisory of somebody else.
fn advisory(id: &str, title: &str) -> Value {
    json!({"document": {
        "category": "csaf_base", "csaf_version": "2.0", "title": title,
        "publisher": {"category": "vendor", "name": "Acme", "namespace": "https://acme.example"},
        "tracking": {
            "id": id, "status": "final", "version": "1",
            "initial_release_date": "2020-01-01T00:00:00Z",
            "current_release_date": "2020-01-01T00:00:00Z",
            "revision_history":
                [{"number": "1", "date": "2020-01-01T00:00:00Z", "summary": "First."}]
        }
    }})
}

#[tokio::test]
async fn what_is_not_for_everyone_or_not_finished_or_of_tomorrow_is_refused() {
    let site = TestSite::on_sqlite().await;
    let mut amber = advisory("A-1", "x");
    amber["document"]["distribution"] = json!({"tlp": {"label": "AMBER"}});
    let mut draft = advisory("A-2", "x");
    draft["document"]["tracking"]["status"] = json!("draft");
    let mut tomorrow = served(1, "x");
    tomorrow["datefirstpublished"] = json!("2999-01-01T00:00:00Z");
    let mut nameless = served(2, " ");
    nameless["vuid"] = json!("VU#2");
    let mut strange = served(3, "x");
    strange["vuid"] = json!("../../etc/passwd\u{0}");
    let rejected = json!({"dataType": "CVE_RECORD", "dataVersion": "5.1", "cveMetadata": {
        "cveId": "CVE-1900-0001", "assignerOrgId": "x", "state": "REJECTED"},
        "containers": {"cna": {"providerMetadata": {"orgId": "x"}, "rejectedReasons": []}}});
    let fates = take(
        &site,
        &[&amber, &draft, &tomorrow, &nameless, &strange, &rejected, &json!([]), &json!({"a": 1})],
    )
    .await;
    let told: Vec<_> = fates
        .iter()
        .map(|fate| match fate {
            Fate::Refused(why) => why.as_str(),
            Fate::New(_) | Fate::Same(_) | Fate::Changed(_) => "taken",
        })
        .collect();
    expect_test::expect![[r"
        Its traffic light says that it is not for everyone.
        It is a draft.
        It is of a day that has not come yet.
        It has no title.
        “../../etc/passwd” is no number of the form VU#123456.
        The record was rejected.
        The file cannot be read: invalid type: sequence, expected a map, at line 1, column 0.
        The file cannot be read: it is no note of VINCE (vuid) or of CERT/CC's archive (IDNumber), no CSAF document (document) and no CVE record (dataType)."]].assert_eq(&told.join("\n"));
    assert_eq!(
        app::public::list(&site.site.public(), NoteSearch::default(), None, 9).await.unwrap(),
        []
    );
}

#[tokio::test]
async fn a_document_without_a_number_of_our_form_gets_one_and_keeps_it() {
    let site = TestSite::on_sqlite().await;
    let first = take(&site, &[&advisory("ACME-SA-2020:1", "Kettles")]).await;
    let [Fate::New(Some(number))] = &first[..] else { panic!("{first:?}") };
    let mut mended = advisory("ACME-SA-2020:1", "Kettles and pots");
    mended["document"]["tracking"]["current_release_date"] = json!("2020-01-01T00:00:00Z");
    assert_eq!(take(&site, &[&mended]).await, [Fate::Changed(number.clone())]);
    let here = app::public::note(&site.site.public(), number.slug()).await.unwrap();
    let beyond = here.elsewhere().unwrap();
    assert_eq!(beyond.called.as_deref(), Some("ACME-SA-2020:1"));
    assert_eq!(beyond.publisher.as_deref(), Some("Acme"));
    assert_eq!((here.title(), here.revision()), ("Kettles and pots", 2));
}

#[tokio::test]
async fn an_imported_note_is_found_by_year_and_is_news_to_nobody() {
    let site = TestSite::on_sqlite().await;
    take(&site, &[&served(2558, "An old flaw")]).await;
    site.duties().await;
    assert_eq!(site.letters(), []);
    let door = site.site.public();
    let of = |year| NoteSearch {
        year: Some(year),
        words: "old flaw".to_owned(),
        ..NoteSearch::default()
    };
    assert_eq!(app::public::list(&door, of(2001), None, 9).await.unwrap().len(), 1);
    assert_eq!(app::public::list(&door, of(2026), None, 9).await.unwrap().len(), 0);
    for format in [app::artefact::CSAF_2_0, app::artefact::CSAF_2_1, app::artefact::PLAIN] {
        app::public::artefact(&door, "VU-2558".to_owned(), format.to_owned()).await.unwrap();
    }
}

#[tokio::test]
async fn only_the_server_and_a_lead_who_showed_who_they_are_bring_notes_along() {
    let site = TestSite::on_sqlite().await;
    let ask = |ctx: app::Ctx, mode| async move {
        let document = served(1, "x").to_string().into_bytes();
        notes(&ctx, vec![document], mode).await
    };
    let administrator = site.acting(Actor::Staff(site.analyst, StaffRole::Administrator));
    for ctx in [site.acting(Actor::Anyone), site.analyst(), administrator] {
        let outcome = ask(ctx, Mode::Look).await;
        assert!(matches!(outcome, Err(app::Error::NotFound)), "{outcome:?}");
    }
    let stale = site.lead().proved(None);
    assert!(ask(stale.clone(), Mode::Look).await.is_ok(), "looking asks for no proof");
    let outcome = ask(stale, Mode::Keep).await;
    assert!(matches!(outcome, Err(app::Error::ProveYourself)), "{outcome:?}");
    assert!(ask(site.lead(), Mode::Keep).await.is_ok());
}
