#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "a method of a transaction is not general over how long it lives"
)]

use std::collections::BTreeSet;

use super::PUBLIC_TABLES;
use crate::migrate::MIGRATIONS;
use crate::samples::write;
use crate::statements::{Sql, Statement, sql};
use crate::{Store, StoreError, Tx};

/// Every table there is, read from the texts that make them, and the schema's own.
fn every_table() -> BTreeSet<String> {
    let made = MIGRATIONS.iter().flat_map(|known| known.text.split("create table ").skip(1));
    let made = made.map(|text| text.split_whitespace().next().unwrap().to_owned());
    made.chain(["migrations".to_owned()]).collect()
}

fn statement(text: String) -> Sql {
    Sql(Box::leak(Box::new(Statement::shared(text.leak(), file!(), line!()))))
}

/// What a public transaction answers that has got hold of the bare one.
async fn tried(store: &Store, text: String) -> Result<usize, StoreError> {
    let statement = statement(text);
    store.public().read(move |public| Ok(public.0.query(statement, &[])?.len())).await
}

crate::both_engines! {
    async fn a_public_transaction_cannot_read_a_private_table_however_it_asks(store: Store) {
        let tables = every_table();
        let private = tables.iter().filter(|name| !PUBLIC_TABLES.contains(&name.as_str()));
        let private: Vec<_> = private.collect();
        assert!(private.len() > 20, "{private:?}");
        for table in private {
            for text in [
                format!("select * from {table}"),
                format!("select count(*) as n from {table}"),
                format!("select slug from notes where exists (select 1 from {table})"),
                format!("select notes.slug from notes cross join {table}"),
                format!("select slug from notes union all select 'x' from {table}"),
                format!("with others as (select 1 as one from {table}) select one from others"),
            ] {
                let answer = tried(&store, text.clone()).await;
                assert!(matches!(answer, Err(StoreError::Forbidden)), "{text}: {answer:?}");
            }
        }
    }

    async fn a_public_transaction_reads_every_public_table(store: Store) {
        assert_eq!(store.public_gap(), None);
        for table in PUBLIC_TABLES {
            assert!(every_table().contains(table), "{table} is not made by any migration");
            tried(&store, format!("select * from {table}")).await.unwrap();
        }
    }

    async fn a_public_transaction_cannot_write_even_where_it_can_read(store: Store) {
        write(&store, Tx::new_edition).await;
        for text in [
            "update public_edition set n = 7 returning n",
            "delete from notes returning slug",
            "insert into public_edition (one, n) values (2, 2) returning n",
            "insert into settings (name, value, version) values ('a', 'b', 1) returning name",
            "create table notes_too (one bigint)",
        ] {
            let answer = tried(&store, text.to_owned()).await;
            let refused = matches!(answer, Err(StoreError::Forbidden | StoreError::ReadOnly));
            assert!(refused, "{text}: {answer:?}");
        }
        let executed = store
            .public()
            .read(|public| public.0.execute(sql!("update public_edition set n = 7"), &[]))
            .await;
        assert!(matches!(executed, Err(StoreError::ReadOnly)), "{executed:?}");
        assert_eq!(store.public().read(|public| public.edition()).await.unwrap(), 1);
    }

    async fn after_a_refusal_the_same_door_serves_on(store: Store) {
        for _ in 0..10 {
            assert!(tried(&store, "select * from journal".to_owned()).await.is_err());
            assert_eq!(tried(&store, "select slug from notes".to_owned()).await.unwrap(), 0);
        }
    }
}
