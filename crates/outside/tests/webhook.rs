//! Messages to a subscriber that we did not write: Python's web server over TLS, and the library
//! of the Standard Webhooks scheme, which says whether a signature is good (`hook_sink.py`). They
//! need aiosmtpd, which brings certificates, and standardwebhooks among the tools for tests
//! (`OMBUD_TEST_TOOLS`).

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "the helpers are a test's too")]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use outside::webhook::{Address, Answer, Courier, Https, Message, Networks, Outcome, Secret};

/// The subscriber, who ends with this value, and their directory, which goes with it.
struct Subscriber {
    server: Child,
    directory: tempfile::TempDir,
    port: u16,
}

impl Subscriber {
    /// A subscriber, or nothing, with a printed reason, where none can be had.
    fn start() -> Option<Self> {
        let Some((python, library)) = python() else {
            println!("skipped: aiosmtpd and standardwebhooks are not among the tools for tests");
            return None;
        };
        let directory = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hook_sink.py");
        let mut server = Command::new(python)
            .arg(script)
            .arg(directory.path())
            .arg(library)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse().unwrap();
        Some(Self { server, directory, port })
    }

    fn expects(&self, secret: &Secret) {
        std::fs::write(self.directory.path().join("secret"), secret.written().as_bytes()).unwrap();
    }

    fn kept(&self, n: u32) -> Option<Vec<u8>> {
        std::fs::read(self.directory.path().join(format!("{n}.json"))).ok()
    }

    fn message(&self, secrets: Vec<Secret>) -> Message {
        Message {
            to: Address::parse(&format!("https://localhost:{}/in", self.port)).unwrap(),
            id: "msg_0198".to_owned(),
            at: now(),
            body: r#"{"type":"note.published","who":"Žofie"}"#.as_bytes().to_vec(),
            secrets,
        }
    }

    async fn told(&self, message: &Message) -> Answer {
        let authority = std::fs::read(self.directory.path().join("ca.pem")).unwrap();
        Https::trusting(here(), &authority).unwrap().deliver(message).await
    }
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Python with certificates, and where the library of the scheme lies.
fn python() -> Option<(PathBuf, PathBuf)> {
    let tools = PathBuf::from(std::env::var_os("OMBUD_TEST_TOOLS")?);
    let python = tools.join("aiosmtpd/bin/python");
    let library = std::fs::read_dir(tools.join("standardwebhooks/lib")).ok()?.next()?.ok()?;
    python.exists().then(|| (python, library.path().join("site-packages")))
}

fn here() -> Networks {
    Networks::new(vec!["127.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()])
}

#[expect(clippy::disallowed_methods, reason = "the library compares with the time of the day")]
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap().as_secs().try_into().unwrap()
}

#[tokio::test]
async fn the_library_of_the_scheme_takes_what_we_sign() {
    let Some(subscriber) = Subscriber::start() else { return };
    let secret = Secret::of(&[7; 32]);
    subscriber.expects(&secret);
    let message = subscriber.message(vec![secret]);
    let answer = subscriber.told(&message).await;
    assert_eq!((answer.outcome, answer.status), (Outcome::Taken, Some(204)), "{}", answer.words);
    assert_eq!(subscriber.kept(1), Some(message.body));
}

#[tokio::test]
async fn while_a_secret_is_changed_subscribers_with_either_are_content() {
    let Some(subscriber) = Subscriber::start() else { return };
    let (new, old) = (Secret::of(&[8; 32]), Secret::of(&[7; 32]));
    let message = subscriber.message(vec![new.clone(), old.clone()]);
    for secret in [new, old] {
        subscriber.expects(&secret);
        assert_eq!(subscriber.told(&message).await.outcome, Outcome::Taken);
    }
}

#[tokio::test]
async fn the_library_refuses_another_secret_another_body_and_another_day() {
    let Some(subscriber) = Subscriber::start() else { return };
    let secret = Secret::of(&[7; 32]);
    subscriber.expects(&secret);
    let wrong = subscriber.message(vec![Secret::of(&[9; 32])]);
    let good = subscriber.message(vec![secret]);
    let old = Message { at: good.at - 3600, ..good.clone() };
    for (message, status) in [(wrong, 401), (old, 401), (good, 204)] {
        assert_eq!(subscriber.told(&message).await.status, Some(status));
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_not_spoken_to() {
    let Some(subscriber) = Subscriber::start() else { return };
    let message = subscriber.message(vec![Secret::of(&[7; 32])]);
    let answer = Https::new(here()).unwrap().deliver(&message).await;
    assert_eq!(answer.words, "its certificate is not good, or TLS failed");
    assert_eq!(subscriber.kept(1), None);
}
