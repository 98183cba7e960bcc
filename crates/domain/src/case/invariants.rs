//! The invariants I1 to I30 of the model, as far as they are the domain's: each a check of one
//! decision, event by event, and each a test of its own.

use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use super::properties::{beginnings, play, steps, view_of};
use super::{Case, Party, Role};
use crate::access::{Me, View};
use crate::cs::Vfd;
use crate::em::Em;
use crate::event::{Audience, Event};
use crate::journal::{Entry, Hand, Via};
use crate::letter::{Matter, Recipient, letters_of};
use crate::participant::Participant;
use crate::pec::{Pec, PecStep};
use crate::rm::{Rm, RmStep};
use crate::story::{id, member};

/// One decision: the case before, and after each of its events.
pub(super) struct Seen {
    pub(super) before: Case,
    pub(super) entries: Vec<Entry>,
    pub(super) stages: Vec<Case>,
    pub(super) hand: Hand,
    pub(super) now: Timestamp,
}

impl Seen {
    pub(super) fn of(before: &Case, me: Me, events: Vec<Event>, now: Timestamp) -> Self {
        let hand = me.hand();
        let mut case = before.clone();
        let mut entries = vec![];
        let mut stages = vec![];
        for event in events {
            let entry = Entry {
                case: case.id,
                seq: case.version + 1,
                id: id(100_001 + u128::from(case.version)),
                occurred_at: event.occurred_at().unwrap_or(now),
                recorded_at: now,
                hand: hand.clone(),
                via: Via::Web,
                event,
                prev_hash: String::new(),
                hash: String::new(),
            };
            case.apply(&entry);
            stages.push(case.clone());
            entries.push(entry);
        }
        Self { before: before.clone(), entries, stages, hand, now }
    }

    fn after(&self) -> &Case {
        self.stages.last().unwrap_or(&self.before)
    }

    /// Each event, with the case before and after it.
    fn each(&self) -> impl Iterator<Item = (&Case, &Event, &Case)> {
        let before = std::iter::once(&self.before).chain(&self.stages);
        let events = self.entries.iter().map(|entry| &entry.event);
        before.zip(events).zip(&self.stages).map(|((before, event), after)| (before, event, after))
    }

    fn has(&self, what: impl Fn(&Event) -> bool) -> bool {
        self.entries.iter().any(|entry| what(&entry.event))
    }
}

type Check = fn(&Seen) -> Result<(), String>;

fn hold(fine: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if fine { Ok(()) } else { Err(why()) }
}

/// The participants before and after an event, side by side.
fn side_by_side<'a>(
    before: &'a Case,
    after: &'a Case,
) -> impl Iterator<Item = (&'a Participant, &'a Participant)> {
    after.participants.values().filter_map(|now| Some((before.participant(now.id)?, now)))
}

fn i1_rm_moves_as_its_machine_does(seen: &Seen) -> Result<(), String> {
    for (before, event, after) in seen.each() {
        for (was, is) in side_by_side(before, after) {
            let legal = was.rm == is.rm
                || RmStep::ALL.into_iter().any(|step| was.rm.step(step) == Some(is.rm));
            hold(legal, || format!("{:?} to {:?} by {event:?}", was.rm, is.rm))?;
        }
        if let Event::RmMoved { participant, step } = event {
            let was = before.participants[participant].rm;
            hold(was.step(*step).is_some(), || format!("{step:?} from {was:?}"))?;
        }
    }
    Ok(())
}

fn i1_consent_moves_as_its_machine_does(seen: &Seen) -> Result<(), String> {
    for (before, event, after) in seen.each() {
        if let Event::ConsentMoved { participant, step } = event {
            let was = before.participants[participant].pec;
            hold(was.step(*step).is_some(), || format!("{step:?} from {was:?}"))?;
        } else {
            for (was, is) in side_by_side(before, after) {
                hold(was.pec == is.pec, || format!("consent moved by {event:?}"))?;
            }
        }
    }
    Ok(())
}

fn i2_a_valid_report_is_never_closed(seen: &Seen) -> Result<(), String> {
    for (before, event, after) in seen.each() {
        for (was, is) in side_by_side(before, after) {
            let dropped = was.rm == Rm::Valid && is.rm == Rm::Closed;
            hold(!dropped, || format!("{event:?}"))?;
        }
    }
    Ok(())
}

fn i3_closed_is_the_end(seen: &Seen) -> Result<(), String> {
    for (was, is) in side_by_side(&seen.before, seen.after()) {
        hold(was.rm != Rm::Closed || is.rm == Rm::Closed, || format!("{:?}", is.rm))?;
    }
    let ours = seen.before.participants[&seen.before.coordinator].rm;
    let handling = |event: &Event| {
        matches!(
            event,
            Event::ReportValidated
                | Event::ReportInvalidated { .. }
                | Event::CaseAccepted { .. }
                | Event::CaseDeclined { .. }
                | Event::CaseDeferred
                | Event::CaseResumed
                | Event::CaseClosed { .. }
        )
    };
    hold(ours != Rm::Closed || !seen.has(handling), || "handled after it was closed".to_owned())
}

fn i4_vendors_are_told_of_accepted_reports_only(seen: &Seen) -> Result<(), String> {
    let ours = seen.before.participants[&seen.before.coordinator].rm;
    let told = seen.has(|event| matches!(event, Event::ContactAttempted { .. }));
    hold(!told || ours == Rm::Accepted, || format!("told while {ours:?}"))
}

fn s7_nobody_is_told_of_a_flaw_that_no_analyst_described(seen: &Seen) -> Result<(), String> {
    for (before, event, after) in seen.each() {
        let told = matches!(
            event,
            Event::ContactAttempted { .. }
                | Event::DraftShared { .. }
                | Event::PublicationApproved { .. }
                | Event::NotePublished { .. }
        );
        let undescribed = before.vulnerabilities.values().find(|flaw| flaw.description().is_none());
        hold(!told || undescribed.is_none(), || format!("{event:?} with {undescribed:?}"))?;
        for n in [crate::story::ACME, crate::story::BOLT, crate::story::CRANE] {
            let Some(View::Party(view)) = view_of(member(n), after) else { continue };
            let known = |text: &crate::Text| {
                let described = after.vulnerabilities.values().flat_map(|flaw| &flaw.descriptions);
                described.into_iter().any(|(_, written)| written == text)
            };
            let fine = view.vulnerabilities.iter().all(|flaw| known(&flaw.description));
            hold(fine, || format!("{view:?}"))?;
        }
    }
    Ok(())
}

fn i5_the_embargo_moves_as_its_machine_does(seen: &Seen) -> Result<(), String> {
    use Em::{Active, Exited, None, Proposed, Revise};
    for (before, event, after) in seen.each() {
        let legal = match (before.embargo.em, after.embargo.em) {
            // From Proposed to Revise: one date accepted, others still on the table.
            (None, Proposed)
            | (Proposed, Active | None | Revise)
            | (Active, Revise | Exited)
            | (Revise, Active | Exited) => true,
            (was, is) => was == is,
        };
        let (was, is) = (before.embargo.em, after.embargo.em);
        hold(legal, || format!("{was:?} to {is:?} by {event:?}"))?;
    }
    Ok(())
}

fn i6_terms_are_there_exactly_while_it_is_in_force(seen: &Seen) -> Result<(), String> {
    for case in &seen.stages {
        let embargo = &case.embargo;
        let terms = embargo.terms.is_some();
        hold(embargo.em.in_force() == terms, || format!("{:?}, terms {terms}", embargo.em))?;
        let open = !embargo.open().is_empty();
        hold(embargo.em.is_negotiating() == open, || format!("{:?}, open {open}", embargo.em))?;
    }
    Ok(())
}

fn i7_the_old_terms_hold_until_others_are_agreed(seen: &Seen) -> Result<(), String> {
    for (before, event, after) in seen.each() {
        let agreed = matches!(
            event,
            Event::RevisionAccepted { .. }
                | Event::EmbargoAccepted { .. }
                | Event::EmbargoTerminated { .. }
        );
        let same = before.embargo.terms == after.embargo.terms;
        hold(agreed || same, || format!("terms changed by {event:?}"))?;
    }
    Ok(())
}

fn i8_the_end_lies_ahead_when_it_is_agreed(seen: &Seen) -> Result<(), String> {
    for (before, _, after) in seen.each() {
        if let Some(terms) = &after.embargo.terms
            && after.embargo.terms != before.embargo.terms
        {
            hold(terms.end.at > terms.since, || format!("{terms:?}"))?;
        }
    }
    Ok(())
}

fn i9_what_is_public_is_under_no_embargo(seen: &Seen) -> Result<(), String> {
    let case = seen.after();
    let known = case.pxa.public || case.pxa.exploit;
    let free = matches!(case.embargo.em, Em::None | Em::Exited);
    hold(!known || free, || format!("{:?} while {:?}", case.embargo.em, case.pxa))
}

fn i10_nothing_is_agreed_on_once_it_is_out(seen: &Seen) -> Result<(), String> {
    let quiet = seen.before.pxa.is_quiet();
    let agreed = seen.has(|event| {
        matches!(
            event,
            Event::EmbargoProposed { .. }
                | Event::EmbargoAccepted { .. }
                | Event::RevisionProposed { .. }
                | Event::RevisionAccepted { .. }
        )
    });
    hold(quiet || !agreed, || format!("{:?}", seen.before.pxa))
}

fn i11_and_i1_a_fix_goes_forward_step_by_step(seen: &Seen) -> Result<(), String> {
    for (before, event, after) in seen.each() {
        for (was, is) in side_by_side(before, after) {
            let step = |was: Vfd, is: Vfd| was == is || (was as u8) + 1 == is as u8;
            // Who deploys only has two states: not yet, and deployed.
            let fine = !is.is_vendor() || step(was.vfd, is.vfd);
            hold(fine, || format!("{:?} to {:?} by {event:?}", was.vfd, is.vfd))?;
            for (flaw, lines) in &is.lines {
                for line in lines {
                    let known = was.lines.get(flaw).into_iter().flatten();
                    let known = known.clone().find(|known| known.product == line.product);
                    let back = known.is_some_and(|known| known.vfd > line.vfd);
                    hold(!back, || format!("a line went back by {event:?}"))?;
                }
            }
        }
    }
    Ok(())
}

fn i12_what_is_known_stays_known(seen: &Seen) -> Result<(), String> {
    let (was, is) = (seen.before.pxa, seen.after().pxa);
    let kept =
        (!was.public || is.public) && (!was.exploit || is.exploit) && (!was.attacks || is.attacks);
    hold(kept, || format!("{was:?} to {is:?}"))
}

fn i13_vendors_know_what_the_public_knows(seen: &Seen) -> Result<(), String> {
    let case = seen.after();
    let unaware = case.vendors().find(|them| them.vfd == Vfd::Unaware);
    hold(!case.pxa.public || unaware.is_none(), || format!("{unaware:?}"))
}

fn i14_a_public_exploit_is_public(seen: &Seen) -> Result<(), String> {
    let pxa = seen.after().pxa;
    hold(!pxa.exploit || pxa.public, || format!("{pxa:?}"))
}

fn i15_a_fix_comes_after_the_report_was_taken_on(seen: &Seen) -> Result<(), String> {
    for case in &seen.stages {
        for them in case.vendors() {
            let lines = them.lines.values().flatten().map(|line| line.vfd);
            let farthest = lines.chain([them.vfd]).max().unwrap_or_default();
            let taken = matches!(them.rm, Rm::Accepted | Rm::Deferred | Rm::Closed);
            hold(farthest < Vfd::FixReady || taken, || format!("{farthest:?} in {:?}", them.rm))?;
        }
    }
    Ok(())
}

fn i16_a_vendor_with_the_report_is_aware(seen: &Seen) -> Result<(), String> {
    for them in seen.after().vendors() {
        let fine = them.rm == Rm::Start || them.vfd != Vfd::Unaware;
        hold(fine, || format!("{:?} and {:?}", them.rm, them.vfd))?;
    }
    Ok(())
}

fn i17_only_vendors_fix_and_only_deployers_deploy(seen: &Seen) -> Result<(), String> {
    for (_, event, after) in seen.each() {
        match event {
            Event::FixReady { participant } | Event::StatusSet { participant, .. } => {
                let vendor = after.participants[participant].is_vendor();
                hold(vendor, || "not a vendor".to_owned())?;
            }
            Event::FixDeployed { participant } => {
                let roles = &after.participants[participant].roles;
                hold(roles.contains(&Role::Deployer), || format!("{roles:?}"))?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn i18_a_first_revision_makes_all_consent_lapse(seen: &Seen) -> Result<(), String> {
    let began = seen.before.embargo.em == Em::Active && seen.after().embargo.em == Em::Revise;
    if began {
        let signatory = seen.after().participants.values().find(|them| them.pec == Pec::Signatory);
        hold(signatory.is_none(), || format!("{signatory:?}"))?;
        let lapses = |them: &&Participant| them.pec == Pec::Signatory;
        let n = seen.before.participants.values().filter(lapses).count();
        let steps = seen.entries.iter().filter(|entry| {
            matches!(entry.event, Event::ConsentMoved { step: PecStep::Revise, .. })
        });
        hold(steps.count() == n, || "not exactly once".to_owned())?;
    }
    let again = seen.before.embargo.em == Em::Revise
        && seen.has(|event| matches!(event, Event::RevisionProposed { .. }))
        && !seen.has(|event| matches!(event, Event::RevisionAccepted { .. }));
    let lapsed =
        seen.has(|event| matches!(event, Event::ConsentMoved { step: PecStep::Revise, .. }));
    hold(!again || !lapsed, || "lapsed again".to_owned())
}

fn i19_nobody_is_bound_when_it_has_ended(seen: &Seen) -> Result<(), String> {
    let case = seen.after();
    if case.embargo.em.in_force() {
        return Ok(());
    }
    let bound = case.participants.values().find(|them| them.pec != Pec::NoEmbargo);
    hold(bound.is_none(), || format!("{bound:?}"))
}

fn i20_who_agreed_is_never_invited(seen: &Seen) -> Result<(), String> {
    for (before, event, _) in seen.each() {
        if let Event::ConsentMoved { participant, step: PecStep::Invite } = event {
            let pec = before.participants[participant].pec;
            hold(pec != Pec::Signatory, || "invited".to_owned())?;
        }
    }
    Ok(())
}

fn i21_content_passes_the_gate_only(seen: &Seen) -> Result<(), String> {
    let case = seen.after();
    for them in case.engaged() {
        let Party::Organization(organization) = them.party else { continue };
        let actor = crate::Actor::Member(id(1), organization);
        let Some(View::Party(view)) = view_of(actor, case) else { continue };
        let content = !view.vulnerabilities.is_empty()
            || view.draft.is_some()
            || !view.fellows.is_empty()
            || view.messages.iter().any(|post| post.audience == Audience::Everyone)
            || view.attachments.values().any(|file| file.by != Some(them.id));
        let shut = !them.may_receive_content(case.embargo.em) && them.shown_until.is_none();
        hold(!(content && shut), || format!("{view:?}"))?;
    }
    Ok(())
}

fn i22_news_of_the_embargo_reaches_everyone_who_was_told(seen: &Seen) -> Result<(), String> {
    let ended = seen.has(|event| matches!(event, Event::EmbargoTerminated { .. }));
    if !ended {
        return Ok(());
    }
    let case = seen.after();
    let events: Vec<_> = seen.entries.iter().map(|entry| entry.event.clone()).collect();
    let letters = letters_of(case, &seen.hand, &events);
    for them in case.engaged().filter(|them| them.knows_of_it() && them.id != case.coordinator) {
        let to = Recipient::Participant(them.id);
        let heard = letters.iter().any(|letter| {
            letter.to == to && matches!(letter.matter, Matter::EmbargoEnded | Matter::NotePublished)
        });
        hold(heard, || format!("{:?} heard nothing", them.id))?;
    }
    Ok(())
}

fn i23_there_is_one_case_owner(seen: &Seen) -> Result<(), String> {
    let owns = |them: &&Participant| them.roles.contains(&Role::CaseOwner);
    let owners: Vec<_> = seen.after().participants.values().filter(owns).collect();
    let fine = owners.len() == 1 && owners.iter().all(|owner| owner.is_engaged());
    hold(fine, || format!("{owners:?}"))
}

fn i24_who_closes_or_leaves_ends_no_embargo(seen: &Seen) -> Result<(), String> {
    let gone = seen.has(|event| {
        matches!(
            event,
            Event::ParticipantLeft { .. }
                | Event::ParticipantRemoved { .. }
                | Event::RmMoved { step: RmStep::Close | RmStep::Defer, .. }
                | Event::CaseClosed { .. }
        )
    });
    let same = seen.before.embargo == seen.after().embargo;
    hold(!gone || same, || "the embargo moved".to_owned())
}

fn i25_the_team_hears_of_whatever_a_party_does(seen: &Seen) -> Result<(), String> {
    let events: Vec<_> = seen.entries.iter().map(|entry| entry.event.clone()).collect();
    let letters = letters_of(seen.after(), &seen.hand, &events);
    let by_party = matches!(seen.hand, Hand::Participant(_)) && !events.is_empty();
    let heard = letters.iter().any(|letter| letter.to == Recipient::Team);
    hold(!by_party || heard, || "the team heard nothing".to_owned())
}

fn i25_nobody_gets_the_same_news_twice_or_after_leaving(seen: &Seen) -> Result<(), String> {
    let case = seen.after();
    let events: Vec<_> = seen.entries.iter().map(|entry| entry.event.clone()).collect();
    let mut dates: BTreeMap<Recipient, usize> = BTreeMap::new();
    for letter in letters_of(case, &seen.hand, &events) {
        if let Recipient::Participant(participant) = letter.to {
            let them = &case.participants[&participant];
            hold(them.is_engaged() && them.knows_of_it(), || format!("{letter:?}"))?;
        }
        let of_the_date = matches!(
            letter.matter,
            Matter::EmbargoProposed { .. }
                | Matter::EmbargoAgreed { .. }
                | Matter::EmbargoEnded
                | Matter::VendorNotified
                | Matter::NotePublished
                | Matter::NoteWithdrawn
        );
        if of_the_date {
            *dates.entry(letter.to).or_default() += 1;
        }
    }
    let twice = dates.iter().find(|(_, n)| **n > 1);
    hold(twice.is_none(), || format!("{twice:?}"))
}

fn i27_what_was_said_once_is_there_once(seen: &Seen) -> Result<(), String> {
    let case = seen.after();
    let mut ids: Vec<_> = case.messages.iter().map(|post| post.id).collect();
    ids.sort_unstable();
    let n = ids.len();
    ids.dedup();
    hold(ids.len() == n, || "a message twice".to_owned())?;
    let decided = seen.before.observations.iter().all(|(id, was)| {
        let is = &case.observations[id];
        was.verdict == super::Verdict::Claimed || was == is
    });
    hold(decided, || "a decided observation changed".to_owned())
}

fn i30_a_party_names_only_who_wishes_to_be_named(seen: &Seen) -> Result<(), String> {
    use super::Visibility::Named;
    let case = seen.after();
    for n in [crate::story::ACME, crate::story::BOLT, crate::story::CRANE] {
        let Some(View::Party(view)) = view_of(member(n), case) else { continue };
        for organization in view.fellows.iter().filter_map(|fellow| fellow.organization) {
            let them = case.participant_of(organization).ok_or("nobody")?;
            hold(them.visibility == Named, || format!("{them:?}"))?;
        }
        let by = |by: Option<crate::ParticipantId>| {
            by.is_none_or(|by| by == view.me.id || by == case.coordinator)
        };
        let fine = view.messages.iter().all(|post| by(post.by))
            && view.attachments.values().all(|file| by(file.by));
        hold(fine, || format!("{view:?}"))?;
    }
    Ok(())
}

fn inv_23_nothing_is_published_before_its_instant(seen: &Seen) -> Result<(), String> {
    for (before, event, after) in seen.each() {
        if matches!(event, Event::NotePublished { .. }) {
            let due = before.publishes_at().ok_or("not armed")?;
            hold(due <= seen.now, || format!("due {due:?}"))?;
            let dated = after.note.revised_at.last().copied();
            let dated = dated.or(after.note.published.map(|(at, _)| at)).ok_or("not dated")?;
            hold((due..=seen.now).contains(&dated), || format!("dated {dated:?}"))?;
            hold(after.embargo.free().is_some(), || "in an embargo".to_owned())?;
            let set_aside = before.note.set_aside.contains(&crate::Rule::PublishInEmbargo);
            let end = seen.before.embargo.end().map(|end| end.at);
            let early = end.is_some_and(|end| end > seen.now);
            hold(!early || set_aside, || "early without a reason".to_owned())?;
        }
    }
    Ok(())
}

fn what_is_armed_is_worked_on(seen: &Seen) -> Result<(), String> {
    let case = seen.after();
    let ours = case.participants[&case.coordinator].rm;
    let fine = case.note.armed.is_none() || (ours == Rm::Accepted && case.closed.is_none());
    hold(fine, || format!("armed while {ours:?}"))
}

macro_rules! checks {
    ($($name:ident)*) => {
        pub(super) const CHECKS: &[(&str, Check)] = &[$((stringify!($name), $name),)*];

        mod alone {
            $(
                #[test]
                fn $name() {
                    super::alone(super::$name);
                }
            )*
        }
    };
}

checks! {
    i1_rm_moves_as_its_machine_does
    i1_consent_moves_as_its_machine_does
    i2_a_valid_report_is_never_closed
    i3_closed_is_the_end
    i4_vendors_are_told_of_accepted_reports_only
    s7_nobody_is_told_of_a_flaw_that_no_analyst_described
    i5_the_embargo_moves_as_its_machine_does
    i6_terms_are_there_exactly_while_it_is_in_force
    i7_the_old_terms_hold_until_others_are_agreed
    i8_the_end_lies_ahead_when_it_is_agreed
    i9_what_is_public_is_under_no_embargo
    i10_nothing_is_agreed_on_once_it_is_out
    i11_and_i1_a_fix_goes_forward_step_by_step
    i12_what_is_known_stays_known
    i13_vendors_know_what_the_public_knows
    i14_a_public_exploit_is_public
    i15_a_fix_comes_after_the_report_was_taken_on
    i16_a_vendor_with_the_report_is_aware
    i17_only_vendors_fix_and_only_deployers_deploy
    i18_a_first_revision_makes_all_consent_lapse
    i19_nobody_is_bound_when_it_has_ended
    i20_who_agreed_is_never_invited
    i21_content_passes_the_gate_only
    i22_news_of_the_embargo_reaches_everyone_who_was_told
    i23_there_is_one_case_owner
    i24_who_closes_or_leaves_ends_no_embargo
    i25_the_team_hears_of_whatever_a_party_does
    i25_nobody_gets_the_same_news_twice_or_after_leaving
    i27_what_was_said_once_is_there_once
    i30_a_party_names_only_who_wishes_to_be_named
    inv_23_nothing_is_published_before_its_instant
    what_is_armed_is_worked_on
}

/// One check over some sequences; all of them together over many more are in `properties`.
fn alone(check: Check) {
    let config = Config { cases: 48, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&(beginnings(), steps(40)), |(story, steps)| {
            play(story, &steps, |seen| check(seen).map_err(TestCaseError::fail))?;
            Ok(())
        })
        .unwrap();
}
