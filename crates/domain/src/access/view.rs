//! What each kind of actor sees of a case, as a type of its own: what somebody may not know is
//! not in it. Pages, mails, exports and answers to programs are made from these, never from a
//! [`Case`].

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Me, Who};
use crate::access::StaffRole;
use crate::case::{Attachment, CaseKind, Message, Party, Phase, Report, Role, Visibility};
use crate::em::Em;
use crate::embargo::{EndCause, ProposalState};
use crate::event::{Answer, Audience, StatementAudience};
use crate::note::{Comment, Revision};
use crate::participant::{Participant, Statement};
use crate::{
    AttachmentId, BodyId, Case, CaseId, CaseNumber, CommentId, CveId, Identifier, Instant,
    OrganizationId, ParticipantId, ProposalId, Text, VulnerabilityId,
};

/// What an actor sees of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    /// The team sees the case itself.
    Staff(Box<StaffView>),
    /// A vendor, downstream vendor, deployer, observer or other coordinator.
    Party(Box<PartyView>),
    /// Who reported.
    Reporter(Box<ReporterView>),
}

/// The case as the team sees it: whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffView {
    case: Case,
    role: Option<StaffRole>,
}

/// The case as a party sees it. What is shared is there only if the content gate lets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyView {
    /// The case.
    pub id: CaseId,
    /// Its number.
    pub number: Option<CaseNumber>,
    /// They themselves.
    pub me: Participant,
    /// The embargo.
    pub embargo: EmbargoSeen,
    /// Whether the flaws below are shown, or an answer to the embargo comes first.
    pub admitted: bool,
    /// The flaws that an analyst described, once they are shown.
    pub vulnerabilities: Vec<FlawSeen>,
    /// Messages they may read, oldest first.
    pub messages: Vec<Message>,
    /// Files they may fetch.
    pub attachments: BTreeMap<AttachmentId, Attachment>,
    /// Others who are named to them.
    pub fellows: Vec<Fellow>,
    /// The draft, if it was shown to them.
    pub draft: Option<DraftSeen>,
    /// When the note went out.
    pub published_at: Option<Timestamp>,
    /// Since when there will be none, and why, if they may read that (S81).
    pub no_note: Option<(Timestamp, Option<Text>)>,
}

/// The case as who reported it sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReporterView {
    /// The case.
    pub id: CaseId,
    /// Its number.
    pub number: Option<CaseNumber>,
    /// They themselves.
    pub me: Participant,
    /// Their report.
    pub report: Report,
    /// How far it has come.
    pub phase: Phase,
    /// How far the coordinator goes.
    pub kind: Option<CaseKind>,
    /// Why it was not taken on.
    pub declined: Option<Text>,
    /// Until when they have a first answer.
    pub first_response_by: Timestamp,
    /// The embargo.
    pub embargo: EmbargoSeen,
    /// The CVE IDs of the flaws.
    pub cves: Vec<CveId>,
    /// What they are called in other numberings.
    pub identifiers: BTreeSet<Identifier>,
    /// How many vendors were told.
    pub n_vendors_told: usize,
    /// How many of them answered.
    pub n_vendors_answered: usize,
    /// Messages they may read, oldest first.
    pub messages: Vec<Message>,
    /// Files they may fetch.
    pub attachments: BTreeMap<AttachmentId, Attachment>,
    /// Vendors who are named to them.
    pub fellows: Vec<Fellow>,
    /// The draft, if it was shown to them.
    pub draft: Option<DraftSeen>,
    /// When the note went out.
    pub published_at: Option<Timestamp>,
    /// Since when there will be none, and why, if they may read that (S81).
    pub no_note: Option<(Timestamp, Option<Text>)>,
}

/// A flaw as a party sees it, once an analyst described it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlawSeen {
    /// The flaw.
    pub id: VulnerabilityId,
    /// Counts up from 1 within the case.
    pub ordinal: u32,
    /// What it is.
    pub description: Text,
    /// Its CVE ID.
    pub cve: Option<CveId>,
    /// What it is called in other numberings.
    pub identifiers: BTreeSet<Identifier>,
}

/// The embargo as a party sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbargoSeen {
    /// Where it stands.
    pub em: Em,
    /// Until when it binds.
    pub end: Option<Instant>,
    /// Dates on the table, earliest first.
    pub proposals: Vec<ProposalSeen>,
    /// How it ended.
    pub ended: Option<(Timestamp, EndCause)>,
}

/// A date on the table, as a party sees it: not who named it, nor who said what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalSeen {
    /// The proposal.
    pub id: ProposalId,
    /// The date.
    pub end: Instant,
    /// Until when an answer is awaited.
    pub answer_by: Timestamp,
    /// Whether it is theirs.
    pub mine: bool,
    /// What they answered.
    pub my_answer: Option<Answer>,
}

/// Another party, as far as it wishes to be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fellow {
    /// Who, if it is named.
    pub organization: Option<OrganizationId>,
    /// Its statement, if it shares it.
    pub statement: Option<Text>,
}

/// A draft that was shown to a party, with its own remarks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftSeen {
    /// The newest revision it was shown; to whom else is not in it.
    pub revision: Revision,
    /// The numbers of earlier ones that it was shown, the newest first.
    pub earlier: Vec<u32>,
    /// Its own remarks.
    pub comments: Vec<(CommentId, Comment)>,
}

impl Me {
    /// What this actor sees of the case it was admitted to.
    pub fn view(&self, case: Case) -> View {
        match self.who {
            Who::Staff(_, role) => View::Staff(Box::new(StaffView { case, role: Some(role) })),
            Who::Server => View::Staff(Box::new(StaffView { case, role: None })),
            Who::Participant(id) if id == case.reporter => {
                View::Reporter(Box::new(ReporterView::of(&case, id)))
            }
            Who::Participant(id) => View::Party(Box::new(PartyView::of(&case, id))),
        }
    }
}

impl Me {
    /// A revision of the draft, if this actor may read it: the team reads all of them, a party those
    /// it was shown, as long as it may read the draft at all.
    pub fn revision<'a>(&self, case: &'a Case, number: u32) -> Option<&'a Revision> {
        let revision = case.note.revision(number)?;
        let Some(them) = self.participant() else { return Some(revision) };
        let shown = revision.shared.get(&them)?;
        let me = case.participant(them)?;
        me.may_see(case.embargo.em, *shown).then_some(revision)
    }
}

impl View {
    /// The texts this view speaks of: the only ones that may be read for it.
    pub fn texts(&self) -> BTreeSet<BodyId> {
        match self {
            Self::Staff(view) => view.texts(),
            Self::Party(view) => view.texts(),
            Self::Reporter(view) => view.texts(),
        }
    }

    /// The organisations this view names: the only ones whose names may be read for it.
    pub fn organizations(&self) -> BTreeSet<OrganizationId> {
        let named = |fellows: &[Fellow], me: Option<&Participant>| {
            let own = me.and_then(|me| match me.party {
                Party::Organization(organization) => Some(organization),
                Party::Team | Party::Reporter(_) => None,
            });
            fellows.iter().filter_map(|fellow| fellow.organization).chain(own).collect()
        };
        match self {
            Self::Staff(view) => {
                let parties = view.case.participants.values().map(|them| them.party);
                parties
                    .filter_map(|party| match party {
                        Party::Organization(organization) => Some(organization),
                        Party::Team | Party::Reporter(_) => None,
                    })
                    .collect()
            }
            Self::Party(view) => named(&view.fellows, Some(&view.me)),
            Self::Reporter(view) => named(&view.fellows, None),
        }
    }
}

impl StaffView {
    /// The case.
    pub fn case(&self) -> &Case {
        &self.case
    }

    /// Whether they may change it.
    pub fn may_write(&self) -> bool {
        match self.role {
            Some(StaffRole::Analyst | StaffRole::Lead) => true,
            Some(StaffRole::Auditor | StaffRole::Administrator) | None => false,
        }
    }

    fn texts(&self) -> BTreeSet<BodyId> {
        let case = &self.case;
        let mut texts = Texts::default();
        texts.add(&case.title);
        // An auditor reads what was done, not the raw report (access matrix).
        match self.role {
            Some(StaffRole::Auditor | StaffRole::Administrator) => {}
            Some(StaffRole::Analyst | StaffRole::Lead) | None => texts.report(&case.report),
        }
        texts.extend(case.suggestions.iter().map(|suggestion| &suggestion.whom));
        let descriptions = case.vulnerabilities.values().flat_map(|flaw| &flaw.descriptions);
        texts.extend(descriptions.map(|(_, text)| text));
        let rejected = case.vulnerabilities.values().flat_map(|flaw| &flaw.cve_rejected);
        texts.extend(rejected.map(|rejected| &rejected.reason));
        texts.extend(case.score_waived.iter());
        texts.extend(case.analyses.iter().map(|(_, _, notes)| notes));
        texts.extend(case.observations.values().map(|seen| &seen.evidence));
        texts.extend(case.messages.iter().map(|message| &message.text));
        texts.extend(case.attachments.values().map(|file| &file.name));
        let positions = case.disputes.values().flat_map(|dispute| &dispute.positions);
        texts.extend(positions.map(|(_, _, text)| text));
        texts.extend(case.disputes.values().filter_map(|dispute| dispute.finding.as_ref()));
        texts.extend(case.overrides.iter().map(|(_, _, reason)| reason));
        texts.extend(case.declined.iter().map(|declined| &declined.explanation));
        for them in case.participants.values() {
            texts.participant(them);
        }
        // Older revisions are read one at a time, where they are compared.
        if let Some(revision) = case.note.latest() {
            texts.revision(revision);
        }
        texts.extend(case.note.comments.values().map(|comment| &comment.text));
        texts.extend(case.note.declined.iter().map(|(_, reason)| reason));
        texts.extend(case.note.withdrawing.iter().map(|waiting| &waiting.reason));
        texts.extend(case.note.withdrawn.iter().map(|(_, _, reason)| reason));
        texts.0
    }
}

impl PartyView {
    fn of(case: &Case, id: ParticipantId) -> Self {
        let me = own(case, id);
        let em = case.embargo.em;
        let shown_since = case.accepted_at.unwrap_or(case.report.received_at);
        let admitted = me.may_see(em, shown_since);
        let shown = |at: Timestamp| admitted && me.may_see(em, at);
        let mut vulnerabilities: Vec<_> = case
            .vulnerabilities
            .iter()
            .filter_map(|(id, flaw)| {
                // The newest words they may see; a flaw that nobody described is not there.
                let mut words = flaw.descriptions.iter().rev();
                let (_, description) = words.find(|(at, _)| shown(*at))?;
                let named = flaw.identifiers_at.filter(|at| shown(*at));
                Some(FlawSeen {
                    id: *id,
                    ordinal: flaw.ordinal,
                    description: description.clone(),
                    cve: flaw.cve.clone().filter(|_| flaw.cve_at.is_some_and(shown)),
                    identifiers: named.map(|_| flaw.identifiers.clone()).unwrap_or_default(),
                })
            })
            .collect();
        vulnerabilities.sort_by_key(|flaw| flaw.ordinal);
        Self {
            id: case.id,
            number: case.number.clone(),
            embargo: EmbargoSeen::by(case, &me).without_numbers(),
            vulnerabilities,
            messages: messages(case, &me),
            attachments: attachments(case, &me),
            fellows: if admitted { fellows(case, &me) } else { vec![] },
            draft: draft(case, &me),
            published_at: case.note.published.map(|(at, _)| at),
            no_note: no_note(case, &me),
            admitted,
            me,
        }
    }

    fn texts(&self) -> BTreeSet<BodyId> {
        let mut texts = Texts::default();
        texts.participant(&self.me);
        texts.extend(self.vulnerabilities.iter().map(|flaw| &flaw.description));
        texts.extend(self.no_note.iter().filter_map(|(_, why)| why.as_ref()));
        texts.shared(&self.messages, &self.attachments, &self.fellows, self.draft.as_ref());
        texts.0
    }
}

impl ReporterView {
    fn of(case: &Case, id: ParticipantId) -> Self {
        let me = own(case, id);
        // Who wishes not to be seen at all is not in the numbers either.
        let seen = |them: &&Participant| {
            them.is_notified() && them.visibility != Visibility::Hidden && them.id != id
        };
        let told = || case.vendors().filter(seen);
        Self {
            id: case.id,
            number: case.number.clone(),
            report: case.report.clone(),
            phase: case.phase(),
            kind: case.kind,
            declined: case.declined.as_ref().map(|declined| declined.explanation.clone()),
            first_response_by: case.first_response_due().1,
            embargo: EmbargoSeen::by(case, &me),
            cves: case.vulnerabilities.values().filter_map(|flaw| flaw.cve.clone()).collect(),
            identifiers: case
                .vulnerabilities
                .values()
                .flat_map(|f| f.identifiers.clone())
                .collect(),
            n_vendors_told: told().count(),
            n_vendors_answered: told().filter(|them| them.acknowledged_at.is_some()).count(),
            messages: messages(case, &me),
            attachments: attachments(case, &me),
            fellows: fellows(case, &me),
            draft: draft(case, &me),
            published_at: case.note.published.map(|(at, _)| at),
            no_note: no_note(case, &me),
            me,
        }
    }

    fn texts(&self) -> BTreeSet<BodyId> {
        let mut texts = Texts::default();
        texts.report(&self.report);
        texts.extend(self.declined.iter());
        texts.extend(self.no_note.iter().filter_map(|(_, why)| why.as_ref()));
        texts.participant(&self.me);
        texts.shared(&self.messages, &self.attachments, &self.fellows, self.draft.as_ref());
        texts.0
    }
}

impl EmbargoSeen {
    fn by(case: &Case, me: &Participant) -> Self {
        let open = case.embargo.open().into_iter().filter(|open| open.state == ProposalState::Open);
        Self {
            em: case.embargo.em,
            end: case.embargo.end().cloned(),
            proposals: open
                .map(|open| ProposalSeen {
                    id: open.id,
                    end: open.end.clone(),
                    answer_by: open.answer_by,
                    mine: open.by == me.id,
                    my_answer: open.answers.get(&me.id).copied(),
                })
                .collect(),
            ended: case.embargo.ended,
        }
    }

    /// For a party: that enough of several vendors are ready, or that all agreed, tells of
    /// others who may not wish to be known (INV-1).
    fn without_numbers(mut self) -> Self {
        self.ended = self.ended.map(|(at, cause)| match cause {
            EndCause::Quorum | EndCause::Consensus => (at, EndCause::Other),
            EndCause::Expiry
            | EndCause::Public
            | EndCause::Exploit
            | EndCause::Attacks
            | EndCause::Other => (at, cause),
        });
        self
    }
}

fn own(case: &Case, id: ParticipantId) -> Participant {
    let missing = || Participant::new(id, Party::Team, BTreeSet::new(), Timestamp::MIN);
    let mut me = case.participant(id).cloned().unwrap_or_else(missing);
    // Who named them is another party's secret.
    me.suggested_by = None;
    // What the note will add about them is the team's until it is out.
    me.addendum = None;
    // Not even a line of theirs tells of a flaw that nobody described.
    let described = |flaw: &VulnerabilityId| {
        case.vulnerabilities.get(flaw).is_some_and(|flaw| flaw.description().is_some())
    };
    me.lines.retain(|flaw, _| described(flaw));
    me
}

/// The reason is content like any other: whoever is not let in hears only that there is no note.
fn no_note(case: &Case, me: &Participant) -> Option<(Timestamp, Option<Text>)> {
    let (at, why) = case.note.declined.as_ref()?;
    Some((*at, me.may_see(case.embargo.em, *at).then(|| why.clone())))
}

fn messages(case: &Case, me: &Participant) -> Vec<Message> {
    let readable = |message: &&Message| may_read(case, me, &message.audience, message.at);
    let mut seen: Vec<_> = case.messages.iter().filter(readable).cloned().collect();
    for message in &mut seen {
        // To whom else it went is not theirs to know, and another's name stays with the team.
        let own = message.by == Some(me.id) || message.by.is_none();
        if !own {
            message.by = Some(case.coordinator);
        }
        if let Audience::Some(_) = message.audience {
            message.audience = Audience::Private(me.id);
        }
    }
    seen
}

fn attachments(case: &Case, me: &Participant) -> BTreeMap<AttachmentId, Attachment> {
    // A file is content, whoever it is for: it passes the gate, but for one's own (I21).
    let readable = |file: &Attachment| {
        may_read(case, me, &file.audience, file.at)
            && (file.by == Some(me.id) || me.may_see(case.embargo.em, file.at))
    };
    let seen = case.attachments.iter().filter(|(_, file)| readable(file));
    seen.map(|(id, file)| {
        let mut file = file.clone();
        file.by = file.by.filter(|by| *by == me.id);
        file.audience = Audience::Private(me.id);
        (*id, file)
    })
    .collect()
}

/// What was written to them alone they read always, so that they can be asked and answer
/// before they agree to anything; what goes to everyone passes the gate.
fn may_read(case: &Case, me: &Participant, audience: &Audience, at: Timestamp) -> bool {
    match audience {
        Audience::Team => false,
        Audience::Private(participant) => *participant == me.id,
        Audience::Some(participants) => {
            participants.contains(&me.id) && me.may_see(case.embargo.em, at)
        }
        Audience::Everyone => at >= me.joined_at && me.may_see(case.embargo.em, at),
    }
}

/// Others who are named to them. Whoever is not named is not there, not even as a number, for
/// a vendor (INV-1); who reported learns that there are others without a name.
///
/// They stand in the order of their ids in the directory, which tells nothing of who was told
/// first. Who only builds on the flawed thing, or watches, learns of nobody (INV-7).
fn fellows(case: &Case, me: &Participant) -> Vec<Fellow> {
    let reporter = me.id == case.reporter;
    let sees_others = |role: &Role| match role {
        Role::Finder | Role::Reporter | Role::Vendor | Role::Coordinator => true,
        Role::DownstreamVendor
        | Role::Deployer
        | Role::Observer
        | Role::CaseOwner
        | Role::CaseManager
        | Role::CveNumberingAuthority => false,
    };
    if !me.roles.iter().any(sees_others) {
        return vec![];
    }
    let em = case.embargo.em;
    let since = |them: &Participant| them.attempts.first().map(|attempt| attempt.at);
    let in_sight = |them: &&Participant| {
        let known = since(them).is_some_and(|at| reporter || me.may_see(em, at));
        known && them.id != me.id && them.is_engaged()
    };
    let mut fellows: Vec<_> = case
        .vendors()
        .filter(in_sight)
        .filter_map(|them| {
            let Party::Organization(organization) = them.party else { return None };
            let organization = match them.visibility {
                Visibility::Named => Some(organization),
                Visibility::Unnamed if reporter => None,
                Visibility::Unnamed | Visibility::Hidden => return None,
            };
            let shared = |given: &&Statement| {
                given.audience == StatementAudience::Parties && me.may_see(em, given.at)
            };
            let statement = them.statements.last().filter(shared);
            let statement = statement.and_then(|given| given.wording.text.clone());
            Some(Fellow { organization, statement: statement.filter(|_| organization.is_some()) })
        })
        .collect();
    fellows.sort_by_key(|fellow| fellow.organization);
    fellows
}

fn draft(case: &Case, me: &Participant) -> Option<DraftSeen> {
    let shown = case.note.latest_shown_to(me.id)?;
    let at = *shown.shared.get(&me.id)?;
    if !me.may_see(case.embargo.em, at) {
        return None;
    }
    let sees = |revision: &&Revision| {
        let since = revision.shared.get(&me.id);
        since.is_some_and(|at| me.may_see(case.embargo.em, *at))
    };
    let before = case.note.revisions.iter().rev().filter(|one| one.number < shown.number);
    let earlier = before.filter(sees).map(|revision| revision.number).collect();
    let mut revision = shown.clone();
    revision.shared.retain(|id, _| *id == me.id);
    let own = case.note.comments.iter().filter(|(_, comment)| comment.by == Some(me.id));
    let comments = own.map(|(id, it)| (*id, it.clone())).collect();
    Some(DraftSeen { revision, earlier, comments })
}

#[derive(Default)]
struct Texts(BTreeSet<BodyId>);

impl Texts {
    fn add(&mut self, text: &Text) {
        self.0.insert(text.body);
    }

    fn extend<'a>(&mut self, texts: impl Iterator<Item = &'a Text>) {
        self.0.extend(texts.map(|text| text.body));
    }

    fn report(&mut self, report: &Report) {
        self.add(&report.body);
        self.extend(report.addenda.iter().map(|(_, text)| text));
    }

    fn participant(&mut self, them: &Participant) {
        self.extend(them.statements.iter().flat_map(|given| given.wording.texts()));
        self.extend(them.lines.values().flatten().filter_map(|line| line.versions.as_ref()));
        self.extend(them.advisories.iter().filter_map(|known| known.address.as_ref()));
        self.extend(them.addendum.iter().map(|(_, text)| text));
        self.extend(them.answers.real_because.iter());
        self.extend(them.answers.needs.iter());
    }

    fn revision(&mut self, revision: &Revision) {
        self.add(&revision.title);
        self.extend(revision.sections.values());
    }

    fn shared(
        &mut self,
        messages: &[Message],
        attachments: &BTreeMap<AttachmentId, Attachment>,
        fellows: &[Fellow],
        draft: Option<&DraftSeen>,
    ) {
        self.extend(messages.iter().map(|message| &message.text));
        self.extend(attachments.values().map(|file| &file.name));
        self.extend(fellows.iter().filter_map(|fellow| fellow.statement.as_ref()));
        if let Some(draft) = draft {
            self.revision(&draft.revision);
            self.extend(draft.comments.iter().map(|(_, comment)| &comment.text));
        }
    }
}
