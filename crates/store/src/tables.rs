//! Every table, as the database itself tells of it: what a backup, a restore and a copy walk.
//!
//! Nothing here names a table or a column of the nouns, so that a table that a migration adds is
//! copied from that day on. A page is found by the primary key, and all pages of a walk are of one
//! snapshot.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::engine::{Session, Tx};
use crate::error::{Corrupt, Result};
use crate::statements::{Sql, Statement, sql};
use crate::value::{Row, Value};

/// Tables that are not copied: the schema's own list, which the other side has by itself, and what
/// lives only as long as the server that wrote it. A session that ended after the backup must not
/// come back with it; and what lies in a copy of the site is not what lay there then.
const LEFT_BEHIND: [&str; 5] = ["leases", "migrations", "mirrors", "sessions", "tries"];

/// How many rows are in hand at once. Some are large: a note in one format, a case of 500 vendors.
pub(crate) const PAGE: usize = 50;

/// A table and its columns, in the order in which rows are written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// All columns.
    pub columns: Vec<String>,
    /// Those of the primary key, in its order.
    pub key: Vec<String>,
}

/// The values of a row, in the order of the table's columns.
pub(crate) type Record = Vec<Value>;

/// Which kind of database holds the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineName {
    /// A file.
    Sqlite,
    /// A server.
    Postgresql,
}

impl Tx {
    pub(crate) fn engine_name(&mut self) -> EngineName {
        match self.session() {
            Session::Sqlite(_) => EngineName::Sqlite,
            Session::Postgres(_) => EngineName::Postgresql,
        }
    }

    /// All tables that are copied, those that others refer to before these.
    pub(crate) fn tables(&mut self) -> Result<Vec<Table>> {
        self.tables_beside(&LEFT_BEHIND)
    }

    /// All tables but some, those that others refer to before these.
    pub(crate) fn tables_beside(&mut self, left: &[&str]) -> Result<Vec<Table>> {
        let rows = self.query(
            sql!(
                sqlite: "select tables.name as table_name, columns.name as column_name, \
                    columns.pk as key_position from sqlite_schema as tables \
                    join pragma_table_info(tables.name) as columns \
                    where tables.type = 'table' and tables.name not like 'sqlite!_%' escape '!' \
                    order by tables.name, columns.cid",
                postgres: "select cast(tables.relname as text) as table_name, \
                    cast(columns.attname as text) as column_name, \
                    cast(coalesce(array_position(cast(keys.indkey as int2[]), columns.attnum) + 1, \
                    0) as bigint) as key_position \
                    from pg_class as tables join pg_attribute as columns \
                    on columns.attrelid = tables.oid and columns.attnum > 0 \
                    and not columns.attisdropped left join pg_index as keys \
                    on keys.indrelid = tables.oid and keys.indisprimary \
                    where tables.relkind = 'r' and tables.relnamespace = \
                    (select oid from pg_namespace where nspname = current_schema()) \
                    order by cast(tables.relname as text) collate \"C\", columns.attnum"
            ),
            &[],
        )?;
        let mut tables: BTreeMap<String, (Vec<String>, BTreeMap<i64, String>)> = BTreeMap::new();
        for row in &rows {
            let (table, column): (String, String) =
                (row.get("table_name")?, row.get("column_name")?);
            let (columns, key) = tables.entry(table).or_default();
            match row.get::<i64>("key_position")? {
                0 => None,
                position => key.insert(position, column.clone()),
            };
            columns.push(column);
        }
        tables.retain(|name, _| !left.contains(&name.as_str()));
        let tables = tables.into_iter().map(|(name, (columns, key))| {
            let table = Table { name, columns, key: key.into_values().collect() };
            table.can_be_copied().map(|()| table)
        });
        in_order(tables.collect::<Result<_>>()?, &self.references()?)
    }

    /// Which table refers to which.
    fn references(&mut self) -> Result<BTreeSet<(String, String)>> {
        let rows = self.query(
            sql!(
                sqlite: "select tables.name as table_name, keys.\"table\" as refers_to \
                    from sqlite_schema as tables join pragma_foreign_key_list(tables.name) as keys \
                    where tables.type = 'table'",
                postgres: "select cast(tables.relname as text) as table_name, \
                    cast(others.relname as text) as refers_to from pg_constraint as keys \
                    join pg_class as tables on tables.oid = keys.conrelid \
                    join pg_class as others on others.oid = keys.confrelid \
                    where keys.contype = 'f' and keys.connamespace = \
                    (select oid from pg_namespace where nspname = current_schema())"
            ),
            &[],
        )?;
        rows.iter().map(|row| Ok((row.get("table_name")?, row.get("refers_to")?))).collect()
    }

    /// A page of a table, after a row or from its beginning.
    pub(crate) fn page(&mut self, table: &Table, after: Option<&Record>) -> Result<Vec<Record>> {
        let columns = names(&table.columns);
        let key = names(&table.key);
        let wanted: Vec<Value> = match after {
            Some(record) => table.key_of(record),
            None => Vec::new(),
        };
        let where_ = match after {
            Some(_) => format!("where ({key}) > ({}) ", places(1, table.key.len())),
            None => String::new(),
        };
        let text =
            format!("select {columns} from \"{}\" {where_}order by {key} limit {PAGE}", table.name);
        let rows = self.query(statement(text), &wanted)?;
        Ok(rows.into_iter().map(|row: Row| row.values).collect())
    }

    /// Shows every row of the tables, a page at a time, in the order of their keys.
    pub(crate) fn walk<E: From<crate::StoreError>>(
        &mut self,
        tables: &[Table],
        mut show: impl FnMut(&Table, Vec<Record>) -> Result<(), E>,
    ) -> Result<(), E> {
        for table in tables {
            let mut last: Option<Record> = None;
            loop {
                let page = self.page(table, last.as_ref())?;
                let full = page.len() == PAGE;
                last = page.last().cloned();
                if !page.is_empty() {
                    show(table, page)?;
                }
                if !full {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Writes rows of a table: a full page at once, what remains one by one, so that two
    /// statements serve however many rows there are.
    pub(crate) fn put(&mut self, table: &Table, records: Vec<Record>) -> Result<()> {
        let width = table.columns.len();
        if let Some(strange) = records.iter().position(|record| record.len() != width) {
            return Err(Corrupt::new(&table.name, "(any)", format!("number {strange}")).into());
        }
        let rows = if records.len() == PAGE { PAGE } else { 1 };
        let lists: Vec<_> =
            (0..rows).map(|row| format!("({})", places(1 + row * width, width))).collect();
        let columns = names(&table.columns);
        let text =
            format!("insert into \"{}\" ({columns}) values {}", table.name, lists.join(", "));
        let insert = statement(text);
        let mut records = records.into_iter().peekable();
        while records.peek().is_some() {
            let parameters: Vec<Value> = records.by_ref().take(rows).flatten().collect();
            self.execute(insert, &parameters)?;
        }
        Ok(())
    }

    /// The first table that holds a row, if any does.
    pub(crate) fn first_with_rows(&mut self, tables: &[Table]) -> Result<Option<String>> {
        for table in tables {
            let text = format!("select 1 as held from \"{}\" limit 1", table.name);
            if !self.query(statement(text), &[])?.is_empty() {
                return Ok(Some(table.name.clone()));
            }
        }
        Ok(None)
    }
}

impl Table {
    /// Where a column stands in a record.
    pub(crate) fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known == column)
    }

    fn key_of(&self, record: &Record) -> Vec<Value> {
        let value = |column: &String| record.get(self.position(column)?).cloned();
        self.key.iter().filter_map(value).collect()
    }

    /// Names that need no care in a statement, and a key to walk by.
    fn can_be_copied(&self) -> Result<()> {
        let plain = |name: &String| {
            name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
        };
        let strange = self.columns.iter().chain([&self.name]).find(|name| !plain(name));
        match strange {
            Some(name) => Err(Corrupt::new(&self.name, name, "(the schema)").into()),
            None if self.key.is_empty() => {
                Err(Corrupt::new(&self.name, "(the key)", "(the schema)").into())
            }
            None => Ok(()),
        }
    }
}

fn in_order(tables: Vec<Table>, refers: &BTreeSet<(String, String)>) -> Result<Vec<Table>> {
    let mut waiting = tables;
    let mut placed: Vec<Table> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let names: BTreeSet<String> = waiting.iter().map(|table| table.name.clone()).collect();
        let waits = |table: &Table| {
            refers.iter().any(|(from, to)| *from == table.name && from != to && names.contains(to))
        };
        let (later, now): (Vec<_>, Vec<_>) = waiting.into_iter().partition(waits);
        if let (true, Some(table)) = (now.is_empty(), later.first()) {
            return Err(
                Corrupt::new(&table.name, "(a circle of references)", "(the schema)").into()
            );
        }
        placed.extend(now);
        waiting = later;
    }
    Ok(placed)
}

fn names(columns: &[String]) -> String {
    let quoted: Vec<_> = columns.iter().map(|name| format!("\"{name}\"")).collect();
    quoted.join(", ")
}

fn places(first: usize, count: usize) -> String {
    let places: Vec<_> = (first..first + count).map(|place| format!("?{place}")).collect();
    places.join(", ")
}

/// A statement that is put together at run time from the names of tables and columns alone. Each
/// is kept for good, as many as there are tables, because connections know them by their address.
fn statement(text: String) -> Sql {
    static KNOWN: Mutex<BTreeMap<String, &'static Statement>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    Sql(known.entry(text).or_insert_with_key(|text| {
        let text: &'static str = text.clone().leak();
        Box::leak(Box::new(Statement::shared(text, file!(), line!())))
    }))
}

#[cfg(test)]
pub(crate) mod tests;
