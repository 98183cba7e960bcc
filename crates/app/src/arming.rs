//! What must be so before a note waits for its instant: the clock of this server is right, its key
//! outlives the note's first weeks, and every file keeps the mandatory rules of its format. The team
//! sees the same before it decides, and every file as it will be.

use domain::note::Foreseen;
use domain::{Case, CaseId, Timestamp};
use jiff::SignedDuration;
use store::Artefact;

use crate::finding::{Finding, Weight, of_files};
use crate::{Ctx, Desk, Error, Result, artefact, cve, note, prepared, service_key};

/// A clock that is off by more would publish before or after the instant.
const CLOCK_MAY_BE_OFF: SignedDuration = SignedDuration::from_secs(2);

/// Signatures are checked by those who come late, too.
const KEY_OUTLIVES: SignedDuration = SignedDuration::from_hours(24 * 90);

/// How many findings a refusal tells; all of them stand on the page.
const MOST_TOLD: usize = 3;

/// The note of a case was approved: refuses what must not go out, and prepares what waits.
pub(crate) fn arm(desk: &mut Desk<'_>, case: &Case) -> Result<()> {
    let at = goes_out_at(desk, case);
    service_key::make_good_until(desk, outlived(at))?;
    let mut findings = of_server(desk, at)?;
    if let Some(files) = foreseen_files(desk, case, at)? {
        findings.extend(of_files(&files));
    }
    refuse(&findings)?;
    prepared::prepare(desk, case)
}

/// How the newest revision would go out, as things stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// What speaks against it, what stops it first.
    pub findings: Vec<Finding>,
    /// The files that there would be, by their formats.
    pub formats: Vec<String>,
}

/// How the newest revision would go out, as things stand; only for the team.
pub async fn outlook(ctx: &Ctx, id: CaseId) -> Result<Outlook> {
    ctx.read(move |desk| {
        let case = team_case(desk, id)?;
        let at = goes_out_at(desk, &case);
        let files = foreseen_files(desk, &case, at)?.unwrap_or_default();
        let mut findings = of_server(desk, at)?;
        findings.extend(of_files(&files));
        findings.extend(cve::findings(&case, &files, at));
        findings.sort_by_key(|finding| finding.weight);
        Ok(Outlook { findings, formats: files.into_iter().map(|file| file.format).collect() })
    })
    .await
}

/// A file of the newest revision as it would go out; only for the team, and never signed.
pub async fn preview(ctx: &Ctx, id: CaseId, format: String) -> Result<Artefact> {
    ctx.read(move |desk| {
        let case = team_case(desk, id)?;
        let at = goes_out_at(desk, &case);
        let files = foreseen_files(desk, &case, at)?.unwrap_or_default();
        files.into_iter().find(|file| file.format == format).ok_or(Error::NotFound)
    })
    .await
}

fn team_case(desk: &mut Desk<'_>, id: CaseId) -> Result<Case> {
    let (me, case) = desk.case_for(id)?;
    match me.participant() {
        None => Ok(case),
        Some(_) => Err(Error::NotFound),
    }
}

/// When the note goes out, or would: what was approved, the end of the embargo, or now.
fn goes_out_at(desk: &Desk<'_>, case: &Case) -> Timestamp {
    let now = desk.ctx().now();
    let approved = case.note.approved_for.as_ref();
    let at = approved.and_then(|when| case.publication_instant(when));
    at.or(case.embargo.end().map(|end| end.at)).unwrap_or(now).max(now)
}

/// The files of the newest revision, unsigned; none before the case has a number and a draft.
fn foreseen_files(
    desk: &mut Desk<'_>,
    case: &Case,
    at: Timestamp,
) -> Result<Option<Vec<Artefact>>> {
    let Some(revision) = case.note.latest().map(|latest| latest.number) else { return Ok(None) };
    let words = note::words_of(desk, case, revision)?;
    let foreseen = Foreseen::of(case, revision, at, &words);
    let settings = &desk.ctx().site().settings;
    foreseen.map(|content| artefact::artefacts(&content, settings, None)).transpose()
}

fn outlived(at: Timestamp) -> Timestamp {
    at.checked_add(KEY_OUTLIVES).unwrap_or(Timestamp::MAX)
}

/// What is wrong with the server itself.
fn of_server(desk: &mut Desk<'_>, at: Timestamp) -> Result<Vec<Finding>> {
    let mut findings = vec![];
    if let Some(theirs) = desk.tx().database_clock()? {
        let off = desk.ctx().site().clock.ahead_of(theirs);
        if off.abs() > CLOCK_MAY_BE_OFF {
            findings.push(clock_is_off(off));
        }
    }
    if !service_key::is_good_until(desk, outlived(at))? {
        let words = "The key of this server cannot sign, or runs out within 90 days of the note. \
                     It is looked after every hour; see the log if this stays.";
        findings.push(Finding::stops("Signatures", "The key of this server", words));
    }
    Ok(findings)
}

fn clock_is_off(off: SignedDuration) -> Finding {
    let which = if off.is_positive() { "ahead of" } else { "behind" };
    let words = format!(
        "It is {} seconds {which} the clock of the database; the note would not go out at its \
         second. Set the clocks of both machines by the same source.",
        off.abs().as_secs()
    );
    Finding::stops("Clock", "The clock of this server", words)
}

fn refuse(findings: &[Finding]) -> Result<()> {
    let stops: Vec<_> = findings.iter().filter(|one| one.weight == Weight::Stops).collect();
    if stops.is_empty() {
        return Ok(());
    }
    let told = stops.iter().take(MOST_TOLD);
    let told: Vec<_> =
        told.map(|one| format!("{} ({}): {}", one.place, one.rule, one.words)).collect();
    let more = match stops.len().saturating_sub(MOST_TOLD) {
        0 => String::new(),
        more => format!(" And {more} more, listed above."),
    };
    Err(Error::invalid("revision", format!("It cannot go out yet. {}{more}", told.join(" "))))
}
