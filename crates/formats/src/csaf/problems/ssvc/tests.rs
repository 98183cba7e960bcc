//! The grammar of namespaces and versions, and the table against the decision points beside the project.

use serde_json::json;

use super::*;
use crate::sample::judge::shared;

#[test]
fn namespaces_follow_their_grammar() {
    for fine in [
        "ssvc",
        "cisa",
        "test",
        "ssvc#part-1",
        "x_example.test#test",
        "x_example.test#test//.example.test#private-extension",
        "ssvc/de-DE/.example.organization#reference-arch-1",
        "ssvc//.example.test$en-GB",
        "ssvc//example.test#a$i-default/pt-BR",
    ] {
        assert!(is_namespace(fine), "{fine}");
    }
    for odd in [
        "",
        "ab",
        "SSVC",
        "1ssvc",
        "ss..vc",
        "x_example#test",
        "x_example.test",
        "x_-a.test#b",
        "ssvc/.example.test#a",
        "ssvc//.example.test",
        "ssvc//.example.test#a$",
        "ssvc//example.test$de",
        &"a".repeat(1001),
    ] {
        assert!(!is_namespace(odd), "{odd}");
    }
}

#[test]
fn versions_are_semantic_ones() {
    for fine in ["1.0.0", "0.0.0", "10.20.30", "1.0.0-rc.1", "1.0.0-x-y+b.001", "1.0.0+0"] {
        assert!(is_semantic_version(fine), "{fine}");
    }
    for odd in ["1.0", "1.0.0.0", "01.0.0", "1.0.0-", "1.0.0-01", "1.0.0+", "v1.0.0", "1.0.a", ""] {
        assert!(!is_semantic_version(odd), "{odd}");
    }
}

/// The first thing that is wrong in a list with some keys replaced.
fn fault(changes: Value) -> String {
    let mut list = json!({
        "timestamp": "2026-01-01T00:00:00Z", "schemaVersion": "2.0.0",
        "selections": [{ "namespace": "ssvc", "key": "E", "version": "1.1.0", "values": [{ "key": "A" }] }],
    });
    list.as_object_mut().unwrap().extend(changes.as_object().cloned().unwrap());
    match read(&list) {
        Ok(list) => list.fault().unwrap_or_default(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_list_that_the_schema_refuses_is_none() {
    let selection = |changes: Value| {
        let mut one = json!({ "namespace": "ssvc", "key": "E", "version": "1.1.0", "values": [{ "key": "A" }] });
        one.as_object_mut().unwrap().extend(changes.as_object().cloned().unwrap());
        json!({ "selections": [one] })
    };
    for (changes, words) in [
        (json!({}), ""),
        (json!({ "target_ids": ["CVE-1900-0001"] }), ""),
        (json!({ "schemaVersion": "1.0.1" }), "it is of another version"),
        (json!({ "timestamp": "today" }), "its timestamp is none"),
        (json!({ "selections": [] }), "a list in it is empty"),
        (json!({ "target_ids": [] }), "a list in it is empty"),
        (json!({ "references": [] }), "a list in it is empty"),
        (json!({ "target_ids": ["a", "a"] }), "an id stands in it twice"),
        (
            json!({ "references": [{ "uri": "no where", "summary": "" }] }),
            "a reference leads nowhere",
        ),
        (json!({ "references": [{ "uri": "urn:x:y", "summary": "" }] }), ""),
        (selection(json!({ "namespace": "SSVC" })), "the selection SSVC E is no namespace"),
        (selection(json!({ "key": "_E" })), "the selection ssvc _E has a key that is none"),
        (selection(json!({ "key": "T*" })), ""),
        (selection(json!({ "version": "1" })), "the selection ssvc E has no version"),
        (selection(json!({ "values": [] })), "the selection ssvc E has no value"),
        (selection(json!({ "name": "" })), "the selection ssvc E has an empty word"),
    ] {
        assert_eq!(fault(changes.clone()), words, "{changes}");
    }
    assert!(fault(json!({ "more": 1 })).starts_with("unknown field `more`"));
    assert!(fault(selection(json!({ "more": 1 }))).starts_with("unknown field `more`"));
}

#[test]
fn the_table_is_the_one_of_ssvc() {
    let Some(folder) = shared("data/ssvc/decision_points") else { return };
    let mut compared = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let point: Value =
            serde_json::from_slice(&std::fs::read(file.unwrap().path()).unwrap()).unwrap();
        let text = |key: &str| point[key].as_str().unwrap();
        let keys = point["values"].as_array().unwrap().iter();
        let keys: Vec<_> = keys.map(|value| value["key"].as_str().unwrap()).collect();
        let told = [text("version"), text("name"), &keys.join(" ")];
        let known = points(text("namespace"), text("key")).any(|known| known == told);
        assert!(known, "{told:?}");
        compared += 1;
    }
    let ours = DECISION_POINTS.lines().filter(|line| line.starts_with("ssvc\t")).count();
    assert_eq!(compared, ours);
}
