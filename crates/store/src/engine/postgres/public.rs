//! Connections for everyone: they act under a role that may read the published tables and nothing
//! else. By default it is `ombud_public`, which is made here if the server's login may make roles;
//! an operator may give these connections a login of their own instead. What they can really see is
//! asked over such a connection, and a gap is told, not hidden.

use std::sync::Arc;

use super::{Connection, tls};
use crate::engine::{Access, Meters, Session, Tx, Verdict};
use crate::error::{Result, StoreError};
use crate::migrate::wait_for_others;
use crate::public::PUBLIC_TABLES;
use crate::statements::sql;
use crate::values;

/// The role of public connections that have no login of their own. It belongs to the whole server,
/// and what it may read is granted table by table.
pub(crate) const ROLE: &str = "ombud_public";

/// How to reach what is published.
pub(crate) struct Door {
    place: Arc<tls::Place>,
    /// What every connection is told first.
    settings: String,
    /// Why such a connection could see more than it should, if it could.
    pub(crate) gap: Option<String>,
}

impl Door {
    /// Makes the role, lets it see what is published, and looks whether it sees nothing else.
    pub(crate) fn make(
        main: &mut Tx,
        place: &Arc<tls::Place>,
        own: Option<tls::Place>,
        meters: &Arc<Meters>,
    ) -> Result<Self> {
        let schema = schema(main)?;
        let path = format!("set search_path = {};", quoted(&schema));
        if let Some(own) = own {
            let role = own.user().to_owned();
            // Who gave these connections a login may have granted everything as well.
            let granted = arrange(main, &role, &schema, "");
            let door = Self { place: Arc::new(own), settings: path, gap: None };
            let gap = door.looked(meters)?;
            granted?;
            return Ok(Self { gap, ..door });
        }
        let granted = arrange(main, ROLE, &schema, &making(ROLE));
        let settings = format!("{path} set role {}", quoted(ROLE));
        let door = Self { place: Arc::clone(place), settings, gap: None };
        match granted.and_then(|()| door.looked(meters)) {
            Ok(gap) => Ok(Self { gap, ..door }),
            Err(StoreError::Unavailable(cause)) => Err(StoreError::Unavailable(cause)),
            Err(_) => {
                let gap =
                    format!("there is no role {ROLE} that the login of the server may take on");
                Ok(Self { settings: path, gap: Some(gap), ..door })
            }
        }
    }

    /// The way that a server has made, for whoever looks beside it and makes nothing.
    pub(crate) fn found(
        main: &mut Tx,
        place: &Arc<tls::Place>,
        own: Option<tls::Place>,
        meters: &Arc<Meters>,
    ) -> Result<Self> {
        let settings = format!("set search_path = {};", quoted(&schema(main)?));
        if let Some(own) = own {
            return Ok(Self { place: Arc::new(own), settings, gap: None });
        }
        let place = Arc::clone(place);
        let role = format!("{settings} set role {}", quoted(ROLE));
        let door = Self { place, settings: role, gap: None };
        match door.open(meters) {
            Ok(_) => Ok(door),
            Err(StoreError::Unavailable(cause)) => Err(StoreError::Unavailable(cause)),
            Err(_) => Ok(Self { settings, ..door }),
        }
    }

    /// A transaction's connection that sees what is published.
    pub(crate) fn open(&self, meters: &Arc<Meters>) -> Result<Tx> {
        let mut connection = Connection::open(&self.place)?;
        connection.batch(&self.settings)?;
        Ok(Tx::new(Session::Postgres(Box::new(connection)), Arc::clone(meters)))
    }

    /// The first thing that such a connection may do and should not.
    fn looked(&self, meters: &Arc<Meters>) -> Result<Option<String>> {
        let mut tx = self.open(meters)?;
        let public = listed();
        let rows = tx.query(
            sql!(
                sqlite: "select ?1 as name",
                postgres: "select cast(relname as text) as name from pg_class \
                    where relkind in ('r', 'p', 'v', 'm', 'f') and relnamespace = \
                    (select oid from pg_namespace where nspname = current_schema()) \
                    and ((has_any_column_privilege(oid, 'select') \
                    and not relname = any (string_to_array(?1, ' '))) \
                    or has_table_privilege(oid, 'insert, update, delete, truncate') \
                    or has_any_column_privilege(oid, 'insert, update')) order by 1 limit 1"
            ),
            &values![&public],
        )?;
        let first = rows.first().map(|row| row.get::<String>("name")).transpose()?;
        Ok(first.map(|table| format!("its role may do more than it needs with the table {table}")))
    }
}

fn schema(tx: &mut Tx) -> Result<String> {
    let row = tx.query_opt(
        sql!(
            sqlite: "select 'main' as name",
            postgres: "select cast(current_schema() as text) as name"
        ),
        &[],
    )?;
    row.ok_or(StoreError::Failed)?.get("name")
}

/// Makes what is missing: the role, its way into the schema, its sight of each published table.
fn arrange(tx: &mut Tx, role: &str, schema: &str, making: &str) -> Result<()> {
    tx.begin(Access::Write)?;
    let done = wait_for_others(tx).and_then(|()| {
        tx.session().batch(making)?;
        let lacking = lacking(tx, role)?;
        tx.session().batch(&granting(role, schema, &lacking))
    });
    let ended = tx.end(if done.is_ok() { Verdict::Keep } else { Verdict::Undo });
    done.and(ended)
}

/// The published tables that the role cannot read yet.
fn lacking(tx: &mut Tx, role: &str) -> Result<Vec<String>> {
    let rows = tx.query(
        sql!(
            sqlite: "select ?1 as name, ?2 as listed",
            postgres: "select cast(relname as text) as name from pg_class where relkind = 'r' \
                and relnamespace = (select oid from pg_namespace where nspname = current_schema()) \
                and relname = any (string_to_array(?1, ' ')) \
                and not has_table_privilege(cast(?2 as text), oid, 'select') order by 1"
        ),
        &values![&listed(), role],
    )?;
    rows.iter().map(|row| row.get("name")).collect()
}

/// Another server may be making the same role at the same moment; and a login that may not make
/// roles finds one that an operator has made, or none. Since PostgreSQL 16 whoever makes a role may
/// give it away, but not yet take it on.
fn making(role: &str) -> String {
    let name = quoted(role);
    format!(
        "do $ombud$ begin \
         if not exists (select 1 from pg_roles where rolname = '{role}') then \
         begin create role {name} nologin; \
         exception when duplicate_object or unique_violation or insufficient_privilege then null; \
         end; end if; \
         if not coalesce((select pg_has_role(oid, case \
         when cast(current_setting('server_version_num') as integer) < 160000 \
         then 'member' else 'set' end) from pg_roles where rolname = '{role}'), true) then \
         begin grant {name} to current_user; \
         exception when insufficient_privilege then null; end; end if; \
         end $ombud$"
    )
}

fn granting(role: &str, schema: &str, lacking: &[String]) -> String {
    let tables = lacking.iter().map(|table| quoted(table)).collect::<Vec<_>>().join(", ");
    let (name, schema) = (quoted(role), quoted(schema));
    if tables.is_empty() {
        return String::new();
    }
    format!("grant usage on schema {schema} to {name}; grant select on {tables} to {name}")
}

fn listed() -> String {
    PUBLIC_TABLES.join(" ")
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests;
