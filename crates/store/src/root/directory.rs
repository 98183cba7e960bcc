//! A directory as web servers read it. New files are written beside the tree, brought to the disk
//! all at once, and then moved to their places one after the other. Beside what is worth packing
//! lies the same packed, for servers that hand it out (`gzip_static`).

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{PublicFile, RootError, STATE, is_below};

/// Below this, in bytes, packing saves nothing.
const WORTH_PACKING: usize = 1024;

/// The ending of a packed file.
const PACKED: &str = ".gz";

#[derive(Debug, Clone)]
pub(super) struct Directory(PathBuf);

/// A file that waits beside the tree, and where it goes.
struct Waiting {
    plain: PathBuf,
    packed: Option<PathBuf>,
    target: PathBuf,
}

/// Where the file of an address lies: a page in a folder of its own, as servers look for it.
pub(super) fn path(address: &str, media_type: &str) -> String {
    let path = address.trim_start_matches('/');
    let essence = media_type.split(';').next().unwrap_or_default();
    let index = match essence {
        "application/json" | "application/feed+json" => "index.json",
        "application/atom+xml" => "index.atom",
        _ => "index.html",
    };
    match path {
        "" => index.to_owned(),
        _ if path.ends_with('/') => format!("{path}{index}"),
        _ if essence == "text/html" => format!("{path}/{index}"),
        _ => path.to_owned(),
    }
}

impl Directory {
    pub(super) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub(super) fn lock(&self, name: String) -> Result<File, RootError> {
        open_folder(&self.0)?;
        let state = self.0.join(STATE);
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700).create(&state).map_err(refused(&state))?;
        let path = state.join("lock");
        let lock = File::create(&path).map_err(refused(&path))?;
        match lock.try_lock() {
            Ok(()) => {
                // What a run that was broken off had not put in its place.
                drop(fs::remove_dir_all(state.join("new")));
                Ok(lock)
            }
            Err(fs::TryLockError::WouldBlock) => Err(RootError::Busy(name)),
            Err(fs::TryLockError::Error(source)) => Err(RootError::Refused { path, source }),
        }
    }

    pub(super) fn place(&self, groups: Vec<Vec<PublicFile>>) -> Result<usize, RootError> {
        let beside = self.0.join(STATE).join("new");
        open_folder(&self.0)?;
        fs::create_dir_all(&beside).map_err(refused(&beside))?;
        let mut waiting = vec![];
        for file in groups.into_iter().flatten() {
            let target = self.target(&path(&file.address, &file.media_type))?;
            if !holds(&target, &file.bytes) {
                waiting.push(written(&file, target, &beside.join(waiting.len().to_string()))?);
            }
        }
        if waiting.is_empty() {
            return Ok(0);
        }
        // What is moved must be on the disk before its name is: a crash may keep the name alone.
        sync(&beside)?;
        for file in &waiting {
            file.put()?;
        }
        sync(&beside)?;
        Ok(waiting.len())
    }

    pub(super) fn remove(&self, paths: &[String]) -> Result<(), RootError> {
        for path in paths {
            let target = self.target(path)?;
            take_away(&packed(&target))?;
            take_away(&target)?;
            let above = target.ancestors().skip(1).take_while(|above| **above != self.0);
            // The first folder that still holds something ends it.
            for folder in above {
                if fs::remove_dir(folder).is_err() {
                    break;
                }
            }
        }
        Ok(())
    }

    pub(super) fn read(&self, path: &str) -> Result<Option<Vec<u8>>, RootError> {
        let target = self.target(path)?;
        match fs::read(&target) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(RootError::Refused { path: target, source }),
        }
    }

    fn target(&self, path: &str) -> Result<PathBuf, RootError> {
        if is_below(path) { Ok(self.0.join(path)) } else { Err(RootError::NotBelow(path.into())) }
    }
}

impl Waiting {
    /// The packed form goes first: where the plain one is right, the packed one is too.
    fn put(&self) -> Result<(), RootError> {
        if let Some(folder) = self.target.parent() {
            open_folder(folder)?;
        }
        match &self.packed {
            Some(waiting) => moved(waiting, &packed(&self.target))?,
            None => take_away(&packed(&self.target))?,
        }
        moved(&self.plain, &self.target)
    }
}

/// Writes a file, and the same packed where it is worth it, under a name of its own.
fn written(file: &PublicFile, target: PathBuf, plain: &Path) -> Result<Waiting, RootError> {
    write(plain, &file.bytes).map_err(refused(plain))?;
    let mut waiting = Waiting { plain: plain.to_owned(), packed: None, target };
    if is_text(file) && file.bytes.len() >= WORTH_PACKING {
        let beside = packed(plain);
        let bytes = gzip(&file.bytes).map_err(refused(&beside))?;
        if bytes.len() < file.bytes.len() {
            write(&beside, &bytes).map_err(refused(&beside))?;
            waiting.packed = Some(beside);
        }
    }
    Ok(waiting)
}

/// Everyone may read it, whatever the mask of this process.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o644).open(path)?;
    file.set_permissions(fs::Permissions::from_mode(0o644))?;
    file.write_all(bytes)
}

/// Whether a file is there and holds exactly this.
fn holds(path: &Path, bytes: &[u8]) -> bool {
    let length = u64::try_from(bytes.len()).ok();
    let Ok(mut file) = File::open(path) else { return false };
    if file.metadata().map(|known| known.len()).ok() != length {
        return false;
    }
    let mut found = Vec::with_capacity(bytes.len());
    file.read_to_end(&mut found).is_ok() && found == bytes
}

fn is_text(file: &PublicFile) -> bool {
    let kind = &file.media_type;
    let texts = ["json", "xml", "javascript"];
    let is_state = file.address.trim_start_matches('/').starts_with(STATE);
    !is_state && (kind.starts_with("text/") || texts.iter().any(|text| kind.contains(text)))
}

fn gzip(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain)?;
    encoder.finish()
}

fn packed(path: &Path) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push(PACKED);
    name.into()
}

/// A folder that everyone may look into, and those above it that are missing.
fn open_folder(path: &Path) -> Result<(), RootError> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(above) = path.parent().filter(|above| !above.as_os_str().is_empty()) {
        open_folder(above)?;
    }
    match fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {
            return Ok(());
        }
        made => made.map_err(refused(path))?,
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).map_err(refused(path))
}

fn moved(from: &Path, to: &Path) -> Result<(), RootError> {
    fs::rename(from, to).map_err(refused(to))
}

fn take_away(path: &Path) -> Result<(), RootError> {
    match fs::remove_file(path) {
        // Where a folder should be is a file, or nothing.
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            Ok(())
        }
        taken => taken.map_err(refused(path)),
    }
}

/// Brings everything that was written to the disk: one call, however many files there are.
fn sync(path: &Path) -> Result<(), RootError> {
    let folder = File::open(path).map_err(refused(path))?;
    #[cfg(target_os = "linux")]
    rustix::fs::syncfs(&folder).map_err(|error| refused(path)(error.into()))?;
    #[cfg(not(target_os = "linux"))]
    {
        drop(folder);
        rustix::fs::sync();
    }
    Ok(())
}

fn refused(path: &Path) -> impl FnOnce(io::Error) -> RootError + use<> {
    let path = path.to_owned();
    move |source| RootError::Refused { path, source }
}
