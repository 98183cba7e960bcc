//! Gathers what must not stand in a note that others read, and looks for it: before a draft is shown
//! to parties, and before a note is approved (S94).

use std::collections::BTreeSet;

use domain::case::{Party, Visibility};
use domain::event::StatementAudience;
use domain::note::{Guarded, Leak, Place, leaks};
use domain::participant::Participant;
use domain::report::{ContactSharing, Credit, Identity};
use domain::{BodyId, Case, CaseId, Identifier, Rule, Text};

use crate::{Ctx, Desk, Result};

/// Who would read the note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Parties to whom the draft is shown.
    Parties,
    /// Everyone.
    Everyone,
}

/// What should perhaps not stand in the newest revision. It tells what it found, so it is for those
/// who work on the case, and not for who only audits.
pub async fn look(ctx: &Ctx, id: CaseId, readers: Readers) -> Result<Vec<Leak>> {
    ctx.read(move |desk| {
        desk.directory_writers_only()?;
        let (_, case) = desk.case_for(id)?;
        found(desk, &case, readers)
    })
    .await
}

/// The rules that the newest revision breaks.
pub(crate) fn objections(
    desk: &mut Desk<'_>,
    case: &Case,
    readers: Readers,
) -> Result<BTreeSet<Rule>> {
    Ok(found(desk, case, readers)?.into_iter().map(|leak| leak.rule).collect())
}

/// The rules that identifiers of a flaw break, which parties read as soon as they are there.
pub(crate) fn objections_to(
    desk: &mut Desk<'_>,
    case: &Case,
    identifiers: &BTreeSet<Identifier>,
) -> Result<BTreeSet<Rule>> {
    let guarded = guarded(desk, case, Readers::Parties)?;
    let words = named(identifiers);
    let found = leaks([(Place::Title, words.as_str())], &guarded);
    Ok(found.into_iter().map(|leak| leak.rule).collect())
}

/// Identifiers as a text, one a paragraph.
fn named(identifiers: &BTreeSet<Identifier>) -> String {
    let lines: Vec<_> = identifiers.iter().map(ToString::to_string).collect();
    lines.join("\n\n")
}

fn found(desk: &mut Desk<'_>, case: &Case, readers: Readers) -> Result<Vec<Leak>> {
    let parts = parts(case);
    let confided = confided(case, readers);
    let wanted: BTreeSet<BodyId> =
        parts.iter().map(|(_, text)| text.body).chain(confided.iter().copied()).collect();
    let vault = desk.ctx().site().vault.clone();
    let texts = desk.tx().bodies(&vault, case.id, &wanted)?;
    let mut guarded = guarded(desk, case, readers)?;
    for text in confided.iter().filter_map(|body| texts.get(body)) {
        guarded = guarded.confiding(text);
    }
    let parts = parts.iter().filter_map(|(place, text)| Some((*place, texts.get(&text.body)?)));
    let mut found = leaks(parts.map(|(place, text)| (place, text.as_str())), &guarded);
    for flaw in case.vulnerabilities.values() {
        let words = named(&flaw.identifiers);
        found.extend(leaks([(Place::Vulnerability(flaw.ordinal), words.as_str())], &guarded));
    }
    Ok(found)
}

/// The parts of the newest revision that the team wrote.
fn parts(case: &Case) -> Vec<(Place, &Text)> {
    let Some(latest) = case.note.latest() else { return vec![] };
    let sections = latest.sections.iter().map(|(section, text)| (Place::Section(*section), text));
    let mut flaws: Vec<_> = case.vulnerabilities.values().collect();
    flaws.sort_by_key(|flaw| flaw.ordinal);
    let flaws = flaws
        .into_iter()
        .filter_map(|flaw| Some((Place::Vulnerability(flaw.ordinal), flaw.description()?)));
    std::iter::once((Place::Title, &latest.title)).chain(sections).chain(flaws).collect()
}

/// What vendors told the coordinator alone. To everyone the newest word of a vendor that is named is
/// told anyway, in its own place.
fn confided(case: &Case, readers: Readers) -> BTreeSet<BodyId> {
    let kept = |them: &&Participant| match readers {
        Readers::Parties => true,
        Readers::Everyone => them.visibility != Visibility::Named,
    };
    let statements = case.vendors().filter(kept).flat_map(|them| &them.statements);
    let alone = statements.filter(|given| given.audience == StatementAudience::Coordinator);
    alone
        .flat_map(|given| given.wording.text.iter().chain(&given.wording.information))
        .map(|text| text.body)
        .collect()
}

fn guarded(desk: &mut Desk<'_>, case: &Case, readers: Readers) -> Result<Guarded> {
    let hidden = case.participants.values().filter_map(|them| match them.party {
        Party::Organization(id) if them.visibility != Visibility::Named => Some(id),
        Party::Organization(_) | Party::Team | Party::Reporter(_) => None,
    });
    let hidden: BTreeSet<_> = hidden.collect();
    let names = desk.tx().organizations_named(&hidden)?;
    let guarded = names.values().fold(Guarded::default(), |guarded, name| guarded.hiding(name));
    let vault = desk.ctx().site().vault.clone();
    let Some(reporter) = desk.tx().reporter(&vault, case.report.id)? else { return Ok(guarded) };
    let submission = &case.report.submission;
    let guarded = reporter.address.iter().fold(guarded, |guarded, text| guarded.hiding(text));
    let Some(name) = &reporter.name else { return Ok(guarded) };
    let known_to_parties = submission.sharing == ContactSharing::WithVendors;
    let known_to_all = submission.credit != Credit::None;
    Ok(match (readers, submission.identity) {
        (_, Identity::Anonymous) => guarded.hiding(name),
        (Readers::Parties, Identity::Named | Identity::Pseudonym) if known_to_parties => guarded,
        (Readers::Parties, Identity::Named | Identity::Pseudonym) => guarded.hiding(name),
        (Readers::Everyone, Identity::Named | Identity::Pseudonym) if known_to_all => guarded,
        (Readers::Everyone, Identity::Named | Identity::Pseudonym) => guarded.not_thanking(name),
    })
}
