//! What the operator chooses of the policy before the first case is taken on.

use crate::{Ctx, Error, Result};

/// The letters before the numbers of cases and notes, such as `VU` (S88); as they are written from
/// then on. Once a number was given out they stay: it is in letters, addresses and files of others.
pub async fn choose_prefix(ctx: &Ctx, letters: String) -> Result<String> {
    ctx.write(move |desk| {
        let policy = desk.tx().current_policy()?;
        let wrong = || Error::invalid("prefix", "Choose one to ten letters from A to Z.");
        let chosen = policy.with_prefix(letters.trim()).ok_or_else(wrong)?;
        if chosen.prefix == policy.prefix {
            return Ok(chosen.prefix);
        }
        if desk.tx().has_numbers()? {
            let words = format!("{}# stands before numbers that were given out.", policy.prefix);
            return Err(Error::invalid("prefix", words));
        }
        let now = desk.ctx().now();
        desk.tx().keep_policy(&chosen, None, now)?;
        Ok(chosen.prefix)
    })
    .await
}
