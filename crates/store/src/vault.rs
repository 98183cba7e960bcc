//! What lies on the disk unreadable: words, people, secrets.
//!
//! XChaCha20-Poly1305 with a random nonce before each sealed text. Every case and every reporter
//! has a key of its own, wrapped by the key of the house (the KEK), so that destroying one wrapped
//! key makes its texts unreadable for good. A sealed text is bound to its place: moved to another
//! row, column or case, it does not open.

use std::fmt;
use std::sync::Arc;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use domain::CaseId;
use zeroize::Zeroizing;

use crate::engine::Tx;
use crate::error::{Result, StoreError};
use crate::statements::sql;
use crate::values;

mod service_key;

pub use service_key::KeptServiceKey;

/// Fills a slice with random bytes.
pub type Random = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

const NONCE: usize = 24;

/// Seals and opens, and wraps the keys it does so with. A copy of it is the same vault.
#[derive(Clone)]
pub struct Vault {
    kek: Arc<Key>,
    random: Random,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(…)")
    }
}

/// A key of a case, of a reporter's identity, or of one row. Forgotten when it goes.
pub struct Key(Zeroizing<[u8; 32]>);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// The place of a sealed text, to which it is bound.
#[derive(Debug, Clone)]
pub struct Spot {
    table: &'static str,
    column: &'static str,
    row: String,
    case: Option<CaseId>,
}

impl Spot {
    /// Column `column` of the row known as `row` in `table`, of a case or of none.
    pub fn new(
        table: &'static str,
        column: &'static str,
        row: impl fmt::Display,
        case: Option<CaseId>,
    ) -> Self {
        Self { table, column, row: row.to_string(), case }
    }

    fn bytes(&self) -> Vec<u8> {
        let case = self.case.map(|case| case.to_string()).unwrap_or_default();
        format!("v1|{}|{}|{}|{case}", self.table, self.column, self.row).into_bytes()
    }

    fn refused(&self) -> StoreError {
        StoreError::Sealed { table: self.table, row: self.row.clone() }
    }
}

impl Vault {
    /// A vault that wraps with `kek` and draws keys and nonces from `random`.
    pub fn new(kek: [u8; 32], random: Random) -> Self {
        Self { kek: Arc::new(Key(Zeroizing::new(kek))), random }
    }

    /// A new key.
    pub fn new_key(&self) -> Key {
        let mut key = Zeroizing::new([0; 32]);
        (self.random)(key.as_mut_slice());
        Key(key)
    }

    /// The key as it may lie on the disk.
    pub fn wrap(&self, key: &Key, spot: &Spot) -> Result<Vec<u8>> {
        self.seal(&self.kek, spot, key.0.as_slice())
    }

    /// The key that was wrapped, or `Sealed` if another key of the house did it.
    pub fn unwrap(&self, wrapped: &[u8], spot: &Spot) -> Result<Key> {
        let bytes = self.open(&self.kek, spot, wrapped)?;
        let mut key = Zeroizing::new([0; 32]);
        if bytes.len() != key.len() {
            return Err(spot.refused());
        }
        key.copy_from_slice(&bytes);
        Ok(Key(key))
    }

    /// The bytes, readable only by `key` and only at this spot.
    pub fn seal(&self, key: &Key, spot: &Spot, bytes: &[u8]) -> Result<Vec<u8>> {
        let mut sealed = vec![0; NONCE];
        (self.random)(&mut sealed);
        let payload = Payload { msg: bytes, aad: &spot.bytes() };
        let nonce = XNonce::clone_from_slice(&sealed);
        let text = cipher(key).encrypt(&nonce, payload).map_err(|_| spot.refused())?;
        sealed.extend_from_slice(&text);
        Ok(sealed)
    }

    /// The bytes that were sealed, or `Sealed` if the key or the spot is another, or one bit is.
    pub fn open(&self, key: &Key, spot: &Spot, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let (nonce, text) = sealed.split_at_checked(NONCE).ok_or_else(|| spot.refused())?;
        let payload = Payload { msg: text, aad: &spot.bytes() };
        let opened = cipher(key).decrypt(&XNonce::clone_from_slice(nonce), payload);
        opened.map(Zeroizing::new).map_err(|_| spot.refused())
    }

    /// A text that was sealed.
    pub(crate) fn open_text(&self, key: &Key, spot: &Spot, sealed: &[u8]) -> Result<String> {
        let bytes = self.open(key, spot, sealed)?;
        std::str::from_utf8(&bytes).map(ToOwned::to_owned).map_err(|_| spot.refused())
    }

    /// Some random bytes, such as a salt.
    pub(crate) fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.random)(&mut bytes);
        bytes
    }
}

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.0.as_slice().into())
}

fn key_spot(case: CaseId) -> Spot {
    Spot::new("case_keys", "wrapped", case, Some(case))
}

impl Tx {
    /// Makes sure that this vault is the one of this database: the first one asked leaves a mark
    /// that any other fails to open, which is told at the start and not at the first case.
    pub fn prove_vault(&mut self, vault: &Vault) -> Result<()> {
        let spot = Spot::new("settings", "value", "vault", None);
        let found = self.query_opt(
            sql!("select name, value from settings where name = ?1"),
            &values!["vault"],
        )?;
        if let Some(row) = found {
            let mark: Vec<u8> = row.read("value", |text: String| unhex(&text))?;
            return vault.open(&vault.kek, &spot, &mark).map(drop);
        }
        let mark = domain::journal::hex(&vault.seal(&vault.kek, &spot, b"ombud")?);
        let row = values!["vault", mark, 1];
        let sql = sql!("insert into settings (name, value, version) values (?1, ?2, ?3)");
        self.execute(sql, &row).map(drop).map_err(StoreError::stale_if_taken)
    }

    /// The key of a case, if it has one.
    pub(crate) fn case_key(&mut self, vault: &Vault, case: CaseId) -> Result<Option<Key>> {
        let sql = sql!("select case_id, wrapped from case_keys where case_id = ?1");
        let Some(row) = self.query_opt(sql, &values![case])? else { return Ok(None) };
        vault.unwrap_case_key(case, &row.get::<Vec<u8>>("wrapped")?).map(Some)
    }

    /// The key of a case, which gets one if it has none yet.
    pub(crate) fn case_key_or_new(&mut self, vault: &Vault, case: CaseId) -> Result<Key> {
        if let Some(key) = self.case_key(vault, case)? {
            return Ok(key);
        }
        let key = vault.new_key();
        let wrapped = vault.wrap(&key, &key_spot(case))?;
        let sql = sql!("insert into case_keys (case_id, wrapped) values (?1, ?2)");
        self.execute(sql, &values![case, wrapped]).map_err(StoreError::stale_if_taken)?;
        Ok(key)
    }
}

impl Vault {
    pub(crate) fn unwrap_case_key(&self, case: CaseId, wrapped: &[u8]) -> Result<Key> {
        self.unwrap(wrapped, &key_spot(case))
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests;
