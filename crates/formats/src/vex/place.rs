//! A value of a document and where it stands, so that a refusal can say so.

use serde_json::{Map, Value};

use super::WHAT;
use crate::json::Unread;
use crate::words;

/// The longest text that is taken from a document, in characters.
const LONGEST: usize = 20_000;

/// A value and its place, such as `statements[3].status`.
pub(super) struct Place<'a> {
    path: String,
    pub(super) value: &'a Value,
}

impl<'a> Place<'a> {
    pub(super) fn whole(value: &'a Value) -> Self {
        Self { path: String::new(), value }
    }

    /// A refusal that names this place.
    pub(super) fn wrong(&self, why: &str) -> Unread {
        let why = match self.path.as_str() {
            "" => format!("it {why}"),
            path => format!("{path} {why}"),
        };
        Unread::OtherShape { what: WHAT, why }
    }

    fn should_be(&self, wanted: &str) -> Unread {
        let found = match self.value {
            Value::Null => "null",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        self.wrong(&format!("should hold {wanted}, but holds {found}"))
    }

    pub(super) fn object(&self) -> Result<&'a Map<String, Value>, Unread> {
        self.value.as_object().ok_or_else(|| self.should_be("an object"))
    }

    /// What stands at a key; null is nothing.
    pub(super) fn get(&self, key: &str) -> Result<Option<Place<'a>>, Unread> {
        let value = self.object()?.get(key).filter(|value| !value.is_null());
        let dot = if self.path.is_empty() { "" } else { "." };
        Ok(value.map(|value| Place { path: format!("{}{dot}{key}", self.path), value }))
    }

    /// What has to stand at a key.
    pub(super) fn need(&self, key: &str) -> Result<Place<'a>, Unread> {
        let found = self.get(key)?;
        found.ok_or_else(|| self.wrong(&format!("lacks the key {key}")))
    }

    /// The text that stands here: control characters gone, not longer than anybody reads.
    pub(super) fn text(&self) -> Result<String, Unread> {
        let text = self.value.as_str().ok_or_else(|| self.should_be("a text"))?;
        let kept = |letter: &char| !letter.is_control() || matches!(letter, '\n' | '\t');
        let text: String = text.chars().filter(kept).collect();
        Ok(words::cut(text.trim(), LONGEST))
    }

    /// The text at a key, if it says anything.
    pub(super) fn text_at(&self, key: &str) -> Result<Option<String>, Unread> {
        let text = self.get(key)?.map(|place| place.text()).transpose()?;
        Ok(text.filter(|text| !text.is_empty()))
    }

    /// The items of the list at a key; none where there is no such key.
    pub(super) fn list_at(&self, key: &str) -> Result<Vec<Place<'a>>, Unread> {
        let Some(place) = self.get(key)? else { return Ok(vec![]) };
        let list = place.value.as_array().ok_or_else(|| place.should_be("a list"))?;
        let items = list.iter().enumerate();
        Ok(items
            .map(|(at, value)| Place { path: format!("{}[{at}]", place.path), value })
            .collect())
    }
}
