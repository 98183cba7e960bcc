//! A case told as the procedure goes, for tests: a report comes, is taken on, vendors are
//! found and told. The clock stands still until somebody turns it, and ids count up.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::access::{Actor, Me, StaffRole, admit};
use crate::case::{CaseKind, Party, Role, Visibility};
use crate::embargo::{EndCause, ProposalReason};
use crate::event::{Answer, Channel};
use crate::journal::{Entry, GENESIS, Via, verify};
use crate::note::Section;
use crate::participant::Approach;
use crate::plan::{Asked, Decision};
use crate::report::{
    ContactSharing, Credit, Evidence, HelpReason, Identity, Intake, Known, Submission,
};
use crate::{
    AccountId, Case, CaseNumber, Event, Instant, OrganizationId, ParticipantId, Policy, ProposalId,
    ReportId, Rule, Text, VulnerabilityId,
};

pub(crate) const COORDINATOR: u128 = 1;
pub(crate) const REPORTER: u128 = 2;
pub(crate) const ACME: u128 = 11;
pub(crate) const BOLT: u128 = 12;
pub(crate) const CRANE: u128 = 13;
pub(crate) const FLAW: u128 = 501;

/// Any id, by a number that a test can read.
pub(crate) fn id<T: From<Uuid>>(n: u128) -> T {
    Uuid::from_u128(n).into()
}

pub(crate) fn who(n: u128) -> ParticipantId {
    id(n)
}

/// The text with this number.
pub(crate) fn text(n: u128) -> Text {
    Text { body: id(n), seal: format!("{n:064x}") }
}

/// Midnight of a day, counted from the day of the report.
pub(crate) fn day(n: i64) -> Timestamp {
    Timestamp::from_second((20_000 + n) * 86_400).unwrap()
}

pub(crate) fn on(n: i64) -> Instant {
    Instant::utc(day(n))
}

pub(crate) fn day_of(at: Timestamp) -> i64 {
    at.as_second() / 86_400 - 20_000
}

pub(crate) fn analyst() -> Actor {
    Actor::Staff(id(901), StaffRole::Analyst)
}

pub(crate) fn lead() -> Actor {
    Actor::Staff(id(902), StaffRole::Lead)
}

pub(crate) fn member(n: u128) -> Actor {
    Actor::Member(id(n + 8000), id(n + 7000))
}

pub(crate) fn organization(n: u128) -> Party {
    Party::Organization(id::<OrganizationId>(n + 7000))
}

pub(crate) fn receipt() -> Actor {
    Actor::Receipt(id::<ReportId>(3))
}

pub(crate) fn submission() -> Submission {
    Submission {
        intake: Intake::Web,
        account: None,
        identity: Identity::Named,
        sharing: ContactSharing::CoordinatorOnly,
        credit: Credit::Named,
        reasons: [HelpReason::NoReply].into(),
        evidence: Evidence::ProofOfConcept,
        public: Known::No,
        exploited: Known::No,
        vendor_told_at: None,
        plans_to_publish_at: None,
        found_by_tool: Known::No,
        terms: 1,
    }
}

/// A case and its journal, as far as the story has come.
#[derive(Clone)]
pub(crate) struct Story {
    pub(crate) case: Case,
    pub(crate) journal: Vec<Entry>,
    pub(crate) now: Timestamp,
    overrides: Vec<(Rule, Text)>,
}

impl Story {
    /// A report came.
    pub(crate) fn begins() -> Self {
        Self::under(Policy::default())
    }

    /// A report came, under a policy.
    pub(crate) fn under(policy: Policy) -> Self {
        let event = Event::ReportReceived {
            report: id(3),
            reference: "R-2611-7KQ4M".parse().unwrap(),
            title: text(101),
            body: text(102),
            submission: submission(),
            policy: Box::new(policy),
            coordinator: id(COORDINATOR),
            reporter: id(REPORTER),
        };
        let first = Entry {
            case: id(4),
            seq: 1,
            id: id(100_001),
            occurred_at: day(0),
            recorded_at: day(0),
            hand: crate::journal::Hand::Server,
            via: Via::Web,
            event,
            prev_hash: String::new(),
            hash: String::new(),
        };
        let journal = vec![first.sealed(GENESIS)];
        let case = Case::fold(&journal).unwrap();
        Self { case, journal, now: day(0), overrides: vec![] }
    }

    /// A report came and was taken on, with one flaw in it.
    pub(crate) fn accepted() -> Self {
        Self::begins().is_accepted()
    }

    #[expect(clippy::wrong_self_convention, reason = "a story reads like the procedure")]
    pub(crate) fn is_accepted(self) -> Self {
        self.because(Rule::NoScore)
            .does(analyst(), |case, me, asked| {
                case.accept_case(me, CaseNumber::new("VU", 123_456), CaseKind::Coordinate, asked)
            })
            .does(analyst(), |case, me, asked| {
                case.add_vulnerability(me, id(FLAW), Some(text(103)), asked)
            })
    }

    /// Taken on, and these vendors were told on day 0 and agreed on day 1: until day 45.
    pub(crate) fn embargoed(vendors: &[u128]) -> Self {
        let mut story = Self::accepted().with_vendors(vendors).notified(vendors).on_day(1);
        for vendor in vendors.iter().copied() {
            story = story.agrees(vendor);
        }
        story
    }

    pub(crate) fn with_vendors(self, vendors: &[u128]) -> Self {
        vendors.iter().fold(self, |story, vendor| story.with(*vendor, &[Role::Vendor]))
    }

    pub(crate) fn with(self, n: u128, roles: &[Role]) -> Self {
        let roles: BTreeSet<_> = roles.iter().copied().collect();
        self.does(analyst(), |case, me, asked| {
            case.add_participant(me, who(n), organization(n), roles.clone(), asked)
        })
    }

    pub(crate) fn seen_as(self, n: u128, visibility: Visibility) -> Self {
        self.does(analyst(), |case, me, asked| {
            case.change_visibility(me, who(n), visibility, asked)
        })
    }

    pub(crate) fn notified(self, whom: &[u128]) -> Self {
        let approaches: Vec<_> = whom.iter().map(|n| approach(*n)).collect();
        let proposal = id(600);
        self.does(analyst(), |case, me, asked| case.notify(me, &approaches, proposal, asked))
    }

    /// A participant keeps the embargo from now on.
    pub(crate) fn agrees(self, n: u128) -> Self {
        self.answers(n, Answer::Agree)
    }

    pub(crate) fn answers(self, n: u128, answer: Answer) -> Self {
        self.does(member(n), |case, me, asked| case.answer_embargo(me, who(n), answer, asked))
    }

    pub(crate) fn proposes(self, actor: Actor, proposal: u128, end: i64) -> Self {
        self.does(actor, |case, me, asked| {
            case.propose_embargo(me, id(proposal), on(end), ProposalReason::FixTiming, asked)
        })
    }

    pub(crate) fn takes(self, proposal: u128) -> Self {
        self.does(analyst(), |case, me, asked| {
            case.accept_proposal(me, id::<ProposalId>(proposal), asked)
        })
    }

    pub(crate) fn drafted(self) -> Self {
        let sections = || [(Section::Overview, text(202))].into();
        self.does(analyst(), |case, me, asked| case.write_draft(me, text(201), sections(), asked))
    }

    pub(crate) fn draft_shown_to(self, whom: &[u128]) -> Self {
        let with: BTreeSet<_> = whom.iter().map(|n| who(*n)).collect();
        self.does(analyst(), |case, me, asked| case.share_draft(me, with.clone(), asked))
    }

    pub(crate) fn numbered(self) -> Self {
        let flaws: Vec<VulnerabilityId> = self.case.vulnerabilities.keys().copied().collect();
        flaws.into_iter().enumerate().fold(self, |story, (n, flaw)| {
            let cve = format!("CVE-2026-1{n:04}").parse().unwrap();
            story.does(analyst(), |case, me, asked| {
                case.assign_cve(me, flaw, crate::CveId::clone(&cve), None, asked)
            })
        })
    }

    pub(crate) fn ended(self, cause: EndCause) -> Self {
        self.because(Rule::EarlyEnd)
            .does(analyst(), |case, me, asked| case.end_embargo(me, cause, asked))
    }

    pub(crate) fn on_day(mut self, n: i64) -> Self {
        self.now = day(n);
        self
    }

    pub(crate) fn later(mut self, hours: i64) -> Self {
        self.now = self.now.checked_add(SignedDuration::from_hours(hours)).unwrap();
        self
    }

    /// The next step sets this rule aside, with a reason.
    pub(crate) fn because(mut self, rule: Rule) -> Self {
        self.overrides.push((rule, text(199)));
        self
    }

    /// What a step would come to, without taking it.
    pub(crate) fn asks(
        &self,
        actor: Actor,
        step: impl FnOnce(&Case, &Me, &Asked) -> Decision,
    ) -> Decision {
        let me = admit(actor, &self.case).expect("the actor is not admitted");
        let asked = Asked { overrides: self.overrides.clone(), ..Asked::at(self.now) };
        step(&self.case, &me, &asked)
    }

    /// The step is taken, or the test fails.
    #[track_caller]
    pub(crate) fn does(
        mut self,
        actor: Actor,
        step: impl FnOnce(&Case, &Me, &Asked) -> Decision,
    ) -> Self {
        let events = match self.asks(actor, step) {
            Ok(events) => events,
            Err(refusal) => panic!("refused: {refusal}"),
        };
        self.overrides.clear();
        let hand = admit(actor, &self.case).unwrap().hand();
        self.keep(hand, events);
        self
    }

    /// The step is refused, or the test fails; the words are given back.
    #[track_caller]
    pub(crate) fn refused(
        &self,
        actor: Actor,
        step: impl FnOnce(&Case, &Me, &Asked) -> Decision,
    ) -> crate::Refusal {
        self.asks(actor, step).expect_err("it was not refused")
    }

    /// Writes down what a decision came to, sealed.
    pub(crate) fn keep(&mut self, hand: crate::journal::Hand, events: Vec<Event>) {
        for event in events {
            let last = self.journal.last().unwrap();
            let entry = Entry {
                case: self.case.id,
                seq: last.seq + 1,
                id: id(100_001 + u128::from(last.seq)),
                occurred_at: event.occurred_at().unwrap_or(self.now),
                recorded_at: self.now,
                hand: hand.clone(),
                via: Via::Web,
                event,
                prev_hash: String::new(),
                hash: String::new(),
            };
            let entry = entry.sealed(&last.hash);
            self.case.apply(&entry);
            self.journal.push(entry);
        }
    }

    /// The events of the journal from an entry on.
    pub(crate) fn events_since(&self, length: usize) -> Vec<&Event> {
        self.journal.iter().skip(length).map(|entry| &entry.event).collect()
    }

    pub(crate) fn is_sound(&self) {
        assert_eq!(verify(&self.journal), Ok(()));
        assert_eq!(Case::fold(&self.journal).as_ref(), Some(&self.case));
    }

    pub(crate) fn them(&self, n: u128) -> &crate::participant::Participant {
        self.case.participant(who(n)).unwrap()
    }
}

pub(crate) fn approach(n: u128) -> Approach {
    Approach {
        participant: who(n),
        contact: Some(id(n + 2000)),
        channel: Channel::Mail,
        letter: Some(id(n + 3000)),
    }
}

pub(crate) fn account(n: u128) -> AccountId {
    id(n)
}

#[expect(clippy::missing_fields_in_debug, reason = "what happened says it all")]
impl std::fmt::Debug for Story {
    /// How it came to be matters more than what it came to.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kinds = self.journal.iter().map(|entry| &entry.event);
        f.debug_struct("Story").field("policy", &self.case.policy).finish()?;
        f.debug_list().entries(kinds.skip(1)).finish()
    }
}
