//! Finding, telling and hearing vendors.

use std::collections::BTreeSet;

use domain::case::{Party, Visibility};
use domain::event::{Channel, StatementAudience};
use domain::participant::{Approach, Said, Wording};
use domain::status::{Answers, IsAddressed, IsReal, ProductStatus};
use domain::version::Versions;
use domain::{CaseId, Instant, OrganizationId, ParticipantId, ProductId, VulnerabilityId};
use store::{ContactKind, ContactState};

use crate::desk::vendor;
use crate::report::{LONGEST_TEXT, filled};
use crate::{Ctx, Desk, Error, Result};

/// What a vendor filled in. Every answer may be left out (S42).
#[derive(Debug, Clone, Default)]
pub struct FilledAnswers {
    /// Is it a real vulnerability in your products?
    pub real: Option<IsReal>,
    /// Which, or why not.
    pub real_because: String,
    /// Have you already addressed it?
    pub addressed: Option<IsAddressed>,
    /// If not, when may a fix be available?
    pub fix_ready: Option<Instant>,
    /// Do you need anything from us or the reporter?
    pub needs: String,
}

/// What a vendor says of its products and a flaw, as it was filled in.
#[derive(Debug, Clone)]
pub struct FilledStatus {
    /// How they stand.
    pub status: ProductStatus,
    /// In which versions, in one line of the grammar of [`domain::version`]; may be left out.
    pub versions: String,
}

impl From<ProductStatus> for FilledStatus {
    fn from(status: ProductStatus) -> Self {
        Self { status, versions: String::new() }
    }
}

/// What a vendor wants to be read, as it was filled in.
#[derive(Debug, Clone, Default)]
pub struct FilledStatement {
    /// What it says.
    pub words: String,
    /// What else it wants readers to know.
    pub information: String,
    /// Where to read more, one address a line.
    pub references: String,
}

impl FilledStatement {
    /// Whether any of its parts says something.
    pub(crate) fn says_anything(&self) -> bool {
        [&self.words, &self.information, &self.references].iter().any(|it| !it.trim().is_empty())
    }
}

impl From<String> for FilledStatement {
    fn from(words: String) -> Self {
        Self { words, ..Self::default() }
    }
}

/// Vendors are found to be perhaps affected; nobody is told yet. Those who take part already
/// are left as they are. Returns how many are new.
pub async fn add_vendors(ctx: &Ctx, id: CaseId, vendors: Vec<OrganizationId>) -> Result<usize> {
    ctx.write(move |desk| {
        let (me, mut case) = desk.case_for(id)?;
        let wanted: BTreeSet<_> = vendors.iter().copied().collect();
        let known = desk.tx().organizations_named(&wanted)?;
        if known.len() != wanted.len() {
            return Err(Error::invalid("vendors", "One of the vendors is not in the directory."));
        }
        let asked = desk.asked(id)?;
        let mut new = 0;
        let there: BTreeSet<_> = case.participants.values().map(|them| them.party).collect();
        let mut events = vec![];
        for organization in wanted {
            let party = Party::Organization(organization);
            if there.contains(&party) {
                continue;
            }
            let participant: ParticipantId = desk.ctx().fresh();
            events.extend(case.add_participant(&me, participant, party, vendor(), &asked)?);
            new += 1;
        }
        case = desk.keep(&me, case, events)?;
        drop(case);
        Ok(new)
    })
    .await
}

/// What became of telling vendors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    /// A letter is on its way.
    pub by_mail: usize,
    /// There is no address: somebody must find one, or call.
    pub without_address: usize,
}

/// Vendors are told, each in a letter of its own (S41). The first attempt starts the clock
/// of the embargo (S35). Who has no address is counted, not told.
pub async fn notify(ctx: &Ctx, id: CaseId, participants: Vec<ParticipantId>) -> Result<Told> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let organizations = organizations_of(&case, &participants);
        let mut contacts = desk.tx().contacts_of(&organizations)?;
        contacts.retain(|contact| {
            contact.kind == ContactKind::Email && contact.state == ContactState::Active
        });
        contacts.sort_by_key(|contact| !contact.preferred);
        let mut told = Told::default();
        let mut approaches = vec![];
        for participant in participants {
            let party = case.participant(participant).map(|them| them.party);
            let contact = contacts
                .iter()
                .find(|contact| party == Some(Party::Organization(contact.organization)));
            match contact {
                Some(contact) => {
                    told.by_mail += 1;
                    approaches.push(Approach {
                        participant,
                        contact: Some(contact.id),
                        channel: Channel::Mail,
                        letter: Some(desk.ctx().fresh()),
                    });
                }
                None => told.without_address += 1,
            }
        }
        let asked = desk.asked(id)?;
        let proposal = desk.ctx().fresh();
        let events = case.notify(&me, &approaches, proposal, &asked)?;
        desk.keep(&me, case, events)?;
        Ok(told)
    })
    .await
}

/// A vendor was reached in another way than by mail, such as a call (S40).
pub async fn record_contact(
    ctx: &Ctx,
    id: CaseId,
    participant: ParticipantId,
    channel: Channel,
) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let approach = Approach { participant, contact: None, channel, letter: None };
        let proposal = desk.ctx().fresh();
        let events = case.notify(&me, &[approach], proposal, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// A participant lets us know that it is there.
pub async fn acknowledge(ctx: &Ctx, id: CaseId, participant: ParticipantId) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let events = case.acknowledge(&me, participant, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// A vendor answers the four questions.
pub async fn answer(
    ctx: &Ctx,
    id: CaseId,
    participant: ParticipantId,
    filled: FilledAnswers,
) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let answers = Answers {
            real: filled.real,
            real_because: optional(desk, id, &filled.real_because)?,
            addressed: filled.addressed,
            fix_ready: filled.fix_ready.clone(),
            needs: optional(desk, id, &filled.needs)?,
        };
        let asked = desk.asked(id)?;
        let events = case.answer_questions(&me, participant, answers, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// A vendor says whether a product is affected by a flaw.
pub async fn set_status(
    ctx: &Ctx,
    id: CaseId,
    participant: ParticipantId,
    line: (VulnerabilityId, Option<ProductId>),
    said: impl Into<FilledStatus>,
) -> Result<()> {
    let said = said.into();
    said.versions
        .parse::<Versions>()
        .map_err(|wrong| Error::invalid("versions", wrong.to_string()))?;
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        if let Some(product) = line.1 {
            theirs(desk, &case, participant, product)?;
        }
        let versions = optional(desk, id, &said.versions)?;
        let said = Said { status: said.status.clone(), versions };
        let asked = desk.asked(id)?;
        let events = case.set_status(&me, participant, line, said, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// A vendor gives its statement: any of its parts may be left out, but not all of them.
pub async fn state(
    ctx: &Ctx,
    id: CaseId,
    participant: ParticipantId,
    statement: impl Into<FilledStatement>,
    audience: StatementAudience,
) -> Result<()> {
    let statement = statement.into();
    if !statement.says_anything() {
        filled("statement", &statement.words)?;
    }
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let wording = wording_of(desk, id, &statement)?;
        let asked = desk.asked(id)?;
        let events = case.give_statement(&me, participant, wording, audience, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// The team writes what the note adds about a vendor; no words take it back.
pub async fn write_addendum(
    ctx: &Ctx,
    id: CaseId,
    participant: ParticipantId,
    words: String,
) -> Result<()> {
    if words.len() > LONGEST_TEXT {
        return Err(Error::invalid("addendum", "This is too long."));
    }
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let text = optional(desk, id, &words)?;
        let asked = desk.asked(id)?;
        let events = case.write_addendum(&me, participant, text, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// A participant wishes to be seen otherwise by the others.
pub async fn change_visibility(
    ctx: &Ctx,
    id: CaseId,
    participant: ParticipantId,
    visibility: Visibility,
) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let events = case.change_visibility(&me, participant, visibility, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// A party names somebody who is affected as well.
pub async fn suggest(ctx: &Ctx, id: CaseId, whom: String) -> Result<()> {
    filled("whom", &whom)?;
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let whom = desk.words(id, &whom)?;
        let asked = desk.asked(id)?;
        let events = case.suggest_participant(&me, whom, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// Silent participants are reminded.
pub async fn remind(ctx: &Ctx, id: CaseId, participants: Vec<ParticipantId>) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let events = case.remind(&me, &participants, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// A participant leaves.
pub async fn leave(ctx: &Ctx, id: CaseId, participant: ParticipantId) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let events = case.leave(&me, participant, &asked)?;
        desk.keep(&me, case, events)?;
        desk.tx().revoke_links(id, participant)?;
        Ok(())
    })
    .await
}

/// A participant is put out, with a reason.
pub async fn remove(
    ctx: &Ctx,
    id: CaseId,
    participant: ParticipantId,
    reason: String,
) -> Result<()> {
    filled("reason", &reason)?;
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let reason = desk.words(id, &reason)?;
        let asked = desk.asked(id)?;
        let events = case.remove_participant(&me, participant, reason, &asked)?;
        desk.keep(&me, case, events)?;
        desk.tx().revoke_links(id, participant)?;
        Ok(())
    })
    .await
}

/// A vendor speaks of its own products alone.
fn theirs(
    desk: &mut Desk<'_>,
    case: &domain::Case,
    participant: ParticipantId,
    product: ProductId,
) -> Result<()> {
    let organizations = organizations_of(case, &[participant]);
    let known = desk.tx().products_of(&organizations)?;
    if known.iter().any(|known| known.id == product) {
        return Ok(());
    }
    Err(Error::invalid("product", "This is not one of the things to choose from."))
}

/// The parts of a statement, kept and sealed.
pub(crate) fn wording_of(
    desk: &mut Desk<'_>,
    id: CaseId,
    statement: &FilledStatement,
) -> Result<Wording> {
    let parts = [&statement.words, &statement.information, &statement.references];
    if parts.iter().any(|part| part.len() > LONGEST_TEXT) {
        return Err(Error::invalid("statement", "This is too long; send the rest as a file."));
    }
    Ok(Wording {
        text: optional(desk, id, &statement.words)?,
        information: optional(desk, id, &statement.information)?,
        references: optional(desk, id, &statement.references)?,
    })
}

pub(crate) fn organizations_of(
    case: &domain::Case,
    participants: &[ParticipantId],
) -> BTreeSet<OrganizationId> {
    participants
        .iter()
        .filter_map(|id| case.participant(*id))
        .filter_map(|them| match them.party {
            Party::Organization(organization) => Some(organization),
            Party::Team | Party::Reporter(_) => None,
        })
        .collect()
}

fn optional(desk: &mut Desk<'_>, case: CaseId, words: &str) -> Result<Option<domain::Text>> {
    let words = words.trim();
    if words.is_empty() {
        return Ok(None);
    }
    desk.words(case, words).map(Some)
}
