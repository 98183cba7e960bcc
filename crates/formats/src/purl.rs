//! Package URLs (purl-spec): `pkg:type/namespace/name@version?qualifiers#subpath`.

use crate::web_address;

/// The longest that is read.
const LONGEST: usize = 1024;

/// A package by its URL.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Purl {
    /// The kind of package, in small letters.
    pub(crate) kind: String,
    /// What stands before the name, its parts apart by slashes.
    pub(crate) namespace: Option<String>,
    /// The name.
    pub(crate) name: String,
    /// The version.
    pub(crate) version: Option<String>,
    /// What stands behind the version, as it came.
    rest: String,
}

impl Purl {
    /// Reads a package URL; a version is told by the last `@` of the last part, because people
    /// write the `@` of a namespace without percent signs.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let body = text.trim().strip_prefix("pkg:")?.trim_start_matches('/');
        let end = body.find(['?', '#']).unwrap_or(body.len());
        let (body, rest) = body.split_at(end);
        let allowed =
            |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=%".contains(&byte);
        if !rest.bytes().all(allowed) {
            return None;
        }
        let (kind, path) = body.split_once('/')?;
        let path = path.trim_matches('/');
        let (before, last) = path.rsplit_once('/').map_or((None, path), |(b, l)| (Some(b), l));
        let (name, version) = match last.rsplit_once('@') {
            Some((name, version)) if !name.is_empty() => (name, Some(version)),
            Some(_) | None => (last, None),
        };
        let kind_letter = |byte: u8| byte.is_ascii_alphanumeric() || b".-+".contains(&byte);
        if kind.is_empty() || !kind.bytes().all(kind_letter) || name.is_empty() {
            return None;
        }
        let namespace = before.map(|parts| {
            let parts = parts.split('/').filter(|part| !part.is_empty()).map(decoded);
            parts.collect::<Vec<_>>().join("/")
        });
        Some(Self {
            kind: kind.to_lowercase(),
            namespace: namespace.filter(|parts| !parts.is_empty()),
            name: decoded(name),
            version: version.filter(|version| !version.is_empty()).map(decoded),
            rest: rest.to_owned(),
        })
    }

    /// The package without a version and whatever else.
    pub(crate) fn without_version(&self) -> String {
        let parts = self.namespace.iter().flat_map(|parts| parts.split('/'));
        let parts: Vec<String> = parts.chain([&*self.name]).map(web_address::part).collect();
        format!("pkg:{}/{}", self.kind, parts.join("/"))
    }

    /// The package in this version.
    pub(crate) fn at(&self, version: &str) -> String {
        format!("{}@{}{}", self.without_version(), web_address::part(version), self.rest)
    }

    /// The package in any version, with its qualifiers.
    pub(crate) fn any(&self) -> String {
        format!("{}{}", self.without_version(), self.rest)
    }
}

/// Percent signs undone; what they do not make UTF-8 of stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let byte = pair.filter(|_| first == b'%').and_then(|p| u8::from_str_radix(p, 16).ok());
        bytes.push(byte.unwrap_or(first));
        rest = if byte.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_url_is_taken_apart_and_put_together() {
        let purl = Purl::parse("pkg:NPM/%40acme/kettle@1.0%2B2?os=linux#lib").unwrap();
        assert_eq!(purl, Purl::parse("pkg:npm/@acme/kettle@1.0+2?os=linux#lib").unwrap());
        assert_eq!((&*purl.kind, purl.namespace.as_deref()), ("npm", Some("@acme")));
        assert_eq!((&*purl.name, purl.version.as_deref()), ("kettle", Some("1.0+2")));
        assert_eq!(purl.without_version(), "pkg:npm/%40acme/kettle");
        assert_eq!(purl.at("2 0"), "pkg:npm/%40acme/kettle@2%200?os=linux#lib");
        assert_eq!(purl.any(), "pkg:npm/%40acme/kettle?os=linux#lib");
        for text in
            ["", "pkg:", "pkg:npm", "pkg:npm/", "npm/kettle", "pkg:n pm/kettle", "pkg:npm/a?b c"]
        {
            assert_eq!(Purl::parse(text), None, "{text}");
        }
        assert_eq!(Purl::parse(&format!("pkg:npm/{}", "a".repeat(2000))), None);
    }
}
