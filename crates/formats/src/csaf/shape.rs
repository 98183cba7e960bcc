//! How an object of the format is kept: the keys that we know by their types, and every other key beside them, so that what was read can be written again without loss.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Objects with keys that must be there, keys that may be there, and lists that are left out when they are empty.
macro_rules! objects {
    ($($(#[$about:meta])* $name:ident {
        $(must { $($must:ident: $must_type:ty,)* })?
        $(may { $($may:ident: $may_type:ty,)* })?
        $(lists { $($list:ident: $list_type:ty,)* })?
    })*) => {$(
        $(#[$about])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        pub(crate) struct $name {
            $($(pub(crate) $must: $must_type,)*)?
            $($(#[serde(skip_serializing_if = "Option::is_none")] pub(crate) $may: Option<$may_type>,)*)?
            $($(#[serde(default, skip_serializing_if = "Vec::is_empty")] pub(crate) $list: Vec<$list_type>,)*)?
            #[serde(flatten)]
            pub(crate) other: $crate::csaf::shape::Other,
        }
    )*};
}

/// Closed vocabularies, written in snake case; the first word is the one that stands where none is given.
macro_rules! vocabularies {
    ($($(#[$about:meta])* $name:ident { $first:ident, $($word:ident,)* })*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub(crate) enum $name { #[default] $first, $($word,)* }
    )*};
}

pub(super) use {objects, vocabularies};

/// Keys that the model does not name.
pub(crate) type Other = Map<String, Value>;

vocabularies! {
    /// What a note is for (CSAF 2.1, 3.1.8).
    NoteCategory { General, Description, Details, Faq, LegalDisclaimer, Other, Summary, }
}

objects! {
    /// Somebody who is thanked (CSAF 2.1, 3.1.1).
    Acknowledgment {
        may { organization: String, summary: String, }
        lists { names: String, urls: String, }
    }
    /// A text with its purpose (CSAF 2.1, 3.1.8).
    Note {
        must { category: NoteCategory, text: String, }
        may { audience: String, title: String, }
        lists { product_ids: String, group_ids: String, }
    }
    /// An address that leads further (CSAF 2.1, 3.1.14).
    Reference {
        must { summary: String, url: String, }
        may { category: ReferenceCategory, }
    }
}

/// Whether a reference is another rendering of the document itself (CSAF 2.1, 3.1.14).
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReferenceCategory {
    External,
    #[serde(rename = "self")]
    Itself,
}
