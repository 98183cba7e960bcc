//! What the machine has to offer: room on the disk, a disk that remembers, a clock that is right.

use std::fs;
use std::path::Path;

use app::Clock;
use domain::Timestamp;
use jiff::SignedDuration;
use rustix::fs::{statfs, statvfs};

use super::Finding;
use crate::config::Config;
use crate::keys::mode;
use crate::machine::MachineClock;

/// Below this the server is about to stop keeping anything.
const TOO_LITTLE: u64 = 100 * MIB;

/// Below this somebody should look after it.
const LITTLE: u64 = 1024 * MIB;

const MIB: u64 = 1024 * 1024;

/// No clock that is right shows less than this: 2026-01-01.
const AFTER: i64 = 1_767_225_600;

/// A file written this far in the future was written by another clock.
const SLACK: SignedDuration = SignedDuration::from_mins(2);

/// File systems that forget, or that SQLite cannot lock safely, by the numbers Linux gives them.
const UNSAFE: [(u64, &str); 5] = [
    (0x0102_1994, "in memory, and forgotten at the next start of this machine"),
    (0x8584_58f6, "in memory, and forgotten at the next start of this machine"),
    (0x6969, "on NFS, where an SQLite file can be damaged"),
    (0xff53_4d42, "on a Windows share, where an SQLite file can be damaged"),
    (0xfe53_4d42, "on a Windows share, where an SQLite file can be damaged"),
];

/// The directory of the data: there, closed to others, on a disk that remembers.
pub(super) fn folder(config: &Config) -> Finding {
    let what = "data";
    let shown = config.data.display();
    let Ok(known) = fs::metadata(&config.data) else {
        return Finding::ok(what, format!("{shown} is not there yet; the first start makes it"));
    };
    if !known.is_dir() {
        return Finding::fail(what, format!("{shown} is no directory"), "Say another (--data).");
    }
    let kind = statfs(&config.data).ok().and_then(|disk| u64::try_from(disk.f_type).ok());
    if let Some((_, why)) = UNSAFE.iter().find(|(number, _)| Some(*number) == kind) {
        return Finding::warn(what, format!("{shown} is {why}"), "Move it to a disk.");
    }
    let mode = mode(&known);
    if mode & 0o007 != 0 {
        let found = format!("{shown} is open to everybody on this machine (mode {mode:03o})");
        return Finding::warn(what, found, format!("Close it: chmod 700 {shown}"));
    }
    Finding::ok(what, format!("{shown}, mode {mode:03o}"))
}

/// Room on the disk of the data.
pub(super) fn disk(config: &Config) -> Finding {
    let what = "disk";
    let Some(disk) = existing(&config.data).and_then(|path| statvfs(path).ok()) else {
        return Finding::warn(what, "it cannot be asked how much room is left", "Look yourself.");
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let found = format!("{} MiB are free", free / MIB);
    if free < TOO_LITTLE {
        Finding::fail(what, found, "Make room: without it nothing more can be kept.")
    } else if free < LITTLE {
        Finding::warn(what, found, "Make room soon.")
    } else {
        Finding::ok(what, found)
    }
}

/// The nearest directory above that is there.
fn existing(path: &Path) -> Option<std::path::PathBuf> {
    let whole = std::path::absolute(path).ok()?;
    whole.ancestors().find(|folder| folder.exists()).map(Path::to_owned)
}

/// The clock, against a day long past and the newest file of the data.
pub(super) fn clock(config: &Config) -> Finding {
    let what = "clock";
    let now = MachineClock.now();
    let remedy = "Set the clock and keep it right by NTP: embargoes end by it.";
    if now.as_second() < AFTER {
        return Finding::fail(what, format!("it shows {now}, which is long past"), remedy);
    }
    match newest(&config.data) {
        Some(newest) if newest.duration_since(now) > SLACK => {
            Finding::fail(what, format!("it shows {now}, but the data is from {newest}"), remedy)
        }
        Some(_) | None => Finding::ok(what, format!("it shows {now:.0}")),
    }
}

fn newest(folder: &Path) -> Option<Timestamp> {
    let files = fs::read_dir(folder).ok()?;
    let changed = files.filter_map(|file| file.ok()?.metadata().ok()?.modified().ok());
    Timestamp::try_from(changed.max()?).ok()
}
