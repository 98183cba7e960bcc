//! Which crate may know which, and what stands in one room only.

use std::process::Command;

use serde_json::Value;

use crate::files::{self, root};
use crate::none;
use crate::rust::{code_outside_tests, lines_with, parts};

/// Each crate, and those of ours that it may use. Dependencies point one way:
/// ombud → web → app → store, mail, formats, openpgp, outside → domain. A new edge is a decision of design.
const MAY_USE: [(&str, &[&str]); 12] = [
    ("domain", &[]),
    ("formats", &["domain"]),
    ("mail", &["domain"]),
    ("openpgp", &[]),
    ("store", &["domain"]),
    ("outside", &[]),
    ("app", &["domain", "formats", "mail", "openpgp", "outside", "store"]),
    ("web", &["app", "domain", "formats", "mail", "store"]),
    ("ombud", &["app", "domain", "formats", "mail", "outside", "store", "web"]),
    ("testkit", &["app", "domain", "formats", "mail", "outside", "store", "web"]),
    ("e2e", &["app", "domain", "formats", "mail", "outside", "store", "testkit", "web"]),
    ("xtask", &[]),
];

/// Foreign crates that belong to one room, and the room.
const BELONGS_TO: [(&str, &[&str]); 13] = [
    ("rusqlite", &["store"]),
    ("tokio-postgres", &["store", "testkit"]),
    ("sqlx", &[]),
    ("object_store", &["store"]),
    ("axum", &["ombud", "testkit", "web"]),
    ("askama", &["web"]),
    ("tower-http", &["web"]),
    ("lettre", &["mail", "outside"]),
    ("minijinja", &["mail"]),
    ("sequoia-openpgp", &["openpgp"]),
    ("anyhow", &["ombud", "e2e", "xtask"]),
    ("clap", &["ombud"]),
    ("tokio", &["app", "e2e", "mail", "ombud", "outside", "store", "testkit", "web"]),
];

struct Edge {
    from: String,
    to: String,
    in_tests_only: bool,
}

fn edges() -> Vec<Edge> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--offline", "--no-deps", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let mut edges = Vec::new();
    for package in metadata["packages"].as_array().expect("packages") {
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            edges.push(Edge {
                from: package["name"].as_str().expect("a name").to_owned(),
                to: dependency["name"].as_str().expect("a name").to_owned(),
                in_tests_only: dependency["kind"] == "dev",
            });
        }
    }
    assert!(edges.len() > 50, "cargo metadata lists {} dependencies", edges.len());
    edges
}

fn ours(name: &str) -> Option<&'static [&'static str]> {
    MAY_USE.iter().find(|(known, _)| *known == name).map(|(_, may_use)| *may_use)
}

#[test]
fn dependencies_point_one_way() {
    let mut breaches = Vec::new();
    for Edge { from, to, in_tests_only } in edges() {
        let Some(allowed) = ours(&from) else {
            breaches.push(format!("{from} is in no room yet: say in MAY_USE what it may use"));
            continue;
        };
        // Tests of any crate below `web` may use what builds a whole server.
        let fine = ours(&to).is_none()
            || allowed.contains(&to.as_str())
            || (in_tests_only && to != "web" && to != "ombud");
        if !fine {
            breaches.push(format!("{from} may not use {to}"));
        }
    }
    none("ombud → web → app → store, mail, formats, openpgp, outside → domain", &breaches);
}

#[test]
fn a_foreign_crate_is_used_in_its_own_room_only() {
    let mut breaches = Vec::new();
    for Edge { from, to, in_tests_only } in edges() {
        let room = BELONGS_TO.iter().find(|(name, _)| *name == to);
        let elsewhere = room.is_some_and(|(_, rooms)| !rooms.contains(&from.as_str()));
        if elsewhere && !in_tests_only {
            breaches.push(format!("{from} uses {to}"));
        }
    }
    none("each of these has its room, see BELONGS_TO", &breaches);
}

/// How a statement starts, and what follows in it: the start alone may be a plain sentence.
const STATEMENTS: [(&str, &str); 8] = [
    ("select ", " from "),
    ("insert into ", ""),
    ("update ", " set "),
    ("delete from ", ""),
    ("create table ", ""),
    ("create index ", ""),
    ("alter table ", ""),
    ("pragma ", ""),
];

fn is_sql(literal: &str) -> bool {
    let words: Vec<&str> = literal.split_whitespace().collect();
    let statement = format!("{} ", words.join(" ").to_lowercase());
    STATEMENTS.iter().any(|(start, then)| statement.starts_with(start) && statement.contains(then))
}

#[test]
fn only_the_store_speaks_sql() {
    let mut breaches = Vec::new();
    for file in files::rust() {
        if !file.path.starts_with("crates/") || file.path.starts_with("crates/store/") {
            continue;
        }
        let parts = parts(&file.text);
        let literals = parts.strings.iter().filter(|(_, text)| is_sql(text));
        let lines = literals.map(|(line, _)| *line);
        for line in lines.chain(lines_with(&parts.code, "sql!(")) {
            breaches.push(format!("{}:{line}", file.path));
        }
    }
    none("all SQL is in crates/store", &breaches);
}

#[test]
fn sql_is_told_from_a_sentence() {
    assert!(is_sql("select id\n   from cases where id = ?1"));
    assert!(is_sql("UPDATE cases SET title = ?1"));
    assert!(!is_sql("Select a vendor"));
    assert!(!is_sql("Update your statement"));
}

#[test]
fn only_the_web_names_a_status_code() {
    let mut breaches = Vec::new();
    for file in files::rust() {
        // `outside` reads the answers of other servers; it gives none.
        let may = ["crates/web/", "crates/outside/", "testkit/", "e2e/", "xtask/"];
        if may.iter().any(|room| file.path.starts_with(room)) {
            continue;
        }
        for line in lines_with(&parts(&file.text).code, "StatusCode") {
            breaches.push(format!("{}:{line}", file.path));
        }
    }
    none("only crates/web turns an error into a status", &breaches);
}

/// Ways from a public page to what is not public. The door for everyone is the only one it needs.
const PRIVATE: [&str; 10] =
    ["Ctx", "ctx", "Desk", "desk", "Store", "store", "Tx", "tx", "vault", "blobs"];

fn is_public_room(path: &str) -> bool {
    path == "crates/app/src/public.rs"
        || path == "crates/web/src/public.rs"
        || path.starts_with("crates/web/src/public/")
}

/// A line of code without the names that may stand there: the crate of the rows and its types.
fn without_imports(line: &str) -> &str {
    if line.trim_start().starts_with("use ") { "" } else { line }
}

#[test]
fn public_pages_never_name_the_private_store() {
    let (mut breaches, mut n_files) = (Vec::new(), 0);
    for file in files::rust().filter(|file| is_public_room(&file.path)) {
        n_files += 1;
        let code = code_outside_tests(&file.path, &file.text);
        let code: Vec<&str> = code.lines().map(without_imports).collect();
        for word in PRIVATE {
            for line in lines_with(&code.join("\n"), word) {
                breaches.push(format!("{}:{line} {word}", file.path));
            }
        }
    }
    assert!(n_files >= 6, "{n_files} files serve public pages: have they moved?");
    none("public pages read through app::public and Site::public alone", &breaches);
}

#[test]
fn the_domain_is_pure() {
    let foreign = [
        "async",
        "await",
        "tokio",
        "rusqlite",
        "tokio_postgres",
        "getrandom",
        "SystemTime",
        "Instant::now",
        "Timestamp::now",
        "Zoned::now",
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "std::thread",
        "new_v4",
        "now_v7",
    ];
    let mut breaches = Vec::new();
    for file in files::rust().filter(|file| file.path.starts_with("crates/domain/src/")) {
        let code = code_outside_tests(&file.path, &file.text);
        for word in foreign {
            for line in lines_with(&code, word) {
                breaches.push(format!("{}:{line} {word}", file.path));
            }
        }
    }
    none("no async, clock, randomness, file, network or SQL in the domain", &breaches);
}
