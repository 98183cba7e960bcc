//! What somebody is told about their own account, by a letter to its address.

use mail::notice::{Change, Frame, render};
use store::Account;

use crate::{Desk, Result};

/// Writes a letter to the account's address: something was changed in it.
pub(crate) fn tell(desk: &mut Desk<'_>, account: &Account, change: Change) -> Result<()> {
    let settings = desk.ctx().site().settings.clone();
    let frame = Frame {
        site_name: settings.site_name.clone(),
        team_address: settings.team_address.clone().unwrap_or(settings.from_address.clone()),
        link: format!("{}/me", settings.base_url),
        at: desk.ctx().now(),
    };
    let notice = render(change, &frame);
    desk.write_apart(account.address.clone(), "account_changed", (notice.subject, notice.text))
}
