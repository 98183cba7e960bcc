//! How to reach an organisation, and the keys to encrypt to.

use std::collections::BTreeSet;
use std::fmt;

use domain::{ContactId, OrganizationId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::engine::Tx;
use crate::error::Result;
use crate::parse::{code, from_code, id_list};
use crate::statements::sql;
use crate::value::{Row, Value};
use crate::values;

/// By what way a contact is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactKind {
    /// A mail address.
    Email,
    /// A telephone number.
    Telephone,
    /// A form on the web.
    Form,
    /// A `security.txt` (RFC 9116).
    SecurityTxt,
    /// A portal with accounts.
    Portal,
}

/// Whether a contact is any good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactState {
    /// As far as is known.
    Active,
    /// The last letter came back.
    Bouncing,
    /// It is not used any more.
    Retired,
}

/// A way to reach an organisation.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// The contact.
    pub id: ContactId,
    /// Whose.
    pub organization: OrganizationId,
    /// By what way.
    pub kind: ContactKind,
    /// The address, number or page.
    pub value: String,
    /// Whether it is tried first.
    pub preferred: bool,
    /// When somebody last made sure that it is theirs.
    pub verified_at: Option<Timestamp>,
    /// Whether it is any good.
    pub state: ContactState,
}

/// Shows the id only: the directory is worth stealing.
impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contact").field("id", &self.id).finish_non_exhaustive()
    }
}

/// An OpenPGP certificate of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenPgpKey {
    /// Its fingerprint, in hex.
    pub fingerprint: String,
    /// Whose.
    pub organization: OrganizationId,
    /// For which contact, if for one only.
    pub contact: Option<ContactId>,
    /// The certificate, as bytes.
    pub certificate: Vec<u8>,
    /// When it runs out.
    pub expires_at: Option<Timestamp>,
    /// Whether it was revoked.
    pub revoked: bool,
    /// Where it came from, in a few words.
    pub source: String,
}

impl Tx {
    /// Adds a way to reach an organisation.
    pub fn add_contact(&mut self, contact: &Contact) -> Result<()> {
        self.execute(
            sql!(
                "insert into contacts (id, organization_id, kind, value, preferred, verified_at, \
                state) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
            ),
            &columns(contact)?,
        )
        .map(drop)
    }

    /// Changes a contact, which stays with its organisation; `Stale` if it is gone.
    pub fn save_contact(&mut self, contact: &Contact) -> Result<()> {
        self.execute_one(
            sql!(
                "update contacts set kind = ?3, value = ?4, preferred = ?5, verified_at = ?6, \
                state = ?7 where id = ?1 and organization_id = ?2"
            ),
            &columns(contact)?,
        )
    }

    /// A contact is not used any more; `Stale` if it is gone.
    pub fn retire_contact(&mut self, id: ContactId) -> Result<()> {
        let sql = sql!("update contacts set state = 'retired', preferred = 0 where id = ?1");
        self.execute_one(sql, &values![id])
    }

    /// The contacts of organisations, the preferred first, retired ones included. One statement.
    pub fn contacts_of(&mut self, ids: &BTreeSet<OrganizationId>) -> Result<Vec<Contact>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.query(
            sql!(
                sqlite: "select id, organization_id, kind, value, preferred, verified_at, state \
                    from contacts \
                    where organization_id in (select unhex(value) from json_each(?1)) \
                    order by organization_id, preferred desc, id",
                postgres: "select id, organization_id, kind, value, preferred, verified_at, state \
                    from contacts \
                    where organization_id in (select decode(listed, 'hex') \
                    from jsonb_array_elements_text(cast(?1 as text)::jsonb) as listed) \
                    order by organization_id, preferred desc, id"
            ),
            &values![id_list(ids.iter().copied())?],
        )?;
        rows.iter().map(contact).collect()
    }

    /// Adds a certificate, or takes a newer one of the same fingerprint in its place. `Stale` if
    /// another organisation has that fingerprint.
    pub fn add_key(&mut self, key: &OpenPgpKey) -> Result<()> {
        self.execute_one(
            sql!(
                "insert into openpgp_keys (fingerprint, organization_id, contact_id, certificate, \
                expires_at, revoked, source) values (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
                on conflict (fingerprint) do update set contact_id = excluded.contact_id, \
                certificate = excluded.certificate, expires_at = excluded.expires_at, \
                revoked = excluded.revoked, source = excluded.source \
                where openpgp_keys.organization_id = excluded.organization_id"
            ),
            &values![
                &key.fingerprint,
                key.organization,
                key.contact,
                key.certificate.as_slice(),
                key.expires_at,
                key.revoked,
                &key.source,
            ],
        )
    }

    /// The certificates of organisations. One statement.
    pub fn keys_of(&mut self, ids: &BTreeSet<OrganizationId>) -> Result<Vec<OpenPgpKey>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.query(
            sql!(
                sqlite: "select fingerprint, organization_id, contact_id, certificate, expires_at, \
                    revoked, source from openpgp_keys \
                    where organization_id in (select unhex(value) from json_each(?1)) \
                    order by organization_id, fingerprint",
                postgres: "select fingerprint, organization_id, contact_id, certificate, \
                    expires_at, revoked, source from openpgp_keys \
                    where organization_id in (select decode(listed, 'hex') \
                    from jsonb_array_elements_text(cast(?1 as text)::jsonb) as listed) \
                    order by organization_id, fingerprint"
            ),
            &values![id_list(ids.iter().copied())?],
        )?;
        rows.iter().map(key).collect()
    }
}

fn columns(contact: &Contact) -> Result<[Value; 7]> {
    Ok(values![
        contact.id,
        contact.organization,
        code(&contact.kind)?,
        &contact.value,
        contact.preferred,
        contact.verified_at,
        code(&contact.state)?,
    ])
}

fn contact(row: &Row) -> Result<Contact> {
    Ok(Contact {
        id: row.get("id")?,
        organization: row.get("organization_id")?,
        kind: from_code(row, "kind")?,
        value: row.get("value")?,
        preferred: row.get("preferred")?,
        verified_at: row.get("verified_at")?,
        state: from_code(row, "state")?,
    })
}

fn key(row: &Row) -> Result<OpenPgpKey> {
    Ok(OpenPgpKey {
        fingerprint: row.get("fingerprint")?,
        organization: row.get("organization_id")?,
        contact: row.get("contact_id")?,
        certificate: row.get("certificate")?,
        expires_at: row.get("expires_at")?,
        revoked: row.get("revoked")?,
        source: row.get("source")?,
    })
}

#[cfg(test)]
mod tests;
