//! How what the domain knows is written into columns and read from them: ids as the bytes of their
//! UUID, choices as their code, and whole values as JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::error::{Corrupt, Result, StoreError};
use crate::value::{FromValue, Row, Value};

macro_rules! ids {
    ($($name:ident)*) => {$(
        impl From<domain::$name> for Value {
            fn from(id: domain::$name) -> Self {
                Uuid::from(id).into()
            }
        }

        impl FromValue for domain::$name {
            fn from_value(value: &Value) -> Option<Self> {
                Uuid::from_value(value).map(Self::from)
            }
        }
    )*};
}

ids! {
    AccountId BodyId CaseId ContactId DispatchId EventId LetterId OrganizationId ParticipantId
    ProductId ReportId VulnerabilityId WebhookId WebhookTryId
}

/// A value as JSON.
pub(crate) fn to_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(StoreError::database)
}

/// A column that holds JSON.
pub(crate) fn from_json<T: DeserializeOwned>(row: &Row, column: &str) -> Result<T> {
    row.read(column, |text: String| serde_json::from_str(&text).ok())
}

/// The code of a choice: the word by which serde knows it.
pub(crate) fn code(choice: &impl Serialize) -> Result<String> {
    match serde_json::to_value(choice) {
        Ok(serde_json::Value::String(code)) => Ok(code),
        Ok(_) => Err(Corrupt::new("(none)", "code", "unknown").into()),
        Err(error) => Err(StoreError::database(error)),
    }
}

/// A column that holds the code of a choice.
pub(crate) fn from_code<T: DeserializeOwned>(row: &Row, column: &str) -> Result<T> {
    row.read(column, |code: String| serde_json::from_value(serde_json::Value::String(code)).ok())
}

/// A list of ids as a JSON array of hex, for `in` lists of any length.
pub(crate) fn id_list<I: Into<Uuid>>(ids: impl IntoIterator<Item = I>) -> Result<String> {
    let list: Vec<String> = ids.into_iter().map(|id| id.into().simple().to_string()).collect();
    to_json(&list)
}

/// One id as hex, for rows in a JSON array.
pub(crate) fn id_hex(id: impl Into<Uuid>) -> String {
    id.into().simple().to_string()
}
