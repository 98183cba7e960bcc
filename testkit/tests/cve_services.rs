//! Two clients of CVE Services and one service: what `cvelib`, which CNAs use, does with the
//! stand-in, our own client does too, and with the same words. It needs cvelib among the tools
//! for tests (`OMBUD_TEST_TOOLS`).

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "the helpers are a test's too")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use domain::Rule;
use domain::case::CaseKind;
use domain::note::{Section, When};
use outside::cve_services::{ApiKey, Batch, CveServices, Problem, State, Wanted};
use serde_json::{Value, json};
use testkit::cve_services::{self as stand_in, Mood};
use testkit::{StillClock, TestSite};

fn clock() -> Arc<StillClock> {
    Arc::new(StillClock::at("2026-11-22T09:00:00Z"))
}

fn published() -> Value {
    json!({
        "providerMetadata": { "orgId": stand_in::ORGANIZATION_ID },
        "affected": [{ "vendor": "Acme", "product": "Router", "defaultStatus": "affected" }],
        "descriptions": [{ "lang": "en", "value": "A long option overwrites memory." }],
        "references": [{ "url": "https://northlake.example/vuls/VU-1" }],
    })
}

fn rejected() -> Value {
    json!({
        "providerMetadata": { "orgId": stand_in::ORGANIZATION_ID },
        "rejectedReasons": [{ "lang": "en", "value": "Not used." }],
    })
}

/// The command of cvelib, with the account of the stand-in.
struct Cvelib {
    python: PathBuf,
    address: String,
    key: &'static str,
}

impl Cvelib {
    fn find(service: &stand_in::CveServices) -> Option<Self> {
        let home = std::env::var_os("OMBUD_TEST_TOOLS").map(PathBuf::from);
        let python = home.map(|home| home.join("cvelib/bin/python")).filter(|path| path.exists());
        let Some(python) = python else {
            println!("skipped: cvelib is not among the tools for tests (set OMBUD_TEST_TOOLS)");
            return None;
        };
        Some(Self { python, address: service.address().to_owned(), key: stand_in::KEY })
    }

    /// Runs `cve`; what it printed, and whether it went well.
    async fn run(&self, arguments: &[&str]) -> (bool, String) {
        let mut command = Command::new(&self.python);
        command
            .args(["-c", "from cvelib.cli import cli; cli()"])
            .args(arguments)
            .env("CVE_API_URL", &self.address)
            .env("CVE_ORG", stand_in::ORGANIZATION)
            .env("CVE_USER", stand_in::USER)
            .env("CVE_API_KEY", self.key)
            .env("PYTHONIOENCODING", "utf-8");
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    }

    async fn json(&self, arguments: &[&str]) -> Value {
        let (fine, said) = self.run(arguments).await;
        assert!(fine, "{arguments:?}: {said}");
        serde_json::from_str(&said).unwrap()
    }
}

#[tokio::test]
async fn cvelib_and_our_client_see_the_same_service() {
    let service = stand_in::CveServices::start(clock()).await;
    let Some(cvelib) = Cvelib::find(&service) else { return };
    let ours = service.client();
    service.set_page(2);

    let said = cvelib.json(&["reserve", "2", "--year", "2026", "--raw"]).await;
    assert_eq!(said["meta"]["remaining_quota"], 998);
    let (_, one) = cvelib.run(&["reserve", "--year", "2026"]).await;
    assert!(one.contains("CVE-2026-1003") && one.contains("Remaining quota: 997"), "{one}");
    let reserved = ours.reserve(2, Batch::Nonsequential, 2026).await.unwrap();
    assert_eq!(reserved.remaining, Some(995));

    let listed = cvelib.json(&["list", "--raw"]).await;
    let theirs: Vec<&str> =
        listed.as_array().unwrap().iter().map(|id| id["cve_id"].as_str().unwrap()).collect();
    let all = ours.identifiers(&Wanted::default()).await.unwrap();
    assert_eq!(all.iter().map(|id| id.id.as_str()).collect::<Vec<_>>(), theirs);
    assert_eq!(theirs.len(), 5, "three pages of two, two and one");

    let (_, quota) = cvelib.run(&["quota"]).await;
    let known = ours.quota().await.unwrap();
    assert!(quota.contains(&known.available.to_string()), "{quota} {known:?}");
    assert_eq!((known.quota, known.reserved, known.available), (1000, 5, 995));

    cvelib_publishes_and_we_mend(&service, &cvelib, &ours).await;
    we_publish_and_cvelib_rejects(&service, &cvelib, &ours).await;
}

async fn cvelib_publishes_and_we_mend(
    service: &stand_in::CveServices,
    cvelib: &Cvelib,
    ours: &CveServices,
) {
    let container = published().to_string();
    let (fine, said) = cvelib.run(&["publish", "CVE-2026-1001", "-j", &container]).await;
    assert!(fine && said.contains("successfully created"), "{said}");
    let exists = ours.publish("CVE-2026-1001", &published()).await.unwrap_err();
    assert!(exists.is("CVE_RECORD_EXISTS"), "{exists}");
    let mut mended = published();
    mended["title"] = json!("Mended");
    ours.update("CVE-2026-1001", &mended).await.unwrap();
    let shown = cvelib.json(&["show", "CVE-2026-1001", "-r", "--raw"]).await;
    assert_eq!(shown, ours.record("CVE-2026-1001").await.unwrap());
    assert_eq!(shown["containers"]["cna"]["title"], "Mended");
    assert_eq!(shown["cveMetadata"]["state"], "PUBLISHED");
    assert_eq!(service.record("CVE-2026-1001").unwrap(), shown);
}

async fn we_publish_and_cvelib_rejects(
    service: &stand_in::CveServices,
    cvelib: &Cvelib,
    ours: &CveServices,
) {
    let missing = ours.update("CVE-2026-1002", &published()).await.unwrap_err();
    assert!(missing.is("CVE_RECORD_DNE"), "{missing}");
    ours.publish("CVE-2026-1002", &published()).await.unwrap();
    let container = rejected().to_string();
    let (fine, said) = cvelib.run(&["reject", "CVE-2026-1002", "-j", &container]).await;
    assert!(fine && said.contains("successfully updated"), "{said}");
    ours.reject("CVE-2026-1003", &rejected()).await.unwrap();
    ours.update_rejection("CVE-2026-1003", &rejected()).await.unwrap();
    let (fine, said) = cvelib.run(&["reject", "CVE-2026-1004"]).await;
    assert!(fine, "{said}");
    let shown = cvelib.json(&["show", "CVE-2026-1004", "--raw"]).await;
    let known = ours.identifier("CVE-2026-1004").await.unwrap();
    assert_eq!((shown["state"].as_str(), known.state), (Some("REJECTED"), State::Rejected));
    let wanted = Wanted { state: Some(State::Reserved), ..Wanted::default() };
    let left = ours.identifiers(&wanted).await.unwrap();
    assert_eq!(left.iter().map(|id| id.id.as_str()).collect::<Vec<_>>(), ["CVE-2026-1005"]);
    assert_eq!(service.ids().len(), 5);
}

#[tokio::test]
async fn both_hear_the_same_refusals() {
    let service = stand_in::CveServices::start(clock()).await;
    let Some(mut cvelib) = Cvelib::find(&service) else { return };
    let ours = service.client();
    service.set_quota(1);
    let theirs = service.reserve_for_another();
    let container = published().to_string();
    let foreign = cvelib.run(&["publish", &theirs, "-j", &container]).await;
    let unknown = cvelib.run(&["publish", "CVE-2026-9999", "-j", &container]).await;
    let many = cvelib.run(&["reserve", "2", "--year", "2026"]).await;
    let year = cvelib.run(&["reserve", "--year", "2020"]).await;
    cvelib.key = "wrong";
    let stranger = cvelib.run(&["quota"]).await;
    let mut account = service.account();
    account.key = ApiKey::new("wrong");
    let wrong = CveServices::new(&account).unwrap();
    let heard = [
        (foreign, ours.publish(&theirs, &published()).await.unwrap_err(), "ORG_DOES_NOT_OWN_ID"),
        (
            unknown,
            ours.publish("CVE-2026-9999", &published()).await.unwrap_err(),
            "ORG_DOES_NOT_OWN_ID",
        ),
        (many, ours.reserve(2, Batch::Sequential, 2026).await.unwrap_err(), "EXCEEDED_ID_QUOTA"),
        (
            year,
            ours.reserve(1, Batch::Sequential, 2020).await.unwrap_err(),
            "CANNOT_RESERVE_FOR_YEAR",
        ),
        (stranger, wrong.quota().await.unwrap_err(), "UNAUTHORIZED"),
    ];
    for ((fine, said), problem, code) in heard {
        assert!(!fine && said.contains(code), "{code}: {said}");
        assert!(problem.is(code), "{code}: {problem}");
    }
    assert_eq!(service.ids(), [format!("{theirs} RESERVED acme")], "nothing came of it");
}

#[tokio::test]
async fn what_was_reserved_is_ours_also_where_it_is_less_than_we_asked_for() {
    let service = stand_in::CveServices::start(clock()).await;
    service.leave(2);
    let reserved = service.client().reserve(5, Batch::Nonsequential, 2026).await.unwrap();
    assert_eq!((reserved.ids.len(), reserved.remaining), (2, None));
    assert_eq!(service.ids().len(), 2);
}

#[tokio::test]
async fn a_record_with_two_texts_in_one_kind_of_english_is_refused_for_good() {
    let service = stand_in::CveServices::start(clock()).await;
    let ours = service.client();
    ours.reserve(1, Batch::Sequential, 2026).await.unwrap();
    let mut twice = published();
    let words = |lang: &str| json!({ "lang": lang, "value": "It overwrites memory." });
    twice["descriptions"] = json!([words("en"), words("fr"), words("EN")]);
    let refused = ours.publish("CVE-2026-1001", &twice).await.unwrap_err();
    assert!(refused.is("BAD_INPUT"), "{refused}");
    twice["descriptions"] = json!([words("en"), words("en-GB"), words("fr"), words("fr")]);
    ours.publish("CVE-2026-1001", &twice).await.unwrap();
}

#[tokio::test]
async fn what_has_no_use_in_asking_again_is_told_from_what_has() {
    let service = stand_in::CveServices::start(clock()).await;
    let ours = service.client();
    for mood in [Mood::Down, Mood::Busy, Mood::LosesAnswers] {
        service.be(mood);
        let problem = ours.reserve(1, Batch::Sequential, 2026).await.unwrap_err();
        assert!(matches!(problem, Problem::Later(_)), "{mood:?}: {problem}");
    }
    assert_eq!(service.ids(), ["CVE-2026-1001 RESERVED northlake"], "one answer was lost");
    service.be(Mood::Works);
    ours.health().await.unwrap();
    let found = ours.own_organization().await.unwrap();
    assert_eq!(
        (found.id.as_str(), found.short_name.as_str()),
        (stand_in::ORGANIZATION_ID, "northlake")
    );
    let invalid = ours.publish("CVE-2026-1001", &json!({})).await.unwrap_err();
    assert!(invalid.is("INVALID_JSON_SCHEMA"), "{invalid}");
    drop(service);
    let gone = ours.quota().await.unwrap_err();
    assert!(matches!(gone, Problem::Later(_)), "{gone}");
}

/// Validates a container and its record as cvelib does before it sends one.
const VALIDATE: &str = r"
import json, sys
from cvelib.cve_api import CveRecord
CveRecord.validate(json.loads(sys.argv[1]), CveRecord.Schemas.CNA_PUBLISHED)
CveRecord.validate(json.loads(sys.argv[2]), CveRecord.Schemas.V5_SCHEMA)
";

#[tokio::test]
async fn what_follows_a_note_to_the_service_is_a_record_by_the_schemas_of_cvelib() {
    let site = TestSite::on_sqlite().await;
    let service = stand_in::CveServices::start(site.clock.clone()).await;
    let Some(cvelib) = Cvelib::find(&service) else { return };
    let site = site.as_cna(Some(&service));
    let id = site.report("Tally time server").await.case;
    let ana = site.analyst();
    let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
    app::triage::score(&ana, id, None, vector).await.unwrap();
    app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
    let flaw = *site.case(id).await.vulnerabilities.keys().next().unwrap();
    app::cve::reserve(&ana, id, flaw).await.unwrap();
    site.duties().await;
    let sections = BTreeMap::from([(Section::Overview, "Update **now**.".to_owned())]);
    app::note::write(&ana, id, "Tally overwrites memory".to_owned(), sections).await.unwrap();
    for who in [site.analyst(), site.lead()] {
        let why = || "Everybody has read it.".to_owned();
        let who = Rule::ALL.iter().fold(who, |who, rule| who.setting_aside(*rule, why()));
        app::note::approve(&who, id, 1, When::EmbargoEnds).await.unwrap();
    }
    site.duties().await;
    let record = service.record("CVE-2026-1001").unwrap();
    let mut judge = Command::new(&cvelib.python);
    judge.args(["-c", VALIDATE, &record["containers"]["cna"].to_string(), &record.to_string()]);
    let output = tokio::task::spawn_blocking(move || judge.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let shown = cvelib.json(&["show", "CVE-2026-1001", "-c", "--raw"]).await;
    assert_eq!(shown, record["containers"]["cna"]);
}
