use super::{STATEMENTS, Statement, for_postgres};
use crate::engine::{Session, Tx};
use crate::{Store, StoreError};

/// What both engines say about a statement: how many parameters it has, and what cannot be read.
fn described(tx: &mut Tx, statement: &Statement) -> Result<(usize, Vec<String>), StoreError> {
    match tx.session() {
        Session::Sqlite(connection) => Ok((connection.describe(statement.sqlite)?, Vec::new())),
        Session::Postgres(connection) => connection.describe(statement.postgres),
    }
}

/// The numbers of the parameters, which have to be `?1`, `?2` and so on without a gap.
fn parameters(text: &str) -> Result<usize, String> {
    let translated = for_postgres(text);
    let numbers = translated.split('$').skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse::<usize>().ok()
    });
    let most = numbers.clone().max().unwrap_or(0);
    let named = text.contains('$') || text.contains(" :") || text.contains("(:");
    if named || (1..=most).any(|wanted| !numbers.clone().any(|number| number == wanted)) {
        return Err(format!("its parameters are not ?1 to ?{most}"));
    }
    Ok(most)
}

/// What is wrong with a statement on this store.
async fn fault(store: &Store, statement: &'static Statement) -> Option<String> {
    let postgres = store.is_postgres();
    let written = parameters(if postgres { statement.postgres } else { statement.sqlite });
    let told = store.read(move |tx| described(tx, statement)).await;
    match (written, told) {
        (Err(fault), _) => Some(fault),
        (Ok(_), Err(error)) => Some(format!("{error}: {:?}", std::error::Error::source(&error))),
        (Ok(_), Ok((_, strange))) if !strange.is_empty() => Some(strange.join(", ")),
        (Ok(written), Ok((told, _))) if written != told => {
            Some(format!("{written} parameters are written and {told} are seen"))
        }
        (Ok(_), Ok(_)) => None,
    }
}

crate::both_engines! {
    async fn every_statement_is_understood(store: Store) {
        assert!(!STATEMENTS.is_empty());
        let mut faults = Vec::new();
        for statement in STATEMENTS {
            if let Some(fault) = fault(&store, statement).await {
                faults.push(format!("{statement}: {fault}"));
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    async fn a_statement_that_makes_no_sense_is_found(store: Store) {
        static MISSPELT: [Statement; 5] = [
            Statement::shared("select nmae from settings", file!(), line!()),
            Statement::shared("selct name from settings", file!(), line!()),
            Statement::shared("select \"nmae\" from settings", file!(), line!()),
            Statement::shared("select name from settings where name = $1", file!(), line!()),
            Statement::shared("select name from settings where name = ?2", file!(), line!()),
        ];
        for statement in &MISSPELT {
            assert!(fault(&store, statement).await.is_some(), "{}", statement.sqlite);
        }
    }
}

#[tokio::test]
async fn a_sum_that_postgres_would_make_a_decimal_is_found() {
    static SUM: Statement = Statement::shared("select sum(version) from settings", file!(), 0);
    let Some(store) = Store::scratch_postgres().await.unwrap() else { return };
    assert_eq!(fault(&store, &SUM).await.as_deref(), Some("sum is numeric"));
}

#[test]
fn parameters_are_translated_outside_of_quotes_and_comments_only() {
    for (shared, postgres) in [
        ("select ?1, ?2", "select $1, $2"),
        ("select '?1', \"?2\", ?12", "select '?1', \"?2\", $12"),
        ("select 'it''s ?1' -- what's ?2\n, ?3", "select 'it''s ?1' -- what's ?2\n, $3"),
        ("select a ? 'b'", "select a ? 'b'"),
    ] {
        assert_eq!(for_postgres(shared), postgres);
    }
}

#[test]
fn a_statement_knows_its_table() {
    for (text, table) in [
        ("select 1 from settings where a = 1", "settings"),
        ("insert into settings(name) values (?1)", "settings"),
        ("update settings\nset value = ?1", "settings"),
        ("delete\nfrom settings", "settings"),
        ("select 1", "unknown"),
    ] {
        assert_eq!(Statement::shared(text, "", 0).table(), table, "{text}");
    }
}

#[test]
fn a_statement_is_in_the_list() {
    let sql = sql!("select count(*) as n_settings from settings");
    assert!(STATEMENTS.iter().any(|statement| std::ptr::eq(statement, sql.0)));
}
