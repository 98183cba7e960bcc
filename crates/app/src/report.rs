//! A report comes in, and whoever sent it finds it again by the receipt.

use std::collections::BTreeSet;

use domain::journal::Via;
use domain::report::{
    ContactSharing, Credit, Evidence, HelpReason, Identity, Intake, Known, Submission,
};
use domain::{
    Actor, CaseId, Event, ParticipantId, ReportId, ReportReference, Timestamp, VulnerabilityId,
};
use store::ReporterIdentity;

use crate::session::count_try_by_the_hour;
use crate::{Ctx, Error, Invalid, Result, secret};

/// How many reports are taken in an hour, from all the world together, since nothing is kept of
/// where a report came from (INV-5).
const MOST_REPORTS: i64 = 600;

/// How many receipts are looked up in an hour, for the same reason from all the world together. A
/// receipt cannot be guessed; this spares the slow hash.
const MOST_RECEIPTS: i64 = 6000;

/// How long a room stays open after its receipt was typed, at most.
const ROOM_HOURS: i64 = 2;

/// The longest text of a report, in bytes.
pub const LONGEST_TEXT: usize = 200_000;

/// What somebody filled in.
#[derive(Debug, Clone)]
pub struct NewReport {
    /// What product, whose.
    pub product: String,
    /// What is wrong.
    pub description: String,
    /// How to see it.
    pub reproduction: String,
    /// What an attacker gains.
    pub impact: String,
    /// Who the reporter is to us.
    pub identity: Identity,
    /// Their name or pseudonym.
    pub name: Option<String>,
    /// Their address.
    pub address: Option<String>,
    /// Whether vendors may learn who reported.
    pub sharing: ContactSharing,
    /// How the note thanks them.
    pub credit: Credit,
    /// Why a coordinator is wanted.
    pub reasons: BTreeSet<HelpReason>,
    /// What they have to show.
    pub evidence: Evidence,
    /// Whether it is public already.
    pub public: Known,
    /// Whether it is being exploited.
    pub exploited: Known,
    /// When a vendor was first told.
    pub vendor_told_at: Option<Timestamp>,
    /// When the reporter means to publish.
    pub plans_to_publish_at: Option<Timestamp>,
    /// Whether a tool found it.
    pub found_by_tool: Known,
    /// Whether the terms were accepted.
    pub terms_accepted: Consent,
    /// By which way it came.
    pub intake: Intake,
}

/// Whether the terms were accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// They were.
    Given,
    /// They were not.
    Missing,
}

/// What whoever reported takes away.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// What may be quoted anywhere.
    pub reference: ReportReference,
    /// What opens the report's page, shown once.
    pub secret: String,
    /// The case it began.
    pub case: CaseId,
    /// When it came in, as it is kept.
    pub received_at: Timestamp,
}

/// Takes a report (S1): a case begins, and the receipt is drawn. Of a reporter who hides who they
/// are, the hour is kept in which it came, and no more (INV-5).
pub async fn submit(ctx: &Ctx, new: NewReport) -> Result<Receipt> {
    if let Some(first) = problems(&new).into_iter().next() {
        return Err(Error::Invalid(first));
    }
    if ctx.via() == Via::Web {
        count_try_by_the_hour(ctx, "report".to_owned(), MOST_REPORTS).await?;
    }
    let plain = ctx.clone();
    let ctx = &if new.identity.is_hidden() { plain.by_the_hour(None) } else { plain };
    let receipt = secret::receipt(ctx.site());
    let lookup = secret::lookup_of_receipt(ctx, &receipt).await?;
    let reference = draw_reference(ctx)?;
    let secret = receipt.clone();
    ctx.write(move |desk| {
        let (case, report): (CaseId, ReportId) = (desk.ctx().fresh(), desk.ctx().fresh());
        let vault = desk.ctx().site().vault.clone();
        let event = received(desk, case, report, &reference, &new)?;
        let begun = desk.begin(case, event)?;
        let identity = ReporterIdentity {
            name: new.name.clone(),
            address: new.address.clone(),
            organization: None,
            notes: None,
        };
        desk.tx().keep_reporter(&vault, report, case, &identity)?;
        desk.tx().keep_receipt(lookup, report, case)?;
        let flaw: VulnerabilityId = desk.ctx().fresh();
        let me = domain::admit(domain::Actor::Server, &begun).ok_or(Error::NotFound)?;
        let asked = desk.asked(case)?;
        // Scores and statuses need something to be about; what it is, an analyst writes.
        let mut events = begun.add_vulnerability(&me, flaw, None, &asked)?;
        events.extend(claims(desk, &begun, &me, &new)?);
        let letters = domain::letter::Letter {
            id: None,
            to: domain::letter::Recipient::Team,
            matter: domain::letter::Matter::ReportCame,
        };
        desk.write_letters(&begun, vec![letters])?;
        desk.keep(&me, begun, events)?;
        Ok(Receipt { reference, secret, case, received_at: desk.ctx().now() })
    })
    .await
}

/// The report that a receipt opens, or nothing: the answer takes as long either way.
pub async fn open(ctx: &Ctx, typed: &str) -> Result<(ReportId, CaseId)> {
    let lookup = secret::lookup_of_receipt(ctx, typed).await?;
    ctx.read(move |desk| desk.tx().receipt(&lookup)?.ok_or(Error::NotFound)).await
}

/// Opens the room of the report that a typed receipt is for, and returns the secret of the room:
/// the receipt itself need not be sent again with every step. Unknown receipts are `NotFound`
/// after the same slow hash.
pub async fn enter(ctx: &Ctx, typed: &str) -> Result<String> {
    count_try_by_the_hour(ctx, "receipt".to_owned(), MOST_RECEIPTS).await?;
    let lookup = secret::lookup_of_receipt(ctx, typed).await?;
    let link = secret::link(ctx.site());
    let hash = link.hash;
    let found = ctx.read(move |desk| Ok(desk.tx().receipt(&lookup)?)).await?;
    let (report, id) = found.ok_or(Error::NotFound)?;
    ctx.clone()
        .acting_as(Actor::Receipt(report))
        .write(move |desk| {
            let (me, case) = desk.case_for(id)?;
            let participant = me.participant().ok_or(Error::NotFound)?;
            let now = desk.ctx().now();
            let until = hours_after(now, ROOM_HOURS);
            Ok(desk.tx().keep_link(hash, case.id, participant, now, until)?)
        })
        .await?;
    Ok(link.secret)
}

/// Closes every room of a report: no secret opens it but the receipt.
pub async fn leave_room(ctx: &Ctx, id: CaseId) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let participant = me.participant().ok_or(Error::NotFound)?;
        Ok(desk.tx().revoke_links(case.id, participant)?)
    })
    .await
}

/// Who reported sends more (S30, S32).
pub async fn add(ctx: &Ctx, id: CaseId, text: String) -> Result<()> {
    filled("text", &text)?;
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let text = desk.words(id, &text)?;
        let asked = desk.asked(id)?;
        let events = case.add_to_report(&me, text, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// Everything that keeps a report from being taken, so that a form can name all of it at once.
pub fn problems(new: &NewReport) -> Vec<Invalid> {
    let mut problems = vec![];
    let mut note = |outcome: Result<()>| {
        if let Err(Error::Invalid(invalid)) = outcome {
            problems.push(invalid);
        }
    };
    note(filled("product", &new.product));
    note(filled("description", &new.description));
    for (field, text) in [("reproduction", &new.reproduction), ("impact", &new.impact)] {
        if text.len() > LONGEST_TEXT {
            note(Err(Error::invalid(field, "This is too long; send the rest as a file.")));
        }
    }
    let named = new.name.as_ref().is_some_and(|name| !name.trim().is_empty());
    match new.identity {
        Identity::Named | Identity::Pseudonym if !named => {
            note(Err(Error::invalid("name", "Enter the name, or choose to stay anonymous.")));
        }
        Identity::Anonymous | Identity::Named | Identity::Pseudonym => {}
    }
    if let Some(address) = &new.address {
        note(crate::directory::check_address("address", address));
    }
    if new.terms_accepted == Consent::Missing {
        note(Err(Error::invalid("terms", "Please read the terms and tick the box.")));
    }
    problems
}

pub(crate) fn filled(field: &'static str, text: &str) -> Result<()> {
    if text.trim().is_empty() {
        return Err(Error::invalid(field, "Please fill this in."));
    }
    if text.len() > LONGEST_TEXT {
        return Err(Error::invalid(field, "This is too long; send the rest as a file."));
    }
    Ok(())
}

fn received(
    desk: &mut crate::Desk<'_>,
    case: CaseId,
    report: ReportId,
    reference: &ReportReference,
    new: &NewReport,
) -> Result<Event> {
    let title = desk.words(case, &first_line(&new.product))?;
    let body = desk.words(case, &body(new))?;
    let policy = desk.tx().current_policy()?;
    let coordinator: ParticipantId = desk.ctx().fresh();
    let reporter: ParticipantId = desk.ctx().fresh();
    let terms = policy.version;
    Ok(Event::ReportReceived {
        report,
        reference: reference.clone(),
        title,
        body,
        submission: Submission {
            intake: new.intake,
            account: None,
            identity: new.identity,
            sharing: new.sharing,
            credit: new.credit,
            reasons: new.reasons.clone(),
            evidence: new.evidence,
            public: new.public,
            exploited: new.exploited,
            vendor_told_at: new.vendor_told_at,
            plans_to_publish_at: new.plans_to_publish_at,
            found_by_tool: new.found_by_tool,
            terms,
        },
        policy: Box::new(policy),
        coordinator,
        reporter,
    })
}

/// What the reporter says of the world becomes a claim for the coordinator to look at.
fn claims(
    desk: &mut crate::Desk<'_>,
    case: &domain::Case,
    me: &domain::Me,
    new: &NewReport,
) -> Result<Vec<Event>> {
    use domain::case::ObservationKind;
    let mut events = vec![];
    let said = [
        (new.public, ObservationKind::PublicAware),
        (new.exploited, ObservationKind::AttacksObserved),
    ];
    for (known, kind) in said {
        if known == Known::Yes {
            let evidence = desk.words(case.id, "The report says so.")?;
            let asked = desk.asked(case.id)?;
            let (id, now) = (desk.ctx().fresh(), desk.ctx().now());
            events.extend(case.claim_observation(me, id, kind, (now, evidence), &asked)?);
        }
    }
    Ok(events)
}

/// What the reporter says is wrong, out of the text of a whole report; all of it if it has no
/// such part. For the team alone, as something to start from.
pub fn what_is_wrong(body: &str) -> &str {
    let Some((_, rest)) = body.split_once(&format!("## {WHAT_IS_WRONG}\n")) else { return body };
    rest.split(&format!("\n## {HOW_TO_SEE_IT}\n"))
        .next()
        .and_then(|rest| rest.split("\n## Impact\n").next())
        .map_or(body, str::trim)
}

const WHAT_IS_WRONG: &str = "What is wrong";
const HOW_TO_SEE_IT: &str = "How to reproduce it";

fn body(new: &NewReport) -> String {
    let parts = [
        ("Product", &new.product),
        (WHAT_IS_WRONG, &new.description),
        (HOW_TO_SEE_IT, &new.reproduction),
        ("Impact", &new.impact),
    ];
    let filled = parts.iter().filter(|(_, text)| !text.trim().is_empty());
    filled
        .map(|(name, text)| format!("## {name}\n\n{}\n", text.trim()))
        .collect::<Vec<_>>()
        .join("\n")
}

fn first_line(text: &str) -> String {
    text.trim().lines().next().unwrap_or_default().chars().take(200).collect()
}

fn draw_reference(ctx: &Ctx) -> Result<ReportReference> {
    let bytes: [u8; 5] = secret::random(ctx.site());
    let alphabet = ReportReference::ALPHABET;
    let letter = |byte: &u8| alphabet.get(usize::from(byte % 32)).map_or('0', |b| char::from(*b));
    let letters: String = bytes.iter().map(letter).collect();
    let text = format!("R-{}-{letters}", ctx.now().strftime("%y%m"));
    text.parse().map_err(|error| Error::broken("a reference was not drawn well", error))
}

fn hours_after(start: Timestamp, hours: i64) -> Timestamp {
    start.checked_add(jiff::SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX)
}
