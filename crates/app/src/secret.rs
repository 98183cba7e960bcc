//! Secrets that people hold: receipts, links, passwords. Only hashes of them are kept: a fast
//! one where the secret is long and drawn by us, a slow one where a person types it.

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, Version};
use domain::{AccountId, ReportReference};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::{Ctx, Error, Result, Site};

/// The length of secrets that stand in links and cookies.
const LINK_BYTES: usize = 32;

/// How many slow hashes wait at most for their turn (D3 of the threats).
const WAITING: usize = 32;

/// The line in which slow hashes wait: each takes a processor and 46 MiB for a moment, so that
/// only a few are computed at once, and who comes when the line is full is sent away.
pub struct Hashing {
    line: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

impl Hashing {
    /// A line in which so many are served at once.
    pub fn new(at_once: usize) -> Self {
        let line = Arc::new(Semaphore::new(at_once + WAITING));
        Self { line, turns: Arc::new(Semaphore::new(at_once)) }
    }
}

/// A secret that stands in a link or a cookie, and the hash under which it is known.
pub struct Link {
    /// What the person gets.
    pub secret: String,
    /// What is kept.
    pub hash: [u8; 32],
}

/// Draws a secret for a link or a cookie.
pub fn link(site: &Site) -> Link {
    let mut bytes = [0; LINK_BYTES];
    site.random.fill(&mut bytes);
    let secret = domain::journal::hex(&bytes);
    let hash = hash_of_link(&secret);
    Link { secret, hash }
}

/// The hash under which a link's secret is known.
pub fn hash_of_link(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Draws a receipt: sixteen letters and digits, 80 bits, in groups that can be read aloud.
pub fn receipt(site: &Site) -> String {
    let mut bytes = [0; 16];
    site.random.fill(&mut bytes);
    let alphabet = ReportReference::ALPHABET;
    let mut text = String::with_capacity(19);
    for (n, byte) in bytes.iter().enumerate() {
        if n > 0 && n % 4 == 0 {
            text.push('-');
        }
        // 32 letters divide 256 evenly, so that every letter is equally likely.
        let letter = alphabet.get(usize::from(byte % 32)).copied().unwrap_or(b'0');
        text.push(char::from(letter));
    }
    text
}

/// Reads a receipt as people type it: any case, any separators, O for 0, I and L for 1.
pub fn normal_receipt(typed: &str) -> String {
    let letters = typed.chars().filter(char::is_ascii_alphanumeric).take(64);
    letters
        .map(|letter| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            'U' => 'V',
            other => other,
        })
        .collect()
}

/// The slow hash under which a receipt is known. The same receipt always has the same.
pub async fn lookup_of_receipt(ctx: &Ctx, receipt: &str) -> Result<[u8; 32]> {
    let salt = Sha256::digest([b"receipt".as_slice(), ctx.site().pepper.as_slice()].concat());
    slow_hash(ctx.site(), normal_receipt(receipt).into_bytes(), salt.to_vec()).await
}

/// The hash under which somebody's recovery code is known. Drawn like a receipt and typed like
/// one, it has 80 bits, so that a fast hash with the pepper is enough.
pub(crate) fn hash_of_recovery_code(site: &Site, account: AccountId, typed: &str) -> [u8; 32] {
    keyed(site, &format!("recovery {account} {}", normal_receipt(typed)))
}

/// The mark of a browser in which somebody has logged in before: a name drawn for it, and a seal
/// that only this server can put under name and address.
pub(crate) fn mark_of_browser(site: &Site, address: &str) -> String {
    let name = domain::journal::hex(&random::<16>(site));
    let seal = seal_of_browser(site, &name, address);
    format!("{name}.{seal}")
}

/// The name of a browser, if its mark was made here and for this address.
pub(crate) fn name_of_browser<'a>(site: &Site, mark: &'a str, address: &str) -> Option<&'a str> {
    let (name, seal) = mark.split_once('.')?;
    let expected = seal_of_browser(site, name, address);
    let equal = subtle::ConstantTimeEq::ct_eq(seal.as_bytes(), expected.as_bytes());
    bool::from(equal).then_some(name)
}

fn seal_of_browser(site: &Site, name: &str, address: &str) -> String {
    domain::journal::hex(&keyed(site, &format!("browser {name} {address}")))
}

/// A fast hash that needs the pepper. The words are hashed first, so that nothing can be added
/// behind them.
fn keyed(site: &Site, words: &str) -> [u8; 32] {
    let words: [u8; 32] = Sha256::digest(words.as_bytes()).into();
    Sha256::digest([site.pepper.as_slice(), words.as_slice()].concat()).into()
}

/// A password as it is kept: salt and slow hash, in hex.
pub async fn hash_of_password(site: &Site, password: &str) -> Result<String> {
    let mut salt = [0; 16];
    site.random.fill(&mut salt);
    let hash = slow_hash(site, peppered(site, password), salt.to_vec()).await?;
    let hex = domain::journal::hex;
    Ok(format!("argon2id-46m-1${}${}", hex(&salt), hex(&hash)))
}

/// Whether a password is the one that was kept. Takes as long when nothing was kept.
pub async fn is_password(site: &Site, password: &str, kept: Option<&str>) -> Result<bool> {
    let salt_and_hash = kept.and_then(|kept| {
        let (salt, hash) = kept.strip_prefix("argon2id-46m-1$")?.split_once('$')?;
        Some((from_hex(salt)?, from_hex(hash)?))
    });
    let (salt, expected) = salt_and_hash.unwrap_or_else(|| (vec![0; 16], vec![]));
    let hash = slow_hash(site, peppered(site, password), salt).await?;
    let equal = subtle::ConstantTimeEq::ct_eq(hash.as_slice(), expected.as_slice());
    Ok(equal.into())
}

/// Draws from the server's chance.
pub fn random<const N: usize>(site: &Site) -> [u8; N] {
    let mut bytes = [0; N];
    site.random.fill(&mut bytes);
    bytes
}

fn peppered(site: &Site, password: &str) -> Vec<u8> {
    let mut hasher = Sha256::new();
    hasher.update(site.pepper.as_slice());
    hasher.update(password.as_bytes());
    hasher.finalize().to_vec()
}

/// Argon2id with 46 MiB and one pass, off the threads that answer people, a few at a time.
async fn slow_hash(site: &Site, secret: Vec<u8>, salt: Vec<u8>) -> Result<[u8; 32]> {
    let place = site.hashing.line.clone().try_acquire_owned().map_err(|_| Error::TooMany)?;
    let turn = site.hashing.turns.clone().acquire_owned().await;
    let turn = turn.map_err(|error| Error::broken("the hashing stopped", error))?;
    let hashing = tokio::task::spawn_blocking(move || {
        // Who hangs up does not end the work, and keeps the place until it is done.
        let _held = (place, turn);
        let params = Params::new(46 * 1024, 1, 1, Some(32))?;
        let mut hash = [0; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(&secret, &salt, &mut hash)?;
        Ok::<_, argon2::Error>(hash)
    });
    let hash = hashing.await.map_err(|error| Error::broken("the hashing failed", error))?;
    hash.map_err(|error| Error::broken("the hashing failed", error.to_string()))
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len() / 2).map(|n| u8::from_str_radix(text.get(2 * n..2 * n + 2)?, 16).ok()).collect()
}
