//! A vendor who never says a word: reminded as often as the policy says, reminded once more before
//! the note goes out, and named in it with the day it was told. Forty-five days pass one by one,
//! each with one run of every duty.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;
use std::fmt::Write;

use domain::CaseId;
use domain::case::{CaseKind, Phase};
use domain::note::{Section, When};
use domain::status::ProductStatus;
use expect_test::expect;
use store::Store;
use testkit::TestSite;

store::both_engines! {
    async fn a_silent_vendor_is_reminded_and_the_note_goes_out_without_it(store: Store) {
        let site = TestSite::on(store).await;
        let id = site.report("Tally time server").await.case;
        let (ana, lee) = (site.analyst(), site.lead());
        let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
        app::triage::score(&ana, id, None, vector).await.unwrap();
        let number = app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
        let acme = site.vendors(&["Acme"]).await;
        app::participant::add_vendors(&ana, id, acme.clone()).await.unwrap();
        let acme = site.participant(id, acme[0]).await;
        app::participant::notify(&ana, id, vec![acme]).await.unwrap();

        let mut days = String::new();
        let mut read = 0;
        let public = site.site.public();
        for day in 0..=45 {
            match day {
                30 => draft_and_share(&site, id).await,
                40 => app::note::approve(&ana, id, 1, When::EmbargoEnds).await.unwrap(),
                41 => app::note::approve(&lee, id, 1, When::EmbargoEnds).await.unwrap(),
                _ => {}
            }
            site.duties().await;
            // The second run of a day finds nothing left to do.
            site.duties().await;
            write_down(&mut days, day, &site, &mut read);
            let note = app::public::note(&public, number.slug()).await;
            assert_eq!(note.is_ok(), day == 45, "on day {day}");
            if day < 45 {
                site.clock.pass_days(1);
            }
        }
        expect![[r"
            day  0  robin@reporter.example  [VU…] A date is agreed
            day  0  robin@reporter.example  [VU…] We are taking on your report
            day  0  robin@reporter.example  [VU…] We have your report
            day  0  security@acme.example   [VU…] Action needed
            day  0  team@northlake.example  [R-…] A report has come in
            day  7  security@acme.example   [VU…] Reminder: action needed
            day 14  security@acme.example   [VU…] Reminder: action needed
            day 28  security@acme.example   [VU…] Reminder: action needed
            day 30  robin@reporter.example  [VU…] Please read a draft
            day 41  robin@reporter.example  [VU…] Publication is planned
            day 41  security@acme.example   [VU…] Publication is planned
            day 42  security@acme.example   [VU…] Reminder: action needed
            day 45  robin@reporter.example  [VU…] The note is published
            day 45  security@acme.example   [VU…] The note is published
        "]].assert_eq(&days);

        let note = app::public::note(&public, number.slug()).await.unwrap();
        let [vendor] = note.vendors() else { panic!("one vendor is named") };
        assert_eq!((vendor.name.as_str(), &vendor.status), ("Acme", &ProductStatus::Unknown));
        assert_eq!(vendor.notified_at.unwrap().to_string(), "2026-11-22T09:00:00Z");
        assert_eq!(vendor.statement, None);
        assert_eq!(note.published_at().to_string(), "2027-01-06T09:00:00Z");
        let case = site.case(id).await;
        assert_eq!(case.phase(), Phase::Watch);
    }
}

/// The draft is shown to the reporter, who is the only one to read it.
async fn draft_and_share(site: &TestSite, id: CaseId) {
    let ana = site.analyst();
    let sections = BTreeMap::from([(Section::Overview, "Tally overwrites memory.".to_owned())]);
    app::note::write(&ana, id, "Tally overwrites memory".to_owned(), sections).await.unwrap();
    let case = site.case(id).await;
    app::note::share(&ana, id, [case.reporter].into()).await.unwrap();
    let flaw = *case.vulnerabilities.keys().next().unwrap();
    let cve = "CVE-2026-12345".parse().unwrap();
    app::note::assign_cve(&ana, id, flaw, cve, None).await.unwrap();
}

/// Writes down the letters that came since the last time.
fn write_down(days: &mut String, day: u32, site: &TestSite, read: &mut usize) {
    let letters = site.letters();
    // Letters of one moment have no order, and numbers are drawn at random.
    let line = |letter: &testkit::Sent| {
        let (number, words) = letter.subject.split_once("] ").unwrap();
        let kind: String = number.chars().take(3).collect();
        format!("day {day:2}  {:24}{kind}…] {words}", letter.to)
    };
    let mut new: Vec<_> = letters.iter().skip(*read).map(line).collect();
    new.sort();
    for line in new {
        writeln!(days, "{line}").unwrap();
    }
    *read = letters.len();
}
