//! Is the licence of a document an expression, and is one of the publisher's own told (CSAF 2.1)?

use super::Problem;
use crate::csaf::Document;
use crate::csaf::shape::{Note, NoteCategory};

/// 6.1.54: what is no expression of licences by the grammar of SPDX 3 (annex B). Whether a licence of that name is on a list is not asked, and
/// licences in other documents are not allowed.
pub(super) fn expression(document: &Document) -> Vec<Problem> {
    let expression = document.document.license_expression.as_deref();
    let broken = expression.is_some_and(|text| !is_expression(text));
    let words = "This is no expression of licences.";
    if broken {
        vec![Problem::new("6.1.54", "/document/license_expression", words)]
    } else {
        vec![]
    }
}

/// What may come next in an expression.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Next {
    Licence,
    Addition,
    /// `AND`, `OR` or an end; after a single licence also `WITH`.
    Operator {
        after_licence: bool,
    },
}

/// Walked from sign to sign, so that no depth of brackets exhausts anything. Where two spaces meet there is an empty sign, and that is none.
fn is_expression(text: &str) -> bool {
    let mut next = Next::Licence;
    let mut depth = 0_usize;
    let spaced = text.replace('(', "( ").replace(')', " )");
    for sign in spaced.split([' ', '\t']) {
        next = match (next, sign) {
            (Next::Licence, "(") => {
                depth += 1;
                Next::Licence
            }
            (Next::Operator { .. }, ")") if depth > 0 => {
                depth -= 1;
                Next::Operator { after_licence: false }
            }
            (Next::Operator { .. }, "AND" | "OR") => Next::Licence,
            (Next::Operator { after_licence: true }, "WITH") => Next::Addition,
            (Next::Licence, name) if is_licence(name) => Next::Operator { after_licence: true },
            (Next::Addition, name) if is_name(name, "AdditionRef-") => {
                Next::Operator { after_licence: false }
            }
            (Next::Licence | Next::Addition | Next::Operator { .. }, _) => return false,
        };
    }
    depth == 0 && matches!(next, Next::Operator { .. })
}

/// The name of a licence, with a plus for later versions of it, or one of the publisher's own.
fn is_licence(name: &str) -> bool {
    let listed = name.strip_suffix('+').unwrap_or(name);
    let own = name.starts_with("LicenseRef-");
    is_name(if own { name } else { listed }, "LicenseRef-")
}

/// Letters, digits, dots and hyphens; a prefix that names what is not listed is written as it is, and no other one stands here.
fn is_name(name: &str, own: &str) -> bool {
    let small = name.to_ascii_lowercase();
    let prefixes = ["LicenseRef-", "AdditionRef-", "DocumentRef-"];
    let prefix =
        prefixes.into_iter().find(|prefix| small.starts_with(&prefix.to_ascii_lowercase()));
    let rest = match prefix {
        Some(prefix) if prefix == own => name.strip_prefix(own).unwrap_or_default(),
        Some(_) => return false,
        None => name,
    };
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-';
    let is_word = ["and", "or", "with"].contains(&small.as_str());
    !rest.is_empty() && rest.bytes().all(fine) && !is_word
}

/// 6.1.55: a licence of one's own without its text. In other languages than English its title is another.
pub(super) fn text(document: &Document) -> Vec<Problem> {
    let about = &document.document;
    let own = about.license_expression.as_ref().is_some_and(|text| text.contains("LicenseRef-"));
    let english = about.lang.as_ref().is_none_or(|lang| lang.to_lowercase().starts_with("en"));
    let is_text = |note: &&Note| match note.title.as_deref() {
        Some("License") => true,
        Some(_) => !english && note.category == NoteCategory::LegalDisclaimer,
        None => false,
    };
    let told = about.notes.iter().filter(is_text);
    let told: Vec<_> = told.map(|note| note.category).collect();
    let broken = own && told != [NoteCategory::LegalDisclaimer];
    let words = "The text of the licence is missing.";
    if broken { vec![Problem::new("6.1.55", "/document/notes", words)] } else { vec![] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_follow_the_grammar_of_spdx() {
        for fine in [
            "CC-BY-4.0",
            "GPL-2.0+",
            "LicenseRef-www.example.org-Example-1.0",
            "MIT AND (Apache-2.0 OR GPL-2.0 WITH Classpath-exception-2.0)",
            "MIT WITH AdditionRef-mine",
            "((MIT))",
        ] {
            assert!(is_expression(fine), "{fine}");
        }
        for odd in [
            "",
            " MIT",
            "MIT ",
            "MIT  OR Zlib",
            "MIT Zlib",
            "MIT OR",
            "OR MIT",
            "MIT or Zlib",
            "(MIT",
            "MIT)",
            "( MIT)",
            "()",
            "(MIT) WITH x",
            "MIT WITH x WITH y",
            "MIT WITH LicenseRef-x",
            "AdditionRef-x",
            "LicenseRef-",
            "LicenseRef-x+",
            "licenseref-x",
            "DocumentRef-d:LicenseRef-x",
            "a/b",
            "MIT++",
            &"(".repeat(100_000),
        ] {
            assert!(!is_expression(odd), "{odd:.40}");
        }
    }
}
