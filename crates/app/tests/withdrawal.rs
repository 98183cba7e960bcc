//! A public note is taken back: whoever was told of it hears so by letter, in the words of the page; and
//! a note that came from a file is taken back by as many people, and stays so when its file comes again.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;
use std::sync::Arc;

use app::Error;
use app::channel::{Calls, Outlets};
use app::import::withdrawal::{decide, look};
use app::import::{Fate, Mode, notes};
use app::webhook::{self, WebhookEvent};
use domain::case::CaseKind;
use domain::note::imported_withdrawal::Choice;
use domain::note::{Remains, Section, When};
use domain::record::RecordSource;
use domain::{CaseId, CaseNumber, Instant, Policy, Refusal, Timestamp};
use formats::{PublicNote, vulnote};
use serde_json::{Value, json};
use store::{Store, Tx};
use testkit::{TestSite, anyway};

const LIST: &str = "announce@lists.example";
const WHY: &str = "It was another product.\n\nWe are sorry.";

/// A case with a vendor that was told, whose note is public.
async fn published(site: &TestSite) -> CaseId {
    let id = site.report("Tally time server").await.case;
    let ana = anyway(site.analyst());
    let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
    app::triage::score(&ana, id, None, vector).await.unwrap();
    app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
    let vendors = site.vendors(&["Acme"]).await;
    app::participant::add_vendors(&ana, id, vendors.clone()).await.unwrap();
    let vendor = site.participant(id, vendors[0]).await;
    app::participant::notify(&ana, id, vec![vendor]).await.unwrap();
    out(site, id, 1).await;
    id
}

async fn out(site: &TestSite, id: CaseId, revision: u32) {
    let sections = BTreeMap::from([(Section::Overview, "A canary sang.".to_owned())]);
    app::note::write(&site.analyst(), id, "A canary".to_owned(), sections).await.unwrap();
    site.clock.pass_seconds(60);
    for who in [site.analyst(), site.lead()] {
        let now = When::At(Instant::utc(site.site.duty().now()));
        app::note::approve(&anyway(who), id, revision, now).await.unwrap();
    }
    site.duties().await;
}

/// What was sent since so many letters, to whom and about what.
fn sent(site: &TestSite, since: usize) -> Vec<(String, String)> {
    let sent = site.letters().into_iter().skip(since);
    sent.map(|letter| (letter.to, letter.subject)).collect()
}

store::both_engines! {
    async fn who_was_told_of_a_note_hears_that_it_was_taken_back_and_reads_what_everyone_reads(store: Store) {
        let site = TestSite::on(store).await;
        let id = published(&site).await;
        let number = site.case(id).await.number.unwrap();
        let before = site.letters().len();
        let (ana, lee) = (site.analyst(), site.lead());
        app::note::propose_withdrawal(&ana, id, Remains::Nothing, WHY.to_owned()).await.unwrap();
        site.duties().await;
        assert_eq!(sent(&site, before), [], "one alone takes nothing back");
        app::note::agree_to_withdrawal(&lee, id).await.unwrap();
        site.duties().await;
        site.duties().await;
        let subject = format!("[{number}] The note is withdrawn");
        let mut told = sent(&site, before);
        told.sort();
        let all = ["robin@reporter.example", "security@acme.example"];
        assert_eq!(told, all.map(|to| (to.to_owned(), subject.clone())), "each hears once");
        let page = format!("http://ombud.example/vuls/{}", number.slug());
        for letter in site.letters().iter().skip(before) {
            let text = &letter.message;
            for part in ["“It was another product.”", "“We are sorry.”", page.as_str(), "Nothing else"] {
                assert!(text.contains(part), "no {part}: {text}");
            }
            for word in ["canary", "Tally", "Acme", "Robin", "overwrites"] {
                assert!(!text.contains(word), "{word}: {text}");
            }
        }
        out(&site, id, 2).await;
        let back = sent(&site, before + 2);
        assert_eq!(back.len(), 2, "they hear that it is back: {back:?}");
        out(&site, id, 3).await;
        assert_eq!(sent(&site, before + 4), [], "a correction is read where the note was");
    }

    async fn a_note_from_a_file_is_taken_back_by_two_and_its_file_does_not_bring_it_back(store: Store) {
        let site = with_subscribers(TestSite::on(store).await).await;
        let before = site.letters().len();
        assert!(matches!(take(&site, &note(7)).await, Fate::New(Some(_))));
        site.duties().await;
        assert_eq!((site.hooks.empty().len(), site.letters().len()), (0, before), "it is no news");
        let (ana, lee) = (site.analyst(), site.lead());
        decide(&ana, seven(), wants(Remains::Nothing)).await.unwrap();
        assert_eq!(title(&site).await, "A canary", "one alone takes nothing back");
        let again = decide(&ana, seven(), Choice::Agree).await;
        assert!(matches!(again, Err(Error::Refused(Refusal::ApprovedAlready))), "{again:?}");
        site.clock.pass_seconds(60);
        decide(&lee, seven(), Choice::Agree).await.unwrap();
        assert_eq!(title(&site).await, "Withdrawn");
        site.duties().await;
        site.duties().await;
        let told = site.hooks.empty();
        let body: Value = serde_json::from_slice(&told[0].body).unwrap();
        assert_eq!((told.len(), &body["type"]), (1, &json!("note.withdrawn")), "{body}");
        let subject = "[VU#7] Withdrawn".to_owned();
        assert_eq!(sent(&site, before), [(LIST.to_owned(), subject)], "the list, and nobody else");
        nothing_stays(&site).await;

        let refused = Fate::Refused("The note VU#7 was withdrawn here.".to_owned());
        let mut mended = note(7);
        mended["dateupdated"] = json!("2026-11-20T00:00:00Z");
        for file in [note(7), mended] {
            assert_eq!(take(&site, &file).await, refused);
        }
        let told = look(&ana, seven()).await.unwrap();
        assert_eq!((told.decided.len(), told.waiting, told.may_return), (2, None, false));
        let returned = decide(&ana, seven(), Choice::Return).await;
        assert!(matches!(returned, Err(Error::Refused(Refusal::NotYours))), "{returned:?}");
        decide(&lee, seven(), Choice::Return).await.unwrap();
        assert_eq!(title(&site).await, "Withdrawn", "only its file brings it back");
        assert!(matches!(take(&site, &note(7)).await, Fate::Changed(_)));
        assert_eq!(title(&site).await, "A canary");
        assert!(matches!(take(&site, &note(7)).await, Fate::Same(_)));
        let findings = app::upkeep::verify(&site.site).await.unwrap().findings;
        assert_eq!(findings, Vec::<String>::new());
    }

    async fn who_decides_about_notes_finds_those_without_a_case_and_shows_who_they_are(store: Store) {
        let site = TestSite::on(store).await;
        take(&site, &note(7)).await;
        let id = published(&site).await;
        let of_a_case = site.case(id).await.number.unwrap();
        for number in [CaseNumber::new("VU", 8), of_a_case] {
            let found = decide(&site.lead(), number.clone(), wants(Remains::Words)).await;
            assert!(matches!(found, Err(Error::NotFound)), "{number}: {found:?}");
            assert!(matches!(look(&site.lead(), number).await, Err(Error::NotFound)));
        }
        let strangers = [domain::StaffRole::Auditor, domain::StaffRole::Administrator];
        let staff = |role| site.acting(domain::Actor::Staff(site.lead, role));
        let others = strangers.map(staff).into_iter().chain([site.acting(domain::Actor::Anyone)]);
        for other in others {
            assert!(matches!(look(&other, seven()).await, Err(Error::NotFound)));
            let found = decide(&other, seven(), wants(Remains::Words)).await;
            assert!(matches!(found, Err(Error::NotFound)), "{found:?}");
        }
        let long_ago = site.lead().proved(None);
        let asked = decide(&long_ago, seven(), wants(Remains::Words)).await;
        assert!(matches!(asked, Err(Error::ProveYourself)), "{asked:?}");
        let empty = Choice::Withdraw { remains: Remains::Words, reason: " ".to_owned() };
        assert!(matches!(decide(&site.lead(), seven(), empty).await, Err(Error::Invalid(_))));
        decide(&site.analyst(), seven(), wants(Remains::Words)).await.unwrap();
        decide(&long_ago, seven(), Choice::Leave).await.unwrap();
        assert_eq!(look(&site.lead(), seven()).await.unwrap().waiting, None);
    }

    async fn nobody_is_asked_about_what_a_note_from_a_file_does_not_name_any_more(store: Store) {
        let site = TestSite::on(store).await;
        let mut file = note(7);
        file["cveids"] = json!(["CVE-2001-0001"]);
        take(&site, &file).await;
        let now = site.site.duty().now();
        let found = site.site.store.write(move |tx: &mut Tx| {
            tx.watch_earlier_records(RecordSource::Nvd, Timestamp::UNIX_EPOCH, now)
        });
        assert_eq!(found.await.unwrap(), 1);
        let due = async || site.site.store.read(move |tx| tx.sources_due(now)).await.unwrap();
        decide(&site.analyst(), seven(), wants(Remains::Nothing)).await.unwrap();
        assert_eq!(due().await, [RecordSource::Nvd], "one alone takes nothing back");
        decide(&site.lead(), seven(), Choice::Agree).await.unwrap();
        assert_eq!(due().await, []);
    }

    async fn where_one_is_enough_a_lead_takes_a_note_from_a_file_back_alone(store: Store) {
        let site = TestSite::on(store).await;
        let mut policy = site.site.store.read(store::Tx::current_policy).await.unwrap();
        policy.publication.approvers = 1;
        let next = Policy { version: policy.version + 1, ..policy };
        let now = site.site.duty().now();
        site.site.store.write(move |tx| tx.keep_policy(&next, None, now)).await.unwrap();
        take(&site, &note(7)).await;
        decide(&site.analyst(), seven(), wants(Remains::Words)).await.unwrap();
        assert_eq!(title(&site).await, "A canary");
        decide(&site.lead(), seven(), wants(Remains::Words)).await.unwrap();
        assert_eq!(title(&site).await, "Withdrawn: A canary");
    }
}

/// A server that tells a list and a program of what is public.
async fn with_subscribers(mut site: TestSite) -> TestSite {
    app::service_key::keep_service_key(&site.site.duty()).await.unwrap();
    let (lists, courier) = (vec![LIST.to_owned()], Calls(site.hooks.clone()));
    site.site.outlets = Arc::new(Outlets { lists, courier, ..Outlets::default() });
    let address = "https://hooks.example/in".to_owned();
    webhook::create(&site.lead(), address, WebhookEvent::ALL.into()).await.unwrap();
    site
}

fn seven() -> CaseNumber {
    CaseNumber::new("VU", 7)
}

fn wants(remains: Remains) -> Choice {
    Choice::Withdraw { remains, reason: WHY.to_owned() }
}

async fn take(site: &TestSite, document: &Value) -> Fate {
    let documents = vec![document.to_string().into_bytes()];
    notes(&site.site.duty(), documents, Mode::Keep).await.unwrap().remove(0)
}

async fn title(site: &TestSite) -> String {
    let note = app::public::note(&site.site.public(), "VU-7".to_owned()).await.unwrap();
    note.title().to_owned()
}

/// Of the note not a word is in its page, in a file of it or in the history; and CSAF's rules hold.
async fn nothing_stays(site: &TestSite) {
    let door = site.site.public();
    let note = app::public::note(&door, "VU-7".to_owned()).await.unwrap();
    let mut texts = vec![serde_json::to_string(&note).unwrap()];
    for format in app::public::formats(&door, "VU-7".to_owned()).await.unwrap() {
        let file = app::public::artefact(&door, "VU-7".to_owned(), format.clone()).await.unwrap();
        if [app::artefact::CSAF_2_0, app::artefact::CSAF_2_1].contains(&format.as_str()) {
            let wrong = formats::csaf::problems(&formats::csaf::read(&file.bytes).unwrap());
            assert!(wrong.iter().all(|one| !one.test.starts_with("6.1.")), "{format}: {wrong:?}");
        }
        if !format.ends_with(".json.asc") {
            texts.push(String::from_utf8(file.bytes).unwrap());
        }
    }
    for text in &texts {
        assert!(text.contains("It was another product."), "{text}");
        assert!(!text.to_lowercase().contains("canary"), "{text}");
    }
    let revisions = app::public::revisions(&door, "VU-7".to_owned()).await.unwrap();
    assert_eq!(revisions.len(), 1, "its earlier revision is gone");
}

/// A note as VINCE serves it.
fn note(digits: u32) -> Value {
    let note = PublicNote {
        title: "A canary".to_owned(),
        sections: vec![(formats::public_note::Section::Overview, "The canary sang.".to_owned())],
        references: vec!["https://canary.example/1".to_owned()],
        keywords: vec!["canary".to_owned()],
        updated_at: "2001-02-04T04:05:06Z".parse().unwrap(),
        revision: 7,
        ..testkit::an_old_note(digits)
    };
    serde_json::from_slice(&vulnote::write(&note)).unwrap()
}
