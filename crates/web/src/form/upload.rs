//! A form that may bring a file. What it brings is held in memory, within the limit of every body,
//! and is written nowhere.

use app::{Error, Result};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;

use super::Fields;
use crate::Failure;

/// How many parts one form may have.
const MOST_PARTS: usize = 50;

/// The fields of a form and the file that came with it.
pub(crate) struct Upload {
    pub(crate) fields: Fields,
    file: Vec<u8>,
}

impl Upload {
    /// The file, or what was pasted into the field of the same name.
    pub(crate) fn document(&self) -> Result<Vec<u8>> {
        if !self.file.is_empty() {
            return Ok(self.file.clone());
        }
        match self.fields.optional("document") {
            Some(pasted) => Ok(pasted.into_bytes()),
            None => Err(Error::invalid("document", "Choose a file, or paste what is in it.")),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("multipart/form-data") {
            let fields = Fields::from_request(request, state).await?;
            return Ok(Self { fields, file: vec![] });
        }
        let parts = Multipart::from_request(request, state).await.map_err(|_| unread())?;
        Ok(read(parts).await?)
    }
}

async fn read(mut parts: Multipart) -> Result<Upload> {
    let mut upload = Upload { fields: Fields::default(), file: vec![] };
    for _ in 0..MOST_PARTS {
        let Some(part) = parts.next_field().await.map_err(|_| unread())? else {
            return Ok(upload);
        };
        let name = part.name().unwrap_or_default().to_owned();
        let is_file = part.file_name().is_some();
        let bytes = part.bytes().await.map_err(|_| unread())?;
        if is_file {
            upload.file = bytes.to_vec();
        } else {
            let text = String::from_utf8(bytes.to_vec()).map_err(|_| unread())?;
            upload.fields.0.push((name, text));
        }
    }
    Err(unread())
}

fn unread() -> Error {
    Error::invalid("form", "What was sent could not be read, or was too long.")
}
