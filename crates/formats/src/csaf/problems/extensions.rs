//! Do extensions have the shape that the standard gives them (CSAF 2.1)? What they say is kept and not read, and the schemas that they name are not
//! fetched.

use serde_json::Value;

use super::{Problem, each_key};
use crate::csaf::Document;

/// 6.1.60.1: an extension without its four keys, or with others.
pub(super) fn shape(document: &Document) -> Vec<Problem> {
    let mut found = vec![];
    each_key(document, &mut |path, key, value| {
        let is_ours = key == "x_extensions";
        if is_ours {
            judge(value, path, &mut found);
        }
        is_ours
    });
    found
}

fn judge(extensions: &Value, path: &str, found: &mut Vec<Problem>) {
    let Some(list) = extensions.as_array().filter(|list| !list.is_empty()) else {
        found.push(Problem::new("6.1.60.1", path, "This is no list of extensions."));
        return;
    };
    for (index, _) in list.iter().enumerate().filter(|(_, one)| !is_extension(one)) {
        let path = format!("{path}/{index}");
        found.push(Problem::new("6.1.60.1", path, "This is no extension."));
    }
}

fn is_extension(value: &Value) -> bool {
    let Some(object) = value.as_object().filter(|object| object.len() == 4) else { return false };
    let categories = ["essential", "significant", "supplementary"];
    let text = |key: &str| object.get(key).and_then(Value::as_str);
    let content = object.get("content").and_then(Value::as_object);
    text("$schema").is_some_and(is_schema)
        && text("category").is_some_and(|category| categories.contains(&category))
        && object.get("critical").is_some_and(Value::is_boolean)
        && content.is_some_and(|content| !content.is_empty())
}

/// A web address whose file is named with a version, and not the standard's own schema.
fn is_schema(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://") else { return false };
    let Some((host, path)) = rest.split_once('/') else { return false };
    let file = path.rsplit('/').next().unwrap_or_default();
    let version = file.strip_suffix(".json").and_then(|name| name.rsplit_once('_'));
    let own = text.starts_with("https://docs.oasis-open.org/csaf/csaf/v2.1/")
        && text.ends_with("schema/extension-content.json");
    host.contains('.')
        && !own
        && !path.contains(|letter: char| letter.is_whitespace())
        && version.is_some_and(|(name, version)| {
            !name.is_empty() && super::ssvc::is_semantic_version(version)
        })
}
