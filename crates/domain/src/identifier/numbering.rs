//! The numberings whose identifiers have a form of their own.

use super::{Identifier, IdentifierError};

/// A numbering whose form is known.
#[derive(Debug)]
pub(super) struct Numbering {
    scheme: &'static str,
    looks_like: &'static str,
    /// What its identifiers begin with; the first is meant where none is typed.
    prefixes: &'static [&'static str],
    /// Whether what comes behind the prefix has the right form.
    form: fn(&str) -> bool,
}

static ALL: [Numbering; 9] = [
    Numbering {
        scheme: "GHSA",
        looks_like: "GHSA-jfh8-c2jp-5v3q",
        prefixes: &["GHSA-"],
        form: is_ghsa,
    },
    Numbering {
        scheme: "EUVD",
        looks_like: "EUVD-2026-12345",
        prefixes: &["EUVD-"],
        form: |rest| is_dated(rest, 4, 1),
    },
    Numbering {
        scheme: "GCVE",
        looks_like: "GCVE-1-2026-0001",
        prefixes: &["GCVE-"],
        form: |rest| {
            let parts = rest.split_once('-');
            parts.is_some_and(|(authority, rest)| digits(authority, 1) && is_dated(rest, 4, 4))
        },
    },
    Numbering {
        scheme: "CNVD",
        looks_like: "CNVD-2026-12345",
        prefixes: &["CNVD-"],
        form: |rest| is_dated(rest.strip_prefix("C-").unwrap_or(rest), 4, 4),
    },
    Numbering {
        scheme: "CNNVD",
        looks_like: "CNNVD-202611-1234",
        prefixes: &["CNNVD-"],
        form: |rest| is_dated(rest, 6, 3),
    },
    Numbering {
        scheme: "JVN",
        looks_like: "JVNVU#91234567",
        prefixes: &["JVN#", "JVNVU#", "JVNTA#"],
        form: |rest| rest.len() == 8 && digits(rest, 8),
    },
    Numbering {
        scheme: "JVNDB",
        looks_like: "JVNDB-2026-000123",
        prefixes: &["JVNDB-"],
        form: |rest| is_dated(rest, 4, 6),
    },
    Numbering {
        scheme: "BDU",
        looks_like: "BDU:2026-01234",
        prefixes: &["BDU:"],
        form: |rest| is_dated(rest, 4, 5),
    },
    // Databases that speak OSV among themselves: too many to list, so others are typed behind the
    // name.
    Numbering {
        scheme: "OSV",
        looks_like: "RUSTSEC-2026-0001",
        prefixes: &["OSV-", "GO-", "MAL-", "PYSEC-", "RUSTSEC-"],
        form: |rest| is_dated(rest, 4, 1),
    },
];

impl Numbering {
    /// The numbering of a name, however it is spelled.
    pub(super) fn named(scheme: &str) -> Option<&'static Self> {
        ALL.iter().find(|known| known.scheme.eq_ignore_ascii_case(scheme))
    }

    /// The numbering whose identifiers begin like this.
    pub(super) fn beginning(text: &str) -> Option<&'static Self> {
        ALL.iter().find(|known| known.rest(text).is_some())
    }

    /// Whether its identifiers have the form `DB-ENTRY`.
    pub(super) fn is_database(&self) -> bool {
        self.prefixes.iter().all(|prefix| prefix.ends_with('-'))
    }

    pub(super) fn error(&self) -> IdentifierError {
        IdentifierError::Form { scheme: self.scheme, looks_like: self.looks_like }
    }

    /// One of its identifiers, as it is written there; the prefix may be missing.
    pub(super) fn read(&self, text: &str) -> Option<Identifier> {
        let id = match self.rest(text) {
            Some((prefix, rest)) => self.written(prefix, rest)?,
            None if self.scheme == "OSV" => other_database(text)?,
            None => self.written(self.prefixes.first()?, text)?,
        };
        Some(Identifier { scheme: self.scheme.to_owned(), id })
    }

    fn rest<'a>(&self, text: &'a str) -> Option<(&'static str, &'a str)> {
        self.prefixes.iter().find_map(|prefix| {
            let (begins, rest) = text.split_at_checked(prefix.len())?;
            begins.eq_ignore_ascii_case(prefix).then_some((*prefix, rest))
        })
    }

    fn written(&self, prefix: &str, rest: &str) -> Option<String> {
        // GitHub writes small letters; the others have none.
        let rest = if self.scheme == "GHSA" {
            rest.to_ascii_lowercase()
        } else {
            rest.to_ascii_uppercase()
        };
        (rest.len() <= 30 && (self.form)(&rest)).then(|| format!("{prefix}{rest}"))
    }
}

/// Three groups of four letters, of those that GitHub draws from.
fn is_ghsa(rest: &str) -> bool {
    let groups: Vec<_> = rest.split('-').collect();
    let drawn = |group: &&str| {
        group.len() == 4 && group.chars().all(|letter| "23456789cfghjmpqrvwx".contains(letter))
    };
    groups.len() == 3 && groups.iter().all(drawn)
}

/// A year, or a year and a month, in so many digits; a hyphen; and a number of so many at least.
fn is_dated(rest: &str, date: usize, number: usize) -> bool {
    let parts = rest.split_once('-');
    parts.is_some_and(|(begins, ends)| {
        begins.len() == date && digits(begins, date) && digits(ends, number)
    })
}

fn digits(text: &str, at_least: usize) -> bool {
    text.len() >= at_least && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// An identifier of a database that is not listed here, such as `DSA-5123-1`.
fn other_database(text: &str) -> Option<String> {
    let (database, entry) = text.split_once('-')?;
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"_".contains(&byte);
    let signs = |byte: u8| letters(byte) || b"-.:".contains(&byte);
    let fits = text.len() <= 60
        && database.bytes().next()?.is_ascii_alphabetic()
        && database.bytes().all(letters)
        && !entry.is_empty()
        && entry.bytes().all(signs);
    fits.then(|| text.to_owned())
}
