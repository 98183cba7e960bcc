//! How JSON of other people is read, and ours written. What is too large is refused before it is
//! parsed, and a refusal is a sentence that says what is wrong and where.

use serde::Serialize;
use serde::de::{Deserialize, DeserializeOwned, Deserializer};

/// Why bytes were not read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unread {
    /// More bytes than are read.
    #[error("{what} has {size} bytes; more than {largest} are not read.")]
    TooLarge {
        /// What was expected, such as "The CVE record".
        what: &'static str,
        /// How many bytes there were.
        size: usize,
        /// How many are read.
        largest: usize,
    },
    /// Not JSON, or nested too deeply.
    #[error("{what} is not JSON: the reader stopped at line {line}, column {column}.")]
    NotJson {
        /// What was expected.
        what: &'static str,
        /// Line, counted from 1.
        line: usize,
        /// Column, counted from 1.
        column: usize,
    },
    /// JSON of another shape.
    #[error("{what} cannot be read: {why}.")]
    OtherShape {
        /// What was expected.
        what: &'static str,
        /// What is wrong and where.
        why: String,
    },
}

/// Reads a value of a known shape, if there are not too many bytes of it.
pub(crate) fn read<T: DeserializeOwned>(
    what: &'static str,
    bytes: &[u8],
    largest: usize,
) -> Result<T, Unread> {
    if bytes.len() > largest {
        return Err(Unread::TooLarge { what, size: bytes.len(), largest });
    }
    serde_json::from_slice(bytes).map_err(|error| {
        if error.is_data() {
            let why = error.to_string().replace(" at line ", ", at line ");
            Unread::OtherShape { what, why: why.replace(" column ", ", column ") }
        } else {
            Unread::NotJson { what, line: error.line(), column: error.column() }
        }
    })
}

/// The value as bytes, its keys in the order of its fields: the same value, the same bytes.
pub fn written(value: &impl Serialize) -> Vec<u8> {
    // Texts, numbers and objects with text keys can always be written.
    serde_json::to_vec(value).unwrap_or_default()
}

/// Some formats write null for a list with nothing in it.
pub(crate) fn null_is_nothing<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    from: D,
) -> Result<T, D::Error> {
    Option::deserialize(from).map(Option::unwrap_or_default)
}

/// Whether a value says nothing, and may be left out.
pub(crate) fn is_nothing<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Shapes of JSON objects: keys that have to be there, then keys that may be left out, and
/// whatever else was in the object. A key that says null or holds an empty list says nothing, and
/// is not written.
macro_rules! shapes {
    ($(
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( $(#[$field_meta:meta])* [$key:literal] $field:ident: $kind:ty, )*
            ; $( $(#[$list_meta:meta])* [$list_key:literal] $list:ident: $list_kind:ty, )*
        }
    )*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $name {
            $(
                $(#[$field_meta])*
                #[serde(rename = $key)]
                pub $field: $kind,
            )*
            $(
                $(#[$list_meta])*
                #[serde(
                    rename = $list_key,
                    default,
                    deserialize_with = "crate::json::null_is_nothing",
                    skip_serializing_if = "crate::json::is_nothing"
                )]
                pub $list: $list_kind,
            )*
            /// Keys that are not named here, as they came.
            #[serde(flatten)]
            pub other: serde_json::Map<String, serde_json::Value>,
        }
    )*};
}
pub(crate) use shapes;
