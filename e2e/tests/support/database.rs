//! Where the server under test keeps its rows: a file of its own, or a PostgreSQL database of its
//! own that is dropped at the end.

use std::env;

use tokio_postgres::{Client, NoTls};

/// The variable that names the PostgreSQL server of the tests, as somebody who may make databases.
const POSTGRES: &str = "OMBUD_TEST_POSTGRES";

/// A PostgreSQL database for one story.
pub(crate) struct Database {
    server: String,
    name: String,
}

impl Database {
    /// Makes one; none, and a printed line, if there is no server for tests.
    pub(crate) async fn new(story: &str) -> Option<Self> {
        let Ok(server) = env::var(POSTGRES) else {
            println!("skipped: {POSTGRES} is not set, so the story was not told on PostgreSQL");
            return None;
        };
        let name = format!("{story}_{}", std::process::id());
        let database = Self { server, name };
        database.run("drop database if exists", " with (force)").await;
        database.run("create database", "").await;
        Some(database)
    }

    /// Its address; nothing in it need outlive a power cut.
    pub(crate) fn url(&self) -> String {
        let (address, parameters) = match self.server.split_once('?') {
            Some((address, parameters)) => (address, format!("&{parameters}")),
            None => (self.server.as_str(), String::new()),
        };
        let (authority, _) = address.rsplit_once('/').expect("the address names a database");
        format!("{authority}/{}?durability=scratch{parameters}", self.name)
    }

    /// Drops it. A story that fails leaves its database to whoever wants to look at it.
    pub(crate) async fn drop(self) {
        self.run("drop database if exists", " with (force)").await;
    }

    async fn run(&self, what: &str, how: &str) {
        let (client, connection): (Client, _) =
            tokio_postgres::connect(&self.server, NoTls).await.expect("PostgreSQL answers");
        let connection = tokio::spawn(connection);
        let change = format!("{what} {}{how}", self.name);
        client.batch_execute(&change).await.expect("the change of databases is made");
        drop(client);
        connection.await.expect("it ends by itself").expect("it ends well");
    }
}
