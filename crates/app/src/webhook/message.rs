//! What a subscriber is told: that something is public, of which note, and where to read it. The
//! names of the fields are a promise (docs/publishing.md, “Webhooks”).

use std::collections::BTreeMap;

use domain::{CaseNumber, Published, Timestamp};
use serde::Serialize;
use store::WebhookEvent;
use uuid::Uuid;

use crate::{Error, Result, artefact};

/// What one message is about.
pub(crate) struct About {
    /// What the message is known by, at every try.
    pub(crate) message: MessageId,
    /// What happened.
    pub(crate) event: WebhookEvent,
    /// To which note.
    pub(crate) told: Option<Told>,
}

/// A note as a subscriber is told of it.
pub(crate) struct Told {
    pub(crate) note: CaseNumber,
    pub(crate) revision: u32,
    pub(crate) published_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) withdrawn_at: Option<Timestamp>,
    /// The names of its files.
    pub(crate) formats: Vec<String>,
}

/// What a message is known by.
pub(crate) struct MessageId(Uuid);

impl<T: Into<Uuid>> From<T> for MessageId {
    fn from(id: T) -> Self {
        Self(id.into())
    }
}

#[derive(Serialize)]
struct Body<'a> {
    id: String,
    #[serde(rename = "type")]
    event: &'a str,
    timestamp: Timestamp,
    data: Data,
}

#[derive(Serialize, Default)]
struct Data {
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<Note>,
}

#[derive(Serialize)]
struct Note {
    number: String,
    revision: u32,
    published: Timestamp,
    updated: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn: Option<Timestamp>,
    page: String,
    formats: BTreeMap<String, String>,
}

impl Told {
    /// A note and the names of its files.
    pub(crate) fn of(note: &Published, formats: impl IntoIterator<Item = String>) -> Self {
        Self {
            note: note.number().clone(),
            revision: note.revision(),
            published_at: note.published_at(),
            updated_at: note.updated_at(),
            withdrawn_at: note.withdrawn().map(|told| told.at),
            formats: formats.into_iter().collect(),
        }
    }

    fn written(&self, base_url: &str) -> Note {
        let page = format!("{base_url}/vuls/{}", self.note.slug());
        let parts = self.formats.iter().filter_map(|format| artefact::last_part(format));
        Note {
            number: self.note.to_string(),
            revision: self.revision,
            published: self.published_at,
            updated: self.updated_at,
            withdrawn: self.withdrawn_at,
            formats: parts.map(|part| (part.clone(), format!("{page}/{part}"))).collect(),
            page,
        }
    }
}

impl About {
    /// The message's id, as the scheme writes it.
    pub(crate) fn id(&self) -> String {
        format!("msg_{}", self.message.0.simple())
    }

    /// The message: JSON. Its instant is the one of the event, or now where nothing happened.
    pub(crate) fn body(&self, base_url: &str, now: Timestamp) -> Result<Vec<u8>> {
        let body = Body {
            id: self.id(),
            event: self.event.name(),
            timestamp: self.told.as_ref().map_or(now, |told| told.updated_at),
            data: Data { note: self.told.as_ref().map(|told| told.written(base_url)) },
        };
        serde_json::to_vec(&body).map_err(|error| Error::broken("a message was not made", error))
    }
}
