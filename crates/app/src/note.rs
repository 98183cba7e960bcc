//! The note: written, shared, approved, published.

use std::collections::{BTreeMap, BTreeSet};

use domain::case::Vulnerability;
use domain::note::{PublishedProduct, Remains, Section, When, Words};
use domain::{
    Case, CaseId, CommentId, CveId, Identifier, Me, ParticipantId, Published, VulnerabilityId,
};

use crate::duties::Brought;
use crate::leak::{self, Readers};
use crate::report::filled;
use crate::{Ctx, Desk, Error, Result, arming, artefact, channel, gcve, prepared, records};

/// A new revision of the draft. Sections left empty are left out.
pub async fn write(
    ctx: &Ctx,
    id: CaseId,
    title: String,
    sections: BTreeMap<Section, String>,
) -> Result<()> {
    filled("title", &title)?;
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let title = desk.words(id, title.trim())?;
        let mut kept = BTreeMap::new();
        for (section, words) in sections {
            if words.len() > crate::report::LONGEST_TEXT {
                return Err(Error::invalid("sections", "A section is too long."));
            }
            if !words.trim().is_empty() {
                kept.insert(section, desk.words(id, words.trim())?);
            }
        }
        let asked = desk.asked(id)?;
        let events = case.write_draft(&me, title, kept, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// The words of a revision of the draft, part by part in reading order: its title and its sections.
/// The team reads every revision, a party those that it was shown.
pub async fn revision(ctx: &Ctx, id: CaseId, number: u32) -> Result<Vec<(&'static str, String)>> {
    ctx.read(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let revision = me.revision(&case, number).ok_or(Error::NotFound)?;
        let parts = std::iter::once(("Title", &revision.title))
            .chain(revision.sections.iter().map(|(section, text)| (section.label(), text)));
        let parts: Vec<_> = parts.collect();
        let wanted = parts.iter().map(|(_, text)| text.body).collect();
        let vault = desk.ctx().site().vault.clone();
        let texts = desk.tx().bodies(&vault, id, &wanted)?;
        let words = |text: &domain::Text| texts.get(&text.body).cloned().unwrap_or_default();
        Ok(parts.into_iter().map(|(label, text)| (label, words(text))).collect())
    })
    .await
}

/// The newest revision is shown to participants.
pub async fn share(ctx: &Ctx, id: CaseId, with: BTreeSet<ParticipantId>) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let mut asked = desk.asked(id)?;
        asked.objections = leak::objections(desk, &case, Readers::Parties)?;
        let events = case.share_draft(&me, with, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// Somebody remarks on the draft.
pub async fn comment(ctx: &Ctx, id: CaseId, remark: String) -> Result<()> {
    filled("remark", &remark)?;
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let text = desk.words(id, &remark)?;
        let asked = desk.asked(id)?;
        let comment = desk.ctx().fresh();
        let events = case.comment_on_draft(&me, comment, text, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// A remark was dealt with.
pub async fn resolve(ctx: &Ctx, id: CaseId, comment: CommentId) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let events = case.resolve_comment(&me, comment, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// The case is about one more flaw.
pub async fn add_vulnerability(
    ctx: &Ctx,
    id: CaseId,
    description: String,
) -> Result<VulnerabilityId> {
    filled("description", &description)?;
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let description = desk.words(id, &description)?;
        let asked = desk.asked(id)?;
        let flaw = desk.ctx().fresh();
        let events = case.add_vulnerability(&me, flaw, Some(description), &asked)?;
        desk.keep(&me, case, events)?;
        Ok(flaw)
    })
    .await
}

/// An analyst writes what a flaw is, for parties and the public to read, and of which weakness
/// class. What stands there already is not written again.
pub async fn describe(
    ctx: &Ctx,
    id: CaseId,
    flaw: VulnerabilityId,
    words: String,
    cwe: Option<u32>,
) -> Result<()> {
    filled("words", &words)?;
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let mut events = case.set_weakness(&me, flaw, cwe, &asked)?;
        let description = match standing(desk, &case, flaw)? {
            Some((text, stands)) if stands == words.trim() => text,
            Some(_) | None => desk.words(id, words.trim())?,
        };
        events.extend(case.describe_vulnerability(&me, flaw, description, &asked)?);
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// The description of a flaw as it stands, with its words.
fn standing(
    desk: &mut Desk<'_>,
    case: &Case,
    flaw: VulnerabilityId,
) -> Result<Option<(domain::Text, String)>> {
    let described = case.vulnerabilities.get(&flaw).and_then(Vulnerability::description);
    let Some(text) = described.cloned() else { return Ok(None) };
    let vault = desk.ctx().site().vault.clone();
    let mut words = desk.tx().bodies(&vault, case.id, &[text.body].into())?;
    Ok(words.remove(&text.body).map(|words| (text, words)))
}

/// A flaw gets its CVE ID.
pub async fn assign_cve(
    ctx: &Ctx,
    id: CaseId,
    vulnerability: VulnerabilityId,
    cve: CveId,
    by: Option<ParticipantId>,
) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let events = case.assign_cve(&me, vulnerability, cve, by, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// What a flaw is called in other numberings, in place of what was known before.
pub async fn identify(
    ctx: &Ctx,
    id: CaseId,
    vulnerability: VulnerabilityId,
    identifiers: BTreeSet<Identifier>,
) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let mut asked = desk.asked(id)?;
        asked.objections = leak::objections_to(desk, &case, &identifiers)?;
        let events = case.set_identifiers(&me, vulnerability, identifiers, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// The actor decides to publish a revision; the last approval needed arms it.
pub async fn approve(ctx: &Ctx, id: CaseId, revision: u32, when: When) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let mut asked = desk.asked(id)?;
        asked.objections = leak::objections(desk, &case, Readers::Everyone)?;
        let events = case.approve_publication(&me, revision, when, &asked)?;
        desk.proved_lately()?;
        let case = desk.keep(&me, case, events)?;
        arming::arm(desk, &case)
    })
    .await
}

/// The note does not go out by itself for now.
pub async fn hold(ctx: &Ctx, id: CaseId) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let events = case.hold_publication(&me, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// There will be no note.
pub async fn decline(ctx: &Ctx, id: CaseId, reason: String) -> Result<()> {
    filled("why_not", &reason)?;
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let reason = desk.words(id, &reason)?;
        let asked = desk.asked(id)?;
        let events = case.decline_publication(&me, reason, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// The actor wants the public note taken back, with a reason that everyone reads. When enough people
/// do, its page and its files say so in the same transaction.
pub async fn propose_withdrawal(
    ctx: &Ctx,
    id: CaseId,
    remains: Remains,
    reason: String,
) -> Result<()> {
    filled("reason", &reason)?;
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let reason = desk.words(id, reason.trim())?;
        let asked = desk.asked(id)?;
        let events = case.propose_withdrawal(&me, remains, reason, &asked)?;
        desk.proved_lately()?;
        let case = desk.keep(&me, case, events)?;
        take_back(desk, &case)
    })
    .await
}

/// The actor agrees that the public note is taken back.
pub async fn agree_to_withdrawal(ctx: &Ctx, id: CaseId) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let events = case.agree_to_withdrawal(&me, &asked)?;
        desk.proved_lately()?;
        let case = desk.keep(&me, case, events)?;
        take_back(desk, &case)
    })
    .await
}

/// Puts the notice in the place of a note that enough people took back.
fn take_back(desk: &mut Desk<'_>, case: &Case) -> Result<()> {
    if case.note.withdrawn.is_none() {
        return Ok(());
    }
    let published = as_published(desk, case)?;
    let signer = desk.signer()?;
    let settings = &desk.ctx().site().settings;
    let files = artefact::artefacts(&published, settings, signer.as_ref())?;
    give_out(desk, case.id, &published, &files)
}

/// The moment has come: in one transaction the case is public and the note is there. The case is the
/// one that was found to be due: read a second time it could be one that another node has published
/// meanwhile, and a refusal would be made of what is merely done.
pub(crate) fn publish(desk: &mut Desk<'_>, me: &Me, case: Case) -> Result<Brought> {
    let id = case.id;
    let asked = desk.asked(id)?;
    let events = case.publish(me, &asked)?;
    let case = desk.keep(me, case, events)?;
    let published = as_published(desk, &case)?;
    let (files, brought) = prepared::files(desk, id, &published)?;
    give_out(desk, id, &published, &files)?;
    Ok(brought)
}

fn as_published(desk: &mut Desk<'_>, case: &Case) -> Result<Published> {
    let free = case.embargo.free().ok_or(domain::Refusal::EmbargoInForce)?;
    let revision = case.note.published.map_or(0, |(_, revision)| revision);
    let words = words_of(desk, case, revision)?;
    Ok(Published::of(case, free, &words).ok_or(domain::Refusal::NotArmed)?)
}

fn give_out(
    desk: &mut Desk<'_>,
    id: CaseId,
    published: &Published,
    files: &[store::Artefact],
) -> Result<()> {
    desk.tx().publish_note(published, id, files)?;
    desk.tx().forget_prepared(id)?;
    gcve::give_ids(desk, published)?;
    records::watch(desk, published)?;
    channel::announce(desk, Some(id), published)
}

/// Everything a revision of a note is made of: its own texts and the vendors' names.
pub(crate) fn words_of(desk: &mut Desk<'_>, case: &Case, revision: u32) -> Result<Words> {
    let vault = desk.ctx().site().vault.clone();
    let revision = case.note.revision(revision);
    let mut wanted: BTreeSet<_> = revision
        .iter()
        .flat_map(|revision| revision.sections.values().chain([&revision.title]))
        .map(|text| text.body)
        .collect();
    wanted.extend(case.note.withdrawn.iter().map(|(_, _, reason)| reason.body));
    let described = case.vulnerabilities.values().filter_map(Vulnerability::description);
    wanted.extend(described.map(|text| text.body));
    for them in case.vendors() {
        let statement = them.statements.last().into_iter();
        wanted.extend(statement.flat_map(|given| given.wording.texts()).map(|text| text.body));
        let versions = them.lines.values().flatten().filter_map(|line| line.versions.as_ref());
        wanted.extend(versions.map(|text| text.body));
        wanted.extend(them.addendum.iter().map(|(_, text)| text.body));
    }
    let advisories = case.participants.values().flat_map(|them| &them.advisories);
    wanted.extend(advisories.filter_map(|known| known.address.as_ref()).map(|text| text.body));
    let organizations = case.vendors().filter_map(|them| match them.party {
        domain::case::Party::Organization(organization) => Some(organization),
        domain::case::Party::Team | domain::case::Party::Reporter(_) => None,
    });
    let organizations: BTreeSet<_> = organizations.collect();
    Ok(Words {
        texts: desk.tx().bodies(&vault, case.id, &wanted)?,
        names: desk.tx().organizations_named(&organizations)?,
        products: desk.tx().products_of(&organizations)?.into_iter().map(public).collect(),
        reporter: desk.tx().reporter(&vault, case.report.id)?.and_then(|identity| identity.name),
    })
}

fn public(product: store::Product) -> (domain::ProductId, PublishedProduct) {
    let store::Product { id, name, purl, cpe, organization: _ } = product;
    (id, PublishedProduct { id, name, purl, cpe })
}
