//! Records elsewhere are looked for once a note is public, and not a moment before.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use app::channel::Outlets;
use app::duties::Done;
use app::records::{Watched, look_at_records};
use domain::CaseId;
use domain::case::CaseKind;
use domain::note::{Section, When};
use domain::record::RecordSource;
use outside::records::{Place, Records, Source};
use store::{Store, Tx};
use testkit::TestSite;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const NO_NVD: &str = r#"{"resultsPerPage":0,"startIndex":0,"totalResults":0,"format":"NVD_CVE",
    "version":"2.0","timestamp":"2027-01-01T00:00:00.000","vulnerabilities":[]}"#;

const NVD: &str = r#"{"resultsPerPage":1,"startIndex":0,"totalResults":1,"format":"NVD_CVE",
    "version":"2.0","timestamp":"2027-01-01T00:00:00.000","vulnerabilities":[{"cve":{
    "id":"CVE-2026-12345","vulnStatus":"Analyzed","metrics":{"cvssMetricV31":[{"type":"Primary",
    "cvssData":{"version":"3.1","baseScore":9.8}}]}}}]}"#;

/// What the NVD of a test says, and what it was asked.
#[derive(Clone)]
struct Nvd {
    says: Arc<Mutex<(&'static str, &'static str)>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Nvd {
    async fn watched_by(site: &mut TestSite) -> Self {
        let nvd = Self { says: Arc::new(Mutex::new(("200 OK", NO_NVD))), asked: Arc::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let server = nvd.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = vec![0; 8192];
                let n = stream.read(&mut request).await.unwrap_or(0);
                let line =
                    String::from_utf8_lossy(&request[..n]).lines().next().unwrap_or("").to_owned();
                server.asked.lock().unwrap().push(line);
                let (status, body) = *server.says.lock().unwrap();
                let answer = format!(
                    "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                    body.len()
                );
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        let line = Records::new(Source::Nvd, &Place { address, key: None }).unwrap();
        let records = Watched::new(vec![(RecordSource::Nvd, line)]);
        site.site.outlets = Arc::new(Outlets { records, ..Outlets::default() });
        nvd
    }

    fn says(&self, status: &'static str, body: &'static str) {
        *self.says.lock().unwrap() = (status, body);
    }

    fn was_asked_about(&self, cve: &str) -> bool {
        self.asked.lock().unwrap().iter().any(|line| line.contains(cve))
    }

    fn n_asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

/// A case whose flaw has a CVE ID, and whose note goes out when the embargo ends.
async fn armed(site: &TestSite) -> CaseId {
    let id = site.report("Tally time server").await.case;
    let ana = site.analyst();
    let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
    app::triage::score(&ana, id, None, vector).await.unwrap();
    app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
    let vendors = site.vendors(&["Acme"]).await;
    app::participant::add_vendors(&ana, id, vendors.clone()).await.unwrap();
    let acme = site.participant(id, vendors[0]).await;
    app::participant::notify(&ana, id, vec![acme]).await.unwrap();
    let flaw = *site.case(id).await.vulnerabilities.keys().next().unwrap();
    app::note::assign_cve(&ana, id, flaw, "CVE-2026-12345".parse().unwrap(), None).await.unwrap();
    approved(site, id).await;
    site.duties().await;
    id
}

/// Another revision of the draft, approved.
async fn approved(site: &TestSite, id: CaseId) {
    let sections = BTreeMap::from([(Section::Overview, "Update now.".to_owned())]);
    let title = "Tally overwrites memory".to_owned();
    app::note::write(&site.analyst(), id, title, sections).await.unwrap();
    let revision = site.case(id).await.note.latest().unwrap().number;
    for who in [site.analyst(), site.lead()] {
        app::note::approve(&testkit::anyway(who), id, revision, When::EmbargoEnds).await.unwrap();
    }
}

async fn look(site: &TestSite) -> Done {
    app::duties::keep_public_lists(&site.site.duty()).await.unwrap();
    look_at_records(&site.site.duty()).await.unwrap()
}

store::both_engines! {
    async fn nobody_is_asked_about_a_flaw_before_its_note_is_public(store: Store) {
        let mut site = TestSite::on(store).await;
        let nvd = Nvd::watched_by(&mut site).await;
        let case = armed(&site).await;
        for _ in 0..44 {
            assert_eq!(look(&site).await, Done::default());
            site.clock.pass_days(1);
            site.duties().await;
        }
        assert_eq!(nvd.n_asked(), 0, "{:?}", nvd.asked);
        assert!(app::case::open(&site.lead(), case).await.unwrap().records.is_empty());
        site.clock.pass_days(1);
        site.duties().await;
        assert_eq!(look(&site).await, done(1, 0));
        assert_eq!(*nvd.asked.lock().unwrap(), ["GET /?cveId=CVE-2026-12345 HTTP/1.1"]);
    }

    async fn an_id_that_is_given_after_publication_is_asked_about_once_a_revision_names_it(store: Store) {
        let mut site = TestSite::on(store).await;
        let nvd = Nvd::watched_by(&mut site).await;
        let case = armed(&site).await;
        site.clock.pass_days(45);
        site.duties().await;
        look(&site).await;
        let flaw = *site.case(case).await.vulnerabilities.keys().next().unwrap();
        let other = "CVE-2026-54321".parse().unwrap();
        app::note::assign_cve(&site.analyst(), case, flaw, other, None).await.unwrap();
        site.clock.pass_days(1);
        site.duties().await;
        look(&site).await;
        assert!(!nvd.was_asked_about("CVE-2026-54321"), "{:?}", nvd.asked);
        approved(&site, case).await;
        site.duties().await;
        site.clock.pass_seconds(7);
        look(&site).await;
        assert!(nvd.was_asked_about("CVE-2026-54321"), "{:?}", nvd.asked);
        // What no note names any more is not asked about again.
        let before = nvd.n_asked();
        site.clock.pass_days(2);
        look(&site).await;
        site.clock.pass_seconds(7);
        look(&site).await;
        assert_eq!(nvd.n_asked(), before + 1, "{:?}", nvd.asked);
    }

    async fn what_a_source_says_is_kept_and_it_is_asked_no_more_than_need_be(store: Store) {
        let mut site = TestSite::on(store).await;
        let nvd = Nvd::watched_by(&mut site).await;
        let case = armed(&site).await;
        site.clock.pass_days(45);
        site.duties().await;
        let published_at = site.case(case).await.note.published.unwrap().0;
        look(&site).await;
        assert_eq!(look(&site).await, Done::default(), "it was asked a moment ago");
        nvd.says("429 Too Many Requests", "");
        site.clock.pass_seconds(3600);
        assert_eq!(look(&site).await, done(0, 1));
        site.clock.pass_seconds(3599);
        assert_eq!(look(&site).await, Done::default(), "it is left alone");
        site.clock.pass_seconds(1);
        assert_eq!(look(&site).await, done(0, 1));
        site.clock.pass_seconds(2 * 3600 - 1);
        assert_eq!(look(&site).await, Done::default(), "it is left alone for twice as long");
        assert_eq!(nvd.n_asked(), 3);
        nvd.says("200 OK", NVD);
        site.clock.pass_seconds(1);
        assert_eq!(look(&site).await, done(1, 0));
        let opened = app::case::open(&site.lead(), case).await.unwrap();
        let [record] = opened.records.as_slice() else { panic!("{:?}", opened.records) };
        let seen = record.seen.as_ref().unwrap();
        assert_eq!((seen.state.as_str(), seen.score.as_deref()), ("Analyzed", Some("9.8 (CVSS 3.1)")));
        assert_eq!(record.first_seen_at.unwrap().duration_since(published_at).as_hours(), 4);
        let waits = site.site.store.read(Tx::record_waits).await.unwrap();
        assert_eq!((waits[0].n_seen, waits[0].n_timed, waits[0].seconds), (1, 1, 4 * 3600));
        site.clock.pass_days(1);
        assert_eq!(look(&site).await, done(1, 0), "its score may change");
        nvd.says("429 Too Many Requests", "");
        site.clock.pass_days(1);
        assert_eq!(look(&site).await, done(0, 1));
        site.clock.pass_seconds(3600);
        nvd.says("200 OK", NO_NVD);
        assert_eq!(look(&site).await, done(1, 0), "an answer ends the growth");
        let opened = app::case::open(&site.lead(), case).await.unwrap();
        assert_eq!((&opened.records[0].seen, &opened.records[0].why), (&None, &None), "it is gone");
        assert_eq!(opened.records[0].first_seen_at, record.first_seen_at);
    }

    async fn one_record_that_makes_no_sense_keeps_nobody_from_asking_for_others(store: Store) {
        let mut site = TestSite::on(store).await;
        let nvd = Nvd::watched_by(&mut site).await;
        let case = armed(&site).await;
        let ana = site.analyst();
        let flaw = app::note::add_vulnerability(&ana, case, "A second one.".to_owned()).await.unwrap();
        let second = "CVE-2026-12346".parse().unwrap();
        app::note::assign_cve(&ana, case, flaw, second, None).await.unwrap();
        approved(&site, case).await;
        site.clock.pass_days(45);
        site.duties().await;
        nvd.says("200 OK", "{}");
        assert_eq!(look(&site).await, done(0, 1));
        nvd.says("200 OK", NO_NVD);
        assert_eq!(look(&site).await, Done::default(), "seven seconds lie between two questions");
        site.clock.pass_seconds(7);
        assert_eq!(look(&site).await, done(1, 0));
        let opened = app::case::open(&site.lead(), case).await.unwrap();
        let told: Vec<_> = opened.records.iter().map(|one| one.why.as_deref()).collect();
        assert_eq!(told, [Some("Its answer was not understood"), None]);
    }
}

/// So many answers, and so many looks that are made again.
fn done(done: u32, failed: u32) -> Done {
    Done { done, failed, ..Done::default() }
}

#[tokio::test]
async fn nobody_but_the_team_is_told_of_records_elsewhere() {
    let mut site = TestSite::on_sqlite().await;
    let nvd = Nvd::watched_by(&mut site).await;
    let case = armed(&site).await;
    site.clock.pass_days(45);
    site.duties().await;
    nvd.says("200 OK", NVD);
    look(&site).await;
    assert_eq!(app::case::open(&site.analyst(), case).await.unwrap().records.len(), 1);
    let acme = site.case(case).await.vendors().next().unwrap().id;
    let reporter = site.case(case).await.reporter;
    for party in [acme, reporter] {
        let party = site.acting(domain::Actor::Bearer(case, party));
        assert!(app::case::open(&party, case).await.unwrap().records.is_empty());
    }
}

#[tokio::test]
async fn notes_from_before_a_source_was_watched_are_looked_for_and_old_ones_are_not() {
    let mut site = TestSite::on_sqlite().await;
    let case = armed(&site).await;
    site.clock.pass_days(45);
    site.duties().await;
    assert_eq!(look(&site).await, Done::default());
    site.clock.pass_days(20);
    let nvd = Nvd::watched_by(&mut site).await;
    nvd.says("200 OK", NVD);
    assert_eq!(look(&site).await, done(1, 0));
    let opened = app::case::open(&site.lead(), case).await.unwrap();
    assert!(opened.records[0].first_seen_at.is_some());
    assert_eq!(opened.records[0].took(), None, "nobody knows when it came");

    let mut old = TestSite::on_sqlite().await;
    armed(&old).await;
    old.clock.pass_days(45);
    old.duties().await;
    old.clock.pass_days(181);
    let nvd = Nvd::watched_by(&mut old).await;
    assert_eq!(look(&old).await, Done::default());
    assert_eq!(nvd.n_asked(), 0);
}

#[tokio::test]
async fn what_is_looked_for_in_vain_is_given_up_after_a_year() {
    let mut site = TestSite::on_sqlite().await;
    let nvd = Nvd::watched_by(&mut site).await;
    let case = armed(&site).await;
    site.clock.pass_days(45);
    site.duties().await;
    for _ in 0..40 {
        look(&site).await;
        site.clock.pass_days(10);
    }
    let asked = nvd.n_asked();
    assert!((37..39).contains(&asked), "{asked}");
    let opened = app::case::open(&site.lead(), case).await.unwrap();
    assert_eq!(opened.records[0].next_at, None);
    let waits = site.site.store.read(Tx::record_waits).await.unwrap();
    assert_eq!((waits[0].n_waiting, waits[0].n_never), (0, 1));
}
