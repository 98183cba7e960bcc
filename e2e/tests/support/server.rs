//! The program under test, as an operator starts it.

use std::env;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use super::relay::Relay;
use super::tools::Tools;

/// The running server.
pub(crate) struct Server {
    child: Child,
    home: TempDir,
    /// Where it is: `http://127.0.0.1:PORT`.
    pub(crate) base: String,
    /// The link by which the first lead joins.
    pub(crate) setup_link: String,
}

impl Server {
    /// Starts it on an SQLite file of its own, or on the database of this address.
    pub(crate) fn start(tools: &Tools, relay: &Relay, database: Option<&str>) -> Self {
        let home = tempfile::tempdir().expect("a directory for the server");
        let log = File::create(home.path().join("log")).expect("a file for its log");
        let mut command = Command::new(&tools.program);
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("OMBUD_") {
                command.env_remove(name);
            }
        }
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--metrics", "off"])
            .env("OMBUD_DATA", home.path().join("data"))
            .env("OMBUD_SERVER_SITE_NAME", "Northlake CERT")
            .env("OMBUD_MAIL_FROM", "ombud@northlake.example")
            .env("OMBUD_MAIL_TEAM", "team@northlake.example")
            .env("OMBUD_MAIL_RELAY_HOST", "127.0.0.1")
            .env("OMBUD_MAIL_RELAY_PORT", relay.port.to_string())
            .env("OMBUD_MAIL_RELAY_TLS", "none");
        if let Some(url) = database {
            command.env("OMBUD_DATABASE_URL", url);
        }
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn();
        let child = child.expect("the server starts");
        let mut server = Self { child, home, base: String::new(), setup_link: String::new() };
        server.listen();
        server
    }

    /// The address and the port, as a connection is made to them.
    pub(crate) fn host(&self) -> &str {
        self.base.strip_prefix("http://").expect("no TLS in a story")
    }

    /// What it logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.home.path().join("log")).unwrap_or_default()
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) fn stop(mut self) -> String {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(asked.is_ok_and(|asked| asked.success()), "the server is there to be stopped");
        let ended = self.child.wait().expect("the server ends");
        assert!(ended.success(), "the server ended with {ended}:\n{}", self.log());
        self.log()
    }

    /// Reads what it greets with.
    fn listen(&mut self) {
        let stdout = self.child.stdout.take().expect("it was piped");
        let (say, said) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                say.send(line).ok();
            }
        });
        while self.setup_link.is_empty() {
            let line = said.recv_timeout(Duration::from_secs(30));
            let line = line.unwrap_or_else(|_| panic!("the server did not start:\n{}", self.log()));
            let after = |words: &str| line.split_once(words).map(|(_, rest)| rest.to_owned());
            self.base = after(" is at ").unwrap_or_else(|| self.base.clone());
            self.setup_link = after("within three days: ").unwrap_or_default();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("The server’s log:\n{}", self.log());
        }
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
