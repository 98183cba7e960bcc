//! Who is logged in, and who is invited. Only hashes of their secrets are kept.

use domain::access::StaffRole;
use domain::{AccountId, OrganizationId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::account::{Account, account};
use crate::engine::Tx;
use crate::error::Result;
use crate::parse::{from_json, to_json};
use crate::statements::sql;
use crate::value::Row;
use crate::values;

/// Somebody who is logged in with one browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub account: AccountId,
    /// Since when.
    pub created_at: Timestamp,
    /// When something was last asked with it.
    pub seen_at: Timestamp,
    /// Until when at most.
    pub expires_at: Timestamp,
    /// When they last proved again who they are.
    pub stepped_up_at: Option<Timestamp>,
    /// The organisation they act for now.
    pub organization: Option<OrganizationId>,
}

/// What somebody is invited to become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "snake_case")]
pub enum InvitationKind {
    /// The first to run this server.
    Setup,
    /// One of the team.
    Staff {
        /// As what.
        role: StaffRole,
    },
    /// One who speaks for an organisation.
    Member {
        /// Which.
        organization: OrganizationId,
    },
}

/// An invitation that somebody holds the secret of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The hash of the secret.
    pub hash: [u8; 32],
    /// To what.
    pub kind: InvitationKind,
    /// To which address it went.
    pub address: Option<String>,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// When it was used.
    pub used_at: Option<Timestamp>,
}

impl Tx {
    /// Keeps a session under the hash of its secret.
    pub fn keep_session(&mut self, hash: [u8; 32], session: &Session) -> Result<()> {
        let row = values![
            hash,
            session.account,
            session.created_at,
            session.seen_at,
            session.expires_at,
            session.stepped_up_at,
            session.organization,
        ];
        self.execute(
            sql!(
                "insert into sessions (hash, account_id, created_at, seen_at, expires_at, \
                stepped_up_at, organization_id) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
            ),
            &row,
        )
        .map(drop)
    }

    /// The session of a secret and whose it is, unless it has run out or the account is closed.
    pub fn session_of(
        &mut self,
        hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<(Session, Account)>> {
        let row = self.query_opt(
            sql!(
                "select accounts.id as id, address, name, password, staff, \
                totp_sealed is not null as has_totp, totp_step, \
                accounts.created_at as created_at, disabled_at, \
                account_id, sessions.created_at as begun_at, seen_at, expires_at, stepped_up_at, \
                organization_id \
                from sessions join accounts on accounts.id = sessions.account_id \
                where hash = ?1 and expires_at > ?2 and disabled_at is null"
            ),
            &values![*hash, now],
        )?;
        row.map(|row| Ok((session(&row)?, account(&row)?))).transpose()
    }

    /// Something was asked with a session.
    pub fn touch_session(&mut self, hash: &[u8; 32], now: Timestamp) -> Result<()> {
        let sql = sql!("update sessions set seen_at = ?2 where hash = ?1 and seen_at < ?2");
        self.execute(sql, &values![*hash, now]).map(drop)
    }

    /// Somebody proved again who they are: their session goes on under another secret. `Stale` if
    /// the session is gone.
    pub fn renew_session(
        &mut self,
        hash: &[u8; 32],
        renewed: [u8; 32],
        now: Timestamp,
    ) -> Result<()> {
        let sql =
            sql!("update sessions set hash = ?2, seen_at = ?3, stepped_up_at = ?3 where hash = ?1");
        self.execute_one(sql, &values![*hash, renewed, now])
    }

    /// Somebody acts for another organisation, or for none; `Stale` if the session is gone.
    pub fn act_for(&mut self, hash: &[u8; 32], organization: Option<OrganizationId>) -> Result<()> {
        let sql = sql!("update sessions set organization_id = ?2 where hash = ?1");
        self.execute_one(sql, &values![*hash, organization])
    }

    /// Ends a session.
    pub fn end_session(&mut self, hash: &[u8; 32]) -> Result<()> {
        self.execute(sql!("delete from sessions where hash = ?1"), &values![*hash]).map(drop)
    }

    /// Ends a session of somebody, if it is theirs.
    pub fn end_session_of(&mut self, account: AccountId, hash: &[u8; 32]) -> Result<()> {
        let sql = sql!("delete from sessions where account_id = ?1 and hash = ?2");
        self.execute(sql, &values![account, *hash]).map(drop)
    }

    /// Ends every session of somebody but one.
    pub fn end_other_sessions(&mut self, account: AccountId, kept: &[u8; 32]) -> Result<()> {
        let sql = sql!("delete from sessions where account_id = ?1 and hash <> ?2");
        self.execute(sql, &values![account, *kept]).map(drop)
    }

    /// Ends every session of somebody.
    pub fn end_sessions_of(&mut self, account: AccountId) -> Result<()> {
        let sql = sql!("delete from sessions where account_id = ?1");
        self.execute(sql, &values![account]).map(drop)
    }

    /// The sessions of somebody by the hashes of their secrets, newest first, those that have run
    /// out included.
    pub fn sessions_of(&mut self, account: AccountId) -> Result<Vec<([u8; 32], Session)>> {
        let rows = self.query(
            sql!(
                "select hash, account_id, created_at as begun_at, seen_at, expires_at, \
                stepped_up_at, organization_id from sessions where account_id = ?1 \
                order by created_at desc, hash"
            ),
            &values![account],
        )?;
        rows.iter().map(|row| Ok((row.get("hash")?, session(row)?))).collect()
    }

    /// Forgets sessions that ran out before.
    pub fn forget_sessions(&mut self, before: Timestamp) -> Result<()> {
        self.execute(sql!("delete from sessions where expires_at < ?1"), &values![before]).map(drop)
    }

    /// Keeps an invitation.
    pub fn keep_invitation(&mut self, invitation: &Invitation) -> Result<()> {
        let row = values![
            invitation.hash,
            to_json(&invitation.kind)?,
            invitation.address.clone(),
            invitation.expires_at,
            invitation.used_at,
        ];
        self.execute(
            sql!(
                "insert into invitations (hash, kind, address, expires_at, used_at) \
                values (?1, ?2, ?3, ?4, ?5)"
            ),
            &row,
        )
        .map(drop)
    }

    /// The invitation of a secret, if it is still good, without using it.
    pub fn invitation(&mut self, hash: &[u8; 32], now: Timestamp) -> Result<Option<Invitation>> {
        let sql = sql!(
            "select hash, kind, address, expires_at, used_at from invitations \
            where hash = ?1 and used_at is null and expires_at > ?2"
        );
        self.query_opt(sql, &values![*hash, now])?.as_ref().map(invitation).transpose()
    }

    /// The newest invitations, those that were used or have run out included.
    pub fn invitations(&mut self, at_most: u32) -> Result<Vec<Invitation>> {
        let rows = self.query(
            sql!(
                "select hash, kind, address, expires_at, used_at from invitations \
                order by expires_at desc, hash limit ?1"
            ),
            &values![i64::from(at_most)],
        )?;
        rows.iter().map(invitation).collect()
    }

    /// Takes an invitation back, unless somebody used it: false if there is none to take back.
    pub fn withdraw_invitation(&mut self, hash: &[u8; 32]) -> Result<bool> {
        let sql = sql!("delete from invitations where hash = ?1 and used_at is null");
        Ok(self.execute(sql, &values![*hash])? == 1)
    }

    /// Uses an invitation. It is good once, and until it runs out.
    pub fn take_invitation(
        &mut self,
        hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<Invitation>> {
        let row = self.query_opt(
            sql!(
                "update invitations set used_at = ?2 \
                where hash = ?1 and used_at is null and expires_at > ?2 \
                returning hash, kind, address, expires_at, used_at"
            ),
            &values![*hash, now],
        )?;
        row.as_ref().map(invitation).transpose()
    }
}

fn session(row: &Row) -> Result<Session> {
    Ok(Session {
        account: row.get("account_id")?,
        created_at: row.get("begun_at")?,
        seen_at: row.get("seen_at")?,
        expires_at: row.get("expires_at")?,
        stepped_up_at: row.get("stepped_up_at")?,
        organization: row.get("organization_id")?,
    })
}

fn invitation(row: &Row) -> Result<Invitation> {
    Ok(Invitation {
        hash: row.get("hash")?,
        kind: from_json(row, "kind")?,
        address: row.get("address")?,
        expires_at: row.get("expires_at")?,
        used_at: row.get("used_at")?,
    })
}

#[cfg(test)]
mod tests;
