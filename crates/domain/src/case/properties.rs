//! Whatever anybody asks for, in whatever order: the case that a decision was made for is the
//! case that the journal adds up to, a refusal changes nothing, and every invariant holds.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseError;

use super::invariants::{CHECKS, Seen};
use super::{Case, CaseKind, ClosingReason, ObservationKind, Relation, Role, Visibility};
use crate::access::{Actor, Me, StaffRole, View, admit};
use crate::embargo::{EndCause, ProposalReason};
use crate::event::{Answer, Audience, StatementAudience};
use crate::journal::{Entry, verify};
use crate::note::{Section, When};
use crate::observation::AfterAttacks;
use crate::participant::Said;
use crate::plan::{Asked, Decision};
use crate::policy::{ClockBasis, DecisionRule, ScoreDemand, VendorNaming};
use crate::report::{Analysis, DeclineReason};
use crate::status::{Answers, Delivery, IsAddressed, IsReal, ProductStatus};
use crate::story::{
    ACME, BOLT, COORDINATOR, CRANE, FLAW, REPORTER, Story, account, approach, id, member, on,
    organization, receipt, text, who,
};
use crate::work::File;
use crate::{CaseNumber, Event, Policy, Rule};

/// Somebody asks for something: numbers that [`ask`] reads as an actor, a verb and its objects.
#[derive(Debug, Clone)]
pub(super) struct Step {
    actor: Index,
    verb: Index,
    a: u8,
    b: u8,
    hours: u8,
}

pub(super) fn steps(n: usize) -> impl Strategy<Value = Vec<Step>> {
    let step = (any::<Index>(), any::<Index>(), any::<u8>(), any::<u8>(), 0_u8..60);
    let step = step.prop_map(|(actor, verb, a, b, hours)| Step { actor, verb, a, b, hours });
    prop::collection::vec(step, 1..n)
}

pub(super) fn policies() -> impl Strategy<Value = Policy> {
    let basis = prop::sample::select(vec![
        ClockBasis::FirstContactAttempt,
        ClockBasis::FirstContactAttempt,
        ClockBasis::ReportReceived,
        ClockBasis::FirstDelivery,
        ClockBasis::VendorAcknowledged,
        ClockBasis::ExplicitDate,
    ]);
    let decided = prop::sample::select(vec![
        DecisionRule::Coordinator,
        DecisionRule::Majority,
        DecisionRule::Consensus,
    ]);
    let naming = prop::sample::select(vec![VendorNaming::Named, VendorNaming::Unnamed]);
    (basis, decided, naming, 1..3_u8).prop_map(|(basis, decided_by, naming, approvers)| {
        let mut policy = Policy::default();
        policy.embargo.basis = basis;
        policy.embargo.decided_by = decided_by;
        policy.vendors = naming;
        policy.publication.approvers = approvers;
        policy.triage.score = ScoreDemand::Optional;
        policy
    })
}

const OBSERVER: u128 = 14;
const DEPLOYER: u128 = 15;
const PEOPLE: [u128; 7] = [ACME, BOLT, CRANE, OBSERVER, DEPLOYER, REPORTER, COORDINATOR];

fn actors() -> Vec<Actor> {
    let mut actors = vec![
        Actor::Anyone,
        receipt(),
        Actor::Server,
        Actor::Staff(account(901), StaffRole::Analyst),
        Actor::Staff(account(901), StaffRole::Analyst),
        Actor::Staff(account(902), StaffRole::Lead),
        Actor::Staff(account(902), StaffRole::Lead),
        Actor::Staff(account(902), StaffRole::Lead),
        Actor::Staff(account(903), StaffRole::Auditor),
        Actor::Staff(account(904), StaffRole::Administrator),
        Actor::Bearer(id(4), who(ACME)),
    ];
    actors.extend([ACME, ACME, BOLT, BOLT, CRANE, OBSERVER, DEPLOYER].map(member));
    actors
}

fn pick<T: Clone>(from: &[T], n: u8) -> T {
    from[usize::from(n) % from.len()].clone()
}

type Verb = fn(&Case, &Me, &Asked, u8, u8) -> Decision;

fn reasons(n: u8) -> std::collections::BTreeSet<DeclineReason> {
    [pick(DeclineReason::ALL, n)].into()
}

fn them(a: u8) -> crate::ParticipantId {
    who(pick(&PEOPLE, a))
}

fn file(a: u8) -> File {
    File { id: id(3000 + u128::from(a % 4)), name: text(301), sha256: "0".repeat(64), bytes: 7 }
}

fn audience(a: u8) -> Audience {
    match a % 4 {
        0 => Audience::Team,
        1 => Audience::Private(them(a / 4)),
        2 => Audience::Some([them(a / 4), who(ACME)].into()),
        _ => Audience::Everyone,
    }
}

fn status(a: u8) -> ProductStatus {
    let all = [
        ProductStatus::Unknown,
        ProductStatus::UnderInvestigation,
        ProductStatus::Affected,
        ProductStatus::NotAffected { justification: None },
        ProductStatus::Fixed,
        ProductStatus::WillNotFix,
    ];
    pick(&all, a)
}

fn answers(a: u8, b: u8) -> Answers {
    Answers {
        real: pick(&[None, Some(IsReal::Yes), Some(IsReal::No), Some(IsReal::StillChecking)], a),
        real_because: Some(text(302)),
        addressed: pick(&[None, Some(IsAddressed::Released), Some(IsAddressed::No)], b),
        fix_ready: Some(on(30)),
        needs: None,
    }
}

fn flaw(a: u8) -> crate::VulnerabilityId {
    id(FLAW + u128::from(a % 3))
}

fn when(a: u8, asked: &Asked) -> When {
    if a.is_multiple_of(2) { When::EmbargoEnds } else { When::At(crate::Instant::utc(asked.now)) }
}

fn other(case: &Case, a: u8) -> Case {
    let mut other = case.clone();
    other.id = id(40 + u128::from(a % 3));
    if let Some(terms) = &mut other.embargo.terms {
        terms.end = on(i64::from(a));
    }
    other
}

/// Every verb of the domain.
const VERBS: &[(&str, Verb)] = &[
    ("acknowledge_report", |case, me, asked, _, _| case.acknowledge_report(me, asked)),
    ("add_to_report", |case, me, asked, _, _| case.add_to_report(me, text(110), asked)),
    ("analyse", |case, me, asked, a, _| {
        case.analyse_report(me, pick(Analysis::ALL, a), text(111), asked)
    }),
    ("score", |case, me, asked, _, _| {
        case.record_score(me, None, "AV:N/AC:M/Au:N/C:P/I:P/A:P".parse().unwrap(), asked)
    }),
    ("ask", |case, me, asked, a, _| case.request_information(me, them(a), text(112), asked)),
    ("validate", |case, me, asked, _, _| case.validate_report(me, asked)),
    ("set_aside", |case, me, asked, a, b| {
        if b > 60 {
            return Ok(vec![]);
        }
        case.set_aside(me, reasons(a), asked)
    }),
    ("accept", |case, me, asked, a, b| {
        let kind = pick(&[CaseKind::Coordinate, CaseKind::Coordinate, CaseKind::Track], b);
        case.accept_case(me, CaseNumber::new("VU", u32::from(a)), kind, asked)
    }),
    ("accept_again", |case, me, asked, a, _| {
        case.accept_case(me, CaseNumber::new("VU", u32::from(a)), CaseKind::Coordinate, asked)
    }),
    ("decline", |case, me, asked, a, b| {
        if b > 60 {
            return Ok(vec![]);
        }
        case.decline_case(me, reasons(a), text(113), asked)
    }),
    ("defer", |case, me, asked, _, b| {
        if b > 60 {
            return Ok(vec![]);
        }
        case.defer_case(me, asked)
    }),
    ("resume", |case, me, asked, _, _| case.resume_case(me, asked)),
    ("assign", |case, me, asked, _, _| case.assign_case(me, account(901), asked)),
    ("rename", |case, me, asked, _, _| case.rename_case(me, text(114), asked)),
    ("link", |case, me, asked, a, _| {
        case.link_case(me, id(40 + u128::from(a % 3)), pick(Relation::ALL, a), asked)
    }),
    ("split", |case, me, asked, a, _| {
        case.split_case(me, id(40 + u128::from(a % 3)), [flaw(a)].into(), asked)
    }),
    ("merge", |case, me, asked, a, b| {
        case.merge_case(me, &other(case, a), id(600 + u128::from(b)), asked)
    }),
    ("inherit", |case, me, asked, a, b| {
        case.inherit_embargo(me, &other(case, a), id(600 + u128::from(b)), asked)
    }),
    ("close", |case, me, asked, a, b| {
        if b > 40 {
            return Ok(vec![]);
        }
        case.close_case(me, pick(ClosingReason::ALL, a), asked)
    }),
    ("reopen", |case, me, asked, _, _| case.reopen_case(me, asked)),
    ("add", |case, me, asked, a, _| add(case, me, asked, a)),
    ("add_too", |case, me, asked, a, _| add(case, me, asked, a)),
    ("add_as_well", |case, me, asked, a, _| add(case, me, asked, a)),
    ("suggest", |case, me, asked, _, _| case.suggest_participant(me, text(115), asked)),
    ("notify", |case, me, asked, a, b| {
        case.notify(me, &[approach(pick(&PEOPLE, a))], id(600 + u128::from(b)), asked)
    }),
    ("notify_two", |case, me, asked, _, b| {
        case.notify(me, &[ACME, BOLT].map(approach), id(600 + u128::from(b)), asked)
    }),
    ("deliver", |case, me, asked, a, b| {
        let letter = id(pick(&PEOPLE, a) + 3000);
        case.update_delivery(me, them(a), letter, pick(Delivery::ALL, b), asked)
    }),
    ("acknowledge", |case, me, asked, a, _| case.acknowledge(me, own(me, a), asked)),
    ("answer_questions", |case, me, asked, a, b| {
        case.answer_questions(me, own(me, a), answers(a, b), asked)
    }),
    ("set_status", |case, me, asked, a, b| {
        let product = b.is_multiple_of(2).then(|| id(801));
        let versions = a.is_multiple_of(2).then(|| text(129));
        let said = Said { status: status(b / 2), versions };
        case.set_status(me, own(me, a), (flaw(b), product), said, asked)
    }),
    ("write_addendum", |case, me, asked, a, b| {
        case.write_addendum(me, them(a), (!b.is_multiple_of(3)).then(|| text(130)), asked)
    }),
    ("give_statement", |case, me, asked, a, b| {
        let audience = pick(&[StatementAudience::Coordinator, StatementAudience::Parties], b);
        case.give_statement(me, own(me, a), text(116).into(), audience, asked)
    }),
    ("state_fix_date", |case, me, asked, a, _| case.state_fix_date(me, own(me, a), on(9), asked)),
    ("declare_fix", |case, me, asked, a, _| case.declare_fix(me, own(me, a), asked)),
    ("declare_deployment", |case, me, asked, a, _| case.declare_deployment(me, own(me, a), asked)),
    ("be_seen", |case, me, asked, a, b| {
        case.change_visibility(me, own(me, a), pick(Visibility::ALL, b), asked)
    }),
    ("remind", |case, me, asked, a, _| case.remind(me, &[them(a)], asked)),
    ("give_up_on", |case, me, asked, a, _| case.mark_non_responsive(me, them(a), asked)),
    ("leave", |case, me, asked, a, b| {
        if b > 60 {
            return Ok(vec![]);
        }
        case.leave(me, own(me, a), asked)
    }),
    ("remove", |case, me, asked, a, b| {
        if b > 60 {
            return Ok(vec![]);
        }
        case.remove_participant(me, them(a), text(117), asked)
    }),
    ("propose", |case, me, asked, a, b| propose(case, me, asked, a, b)),
    ("propose_another", |case, me, asked, a, b| propose(case, me, asked, a, b)),
    ("answer_proposal", |case, me, asked, a, b| {
        let answer = pick(&[Answer::Agree, Answer::Agree, Answer::Disagree], b);
        case.answer_proposal(me, some_proposal(case, a), answer, asked)
    }),
    ("accept_proposal", |case, me, asked, a, _| {
        case.accept_proposal(me, some_proposal(case, a), asked)
    }),
    ("accept_a_proposal", |case, me, asked, a, _| {
        case.accept_proposal(me, some_proposal(case, a), asked)
    }),
    ("reject_proposal", |case, me, asked, a, _| {
        case.reject_proposal(me, some_proposal(case, a), asked)
    }),
    ("withdraw_proposal", |case, me, asked, a, _| {
        case.withdraw_proposal(me, some_proposal(case, a), asked)
    }),
    ("answer_embargo", |case, me, asked, a, b| {
        let answer = pick(&[Answer::Agree, Answer::Agree, Answer::Disagree], b);
        case.answer_embargo(me, own(me, a), answer, asked)
    }),
    ("agree", |case, me, asked, a, _| case.answer_embargo(me, own(me, a), Answer::Agree, asked)),
    ("end", |case, me, asked, a, b| {
        if b > 60 {
            return Ok(vec![]);
        }
        case.end_embargo(me, pick(EndCause::ALL, a), asked)
    }),
    ("expire", |case, me, asked, _, _| case.expire_embargo(me, asked)),
    ("claim", |case, me, asked, a, b| {
        let seen = (on(i64::from(b)).at, text(118));
        let kind = pick(ObservationKind::ALL, a);
        case.claim_observation(me, id(700 + u128::from(a % 4)), kind, seen, asked)
    }),
    ("adopt", |case, me, asked, a, b| {
        let after = pick(&[AfterAttacks::Keep, AfterAttacks::End], b);
        case.adopt_observation(me, id(700 + u128::from(a % 4)), after, asked)
    }),
    ("reject", |case, me, asked, a, _| {
        case.reject_observation(me, id(700 + u128::from(a % 4)), asked)
    }),
    ("add_flaw", |case, me, asked, a, b| {
        let description = (!b.is_multiple_of(3)).then(|| text(119));
        case.add_vulnerability(me, flaw(a), description, asked)
    }),
    ("describe", |case, me, asked, a, b| {
        case.describe_vulnerability(me, flaw(a), text(126 + u128::from(b % 3)), asked)
    }),
    ("weakness_or_identifiers", |case, me, asked, a, b| {
        if b.is_multiple_of(2) {
            return case.set_weakness(me, flaw(a), Some(u32::from(a)), asked);
        }
        let identifiers = (0..b % 3).map(|n| crate::Identifier::new("Acme", &n.to_string()));
        case.set_identifiers(me, flaw(a), identifiers.map(Result::unwrap).collect(), asked)
    }),
    ("post", |case, me, asked, a, b| {
        case.post_message(me, id(2500 + u128::from(b % 8)), audience(a), text(120), asked)
    }),
    ("attach", |case, me, asked, a, b| case.attach(me, file(b), audience(a), asked)),
    ("disagree", |case, me, asked, a, _| {
        let about = pick(super::Conflict::ALL, a);
        case.open_dispute(me, id(2600 + u128::from(a % 2)), about, text(121), asked)
    }),
    ("position", |case, me, asked, a, _| {
        case.state_position(me, id(2600 + u128::from(a % 2)), text(122), asked)
    }),
    ("settle", |case, me, asked, a, _| {
        case.resolve_dispute(me, id(2600 + u128::from(a % 2)), text(123), asked)
    }),
    ("write", |case, me, asked, _, _| {
        case.write_draft(me, text(201), [(Section::Overview, text(202))].into(), asked)
    }),
    ("share", |case, me, asked, a, _| case.share_draft(me, [them(a)].into(), asked)),
    ("comment", |case, me, asked, a, _| {
        case.comment_on_draft(me, id(2700 + u128::from(a % 4)), text(203), asked)
    }),
    ("resolve", |case, me, asked, a, _| {
        case.resolve_comment(me, id(2700 + u128::from(a % 4)), asked)
    }),
    ("assign_cve", |case, me, asked, a, b| {
        let cve = format!("CVE-2026-1000{}", b % 3).parse().unwrap();
        case.assign_cve(me, flaw(a), cve, b.is_multiple_of(2).then(|| who(ACME)), asked)
    }),
    ("request_cve", |case, me, asked, a, b| case.request_cve(me, flaw(a), them(b), asked)),
    ("reserve_cve", |case, me, asked, a, b| {
        case.reserve_cve(me, flaw(a), &[them(b)].into(), asked)
    }),
    ("reject_cve", |case, me, asked, a, b| {
        if b > 60 {
            return Ok(vec![]);
        }
        let other: crate::CveId = format!("CVE-2026-1000{}", b % 3).parse().unwrap();
        case.reject_cve(me, flaw(a), text(126), vec![other; usize::from(b > 30)], asked)
    }),
    ("approve", |case, me, asked, a, _| approve(case, me, asked, a)),
    ("approve_too", |case, me, asked, a, _| approve(case, me, asked, a)),
    ("hold", |case, me, asked, _, b| {
        if b > 60 {
            return Ok(vec![]);
        }
        case.hold_publication(me, asked)
    }),
    ("not_published", |case, me, asked, _, b| {
        if b > 60 {
            return Ok(vec![]);
        }
        case.decline_publication(me, text(124), asked)
    }),
    ("publish", |case, me, asked, _, _| case.publish(me, asked)),
    ("advise", |case, me, asked, a, b| {
        let (who, advisory) = (own(me, a), id(2800 + u128::from(b % 3)));
        let expected = crate::Instant::utc(crate::policy::Days(u16::from(a)).after(asked.now));
        match b % 5 {
            0 | 1 => case.announce_advisory(me, who, (advisory, expected, Some(text(125))), asked),
            2 | 3 => case.record_advisory(me, who, (advisory, text(125), asked.now), asked),
            _ => case.drop_advisory(me, who, advisory, asked),
        }
    }),
];

/// Whom a party speaks for: mostly itself.
fn own(me: &Me, a: u8) -> crate::ParticipantId {
    me.participant().filter(|_| a < 240).unwrap_or_else(|| them(a))
}

fn add(case: &Case, me: &Me, asked: &Asked, a: u8) -> Decision {
    let n = pick(&PEOPLE[..5], a);
    let role = match n {
        OBSERVER => Role::Observer,
        DEPLOYER => Role::Deployer,
        CRANE => Role::DownstreamVendor,
        _ => Role::Vendor,
    };
    // Who comes back is somebody else in the case.
    let id = if case.participant(who(n)).is_some() { id(n + 100 + u128::from(a)) } else { who(n) };
    case.add_participant(me, id, organization(n), [role].into(), asked)
}

fn propose(case: &Case, me: &Me, asked: &Asked, a: u8, b: u8) -> Decision {
    let end = crate::policy::Days(u16::from(a)).after(asked.now);
    let reason = pick(ProposalReason::ALL, b);
    case.propose_embargo(me, id(600 + u128::from(b)), crate::Instant::utc(end), reason, asked)
}

fn approve(case: &Case, me: &Me, asked: &Asked, a: u8) -> Decision {
    let newest = case.note.latest().map_or(1, |latest| latest.number);
    case.approve_publication(me, newest, when(a, asked), asked)
}

fn some_proposal(case: &Case, a: u8) -> crate::ProposalId {
    let open = case.embargo.open();
    if open.is_empty() || a > 250 { id(600) } else { open[usize::from(a) % open.len()].id }
}

/// Somebody asks for something; what it came to, if they were let in. Where they got nowhere,
/// mostly somebody else tries.
fn ask(case: &Case, step: &Step, now: jiff::Timestamp) -> Option<(Me, Decision)> {
    let drawn = actors();
    let mut actors = vec![*step.actor.get(&drawn)];
    if !step.b.is_multiple_of(4) {
        actors.extend([Actor::Staff(account(902), StaffRole::Lead), member(ACME), member(BOLT)]);
        actors.extend([Actor::Server, receipt(), member(CRANE), member(DEPLOYER)]);
    }
    // Most who meet a rule that may be set aside set it aside.
    let set_aside = |rule: &Rule| (*rule, text(199));
    let overrides =
        if step.a.is_multiple_of(5) { vec![] } else { Rule::ALL.iter().map(set_aside).collect() };
    let asked = Asked { overrides, ..Asked::at(now) };
    let (_, verb) = step.verb.get(VERBS);
    let mut last = None;
    for actor in actors {
        let Some(me) = admit(actor, case) else { continue };
        let decision = verb(case, &me, &asked, step.a, step.b);
        let changes = decision.as_ref().is_ok_and(|events| !events.is_empty());
        last = Some((me, decision));
        if changes {
            break;
        }
    }
    last
}

/// Plays a sequence, and shows each decision that changed something to `look`.
pub(super) fn play(
    mut story: Story,
    steps: &[Step],
    mut look: impl FnMut(&Seen) -> Result<(), TestCaseError>,
) -> Result<Story, TestCaseError> {
    for step in steps {
        // Sometimes weeks go by.
        let slow = step.b.is_multiple_of(16);
        story = story.later(i64::from(step.hours) * if slow { 24 } else { 1 });
        let before = story.case.clone();
        let Some((me, decision)) = ask(&before, step, story.now) else { continue };
        prop_assert_eq!(&before, &story.case);
        if let Ok(events) = decision {
            let seen = Seen::of(&before, me, events, story.now);
            look(&seen)?;
            let last = seen.stages.last().cloned().unwrap_or(before);
            story.case = last;
            story.journal.extend(seen.entries);
        }
    }
    Ok(story)
}

/// A story that has come some way, so that later steps are reached as well.
pub(super) fn beginnings() -> impl Strategy<Value = Story> {
    (policies(), 0..7_u8).prop_map(|(policy, far)| {
        let story = Story::under(policy);
        if far == 0 {
            return story;
        }
        let story = story.is_accepted().with_vendors(&[ACME, BOLT]);
        let story = story.with(CRANE, &[Role::DownstreamVendor]);
        let story = story.with(DEPLOYER, &[Role::Deployer]).with(OBSERVER, &[Role::Observer]);
        if far < 3 {
            return story;
        }
        let story = story.notified(&[ACME, BOLT]);
        if far < 4 || story.case.embargo.terms.is_none() {
            return story;
        }
        let story = story.agrees(ACME).drafted().draft_shown_to(&[ACME]).numbered();
        if far < 6 {
            return story;
        }
        let everything = Rule::ALL.iter().fold(story, |story, rule| story.because(*rule));
        everything.does(crate::story::lead(), |case, me, asked| {
            case.approve_publication(me, 1, When::EmbargoEnds, asked)
        })
    })
}

fn all_checks(seen: &Seen) -> Result<(), TestCaseError> {
    for (name, check) in CHECKS {
        if let Err(why) = check(seen) {
            let decision: Vec<_> = seen.entries.iter().map(|entry| &entry.event).collect();
            return Err(TestCaseError::fail(format!("{name}: {why}\n{decision:#?}")));
        }
    }
    Ok(())
}

fn reseal(journal: &[Entry]) -> Vec<Entry> {
    let mut prev = crate::journal::GENESIS.to_owned();
    let mut sealed = vec![];
    for entry in journal {
        let entry = entry.clone().sealed(&prev);
        prev.clone_from(&entry.hash);
        sealed.push(entry);
    }
    sealed
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(10_000))]

    #[test]
    fn every_invariant_holds_and_the_journal_adds_up_to_the_case(
        story in beginnings(), steps in steps(20),
    ) {
        let story = play(story, &steps, all_checks)?;
        let folded = Case::fold(&story.journal);
        prop_assert_eq!(folded.as_ref(), Some(&story.case));
    }
}

proptest! {
    #![proptest_config(config(10_000))]

    #[test]
    fn a_case_and_its_entries_are_the_same_when_read_back(
        story in beginnings(), steps in steps(12),
    ) {
        let length = story.journal.len();
        let story = play(story, &steps, |_| Ok(()))?;
        let json = serde_json::to_string(&story.case).unwrap();
        let read: Case = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&read, &story.case);
        for entry in &story.journal[length..] {
            let json = serde_json::to_string(entry).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Entry>(&json).unwrap(), entry);
            let json = serde_json::to_string(&entry.event).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Event>(&json).unwrap(), &entry.event);
        }
    }
}

proptest! {
    #![proptest_config(config(10_000))]

    #[test]
    fn any_change_of_a_journal_is_found(
        steps in steps(6), at in any::<Index>(), to in any::<Index>(), how in 0..7_u8,
    ) {
        let story = play(Story::accepted(), &steps, |_| Ok(()))?;
        let mut journal = reseal(&story.journal);
        prop_assert_eq!(verify(&journal), Ok(()));
        let n = at.index(journal.len());
        let m = to.index(journal.len());
        match how {
            0 => { journal.remove(n.min(journal.len().saturating_sub(2))); }
            1 if n != m => journal.swap(n, m),
            2 => journal[n].recorded_at += jiff::SignedDuration::from_nanos(1),
            3 => journal[n].hand = crate::journal::Hand::Staff(account(666)),
            4 => journal[n].event = Event::TitleChanged { title: text(666) },
            5 => journal[n].id = id(666),
            _ => {
                let entry = journal[n].clone();
                journal.insert(m, entry);
            }
        }
        if how != 1 || n != m {
            prop_assert!(verify(&journal).is_err());
        }
    }
}

#[test]
fn the_sequences_come_far_enough_to_mean_something() {
    use std::collections::{BTreeMap, BTreeSet};
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(
        config(3_000),
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    let kinds = std::cell::RefCell::new(BTreeMap::<String, usize>::new());
    runner
        .run(&(beginnings(), steps(40)), |(story, steps)| {
            play(story, &steps, |seen| {
                for entry in &seen.entries {
                    let json = serde_json::to_value(&entry.event).unwrap();
                    let kind = json["kind"].as_str().unwrap().to_owned();
                    *kinds.borrow_mut().entry(kind).or_default() += 1;
                }
                Ok(())
            })?;
            Ok(())
        })
        .unwrap();
    let kinds = kinds.into_inner();
    let seen: BTreeSet<&str> = kinds.keys().map(String::as_str).collect();
    for needed in [
        "note_published",
        "publication_armed",
        "embargo_terminated",
        "revision_accepted",
        "revision_rejected",
        "proposal_withdrawn",
        "fix_ready",
        "fix_deployed",
        "case_merged",
        "case_split",
        "case_closed",
        "case_reopened",
        "exploit_public",
        "attacks_observed",
        "public_aware",
        "participant_left",
        "participant_removed",
        "draft_commented",
        "publication_held",
        "delivery_updated",
        "cve_requested",
        "dispute_resolved",
        "vulnerability_described",
        "advisory_announced",
        "advisory_published",
        "advisory_dropped",
        "identifiers_set",
    ] {
        assert!(seen.contains(needed), "never seen: {needed}; seen: {kinds:?}");
    }
}

/// What an actor sees, if anything.
pub(super) fn view_of(actor: Actor, case: &Case) -> Option<View> {
    admit(actor, case).map(|me| me.view(case.clone()))
}
