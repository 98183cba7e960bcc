//! What somebody is told about their own account, by a letter to its address.

use domain::LetterId;
use mail::notice::{Change, Frame, render};
use store::{Account, NewLetter};

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
    let id: LetterId = desk.ctx().fresh();
    let host = settings.from_address.rsplit('@').next().unwrap_or("localhost");
    let letter = NewLetter {
        id,
        case: None,
        participant: None,
        matter: r#"{"about":"account_changed"}"#.to_owned(),
        address: account.address.clone(),
        subject: notice.subject,
        body: notice.text,
        message_id: format!("<{id}@{host}>"),
        written_at: desk.ctx().now(),
    };
    let vault = desk.ctx().site().vault.clone();
    Ok(desk.tx().write_letter(&vault, &letter)?)
}
