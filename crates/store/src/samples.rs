//! Cases for tests, made by the verbs of the domain, and a vault that draws counted numbers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::access::{Actor, Me, StaffRole, admit};
use domain::case::{CaseKind, Party, Role};
use domain::event::{Channel, Event};
use domain::journal::{GENESIS, Via};
use domain::note::{Published, Section, When, Words};
use domain::participant::Approach;
use domain::report::{ContactSharing, Credit, Evidence, Identity, Intake, Known, Submission};
use domain::{
    AccountId, Asked, BodyId, Case, CaseId, CaseNumber, Decision, Entry, OrganizationId,
    ParticipantId, Policy, ProposalId, Rule, Text,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{Result, Store, StoreError, Tx, Vault};

/// A vault whose numbers can be repeated, with a key of the house of all sevens.
pub(crate) fn vault() -> Vault {
    vault_with([7; 32])
}

/// A vault with this key of the house.
pub(crate) fn vault_with(kek: [u8; 32]) -> Vault {
    let drawn = AtomicU64::new(0);
    Vault::new(
        kek,
        Arc::new(move |bytes: &mut [u8]| {
            for chunk in bytes.chunks_mut(8) {
                let number =
                    drawn.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                chunk.copy_from_slice(&number.to_le_bytes()[..chunk.len()]);
            }
        }),
    )
}

/// An id of any kind.
pub(crate) fn id<I: From<Uuid>>(number: u128) -> I {
    I::from(Uuid::from_u128(number))
}

/// So many seconds after the beginning of the tests, and some nanoseconds, which no column of
/// microseconds would keep.
pub(crate) fn at(seconds: i64) -> Timestamp {
    let begin: Timestamp = "2026-11-02T08:00:00.000000123Z".parse().unwrap();
    begin.checked_add(SignedDuration::from_secs(seconds)).unwrap()
}

/// The same, as a column keeps it.
pub(crate) fn kept_at(seconds: i64) -> Timestamp {
    Timestamp::from_microsecond(at(seconds).as_microsecond()).unwrap()
}

/// A reference to words that nobody has written.
pub(crate) fn text(number: u128) -> Text {
    Text { body: id(number), seal: "0".repeat(64) }
}

/// A case in the making: as it stands, and the hash of its last entry.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    pub(crate) case: Case,
    pub(crate) head: String,
    pub(crate) now: Timestamp,
}

/// The beginning of case `number` at an instant, with this title.
pub(crate) fn begin(number: u128, now: Timestamp, title: Text) -> (Entry, Story) {
    let submission = Submission {
        intake: Intake::Web,
        account: None,
        identity: Identity::Anonymous,
        sharing: ContactSharing::CoordinatorOnly,
        credit: Credit::None,
        reasons: BTreeSet::new(),
        evidence: Evidence::None,
        public: Known::No,
        exploited: Known::Unknown,
        vendor_told_at: None,
        plans_to_publish_at: None,
        found_by_tool: Known::No,
        terms: 1,
    };
    let event = Event::ReportReceived {
        report: id(number + 1),
        reference: format!("R-2611-{:05}", number % 100_000).parse().unwrap(),
        title,
        body: text(number + 3),
        submission,
        policy: Box::new(Policy::default()),
        coordinator: id(number + 4),
        reporter: id(number + 5),
    };
    let entry = Entry {
        case: id(number),
        seq: 1,
        id: id(number + 6),
        occurred_at: now,
        recorded_at: now,
        hand: domain::journal::Hand::Server,
        via: Via::Web,
        event,
        prev_hash: String::new(),
        hash: String::new(),
    }
    .sealed(GENESIS);
    let case = Case::fold(std::slice::from_ref(&entry)).unwrap();
    let head = entry.hash.clone();
    (entry, Story { case, head, now })
}

impl Story {
    /// Who leads the team, let in.
    pub(crate) fn lead(&self) -> Me {
        admit(Actor::Staff(id(0xa1), StaffRole::Lead), &self.case).unwrap()
    }

    /// The server, let in.
    pub(crate) fn server(&self) -> Me {
        admit(Actor::Server, &self.case).unwrap()
    }

    /// A request a minute later, with every rule set aside that may be.
    pub(crate) fn asked(&self) -> Asked {
        let now = self.now.checked_add(SignedDuration::from_mins(1)).unwrap();
        let overrides = Rule::ALL.iter().map(|rule| (*rule, text(0xff))).collect();
        Asked { overrides, ..Asked::at(now) }
    }

    /// What was decided, as entries; the story goes on from there.
    pub(crate) fn goes_on(&mut self, decided: Decision) -> Vec<Entry> {
        self.now = self.asked().now;
        let mut entries = Vec::new();
        for event in decided.unwrap() {
            let seq = self.case.version + 1;
            let entry = Entry {
                case: self.case.id,
                seq,
                id: id(Uuid::from(self.case.id).as_u128() * 1000 + u128::from(seq)),
                occurred_at: self.now,
                recorded_at: self.now,
                hand: domain::journal::Hand::Staff(id(0xa1)),
                via: Via::Web,
                event,
                prev_hash: String::new(),
                hash: String::new(),
            }
            .sealed(&self.head);
            self.case.apply(&entry);
            self.head.clone_from(&entry.hash);
            entries.push(entry);
        }
        entries
    }

    /// The case is taken on.
    pub(crate) fn accepted(&mut self, digits: u32) -> Vec<Entry> {
        let number = CaseNumber::new("VU", digits);
        let decided =
            self.case.accept_case(&self.lead(), number, CaseKind::Coordinate, &self.asked());
        self.goes_on(decided)
    }

    /// An organisation takes part as a vendor, and is not told yet.
    pub(crate) fn vendor(&mut self, them: ParticipantId, whom: OrganizationId) -> Vec<Entry> {
        let roles = [Role::Vendor].into();
        let party = Party::Organization(whom);
        let decided = self.case.add_participant(&self.lead(), them, party, roles, &self.asked());
        self.goes_on(decided)
    }

    /// A participant is told.
    pub(crate) fn told(&mut self, participant: ParticipantId) -> Vec<Entry> {
        let approach =
            Approach { participant, contact: None, channel: Channel::Telephone, letter: None };
        let proposal: ProposalId = id(0xe0);
        let decided = self.case.notify(&self.lead(), &[approach], proposal, &self.asked());
        self.goes_on(decided)
    }

    /// One analyst is responsible from now on.
    pub(crate) fn assigned(&mut self, to: AccountId) -> Vec<Entry> {
        let decided = self.case.assign_case(&self.lead(), to, &self.asked());
        self.goes_on(decided)
    }

    /// A draft is written and approved by two people, to go out at once.
    pub(crate) fn armed(&mut self) -> Vec<Entry> {
        let sections = BTreeMap::from([(Section::Overview, text(0xd2))]);
        let decided = self.case.write_draft(&self.lead(), text(0xd1), sections, &self.asked());
        let mut entries = self.goes_on(decided);
        // Both have to name the same instant.
        let when = When::At(domain::Instant::utc(self.now));
        for account in [0xa1, 0xa2] {
            let lead = admit(Actor::Staff(id(account), StaffRole::Lead), &self.case).unwrap();
            let decided = self.case.approve_publication(&lead, 1, when.clone(), &self.asked());
            entries.extend(self.goes_on(decided));
        }
        entries
    }

    /// The note goes out.
    pub(crate) fn published(&mut self) -> (Vec<Entry>, Published) {
        let decided = self.case.publish(&self.server(), &self.asked());
        let entries = self.goes_on(decided);
        let texts = [(id::<BodyId>(0xd1), "A flaw".to_owned()), (id(0xd2), "It is.".to_owned())];
        let words = Words { texts: texts.into(), ..Words::default() };
        let free = self.case.embargo.free().unwrap();
        (entries, Published::of(&self.case, free, &words).unwrap())
    }
}

/// Runs a writing transaction that must succeed.
pub(crate) async fn write<T: Send + 'static>(
    store: &Store,
    closure: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static,
) -> T {
    store.write(closure).await.unwrap()
}

/// Runs a writing transaction that must fail.
pub(crate) async fn fails(
    store: &Store,
    closure: impl FnOnce(&mut Tx) -> Result<()> + Send + 'static,
) -> StoreError {
    store.write(closure).await.unwrap_err()
}

/// Keeps the beginning of case `number`.
pub(crate) async fn kept_case(store: &Store, number: u128, now: Timestamp) -> Story {
    let (entry, story) = begin(number, now, text(number + 2));
    let case = story.case.clone();
    write(store, move |tx| tx.begin_journal(&vault(), &entry, &case)).await;
    story
}

/// Keeps what came next.
pub(crate) async fn append(store: &Store, story: &Story, entries: Vec<Entry>) {
    let case = story.case.clone();
    write(store, move |tx| tx.append(&entries, &case)).await;
}

/// The case as it is kept.
pub(crate) async fn case(store: &Store, id: CaseId) -> (Case, String) {
    store.read(move |tx| tx.case(id)).await.unwrap().unwrap()
}
