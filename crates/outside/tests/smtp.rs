//! Conversations with a real SMTP server, which we did not write: `smtp_sink.py` around aiosmtpd.
//! They need aiosmtpd and trustme among the tools for tests (`OMBUD_TEST_TOOLS`).

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "the helpers are a test's too")]

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use outside::smtp::{Failure, NotTaken, Parcel, Post, Smtp, SmtpSettings, Taken, Tls};

/// The server, which ends with this value, and its directory, which goes with it.
struct Sink {
    server: Child,
    directory: tempfile::TempDir,
    port: u16,
}

impl Sink {
    /// The server, or nothing, with a printed reason, where it cannot be had.
    fn start(arguments: &[&str]) -> Option<Self> {
        let Some(python) = python() else {
            println!("skipped: aiosmtpd is not among the tools for tests (set OMBUD_TEST_TOOLS)");
            return None;
        };
        let directory = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/smtp_sink.py");
        let mut server = Command::new(python)
            .arg(script)
            .arg(directory.path())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        if let Ok(port) = line.trim().parse() {
            return Some(Self { server, directory, port });
        }
        let mut why = String::new();
        server.stderr.take().unwrap().read_to_string(&mut why).unwrap();
        assert_eq!(server.wait().unwrap().code(), Some(3), "the server did not start: {why}");
        println!("skipped: the Python environment lacks a package ({})", why.trim());
        None
    }

    fn settings(&self, tls: Tls) -> SmtpSettings {
        SmtpSettings {
            host: "localhost".to_owned(),
            port: self.port,
            tls,
            username: None,
            password: None,
            hello_name: Some("ombud.example".to_owned()),
            timeout: Duration::from_secs(20),
        }
    }

    fn relay(&self) -> Smtp {
        Smtp::new(&self.settings(Tls::None)).unwrap()
    }

    fn authority(&self) -> Vec<u8> {
        std::fs::read(self.directory.path().join("ca.pem")).unwrap()
    }

    /// What the server has kept, in the order of arrival.
    fn kept(&self) -> Vec<Vec<u8>> {
        let entries = std::fs::read_dir(self.directory.path()).unwrap();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| file.extension().is_some_and(|end| end == "eml"));
        files.sort();
        files.iter().map(|file| std::fs::read(file).unwrap()).collect()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn python() -> Option<PathBuf> {
    let tools = std::env::var_os("OMBUD_TEST_TOOLS")?;
    let python = Path::new(&tools).join("aiosmtpd/bin/python");
    python.exists().then_some(python)
}

const MESSAGE: &str = "From: cases@cert.example\r\nSubject: [VU#123456] Action needed\r\n\r\n\
                       na\u{ef}ve\r\n.\r\n..two\r\nlast\r\n";

fn parcel(to: &str) -> Parcel {
    Parcel {
        from: "bounces@cert.example".to_owned(),
        to: to.to_owned(),
        message: MESSAGE.as_bytes().to_vec(),
    }
}

async fn send(relay: &Smtp, to: &str) -> Result<Taken, NotTaken> {
    relay.send(&parcel(to)).await
}

async fn failure(relay: &Smtp, to: &str) -> (Failure, String) {
    let NotTaken { how, why } = send(relay, to).await.unwrap_err();
    assert!(why.chars().count() <= 200 && !why.chars().any(char::is_control), "{why:?}");
    (how, why)
}

#[tokio::test]
async fn a_message_arrives_byte_for_byte() {
    let Some(sink) = Sink::start(&[]) else { return };
    let taken = send(&sink.relay(), "psirt@vendor.example").await.unwrap();
    assert_eq!(taken.answer, "250 kept as 1, 1 in this connection");
    assert_eq!(sink.kept(), [MESSAGE.as_bytes()]);
}

#[tokio::test]
async fn one_connection_serves_many_letters() {
    let Some(sink) = Sink::start(&[]) else { return };
    let relay = sink.relay();
    for n in 1..=3 {
        let taken = send(&relay, "psirt@vendor.example").await.unwrap();
        assert_eq!(taken.answer, format!("250 kept as {n}, {n} in this connection"));
    }
}

#[tokio::test]
async fn a_relay_that_says_not_now_is_asked_again() {
    let Some(sink) = Sink::start(&[]) else { return };
    let (how, why) = failure(&sink.relay(), "defer-me@vendor.example").await;
    assert_eq!((how, why.as_str()), (Failure::Later, "451 4.3.0 not now, please"));
    assert!(sink.kept().is_empty());
}

#[tokio::test]
async fn a_relay_that_says_no_is_believed() {
    let Some(sink) = Sink::start(&[]) else { return };
    let relay = sink.relay();
    let (how, why) = failure(&relay, "refuse@vendor.example").await;
    assert_eq!((how, why.as_str()), (Failure::Never, "550 5.1.1 nobody of that name"));
    let (how, why) = failure(&relay, "reject@vendor.example").await;
    assert_eq!((how, why.as_str()), (Failure::Never, "554 5.7.1 not with these words"));
    assert!(sink.kept().is_empty());
    assert!(send(&relay, "psirt@vendor.example").await.is_ok(), "the next letter goes");
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_message_leaves_doubt() {
    let Some(sink) = Sink::start(&[]) else { return };
    let relay = sink.relay();
    let (how, why) = failure(&relay, "drop@vendor.example").await;
    assert_eq!(how, Failure::InDoubt, "{why}");
    assert_eq!(sink.kept().len(), 1, "and rightly so: it was taken");
    assert!(send(&relay, "psirt@vendor.example").await.is_ok(), "the next letter goes");
}

#[tokio::test]
async fn a_connection_that_breaks_before_the_message_leaves_none() {
    let Some(sink) = Sink::start(&[]) else { return };
    let relay = sink.relay();
    assert!(send(&relay, "psirt@vendor.example").await.is_ok());
    let (how, why) = failure(&relay, "part@vendor.example").await;
    assert_eq!(how, Failure::Later, "{why}");
    assert_eq!(sink.kept().len(), 1);
}

#[tokio::test]
async fn a_relay_that_is_too_slow_leaves_doubt_and_does_not_hold_us_up() {
    let Some(sink) = Sink::start(&[]) else { return };
    let settings = SmtpSettings { timeout: Duration::from_secs(2), ..sink.settings(Tls::None) };
    let relay = Smtp::new(&settings).unwrap();
    let begun = Instant::now();
    let (how, why) = failure(&relay, "slow@vendor.example").await;
    assert_eq!(how, Failure::InDoubt, "{why}");
    assert!(begun.elapsed() < Duration::from_secs(15));
}

#[tokio::test]
async fn a_relay_that_says_nothing_at_all_is_asked_again() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let settings = SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port: silent.local_addr().unwrap().port(),
        tls: Tls::None,
        username: None,
        password: None,
        hello_name: None,
        timeout: Duration::from_millis(300),
    };
    let (how, why) = failure(&Smtp::new(&settings).unwrap(), "psirt@vendor.example").await;
    assert_eq!((how, why.as_str()), (Failure::Later, "the relay did not answer in time"));
}

#[tokio::test]
async fn a_relay_that_is_not_there_is_asked_again() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings = SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port,
        tls: Tls::None,
        username: None,
        password: None,
        hello_name: None,
        timeout: Duration::from_secs(5),
    };
    let (how, why) = failure(&Smtp::new(&settings).unwrap(), "psirt@vendor.example").await;
    assert_eq!(how, Failure::Later);
    assert!(why.starts_with("the relay cannot be reached: "), "{why}");
}

#[tokio::test]
async fn a_kept_connection_that_has_died_is_replaced() {
    let Some(sink) = Sink::start(&[]) else { return };
    let relay = sink.relay();
    assert!(send(&relay, "psirt@vendor.example").await.is_ok());
    let port = sink.port.to_string();
    drop(sink);
    let Some(again) = Sink::start(&["--port", &port]) else { return };
    assert!(send(&relay, "psirt@vendor.example").await.is_ok());
    assert_eq!(again.kept().len(), 1);
}

#[tokio::test]
async fn what_is_no_address_or_would_smuggle_never_goes() {
    let Some(sink) = Sink::start(&[]) else { return };
    let relay = sink.relay();
    for to in ["", "nobody", "a@b.example>\r\nRCPT TO:<c@d.example", "a@b.example, c@d.example"] {
        assert_eq!(failure(&relay, to).await.0, Failure::Never, "{to:?}");
    }
    let message = b"Subject: x\r\n\r\nHello\n.\nMAIL FROM:<a@b.example>\r\n".to_vec();
    let smuggled = Parcel { message, ..parcel("psirt@vendor.example") };
    assert_eq!(relay.send(&smuggled).await.unwrap_err().how, Failure::Never);
    assert!(sink.kept().is_empty());
}

#[tokio::test]
async fn a_relay_may_ask_who_we_are() {
    let Some(sink) = Sink::start(&["--user", "ombud", "--password", "hunter2"]) else { return };
    let with = |password: &str| SmtpSettings {
        username: Some("ombud".to_owned()),
        password: Some(password.to_owned()),
        ..sink.settings(Tls::None)
    };
    let relay = Smtp::new(&with("hunter2")).unwrap();
    assert!(send(&relay, "psirt@vendor.example").await.is_ok());
    let (how, why) = failure(&Smtp::new(&with("wrong")).unwrap(), "psirt@vendor.example").await;
    assert_eq!(how, Failure::Later, "a wrong password is not the letter's fault: {why}");
    assert!(why.starts_with("the relay does not let us in: 535"), "{why}");
    let (how, why) = failure(&sink.relay(), "psirt@vendor.example").await;
    assert_eq!(how, Failure::Later, "nor is a missing one: {why}");
    assert_eq!(sink.kept().len(), 1);
}

#[tokio::test]
async fn tls_is_spoken_with_a_relay_that_proves_who_it_is_and_with_no_other() {
    for (argument, tls) in [("starttls", Tls::StartTls), ("implicit", Tls::Implicit)] {
        let Some(sink) = Sink::start(&["--tls", argument]) else { return };
        let settings = sink.settings(tls);
        let relay = Smtp::trusting(&settings, &sink.authority()).unwrap();
        assert!(send(&relay, "psirt@vendor.example").await.is_ok(), "{argument}");
        assert_eq!(sink.kept().len(), 1);

        let stranger = Smtp::new(&settings).unwrap();
        let (how, why) = failure(&stranger, "psirt@vendor.example").await;
        assert_eq!(how, Failure::Later, "{why}");
        assert!(why.contains("ertificate") || why.contains("Issuer"), "{why}");

        let host = "127.0.0.2".to_owned();
        let misnamed = SmtpSettings { host, ..settings };
        let relay = Smtp::trusting(&misnamed, &sink.authority()).unwrap();
        assert_eq!(failure(&relay, "psirt@vendor.example").await.0, Failure::Later);
        assert_eq!(sink.kept().len(), 1, "nothing was said to a stranger");
    }
}

#[tokio::test]
async fn a_relay_without_starttls_gets_no_letter_that_needs_it() {
    let Some(sink) = Sink::start(&[]) else { return };
    let relay = Smtp::new(&sink.settings(Tls::StartTls)).unwrap();
    let (how, why) = failure(&relay, "psirt@vendor.example").await;
    assert_eq!(how, Failure::Later);
    assert!(why.starts_with("the connection to the relay cannot be secured"), "{why}");
    assert!(sink.kept().is_empty());
}
