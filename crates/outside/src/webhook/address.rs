//! The address of a subscriber, as far as it can be judged without looking anything up.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

/// The longest address, in bytes.
const LONGEST: usize = 2000;

/// An address that messages can be sent to. It may hold a secret of the subscriber, so it is not
/// printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(Url);

/// Shows the host alone.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({})", self.host())
    }
}

/// Why something is not such an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAddress {
    /// It is no address of the web at all, or too long.
    #[error("Write a web address, like https://hooks.example.org/ombud.")]
    NotOfTheWeb,
    /// It carries a name or a password, which would be sent along.
    #[error("Leave the name and password out of the address: messages are signed instead.")]
    Credentials,
    /// It has a part behind “#”, which is never sent.
    #[error("Leave out the part behind “#”: it is never sent.")]
    Fragment,
}

/// Whether the way to an address is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// `https:`.
    Encrypted,
    /// `http:`, which is for networks that the operator named.
    Plain,
}

impl Address {
    /// Reads an address. Numbers in any spelling (`0x7f.1`, `2130706433`) come out as the host
    /// they mean.
    pub fn parse(text: &str) -> Result<Self, NotAnAddress> {
        if text.len() > LONGEST {
            return Err(NotAnAddress::NotOfTheWeb);
        }
        let url = Url::parse(text.trim()).map_err(|_| NotAnAddress::NotOfTheWeb)?;
        if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none_or(str::is_empty) {
            return Err(NotAnAddress::NotOfTheWeb);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NotAnAddress::Credentials);
        }
        if url.fragment().is_some() {
            return Err(NotAnAddress::Fragment);
        }
        Ok(Self(url))
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Its host, which may be shown and written down.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    pub(super) fn url(&self) -> Url {
        self.0.clone()
    }

    pub(super) fn way(&self) -> Way {
        if self.0.scheme() == "https" { Way::Encrypted } else { Way::Plain }
    }

    /// The number of the host, where the address has a number in place of a name.
    pub(super) fn number(&self) -> Option<IpAddr> {
        let host = self.host();
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        bare.unwrap_or(host).parse().ok()
    }
}

#[cfg(test)]
mod tests;
