#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "a method of a transaction is not general over how long it lives"
)]

use super::{Connection, tls};
use crate::samples::write;
use crate::scratch::Schema;
use crate::statements::sql;
use crate::{Place, Store, StoreError, Tx};

/// Logins that may do nothing, and a schema; all of it is dropped with this value.
struct Cast {
    schema: Schema,
    url: String,
    logins: Vec<String>,
}

impl Cast {
    /// `None` if there is no server for tests, or none whose address names a login.
    fn new(names: &[&str]) -> Option<Self> {
        let schema = Schema::new().unwrap()?;
        let Place::Postgres { url, .. } = schema.place() else { return None };
        let logins = names.iter().map(|name| format!("{name}_{}", schema.name())).collect();
        let cast = Self { schema, url, logins };
        for login in &cast.logins {
            cast.run(&format!("create role {login} login"));
        }
        Some(cast)
    }

    fn run(&self, text: &str) {
        let (place, text) = (tls::Place::parse(&self.url).unwrap(), text.to_owned());
        let thread = std::thread::spawn(move || Connection::open(&place)?.batch(&text));
        thread.join().unwrap().unwrap();
    }

    /// The address of the same schema for another login.
    fn as_login(&self, position: usize) -> String {
        let (_, rest) = self.url.split_once('@').unwrap();
        format!("postgres://{}@{rest}", self.logins[position])
    }
}

impl Drop for Cast {
    fn drop(&mut self) {
        for login in &self.logins {
            self.run(&format!("drop owned by {login} cascade; drop role {login}"));
        }
    }
}

async fn private(store: &Store) -> Result<(), StoreError> {
    store
        .public()
        .read(|public| public.0.query(sql!("select count(*) as n from journal"), &[]).map(drop))
        .await
}

#[tokio::test]
async fn a_login_that_may_not_make_roles_is_told_so_and_helped_by_the_operator() {
    let Some(cast) = Cast::new(&["plain"]) else { return };
    let login = &cast.logins[0];
    // The role itself is there: the store of any other test has made it.
    drop(Store::scratch_postgres().await.unwrap());
    cast.run(&format!("alter schema {} owner to {login}", cast.schema.name()));
    let place = Place::Postgres { url: cast.as_login(0), public_url: None };
    let store = Store::open(&place).await.unwrap();
    let gap = store.public_gap().unwrap().to_owned();
    assert!(gap.contains("no role ombud_public that the login of the server may take on"), "{gap}");
    // It works nevertheless, kept apart by types alone.
    assert_eq!(store.public().read(|public| public.n_published()).await.unwrap(), 0);
    store.close().await;

    cast.run(&format!("grant ombud_public to {login}"));
    let store = Store::open(&place).await.unwrap();
    assert_eq!(store.public_gap(), None);
    assert!(matches!(private(&store).await, Err(StoreError::Forbidden)));
    store.close().await;
}

#[tokio::test]
async fn a_login_of_its_own_gets_the_public_tables_and_nothing_else() {
    let Some(cast) = Cast::new(&["reader"]) else { return };
    let place = Place::Postgres { url: cast.url.clone(), public_url: Some(cast.as_login(0)) };
    let store = Store::open(&place).await.unwrap();
    assert_eq!(store.public_gap(), None);
    write(&store, Tx::new_edition).await;
    assert_eq!(store.public().edition().await.unwrap(), 1);
    assert!(matches!(private(&store).await, Err(StoreError::Forbidden)));
    store.close().await;

    // What an operator grants in a hurry is seen, and so is a table that can be changed.
    cast.run(&format!("grant select (sealed) on bodies to {}", cast.logins[0]));
    let store = Store::open(&place).await.unwrap();
    assert!(store.public_gap().unwrap().contains("the table bodies"), "{:?}", store.public_gap());
    store.close().await;
    let (login, table) = (&cast.logins[0], "notes");
    cast.run(&format!("revoke all on bodies from {login}; grant delete on {table} to {login}"));
    let store = Store::open(&place).await.unwrap();
    assert!(store.public_gap().unwrap().contains("the table notes"), "{:?}", store.public_gap());
    store.close().await;
}

#[tokio::test]
async fn a_login_that_may_do_everything_or_nothing_is_told_at_the_start() {
    let Some(cast) = Cast::new(&["gone"]) else { return };
    let everything = Place::Postgres { url: cast.url.clone(), public_url: Some(cast.url.clone()) };
    let store = Store::open(&everything).await.unwrap();
    assert!(store.public_gap().unwrap().contains("may do more than it needs"));
    store.close().await;
    cast.run(&format!("alter role {} nologin", cast.logins[0]));
    let nobody = Place::Postgres { url: cast.url.clone(), public_url: Some(cast.as_login(0)) };
    assert!(matches!(Store::open(&nobody).await, Err(StoreError::Unavailable(_))));
}

#[tokio::test]
async fn what_another_node_publishes_is_a_new_edition_at_once() {
    let Some(schema) = Schema::new().unwrap() else { return };
    let (one, other) =
        (Store::open(&schema.place()).await.unwrap(), Store::open(&schema.place()).await.unwrap());
    for n in 0..20 {
        assert_eq!(one.public().edition().await.unwrap(), n);
        write(&other, Tx::new_edition).await;
    }
    one.close().await;
    other.close().await;
}
