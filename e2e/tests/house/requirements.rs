//! `docs/requirements.md` says what is asked of us, where each thing lives and which test proves
//! it. A row that claims more than the code holds is a lie to the next reader: it fails here.

use std::collections::BTreeSet;

use crate::files;
use crate::none;
use crate::rust::parts;

const TABLE: &str = "docs/requirements.md";

/// How many rows of each kind there are: requirements, embargo rules, invariants, and what a
/// coordinator who comes from VINCE expects to find.
const ROWS: [(char, usize); 4] = [('S', 112), ('E', 24), ('I', 30), ('V', 140)];

#[derive(Debug, PartialEq, Eq)]
struct Row {
    id: String,
    says: String,
    modules: Vec<String>,
    tests: Vec<String>,
    state: String,
}

/// Reads a line of five columns: id, words, modules, tests, state.
fn row(line: &str) -> Option<Row> {
    let cells: Vec<&str> = line.trim().strip_prefix('|')?.strip_suffix('|')?.split('|').collect();
    let [id, says, modules, tests, state] = cells.as_slice() else { return None };
    let id = id.trim();
    let (kind, number) = id.split_at_checked(1)?;
    let known = ROWS.iter().any(|(row, _)| kind.starts_with(*row));
    (known && number.parse::<usize>().is_ok()).then(|| Row {
        id: id.to_owned(),
        says: says.trim().to_owned(),
        modules: names(modules),
        tests: names(tests),
        state: state.trim().to_owned(),
    })
}

fn names(cell: &str) -> Vec<String> {
    let names = cell.split([',', ' ', '`']).map(str::trim);
    names.filter(|name| !matches!(*name, "" | "–" | "-")).map(str::to_owned).collect()
}

/// Whether a line starts as `| S1 …` does, whatever became of the rest.
fn looks_like_a_row(line: &str) -> bool {
    let mut start = line.trim_start_matches(['|', ' ']).chars();
    let kind = start.next();
    ROWS.iter().any(|(known, _)| Some(*known) == kind)
        && start.next().is_some_and(|digit| digit.is_ascii_digit())
        && line.starts_with('|')
}

/// What is known of the code.
struct Code {
    paths: BTreeSet<String>,
    functions: BTreeSet<String>,
}

impl Code {
    fn read() -> Self {
        let mut functions = BTreeSet::new();
        for file in files::rust() {
            functions.extend(tests_in(&parts(&file.text).code));
        }
        let paths = files::all().iter().map(|file| file.path.clone()).collect();
        Self { paths, functions }
    }

    /// Whether `app::report` is `crates/app/src/report.rs` or `…/report/mod.rs`, and `app` a crate.
    fn has_module(&self, module: &str) -> bool {
        let mut parts = module.split("::");
        let room = parts.next().unwrap_or_default();
        let inside: Vec<&str> = parts.collect();
        [format!("crates/{room}"), room.to_owned()].iter().any(|room| {
            if inside.is_empty() {
                return self.paths.contains(&format!("{room}/Cargo.toml"));
            }
            let path = inside.join("/");
            ["src", "tests"].iter().any(|kind| {
                self.paths.contains(&format!("{room}/{kind}/{path}.rs"))
                    || self.paths.contains(&format!("{room}/{kind}/{path}/mod.rs"))
                    || self.paths.contains(&format!("{room}/{kind}/{path}/main.rs"))
            })
        })
    }

    /// Whether a test has this name: `moving_the_day`, or `embargo::tests::moving_the_day`.
    fn has_test(&self, test: &str) -> bool {
        self.functions.contains(test.rsplit("::").next().unwrap_or(test))
    }
}

/// Macros whose functions are tests without an attribute of their own.
const MAKERS: [&str; 2] = ["both_engines! {", "proptest! {"];

/// The names of the functions that carry an attribute of a test, or stand in a maker of tests.
fn tests_in(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut marked = false;
    let mut ends_with: Option<String> = None;
    for whole in code.lines() {
        let line = whole.trim();
        if ends_with.as_deref() == Some(whole.trim_end()) {
            ends_with = None;
        } else if MAKERS.iter().any(|maker| line.ends_with(maker)) {
            let indent = whole.len() - whole.trim_start().len();
            ends_with = Some(format!("{}}}", " ".repeat(indent)));
        } else if line.starts_with("#[") {
            marked |= line.starts_with("#[test]") || line.contains("::test");
        } else if let Some(name) = function(line) {
            if marked || ends_with.is_some() {
                found.push(name);
            }
            marked = false;
        }
    }
    found
}

fn function(line: &str) -> Option<String> {
    let at = line.find("fn ").filter(|at| {
        line.get(..*at).is_some_and(|before| before.split_whitespace().all(|w| w != "="))
    })?;
    let name: String =
        line.get(at + 3..)?.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

fn breaches(table: &str, code: &Code) -> Vec<String> {
    let mut found = Vec::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for (number, line) in table.lines().enumerate() {
        let Some(row) = row(line) else {
            if looks_like_a_row(line) {
                found.push(format!("line {}: this row has not five columns", number + 1));
            }
            continue;
        };
        if !seen.insert(row.id.clone()) {
            found.push(format!("{} stands there twice", row.id));
        }
        check(&row, code, &mut found);
    }
    for (kind, count) in ROWS {
        let wanted = (1..=count).map(|number| format!("{kind}{number}"));
        for missing in wanted.filter(|id| !seen.contains(id)) {
            found.push(format!("{missing} has no row"));
        }
        let number = |id: &String| id.strip_prefix(kind)?.parse::<usize>().ok();
        for unknown in seen.iter().filter(|id| number(id).is_some_and(|n| n == 0 || n > count)) {
            found.push(format!("{unknown} is asked for nowhere"));
        }
    }
    found
}

fn check(row: &Row, code: &Code, found: &mut Vec<String>) {
    let id = &row.id;
    if row.says.is_empty() {
        found.push(format!("{id} says nothing"));
    }
    match row.state.as_str() {
        "true" if row.modules.is_empty() => found.push(format!("{id} is true, and lives nowhere")),
        "true" if row.tests.is_empty() => found.push(format!("{id} is true, and no test says so")),
        "planned" | "true" => {}
        other => found.push(format!("{id} is {other:?}: planned or true?")),
    }
    for module in row.modules.iter().filter(|module| !code.has_module(module)) {
        found.push(format!("{id} lives in {module}, which does not exist"));
    }
    for test in row.tests.iter().filter(|test| !code.has_test(test)) {
        found.push(format!("{id} is proved by {test}, which is no test"));
    }
}

#[test]
fn the_table_of_requirements_is_whole_and_true() {
    let table = files::all().iter().find(|file| file.path == TABLE).expect(TABLE);
    let code = Code::read();
    assert!(code.functions.len() > 10, "only {} tests were found", code.functions.len());
    none(TABLE, &breaches(&table.text, &code));
}

fn small_world() -> Code {
    Code {
        paths: ["crates/app/Cargo.toml", "crates/app/src/report.rs", "e2e/tests/house/main.rs"]
            .map(str::to_owned)
            .into(),
        functions: ["a_report_is_kept".to_owned()].into(),
    }
}

fn judged(line: &str) -> Vec<String> {
    let all = breaches(line, &small_world());
    all.into_iter().filter(|breach| !breach.ends_with("has no row")).collect()
}

#[test]
fn a_row_that_is_true_names_its_place_and_its_test() {
    let fine =
        "| S1 | A report is kept | `app::report`, `e2e::house` | `a_report_is_kept` | true |";
    assert_eq!(judged(fine), Vec::<String>::new());
    assert_eq!(judged("| S1 | Planned | app | – | planned |"), Vec::<String>::new());
}

#[test]
fn a_row_that_claims_too_much_is_found() {
    let lies = [
        "| S1 | No test | `app::report` |  | true |",
        "| S1 | No place |  | `a_report_is_kept` | true |",
        "| S1 | No such test | `app::report` | `a_report_is_lost` | true |",
        "| S1 | No such test either | `app` | `a_report_is_lost` | planned |",
        "| S1 | No such module | `app::letters` | `a_report_is_kept` | true |",
        "| S1 | No such state | `app` | | almost |",
        "| S1 | | `app` | | planned |",
        "| S1 | A column too few | `app` | planned |",
        "| S113 | A row too many | `app` | | planned |",
    ];
    for lie in lies {
        assert_eq!(judged(lie).len(), 1, "{lie}: {:?}", judged(lie));
    }
    let twice = format!("{0}\n{0}", "| S1 | Planned | app | – | planned |");
    assert_eq!(judged(&twice), ["S1 stands there twice"]);
}

#[test]
fn a_missing_row_is_found() {
    let missing = breaches("", &small_world());
    assert_eq!(missing.len(), ROWS.iter().map(|(_, count)| count).sum::<usize>());
}

#[test]
fn a_helper_is_no_test() {
    let code = "#[test]\nfn one() {}\nfn helper() {}\n#[tokio::test]\nasync fn two() {}\n";
    assert_eq!(tests_in(code), ["one", "two"]);
    let code = "both_engines! {\n    async fn one(store: Store) {\n    }\n}\nfn helper() {}\n";
    assert_eq!(tests_in(code), ["one"]);
}
