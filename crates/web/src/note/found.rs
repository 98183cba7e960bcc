//! What was found in the draft and its files, as the draft page tells it before anybody decides.

use app::arming::Outlook;
use app::artefact::last_part;
use app::finding::{Finding, Weight};
use app::leak::Readers;
use domain::note::{Leak, Place};

use crate::Failure;
use crate::case::Look;

/// One thing that was found.
pub(crate) struct Found {
    pub(crate) kind: &'static str,
    pub(crate) word: &'static str,
    pub(crate) place: String,
    pub(crate) words: String,
    pub(crate) excerpt: String,
    pub(crate) rule: String,
}

/// A file as it would go out.
pub(crate) struct Preview {
    pub(crate) href: String,
    pub(crate) label: String,
}

/// What was found, what stops the note first, and the files that can be looked at. Leaks are told to
/// who works on the case: they quote what others of the team may not read.
pub(super) async fn of(look: &Look<'_>) -> Result<(Vec<Found>, Vec<Preview>), Failure> {
    let (ctx, case) = (look.visitor.ctx(), look.case());
    if !case.note.is_ahead() {
        return Ok((vec![], vec![]));
    }
    let Outlook { findings, formats } = app::arming::outlook(&ctx, case.id).await?;
    let mut found: Vec<_> = findings.into_iter().map(Found::from).collect();
    found.extend(app::channel::problems_seen(&ctx).into_iter().map(Found::channel));
    if look.may_write() {
        let public = app::leak::look(&ctx, case.id, Readers::Everyone).await?;
        let shared = app::leak::look(&ctx, case.id, Readers::Parties).await?;
        let early = shared.into_iter().filter(|leak| !public.contains(leak));
        let early: Vec<_> = early.map(|leak| Found::leak(leak, "Before it is shared")).collect();
        found.extend(public.into_iter().map(|leak| Found::leak(leak, "Look at it")));
        found.extend(early);
    }
    let preview = |format: &String| {
        let address = last_part(format)?;
        let href = format!("/cases/{}/draft/preview/{address}", look.at);
        Some(Preview { href, label: format.clone() })
    };
    Ok((found, formats.iter().filter_map(preview).collect()))
}

impl From<Finding> for Found {
    fn from(finding: Finding) -> Self {
        let (kind, word) = match finding.weight {
            Weight::Stops => ("fail", "Stops it"),
            Weight::Warns => ("wait", "Look at it"),
        };
        let Finding { rule, place, words, weight: _ } = finding;
        Self { kind, word, place, words, excerpt: String::new(), rule }
    }
}

impl Found {
    fn channel(problem: app::channel::Problem) -> Self {
        Self {
            kind: "wait",
            word: "Look at it",
            place: format!("Channel: {}", super::board::name(problem.channel)),
            words: problem.what,
            excerpt: String::new(),
            rule: "The note goes out all the same".to_owned(),
        }
    }

    fn leak(leak: Leak, word: &'static str) -> Self {
        let part = match leak.place {
            Place::Title => "Title".to_owned(),
            Place::Section(section) => section.label().to_owned(),
            Place::Vulnerability(ordinal) => format!("Vulnerability {ordinal}"),
        };
        let objection = leak.rule.objection();
        Self {
            kind: "wait",
            word,
            place: format!("{part}, paragraph {}", leak.paragraph),
            words: format!("{}.", sentence(objection)),
            excerpt: leak.excerpt,
            rule: leak.rule.code().to_owned(),
        }
    }
}

/// An objection as a sentence of its own.
fn sentence(words: &str) -> String {
    let mut signs = words.chars();
    signs.next().map_or_else(String::new, |first| first.to_uppercase().chain(signs).collect())
}
