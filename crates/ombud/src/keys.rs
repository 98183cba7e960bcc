//! The keys that everything on the disk is sealed with. They lie beside the data and not in it: a
//! copy of the data alone tells nothing. A server never makes new keys for data that has some.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use zeroize::Zeroizing;

use crate::machine;

/// A key file is not longer than this, in bytes.
const LONGEST: u64 = 4096;

/// What the server seals and hashes with.
pub(crate) struct Keys {
    /// Seals the keys of cases (the key-encryption key).
    pub(crate) kek: Zeroizing<[u8; 32]>,
    /// Goes into the hashes of passwords and receipts.
    pub(crate) pepper: Zeroizing<[u8; 32]>,
}

/// A key file, and whether it is new.
pub(crate) enum Found {
    /// It was there.
    Kept(Keys),
    /// It was made just now.
    Made(Keys, Unproved),
}

/// A key file made just now. Unless it proves to be the one of the data, it goes again.
pub(crate) struct Unproved {
    path: Option<PathBuf>,
}

impl Unproved {
    /// The file is the one of the data, and stays.
    pub(crate) fn keep(mut self) {
        self.path = None;
    }
}

impl Drop for Unproved {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            drop(fs::remove_file(path));
        }
    }
}

/// Reads the keys, or makes them if there is no data yet that would need others.
pub(crate) fn read_or_make(path: &Path, has_data: HasData) -> Result<Found> {
    match (read(path)?, has_data) {
        (Some(keys), _) => Ok(Found::Kept(keys)),
        (None, HasData::No) => make(path),
        (None, HasData::Yes(data)) => bail!(
            "The key file {} is missing, and {} cannot be read without it. \
             Put it back from where you keep its copy, or say where it is (keys.file).",
            path.display(),
            data.display()
        ),
    }
}

/// Whether there is data already.
pub(crate) enum HasData {
    /// None is known of; a database elsewhere may still have some.
    No,
    /// There is some in this file.
    Yes(PathBuf),
}

/// Reads the keys, if the file is there.
pub(crate) fn read(path: &Path) -> Result<Option<Keys>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            let shown = path.display();
            return Err(error).with_context(|| {
                format!("The key file {shown} cannot be opened. Let the server's user read it.")
            });
        }
    };
    check_mode(&file, path)?;
    let mut text = Zeroizing::new(String::new());
    let read = file.take(LONGEST).read_to_string(&mut text);
    read.with_context(|| format!("The key file {} cannot be read.", path.display()))?;
    parse(&text)
        .map(Some)
        .with_context(|| format!("The key file {} is damaged. Put back its copy.", path.display()))
}

fn check_mode(file: &File, path: &Path) -> Result<()> {
    let shown = path.display();
    let known = file.metadata().with_context(|| format!("The key file {shown} is unreadable."))?;
    let mode = mode(&known);
    if mode & 0o007 != 0 {
        bail!(
            "Everybody on this machine can read the key file {shown} (mode {mode:03o}). \
             Close it: chmod 600 {shown}"
        );
    }
    Ok(())
}

/// Who may do what with a file, as `chmod` writes it.
pub(crate) fn mode(known: &fs::Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&known.permissions()) & 0o777
}

fn parse(text: &str) -> Result<Keys> {
    let key = |name: &str| {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
        let value = lines.find_map(|line| {
            let (label, value) = line.split_once('=')?;
            (label.trim() == name).then(|| value.trim())
        });
        let value = value.ok_or_else(|| anyhow!("the line “{name} = …” is missing"))?;
        unhex(value).ok_or_else(|| anyhow!("“{name}” is not 64 hexadecimal digits"))
    };
    Ok(Keys { kek: key("kek")?, pepper: key("pepper")? })
}

fn unhex(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut bytes = Zeroizing::new([0; 32]);
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (n, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * n..2 * n + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// Makes a key file that only this user may read, on the disk when this returns.
fn make(path: &Path) -> Result<Found> {
    let (mut kek, mut pepper) = (Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
    machine::fill(kek.as_mut_slice());
    machine::fill(pepper.as_mut_slice());
    let hex = |key: &[u8; 32]| Zeroizing::new(domain::journal::hex(key));
    let text = Zeroizing::new(format!(
        "# The keys of an Ombud server. Without this file its data cannot be read, by anybody.\n\
         # Keep a copy of it apart from copies of the data.\n\
         kek = {}\n\
         pepper = {}\n",
        *hex(&kek),
        *hex(&pepper)
    ));
    write_new(path, text.as_bytes()).with_context(|| {
        format!("The key file {} cannot be made. Say where else (keys.file).", path.display())
    })?;
    let unproved = Unproved { path: Some(path.to_owned()) };
    Ok(Found::Made(Keys { kek, pepper }, unproved))
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => File::open(".")?.sync_all(),
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
