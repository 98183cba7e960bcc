use std::collections::BTreeSet;

use super::{PAGE, Record, Table};
use crate::migrate::MIGRATIONS;
use crate::statements::sql;
use crate::{Store, StoreError, Tx, values};

/// Every row of every table that is copied.
pub(crate) async fn everything(store: &Store) -> Vec<(String, Vec<Record>)> {
    let read = |tx: &mut Tx| {
        let mut all: Vec<(String, Vec<Record>)> = Vec::new();
        let tables = tx.tables()?;
        tx.walk(&tables, |table, records| {
            match all.last_mut() {
                Some((name, known)) if *name == table.name => known.extend(records),
                Some(_) | None => all.push((table.name.clone(), records)),
            }
            Ok::<_, StoreError>(())
        })?;
        Ok::<_, StoreError>(all)
    };
    store.read(read).await.unwrap()
}

/// The tables that the migrations make, read from their text.
fn written_down() -> BTreeSet<String> {
    let texts =
        MIGRATIONS.iter().flat_map(|migration| migration.text.split("create table ").skip(1));
    texts.map(|text| text.split_whitespace().next().unwrap().to_owned()).collect()
}

crate::both_engines! {
    async fn every_table_that_a_migration_makes_is_copied_or_left_behind_by_name(store: Store) {
        let tables = store.read(|tx: &mut Tx| tx.tables()).await.unwrap();
        let found: BTreeSet<_> = tables.iter().map(|table| table.name.clone()).collect();
        assert!(found.is_subset(&written_down()), "{found:?}");
        let left: Vec<_> = written_down().difference(&found).cloned().collect();
        assert_eq!(left, ["leases", "mirrors", "sessions", "tries"]);
    }

    async fn a_table_comes_after_those_it_refers_to(store: Store) {
        let tables = store.read(|tx: &mut Tx| tx.tables()).await.unwrap();
        let place = |name: &str| tables.iter().position(|table| table.name == name).unwrap();
        for (later, earlier) in [
            ("bodies", "case_keys"),
            ("attachments", "case_keys"),
            ("artefacts", "notes"),
            ("openpgp_keys", "contacts"),
            ("contacts", "organizations"),
            ("memberships", "accounts"),
        ] {
            assert!(place(later) > place(earlier), "{later} {earlier}");
        }
    }

    async fn a_key_of_several_columns_is_in_its_order(store: Store) {
        let tables = store.read(|tx: &mut Tx| tx.tables()).await.unwrap();
        let key = |name: &str| {
            let table: &Table = tables.iter().find(|table| table.name == name).unwrap();
            table.key.join(" ")
        };
        assert_eq!(key("artefacts"), "slug revision format");
        assert_eq!(key("journal"), "case_id seq");
        assert_eq!(key("product_relations"), "product_id kind other_id");
    }

    async fn a_walk_meets_every_row_once(store: Store) {
        for count in [0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, 3 * PAGE + 7] {
            store.write(move |tx: &mut Tx| {
                tx.execute(sql!("delete from settings"), &[])?;
                let insert = sql!("insert into settings (name, value, version) values (?1, ?2, ?3)");
                (0..count).try_for_each(|n| {
                    tx.execute(insert, &values![format!("name {n}"), "value", 1]).map(drop)
                })
            })
            .await
            .unwrap();
            let all = everything(&store).await;
            let names: BTreeSet<_> = all.iter().flat_map(|(_, rows)| rows).map(|row| format!("{:?}", key(row))).collect();
            let met: usize = all.iter().map(|(_, rows)| rows.len()).sum();
            assert_eq!((met, names.len()), (count, count));
        }
    }

    async fn a_record_of_another_width_is_not_written(store: Store) {
        let table = Table {
            name: "settings".to_owned(),
            columns: ["name", "value", "version"].map(ToOwned::to_owned).to_vec(),
            key: vec!["name".to_owned()],
        };
        let records = vec![values!["a", "b", 1].to_vec(), values!["c", "d"].to_vec()];
        let put = store.write(move |tx: &mut Tx| tx.put(&table, records)).await;
        assert!(matches!(put, Err(StoreError::Corrupt(_))), "{put:?}");
    }
}

fn key(record: &Record) -> String {
    match &record[0] {
        crate::Value::Text(name) => name.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn tables_that_refer_to_each_other_in_a_circle_are_refused() {
    let table = |name: &str| Table {
        name: name.to_owned(),
        columns: vec!["id".to_owned()],
        key: vec!["id".to_owned()],
    };
    let refers = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect()
    };
    let tables = vec![table("a"), table("b")];
    let names = |tables: Vec<Table>| tables.into_iter().map(|table| table.name).collect::<Vec<_>>();
    let ordered = super::in_order(tables.clone(), &refers(&[("a", "b"), ("a", "a")]));
    assert_eq!(names(ordered.unwrap()), ["b", "a"]);
    assert!(super::in_order(tables, &refers(&[("a", "b"), ("b", "a")])).is_err());
}
