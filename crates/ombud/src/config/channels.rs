//! By what published notes go out besides the pages: networks in which webhooks may lead, and
//! mailing lists.

use anyhow::Result;
use outside::smtp::SmtpSettings;
use outside::webhook::Networks;

use super::{Settings, Value, mail_address_of, wrong};

/// By what published notes go out besides the pages.
pub(crate) struct Channels {
    /// The networks that webhooks may call although they are not public.
    pub(crate) networks: Networks,
    /// The addresses of mailing lists.
    pub(crate) lists: Vec<String>,
}

/// Understands what was said of them.
pub(super) fn read(settings: &Settings, relay: Option<&SmtpSettings>) -> Result<Channels> {
    let networks = settings.value("webhooks.networks").map(networks).transpose()?;
    let lists = settings.value("lists.announce").map(|value| lists(value, relay)).transpose()?;
    Ok(Channels { networks: networks.unwrap_or_default(), lists: lists.unwrap_or_default() })
}

fn networks(value: &Value) -> Result<Networks> {
    let read = |text: &str| {
        text.parse().map_err(|error| wrong(value, format_args!("has “{text}” in it: {error}.")))
    };
    Ok(Networks::new(parts(value).map(read).collect::<Result<_>>()?))
}

fn lists(value: &Value, relay: Option<&SmtpSettings>) -> Result<Vec<String>> {
    if relay.is_none() {
        let what = "is set, but no relay is, and mail to lists goes through it; set \
             mail.relay_host as well.";
        return Err(wrong(value, what));
    }
    parts(value).map(|text| mail_address_of(value, text)).collect()
}

/// What stands between commas.
fn parts(value: &Value) -> impl Iterator<Item = &str> {
    value.text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests;
