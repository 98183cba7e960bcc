//! A step that somebody of the team takes in a case: who they are, which case, what they filled
//! in. What was wrong with a form is shown in the tab it came from, with all that was typed.

use app::{Ctx, Error, Invalid};
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::response::Response;
use domain::CaseId;

use super::look::id_of;
use super::{Look, Wanted, tab};
use crate::Failure;
use crate::actor::{Staff, Visitor};
use crate::form::{Fields, Upload};

/// A step that somebody of the team takes in a case.
pub(crate) struct Step {
    pub(crate) visitor: Visitor,
    pub(crate) id: CaseId,
    pub(crate) at: String,
    pub(crate) fields: Fields,
}

/// What was filled in, and what was wrong with it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tried {
    fields: Fields,
    wrong: Option<Invalid>,
}

/// A step that may bring a file.
pub(crate) struct StepWithFile {
    pub(crate) step: Step,
    pub(crate) document: Result<Vec<u8>, Error>,
}

impl FromRequest<app::Site> for Step {
    type Rejection = Failure;

    async fn from_request(request: Request, site: &app::Site) -> Result<Self, Failure> {
        let (visitor, id, at, request) = asked(request, site).await?;
        let fields = Fields::from_request(request, site).await?;
        Ok(Self { visitor, id, at, fields })
    }
}

impl FromRequest<app::Site> for StepWithFile {
    type Rejection = Failure;

    async fn from_request(request: Request, site: &app::Site) -> Result<Self, Failure> {
        let (visitor, id, at, request) = asked(request, site).await?;
        let upload = Upload::from_request(request, site).await?;
        let document = upload.document();
        Ok(Self { step: Step { visitor, id, at, fields: upload.fields }, document })
    }
}

/// Who asks, and of which case; nothing of the body is read for whoever may not ask.
async fn asked(
    request: Request,
    site: &app::Site,
) -> Result<(Visitor, CaseId, String, Request), Failure> {
    let (mut parts, body) = request.into_parts();
    let Staff(visitor) = Staff::from_request_parts(&mut parts, site).await?;
    let path = Path::<String>::from_request_parts(&mut parts, site).await;
    let Path(at) = path.map_err(|_| Error::NotFound)?;
    let id = id_of(&visitor, &at).await?;
    Ok((visitor, id, at, Request::from_parts(parts, body)))
}

impl Step {
    /// The step, with the reasons it gives for setting rules aside.
    pub(crate) fn ctx(&self) -> Ctx {
        self.fields.step(self.visitor.ctx())
    }

    /// On to a tab if the step was done, back to it with what was wrong if not.
    pub(crate) async fn answer<T>(
        &self,
        outcome: app::Result<T>,
        wanted: Wanted,
        said: &str,
    ) -> Result<Response, Failure> {
        match outcome {
            Err(Error::Invalid(wrong)) => {
                let look = Look::open(&self.visitor, &self.at).await?;
                let tried = Tried { fields: self.fields.clone(), wrong: Some(wrong) };
                tab::show(&look, &wanted, tried).await
            }
            outcome => {
                let to = wanted.address(&self.at);
                self.fields.answer(&self.visitor, outcome, &to, said)
            }
        }
    }
}

impl Tried {
    /// What was typed into a field.
    pub(crate) fn value(&self, name: &str) -> String {
        self.fields.text(name)
    }

    /// What was typed into a field, or else what stands there at first.
    pub(crate) fn value_or(&self, name: &str, first: &str) -> String {
        self.fields.optional(name).unwrap_or_else(|| first.to_owned())
    }

    /// What is wrong with a field, or nothing.
    pub(crate) fn error(&self, name: &str) -> &str {
        let wrong = self.wrong.as_ref().filter(|wrong| wrong.field == name);
        wrong.map_or("", |wrong| wrong.message.as_str())
    }

    /// What is wrong, and with which field.
    pub(crate) fn wrong(&self) -> Option<&Invalid> {
        self.wrong.as_ref()
    }

    /// Whether a box was ticked.
    pub(crate) fn chose(&self, name: &str, value: &str) -> bool {
        self.fields.all(name).any(|chosen| chosen == value)
    }
}
