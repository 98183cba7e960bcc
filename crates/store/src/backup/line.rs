//! A row as a line of JSON: an array of its values, bytes as `{"hex": "…"}`.

use serde_json::{Value as Json, json};

use crate::tables::Record;
use crate::value::Value;

/// The line of a row, with its end.
pub(super) fn write(record: &[Value]) -> String {
    let values = record.iter().map(|value| match value {
        Value::Null => Json::Null,
        Value::Integer(number) => json!(number),
        Value::Text(text) => json!(text),
        Value::Bytes(bytes) => json!({ "hex": domain::journal::hex(bytes) }),
    });
    format!("{}\n", Json::Array(values.collect()))
}

/// The row of a line, or nothing if it makes no sense.
pub(super) fn read(line: &str) -> Option<Record> {
    let Json::Array(values) = serde_json::from_str(line).ok()? else { return None };
    values.into_iter().map(value).collect()
}

fn value(json: Json) -> Option<Value> {
    match json {
        Json::Null => Some(Value::Null),
        Json::Number(number) => number.as_i64().map(Value::Integer),
        Json::String(text) => Some(Value::Text(text)),
        Json::Object(fields) => match fields.get("hex") {
            Some(Json::String(hex)) if fields.len() == 1 => unhex(hex).map(Value::Bytes),
            Some(_) | None => None,
        },
        Json::Bool(_) | Json::Array(_) => None,
    }
}

pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect()
}
