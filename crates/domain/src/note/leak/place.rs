//! Places inside a house, and marks that say who else may read.

use std::ops::Range;

/// Endings of names that no public server has (RFC 6762, RFC 8375, RFC 2606 and habit).
const INNER_ENDINGS: [&str; 7] =
    [".local", ".internal", ".corp", ".lan", ".intranet", ".home.arpa", ".localdomain"];

/// Marks under which a text is not for everyone (TLP 2.0 and 1.0).
const MARKS: [&str; 4] = ["red", "amber+strict", "amber", "green"];

/// The first name or address of a machine that is inside a house.
pub(super) fn inside(text: &str) -> Option<Range<usize>> {
    let mut hosts = runs(text, |sign| sign.is_ascii_alphanumeric() || ".-:[]".contains(sign));
    hosts.find(|at| {
        let host = text.get(at.clone()).unwrap_or_default();
        let host = host.trim_matches(['.', ':', '-', '[']).to_ascii_lowercase();
        // An address of the newer kind stands in brackets before its port.
        let host = host.split(']').next().unwrap_or_default();
        is_inner_name(host) || is_inner_address(host)
    })
}

fn is_inner_name(host: &str) -> bool {
    let name = host.split_once(':').map_or(host, |(name, _)| name);
    INNER_ENDINGS.iter().any(|end| name.len() > end.len() && name.ends_with(end))
}

/// Private addresses (RFC 1918, RFC 4193), also with a port. The machine one sits at is nobody's
/// inside.
fn is_inner_address(host: &str) -> bool {
    if host.split(':').count() > 2 {
        let hex = host.bytes().all(|sign| sign.is_ascii_hexdigit() || sign == b':');
        let first = host.split(':').next().unwrap_or_default();
        return hex && first.len() == 4 && (first.starts_with("fc") || first.starts_with("fd"));
    }
    let bare = host.split_once(':').map_or(host, |(address, _)| address);
    let parts: Option<Vec<u8>> = bare.split('.').map(|part| part.parse().ok()).collect();
    match parts.as_deref() {
        Some([10, _, _, _] | [172, 16..=31, _, _] | [192, 168, _, _]) => true,
        Some(_) | None => false,
    }
}

/// The first mark that says that a text is for fewer than everyone; the text is in lower case.
pub(super) fn marked(lower: &str) -> Option<Range<usize>> {
    let mut from = 0;
    while let Some(at) = lower.get(from..)?.find("tlp") {
        let start = from + at;
        let rest = lower.get(start + 3..)?;
        let label = rest.trim_start_matches([':', ' ', '-', '\u{a0}']);
        let gap = rest.len() - label.len();
        let known = MARKS.iter().find(|mark| gap > 0 && label.starts_with(**mark));
        if let Some(mark) = known {
            return Some(start..start + 3 + gap + mark.len());
        }
        from = start + 3;
    }
    None
}

/// Stretches of signs of one kind.
pub(super) fn runs(
    text: &str,
    of: impl Fn(char) -> bool + Copy,
) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text.get(from..)?.find(of)?;
        let length = text.get(start..)?.find(|sign| !of(sign));
        let end = length.map_or(text.len(), |length| start + length);
        from = end;
        Some(start..end)
    })
}
