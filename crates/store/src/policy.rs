//! What the coordinator promises and demands: every version that ever was, the newest in force.

use domain::policy::PublishedPolicy;
use domain::{AccountId, Policy};
use jiff::Timestamp;

use crate::engine::Tx;
use crate::error::{Result, StoreError};
use crate::parse::{from_json, to_json};
use crate::public::PublicTx;
use crate::statements::sql;
use crate::values;

impl Tx {
    /// The policy in force; the one of the source documents, as version 1, if none was kept.
    pub fn current_policy(&mut self) -> Result<Policy> {
        let sql = sql!("select version, policy from policies order by version desc limit 1");
        match self.query_opt(sql, &[])? {
            Some(row) => from_json(&row, "policy"),
            None => Ok(Policy::default()),
        }
    }

    /// Keeps a policy whose version follows the one in force; `Stale` if another came first.
    pub fn keep_policy(
        &mut self,
        policy: &Policy,
        by: Option<AccountId>,
        now: Timestamp,
    ) -> Result<()> {
        if policy.version != self.current_policy()?.version.saturating_add(1) {
            return Err(StoreError::Stale);
        }
        self.execute(
            sql!(
                "insert into policies (version, policy, made_by, made_at) values (?1, ?2, ?3, ?4)"
            ),
            &values![policy.version, to_json(policy)?, by, now],
        )
        .map_err(StoreError::stale_if_taken)?;
        let published = PublishedPolicy::from(policy.clone());
        self.execute_one(
            sql!(
                "insert into published_policy (one, version, policy) values (1, ?1, ?2) \
                on conflict (one) do update set version = excluded.version, \
                policy = excluded.policy"
            ),
            &values![published.version, to_json(&published)?],
        )?;
        self.new_edition()
    }
}

impl PublicTx<'_> {
    /// What everyone may read of the policy in force (S102).
    pub fn policy(&mut self) -> Result<PublishedPolicy> {
        let sql = sql!("select version, policy from published_policy where one = 1");
        match self.0.query_opt(sql, &[])? {
            Some(row) => from_json(&row, "policy"),
            None => Ok(Policy::default().into()),
        }
    }
}

#[cfg(test)]
mod tests;
