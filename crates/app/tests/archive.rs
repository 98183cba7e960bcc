//! Notes that were really published, taken through the whole line with their real vendors, and
//! compared with what was published then. Reads the public archive beside the project; says so
//! when it is not there.

#![expect(clippy::print_stdout, reason = "what was skipped is said")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use app::directory::NewVendor;
use app::participant::FilledStatement;
use domain::case::CaseKind;
use domain::event::{Answer, Channel, StatementAudience};
use domain::note::{Section, When};
use domain::status::ProductStatus;
use domain::{Actor, CaseId, CveId, Instant, ParticipantId, Published, Rule, Timestamp};
use formats::public_note::{Section as Theirs, VendorStatus};
use formats::vulnote::{Archived, ReadVendor, Reading};
use store::Store;
use testkit::TestSite;

/// The notes of the archive, or nothing if it is not there.
fn archive() -> Option<Vec<Reading>> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let shared = std::env::var_os("OMBUD_SHARED").map_or(PathBuf::from(beside), PathBuf::from);
    let file = shared.join("data/vulnerability-notes.jsonl.xz");
    if !file.exists() {
        println!("skipped: the archive of notes is not beside the project (set OMBUD_SHARED)");
        return None;
    }
    let Ok(output) = Command::new("xz").arg("-dc").arg(&file).output() else {
        println!("skipped: the program xz, which opens the archive of notes, is missing");
        return None;
    };
    let text = String::from_utf8(output.stdout).unwrap();
    let read = |line: &str| Archived::parse(line.as_bytes()).unwrap().reading();
    Some(text.lines().map(read).collect())
}

store::both_engines! {
    async fn a_note_with_284_vendors_goes_through_the_whole_line(store: Store) {
        let Some(archive) = archive() else { return };
        let reading = archive.iter().find(|reading| reading.number == "VU#854306").unwrap();
        let site = TestSite::on(store).await;
        let published = publish(&site, reading).await;
        compare(reading, &published);
        let (affected, clear, unknown) = tally(&published);
        assert_eq!((affected, clear, unknown), (93, 45, 146), "one of the vendors is there twice");
    }
}

/// Every sixtieth note, or all of them with `OMBUD_ARCHIVE=all`.
#[tokio::test]
async fn notes_of_every_year_go_through_the_whole_line() {
    let Some(archive) = archive() else { return };
    let all = std::env::var("OMBUD_ARCHIVE").is_ok_and(|which| which == "all");
    let step = if all { 1 } else { 60 };
    let site = TestSite::on_sqlite().await;
    let mut taken = 0;
    let mut notes: Vec<_> = archive.iter().step_by(step).collect();
    // The key of the server is made with the first: no later note is of an earlier time.
    notes.sort_by_key(|reading| reading.first_published_at.as_ref().map(|said| said.at));
    for reading in notes {
        let published = publish(&site, reading).await;
        compare(reading, &published);
        taken += 1;
    }
    println!("{taken} notes were taken through the line");
    assert!(taken >= 50);
}

/// Takes a note from report to publication, at the times at which it really went.
async fn publish(site: &TestSite, reading: &Reading) -> Published {
    let at = reading.first_published_at.as_ref().map_or(Timestamp::UNIX_EPOCH, |said| said.at);
    let told = reading.vendors.iter().filter_map(|vendor| vendor.notified_at.as_ref());
    let first = told.map(|said| said.at).min().unwrap_or(at).min(at);
    site.clock.set(first.checked_sub(jiff::SignedDuration::from_hours(24)).unwrap());
    let id = accept(site, reading).await;
    let participants = tell(site, id, reading, at).await;
    write(site, id, reading).await;
    for (vendor, participant) in reading.vendors.iter().zip(&participants) {
        answer(site, id, *participant, vendor.status).await;
        state(site, id, *participant, vendor).await;
    }
    site.clock.set(at.max(site.site.clock.now()));
    let reason = "It was public then.".to_owned();
    for who in [site.analyst(), site.lead()] {
        let who = Rule::ALL.iter().fold(who, |who, rule| who.setting_aside(*rule, reason.clone()));
        app::note::approve(&who, id, 1, When::At(Instant::utc(site.site.clock.now())))
            .await
            .unwrap();
    }
    let done = app::duties::end_and_publish(&site.site.duty()).await.unwrap();
    assert_eq!(done.failed, 0, "{} was not published", reading.number);
    let case = site.case(id).await;
    let slug = case.number.unwrap().slug();
    app::public::note(&site.site.public(), slug).await.unwrap()
}

async fn accept(site: &TestSite, reading: &Reading) -> CaseId {
    let id = site.report(&reading.title).await.case;
    let ana = site.analyst().setting_aside(Rule::NoScore, "From the archive.".to_owned());
    app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
    let mut flaws: Vec<_> = site.case(id).await.vulnerabilities.keys().copied().collect();
    for _ in 1..reading.cves.len() {
        let words = reading.title.clone();
        flaws.push(app::note::add_vulnerability(&ana, id, words).await.unwrap());
    }
    for (flaw, cve) in flaws.iter().zip(&reading.cves) {
        let cve: CveId = cve.parse().unwrap();
        app::note::assign_cve(&ana, id, *flaw, cve, None).await.unwrap();
    }
    id
}

/// Tells the vendors in the order in which they were told; those of whom no date is known, last.
async fn tell(site: &TestSite, id: CaseId, reading: &Reading, at: Timestamp) -> Vec<ParticipantId> {
    let new =
        reading.vendors.iter().map(|vendor| NewVendor { name: vendor.name.clone(), address: None });
    let ana = site.analyst();
    let organizations = app::directory::add_vendors(&ana, new.collect()).await.unwrap();
    app::participant::add_vendors(&ana, id, organizations.clone()).await.unwrap();
    let case = site.case(id).await;
    let participant = |n: usize| case.participant_of(organizations[n]).unwrap().id;
    let participants: Vec<_> = (0..organizations.len()).map(participant).collect();
    let mut turns: Vec<_> = reading
        .vendors
        .iter()
        .zip(&participants)
        .map(|(vendor, participant)| {
            (vendor.notified_at.as_ref().map_or(at, |said| said.at.min(at)), *participant)
        })
        .collect();
    turns.sort();
    let mut seen = BTreeSet::new();
    for (told_at, participant) in turns {
        if seen.insert(participant) {
            site.clock.set(told_at);
            let ana = site.analyst();
            app::participant::record_contact(&ana, id, participant, Channel::Other).await.unwrap();
        }
    }
    participants
}

/// The vendor agrees to the embargo if one is in force, and says what it said.
async fn answer(site: &TestSite, id: CaseId, participant: ParticipantId, status: VendorStatus) {
    let case = site.case(id).await;
    let vendor = site.acting(Actor::Bearer(id, participant));
    let status = match status {
        VendorStatus::Affected => ProductStatus::Affected,
        VendorStatus::NotAffected => ProductStatus::NotAffected { justification: None },
        VendorStatus::Unknown => return,
    };
    if case.embargo.terms.is_some() {
        let agreed = app::embargo::answer(&vendor, id, participant, Answer::Agree).await;
        // Two records of one vendor: it has agreed already.
        assert!(matches!(agreed, Ok(()) | Err(app::Error::Refused(_))), "{agreed:?}");
    }
    for flaw in case.vulnerabilities.keys() {
        let line = (*flaw, None);
        app::participant::set_status(&vendor, id, participant, line, status.clone()).await.unwrap();
    }
}

/// The team writes down what the vendor wanted to be read, and what it added itself.
async fn state(site: &TestSite, id: CaseId, participant: ParticipantId, vendor: &ReadVendor) {
    let ana = site.analyst();
    let statement = FilledStatement {
        words: vendor.statement.clone().unwrap_or_default(),
        information: vendor.information.clone().unwrap_or_default(),
        references: reference_lines(vendor).join("\n"),
    };
    let parts = [&statement.words, &statement.information, &statement.references];
    if parts.iter().any(|part| !part.trim().is_empty()) {
        let audience = StatementAudience::Coordinator;
        app::participant::state(&ana, id, participant, statement, audience).await.unwrap();
    }
    if let Some(addendum) = vendor.addendum.clone() {
        app::participant::write_addendum(&ana, id, participant, addendum).await.unwrap();
    }
}

fn reference_lines(vendor: &ReadVendor) -> Vec<String> {
    vendor.references.iter().map(|one| one.words.clone()).collect()
}

async fn write(site: &TestSite, id: CaseId, reading: &Reading) {
    let mut sections: BTreeMap<Section, String> = reading
        .sections
        .iter()
        .map(|(section, words)| (section_of(*section), words.clone()))
        .collect();
    let references: Vec<_> = reading.references.iter().map(|one| one.words.clone()).collect();
    if !references.is_empty() {
        sections.insert(Section::References, references.join("\n"));
    }
    if sections.is_empty() {
        sections.insert(Section::Overview, reading.title.clone());
    }
    app::note::write(&site.analyst(), id, reading.title.clone(), sections).await.unwrap();
}

fn compare(reading: &Reading, published: &Published) {
    let number = &reading.number;
    assert_eq!(published.title(), reading.title.trim(), "{number}");
    for (section, words) in &reading.sections {
        let ours = published.sections().get(&section_of(*section));
        assert_eq!(ours.map(String::as_str), Some(words.trim()), "{number} {section:?}");
    }
    let cves = published.vulnerabilities().iter().filter_map(|flaw| flaw.cve.as_ref());
    let ours: BTreeSet<_> = cves.map(ToString::to_string).collect();
    assert_eq!(ours, reading.cves.iter().cloned().collect(), "{number}");
    for vendor in &reading.vendors {
        let same = |one: &&domain::note::PublishedVendor| {
            store::normalised_name(&one.name) == store::normalised_name(&vendor.name)
        };
        let ours = published.vendors().iter().find(same).unwrap_or_else(|| {
            panic!("{number} lost the vendor {}", vendor.name);
        });
        let twice = reading.vendors.iter().filter(|one| {
            store::normalised_name(&one.name) == store::normalised_name(&vendor.name)
        });
        if twice.count() > 1 {
            continue;
        }
        let status = match vendor.status {
            VendorStatus::Affected => "Affected",
            VendorStatus::NotAffected => "Not affected",
            VendorStatus::Unknown => "Unknown",
        };
        let of = format!("{number} {}", vendor.name);
        assert_eq!(ours.status.label(), status, "{of}");
        let said = |words: &Option<String>| words.as_deref().map(|words| words.trim().to_owned());
        assert_eq!(ours.statement, said(&vendor.statement), "{of}");
        assert_eq!(ours.information, said(&vendor.information), "{of}");
        assert_eq!(ours.addendum, said(&vendor.addendum), "{of}");
        assert_eq!(ours.references, reference_lines(vendor), "{of}");
    }
}

fn tally(published: &Published) -> (usize, usize, usize) {
    let count = |label: &str| {
        published.vendors().iter().filter(|vendor| vendor.status.label() == label).count()
    };
    (count("Affected"), count("Not affected"), count("Unknown"))
}

fn section_of(section: Theirs) -> Section {
    match section {
        Theirs::Overview => Section::Overview,
        Theirs::Description => Section::Description,
        Theirs::Impact => Section::Impact,
        Theirs::Solution => Section::Solution,
        Theirs::Workarounds => Section::Workarounds,
        Theirs::SystemsAffected => Section::SystemsAffected,
        Theirs::Acknowledgements => Section::Acknowledgements,
        Theirs::Author => Section::Author,
    }
}
