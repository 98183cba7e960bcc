//! The records that others have of the flaws of a public note, on the draft page: for the team alone.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Request, header};
use domain::case::CaseKind;
use domain::note::{Section, When};
use domain::record::RecordSource;
use domain::{CaseId, CveId, Rule, Timestamp};
use http_body_util::BodyExt;
use store::{Looked, SeenRecord, Tx};
use testkit::TestSite;
use tower::ServiceExt;

const CVE: &str = "CVE-2026-12345";

async fn get(site: &TestSite, address: &str, cookie: &str) -> String {
    let request = Request::get(address).header(header::COOKIE, cookie).body(Body::empty());
    let response = web::router(site.site.clone()).oneshot(request.unwrap()).await.unwrap();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}

/// A public note of a flaw that the team scored 7.5 by CVSS 3.1, and the link of its vendor.
async fn published(site: &TestSite) -> (CaseId, String) {
    let id = site.report("Tally time server").await.case;
    let ana = site.analyst().setting_aside(Rule::NoScore, "The flaw has one.".to_owned());
    let flaw = *site.case(id).await.vulnerabilities.keys().next().unwrap();
    let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H".parse().unwrap();
    app::triage::score(&ana, id, Some(flaw), vector).await.unwrap();
    app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
    let vendors = site.vendors(&["Acme"]).await;
    app::participant::add_vendors(&ana, id, vendors.clone()).await.unwrap();
    let acme = site.participant(id, vendors[0]).await;
    app::participant::notify(&ana, id, vec![acme]).await.unwrap();
    app::note::assign_cve(&ana, id, flaw, CVE.parse().unwrap(), None).await.unwrap();
    let sections = BTreeMap::from([(Section::Overview, "Update now.".to_owned())]);
    app::note::write(&ana, id, "Tally overwrites memory".to_owned(), sections).await.unwrap();
    for who in [site.analyst(), site.lead()] {
        let why = || "Everybody has read it.".to_owned();
        let who = Rule::ALL.iter().fold(who, |who, rule| who.setting_aside(*rule, why()));
        app::note::approve(&who, id, 1, When::EmbargoEnds).await.unwrap();
    }
    site.duties().await;
    let link = site.link_to("security@acme.example");
    site.clock.pass_days(45);
    site.duties().await;
    (id, link)
}

/// A source is watched, and a look at it comes to this, so many hours later.
async fn looked(site: &TestSite, source: RecordSource, looked: Looked, hours: i64) {
    let now = site.site.clock.now();
    let then = now.checked_add(jiff::SignedDuration::from_hours(hours)).unwrap();
    let keep = move |tx: &mut Tx| {
        let cve: CveId = CVE.parse().unwrap();
        tx.watch_earlier_records(source, Timestamp::UNIX_EPOCH, now)?;
        tx.keep_record((&cve, source), &looked, then, None)
    };
    site.site.store.write(keep).await.unwrap();
}

fn there(state: &str, score: Option<&str>) -> Looked {
    Looked::There(SeenRecord {
        state: state.to_owned(),
        score: score.map(str::to_owned),
        address: format!("https://records.example/{CVE}"),
        tag: None,
    })
}

#[tokio::test]
async fn the_team_sees_what_others_have_and_what_is_not_as_the_note_says() {
    let site = TestSite::on_sqlite().await;
    let (id, link) = published(&site).await;
    let lead = format!("session={}", site.log_in("lee@northlake.example").await);
    let address = format!("/cases/{id}/draft");
    assert!(!get(&site, &address, &lead).await.contains("Records elsewhere"), "nobody is asked");
    looked(&site, RecordSource::CveList, there("REJECTED", None), 1).await;
    looked(&site, RecordSource::Nvd, there("Analyzed", Some("9.8 (CVSS 3.1)")), 5).await;
    looked(&site, RecordSource::Ghsa, there("reviewed", Some("7.5 (CVSS 3.1)")), 72).await;
    looked(&site, RecordSource::Euvd, Looked::Absent, 2).await;
    let page = get(&site, &address, &lead).await;
    let panel = page.split("Records elsewhere").nth(1).unwrap();
    let place = |words: &str| panel.find(words).unwrap_or_else(|| panic!("{words}: {panel}"));
    assert!(place("REJECTED") < place("Analyzed"), "what needs somebody stands first: {panel}");
    place("The note still names it.");
    place("We gave 7.5 (CVSS 3.1).");
    assert_eq!(panel.matches("We gave").count(), 1, "GitHub says what we say: {panel}");
    place("5 hours after the note");
    place("3 days after the note");
    place("Did not come");
    place("<a href=\"https://records.example/CVE-2026-12345\" rel=\"noreferrer\">");
    place("This product uses the NVD API but is not endorsed or certified by the NVD.");
    looked(&site, RecordSource::Nvd, Looked::Absent, 99).await;
    assert!(get(&site, &address, &lead).await.contains("Not there any more"));
    let slug = site.case(id).await.number.unwrap().slug();
    for (address, cookie) in [(link, ""), (format!("/vuls/{slug}"), ""), (address, "")] {
        let page = get(&site, &address, cookie).await;
        assert!(!page.contains("REJECTED") && !page.contains("records.example"), "{page}");
    }
}
