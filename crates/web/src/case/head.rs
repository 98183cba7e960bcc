//! What stands around every tab of a case: its name, how secret it is, how far it has come, what
//! comes next, and until when it may not be told.

use domain::case::Phase;
use domain::embargo::EndCause;
use domain::pec::Pec;

use super::next::{NextStep, next_steps, why_here};
use super::{Look, Moment, Tab};

/// What stands around every tab of a case.
pub(crate) struct Head {
    pub(crate) at: String,
    pub(crate) handle: String,
    pub(crate) title: String,
    secrecy: Secrecy,
    pub(crate) owner: String,
    pub(crate) score: String,
    pub(crate) steps: Vec<(&'static str, String)>,
    pub(crate) tabs: Vec<TabLink>,
    pub(crate) may_write: bool,
    pub(crate) closed: String,
    pub(crate) why: &'static str,
    pub(crate) phase: &'static str,
    pub(crate) next: Vec<Next>,
    pub(crate) embargo: EmbargoBox,
}

/// How secret a case is.
enum Secrecy {
    Until(Moment),
    Undated,
    Ended(&'static str),
    Public(Moment),
}

/// A tab, as a link.
pub(crate) struct TabLink {
    pub(crate) href: String,
    pub(crate) word: &'static str,
    pub(crate) current: &'static str,
    pub(crate) count: String,
}

/// Something to do.
pub(crate) struct Next {
    pub(crate) what: String,
    pub(crate) by: Option<Moment>,
    pub(crate) href: String,
}

/// The embargo in short.
pub(crate) struct EmbargoBox {
    pub(crate) end: Option<Moment>,
    pub(crate) ended: Option<(Moment, &'static str)>,
    pub(crate) n_agreed: usize,
    pub(crate) n_asked: usize,
    pub(crate) n_proposals: usize,
    pub(crate) publishes: Option<Moment>,
}

const STEPS: &[Phase] =
    &[Phase::Report, Phase::Validate, Phase::Fix, Phase::Draft, Phase::Publish, Phase::Watch];

impl Head {
    /// What stands around a tab.
    pub(crate) fn of(look: &Look<'_>, current: Tab) -> Self {
        let case = look.case();
        let score = case.latest_score().map(|scored| {
            let score = scored.vector.scores().overall();
            format!("CVSS {} {score}", scored.vector.version())
        });
        let next = next_steps(case, look.now());
        Self {
            at: look.at.clone(),
            handle: case.number.as_ref().map_or_else(|| case.handle(), domain::CaseNumber::slug),
            title: look.words(&case.title),
            secrecy: Secrecy::of(look),
            owner: case.assignee.map_or_else(String::new, |owner| look.colleague(owner)),
            score: score.unwrap_or_default(),
            steps: steps(case.phase()),
            tabs: Tab::ALL.iter().map(|tab| TabLink::of(look, *tab, current)).collect(),
            may_write: look.may_write(),
            closed: case.closed.map_or_else(String::new, |(_, why)| why.label().to_owned()),
            why: why_here(case),
            phase: case.phase().label(),
            next: next.into_iter().map(|step| Next::of(look, step)).collect(),
            embargo: EmbargoBox::of(look),
        }
    }

    /// Until when it is embargoed, while that is known.
    pub(crate) fn until(&self) -> Option<&Moment> {
        match &self.secrecy {
            Secrecy::Until(end) => Some(end),
            Secrecy::Undated | Secrecy::Ended(_) | Secrecy::Public(_) => None,
        }
    }

    /// Since when it is public.
    pub(crate) fn public_since(&self) -> Option<&Moment> {
        match &self.secrecy {
            Secrecy::Public(since) => Some(since),
            Secrecy::Undated | Secrecy::Ended(_) | Secrecy::Until(_) => None,
        }
    }

    /// Why the embargo ended, while the note is not out.
    pub(crate) fn ended(&self) -> Option<&'static str> {
        match self.secrecy {
            Secrecy::Ended(cause) => Some(cause),
            Secrecy::Undated | Secrecy::Until(_) | Secrecy::Public(_) => None,
        }
    }

    /// The word for the title of the page.
    pub(crate) fn mark(&self) -> &'static str {
        match self.secrecy {
            Secrecy::Until(_) | Secrecy::Undated => "EMBARGOED",
            Secrecy::Ended(_) => "NOT PUBLISHED",
            Secrecy::Public(_) => "PUBLIC",
        }
    }

    /// How the page is marked.
    pub(crate) fn edge(&self) -> &'static str {
        match self.secrecy {
            Secrecy::Until(_) | Secrecy::Undated | Secrecy::Ended(_) => "embargoed",
            Secrecy::Public(_) => "public",
        }
    }
}

impl Secrecy {
    fn of(look: &Look<'_>) -> Self {
        let case = look.case();
        if let Some((at, _)) = case.note.published {
            return Self::Public(look.moment(at));
        }
        if let Some(end) = case.embargo.end() {
            return Self::Until(look.moment(end.at));
        }
        match case.embargo.ended {
            Some((_, cause)) => Self::Ended(cause.label()),
            None => Self::Undated,
        }
    }
}

impl TabLink {
    fn of(look: &Look<'_>, tab: Tab, current: Tab) -> Self {
        let case = look.case();
        let count = match tab {
            Tab::Vendors => case.vendors().count(),
            Tab::Flaws => case.vulnerabilities.len(),
            Tab::Embargo => case.embargo.open().len(),
            Tab::Seen => case.observations.len(),
            Tab::Talk => case.messages.len(),
            Tab::Draft => case.note.comments.values().filter(|said| !said.resolved).count(),
            Tab::Overview | Tab::Log => 0,
        };
        Self {
            href: tab.address(&look.at),
            word: tab.label(),
            current: if tab == current { "yes" } else { "" },
            count: if count == 0 { String::new() } else { count.to_string() },
        }
    }
}

impl Next {
    fn of(look: &Look<'_>, step: NextStep) -> Self {
        let href = format!("{}{}", step.tab.address(&look.at), step.anchor);
        Self { what: step.what, by: step.by.map(|by| look.moment(by)), href }
    }
}

impl EmbargoBox {
    fn of(look: &Look<'_>) -> Self {
        let case = look.case();
        let told = || case.engaged().filter(|them| them.is_vendor() && them.is_notified());
        let cause = |(at, cause): (domain::Timestamp, EndCause)| (look.moment(at), cause.label());
        Self {
            end: case.embargo.end().map(|end| look.moment(end.at)),
            ended: case.embargo.ended.map(cause),
            n_agreed: told()
                .filter(|them| matches!(them.pec, Pec::Signatory | Pec::Lapsed))
                .count(),
            n_asked: told().count(),
            n_proposals: case.embargo.open().len(),
            publishes: case.publishes_at().map(|at| look.moment(at)),
        }
    }
}

/// The way of a case, with where it stands on it.
fn steps(phase: Phase) -> Vec<(&'static str, String)> {
    let now = STEPS.iter().position(|step| *step == phase);
    let state = |n: usize| match (now, phase) {
        (Some(now), _) if n < now => "done",
        (Some(now), _) if n == now => "now",
        (None, Phase::Closed) => "done",
        (None, Phase::Declined) if n == 0 => "done",
        _ => "ahead",
    };
    let mut steps: Vec<_> =
        STEPS.iter().enumerate().map(|(n, step)| (step.label(), state(n).to_owned())).collect();
    if now.is_none() {
        // Turned down or over: where it stands is none of the usual steps.
        let place = if phase == Phase::Declined { 1 } else { steps.len() };
        steps.truncate(place);
        steps.push((phase.label(), "now".to_owned()));
    }
    steps
}
