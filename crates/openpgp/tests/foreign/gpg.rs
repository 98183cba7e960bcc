//! GnuPG with a home of its own and a clock that we set.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use jiff::Timestamp;
use openpgp::{Certificate, ServiceKey};
use tempfile::TempDir;

use crate::{parsed, today};

pub(crate) struct Gpg {
    home: TempDir,
}

impl Gpg {
    /// GnuPG, or none and a word about it.
    pub(crate) fn start() -> Option<Self> {
        if Command::new("gpg").arg("--version").output().is_err() {
            println!("skipped: there is no gpg, so nothing was tested with GnuPG");
            return None;
        }
        // The path of the agent's socket must be short.
        let only_us = fs::Permissions::from_mode(0o700);
        let builder = tempfile::Builder::new().prefix("g").permissions(only_us).tempdir_in("/tmp");
        let gpg = Self { home: builder.expect("a directory") };
        gpg.run(&["--trust-model=pgp", "--check-trustdb"], b"");
        Some(gpg)
    }

    /// Runs it at an instant, feeding it bytes.
    pub(crate) fn try_at(&self, at: Timestamp, args: &[&str], input: &[u8]) -> Output {
        let clock = format!("--faked-system-time={}!", at.strftime("%Y%m%dT%H%M%S"));
        let mut gpg = Command::new("gpg")
            .arg("--homedir")
            .arg(self.home.path())
            .args(["--batch", "--yes", "--no-tty", "--pinentry-mode=loopback", "--passphrase="])
            .args(["--trust-model=always", "--status-fd=2", "--allow-weak-digest-algos", &clock])
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("gpg starts");
        let mut stdin = gpg.stdin.take().expect("its input");
        let input = input.to_vec();
        let feed = std::thread::spawn(move || stdin.write_all(&input));
        let output = gpg.wait_with_output().expect("gpg ends");
        // It may stop reading once it knows enough.
        drop(feed.join().expect("no panic"));
        output
    }

    /// Runs it today, and it must succeed.
    pub(crate) fn run(&self, args: &[&str], input: &[u8]) -> Vec<u8> {
        self.run_at(today(), args, input)
    }

    pub(crate) fn run_at(&self, at: Timestamp, args: &[&str], input: &[u8]) -> Vec<u8> {
        let output = self.try_at(at, args, input);
        assert!(output.status.success(), "gpg {args:?}: {}", said(&output));
        output.stdout
    }

    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.home.path().join(name);
        fs::write(&path, bytes).expect("written");
        path
    }

    /// Publishes the revocation that GnuPG keeps ready for each of its keys.
    pub(crate) fn revoke(&self, name: &str) {
        let kept = format!("openpgp-revocs.d/{}.rev", self.fingerprint(name));
        let text = fs::read_to_string(self.home.path().join(kept)).expect("a revocation");
        // It has a colon before it so that nobody imports it by mistake.
        self.run(&["--import"], text.replace(":-----BEGIN", "-----BEGIN").as_bytes());
    }

    /// Makes a key today: one part to sign, one to encrypt to.
    pub(crate) fn new_key(&self, name: &str, signs: &str, encrypts: &str) {
        self.run(&["--quick-generate-key", name, signs, "cert,sign", "1y"], b"");
        self.run(&["--quick-add-key", &self.fingerprint(name), encrypts, "encr", "1y"], b"");
    }

    pub(crate) fn fingerprint(&self, name: &str) -> String {
        let list = self.run(&["--with-colons", "--fingerprint", name], b"");
        let list = String::from_utf8(list).expect("text");
        let line = list.lines().find(|line| line.starts_with("fpr:")).expect("a fingerprint");
        line.split(':').nth(9).expect("its digits").to_owned()
    }

    pub(crate) fn certificate(&self, name: &str) -> Certificate {
        parsed(&self.export(name))
    }

    pub(crate) fn export(&self, name: &str) -> Vec<u8> {
        self.run(&["--armor", "--export", name], b"")
    }

    pub(crate) fn import(&self, key: &ServiceKey) {
        let armored = key.certificate().to_armored().expect("armor");
        self.run(&["--import"], armored.as_bytes());
    }
}

impl Drop for Gpg {
    fn drop(&mut self) {
        let mut stop = Command::new("gpgconf");
        stop.arg("--homedir").arg(self.home.path()).args(["--kill", "all"]);
        drop(stop.output());
    }
}

/// What it said beside its output.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
