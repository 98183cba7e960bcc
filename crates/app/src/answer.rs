//! A vendor's answer as a file: a CSAF, OpenVEX or CycloneDX document of it. It is looked at first, and
//! looking keeps nothing; what was understood is shown, and whoever gave the file says what of it
//! shall stand. A document that speaks of flaws of other cases learns as much of them as one that
//! speaks of flaws that nobody has found: they are not in this case.

mod understood;

use std::collections::{BTreeMap, BTreeSet};

use domain::case::Party;
use domain::event::StatementAudience;
use domain::participant::{Participant, Said};
use domain::status::ProductStatus;
use domain::version::Versions;
use domain::{
    CaseId, CaseNumber, CveId, Identifier, ParticipantId, ProductId, View, VulnerabilityId,
};
use serde::{Deserialize, Serialize};

use crate::case::Opened;
use crate::participant::{FilledStatement, organizations_of, wording_of};
use crate::{Ctx, Desk, Error, Result};
use understood::{Flaw, Standing, Subject};
pub use understood::{LeftOut, Offer, Understood};

/// How many lines are taken from one file.
pub const MOST_LINES: usize = 200;

/// What shall stand: lines of a document, and a statement.
#[derive(Debug, Clone)]
pub struct Taken {
    /// How products stand.
    pub lines: Vec<TakenLine>,
    /// What shall be read; may be left out.
    pub statement: FilledStatement,
    /// Who may read it before the note.
    pub audience: StatementAudience,
}

/// How a product stands, or all of a vendor's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenLine {
    /// The flaw.
    pub flaw: VulnerabilityId,
    /// The product; absent for all of them.
    pub product: Option<ProductId>,
    /// How it stands.
    pub status: ProductStatus,
    /// In which versions, in one line of the grammar of [`domain::version`]; may be empty.
    pub versions: String,
}

/// What a document says of a vendor's products in a case, as far as the actor sees the case.
/// Nothing is kept.
pub async fn understand(
    ctx: &Ctx,
    id: CaseId,
    participant: ParticipantId,
    document: Vec<u8>,
) -> Result<Understood> {
    let opened = crate::case::open(ctx, id).await?;
    let subject = subject_of(&opened, participant)?;
    let reading = tokio::task::spawn_blocking(move || {
        formats::vex::read_any(&document).map(|given| understood::understand(given, &subject))
    });
    let read = reading.await.map_err(|error| Error::broken("a document was not read", error))?;
    read.map_err(|unread| Error::invalid("document", unread.to_string()))
}

/// Lines and a statement are taken over, all of them or none.
pub async fn take(ctx: &Ctx, id: CaseId, participant: ParticipantId, taken: Taken) -> Result<()> {
    let says = taken.statement.says_anything();
    check(&taken.lines, says)?;
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let named: BTreeSet<ProductId> =
            taken.lines.iter().filter_map(|line| line.product).collect();
        let theirs = desk.tx().products_of(&organizations_of(&case, &[participant]))?;
        if !named.iter().all(|product| theirs.iter().any(|known| known.id == *product)) {
            return Err(Error::invalid("document", "A product is not one of theirs."));
        }
        let statement = if says {
            Some((wording_of(desk, id, &taken.statement)?, taken.audience))
        } else {
            None
        };
        let lines = said(desk, id, taken.lines)?;
        let asked = desk.asked(id)?;
        let events = case.take_answers(&me, participant, (lines, statement), &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

type Line = ((VulnerabilityId, Option<ProductId>), Said);

/// The lines with their words kept; those that name the same versions share them.
fn said(desk: &mut Desk<'_>, id: CaseId, lines: Vec<TakenLine>) -> Result<Vec<Line>> {
    let mut kept = BTreeMap::new();
    let mut said = vec![];
    for TakenLine { flaw, product, status, versions } in lines {
        let versions = versions.trim().to_owned();
        if !versions.is_empty() && !kept.contains_key(&versions) {
            let text = desk.words(id, &versions)?;
            kept.insert(versions.clone(), text);
        }
        let versions = kept.get(&versions).cloned();
        said.push(((flaw, product), Said { status, versions }));
    }
    Ok(said)
}

fn check(lines: &[TakenLine], says: bool) -> Result<()> {
    let wrong = |message: &str| Err(Error::invalid("document", message));
    if lines.is_empty() && !says {
        return wrong("Nothing was chosen: tick what shall stand, or give a statement.");
    }
    if lines.len() > MOST_LINES {
        return wrong("These are too many lines for one step.");
    }
    let subjects: BTreeSet<_> = lines.iter().map(|line| (line.flaw, line.product)).collect();
    if subjects.len() < lines.len() {
        return wrong("Two lines speak of the same products and vulnerability; keep one of them.");
    }
    for line in lines {
        let parsed = line.versions.parse::<Versions>();
        parsed.map_err(|unread| Error::invalid("document", unread.to_string()))?;
    }
    Ok(())
}

/// Of whom and of what a document may speak here: what the actor sees, and no more.
fn subject_of(opened: &Opened, participant: ParticipantId) -> Result<Subject> {
    let (them, number, mut flaws) = match &opened.view {
        View::Party(view) if view.me.id == participant => {
            let flaws = view.vulnerabilities.iter();
            let flaws = flaws.map(|flaw| Named {
                id: flaw.id,
                ordinal: flaw.ordinal,
                cve: flaw.cve.as_ref(),
                identifiers: &flaw.identifiers,
            });
            (&view.me, view.number.clone(), flaws.collect::<Vec<_>>())
        }
        View::Staff(view) => {
            let case = view.case();
            let them = case.participant(participant).ok_or(Error::NotFound)?;
            let flaws = case.vulnerabilities.iter();
            let flaws = flaws.map(|(id, flaw)| Named {
                id: *id,
                ordinal: flaw.ordinal,
                cve: flaw.cve.as_ref(),
                identifiers: &flaw.identifiers,
            });
            (them, case.number.clone(), flaws.collect())
        }
        View::Party(_) | View::Reporter(_) => return Err(Error::NotFound),
    };
    flaws.sort_by_key(|flaw| flaw.ordinal);
    let Party::Organization(organization) = them.party else { return Err(Error::NotFound) };
    let only = flaws.len() == 1;
    Ok(Subject {
        vendor: opened.name(organization).to_owned(),
        flaws: flaws.iter().map(|flaw| flaw.known(number.as_ref(), only)).collect(),
        products: opened
            .products
            .iter()
            .filter(|product| product.organization == organization)
            .cloned()
            .collect(),
        standing: standing(opened, them),
    })
}

/// A flaw with everything it is called by.
struct Named<'a> {
    id: VulnerabilityId,
    ordinal: u32,
    cve: Option<&'a CveId>,
    identifiers: &'a BTreeSet<Identifier>,
}

impl Named<'_> {
    /// By its CVE ID, by what databases call it that have an entry for each flaw, and by our own
    /// numbers: `VU#123456.2`, and `VU#123456` if it is the only one.
    fn known(&self, number: Option<&CaseNumber>, only: bool) -> Flaw {
        let ordinal = self.ordinal;
        let listed = self.identifiers.iter().filter(|one| one.names_its_database());
        let listed = listed.map(|one| one.id().to_owned());
        let mut names: Vec<String> =
            self.cve.iter().map(ToString::to_string).chain(listed).collect();
        for number in number.iter().flat_map(|number| [number.to_string(), number.slug()]) {
            names.push(format!("{number}.{ordinal}"));
            if only {
                names.push(number);
            }
        }
        let label = self.cve.map_or_else(|| format!("No. {ordinal}"), ToString::to_string);
        Flaw { id: self.id, label, names: names.iter().map(|name| name.to_uppercase()).collect() }
    }
}

fn standing(opened: &Opened, them: &Participant) -> Standing {
    let lines = them.lines.iter().flat_map(|(flaw, lines)| lines.iter().map(move |it| (flaw, it)));
    let line = |(flaw, line): (&VulnerabilityId, &domain::participant::Line)| {
        let versions = line.versions.as_ref().map(|text| opened.words(text).to_owned());
        ((*flaw, line.product), (line.status.clone(), versions.unwrap_or_default()))
    };
    lines.map(line).collect()
}
