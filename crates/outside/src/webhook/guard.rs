//! Which numbers of the network may be called: those of the public internet, and those of
//! networks that the operator named (I7 of the threats). Everything is forbidden that is not
//! known to be public, as the registries of special addresses say (RFC 6890 and its updates).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use super::address::Way;

/// A network: a number, and how many of its first bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    first: IpAddr,
    bits: u8,
}

/// Not a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a network is written like 10.20.0.0/16 or fd00:1::/32, or as one address")]
pub struct NotANetwork;

/// The networks that may be called although they are not public, and without encryption.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Networks(Vec<Network>);

/// Numbers that do not lead to the public internet, apart from what is no unicast at all.
const SPECIAL_V4: [(Ipv4Addr, u8); 16] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10), // shared by carriers; also Alibaba's metadata
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(168, 63, 129, 16), 32), // Azure's own services, for its machines alone
    (Ipv4Addr::new(169, 254, 0, 0), 16),   // link-local, and most clouds' metadata
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24), // also Oracle's metadata
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// What is not public within `2000::/3`, outside of which nothing is: `2001::/23` holds Teredo and
/// ORCHID, `2002::/16` carries IPv4 within (6to4), and the others are for documentation.
const SPECIAL_V6: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// The unicast addresses of IPv6 that are given out.
const GLOBAL_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

impl Networks {
    /// These networks.
    pub fn new(networks: Vec<Network>) -> Self {
        Self(networks)
    }

    /// Whether a number may be called on this way.
    pub(super) fn may_call(&self, number: IpAddr, way: Way) -> bool {
        let number = unmapped(number);
        let named = self.0.iter().any(|network| network.holds(number));
        match way {
            Way::Encrypted => named || is_public(number),
            Way::Plain => named,
        }
    }
}

impl Network {
    fn holds(&self, number: IpAddr) -> bool {
        match (self.first, number) {
            (IpAddr::V4(first), IpAddr::V4(number)) => holds_v4((first, self.bits), number),
            (IpAddr::V6(first), IpAddr::V6(number)) => holds_v6((first, self.bits), number),
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let (number, bits) = match text.split_once('/') {
            Some((number, bits)) => (number, Some(bits)),
            None => (text, None),
        };
        let first: IpAddr = number.parse().map_err(|_| NotANetwork)?;
        let most = if first.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits.parse().map_err(|_| NotANetwork)?,
            None => most,
        };
        if bits > most { Err(NotANetwork) } else { Ok(Self { first, bits }) }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.bits)
    }
}

fn is_public(number: IpAddr) -> bool {
    match number {
        IpAddr::V4(number) => !SPECIAL_V4.iter().any(|special| holds_v4(*special, number)),
        IpAddr::V6(number) => {
            let special = SPECIAL_V6.iter().any(|special| holds_v6(*special, number));
            holds_v6(GLOBAL_V6, number) && !special
        }
    }
}

/// An IPv4 number within an IPv6 number (`::ffff:127.0.0.1`) is judged as what it leads to.
fn unmapped(number: IpAddr) -> IpAddr {
    match number {
        IpAddr::V6(inner) => inner.to_ipv4_mapped().map_or(number, IpAddr::V4),
        IpAddr::V4(_) => number,
    }
}

fn holds_v4((first, bits): (Ipv4Addr, u8), number: Ipv4Addr) -> bool {
    let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
    first.to_bits() & mask == number.to_bits() & mask
}

fn holds_v6((first, bits): (Ipv6Addr, u8), number: Ipv6Addr) -> bool {
    let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
    first.to_bits() & mask == number.to_bits() & mask
}

#[cfg(test)]
mod tests;
