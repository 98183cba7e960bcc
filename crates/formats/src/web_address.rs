//! Which address does a line of references name? People write them with spaces, brackets and
//! letters of every script; formats want what RFC 3986 calls a URI.

use crate::html;

/// The longest address that the formats take.
const LONGEST: usize = 2048;

/// Every web address that a line names, each as RFC 3986 writes it.
pub(crate) fn addresses(line: &str) -> Vec<String> {
    html::addresses(line).into_iter().filter_map(address).collect()
}

/// The address with every other character in percent signs; none where it names no host.
fn address(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = (rest.get(..end)?, rest.get(end..)?);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_~:[]".contains(&byte);
    if host.is_empty() || !host.bytes().all(plain) || !is_host(host) {
        return None;
    }
    // Who would log in there is nobody's business.
    let address = format!("{scheme}://{host}{}", escaped(path));
    (address.len() <= LONGEST).then_some(address)
}

/// A name or an IPv4 address with an optional port, or an IPv6 address in brackets.
fn is_host(host: &str) -> bool {
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => {
            let Some((six, port)) = rest.split_once(']') else { return false };
            if six.parse::<std::net::Ipv6Addr>().is_err() {
                return false;
            }
            ("six", port.strip_prefix(':').or(port.is_empty().then_some("")))
        }
        None => match host.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (host, Some("")),
        },
    };
    !name.is_empty()
        && !name.contains(['[', ']', ':'])
        && port.is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A path, query and fragment with what RFC 3986 does not allow there in percent signs.
fn escaped(path: &str) -> String {
    let mut written = String::new();
    let mut fragment = false;
    for (at, byte) in path.bytes().enumerate() {
        let hexadecimal =
            |place: usize| path.as_bytes().get(at + place).is_some_and(u8::is_ascii_hexdigit);
        let allowed = match byte {
            b'%' => hexadecimal(1) && hexadecimal(2),
            b'#' => !std::mem::replace(&mut fragment, true),
            other => other.is_ascii_alphanumeric() || b"-._~:/?@!$&'()*+,;=".contains(&other),
        };
        if allowed {
            written.push(char::from(byte));
        } else {
            written.push_str(&format!("%{byte:02X}"));
        }
    }
    written
}

/// A text as one part of an address: everything but letters, digits and `-._~` in percent signs.
pub(crate) fn part(text: &str) -> String {
    let mut written = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            written.push(char::from(byte));
        } else {
            written.push_str(&format!("%{byte:02X}"));
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_becomes_an_address() {
        for (line, expected) in [
            ("see https://kettle.example/a b", "https://kettle.example/a"),
            ("http://kettle.example/a^b%zz%20é", "http://kettle.example/a%5Eb%25zz%20%C3%A9"),
            ("https://me:secret@kettle.example/x#y#z", "https://kettle.example/x#y%23z"),
            ("ftp://ftp.kettle.example:21/pub/a|b", "ftp://ftp.kettle.example:21/pub/a%7Cb"),
            ("https://[::1]:8443/", "https://[::1]:8443/"),
        ] {
            assert_eq!(addresses(line), [expected], "{line}");
        }
        for line in ["Kettle bulletin 7", "https:///x", "https://[::1/", "javascript:alert(1)"] {
            assert_eq!(addresses(line), Vec::<String>::new(), "{line}");
        }
        assert_eq!(addresses(&format!("https://kettle.example/{}", "a".repeat(3000))).len(), 0);
        assert_eq!(part("a b/ß"), "a%20b%2F%C3%9F");
    }
}
