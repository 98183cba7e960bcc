//! Connections for everyone: SQLite itself asks, for each thing a statement would touch, whether it
//! may. What is not listed here is refused when the statement is prepared.

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use crate::public::PUBLIC_TABLES;

/// The functions that public statements call.
const FUNCTIONS: [&str; 2] = ["count", "max"];

/// Whether a public statement may do this.
pub(super) fn may(context: AuthContext<'_>) -> Authorization {
    let fine = match context.action {
        AuthAction::Select | AuthAction::Transaction { .. } => true,
        AuthAction::Read { table_name, .. } => PUBLIC_TABLES.contains(&table_name),
        AuthAction::Function { function_name } => FUNCTIONS.contains(&function_name),
        _ => false,
    };
    if fine { Authorization::Allow } else { Authorization::Deny }
}
