//! What stands before the server: nginx, which speaks TLS with a certificate of an authority made
//! for this test, as an operator would set it up.

use std::env;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

/// The authorities that this machine knows.
const KNOWN: &str = "/etc/ssl/certs/ca-certificates.crt";

/// Makes the authority and the certificate.
const CERTIFY: &str = "import sys, trustme\n\
    ca = trustme.CA()\n\
    ca.cert_pem.write_to_path(sys.argv[1] + '/ca.pem')\n\
    cert = ca.issue_cert('localhost', '127.0.0.1')\n\
    cert.private_key_and_cert_chain_pem.write_to_path(sys.argv[1] + '/server.pem')\n";

/// A tool of `OMBUD_TEST_TOOLS`, or nothing and a printed line.
pub(crate) fn tool(path: &str) -> Option<PathBuf> {
    let home = env::var_os("OMBUD_TEST_TOOLS").map(PathBuf::from);
    let tool = home.map(|home| home.join(path)).filter(|tool| tool.exists());
    if tool.is_none() {
        println!("skipped: there is no {path} (OMBUD_TEST_TOOLS)");
    }
    tool
}

/// A running nginx.
pub(crate) struct Front {
    child: Option<Child>,
    folder: TempDir,
    at: SocketAddr,
}

impl Front {
    /// One that will be at this address; none, and a printed line, if it cannot be had.
    pub(crate) fn at(at: SocketAddr) -> Option<Self> {
        let python = tool("aiosmtpd/bin/python")?;
        if !Path::new("/usr/sbin/nginx").exists() {
            println!("skipped: there is no nginx (Debian package nginx-light)");
            return None;
        }
        let folder = tempfile::tempdir().expect("a directory for nginx");
        let made = Command::new(python).args(["-c", CERTIFY]).arg(folder.path()).output();
        let made = made.expect("Python runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut bundle = fs::read_to_string(KNOWN).unwrap_or_default();
        bundle += &fs::read_to_string(folder.path().join("ca.pem")).expect("an authority");
        fs::write(folder.path().join("bundle.pem"), bundle).expect("written");
        Some(Self { child: None, folder, at })
    }

    /// Its address, by the name in its certificate.
    pub(crate) fn base(&self) -> String {
        format!("https://localhost:{}", self.at.port())
    }

    /// The authorities to trust, ours among them.
    pub(crate) fn bundle(&self) -> PathBuf {
        self.folder.path().join("bundle.pem")
    }

    /// Stands before a server.
    pub(crate) fn before(&mut self, host: &str) {
        let place = self.folder.path().display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {place}/{name};\n"))
            .concat();
        let configuration = format!(
            "worker_processes 1;\ndaemon off;\npid {place}/pid;\nerror_log {place}/error.log;\n\
             events {{}}\nhttp {{\naccess_log {place}/access.log;\n{temporary}\
             proxy_buffering off;\nserver {{\nlisten {at} ssl;\nserver_name localhost;\n\
             ssl_certificate {place}/server.pem;\nssl_certificate_key {place}/server.pem;\n\
             location / {{\nproxy_pass http://{host};\nproxy_set_header Host $http_host;\n}}\n}}\n}}\n",
            at = self.at
        );
        let file = self.folder.path().join("nginx.conf");
        fs::write(&file, configuration).expect("written");
        let mut command = Command::new("/usr/sbin/nginx");
        command.arg("-e").arg(self.folder.path().join("error.log")).arg("-p");
        command.arg(self.folder.path()).arg("-c").arg(file);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        self.child = Some(child.expect("nginx starts"));
        for _ in 0..200 {
            if self.curl(&["-o", "/dev/null"], &self.base()).status.success() {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(self.folder.path().join("error.log"));
        panic!("nginx does not answer: {}", log.unwrap_or_default());
    }

    /// Fetches something, trusting our authority.
    pub(crate) fn curl(&self, words: &[&str], url: &str) -> Output {
        let mut command = Command::new("curl");
        command.args(["--silent", "--show-error", "--cacert"]).arg(self.bundle());
        command.args(words).arg(url).output().expect("curl runs")
    }

    /// The head and the body of an answer of success.
    pub(crate) fn get(&self, url: &str) -> (String, Vec<u8>) {
        let output = self.curl(&["--fail", "--dump-header", "/dev/stderr"], url);
        let head = String::from_utf8_lossy(&output.stderr).to_lowercase();
        assert!(output.status.success(), "{url}: {head}");
        (head, output.stdout)
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            child.kill().ok();
            child.wait().ok();
        }
    }
}
