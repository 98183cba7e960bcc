//! Objects with known keys: a struct from a table of keys, read with a sentence for every key that is wrong, and written in the order of the table.
//! Keys that the table does not name are kept beside it.

use serde_json::{Map, Number, Value};

use super::LARGEST;

/// Why bytes were not taken for a note; each sentence names the key.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// More bytes than [`LARGEST`].
    #[error("The note has {size} bytes; more than {LARGEST} are not read.")]
    TooLarge {
        /// How many bytes there were.
        size: usize,
    },
    /// Not JSON, or nested too deeply.
    #[error("The note is not JSON: the reader stopped at line {line}, column {column}.")]
    NotJson {
        /// Line, counted from 1.
        line: usize,
        /// Column, counted from 1.
        column: usize,
    },
    /// JSON of another shape.
    #[error("{place} is {found}, not an object with keys.")]
    NotAnObject {
        /// Where it stands.
        place: String,
        /// What was found.
        found: &'static str,
    },
    /// A key that has to be there is not.
    #[error("The key {key} is missing.")]
    Missing {
        /// The key, with the place of its record.
        key: String,
    },
    /// A key holds a value of another kind.
    #[error("The key {key} should hold {wanted}, but holds {found}.")]
    WrongKind {
        /// The key, with the place of its record.
        key: String,
        /// The kind that belongs there.
        wanted: &'static str,
        /// The kind that was found.
        found: &'static str,
    },
}

/// A value of the archive that is one text or a list of them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Several {
    /// One text, empty when there is none.
    One(String),
    /// A list, as the archive writes two and more.
    Many(Vec<String>),
}

impl Several {
    /// The texts that are not empty, in order.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let texts = match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(texts) => texts,
        };
        texts.iter().map(String::as_str).filter(|text| !text.is_empty())
    }
}

/// A value of the archive that is a number, or a text where there is none.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Figure {
    /// A number, with its digits.
    Number(Number),
    /// A text: empty, or digits in quotes.
    Text(String),
}

impl Figure {
    /// The whole number that it says.
    pub fn whole(&self) -> Option<i64> {
        match self {
            Self::Number(number) => number.as_i64(),
            Self::Text(text) => text.parse().ok(),
        }
    }

    /// The number that it says.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => number.as_f64(),
            Self::Text(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
        }
    }
}

/// A kind of value that a key may hold.
pub(super) trait Kept: Sized {
    const KIND: &'static str;

    fn read(key: &str, value: Value) -> Result<Self, Refused>;
    fn value(&self) -> Value;
}

pub(super) fn wrong<T: Kept>(key: &str, value: &Value) -> Refused {
    Refused::WrongKind { key: key.to_owned(), wanted: T::KIND, found: kind(value) }
}

pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

impl Kept for String {
    const KIND: &'static str = "a text";

    fn read(key: &str, value: Value) -> Result<Self, Refused> {
        match value {
            Value::String(text) => Ok(text),
            other => Err(wrong::<Self>(key, &other)),
        }
    }

    fn value(&self) -> Value {
        Value::String(self.clone())
    }
}

impl Kept for i64 {
    const KIND: &'static str = "a whole number";

    fn read(key: &str, value: Value) -> Result<Self, Refused> {
        value.as_i64().ok_or_else(|| wrong::<Self>(key, &value))
    }

    fn value(&self) -> Value {
        Value::from(*self)
    }
}

impl Kept for f64 {
    const KIND: &'static str = "a number";

    fn read(key: &str, value: Value) -> Result<Self, Refused> {
        value.as_f64().ok_or_else(|| wrong::<Self>(key, &value))
    }

    fn value(&self) -> Value {
        Value::from(*self)
    }
}

impl<T: Kept> Kept for Option<T> {
    const KIND: &'static str = T::KIND;

    fn read(key: &str, value: Value) -> Result<Self, Refused> {
        match value {
            Value::Null => Ok(None),
            other => T::read(key, other).map(Some),
        }
    }

    fn value(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::value)
    }
}

impl<T: Kept> Kept for Vec<T> {
    const KIND: &'static str = "a list";

    fn read(key: &str, value: Value) -> Result<Self, Refused> {
        let Value::Array(values) = value else {
            return Err(wrong::<Self>(key, &value));
        };
        let numbered = values.into_iter().enumerate();
        numbered.map(|(index, value)| T::read(&format!("{key}[{index}]"), value)).collect()
    }

    fn value(&self) -> Value {
        self.iter().map(T::value).collect()
    }
}

impl Kept for Several {
    const KIND: &'static str = "a text or a list of texts";

    fn read(key: &str, value: Value) -> Result<Self, Refused> {
        match value {
            Value::String(text) => Ok(Self::One(text)),
            list @ Value::Array(_) => Vec::read(key, list).map(Self::Many),
            other => Err(wrong::<Self>(key, &other)),
        }
    }

    fn value(&self) -> Value {
        match self {
            Self::One(text) => text.value(),
            Self::Many(texts) => texts.value(),
        }
    }
}

impl Kept for Figure {
    const KIND: &'static str = "a number or a text";

    fn read(key: &str, value: Value) -> Result<Self, Refused> {
        match value {
            Value::Number(number) => Ok(Self::Number(number)),
            Value::String(text) => Ok(Self::Text(text)),
            other => Err(wrong::<Self>(key, &other)),
        }
    }

    fn value(&self) -> Value {
        match self {
            Self::Number(number) => Value::Number(number.clone()),
            Self::Text(text) => text.value(),
        }
    }
}

/// The object that the bytes hold, if there are not too many of them.
pub(super) fn object(bytes: &[u8]) -> Result<Map<String, Value>, Refused> {
    match json(bytes)? {
        Value::Object(map) => Ok(map),
        other => Err(not_an_object("The note", &other)),
    }
}

pub(super) fn json(bytes: &[u8]) -> Result<Value, Refused> {
    if bytes.len() > LARGEST {
        return Err(Refused::TooLarge { size: bytes.len() });
    }
    serde_json::from_slice(bytes)
        .map_err(|error| Refused::NotJson { line: error.line(), column: error.column() })
}

pub(super) fn not_an_object(place: &str, value: &Value) -> Refused {
    Refused::NotAnObject { place: place.to_owned(), found: kind(value) }
}

pub(super) fn take<T: Kept>(
    map: &mut Map<String, Value>,
    place: &str,
    key: &str,
) -> Result<T, Refused> {
    let full = format!("{place}{key}");
    match map.remove(key) {
        Some(value) => T::read(&full, value),
        None => Err(Refused::Missing { key: full }),
    }
}

/// The entries as one JSON object, in the order given.
pub(super) fn in_order(entries: &[(&str, Value)], other: &Map<String, Value>) -> String {
    let named = entries.iter().map(|(key, value)| (*key, value));
    let unnamed = other.iter().map(|(key, value)| (key.as_str(), value));
    let pairs: Vec<String> =
        named.chain(unnamed).map(|(key, value)| format!("{}:{value}", Value::from(key))).collect();
    format!("{{{}}}", pairs.join(","))
}

/// A struct from a table of fields, kinds and keys.
macro_rules! keyed {
    ($(#[$meta:meta])* pub struct $name:ident { $($field:ident: $kind:ty = $key:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $(
                #[doc = concat!("The value of the key `", $key, "`.")]
                pub $field: $kind,
            )*
            /// Keys that are not in the table, as they came.
            pub other: serde_json::Map<String, serde_json::Value>,
        }

        impl $name {
            /// The keys of the table, in the order in which they are written.
            pub const KEYS: &'static [&'static str] = &[$($key),*];

            pub(super) fn from_object(mut map: serde_json::Map<String, serde_json::Value>, place: &str) -> Result<Self, $crate::vulnote::keyed::Refused> {
                Ok(Self {
                    $($field: $crate::vulnote::keyed::take(&mut map, place, $key)?,)*
                    other: map,
                })
            }

            pub(super) fn entries(&self) -> Vec<(&'static str, serde_json::Value)> {
                vec![$(($key, $crate::vulnote::keyed::Kept::value(&self.$field))),*]
            }

            /// The object as JSON, its keys in the order of the table and unknown ones last.
            pub fn to_json(&self) -> String {
                $crate::vulnote::keyed::in_order(&self.entries(), &self.other)
            }
        }

        impl $crate::vulnote::keyed::Kept for $name {
            const KIND: &'static str = "an object";

            fn read(key: &str, value: serde_json::Value) -> Result<Self, $crate::vulnote::keyed::Refused> {
                match value {
                    serde_json::Value::Object(map) => Self::from_object(map, &format!("{key}.")),
                    other => Err($crate::vulnote::keyed::wrong::<Self>(key, &other)),
                }
            }

            fn value(&self) -> serde_json::Value {
                let named = self.entries().into_iter().map(|(key, value)| (key.to_owned(), value));
                serde_json::Value::Object(named.chain(self.other.clone()).collect())
            }
        }
    };
}
pub(super) use keyed;
