//! A PostgreSQL of our own, for the length of one run: on a free port of this machine only,
//! without regard for power cuts, thrown away at the end.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::process::{held, held_as, we_are_root};

const PREFIX: &str = "ombud-postgres-";
const READY_WITHIN: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(100);

/// A running server. It stops when this value goes, and also when the test command is killed:
/// the kernel then interrupts it, which PostgreSQL takes as a fast shutdown.
pub(crate) struct Postgres {
    server: Child,
    home: PathBuf,
    port: u16,
}

impl Postgres {
    /// Makes an empty cluster and starts it.
    pub(crate) fn start() -> Result<Self> {
        let programs = programs()?;
        sweep()?;
        let home = std::env::temp_dir().join(format!("{PREFIX}{}", std::process::id()));
        let mut started = Err(anyhow::anyhow!("PostgreSQL was never started"));
        // Between asking for a free port and using it, somebody else may take it.
        for _ in 0..3 {
            started = Self::start_once(&programs, &home);
            if started.is_ok() {
                break;
            }
        }
        if started.is_err() {
            fs::remove_dir_all(&home).ok();
        }
        started
    }

    fn start_once(programs: &Path, home: &Path) -> Result<Self> {
        fs::remove_dir_all(home).ok();
        fs::create_dir(home).with_context(|| home.display().to_string())?;
        if we_are_root() {
            let owner = Command::new("chown").arg("postgres:").arg(home).status()?;
            ensure!(owner.success(), "{} could not be given to postgres", home.display());
        }
        let cluster = home.join("cluster");
        let made = guarded(programs.join("initdb"))
            .current_dir(home)
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"])
            .args(["--no-sync", "--no-instructions", "--pgdata"])
            .arg(&cluster)
            .stdout(Stdio::null())
            .status()
            .context("initdb")?;
        ensure!(made.success(), "initdb failed");

        let port = free_port()?;
        let log = fs::File::create(home.join("server.log"))?;
        let server = guarded(programs.join("postgres"))
            .current_dir(home)
            .arg("-D")
            .arg(&cluster)
            .arg("-p")
            .arg(port.to_string())
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="])
            .args(["-c", "fsync=off", "-c", "synchronous_commit=off"])
            .args(["-c", "full_page_writes=off", "-c", "max_connections=200"])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("postgres")?;
        let mut postgres = Self { server, home: home.to_owned(), port };
        postgres.wait_until_ready(programs)?;
        Ok(postgres)
    }

    /// How a test reaches it, with the right to make databases.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn wait_until_ready(&mut self, programs: &Path) -> Result<()> {
        let mut waited = Duration::ZERO;
        while waited < READY_WITHIN {
            let ready = Command::new(programs.join("pg_isready"))
                .args(["--quiet", "--host=127.0.0.1", "--port"])
                .arg(self.port.to_string())
                .status()?;
            if let Some(status) = self.server.try_wait()? {
                bail!("PostgreSQL ended at once ({status}):\n{}", self.log());
            }
            if ready.success() {
                return Ok(());
            }
            sleep(PAUSE);
            waited += PAUSE;
        }
        bail!("PostgreSQL was not ready within {READY_WITHIN:?}:\n{}", self.log());
    }

    fn log(&self) -> String {
        fs::read_to_string(self.home.join("server.log")).unwrap_or_default()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGINT: a fast shutdown, which also ends the servers of open connections.
        let process = self.server.id().to_string();
        Command::new("kill").args(["-INT", &process]).status().ok();
        self.server.wait().ok();
        fs::remove_dir_all(&self.home).ok();
    }
}

/// PostgreSQL refuses to run as root.
fn guarded(program: PathBuf) -> Command {
    if we_are_root() { held_as("postgres", program) } else { held(program) }
}

/// Debian keeps one directory for each major version: the newest that is there.
fn programs() -> Result<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").context("PostgreSQL is not installed")?;
    let newest = versions
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .max()
        .context("PostgreSQL is not installed")?;
    Ok(PathBuf::from(format!("/usr/lib/postgresql/{newest}/bin")))
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Removes what a killed run could not: directories whose process is gone.
fn sweep() -> Result<()> {
    for entry in fs::read_dir(std::env::temp_dir())? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(process) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)) else {
            continue;
        };
        if !Path::new("/proc").join(process).exists() {
            fs::remove_dir_all(entry.path()).ok();
        }
    }
    Ok(())
}
