//! What a party publishes of its own, on its page and on the team's: announced, out, or not to come.

use app::{Ctx, Error, Result};
use domain::advisory::Advisory;
use domain::{CaseId, ParticipantId, Text, Timestamp};

use crate::form::Fields;
use crate::public::Moment;

/// What the form says where it is about none of those that are known.
const ONE_MORE: &str = "new";

/// An advisory of a party, as pages show it.
pub(crate) struct AdvisoryShown {
    /// Whose, where that is not plain.
    pub(crate) whose: String,
    pub(crate) id: String,
    pub(crate) address: String,
    pub(crate) expected: Option<Moment>,
    pub(crate) out: Option<Moment>,
}

/// The advisories of a party, with their addresses looked up.
pub(crate) fn shown<'a>(
    advisories: &[Advisory],
    words: impl Fn(&Text) -> &'a str,
    now: Timestamp,
) -> Vec<AdvisoryShown> {
    let one = |known: &Advisory| AdvisoryShown {
        whose: String::new(),
        id: known.id.to_string(),
        address: known.address.as_ref().map(|text| words(text).to_owned()).unwrap_or_default(),
        expected: known.expected.as_ref().map(|end| Moment::new(end.at, now)),
        out: known.published_at.map(|at| Moment::new(at, now)),
    };
    advisories.iter().map(one).collect()
}

/// What was told in the form: that it is out, or when it will be.
pub(crate) async fn keep(
    ctx: &Ctx,
    case: CaseId,
    participant: ParticipantId,
    fields: &Fields,
) -> Result<()> {
    let advisory = match fields.text("advisory").as_str() {
        "" | ONE_MORE => None,
        _ => Some(fields.parse("advisory")?),
    };
    let at = fields.optional_instant("advisory_at")?;
    let address = fields.text("advisory_address");
    match (fields.text("advisory_is").as_str(), at) {
        ("out", at) => {
            let told = (advisory, at.map(|at| at.at));
            app::advisory::record(ctx, case, participant, told, address).await
        }
        ("announced", Some(expected)) => {
            let told = (advisory, expected);
            app::advisory::announce(ctx, case, participant, told, address).await
        }
        ("announced", None) => Err(Error::invalid("advisory_at", "When is it to go out?")),
        _ => Err(Error::invalid("advisory_is", "Please choose one of these.")),
    }
}

/// It will not come, or was written down by mistake.
pub(crate) async fn forget(
    ctx: &Ctx,
    case: CaseId,
    participant: ParticipantId,
    fields: &Fields,
) -> Result<()> {
    app::advisory::forget(ctx, case, participant, fields.parse("advisory")?).await
}
