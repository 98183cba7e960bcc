//! Cases to try the rows with: whole ones, with a journal, texts and participants, of which every
//! id and every byte of chance is counted, so that a failure can be repeated. Only for tests and
//! measurements; no rule of the domain is asked.

pub mod notes;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};

use domain::case::{Party, Role, Visibility};
use domain::event::{Audience, Channel, Event};
use domain::journal::{GENESIS, Hand, Via};
use domain::report::{
    ContactSharing, Credit, Evidence, HelpReason, Identity, Intake, Known, Submission,
};
use domain::{
    AttachmentId, BodyId, Case, CaseId, Entry, OrganizationId, ParticipantId, Policy, ReportId,
};
use jiff::{SignedDuration, Timestamp};
use sha2::Digest;
use uuid::Uuid;

use crate::statements::sql;
use crate::{Corrupt, Random, Result, StoreError, Tx, Vault, values};

/// A vault with a known key. The chance of another seed is another one.
pub fn vault(seed: u64) -> Vault {
    Vault::new([7; 32], chance(seed))
}

/// Counted chance: it repeats itself with the seed, and within it nothing comes twice.
pub fn chance(seed: u64) -> Random {
    let state = std::sync::Mutex::new(seed);
    Arc::new(move |bytes: &mut [u8]| {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in bytes.chunks_mut(8) {
            let drawn = next(&mut state).to_le_bytes();
            for (to, from) in chunk.iter_mut().zip(drawn) {
                *to = from;
            }
        }
    })
}

/// The next number of a row of them that looks like chance (splitmix64).
pub fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// An id of any kind, of two numbers.
pub fn id<T: From<Uuid>>(high: u64, low: u64) -> T {
    Uuid::from_u64_pair(high, low).into()
}

/// The case of a number.
pub fn case_id(n: u64) -> CaseId {
    id(n, 1)
}

/// An instant, so many seconds after the beginning of 2026.
pub fn at(seconds: i64) -> Timestamp {
    let start = Timestamp::from_second(1_767_225_600).unwrap_or(Timestamp::UNIX_EPOCH);
    start.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

/// An id that no other of this process has.
fn fresh<T: From<Uuid>>(n: u64) -> T {
    static COUNT: AtomicU64 = AtomicU64::new(1 << 32);
    id(n, COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Begins case `n` with a report.
pub fn begin(tx: &mut Tx, vault: &Vault, n: u64) -> Result<Case> {
    let case = case_id(n);
    let title = tx.keep_body(vault, case, fresh(n), "The working title")?;
    let body = tx.keep_body(vault, case, fresh(n), "The report, in the words of who sent it")?;
    let reference = format!("R-2601-{}", letters(n));
    let event = Event::ReportReceived {
        report: id::<ReportId>(n, 2),
        reference: reference.parse().map_err(StoreError::database)?,
        title,
        body,
        submission: submission(),
        policy: Box::new(Policy::default()),
        coordinator: id(n, 3),
        reporter: id(n, 4),
    };
    let entry = entry(case, 1, event).sealed(GENESIS);
    let folded = Case::fold(std::slice::from_ref(&entry));
    let folded = folded.ok_or_else(|| Corrupt::new("journal", "entry", case))?;
    tx.begin_journal(vault, &entry, &folded)?;
    Ok(folded)
}

/// Lets events happen in a case.
pub fn happen(tx: &mut Tx, case: CaseId, events: Vec<Event>) -> Result<Case> {
    let (mut folded, mut head) = tx.case(case)?.ok_or(StoreError::Stale)?;
    let mut entries = Vec::with_capacity(events.len());
    for event in events {
        let entry = entry(case, folded.version + 1, event).sealed(&head);
        folded.apply(&entry);
        head.clone_from(&entry.hash);
        entries.push(entry);
    }
    tx.append(&entries, &folded)?;
    Ok(folded)
}

/// The title of a case changes: the event that keeps the case as large as it is.
pub fn retitle(
    tx: &mut Tx,
    vault: &Vault,
    case: CaseId,
    body: BodyId,
    words: &str,
) -> Result<Case> {
    let title = tx.keep_body(vault, case, body, words)?;
    happen(tx, case, vec![Event::TitleChanged { title }])
}

/// Begins case `n`, takes it on as `VU#n`, and tells it to so many vendors.
pub fn begin_with_vendors(tx: &mut Tx, vault: &Vault, n: u64, vendors: u64) -> Result<Case> {
    let case = begin(tx, vault, n)?.id;
    let number = domain::CaseNumber::new("VU", u32::try_from(n).unwrap_or(0));
    let case_kind = domain::case::CaseKind::Coordinate;
    let mut events = vec![Event::CaseAccepted { number, case_kind }];
    for vendor in 0..vendors {
        let participant: ParticipantId = id(n, 1000 + vendor);
        events.push(Event::ParticipantAdded {
            participant,
            party: Party::Organization(id::<OrganizationId>(0, 1000 + vendor)),
            roles: [Role::Vendor].into(),
            visibility: Visibility::Named,
            suggested_by: None,
        });
        events.push(Event::ContactAttempted {
            participant,
            contact: None,
            channel: Channel::Mail,
            letter: None,
        });
    }
    happen(tx, case, events)
}

/// The time of a case has come, as far as its row tells.
pub fn make_due(tx: &mut Tx, case: CaseId, at: Timestamp) -> Result<()> {
    tx.execute_one(sql!("update cases set due_at = ?2 where id = ?1"), &values![case, at])
}

/// The row of a case makes no sense any more, so that whoever takes it fails.
pub fn spoil(tx: &mut Tx, case: CaseId) -> Result<()> {
    tx.execute_one(sql!("update cases set state = '{}' where id = ?1"), &values![case])
}

/// Somebody writes into the journal past every rule.
pub fn tamper(tx: &mut Tx, case: CaseId) -> Result<()> {
    let sql = sql!(
        "update journal set entry = replace(entry, '\"terms\":1', '\"terms\":2') \
        where case_id = ?1 and seq = 1"
    );
    tx.execute_one(sql, &values![case])
}

fn entry(case: CaseId, seq: u64, event: Event) -> Entry {
    // As clocks do, it tells more than a column keeps.
    let at = at(i64::try_from(seq).unwrap_or(0)).checked_add(SignedDuration::from_nanos(123));
    let at = at.unwrap_or(Timestamp::MAX);
    Entry {
        case,
        seq,
        id: fresh(Uuid::from(case).as_u64_pair().0),
        occurred_at: at,
        recorded_at: at,
        hand: Hand::Server,
        via: Via::Timer,
        event,
        prev_hash: String::new(),
        hash: String::new(),
    }
}

fn submission() -> Submission {
    Submission {
        intake: Intake::Web,
        account: None,
        identity: Identity::Anonymous,
        sharing: ContactSharing::CoordinatorOnly,
        credit: Credit::None,
        reasons: [HelpReason::NewToDisclosure].into(),
        evidence: Evidence::None,
        public: Known::No,
        exploited: Known::Unknown,
        vendor_told_at: None,
        plans_to_publish_at: None,
        found_by_tool: Known::No,
        terms: 1,
    }
}

/// Five letters of a reference, another for each number below 32 to the fifth.
fn letters(n: u64) -> String {
    let alphabet = domain::ReportReference::ALPHABET;
    let letter = |place: u32| {
        let digit = usize::try_from((n >> (5 * place)) & 31).unwrap_or(0);
        char::from(alphabet.get(digit).copied().unwrap_or(b'0'))
    };
    (0..5).rev().map(letter).collect()
}

/// A file comes to a case, for everyone: its bytes into the blobs, its row and its entry into the
/// journal.
pub async fn attach(
    store: &crate::Store,
    vault: &Vault,
    blobs: &crate::Blobs,
    case: CaseId,
    bytes: &[u8],
) -> Result<AttachmentId, Box<dyn std::error::Error>> {
    let attachment: AttachmentId = fresh(Uuid::from(case).as_u64_pair().0);
    let with = vault.clone();
    let key = store.read(move |tx: &mut Tx| tx.key_of_case(&with, case)).await?;
    let key = key.ok_or("the case has no key")?;
    let file = crate::SealedFile::seal(vault, &key, case, attachment, bytes)?;
    let (row, n_bytes) = (file.row, u64::try_from(bytes.len())?);
    blobs.put(row.blob.as_deref().unwrap_or_default(), file.sealed).await?;
    let sha256 = domain::journal::hex(&sha2::Sha256::digest(bytes));
    let with = vault.clone();
    store
        .write(move |tx: &mut Tx| {
            let body = fresh(Uuid::from(case).as_u64_pair().0);
            let name = tx.keep_body(&with, case, body, "proof.txt")?;
            tx.keep_attachment(&row)?;
            let audience = Audience::Everyone;
            let by = None;
            let bytes = n_bytes;
            happen(
                tx,
                case,
                vec![Event::AttachmentAdded { attachment, by, audience, name, sha256, bytes }],
            )
        })
        .await?;
    Ok(attachment)
}
