//! Chromedriver, and the browsers it starts.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use fantoccini::ClientBuilder;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::browser::Browser;
use super::http;
use super::tools::Tools;

/// Whether pages may run their script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scripts {
    /// They may.
    On,
    /// They may not, as in Tor Browser at its safest.
    Off,
}

/// The running chromedriver.
pub(crate) struct Driver {
    child: Child,
    host: String,
    binary: String,
    /// One directory for each browser; each dies with them.
    profiles: TempDir,
    scripts: Scripts,
}

impl Driver {
    /// Starts it on a free port.
    pub(crate) fn start(tools: &Tools, scripts: Scripts) -> Self {
        let mut child = Command::new(&tools.driver)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let stdout = BufReader::new(child.stdout.take().expect("it was piped"));
        let port = stdout.lines().map_while(Result::ok).find_map(|line| {
            let port = line.split_once("successfully on port ")?.1;
            port.trim_end_matches('.').parse::<u16>().ok()
        });
        Self {
            child,
            host: format!("127.0.0.1:{}", port.expect("chromedriver says its port")),
            binary: tools.browser.display().to_string(),
            profiles: tempfile::tempdir().expect("a directory for browsers"),
            scripts,
        }
    }

    /// A browser of somebody's own: no other has its cookies.
    pub(crate) async fn browser(&self, whose: &str, base: &str) -> Browser {
        let profile = self.profiles.path().join(whose);
        let mut flags = vec![
            format!("--user-data-dir={}", profile.display()),
            "--lang=en-US".to_owned(),
            "--window-size=1280,900".to_owned(),
        ];
        flags.extend(FLAGS.iter().map(|flag| (*flag).to_owned()));
        if self.scripts == Scripts::Off {
            flags.push("--blink-settings=scriptEnabled=false".to_owned());
        }
        let options = json!({ "binary": self.binary, "args": flags });
        let Value::Object(capabilities) = json!({ "goog:chromeOptions": options }) else {
            panic!("an object was written");
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://{}", self.host))
            .await
            .expect("a browser starts");
        Browser::new(client, &self.host, whose, base, self.scripts).await
    }
}

const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // Else a page scrolls for a while, and a click meets what was there before.
    "--force-prefers-reduced-motion",
];

impl Drop for Driver {
    fn drop(&mut self) {
        // It ends its browsers first; who is left after that is ended by its number.
        http::get(&self.host, "/shutdown").ok();
        self.child.kill().ok();
        self.child.wait().ok();
        for process in browsers_of(&self.profiles.path().display().to_string()) {
            Command::new("kill").args(["-KILL", &process]).status().ok();
        }
    }
}

/// The numbers of the processes that use these profiles.
fn browsers_of(profiles: &str) -> Vec<String> {
    let Ok(processes) = fs::read_dir("/proc") else { return vec![] };
    let uses = |process: &fs::DirEntry| {
        let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(profiles)
    };
    let found = processes.flatten().filter(uses);
    let numbers = found.map(|process| process.file_name().to_string_lossy().into_owned());
    numbers.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit())).collect()
}
