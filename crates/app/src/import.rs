//! The history that a team brings along: notes that were public before they came here, from files of
//! other programs. Each becomes a published note with its own number, its own dates and no case, and
//! nobody is written to about it: it is no news. Taking the same files again changes nothing.

use domain::note::imported_withdrawal::may_return;
use domain::{CaseNumber, CveId, Published};
use formats::PublicNote;
use formats::history::{self, Found};
use sha2::{Digest, Sha256};
use store::ImportRow;

use crate::service_key::Signer;
use crate::triage::draw_number;
use crate::{Ctx, Desk, Error, Result, artefact, channel};

pub mod withdrawal;

/// How many documents are taken in one step.
pub const MOST_AT_ONCE: usize = 100;

/// Whether anything is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It is only said what would happen.
    Look,
    /// It happens.
    Keep,
}

/// What becomes of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// A note; it has this number, or gets one when it is kept.
    New(Option<CaseNumber>),
    /// Nothing: the note is here, and says the same.
    Same(CaseNumber),
    /// A new revision of a note that is here.
    Changed(CaseNumber),
    /// Nothing, for this reason.
    Refused(String),
}

/// Documents become notes, in one step and in their order; one that is refused keeps no other out.
/// Only the server and a lead do this, and a lead shows first who they are.
pub async fn notes(ctx: &Ctx, documents: Vec<Vec<u8>>, mode: Mode) -> Result<Vec<Fate>> {
    let allowed = move |desk: &mut Desk<'_>| {
        desk.server_only().or_else(|_| desk.lead_only())?;
        if mode == Mode::Keep { desk.proved_lately() } else { Ok(()) }
    };
    if documents.len() > MOST_AT_ONCE {
        return Err(Error::invalid("document", "These are too many documents for one step."));
    }
    ctx.read(allowed).await?;
    let reading = tokio::task::spawn_blocking(move || {
        documents.into_iter().map(|bytes| Read::new(&bytes)).collect::<Vec<_>>()
    });
    let read = reading.await.map_err(|error| Error::broken("a document was not read", error))?;
    let each = move |desk: &mut Desk<'_>| {
        allowed(desk)?;
        let signer = if mode == Mode::Keep { desk.signer()? } else { None };
        read.iter().map(|one| one.fate(desk, (mode, signer.as_ref()))).collect()
    };
    match mode {
        Mode::Look => ctx.read(each).await,
        Mode::Keep => ctx.write(each).await,
    }
}

/// A document, and what is in it.
struct Read {
    sha256: [u8; 32],
    found: std::result::Result<Found, history::Refused>,
}

impl Read {
    fn new(bytes: &[u8]) -> Self {
        Self { sha256: Sha256::digest(bytes).into(), found: history::read(bytes) }
    }

    fn fate(&self, desk: &mut Desk<'_>, how: (Mode, Option<&Signer>)) -> Result<Fate> {
        let found = match &self.found {
            Ok(found) => found,
            Err(refused) => return Ok(Fate::Refused(refused.to_string())),
        };
        let now = desk.ctx().now();
        if found.note.first_published_at > now || found.note.updated_at > now {
            return Ok(Fate::Refused("It is of a day that has not come yet.".to_owned()));
        }
        match desk.tx().import_of(&found.key)? {
            Some(known) => self.again(desk, found, &known, how),
            None => self.first(desk, found, how),
        }
    }

    /// A note that was never here.
    fn first(
        &self,
        desk: &mut Desk<'_>,
        found: &Found,
        (mode, signer): (Mode, Option<&Signer>),
    ) -> Result<Fate> {
        if let Some(number) = &found.number
            && desk.tx().number_taken(number)?
        {
            // Who reads this learns no more than that: not by whom, nor since when.
            return Ok(Fate::Refused(format!("The number {number} is taken.")));
        }
        if let Some(cve) = &found.record_of
            && let Some(note) = spoken_of(desk, cve)?
        {
            return Ok(Fate::Refused(format!("The note {note} speaks of it already.")));
        }
        if mode == Mode::Look {
            return Ok(Fate::New(found.number.clone()));
        }
        let number = if let Some(number) = &found.number {
            number.clone()
        } else {
            let prefix = desk.tx().current_policy()?.prefix;
            draw_number(desk, &prefix)?
        };
        let note = published(found, &number);
        self.keep(desk, &note, found, signer)?;
        Ok(Fate::New(Some(number)))
    }

    /// A note that was here before.
    fn again(
        &self,
        desk: &mut Desk<'_>,
        found: &Found,
        known: &ImportRow,
        (mode, signer): (Mode, Option<&Signer>),
    ) -> Result<Fate> {
        let here = desk.tx().public().note(&known.slug)?;
        let here = here.ok_or_else(|| Error::broken("an imported note is gone", "no row"))?;
        let number = here.number().clone();
        if here.withdrawn().is_some() {
            return self.back(desk, found, &here, (mode, signer));
        }
        if known.sha256 == self.sha256 {
            return Ok(Fate::Same(number));
        }
        let note = published(found, &number);
        if note.clone().as_revision(here.revision()) == here {
            return Ok(Fate::Same(number));
        }
        // Formats count revisions each in their way, so the date goes first.
        if (note.updated_at(), note.revision()) < (here.updated_at(), known.revision) {
            return Ok(Fate::Refused(format!("It is older than the note {number} is here.")));
        }
        if mode == Mode::Keep {
            let revision = note.revision().max(here.revision().saturating_add(1));
            self.keep(desk, &note.as_revision(revision), found, signer)?;
        }
        Ok(Fate::Changed(number))
    }

    /// A note that was taken back: it comes back where that was decided, and is news then.
    fn back(
        &self,
        desk: &mut Desk<'_>,
        found: &Found,
        here: &Published,
        (mode, signer): (Mode, Option<&Signer>),
    ) -> Result<Fate> {
        let number = here.number().clone();
        let decided = desk.tx().import_decisions(&number.slug())?.unwrap_or_default();
        if !may_return(&decided) {
            return Ok(Fate::Refused(format!("The note {number} was withdrawn here.")));
        }
        if mode == Mode::Keep {
            let now = desk.ctx().now();
            let revision = here.revision().saturating_add(1).max(revision_of(&found.note));
            let note = published(found, &number).as_revision(revision).as_changed(now);
            self.keep(desk, &note, found, signer)?;
            channel::announce(desk, None, &note)?;
        }
        Ok(Fate::Changed(number))
    }

    fn keep(
        &self,
        desk: &mut Desk<'_>,
        note: &Published,
        found: &Found,
        signer: Option<&Signer>,
    ) -> Result<()> {
        let settings = desk.ctx().site().settings.clone();
        let files = artefact::artefacts(note, &settings, signer)?;
        let row = ImportRow {
            source: found.key.clone(),
            slug: note.number().slug(),
            revision: revision_of(&found.note),
            sha256: self.sha256,
            imported_at: desk.ctx().now(),
        };
        Ok(desk.tx().publish_imported(note, &row, &files)?)
    }
}

fn published(found: &Found, number: &CaseNumber) -> Published {
    let note = PublicNote { number: number.digits().to_owned(), ..found.note.clone() };
    let from = (found.publisher.clone(), found.called.clone());
    Published::imported(note.into_imported(number.clone(), from))
}

fn revision_of(note: &PublicNote) -> u32 {
    u32::try_from(note.revision.max(1)).unwrap_or(u32::MAX)
}

/// The number of the published note that speaks of a CVE ID.
fn spoken_of(desk: &mut Desk<'_>, cve: &CveId) -> Result<Option<CaseNumber>> {
    let note = desk.tx().public().note_of_cve(cve)?;
    Ok(note.map(|note| note.number().clone()))
}
