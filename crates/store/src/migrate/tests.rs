#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "a method of a transaction is not general over how long it lives"
)]

use domain::case::{RejectedCve, Vulnerability};
use domain::policy::PublishedPolicy;
use domain::{CaseId, Policy, VulnerabilityId};

use super::{Engine, MIGRATIONS, Migration, Session};
use crate::engine::tests::{keep, kept};
use crate::parse::to_json;
use crate::samples::{at, id, kept_case, write};
use crate::scratch::Schema;
use crate::statements::{Sql, Statement, sql};
use crate::{Place, Store, StoreError, Tx, values};

const FIRST: Migration = MIGRATIONS[0];
const SECOND: Migration = migration(2, "create table second (id bigint primary key) {strict};");
static ONE: [Migration; 1] = [FIRST];
static TWO: [Migration; 2] = [FIRST, SECOND];
static EDITED: [Migration; 1] = [Migration { text: "select 1;", ..FIRST }];
static INSERTED: [Migration; 2] =
    [migration(0, "create table zeroth (id bigint) {strict};"), FIRST];
static BROKEN: [Migration; 3] = [FIRST, SECOND, migration(3, "create tabel third (id bigint);")];
static UNKNOWN_WORD: [Migration; 2] = [FIRST, migration(2, "create table second (id {serial});")];

const fn migration(number: i64, text: &'static str) -> Migration {
    Migration { number, name: "test", text }
}

/// A place on each engine, and what keeps it alive.
fn places() -> Vec<(Place, Box<dyn std::any::Any>)> {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Place::Sqlite { path: folder.path().join("data") };
    let mut places: Vec<(Place, Box<dyn std::any::Any>)> = vec![(sqlite, Box::new(folder))];
    if let Some(schema) = Schema::new().unwrap() {
        places.push((schema.place(), Box::new(schema)));
    }
    places
}

async fn open(place: &Place, known: &'static [Migration]) -> Result<(), StoreError> {
    let store = Store::open_with(place, known).await?;
    store.close().await;
    Ok(())
}

#[tokio::test]
async fn opening_again_changes_nothing() {
    for (place, _alive) in places() {
        for _ in 0..2 {
            let store = Store::open(&place).await.unwrap();
            assert_eq!(kept(&store).await, 0);
            store.close().await;
        }
    }
}

#[tokio::test]
async fn a_later_schema_is_refused_in_a_sentence() {
    for (place, _alive) in places() {
        open(&place, &TWO).await.unwrap();
        let error = open(&place, &ONE).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "the database has schema 2 and this program knows schemas up to 1: \
             install the version that last used it, or restore the backup made before"
        );
        open(&place, &TWO).await.unwrap();
    }
}

#[tokio::test]
async fn a_migration_that_was_edited_or_slipped_in_later_is_refused() {
    for (place, _alive) in places() {
        open(&place, &ONE).await.unwrap();
        assert!(matches!(open(&place, &EDITED).await, Err(StoreError::Strange(1))));
        assert!(matches!(open(&place, &INSERTED).await, Err(StoreError::Strange(1))));
    }
}

#[tokio::test]
async fn a_migration_that_fails_leaves_everything_as_it_was() {
    for (place, _alive) in places() {
        open(&place, &ONE).await.unwrap();
        assert!(matches!(open(&place, &BROKEN).await, Err(StoreError::Database(_))));
        let error = open(&place, &UNKNOWN_WORD).await.unwrap_err().to_string();
        assert_eq!(error, "migration 2 cannot be applied: {serial} is not a word of migrations");
        open(&place, &ONE).await.unwrap();
        open(&place, &TWO).await.unwrap();
    }
}

#[tokio::test]
async fn a_file_that_holds_something_is_copied_before_it_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let place = Place::Sqlite { path: at("data") };
    let store = Store::open_with(&place, &ONE).await.unwrap();
    store.write(|tx| keep(tx, "a")).await.unwrap();
    store.close().await;
    assert!(!at("data.before-0001").exists(), "there was nothing to lose");
    open(&place, &ONE).await.unwrap();
    assert!(open(&place, &BROKEN).await.is_err());
    open(&place, &TWO).await.unwrap();
    assert!(at("data.before-0002").exists() && at("data.before-0002-2").exists());
    let copy = Place::Sqlite { path: at("data.before-0002") };
    assert_eq!(kept(&Store::open_with(&copy, &ONE).await.unwrap()).await, 1);
}

#[test]
fn a_text_is_made_for_each_engine() {
    let both = migration(
        1,
        "create table a (b {text}, c bigint, d {uuid} default '{}') {strict};\n-- @sqlite\nx\n-- @postgres\ny\n-- @both\nz",
    );
    assert_eq!(
        both.text_for(Engine::Sqlite).unwrap(),
        "create table a (b text, c integer, d blob default '{}') strict;\nx\nz"
    );
    assert_eq!(
        both.text_for(Engine::Postgres).unwrap(),
        "create table a (b text collate \"C\", c bigint, d bytea default '{}');\ny\nz"
    );
}

/// Every column of every table: its table, name, kind and whether it must be there.
async fn columns(store: &Store) -> Vec<String> {
    static COLUMNS: Statement = Statement::of_each(
        [
            "select t.name || '.' || c.name || ' ' || lower(c.type)
                || case when c.\"notnull\" <> 0 or c.pk <> 0 then ' not null' else '' end as told
            from pragma_table_list t
            join pragma_table_info(t.name) c
            where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite%'
            order by 1",
            "select table_name || '.' || column_name || ' '
                || case data_type when 'bigint' then 'integer' when 'bytea' then 'blob'
                    when 'text' then case collation_name when 'C' then 'text'
                        else 'text in the order of some language: write {text}' end
                    else data_type end
                || case is_nullable when 'NO' then ' not null' else '' end collate \"C\" as told
            from information_schema.columns
            where table_schema = current_schema()
            order by 1",
        ],
        "",
        0,
    );
    let rows = store.read(|tx| tx.query(Sql(&COLUMNS), &[])).await.unwrap();
    rows.iter().map(|row| row.get("told").unwrap()).collect()
}

#[tokio::test]
async fn both_engines_have_the_same_tables() {
    let sqlite = columns(&Store::scratch_sqlite().await.unwrap()).await;
    assert!(sqlite.contains(&"settings.value text not null".to_owned()), "{sqlite:#?}");
    let Some(postgres) = Store::scratch_postgres().await.unwrap() else { return };
    expect_test::expect![[""]].assert_eq(&differences(&sqlite, &columns(&postgres).await));
}

fn differences(sqlite: &[String], postgres: &[String]) -> String {
    let only = |name: &str, these: &[String], others: &[String]| {
        let these = these.iter().filter(|column| !others.contains(column));
        these.map(|column| format!("only on {name}: {column}")).collect::<Vec<_>>()
    };
    [only("SQLite", sqlite, postgres), only("PostgreSQL", postgres, sqlite)].concat().join("\n")
}

#[tokio::test]
async fn every_table_is_strict() {
    static LOOSE: Statement = Statement::shared(
        "select name from pragma_table_list
        where schema = 'main' and type = 'table' and strict = 0 and name not like 'sqlite%'",
        "",
        0,
    );
    let store = Store::scratch_sqlite().await.unwrap();
    let rows = store.read(|tx| tx.query(Sql(&LOOSE), &[])).await.unwrap();
    let names: Vec<String> = rows.iter().map(|row| row.get("name").unwrap()).collect();
    assert!(names.is_empty(), "not strict: {names:?}");
}

#[test]
fn no_reference_is_deferrable() {
    for migration in MIGRATIONS {
        let text = migration.text.to_lowercase();
        assert!(!text.contains("deferrable"), "{} shares its failures", migration.name);
    }
}

/// A database from before public pages had a copy of the policy: the one in force is copied, and
/// no more of it than everyone may read.
#[tokio::test]
async fn the_public_part_of_a_policy_that_was_there_before_is_published() {
    let before = MIGRATIONS.iter().position(|known| known.name.ends_with("_public.sql")).unwrap();
    for (place, _alive) in places() {
        let store = Store::open_with(&place, &MIGRATIONS[..before]).await.unwrap();
        for version in [1_u32, 2] {
            let policy = Policy { version, prefix: format!("V{version}"), ..Policy::default() };
            let row = values![version, to_json(&policy).unwrap()];
            let sql = sql!("insert into policies (version, policy, made_at) values (?1, ?2, 0)");
            store.write(move |tx: &mut Tx| tx.execute(sql, &row)).await.unwrap();
        }
        store.close().await;
        let store = Store::open(&place).await.unwrap();
        let published = store.public().read(|public| public.policy()).await.unwrap();
        let wanted = Policy { version: 2, prefix: "V2".to_owned(), ..Policy::default() };
        assert_eq!(published, PublishedPolicy::from(wanted));
        let sql = sql!("select policy from published_policy");
        let row = store.read(move |tx: &mut Tx| tx.query_opt(sql, &[])).await.unwrap().unwrap();
        assert!(!row.get::<String>("policy").unwrap().contains("analysts"));
        store.close().await;
    }
}

crate::both_engines! {
    async fn ids_of_cases_from_before_are_known_after_the_update(store: Store) {
        kept_case(&store, 0x1000, at(0)).await;
        let cve = |n: u32| format!("CVE-1900-{n:04}").parse().unwrap();
        write(&store, move |tx| {
            let (mut case, _) = tx.case(id(0x1000))?.unwrap();
            let rejected = RejectedCve {
                at: at(1),
                cve: cve(2),
                reason: case.report.body.clone(),
                replaced_by: vec![],
            };
            let flaw = |ordinal, cve, cve_rejected| Vulnerability {
                ordinal,
                descriptions: vec![],
                added_at: at(0),
                identifiers: std::collections::BTreeSet::new(),
                identifiers_at: None,
                cwe: None,
                cve,
                cve_at: None,
                cve_by: None,
                cve_requested_of: None,
                cve_requested_at: None,
                cve_reserving_since: None,
                cve_rejected,
            };
            case.vulnerabilities.insert(id(1), flaw(1, Some(cve(1)), vec![]));
            case.vulnerabilities.insert(id(2), flaw(2, None, vec![rejected]));
            case.vulnerabilities.insert(id(3), flaw(3, None, vec![]));
            let state = to_json(&case)?;
            tx.execute(sql!("update cases set state = ?1"), &values![state])?;
            tx.execute(sql!("delete from cve_ids"), &[]).map(drop)
        })
        .await;
        let filled = |tx: &mut Tx| {
            let engine = match tx.session() {
                Session::Sqlite(_) => Engine::Sqlite,
                Session::Postgres(_) => Engine::Postgres,
            };
            let ours = MIGRATIONS.iter().find(|one| one.name.ends_with("withdrawals_and_stock.sql"));
            let text = ours.unwrap().text_for(engine)?;
            let mut statements = text.split(';').filter(|one| one.contains("insert into cve_ids"));
            statements.try_for_each(|one| tx.session().batch(one))
        };
        for _ in 0..2 {
            write(&store, filled).await;
        }
        let rows = store.read(|tx| {
            tx.query(
                sql!("select cve_id, vulnerability_id, case_id from cve_ids order by cve_id"),
                &[],
            )
        });
        let rows: Vec<(String, VulnerabilityId, CaseId)> = rows
            .await
            .unwrap()
            .iter()
            .map(|row| {
                let (cve, flaw) = (row.get("cve_id").unwrap(), row.get("vulnerability_id").unwrap());
                (cve, flaw, row.get("case_id").unwrap())
            })
            .collect();
        let expected = [(1, 1), (2, 2)].map(|(n, flaw)| {
            (format!("CVE-1900-{n:04}"), id(flaw), id(0x1000))
        });
        assert_eq!(rows, expected);
    }
}
