//! Names that follow a grammar of somebody else's: files, web addresses, version ranges, package URLs, CPE names.
//! What does not follow it is not forced into it; the caller leaves it out or tells it as text.

use domain::version::{Until, VersionRange};

use crate::web_address::{self, part};

/// The name of a document's file (CSAF 2.0 and 2.1, 5.1): the id in small letters, and a low line for what is neither letter, digit, plus nor minus.
pub fn file_name(id: &str) -> String {
    let mut name = String::with_capacity(id.len() + 5);
    for letter in id.chars().flat_map(char::to_lowercase) {
        if matches!(letter, '+' | '-' | 'a'..='z' | '0'..='9') {
            name.push(letter);
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    name.push_str(".json");
    name
}

/// Whether a text is a web address and nothing else.
pub(super) fn is_web_address(text: &str) -> bool {
    let addresses = web_address::addresses(text);
    matches!(addresses.as_slice(), [one] if one == text) && text.starts_with("http")
}

/// Letters, digits, the given signs, and others in percent notation.
fn is_written_in(text: &str, signs: &str) -> bool {
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let fine = match letter {
            '%' => {
                let digits = [letters.next(), letters.next()];
                digits.iter().all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit()))
            }
            _ => letter.is_ascii_alphanumeric() || signs.contains(letter),
        };
        if !fine {
            return false;
        }
    }
    true
}

/// A run of versions in the notation `vers`, whose scheme is the vendor's own affair. A single version is none.
pub(super) fn vers(range: &VersionRange) -> Option<String> {
    let end = |until: &Until| match until {
        Until::Before(version) => format!("<{}", part(version)),
        Until::Through(version) => format!("<={}", part(version)),
    };
    match range {
        VersionRange::All | VersionRange::Between { from: None, until: None } => {
            Some("vers:all/*".to_owned())
        }
        VersionRange::Only { .. } => None,
        VersionRange::Between { from: Some(from), until: None } => {
            Some(format!("vers:generic/>={}", part(from)))
        }
        VersionRange::Between { from: None, until: Some(until) } => {
            Some(format!("vers:generic/{}", end(until)))
        }
        VersionRange::Between { from: Some(from), until: Some(until) } => {
            Some(format!("vers:generic/>={}|{}", part(from), end(until)))
        }
    }
}

/// The run of versions that a name of the notation `vers`, or of its forerunner without a prefix, stands for.
pub(super) fn range_of(name: &str) -> Option<VersionRange> {
    let list = match name.strip_prefix("vers:") {
        Some(rest) => rest.split_once('/')?.1,
        None => name,
    };
    if list == "*" {
        return Some(VersionRange::All);
    }
    let (mut from, mut until) = (None, None);
    for part in list.split('|').map(str::trim) {
        if let Some(version) = part.strip_prefix(">=") {
            from = Some(decoded(version)?);
        } else if let Some(version) = part.strip_prefix("<=") {
            until = Some(Until::Through(decoded(version)?));
        } else if let Some(version) = part.strip_prefix('<') {
            until = Some(Until::Before(decoded(version)?));
        } else {
            return None;
        }
    }
    Some(VersionRange::Between { from, until })
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = vec![];
    let mut rest = text.trim().bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let value = digit(rest.next())? * 16 + digit(rest.next())?;
        bytes.push(u8::try_from(value).ok()?);
    }
    String::from_utf8(bytes).ok().filter(|version| !version.is_empty())
}

/// Words by which a version would be taken for a range (CSAF 2.0 and 2.1, 6.1.31).
const RANGE_WORDS: [&str; 12] = [
    "<", ">", "*", "after", "all", "before", "earlier", "later", "prior", "through", "versions",
    ".x",
];

/// Whether a text names one version and no range.
pub(super) fn is_one_version(name: &str) -> bool {
    let name = name.to_lowercase();
    !RANGE_WORDS.iter().any(|word| name.contains(word))
}

/// Kinds of packages whose URLs have no rules beyond a name, and a namespace where [`names_a_package`] asks for one.
const KINDS: [&str; 12] = [
    "apk", "cargo", "composer", "deb", "gem", "generic", "github", "golang", "maven", "npm",
    "nuget", "pypi",
];

/// Whether a text is a package URL that every reader takes: of a common kind, with a name, without qualifiers or doubtful signs.
pub(super) fn is_package_url(text: &str) -> bool {
    let Some((kind, rest)) = text.strip_prefix("pkg:").and_then(|rest| rest.split_once('/')) else {
        return false;
    };
    let path = rest.split('@').next().unwrap_or_default();
    KINDS.contains(&kind)
        && names_a_package(text)
        && path.split('/').all(|part| !part.is_empty())
        && is_written_in(rest, "-._~/@:+")
}

/// Whether a package URL has a name, and a vendor or a group before it where its kind asks for one (6.1.13).
pub(super) fn names_a_package(url: &str) -> bool {
    let Some((kind, rest)) = url.strip_prefix("pkg:").and_then(|rest| rest.split_once('/')) else {
        return false;
    };
    let path = rest.split(['?', '#']).next().unwrap_or_default().trim_matches('/');
    let path = path.rsplit_once('@').map_or(path, |(path, _)| path);
    let parts = path.split('/').filter(|part| !part.is_empty()).count();
    let name = path.rsplit('/').next().unwrap_or_default();
    let fits = match kind {
        "alpm" | "apk" | "bitbucket" | "composer" | "cpan" | "deb" | "github" | "maven" | "rpm"
        | "swift" => parts > 1,
        // Images have no namespace.
        "oci" => parts == 1,
        _ => true,
    };
    !kind.is_empty() && !name.is_empty() && fits
}

/// Whether a text is a CPE 2.3 name in its written form.
pub(super) fn is_cpe(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("cpe:2.3:") else { return false };
    let parts = split_unescaped(rest);
    let [part, others @ ..] = parts.as_slice() else { return false };
    let language = others.get(5).map_or("*", String::as_str);
    matches!(part.as_str(), "a" | "h" | "o" | "*" | "-")
        && others.len() == 10
        && others.iter().all(|value| is_cpe_value(value))
        && (matches!(language, "*" | "-") || is_language(language))
}

/// The CPE name of one version, where the name is for any.
pub(super) fn cpe_of_version(cpe: &str, version: &str) -> String {
    let escaped: String = version
        .chars()
        .map(|letter| match letter {
            '.' | '-' | '_' => letter.to_string(),
            _ if letter.is_ascii_alphanumeric() => letter.to_ascii_lowercase().to_string(),
            ' ' => "_".to_owned(),
            _ => format!("\\{letter}"),
        })
        .collect();
    let mut parts = split_unescaped(cpe);
    if let Some(place) = parts.get_mut(5).filter(|place| *place == "*") {
        *place = escaped;
    }
    let named = parts.join(":");
    if is_cpe(&named) { named } else { cpe.to_owned() }
}

/// The package URL of one version, where the URL is for any.
pub(super) fn purl_of_version(purl: &str, version: &str) -> String {
    if purl.contains('@') { purl.to_owned() } else { format!("{purl}@{}", part(version)) }
}

fn split_unescaped(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut escaped = false;
    for letter in text.chars() {
        if letter == ':' && !escaped {
            parts.push(String::new());
            continue;
        }
        escaped = letter == '\\' && !escaped;
        if let Some(last) = parts.last_mut() {
            last.push(letter);
        }
    }
    parts
}

fn is_cpe_value(value: &str) -> bool {
    if matches!(value, "*" | "-") {
        return true;
    }
    let inner = value.trim_matches('?');
    let inner = inner.strip_prefix('*').unwrap_or(inner);
    let mut letters = inner.strip_suffix('*').unwrap_or(inner).chars();
    let mut some = false;
    while let Some(letter) = letters.next() {
        some = true;
        let fine = match letter {
            '\\' => letters
                .next()
                .is_some_and(|sign| r##"\*?!"#$%&'()+,/:;<=>@[]^`{|}~"##.contains(sign)),
            _ => letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.' | '_'),
        };
        if !fine {
            return false;
        }
    }
    some
}

fn is_language(text: &str) -> bool {
    let (language, region) = text.split_once('-').unwrap_or((text, "*"));
    let letters = |text: &str| text.chars().all(|letter| letter.is_ascii_alphabetic());
    let digits = |text: &str| text.chars().all(|letter| letter.is_ascii_digit());
    (2..=3).contains(&language.len())
        && letters(language)
        && (region == "*" && !text.contains('-')
            || region.len() == 2 && letters(region)
            || region.len() == 3 && digits(region))
}
