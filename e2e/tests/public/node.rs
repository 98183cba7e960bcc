//! One server of several, as an operator starts it: its own data directory, the key file and the
//! database that it shares with the others.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use tempfile::TempDir;

use crate::program::program;

/// What moves the clock of one process (Debian package libfaketime).
const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

/// A directory in which servers run that share a key file.
pub(crate) struct Room {
    folder: TempDir,
    program: PathBuf,
    settings: Vec<(&'static str, String)>,
}

impl Room {
    /// Servers with these settings; none, and a printed line, if there is no program.
    pub(crate) fn new(settings: Vec<(&'static str, String)>) -> Option<Self> {
        let program = program();
        if !program.exists() {
            println!("skipped: there is no program ombud (OMBUD_TEST_PROGRAM, or cargo build)");
            return None;
        }
        let folder = tempfile::tempdir().expect("a directory for the servers");
        let mut private = File::options();
        private.write(true).create_new(true).mode(0o600);
        let mut keys = private.open(folder.path().join("keys")).expect("a key file");
        // Those of the test kit.
        writeln!(keys, "kek = {}\npepper = {}", "07".repeat(32), "09".repeat(32)).expect("written");
        Some(Self { folder, program, settings })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The data directory of a server that has not been started yet.
    pub(crate) fn data(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(&path).expect("a directory for its data");
        path
    }

    /// Starts a server, and waits until it answers.
    pub(crate) fn start(&self, name: &str) -> Node {
        let at = free_address();
        let log = File::options().create(true).append(true).open(self.path(&format!("{name}.log")));
        let mut command = Command::new(&self.program);
        command
            .args(["serve", "--metrics", "off", "--listen", &at.to_string()])
            .env_clear()
            .env("OMBUD_DATA", self.path(name))
            .env("OMBUD_KEYS_FILE", self.path("keys"))
            .env("OMBUD_SERVER_SITE_NAME", "Northlake CERT")
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log.expect("a file for its log"));
        let ahead = self.path(&format!("{name}.clock"));
        if Path::new(FAKETIME).exists() {
            fs::write(&ahead, "+0").expect("a file for its clock");
            command
                .env("LD_PRELOAD", FAKETIME)
                .env("FAKETIME_TIMESTAMP_FILE", &ahead)
                .env("FAKETIME_NO_CACHE", "1")
                .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
                .env("DONT_FAKE_MONOTONIC", "1");
        }
        let child = command.spawn().expect("the server starts");
        let mut node = Node { child, at, ahead, name: name.to_owned() };
        node.answers(&self.path(&format!("{name}.log")));
        node
    }

    /// What all of them logged.
    pub(crate) fn log(&self, name: &str) -> String {
        fs::read_to_string(self.path(&format!("{name}.log"))).unwrap_or_default()
    }
}

/// A running server.
pub(crate) struct Node {
    child: Child,
    at: SocketAddr,
    ahead: PathBuf,
    /// What it is called.
    pub(crate) name: String,
}

impl Node {
    /// The address and the port, as a connection is made to them.
    pub(crate) fn host(&self) -> String {
        self.at.to_string()
    }

    /// Ends it as a machine that loses power does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it is there to be killed");
        self.child.wait().expect("it ends");
    }

    /// Puts its clock ahead of the others', or behind; false where clocks cannot be moved.
    pub(crate) fn put_ahead(&self, seconds: i64) -> bool {
        if !self.ahead.exists() {
            println!("skipped: clocks of nodes are not moved without {FAKETIME}");
            return false;
        }
        let new = self.ahead.with_extension("new");
        fs::write(&new, format!("{seconds:+}")).expect("its clock is written");
        fs::rename(&new, &self.ahead).expect("its clock is set");
        true
    }

    /// The time that it tells in its answers.
    pub(crate) fn tells(&self) -> Timestamp {
        let mut stream = TcpStream::connect(self.at).expect("it answers");
        write!(stream, "HEAD / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.at)
            .expect("it is asked");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("its answer");
        let date = answer.lines().find_map(|line| line.strip_prefix("date: "));
        let date = date.unwrap_or_else(|| panic!("no date in {answer}"));
        rfc2822::parse(date).expect("a date").timestamp()
    }

    fn answers(&mut self, log: &Path) {
        for _ in 0..600 {
            if TcpStream::connect(self.at).is_ok() {
                return;
            }
            let ended = self.child.try_wait().expect("it can be asked");
            assert!(ended.is_none(), "it ended:\n{}", fs::read_to_string(log).unwrap_or_default());
            thread::sleep(Duration::from_millis(50));
        }
        panic!("it does not answer:\n{}", fs::read_to_string(log).unwrap_or_default());
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// An address of this machine at which nobody listens.
pub(crate) fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address")
}
