use crate::statements::{Sql, Statement, sql};
use crate::{Store, StoreError, values};

crate::both_engines! {
    async fn what_returns_ok_is_kept(store: Store) {
        store
            .write(|tx| {
                tx.execute_one(
                    sql!("insert into settings (name, value, version) values (?1, ?2, ?3)"),
                    &values!["colour", "blue", 1],
                )
            })
            .await
            .unwrap();
        let row = store
            .read(|tx| tx.query_opt(sql!("select value, version from settings where name = ?1"), &values!["colour"]))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(row.get::<String>("value").unwrap(), "blue");
        assert_eq!(row.get::<i64>(1).unwrap(), 1);
    }
}
