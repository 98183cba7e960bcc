//! `security.txt`, signed with the key of the house and judged by programs that we did not write.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::io::Write;
use std::process::{Command, Stdio};

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use openpgp::{Certificate, Verdict};
use store::Store;
use testkit::TestSite;
use tower::ServiceExt;

async fn get(site: &TestSite, address: &str) -> String {
    let request = Request::get(address).body(Body::empty()).unwrap();
    let response = web::router(site.site.clone()).oneshot(request).await.unwrap();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}

async fn security_txt(site: &TestSite) -> String {
    get(site, "/.well-known/security.txt").await
}

/// Makes the key if there is none, and signs what is to be signed.
async fn duty(site: &TestSite) -> u32 {
    app::service_key::keep_service_key(&site.site.duty()).await.unwrap();
    app::security_txt::keep_security_txt(&site.site.duty()).await.unwrap().done
}

async fn verdict(site: &TestSite, file: &str) -> (String, Verdict) {
    let certificate = get(site, "/.well-known/openpgp.asc").await;
    let certificate = Certificate::parse(certificate.as_bytes()).unwrap();
    let now = site.site.duty().now();
    let opened = openpgp::verify_cleartext(file.as_bytes(), &[certificate], now).unwrap();
    (String::from_utf8(opened.content.to_vec()).unwrap(), opened.signature)
}

store::both_engines! {
    async fn the_file_is_signed_once_and_again_when_it_says_something_else_or_nears_its_end(store: Store) {
        let mut site = TestSite::on(store).await;
        let plain = security_txt(&site).await;
        assert!(plain.starts_with("Contact: http://ombud.example/report\n"), "{plain}");
        let early = app::security_txt::keep_security_txt(&site.site.duty()).await.unwrap();
        assert_eq!(early.done, 0, "there is no key yet");
        assert_eq!(duty(&site).await, 1);
        let signed = security_txt(&site).await;
        let (said, verdict) = verdict(&site, &signed).await;
        assert!(matches!(verdict, Verdict::Good { .. }), "{verdict:?}");
        assert!(said.contains("Encryption: http://ombud.example/.well-known/openpgp.asc"), "{said}");
        assert!(said.contains("Canonical: http://ombud.example/.well-known/security.txt"));
        assert!(said.contains("Expires: 2027-05-21T09:00:00Z"), "{said}");
        for days in [1, 80] {
            site.clock.pass_days(days);
            assert_eq!(duty(&site).await, 0);
            assert_eq!(security_txt(&site).await, signed, "it is not signed for every reader");
        }
        site.clock.pass_days(10);
        assert_eq!(duty(&site).await, 1, "its end comes near");
        let renewed = security_txt(&site).await;
        assert_ne!(renewed, signed);

        let mut settings = app::Settings::clone(&site.site.settings);
        settings.team_address = Some("psirt@northlake.example".to_owned());
        site.site.settings = std::sync::Arc::new(settings);
        let at_once = security_txt(&site).await;
        assert!(at_once.contains("mailto:psirt@northlake.example"), "{at_once}");
        assert!(!at_once.contains("BEGIN PGP"));
        assert_eq!(duty(&site).await, 1, "it says something else");
        assert!(security_txt(&site).await.contains("BEGIN PGP SIGNATURE"));
    }
}

#[tokio::test]
async fn sectxt_and_gpg_find_the_signed_file_valid() {
    let mut site = TestSite::on_sqlite().await;
    let mut settings = app::Settings::clone(&site.site.settings);
    settings.base_url = "https://ombud.example".to_owned();
    site.site.settings = std::sync::Arc::new(settings);
    // Both look at the clock of the machine.
    #[expect(clippy::disallowed_methods, reason = "programs that we did not write judge it now")]
    let now = domain::Timestamp::now();
    site.clock.set(now);
    duty(&site).await;
    let file = security_txt(&site).await;
    let script = "import sys, json, sectxt\n\
        parser = sectxt.Parser(sys.stdin.buffer.read(), is_local=True)\n\
        print(json.dumps([[one['code'] for one in parser.errors], parser.is_valid()]))";
    match std::env::var("OMBUD_TEST_TOOLS") {
        Ok(tools) => {
            let mut python = Command::new(format!("{tools}/sectxt/bin/python"));
            let seen = answer(python.args(["-c", script]), file.as_bytes());
            assert_eq!(seen.trim(), "[[], true]");
        }
        Err(_) => println!("skipped: sectxt is not there (set OMBUD_TEST_TOOLS)"),
    }
    if Command::new("gpg").arg("--version").output().is_err() {
        println!("skipped: gpg is not installed");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let gpg = |arguments: &[&str]| {
        let mut command = Command::new("gpg");
        command.arg("--homedir").arg(home.path()).args(["--batch", "--status-fd", "1"]);
        command.args(arguments);
        command
    };
    let certificate = get(&site, "/.well-known/openpgp.asc").await;
    answer(&mut gpg(&["--import"]), certificate.as_bytes());
    let said = answer(&mut gpg(&["--verify"]), file.as_bytes());
    assert!(said.contains("GOODSIG") && said.contains("VALIDSIG"), "{said}");
    let spoilt = file.replace("/report", "/rapport");
    let mut child = gpg(&["--verify"]);
    assert!(!run(&mut child, spoilt.as_bytes()).0, "a changed file was found good");
}

fn answer(command: &mut Command, input: &[u8]) -> String {
    let (well, said) = run(command, input);
    assert!(well, "{said}");
    said
}

fn run(command: &mut Command, input: &[u8]) -> (bool, String) {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    // Not all that gpg says is text.
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}
