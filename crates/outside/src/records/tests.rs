//! Answers as the sources give them, from a server that writes down what it was asked.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

const CVE: &str = "CVE-2024-7344";

/// A server on this machine that gives every question the same answer.
struct Standing {
    base: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Standing {
    async fn with(status: &'static str, headers: &'static str, body: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(vec![]));
        let heard = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = vec![0; 8192];
                let n = stream.read(&mut request).await.unwrap_or(0);
                let text = String::from_utf8_lossy(&request[..n]).into_owned();
                heard.lock().unwrap().push(text);
                let head = format!(
                    "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n",
                    body.len()
                );
                let _ = stream.write_all(head.as_bytes()).await;
                let _ = stream.write_all(&body).await;
            }
        });
        Self { base, asked }
    }

    async fn ok(body: &str) -> Self {
        Self::with("200 OK", "etag: \"one\"\r\n", body.as_bytes().to_vec()).await
    }

    fn line(&self, source: Source, path: &str) -> Records {
        let place = Place { address: format!("{}{path}", self.base), key: None };
        Records::new(source, &place).unwrap()
    }

    fn first_line(&self) -> String {
        self.asked.lock().unwrap()[0].lines().next().unwrap().to_owned()
    }
}

const CVE_RECORD: &str = r#"{"dataType":"CVE_RECORD","dataVersion":"5.1","cveMetadata":{
    "cveId":"CVE-2024-7344","assignerOrgId":"37e5125f-f79b-445b-8fad-9564f167944b",
    "state":"PUBLISHED","datePublished":"2025-01-14T13:29:56.792Z"},"containers":{
    "cna":{"descriptions":[]},"adp":[{"metrics":[{"cvssV3_1":{"version":"3.1","baseScore":8.2,
    "vectorString":"CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:C/C:H/I:H/A:H"}}]}]}}"#;

const NVD: &str = r#"{"resultsPerPage":1,"startIndex":0,"totalResults":1,"format":"NVD_CVE",
    "version":"2.0","timestamp":"2026-01-01T00:00:00.000","vulnerabilities":[{"cve":{
    "id":"CVE-2024-7344","sourceIdentifier":"cret@cert.org","vulnStatus":"Analyzed","metrics":{
    "cvssMetricV31":[{"source":"nvd@nist.gov","type":"Primary","cvssData":{"version":"3.1",
    "vectorString":"CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:C/C:H/I:H/A:H","baseScore":8.2,
    "baseSeverity":"HIGH"}}]}}}]}"#;

const NO_NVD: &str = r#"{"resultsPerPage":0,"startIndex":0,"totalResults":0,"format":"NVD_CVE",
    "version":"2.0","timestamp":"2026-01-01T00:00:00.000","vulnerabilities":[]}"#;

const EUVD: &str = r#"{"id":"EUVD-2024-50129","description":"…","datePublished":
    "Jan 14, 2025, 1:29:56 PM","baseScore":8.2,"baseScoreVersion":"3.1","baseScoreVector":
    "CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:C/C:H/I:H/A:H","aliases":"CVE-2024-7344\n","epss":0.1}"#;

const GHSA: &str = r#"[{"ghsa_id":"GHSA-jfh8-c2jp-5v3q","cve_id":"CVE-2024-7344","html_url":
    "https://github.com/advisories/GHSA-jfh8-c2jp-5v3q","type":"reviewed","severity":"high",
    "withdrawn_at":null,"cvss":{"vector_string":null,"score":null},"cvss_severities":{"cvss_v3":
    {"vector_string":"CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:C/C:H/I:H/A:H","score":8.2},
    "cvss_v4":{"vector_string":null,"score":0.0}}}]"#;

fn found(state: &str, score: &str, address: &str) -> Answer {
    Answer::There(Found {
        state: state.to_owned(),
        score: Some(score.to_owned()),
        address: address.to_owned(),
        tag: Some("\"one\"".to_owned()),
    })
}

#[tokio::test]
async fn each_source_is_asked_as_it_wants_and_understood() {
    let record = "https://www.cve.org/CVERecord?id=CVE-2024-7344";
    for (source, path, body, line, expected) in [
        (
            Source::CveList,
            "/api/",
            CVE_RECORD,
            "GET /api/cve/CVE-2024-7344 HTTP/1.1",
            found("PUBLISHED", "8.2 (CVSS 3.1)", record),
        ),
        (
            Source::CveList,
            "/main/cves/",
            CVE_RECORD,
            "GET /main/cves/2024/7xxx/CVE-2024-7344.json HTTP/1.1",
            found("PUBLISHED", "8.2 (CVSS 3.1)", record),
        ),
        (
            Source::Nvd,
            "/rest/json/cves/2.0",
            NVD,
            "GET /rest/json/cves/2.0?cveId=CVE-2024-7344 HTTP/1.1",
            found("Analyzed", "8.2 (CVSS 3.1)", "https://nvd.nist.gov/vuln/detail/CVE-2024-7344"),
        ),
        (
            Source::Euvd,
            "/api/",
            EUVD,
            "GET /api/enisaid?id=CVE-2024-7344 HTTP/1.1",
            found(
                "Published",
                "8.2 (CVSS 3.1)",
                "https://euvd.enisa.europa.eu/vulnerability/EUVD-2024-50129",
            ),
        ),
        (
            Source::Ghsa,
            "/advisories",
            GHSA,
            "GET /advisories?cve_id=CVE-2024-7344 HTTP/1.1",
            found(
                "reviewed",
                "8.2 (CVSS 3.1)",
                "https://github.com/advisories/GHSA-jfh8-c2jp-5v3q",
            ),
        ),
    ] {
        let standing = Standing::ok(body).await;
        let answer = standing.line(source, path).ask(CVE, None).await;
        assert_eq!(standing.first_line(), line, "{source:?}");
        assert_eq!(answer, expected, "{source:?}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_absent_and_what_is_of_another_flaw_is_not_taken() {
    for (source, body) in
        [(Source::Nvd, NO_NVD), (Source::Euvd, ""), (Source::Euvd, "{}"), (Source::Ghsa, "[]")]
    {
        let answer = Standing::ok(body).await.line(source, "/").ask(CVE, None).await;
        assert_eq!(answer, Answer::Absent, "{source:?} {body}");
    }
    let gone = Standing::with("404 Not Found", "", br#"{"error":"CVE_RECORD_DNE"}"#.to_vec()).await;
    assert_eq!(gone.line(Source::CveList, "/").ask(CVE, None).await, Answer::Absent);
    for (source, body) in [(Source::Nvd, NVD), (Source::Ghsa, GHSA)] {
        let answer = Standing::ok(body).await.line(source, "/").ask("CVE-2024-7345", None).await;
        assert_eq!(answer, Answer::Absent, "{source:?}");
    }
    for (source, body) in [(Source::CveList, CVE_RECORD), (Source::Euvd, EUVD)] {
        let answer = Standing::ok(body).await.line(source, "/").ask("CVE-2024-7345", None).await;
        let odd = Answer::Odd("It answered with the record of another ID".to_owned());
        assert_eq!(answer, odd, "{source:?}");
    }
    for odd in ["", "CVE-2024-7", "CVE-2024-73a4", "CVE-24-7344", "../../x", "CVE-2024-7344/../x"] {
        let standing = Standing::ok("[]").await;
        assert_eq!(standing.line(Source::Ghsa, "/").ask(odd, None).await, Answer::Absent, "{odd}");
        assert!(standing.asked.lock().unwrap().is_empty(), "{odd}");
    }
}

#[tokio::test]
async fn who_is_busy_is_left_alone_for_as_long_as_they_say() {
    let pause = async |status, headers, body: &[u8]| {
        let standing = Standing::with(status, headers, body.to_vec()).await;
        match standing.line(Source::Nvd, "/").ask(CVE, None).await {
            Answer::Later { why, pause } => (why, pause.as_secs()),
            other => panic!("{other:?}"),
        }
    };
    let (why, seconds) = pause("429 Too Many Requests", "retry-after: 120\r\n", b"").await;
    assert_eq!((why.as_str(), seconds), ("It is busy (HTTP 429)", 120));
    assert_eq!(pause("429 Too Many Requests", "retry-after: 0\r\n", b"").await.1, 60);
    assert_eq!(pause("403 Forbidden", "", b"").await.1, 3600);
    assert_eq!(pause("503 Down", "retry-after: 99999999\r\n", b"").await.1, 86_400);
    assert_eq!(pause("500 Down", "", b"").await.1, 900);
    assert_eq!(pause("404 Not Found", "", b"").await.0, "It refused (HTTP 404)");
    assert_eq!(pause("401 Unauthorized", "", b"").await.0, "It refused (HTTP 401)");
    let elsewhere = Standing::ok(NVD).await;
    let to: &'static str = Box::leak(format!("location: {}/\r\n", elsewhere.base).into_boxed_str());
    assert_eq!(pause("302 Found", to, b"").await.0, "It refused (HTTP 302)");
    assert!(elsewhere.asked.lock().unwrap().is_empty(), "a redirect was followed");
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_or_is_too_long_is_not_taken() {
    let odd = async |source, body: Vec<u8>| {
        let standing = Standing::with("200 OK", "", body).await;
        match standing.line(source, "/").ask(CVE, None).await {
            Answer::Odd(why) => why,
            other => panic!("{other:?}"),
        }
    };
    let deep = "[".repeat(100_000);
    for source in [Source::CveList, Source::Nvd, Source::Euvd, Source::Ghsa] {
        for body in ["nonsense", "7", "\"a\"", "{\"vulnerabilities\": 7}", &deep] {
            // The EUVD answers with an object without an id where it has nothing.
            if source != Source::Euvd || !body.starts_with('{') {
                let why = odd(source, body.as_bytes().to_vec()).await;
                assert_eq!(why, "Its answer was not understood", "{source:?} {body:.20}");
            }
        }
        let long = vec![b' '; LONGEST + 1];
        assert_eq!(odd(source, long).await, "Its answer is too long");
    }
}

#[tokio::test]
async fn words_of_others_stay_on_one_short_line() {
    let state = "Ana\\nlyzed\\u0007".to_owned() + &"x".repeat(500);
    let body = NVD.replace("Analyzed", &state).replace("8.2", "1e99");
    let answer = Standing::ok(&body).await.line(Source::Nvd, "/").ask(CVE, None).await;
    let Answer::There(found) = answer else { panic!("{answer:?}") };
    assert!(found.state.starts_with("Ana lyzed"), "{}", found.state);
    assert_eq!((found.state.chars().count(), found.score), (80, None));
    let body = GHSA.replace("GHSA-jfh8-c2jp-5v3q", "GHSA-\\\"onload=x12/");
    let answer = Standing::ok(&body).await.line(Source::Ghsa, "/").ask(CVE, None).await;
    assert!(matches!(answer, Answer::Odd(_)), "{answer:?}");
}

#[tokio::test]
async fn the_tag_of_the_last_answer_and_the_key_go_along() {
    let standing = Standing::with("304 Not Modified", "", vec![]).await;
    let place = Place { address: format!("{}/", standing.base), key: Some("secret".to_owned()) };
    let line = Records::new(Source::Nvd, &place).unwrap();
    assert_eq!(line.ask(CVE, Some("\"one\"")).await, Answer::Same);
    let asked = standing.asked.lock().unwrap()[0].to_lowercase();
    assert!(
        asked.contains("if-none-match: \"one\"") && asked.contains("apikey: secret"),
        "{asked}"
    );
    assert!(asked.contains("user-agent: ombud/"), "{asked}");
    assert!(!format!("{line:?}").contains("secret"));
}

#[test]
fn an_address_that_others_could_read_along_is_refused() {
    for address in
        ["http://services.nvd.nist.gov/", "ftp://a.example/", "nvd", "https://a:b@c.example/", ""]
    {
        let place = Place { address: address.to_owned(), key: None };
        assert_eq!(
            Records::new(Source::Nvd, &place).unwrap_err(),
            PlaceError::Address,
            "{address}"
        );
    }
    for source in [Source::CveList, Source::Nvd, Source::Euvd, Source::Ghsa] {
        let place = Place { address: source.usual_address().to_owned(), key: None };
        assert!(Records::new(source, &place).is_ok());
    }
}
