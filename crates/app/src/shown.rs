//! The draft of a note as a file for the programs of somebody it was shown to (CSAF 2.0 and 2.1, 7.1.4
//! and 7.1.5). It is made of what their own page is made of, and of less: what other vendors say, and
//! who they are, is not in it.

use domain::access::{DraftSeen, FlawSeen, PartyView, View};
use domain::case::{Party, Visibility};
use domain::note::Section;
use domain::participant::{Line, Wording};
use domain::{CaseId, CaseNumber, Text, Timestamp};
use formats::public_note::{
    PublicProduct, PublicStatus, PublicVendor, PublicVulnerability, section_of,
};
use formats::{PublicNote, csaf};
use store::Artefact;

use crate::case::{Opened, open};
use crate::{Ctx, Error, Result, artefact};

/// The newest draft that the actor was shown, in a format. The team is shown none: it has previews.
pub async fn draft(ctx: &Ctx, id: CaseId, format: &str) -> Result<Artefact> {
    let version = match format {
        artefact::CSAF_2_0 => csaf::Version::V2_0,
        artefact::CSAF_2_1 => csaf::Version::V2_1,
        _ => return Err(Error::NotFound),
    };
    let opened = open(ctx, id).await?;
    let shown = Shown::of(&opened).ok_or(Error::NotFound)?;
    let publisher = artefact::publisher(&ctx.site().settings, shown.number.prefix());
    let revision = shown.draft.revision.number;
    let note = shown.note(&opened);
    Ok(Artefact {
        format: format.to_owned(),
        media_type: "application/json".to_owned(),
        bytes: csaf::write_draft(&note, &publisher, version, revision),
    })
}

/// What somebody was shown.
struct Shown<'a> {
    number: &'a CaseNumber,
    draft: &'a DraftSeen,
    at: Timestamp,
    flaws: Vec<PublicVulnerability>,
    vendor: Option<PublicVendor>,
}

impl<'a> Shown<'a> {
    /// Nothing where there is no draft for them, or where the case has no number to call it by.
    fn of(opened: &'a Opened) -> Option<Self> {
        let (number, draft, me) = match &opened.view {
            View::Staff(_) => return None,
            View::Party(view) => (&view.number, &view.draft, view.me.id),
            View::Reporter(view) => (&view.number, &view.draft, view.me.id),
        };
        let draft = draft.as_ref()?;
        let at = *draft.revision.shared.get(&me)?;
        let (flaws, vendor) = match &opened.view {
            View::Staff(_) | View::Reporter(_) => (vec![], None),
            View::Party(view) => (flaws(opened, view, at), own_entry(opened, view, at)),
        };
        Some(Self { number: number.as_ref()?, draft, at, flaws, vendor })
    }

    fn note(self, opened: &Opened) -> PublicNote {
        let revision = &self.draft.revision;
        let words = |text: &Text| opened.words(text).to_owned();
        let sections = revision.sections.iter();
        PublicNote {
            number: self.number.digits().to_owned(),
            title: words(&revision.title),
            sections: sections
                .filter_map(|(section, text)| Some((section_of(*section)?, words(text))))
                .collect(),
            vulnerabilities: self.flaws,
            vendors: self.vendor.into_iter().collect(),
            references: revision
                .sections
                .get(&Section::References)
                .map(|text| lines(opened.words(text)))
                .unwrap_or_default(),
            keywords: vec![],
            credits: vec![],
            scores: vec![],
            created_at: None,
            public_at: None,
            first_published_at: self.at,
            updated_at: self.at,
            revision: 1,
            timeline: vec![],
            exploit_public_at: None,
            attacks_seen_at: None,
            revised_at: vec![],
            withdrawn: None,
        }
    }
}

/// The flaws that their page shows.
fn flaws(opened: &Opened, view: &PartyView, at: Timestamp) -> Vec<PublicVulnerability> {
    let flaws = view.vulnerabilities.iter();
    flaws
        .map(|flaw| PublicVulnerability {
            local: flaw.ordinal,
            cve: flaw.cve.as_ref().map(ToString::to_string),
            identifiers: flaw.identifiers.iter().cloned().collect(),
            description: opened.words(&flaw.description).to_owned(),
            cwe: None,
            scores: vec![],
            added_at: at,
            updated_at: at,
        })
        .collect()
}

/// What they said themselves, if the note will name them.
fn own_entry(opened: &Opened, view: &PartyView, at: Timestamp) -> Option<PublicVendor> {
    let me = &view.me;
    let Party::Organization(organization) = me.party else { return None };
    if !me.is_vendor() || me.visibility != Visibility::Named {
        return None;
    }
    let said = |part: fn(&Wording) -> Option<&Text>| {
        let text = me.statements.last().and_then(|given| part(&given.wording));
        let words = text.map(|text| opened.words(text).to_owned());
        words.filter(|words| !words.trim().is_empty())
    };
    let of_flaw = |flaw: &FlawSeen| {
        let ordinal = flaw.ordinal;
        let lines = me.lines.get(&flaw.id).into_iter().flatten();
        lines.filter_map(move |line| status(opened, ordinal, line))
    };
    Some(PublicVendor {
        name: opened.name(organization).to_owned(),
        statuses: view.vulnerabilities.iter().flat_map(of_flaw).collect(),
        statement: said(|wording| wording.text.as_ref()),
        information: said(|wording| wording.information.as_ref()),
        references: said(|wording| wording.references.as_ref())
            .map(|text| lines(&text))
            .unwrap_or_default(),
        addendum: None,
        contacted_at: None,
        statement_at: None,
        updated_at: at,
    })
}

/// A line whose product is not known any more says nothing, least of all of every product.
fn status(opened: &Opened, ordinal: u32, line: &Line) -> Option<PublicStatus> {
    let product = match line.product {
        Some(id) => Some(opened.products.iter().find(|product| product.id == id)?),
        None => None,
    };
    let versions = line.versions.as_ref().map(|text| opened.words(text));
    Some(PublicStatus {
        vulnerability: ordinal,
        product: product.map(|product| PublicProduct {
            id: product.id.to_string(),
            name: product.name.clone(),
            purl: product.purl.clone(),
            cpe: product.cpe.clone(),
        }),
        status: line.status.clone(),
        versions: versions.and_then(|line| line.parse().ok()).unwrap_or_default(),
        statement: None,
        references: vec![],
        added_at: line.at,
        updated_at: line.at,
    })
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
