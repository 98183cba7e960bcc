//! CVE Services: IDs are reserved there for flaws, and the records of published notes handed in.
//! What is sent of a note is the file of it that everybody reads.

mod reserve;

use std::collections::BTreeSet;

use domain::note::Assigner;
use domain::{CaseId, CveId, Published};
use outside::cve_services::{CveServices, Problem};
use serde_json::Value;
use store::{Channel, Dispatch, NewDispatch};

use super::{Carried, Wanted};
use crate::cve::Cna;
use crate::{Ctx, Desk, Error, Result, artefact};

const RESERVE: &str = "Reserve an ID for";
const PUBLISH: &str = "Publish";
const REJECT: &str = "Reject";

/// What is to be done there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Errand {
    /// An ID for the flaw of this number in the case.
    Reserve(u32),
    /// The record of a published note.
    Publish(CveId),
    /// An ID that is not used.
    Reject(CveId),
}

impl Errand {
    fn words(&self) -> (&'static str, String) {
        match self {
            Self::Reserve(ordinal) => (RESERVE, format!("vulnerability {ordinal}")),
            Self::Publish(cve) => (PUBLISH, cve.to_string()),
            Self::Reject(cve) => (REJECT, cve.to_string()),
        }
    }

    fn of(dispatch: &Dispatch) -> Option<Self> {
        let target = dispatch.target.as_str();
        match dispatch.what.as_str() {
            RESERVE => target.strip_prefix("vulnerability ")?.parse().ok().map(Self::Reserve),
            PUBLISH => target.parse().ok().map(Self::Publish),
            REJECT => target.parse().ok().map(Self::Reject),
            _ => None,
        }
    }
}

/// What is sent of a note: the record of each ID that the team assigned (S85). A corrected note is
/// sent again.
#[expect(clippy::unnecessary_wraps, reason = "every channel is asked in the same way")]
pub(super) fn wanted(desk: &mut Desk<'_>, published: &Published) -> Result<Vec<Wanted>> {
    // That a note was taken back does not say that its IDs are not used: a person rejects them.
    if desk.ctx().site().outlets.cve.is_none() || published.withdrawn().is_some() {
        return Ok(vec![]);
    }
    let flaws = published.vulnerabilities().iter();
    let ours = flaws.filter(|flaw| flaw.assigner == Assigner::Team);
    let ids: BTreeSet<_> = ours.filter_map(|flaw| flaw.cve.clone()).collect();
    let record = |cve| {
        let (what, target) = Errand::Publish(cve).words();
        Wanted { channel: Channel::Cve, target, what: what.to_owned() }
    };
    Ok(ids.into_iter().map(record).collect())
}

/// Writes down an errand for a case that need not be public.
pub(crate) fn send(desk: &mut Desk<'_>, case: CaseId, errand: &Errand) -> Result<()> {
    let (what, target) = errand.words();
    let now = desk.ctx().now();
    let new = NewDispatch {
        id: desk.ctx().fresh(),
        case: Some(case),
        slug: None,
        revision: None,
        channel: Channel::Cve,
        target,
        what: what.to_owned(),
        not_before: now,
    };
    Ok(desk.tx().write_dispatch(&new, now)?)
}

/// Carries one dispatch.
pub(super) async fn carry(ctx: &Ctx, dispatch: &Dispatch) -> Result<Carried> {
    let Some(service) = &ctx.site().outlets.cve else {
        return Ok(Carried::Later("No account at CVE Services is set up.".to_owned()));
    };
    let (Some(case), Some(errand)) = (dispatch.case, Errand::of(dispatch)) else {
        return Ok(Carried::Never("Nobody knows how to do this.".to_owned()));
    };
    match errand {
        Errand::Reserve(ordinal) => reserve::carry(ctx, service, case, ordinal).await,
        Errand::Publish(cve) => publish(ctx, service, case, &cve).await,
        Errand::Reject(cve) => reject(ctx, service, case, &cve).await,
    }
}

/// What stands in the way.
pub(super) async fn problems(ctx: &Ctx) -> Result<Vec<String>> {
    let Some(service) = &ctx.site().outlets.cve else { return Ok(vec![]) };
    let ours = ctx.site().settings.cna.as_ref().map(|cna| cna.organisation.id());
    Ok(match service.own_organization().await {
        Ok(known) if ours.is_some_and(|ours| !known.id.eq_ignore_ascii_case(ours)) => {
            vec!["CVE Services know the organisation by another UUID.".to_owned()]
        }
        Ok(_) => vec![],
        Err(Problem::Later(why)) => vec![format!("CVE Services cannot be reached: {why}.")],
        Err(Problem::Never { code, .. }) => {
            vec![format!("CVE Services do not take our account ({code}).")]
        }
    })
}

/// The first record is posted, and a mended one put in its place: which of the two it is, the
/// service knows best.
async fn publish(ctx: &Ctx, service: &CveServices, case: CaseId, cve: &CveId) -> Result<Carried> {
    let Some(container) = public_container(ctx, case, cve).await? else {
        return Ok(Carried::Never(format!("No public vulnerability has {cve} any more.")));
    };
    let id = cve.as_ref();
    Ok(match service.publish(id, &container).await {
        Ok(()) => Carried::Done("The record is published.".to_owned()),
        Err(problem) if problem.is("CVE_RECORD_EXISTS") => {
            done(service.update(id, &container).await, "The record is corrected.")
        }
        Err(problem) => failed(problem),
    })
}

/// What the CNA tells in the record that lies beside the note.
async fn public_container(ctx: &Ctx, case: CaseId, cve: &CveId) -> Result<Option<Value>> {
    let cve = cve.clone();
    let place = ctx
        .read(move |desk| {
            let (_, case) = desk.case_for(case)?;
            let theirs = case.vulnerabilities.values().find(|flaw| flaw.our_cve() == Some(&cve));
            Ok(theirs.zip(case.number).map(|(flaw, number)| (number.slug(), flaw.ordinal)))
        })
        .await?;
    let Some((slug, ordinal)) = place else { return Ok(None) };
    let name = artefact::cve_of(ordinal);
    let file = match crate::public::artefact(&ctx.site().public(), slug, name).await {
        Ok(file) => file,
        Err(Error::NotFound) => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut record: Value = serde_json::from_slice(&file.bytes)
        .map_err(|error| Error::broken("a CVE record could not be read", error))?;
    Ok(record.pointer_mut("/containers/cna").map(Value::take))
}

async fn reject(ctx: &Ctx, service: &CveServices, case: CaseId, cve: &CveId) -> Result<Carried> {
    let (Some((reason, instead)), Some(cna)) =
        (rejected(ctx, case, cve).await?, &ctx.site().settings.cna)
    else {
        return Ok(Carried::Never(format!("Nobody here rejected {cve}.")));
    };
    let Some(container) = rejection(&reason, &instead, cna)? else {
        return Ok(Carried::Never("A rejection needs a reason in words.".to_owned()));
    };
    let id = cve.as_ref();
    Ok(match service.reject(id, &container).await {
        Err(problem) if problem.is("CVE_RECORD_EXISTS") => {
            done(service.update_rejection(id, &container).await, "The ID is rejected.")
        }
        outcome => done(outcome, "The ID is rejected."),
    })
}

fn rejection(reason: &str, instead: &[String], cna: &Cna) -> Result<Option<Value>> {
    let Ok(rejection) = formats::cve::reject(reason, instead, &cna.organisation) else {
        return Ok(None);
    };
    let value = serde_json::to_value(rejection);
    value.map(Some).map_err(|error| Error::broken("a rejection was not written", error))
}

/// Why an ID was rejected, for everybody to read, and what to use in its place.
async fn rejected(ctx: &Ctx, id: CaseId, cve: &CveId) -> Result<Option<(String, Vec<String>)>> {
    let cve = cve.clone();
    ctx.read(move |desk| {
        let (_, case) = desk.case_for(id)?;
        let mut rejected = case.vulnerabilities.values().flat_map(|flaw| &flaw.cve_rejected);
        let Some(rejected) = rejected.find(|rejected| rejected.cve == cve) else { return Ok(None) };
        let body = rejected.reason.body;
        let vault = desk.ctx().site().vault.clone();
        let instead = rejected.replaced_by.iter().map(ToString::to_string).collect();
        let reason = desk.tx().bodies(&vault, id, &[body].into())?.remove(&body);
        Ok(reason.map(|reason| (reason, instead)))
    })
    .await
}

fn done(outcome: outside::cve_services::Result<()>, words: &str) -> Carried {
    outcome.map_or_else(failed, |()| Carried::Done(words.to_owned()))
}

fn failed(problem: Problem) -> Carried {
    match problem {
        Problem::Later(why) => Carried::Later(format!("CVE Services: {why}.")),
        Problem::Never { .. } => Carried::Never(format!("CVE Services: {problem}")),
    }
}
