use jiff::Timestamp;
use uuid::Uuid;

use super::{FromValue, Value};
use crate::migrate::Migration;
use crate::statements::{Sql, Statement};
use crate::{Store, StoreError};

static TABLE: [Migration; 1] = [Migration {
    number: 1,
    name: "samples",
    text: "create table samples (
    id bigint not null primary key,
    number bigint,
    words {text},
    bytes {blob}
) {strict};",
}];
static INSERT: Statement = Statement::shared(
    "insert into samples (id, number, words, bytes) values (?1, ?2, ?3, ?4)",
    "",
    0,
);
static SELECT: Statement =
    Statement::shared("select id, number, words, bytes from samples where id = ?1", "", 0);
static TRUTHS: Statement = Statement::shared(
    "select number = ?1 as same, number is null as missing from samples where id = 1",
    "",
    0,
);

async fn on_both<F: Future<Output = ()>>(story: impl Fn(Store) -> F) {
    story(Store::scratch_sqlite_with(&TABLE).await.unwrap()).await;
    if let Some(store) = Store::scratch_postgres_with(&TABLE).await.unwrap() {
        story(store).await;
    }
}

#[tokio::test]
async fn what_is_put_in_comes_out() {
    let instant: Timestamp = "2026-11-22T03:04:05.678901Z".parse().unwrap();
    on_both(async |store| {
        store
            .write(move |tx| {
                let id = Uuid::from_u128(7);
                tx.execute_one(Sql(&INSERT), &values![1, true, "wörds", id])?;
                tx.execute_one(Sql(&INSERT), &values![2, instant, None::<&str>, None::<Vec<u8>>])?;
                tx.execute_one(Sql(&INSERT), &values![3, i64::MIN, "", [0_u8; 0]])
            })
            .await
            .unwrap();
        let rows = store
            .read(|tx| {
                [1, 2, 3].map(|id| tx.query(Sql(&SELECT), &values![id])).into_iter().collect()
            })
            .await;
        let rows: Result<Vec<_>, StoreError> = rows;
        let rows = rows.unwrap().concat();
        assert!(rows[0].get::<bool>("number").unwrap());
        assert_eq!(rows[0].get::<String>(2).unwrap(), "wörds");
        assert_eq!(rows[0].get::<Uuid>("bytes").unwrap(), Uuid::from_u128(7));
        assert_eq!(rows[1].get::<Timestamp>("number").unwrap(), instant);
        assert_eq!(rows[1].get::<Option<String>>("words").unwrap(), None);
        assert_eq!(rows[1].get::<Option<Vec<u8>>>("bytes").unwrap(), None);
        assert_eq!(rows[2].get::<i64>("number").unwrap(), i64::MIN);
        assert_eq!(rows[2].get::<String>("words").unwrap(), "");
        assert_eq!(rows[2].get::<Vec<u8>>("bytes").unwrap(), Vec::<u8>::new());
    })
    .await;
}

#[tokio::test]
async fn a_comparison_is_a_truth() {
    on_both(async |store| {
        let row = store
            .write(|tx| {
                tx.execute_one(Sql(&INSERT), &values![1, 5, "", [0_u8; 0]])?;
                tx.query_opt(Sql(&TRUTHS), &values![5])
            })
            .await;
        let row: Result<_, StoreError> = row;
        let row = row.unwrap().unwrap();
        assert!(row.get::<bool>("same").unwrap());
        assert!(!row.get::<bool>("missing").unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_row_that_makes_no_sense_is_an_error_that_names_it() {
    on_both(async |store| {
        let row = store
            .write(|tx| {
                tx.execute_one(Sql(&INSERT), &values![9, i64::MAX, "not a number", [1_u8, 2]])?;
                tx.query_opt(Sql(&SELECT), &values![9])
            })
            .await;
        let row: Result<_, StoreError> = row;
        let row = row.unwrap().unwrap();
        let faults = [
            row.get::<bool>("number").map(drop),
            row.get::<Timestamp>("number").map(drop),
            row.get::<u32>("number").map(drop),
            row.get::<i64>("words").map(drop),
            row.parse::<i64>("words").map(drop),
            row.get::<Uuid>("bytes").map(drop),
            row.get::<String>("nothing").map(drop),
            row.get::<i64>(17).map(drop),
        ];
        let told = faults.map(|fault| fault.unwrap_err().to_string()).join("\n");
        expect_test::expect![[r"
            table samples, row 9: column number makes no sense
            table samples, row 9: column number makes no sense
            table samples, row 9: column number makes no sense
            table samples, row 9: column words makes no sense
            table samples, row 9: column words makes no sense
            table samples, row 9: column bytes makes no sense
            table samples, row 9: column nothing makes no sense
            table samples, row 9: column 17 makes no sense"]]
        .assert_eq(&told);
    })
    .await;
}

#[tokio::test]
async fn a_value_of_the_wrong_kind_is_refused_by_the_database() {
    on_both(async |store| {
        let answer = store
            .write(|tx| tx.execute_one(Sql(&INSERT), &values![1, "not a number", "", [0_u8; 0]]))
            .await;
        assert!(matches!(answer, Err(StoreError::Database(_))), "{answer:?}");
    })
    .await;
}

#[test]
fn a_truth_is_zero_or_one() {
    assert_eq!(bool::from_value(&Value::from(true)), Some(true));
    assert_eq!(bool::from_value(&Value::from(false)), Some(false));
    assert_eq!(bool::from_value(&Value::Integer(2)), None);
    assert_eq!(bool::from_value(&Value::Null), None);
}

#[test]
fn a_value_does_not_show_what_it_holds() {
    let shown = format!("{:?}", values!["secret", b"secret".to_vec(), 4711, None::<bool>]);
    assert_eq!(shown, "[Text(6), Bytes(6), Integer, Null]");
}
