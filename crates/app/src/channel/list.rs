//! Mailing lists: a published note goes to each as one signed mail.

use domain::{CaseId, Published};
use mail::announcement::{Announcement, News, compose, part};
use outside::smtp::{Failure, NotTaken, Parcel};
use store::{Artefact, Dispatch, DispatchState};

use super::{Carried, Channel, Wanted, slug_of};
use crate::{Ctx, Desk, Result, artefact};

/// What is done of a note.
const ANNOUNCE: &str = "announce";

/// What is sent of a note: a mail to each list.
#[expect(clippy::unnecessary_wraps, reason = "every channel has this shape")]
pub(super) fn wanted(desk: &mut Desk<'_>, _published: &Published) -> Result<Vec<Wanted>> {
    let lists = &desk.ctx().site().outlets.lists;
    let wanted = |address: &String| Wanted {
        channel: Channel::List,
        target: address.clone(),
        what: ANNOUNCE.to_owned(),
    };
    Ok(lists.iter().map(wanted).collect())
}

/// Carries one dispatch.
pub(super) async fn carry(ctx: &Ctx, dispatch: &Dispatch) -> Result<Carried> {
    let never = |why: &str| Ok(Carried::Never(why.to_owned()));
    let Some(revision) = dispatch.revision else {
        return never("This is no mail about a public note.");
    };
    if !ctx.site().outlets.lists.contains(&dispatch.target) {
        return never("This list is not in the configuration.");
    }
    let Some((note, text)) = public(ctx, dispatch).await? else {
        return never("The note is not public.");
    };
    if note.revision() > revision {
        return never("A later revision is public, and was announced in its place.");
    }
    let (case, list) = (dispatch.case, dispatch.target.clone());
    let text = String::from_utf8_lossy(&text.bytes).into_owned();
    let composed = ctx.read(move |desk| composed(desk, case, &note, &list, &text)).await?;
    let message = match composed {
        Ok(message) => message,
        Err(refused) => return Ok(refused),
    };
    let settings = &ctx.site().settings;
    let (from, to) = (settings.from_address.clone(), dispatch.target.clone());
    let sent = ctx.site().post.send(&Parcel { from, to, message }).await;
    Ok(sent.map_or_else(not_taken, |taken| {
        Carried::Done(format!("The relay took it: {}", taken.answer))
    }))
}

/// What stands in the way: without a key nothing is signed.
pub(super) async fn problems(ctx: &Ctx) -> Result<Vec<String>> {
    if ctx.site().outlets.lists.is_empty() {
        return Ok(vec![]);
    }
    let has_key = ctx.read(|desk| Ok(desk.signer()?.is_some())).await?;
    Ok(if has_key { vec![] } else { vec![NO_KEY.to_owned()] })
}

const NO_KEY: &str = "The server has no OpenPGP key yet to sign mail to lists with.";

/// The note that it is about, as everyone may read it by now, and its text.
async fn public(ctx: &Ctx, dispatch: &Dispatch) -> Result<Option<(Published, Artefact)>> {
    let Some(slug) = slug_of(ctx, dispatch).await? else { return Ok(None) };
    let public = ctx.site().public();
    public
        .read(move |public| Ok(public.note(&slug)?.zip(public.artefact(&slug, artefact::PLAIN)?)))
        .await
}

/// The mail, signed now; or why there is none yet.
fn composed(
    desk: &mut Desk<'_>,
    case: Option<CaseId>,
    note: &Published,
    list: &str,
    text: &str,
) -> Result<std::result::Result<Vec<u8>, Carried>> {
    let Some(signer) = desk.signer()? else { return Ok(Err(Carried::Later(NO_KEY.to_owned()))) };
    let first = case.map_or(Ok(None), |case| first_told(desk, case, list))?;
    let first = first.filter(|first| *first < note.revision());
    let settings = desk.ctx().site().settings.clone();
    let host = settings.from_address.rsplit('@').next().unwrap_or("localhost");
    let id = |revision: u32| format!("<{}.{revision}@{host}>", note.number().slug());
    let announcement = Announcement {
        from: format!("{} <{}>", settings.site_name, settings.from_address),
        reply_to: settings.team_address.clone().unwrap_or(settings.from_address.clone()),
        to: list.to_owned(),
        number: note.number().to_string(),
        title: note.title().to_owned(),
        message_id: id(note.revision()),
        news: match (note.withdrawn(), first) {
            (Some(_), _) => News::Withdrawal,
            (None, Some(_)) => News::Correction,
            (None, None) => News::Note,
        },
        follows: first.map(id),
        date: note.updated_at(),
        page: format!("{}/vuls/{}", settings.base_url, note.number().slug()),
    };
    let part = part(text, &announcement.page);
    let signature = signer.beside(&part)?;
    let never =
        |error: mail::mime::NotComposed| Carried::Never(format!("No mail was made: {error}."));
    Ok(compose(&announcement, &part, &signature).map_err(never))
}

/// The first revision of which a list was told.
fn first_told(desk: &mut Desk<'_>, case: CaseId, list: &str) -> Result<Option<u32>> {
    let sent = desk.tx().dispatches_of(case)?;
    let there = |one: &&Dispatch| {
        one.channel == Channel::List && one.target == list && one.state == DispatchState::Done
    };
    Ok(sent.iter().filter(there).filter_map(|one| one.revision).min())
}

/// A list of thousands is not sent the same mail twice because nobody knows whether it has it.
fn not_taken(not_taken: NotTaken) -> Carried {
    let why = not_taken.why;
    match not_taken.how {
        Failure::Later => Carried::Later(format!("The relay did not take it: {why}")),
        Failure::Never => Carried::Never(format!("The relay refused it: {why}")),
        Failure::InDoubt => Carried::Never(format!(
            "Nobody knows whether the relay took it: {why}. Look whether the list has it, and try \
             again if it has not."
        )),
    }
}
