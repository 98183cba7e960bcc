//! The files of a small provider, held against the schemas and examples of OASIS.

use std::path::Path;
use std::process::Command;

use expect_test::expect;

use super::*;
use crate::feed::tests::{at, publisher};
use crate::judge;
use crate::sample::judge::{shared, tool};

pub(crate) fn document(id: &str, first: &str, current: &str) -> Document {
    Document {
        id: id.to_owned(),
        title: "Kettle boils over".to_owned(),
        summary: "The lid may fly off.".to_owned(),
        initial_release_at: at(first),
        current_release_at: at(current),
        hashes: Some(Hashes { sha256: "ab".repeat(32), sha512: "cd".repeat(64) }),
        signature: Signature::Beside,
        categories: vec!["Acme".to_owned()],
    }
}

fn documents() -> [Document; 3] {
    [
        document("VU#4711", "2025-12-31T23:30:00Z", "2026-03-01T12:00:00Z"),
        document("VU#4712", "2026-02-01T12:00:00Z", "2026-02-01T12:00:00.5Z"),
        document("VU#4713", "2026-02-01T12:00:00Z", "2026-03-01T12:00:00Z"),
    ]
}

fn key() -> Key {
    Key { fingerprint: "8F".repeat(20), url: "https://cert.example/key.asc".to_owned() }
}

fn provider<'a>(
    publisher: &'a Publisher,
    version: Version,
    documents: &'a [Document],
    keys: &'a [Key],
) -> Provider<'a> {
    Provider {
        publisher,
        version,
        documents,
        keys,
        aggregation: Aggregation::Mirror,
        changed_at: at("2026-01-01T00:00:00Z"),
        maintained_from: None,
        maintained_until: None,
    }
}

const BOTH: [Version; 2] = [Version::TwoZero, Version::TwoOne];

#[test]
fn an_id_becomes_the_name_of_a_file() {
    for (id, name) in [
        ("VU#4711", "vu_4711.json"),
        ("Example Company - 2019-YH3234", "example_company_-_2019-yh3234.json"),
        ("RHBA-2019:0024", "rhba-2019_0024.json"),
        ("2022 #01-A", "2022_01-a.json"),
        ("a//__b", "a_b.json"),
    ] {
        let document = Document { id: id.to_owned(), ..documents()[0].clone() };
        assert_eq!(document.file_name(), name);
    }
}

#[test]
fn changes_are_quoted_in_two_zero_alone() {
    let (publisher, documents) = (publisher(), documents());
    expect![[r#"
        "2025/vu_4711.json","2026-03-01T12:00:00Z"
        "2026/vu_4713.json","2026-03-01T12:00:00Z"
        "2026/vu_4712.json","2026-02-01T12:00:00.5Z"
    "#]]
    .assert_eq(&provider(&publisher, Version::TwoZero, &documents, &[]).changes());
    expect![[r"
        2025/vu_4711.json,2026-03-01T12:00:00Z
        2026/vu_4713.json,2026-03-01T12:00:00Z
        2026/vu_4712.json,2026-02-01T12:00:00.5Z
    "]]
    .assert_eq(&provider(&publisher, Version::TwoOne, &documents, &[]).changes());
    expect![[r"
        2026/vu_4713.json
        2026/vu_4712.json
        2025/vu_4711.json
    "]]
    .assert_eq(&provider(&publisher, Version::TwoOne, &documents, &[]).index());
}

#[test]
fn every_file_has_its_place() {
    let (publisher, documents) = (publisher(), documents());
    let provider = provider(&publisher, Version::TwoOne, &documents[..1], &[]);
    let mut paths = vec![provider.path(&documents[0])];
    paths.extend(provider.hash_files(&documents[0]).into_iter().map(|(path, _)| path));
    paths.extend(provider.signature_path(&documents[0]));
    let around = provider.files().into_iter().chain(provider.well_known());
    paths.extend(around.map(|(path, _)| path));
    expect![[r"
        .well-known/csaf/v2.1/clear/2025/vu_4711.json
        .well-known/csaf/v2.1/clear/2025/vu_4711.json.sha256
        .well-known/csaf/v2.1/clear/2025/vu_4711.json.sha512
        .well-known/csaf/v2.1/clear/2025/vu_4711.json.asc
        .well-known/csaf/v2.1/clear/index.txt
        .well-known/csaf/v2.1/clear/changes.csv
        .well-known/csaf/v2.1/clear/category-clear.json
        .well-known/csaf/v2.1/clear/feed-tlp-clear.json
        .well-known/csaf/v2.1/service.json
        .well-known/csaf/v2.1/provider-metadata.json
        .well-known/csaf/service.json
        .well-known/csaf/provider-metadata.json"]]
    .assert_eq(&paths.join("\n"));
}

#[test]
fn a_hash_file_begins_with_the_hash_and_names_the_file() {
    let (publisher, documents) = (publisher(), documents());
    let provider = provider(&publisher, Version::TwoZero, &documents, &[]);
    let files = provider.hash_files(&documents[0]);
    let expected = format!("{}  vu_4711.json\n", "ab".repeat(32));
    assert_eq!(String::from_utf8(files[0].1.clone()).unwrap(), expected);
    let of_nothing = Hashes::of(b"");
    assert!(of_nothing.sha256.starts_with("e3b0c442") && of_nothing.sha512.starts_with("cf83e135"));
}

#[test]
fn a_folder_lists_by_whole_addresses_what_lies_in_it() {
    let (publisher, documents) = (publisher(), documents());
    let provider = provider(&publisher, Version::TwoZero, &documents, &[]);
    let listed = |folder: &str| {
        let inside = provider.inside(folder)?;
        let base = format!("https://cert.example/{folder}");
        assert!(inside.iter().all(|one| one.address == format!("{base}{}", one.name)));
        Some(inside.into_iter().map(|one| one.name).collect::<Vec<_>>().join("\n"))
    };
    let [label, year] = provider.folders(&documents[0]);
    expect![[r"
        2026/
        2025/
        index.txt
        changes.csv
        category-white.json
        feed-tlp-white.json"]]
    .assert_eq(&listed(&label).unwrap());
    expect![[r"
        vu_4711.json
        vu_4711.json.sha256
        vu_4711.json.sha512
        vu_4711.json.asc"]]
    .assert_eq(&listed(&year).unwrap());
    for none in [".well-known/csaf/v2.0/white/2024/", ".well-known/csaf/v2.1/clear/", "2025/"] {
        assert_eq!(provider.inside(none), None, "{none}");
    }
}

/// The reference downloader hashes what its reader of JSON took, and that stops at the last brace.
#[test]
fn nothing_follows_the_last_brace_of_a_file() {
    let (publisher, documents, keys) = (publisher(), documents(), [key()]);
    for version in BOTH {
        let provider = provider(&publisher, version, &documents, &keys);
        for (path, bytes) in provider.files().into_iter().chain(provider.well_known()) {
            let is_json = Path::new(&path).extension().is_some_and(|end| end == "json");
            assert!(!is_json || bytes.ends_with(b"}"), "{path}");
        }
    }
}

#[test]
fn the_metadata_of_two_zero() {
    let (publisher, documents, keys) = (publisher(), documents(), [key()]);
    let mut provider = provider(&publisher, Version::TwoZero, &documents, &keys);
    provider.maintained_until = Some(at("2026-06-01T00:00:00Z"));
    expect![[r#"
        {
          "canonical_url": "https://cert.example/.well-known/csaf/v2.0/provider-metadata.json",
          "distributions": [
            {
              "rolie": {
                "categories": [
                  "https://cert.example/.well-known/csaf/v2.0/white/category-white.json"
                ],
                "feeds": [
                  {
                    "summary": "All TLP:WHITE advisories of Kettle & Lid CERT.",
                    "tlp_label": "WHITE",
                    "url": "https://cert.example/.well-known/csaf/v2.0/white/feed-tlp-white.json"
                  }
                ],
                "services": [
                  "https://cert.example/.well-known/csaf/v2.0/service.json"
                ]
              }
            },
            {
              "directory_url": "https://cert.example/.well-known/csaf/v2.0/white/"
            }
          ],
          "last_updated": "2026-03-01T12:00:00Z",
          "list_on_CSAF_aggregators": true,
          "metadata_version": "2.0",
          "mirror_on_CSAF_aggregators": true,
          "public_openpgp_keys": [
            {
              "fingerprint": "8F8F8F8F8F8F8F8F8F8F8F8F8F8F8F8F8F8F8F8F",
              "url": "https://cert.example/key.asc"
            }
          ],
          "publisher": {
            "category": "coordinator",
            "name": "Kettle & Lid CERT",
            "namespace": "https://cert.example"
          },
          "role": "csaf_trusted_provider"
        }"#]]
    .assert_eq(&format!("{:#}", provider.metadata()));
}

#[test]
fn the_metadata_of_two_one() {
    let (publisher, documents, keys) = (publisher(), documents(), [key()]);
    let mut provider = provider(&publisher, Version::TwoOne, &documents, &keys);
    provider.maintained_from = Some(at("2026-06-01T00:00:00Z"));
    expect![[r#"
        {
          "$schema": "https://docs.oasis-open.org/csaf/csaf/v2.1/schema/provider.json",
          "canonical_url": "https://cert.example/.well-known/csaf/v2.1/provider-metadata.json",
          "distributions": [
            {
              "rolie": {
                "categories": [
                  "https://cert.example/.well-known/csaf/v2.1/clear/category-clear.json"
                ],
                "feeds": [
                  {
                    "last_updated": "2026-03-01T12:00:00Z",
                    "summary": "All TLP:CLEAR advisories of Kettle & Lid CERT.",
                    "tlp_label": "CLEAR",
                    "url": "https://cert.example/.well-known/csaf/v2.1/clear/feed-tlp-clear.json"
                  }
                ],
                "services": [
                  "https://cert.example/.well-known/csaf/v2.1/service.json"
                ]
              }
            },
            {
              "directory": {
                "tlp_label": "CLEAR",
                "url": "https://cert.example/.well-known/csaf/v2.1/clear/"
              }
            }
          ],
          "last_updated": "2026-03-01T12:00:00Z",
          "list_on_CSAF_aggregators": true,
          "maintained_from": "2026-06-01T00:00:00Z",
          "metadata_version": "2.1",
          "mirror_on_CSAF_aggregators": true,
          "public_openpgp_keys": [
            {
              "fingerprint": "8F8F8F8F8F8F8F8F8F8F8F8F8F8F8F8F8F8F8F8F",
              "url": "https://cert.example/key.asc"
            }
          ],
          "publisher": {
            "category": "coordinator",
            "name": "Kettle & Lid CERT",
            "namespace": "https://cert.example"
          },
          "role": "csaf_trusted_provider"
        }"#]]
    .assert_eq(&format!("{:#}", provider.metadata()));
}

#[test]
fn who_does_not_sign_everything_is_no_trusted_provider() {
    let (publisher, mut documents, keys) = (publisher(), documents(), [key()]);
    let role = |documents: &[Document], keys: &[Key]| {
        provider(&publisher, Version::TwoOne, documents, keys).role()
    };
    assert_eq!(role(&documents, &keys), "csaf_trusted_provider");
    assert_eq!(role(&documents, &[]), "csaf_provider");
    documents[1].signature = Signature::Missing;
    assert_eq!(role(&documents, &keys), "csaf_provider");
}

#[test]
fn the_copy_at_the_well_known_address_is_the_same() {
    let (publisher, documents) = (publisher(), documents());
    let provider = provider(&publisher, Version::TwoZero, &documents, &[]);
    let files = provider.files();
    for (path, bytes) in provider.well_known() {
        let original = path.replace(".well-known/csaf/", ".well-known/csaf/v2.0/");
        assert!(files.contains(&(original, bytes)), "{path}");
    }
}

#[test]
fn security_txt_names_the_well_known_address_first() {
    expect![[r"
        https://cert.example/.well-known/csaf/provider-metadata.json
        https://cert.example/.well-known/csaf/v2.0/provider-metadata.json
        https://cert.example/.well-known/csaf/v2.1/provider-metadata.json"]]
    .assert_eq(&security_txt(&publisher(), &BOTH).join("\n"));
}

#[test]
fn the_feed_lists_hashes_and_signatures() {
    let (publisher, mut documents) = (publisher(), documents());
    documents[0].signature = Signature::Missing;
    let feed = provider(&publisher, Version::TwoZero, &documents, &[]).feed();
    let entries = feed["feed"]["entry"].as_array().unwrap();
    let kinds = |entry: &Value| -> Vec<String> {
        let links = entry["link"].as_array().unwrap().iter();
        links.map(|link| link["rel"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(entries[0]["id"], "VU#4711");
    assert_eq!(kinds(&entries[0]), ["self", "hash", "hash"]);
    assert_eq!(entries[1]["id"], "VU#4713");
    assert_eq!(kinds(&entries[1]), ["self", "hash", "hash", "signature"]);
    assert_eq!(entries[2]["category"][0]["term"], "Acme");
}

/// A file of OASIS's archive as JSON, if the archive is here.
fn oasis(path: &str) -> Option<Value> {
    let archive = shared("data/oasis-csaf.tar.xz")?;
    let output =
        Command::new("tar").arg("-xJOf").arg(archive).arg(format!("./{path}")).output().unwrap();
    assert!(output.status.success(), "{path}: {}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// The schemas refer to each other by address; all of them come along.
const SCHEMA: &str = "
import sys, json, jsonschema, referencing
from referencing.jsonschema import DRAFT202012
given = json.load(sys.stdin)
resources = [(s['$id'], referencing.Resource(s, DRAFT202012)) for s in given['schemas']]
registry = referencing.Registry().with_resources(resources)
validator = jsonschema.Draft202012Validator(
    given['schemas'][0], registry=registry, format_checker=jsonschema.FormatChecker())
print(json.dumps([error.message for error in validator.iter_errors(given['document'])]))";

fn schema_faults(version: Version, metadata: &Value) -> Option<Value> {
    let schemas = match version {
        Version::TwoZero => ["provider_json_schema.json", "csaf_json_schema.json"],
        Version::TwoOne => ["provider.json", "csaf.json"],
    };
    let folder = format!("csaf_{}/json_schema", version.number());
    let schemas = schemas.map(|name| oasis(&format!("{folder}/{name}")));
    let schemas = schemas.into_iter().collect::<Option<Vec<_>>>()?;
    let given = json!({ "schemas": schemas, "document": metadata });
    judge::python("check-jsonschema", SCHEMA, given.to_string().as_bytes())
}

#[test]
fn the_metadata_follow_the_schemas_of_oasis() {
    let (publisher, documents, keys) = (publisher(), documents(), [key()]);
    for version in BOTH {
        for documents in [&documents[..], &[]] {
            let mut provider = provider(&publisher, version, documents, &keys);
            provider.maintained_until = Some(at("2027-01-01T00:00:00Z"));
            let metadata = provider.metadata();
            let Some(faults) = schema_faults(version, &metadata) else { return };
            assert_eq!(faults, json!([]), "{metadata:#}");
        }
    }
    let mut wrong = provider(&publisher, Version::TwoOne, &documents, &keys).metadata();
    wrong["distributions"][0]["rolie"]["feeds"][0]["tlp_label"] = json!("WHITE");
    let Some(faults) = schema_faults(Version::TwoOne, &wrong) else { return };
    assert_eq!(faults.as_array().unwrap().len(), 1, "{faults}");
}

#[test]
fn the_csaf_program_accepts_the_metadata_of_two_one() {
    let Some(program) = tool("csaf/bin/csaf") else { return };
    let (publisher, documents, keys) = (publisher(), documents(), [key()]);
    let metadata = provider(&publisher, Version::TwoOne, &documents, &keys).metadata();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("provider-metadata.json");
    std::fs::write(&file, metadata.to_string()).unwrap();
    let told = Command::new(program).args(["distribute", "provider"]).arg(file).output().unwrap();
    assert!(told.status.success(), "{told:?}");
}

/// Where ours lacks a key of an example, or has another kind of value under it.
fn missing(example: &Value, ours: &Value, path: &str, found: &mut Vec<String>) {
    match (example, ours) {
        (Value::Object(example), Value::Object(ours)) => {
            for (key, value) in example {
                missing(value, &ours[key], &format!("{path}.{key}"), found);
            }
        }
        (Value::Array(example), Value::Array(ours)) if !ours.is_empty() || example.is_empty() => {
            let pairs = example.iter().zip(ours);
            pairs.for_each(|(example, ours)| missing(example, ours, &format!("{path}[]"), found));
        }
        (Value::String(_), Value::String(_)) | (Value::Bool(_), Value::Bool(_)) => {}
        _ => found.push(path.to_owned()),
    }
}

#[test]
fn feed_service_and_categories_have_the_keys_of_the_examples() {
    let (publisher, documents) = (publisher(), documents());
    for version in BOTH {
        let provider = provider(&publisher, version, &documents, &[]);
        for (name, ours) in [
            ("example-01-feed-tlp-white.json", provider.feed()),
            ("example-01-service.json", provider.service_document()),
            ("example-01-category.json", provider.category_document()),
        ] {
            let path = format!("csaf_{}/examples/ROLIE/{name}", version.number());
            let Some(example) = oasis(&path) else { return };
            let mut found = vec![];
            missing(&example, &ours, "", &mut found);
            assert_eq!(found, [] as [String; 0], "{path}");
        }
    }
}
