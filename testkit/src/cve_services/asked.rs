//! What somebody asks of the stand-in, and what is wrong with it before anything is looked up.

use std::collections::BTreeMap;

use domain::Timestamp;
use serde_json::{Value, json};

use super::world::Answer;

/// One request.
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) path: Vec<String>,
    pub(super) query: BTreeMap<String, String>,
    pub(super) organization: Option<String>,
    pub(super) user: Option<String>,
    pub(super) key: Option<String>,
    pub(super) body: Option<Value>,
}

impl Asked {
    /// A parameter that is there and not empty.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether every parameter is known and well formed; else the answer that lists those that
    /// are not.
    pub(super) fn check(&self, known: &[&str]) -> Result<(), Answer> {
        let wrong: Vec<&str> = self
            .query
            .iter()
            .filter(|(name, value)| !known.contains(&name.as_str()) || !is_fine(name, value))
            .map(|(name, _)| name.as_str())
            .collect();
        if wrong.is_empty() { Ok(()) } else { Err(bad_input(&wrong)) }
    }
}

fn is_fine(name: &str, value: &str) -> bool {
    match name {
        "amount" => value.parse::<i64>().is_ok(),
        "page" => value.parse::<u32>().is_ok_and(|page| page >= 1),
        "cve_year" | "cve_id_year" => value.len() == 4 && value.parse::<u16>().is_ok(),
        "state" => ["RESERVED", "PUBLISHED", "REJECTED"].contains(&value),
        "time_reserved.lt" | "time_reserved.gt" => instant(value).is_some(),
        _ => true,
    }
}

/// An instant, with or without a zone.
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| format!("{text}Z").parse().ok())
}

/// Parameters that make no sense.
pub(super) fn bad_input(names: &[&str]) -> Answer {
    let details: Vec<Value> =
        names.iter().map(|name| json!({ "msg": "Invalid value", "param": name })).collect();
    (400, json!({ "error": "BAD_INPUT", "message": "Parameters were invalid", "details": details }))
}
