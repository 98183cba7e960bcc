//! A real mail relay that delivers to nobody, and the letters it took.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::program::root;
use super::tools::Tools;
use super::within;

/// The relay.
pub(crate) struct Relay {
    child: Child,
    letters: TempDir,
    /// Where it listens on 127.0.0.1.
    pub(crate) port: u16,
}

/// A letter that the relay took.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    /// To whom.
    pub(crate) to: String,
    /// Its subject.
    pub(crate) subject: String,
    /// All of it, as it came.
    pub(crate) whole: String,
}

impl Relay {
    /// Starts it.
    pub(crate) fn start(tools: &Tools) -> Self {
        let letters = tempfile::tempdir().expect("a directory for letters");
        let mut child = Command::new(&tools.python)
            .arg(root().join("crates/outside/tests/smtp_sink.py"))
            .arg(letters.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the relay starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("it was piped");
        BufReader::new(stdout).read_line(&mut line).expect("the relay says its port");
        let port = line.trim().parse().expect("the first line is the port");
        Self { child, letters, port }
    }

    /// Every letter so far, in the order in which they came.
    pub(crate) fn letters(&self) -> Vec<Letter> {
        let files = fs::read_dir(self.letters.path()).expect("the directory is there").flatten();
        let mut paths: Vec<PathBuf> = files
            .map(|file| file.path())
            .filter(|path| path.extension().is_some_and(|kind| kind == "eml"))
            .collect();
        paths.sort();
        let read = |path: &PathBuf| Letter::read(&fs::read(path).expect("a whole letter"));
        paths.iter().map(read).collect()
    }

    /// The newest letter to an address whose subject speaks of this, as soon as it is there.
    pub(crate) async fn letter(&self, to: &str, about: &str) -> Letter {
        let newest = || {
            let mut letters = self.letters();
            letters.retain(|letter| letter.to == to && letter.subject.contains(about));
            letters.pop()
        };
        let found = within(20, newest).await;
        found.unwrap_or_else(|| {
            let came: Vec<_> =
                self.letters().into_iter().map(|one| (one.to, one.subject)).collect();
            panic!("no letter to {to} about “{about}” came; these did: {came:#?}")
        })
    }
}

impl Letter {
    fn read(bytes: &[u8]) -> Self {
        let whole = String::from_utf8(bytes.to_vec()).expect("our letters are UTF-8");
        let head = whole.split_once("\r\n\r\n").map_or(whole.as_str(), |(head, _)| head);
        let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        let header = |name: &str| {
            let line = unfolded.split("\r\n").find_map(|line| line.strip_prefix(name));
            line.unwrap_or_default().trim().to_owned()
        };
        let (to, subject) = (header("To:"), header("Subject:"));
        Self { to, subject, whole }
    }

    /// The address in it that begins like this.
    pub(crate) fn link(&self, begins: &str) -> String {
        let start = self.whole.find(begins);
        let start = start.unwrap_or_else(|| panic!("there is no {begins} in {}", self.whole));
        let rest = self.whole.get(start..).unwrap_or_default();
        rest.split_whitespace().next().unwrap_or_default().to_owned()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
