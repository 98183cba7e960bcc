//! People who can log in, what they may do, and for whom they act. Addresses are compared without
//! regard to ASCII case; nobody becomes a member of anything by their address alone.

use std::fmt;

use domain::access::StaffRole;
use domain::{AccountId, OrganizationId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::engine::Tx;
use crate::error::Result;
use crate::parse::{code, from_code};
use crate::statements::sql;
use crate::value::Row;
use crate::values;
use crate::vault::{Spot, Vault};

/// Somebody who can log in.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The account.
    pub id: AccountId,
    /// The address they log in with.
    pub address: String,
    /// By what name they are known here.
    pub name: String,
    /// The hash of their password, in PHC form.
    pub password: String,
    /// What they may do for the team, if they belong to it.
    pub staff: Option<StaffRole>,
    /// Whether they have a second factor; `add_account` takes none.
    pub has_totp: bool,
    /// The time step of the last code that was accepted.
    pub totp_step: i64,
    /// Since when it is there.
    pub created_at: Timestamp,
    /// Since when it is closed.
    pub disabled_at: Option<Timestamp>,
}

/// Shows the id only.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What a member may do for an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberKind {
    /// Speaks for it.
    Member,
    /// Also says who else does.
    Admin,
}

/// That somebody speaks for an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Membership {
    /// Who.
    pub account: AccountId,
    /// For whom.
    pub organization: OrganizationId,
    /// How far.
    pub kind: MemberKind,
}

/// The form in which addresses are compared: trimmed, ASCII letters in lower case.
pub fn normalised_address(address: &str) -> String {
    address.trim().to_ascii_lowercase()
}

impl Tx {
    /// Adds an account, without a second factor. `Duplicate` if the address has one.
    pub fn add_account(&mut self, account: &Account) -> Result<()> {
        let row = values![
            account.id,
            &account.address,
            normalised_address(&account.address),
            &account.name,
            &account.password,
            account.staff.as_ref().map(code).transpose()?,
            account.created_at,
            account.disabled_at,
        ];
        self.execute(
            sql!(
                "insert into accounts (id, address, address_key, name, password, staff, totp_step, \
                created_at, disabled_at) values (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8)"
            ),
            &row,
        )
        .map(drop)
    }

    /// An account.
    pub fn account(&mut self, id: AccountId) -> Result<Option<Account>> {
        let sql = sql!(
            "select id, address, name, password, staff, totp_sealed is not null as has_totp, \
            totp_step, created_at, disabled_at from accounts where id = ?1"
        );
        self.query_opt(sql, &values![id])?.as_ref().map(account).transpose()
    }

    /// The account of an address, however it is written.
    pub fn account_by_address(&mut self, address: &str) -> Result<Option<Account>> {
        let sql = sql!(
            "select id, address, name, password, staff, totp_sealed is not null as has_totp, \
            totp_step, created_at, disabled_at from accounts where address_key = ?1"
        );
        let row = self.query_opt(sql, &values![normalised_address(address)])?;
        row.as_ref().map(account).transpose()
    }

    /// Every account, by address.
    pub fn accounts(&mut self) -> Result<Vec<Account>> {
        let rows = self.query(
            sql!(
                "select id, address, name, password, staff, totp_sealed is not null as has_totp, \
                totp_step, created_at, disabled_at from accounts order by address_key"
            ),
            &[],
        )?;
        rows.iter().map(account).collect()
    }

    /// Changes the password; `Stale` if there is no such account, here and below.
    pub fn set_password(&mut self, id: AccountId, password: &str) -> Result<()> {
        let sql = sql!("update accounts set password = ?2 where id = ?1");
        self.execute_one(sql, &values![id, password])
    }

    /// Sets, changes or takes away the second factor. Steps accepted before no longer count.
    pub fn set_totp(&mut self, vault: &Vault, id: AccountId, secret: Option<&[u8]>) -> Result<()> {
        let (wrapped, sealed) = match secret {
            Some(secret) => {
                let key = vault.new_key();
                let wrapped = vault.wrap(&key, &spot("totp_wrapped", id))?;
                (Some(wrapped), Some(vault.seal(&key, &spot("totp_sealed", id), secret)?))
            }
            None => (None, None),
        };
        let sql = sql!(
            "update accounts set totp_wrapped = ?2, totp_sealed = ?3, totp_step = 0 where id = ?1"
        );
        self.execute_one(sql, &values![id, wrapped, sealed])
    }

    /// The secret of the second factor, if there is one.
    pub fn totp_secret(
        &mut self,
        vault: &Vault,
        id: AccountId,
    ) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>> {
        let sql = sql!(
            "select id, totp_wrapped, totp_sealed from accounts \
            where id = ?1 and totp_wrapped is not null and totp_sealed is not null"
        );
        let Some(row) = self.query_opt(sql, &values![id])? else { return Ok(None) };
        let wrapped: Vec<u8> = row.get("totp_wrapped")?;
        let key = vault.unwrap(&wrapped, &spot("totp_wrapped", id))?;
        let sealed: Vec<u8> = row.get("totp_sealed")?;
        vault.open(&key, &spot("totp_sealed", id), &sealed).map(Some)
    }

    /// Accepts the time step of a code, once: false if it or a later one was accepted before.
    pub fn accept_totp_step(&mut self, id: AccountId, step: i64) -> Result<bool> {
        let sql = sql!("update accounts set totp_step = ?2 where id = ?1 and totp_step < ?2");
        Ok(self.execute(sql, &values![id, step])? == 1)
    }

    /// Changes what somebody may do for the team.
    pub fn set_staff_role(&mut self, id: AccountId, role: Option<StaffRole>) -> Result<()> {
        let role = role.as_ref().map(code).transpose()?;
        self.execute_one(sql!("update accounts set staff = ?2 where id = ?1"), &values![id, role])
    }

    /// How many can lead. Nobody else changes that before this transaction ends: their rows are
    /// written as they were, which makes others wait.
    pub fn hold_leads(&mut self) -> Result<u64> {
        let sql =
            sql!("update accounts set staff = staff where staff = ?1 and disabled_at is null");
        self.execute(sql, &values![code(&StaffRole::Lead)?])
    }

    /// Closes an account, from when it was first closed, and ends its sessions.
    pub fn disable(&mut self, id: AccountId, now: Timestamp) -> Result<()> {
        self.end_sessions_of(id)?;
        let sql = sql!("update accounts set disabled_at = coalesce(disabled_at, ?2) where id = ?1");
        self.execute_one(sql, &values![id, now])
    }

    /// Lets somebody speak for an organisation, or changes how far.
    pub fn add_membership(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
        kind: MemberKind,
    ) -> Result<()> {
        let sql = sql!(
            "insert into memberships (account_id, organization_id, kind) values (?1, ?2, ?3) \
            on conflict (account_id, organization_id) do update set kind = excluded.kind"
        );
        self.execute(sql, &values![account, organization, code(&kind)?]).map(drop)
    }

    /// For whom somebody speaks.
    pub fn memberships_of(&mut self, account: AccountId) -> Result<Vec<Membership>> {
        let sql = sql!(
            "select account_id, organization_id, kind from memberships where account_id = ?1 \
            order by organization_id"
        );
        self.query(sql, &values![account])?.iter().map(membership).collect()
    }

    /// Who speaks for an organisation.
    pub fn members_of(&mut self, organization: OrganizationId) -> Result<Vec<Membership>> {
        let sql = sql!(
            "select account_id, organization_id, kind from memberships where organization_id = ?1 \
            order by account_id"
        );
        self.query(sql, &values![organization])?.iter().map(membership).collect()
    }

    /// Lets somebody speak for an organisation no more.
    pub fn remove_membership(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
    ) -> Result<()> {
        let sql = sql!("delete from memberships where account_id = ?1 and organization_id = ?2");
        self.execute(sql, &values![account, organization]).map(drop)
    }
}

fn spot(column: &'static str, id: AccountId) -> Spot {
    Spot::new("accounts", column, id, None)
}

/// The account of a row that has its columns.
pub(crate) fn account(row: &Row) -> Result<Account> {
    let staff: Option<String> = row.get("staff")?;
    Ok(Account {
        id: row.get("id")?,
        address: row.get("address")?,
        name: row.get("name")?,
        password: row.get("password")?,
        staff: staff.map(|_| from_code(row, "staff")).transpose()?,
        has_totp: row.get("has_totp")?,
        totp_step: row.get("totp_step")?,
        created_at: row.get("created_at")?,
        disabled_at: row.get("disabled_at")?,
    })
}

fn membership(row: &Row) -> Result<Membership> {
    Ok(Membership {
        account: row.get("account_id")?,
        organization: row.get("organization_id")?,
        kind: from_code(row, "kind")?,
    })
}

#[cfg(test)]
pub(crate) mod tests;
