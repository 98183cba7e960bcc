//! What goes into a statement and what comes out of it.
//!
//! Four kinds of value exist on both engines: nothing, whole numbers, texts and bytes. The rest is
//! written as one of these, the same on both: a truth as 0 or 1, an instant as microseconds since
//! 1970 UTC, a UUID as its 16 bytes (half the index of a text, no second spelling in capitals, and
//! for version 7 the order of the bytes is the order of time). There are no floating numbers.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use crate::error::{Corrupt, Result, StoreError};
use crate::statements::Statement;

/// A value of a column or a parameter.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// `bigint`.
    Integer(i64),
    /// `text`.
    Text(String),
    /// `blob` or `bytea`.
    Bytes(Vec<u8>),
}

/// Shows the kind and the length only: the database client logs parameters by this, and rows hold
/// what no log may hold.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Integer(_) => f.write_str("Integer"),
            Self::Text(text) => write!(f, "Text({})", text.len()),
            Self::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
        }
    }
}

/// The parameters of a statement: `values![id, name, now]`.
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => { [$($crate::Value::from($value)),*] };
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}
impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Integer(value.into())
    }
}
impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Integer(value.into())
    }
}
impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Integer(value.into())
    }
}
impl From<Timestamp> for Value {
    fn from(value: Timestamp) -> Self {
        Self::Integer(value.as_microsecond())
    }
}
impl From<Uuid> for Value {
    fn from(value: Uuid) -> Self {
        Self::Bytes(value.as_bytes().to_vec())
    }
}
impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}
impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}
impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}
impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Bytes(value.to_vec())
    }
}
impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}
impl<const N: usize> From<[u8; N]> for Value {
    fn from(value: [u8; N]) -> Self {
        Self::Bytes(value.to_vec())
    }
}
impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A type that a column can be read as. `None` means that the column makes no sense as one.
pub trait FromValue: Sized {
    /// Reads the value.
    fn from_value(value: &Value) -> Option<Self>;
}

impl FromValue for i64 {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Integer(number) = value { Some(*number) } else { None }
    }
}
impl FromValue for u32 {
    fn from_value(value: &Value) -> Option<Self> {
        i64::from_value(value)?.try_into().ok()
    }
}
impl FromValue for u64 {
    fn from_value(value: &Value) -> Option<Self> {
        i64::from_value(value)?.try_into().ok()
    }
}
impl FromValue for usize {
    fn from_value(value: &Value) -> Option<Self> {
        i64::from_value(value)?.try_into().ok()
    }
}
impl FromValue for bool {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Integer(0) => Some(false),
            Value::Integer(1) => Some(true),
            Value::Null | Value::Integer(_) | Value::Text(_) | Value::Bytes(_) => None,
        }
    }
}
impl FromValue for Timestamp {
    fn from_value(value: &Value) -> Option<Self> {
        Self::from_microsecond(i64::from_value(value)?).ok()
    }
}
impl FromValue for Uuid {
    fn from_value(value: &Value) -> Option<Self> {
        <[u8; 16]>::from_value(value).map(Self::from_bytes)
    }
}
impl FromValue for String {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Text(text) = value { Some(text.clone()) } else { None }
    }
}
impl FromValue for Vec<u8> {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Bytes(bytes) = value { Some(bytes.clone()) } else { None }
    }
}
impl<const N: usize> FromValue for [u8; N] {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Bytes(bytes) = value { bytes.as_slice().try_into().ok() } else { None }
    }
}
impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Option<Self> {
        if *value == Value::Null { Some(None) } else { T::from_value(value).map(Some) }
    }
}

/// A row of an answer.
#[derive(Debug, Clone)]
pub struct Row {
    pub(crate) statement: &'static Statement,
    pub(crate) columns: Arc<[String]>,
    pub(crate) values: Vec<Value>,
}

/// A column of a row, by position (from 0) or by name. Names cost a short search; an expression
/// needs an alias, because the engines name it differently.
pub trait Column: fmt::Display + Copy {
    /// Its position.
    fn position(&self, columns: &[String]) -> Option<usize>;
}

impl Column for usize {
    fn position(&self, _: &[String]) -> Option<usize> {
        Some(*self)
    }
}
impl Column for &str {
    fn position(&self, columns: &[String]) -> Option<usize> {
        columns.iter().position(|column| column == self)
    }
}

impl Row {
    /// Reads a column; what makes no sense as a `T` is `Corrupt`.
    pub fn get<T: FromValue>(&self, column: impl Column) -> Result<T> {
        self.read(column, |value: T| Some(value))
    }

    /// Reads a text column and parses it.
    pub fn parse<T: FromStr>(&self, column: impl Column) -> Result<T> {
        self.read(column, |text: String| text.parse().ok())
    }

    /// Reads a column and understands it: `row.read("status", Status::from_code)`.
    pub fn read<T: FromValue, U>(
        &self,
        column: impl Column,
        understand: impl FnOnce(T) -> Option<U>,
    ) -> Result<U> {
        column
            .position(&self.columns)
            .and_then(|position| self.values.get(position))
            .and_then(T::from_value)
            .and_then(understand)
            .ok_or_else(|| self.corrupt(column))
    }

    /// The error that says that `column` of this row makes no sense.
    pub fn corrupt(&self, column: impl Column) -> StoreError {
        let name = column
            .position(&self.columns)
            .and_then(|position| self.columns.get(position))
            .map_or_else(|| column.to_string(), Clone::clone);
        Corrupt::new(self.statement.table(), name, self.key()).into()
    }

    /// The first column, if it looks like an id.
    fn key(&self) -> String {
        match self.values.first() {
            Some(Value::Integer(number)) => number.to_string(),
            Some(Value::Bytes(bytes)) => {
                Uuid::from_slice(bytes).map_or_else(|_| "unknown".to_owned(), |id| id.to_string())
            }
            Some(Value::Null | Value::Text(_)) | None => "unknown".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
