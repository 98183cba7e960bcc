//! What may happen in a run, one step at a time.

use std::time::Duration;

use app::Clock;
use app::duties::{Done, end_and_publish, prepare_notes};
use domain::access::admit;
use domain::embargo::{EndCause, ProposalReason};
use domain::note::When;
use domain::{Actor, Asked, Case, Instant, Timestamp};
use jiff::SignedDuration;
use store::Fault;
use tokio::task::JoinSet;

use crate::chance::Chance;
use crate::world::{Pause, World, n_public};

impl World {
    /// Something happens.
    pub(crate) async fn step(&mut self, chance: &mut Chance) {
        let which = chance.index(self.nodes.len());
        match chance.below(27) {
            0..=5 => self.run(which).await,
            6 | 7 => self.run_together().await,
            8 => self.run_and_give_up(which, chance).await,
            9..=13 => self.pass(chance).await,
            14 => self.nodes[which].clock.put_ahead(0),
            15 => self.nodes[which].clock.put_ahead(chance.stretch()),
            16 => self.nodes[which].clock.put_ahead(-chance.stretch()),
            17 => self.crash(which),
            18 => self.lay_fault(which, chance),
            19 => self.move_embargo(which, chance).await,
            20 => self.end_embargo(which).await,
            21 => self.hold(which).await,
            22..=24 => self.somebody_approves(which, chance).await,
            25 => drop(self.write_draft(which).await),
            _ => drop(prepare_notes(&self.nodes[which].site.duty()).await),
        }
    }

    /// The duty runs on one node. What it must have done follows from the case as it was, and
    /// from the earlier one of two clocks.
    pub(crate) async fn run(&mut self, which: usize) {
        let before = self.case().await;
        let wanted = self.wanted(&before, which);
        let done = end_and_publish(&self.nodes[which].site.duty()).await.unwrap();
        let after = self.case().await;
        let went_out = n_public(&after) - n_public(&before);
        assert!(went_out == 0 || self.is_time(&before), "it went out before its instant");
        if done.failed == 0 {
            assert!(!wanted.refused, "a rule was passed over");
            assert_eq!(went_out, u32::from(wanted.publishes), "one run brings it out, once");
            assert!(!wanted.acts || after.version > before.version);
            self.pause = if wanted.acts { None } else { self.pause };
            return;
        }
        let asked = wanted.acts && (wanted.refused || self.faults_laid > 0);
        assert!(asked, "it failed unasked: {wanted:?} {:?} {:?}", self.pause, before.note.armed);
        // What was kept before the connection broke has also forgotten the pause there was.
        let kept = after.version > before.version;
        assert!(went_out == 0 || kept);
        let seconds = match self.pause {
            Some(pause) if !kept => (pause.seconds * 2).min(300),
            Some(_) | None => 1,
        };
        let until = wanted.agreed.checked_add(SignedDuration::from_secs(seconds)).unwrap();
        self.pause = Some(Pause { seconds, until });
    }

    /// The duty runs on all nodes at once.
    async fn run_together(&mut self) {
        self.take_faults_back();
        let before = self.case().await;
        let wanted: Vec<_> = (0..self.nodes.len()).map(|n| self.wanted(&before, n)).collect();
        if wanted.iter().any(|wanted| wanted.refused) {
            return;
        }
        let mut all = JoinSet::new();
        for node in &self.nodes {
            let ctx = node.site.duty();
            all.spawn(async move { end_and_publish(&ctx).await.unwrap() });
        }
        let done: Vec<Done> = all.join_all().await;
        assert!(done.iter().all(|done| done.failed == 0), "who is second does nothing: {done:?}");
        let after = self.case().await;
        let went_out = n_public(&after) - n_public(&before);
        assert!(went_out == 0 || self.is_time(&before), "it went out before its instant");
        assert_eq!(went_out, u32::from(wanted.iter().any(|wanted| wanted.publishes)));
        if wanted.iter().any(|wanted| wanted.acts) {
            self.pause = None;
        }
    }

    /// The duty runs, and whoever waits for it goes away in the middle.
    async fn run_and_give_up(&mut self, which: usize, chance: &mut Chance) {
        self.take_faults_back();
        let patience = Duration::from_micros(chance.below(4000));
        let before = self.case().await;
        let wanted = self.wanted(&before, which);
        if wanted.refused || self.spread {
            return;
        }
        let ctx = self.nodes[which].site.duty();
        drop(tokio::time::timeout(patience, end_and_publish(&ctx)).await);
        // What had begun is over when the next transaction is.
        let next = self.nodes[which].site.store.write(|_| Ok::<_, store::StoreError>(()));
        next.await.unwrap();
        let after = self.case().await;
        assert!(n_public(&after) - n_public(&before) <= u32::from(wanted.publishes));
        if after.version > before.version {
            self.pause = None;
        }
    }

    fn wanted(&self, case: &Case, which: usize) -> Wanted {
        let agreed = self.clock.now().min(self.nodes[which].clock.now());
        let due = case.publishes_at().is_some_and(|at| at <= agreed);
        let over = case.embargo.end().is_some_and(|end| end.at <= agreed);
        let paused = self.pause.is_some_and(|pause| pause.until > agreed);
        let acts = (due || over) && !paused;
        let me = admit(Actor::Server, case).unwrap();
        let allowed = case.publish(&me, &Asked::at(agreed)).is_ok();
        let publishes = acts && due && allowed;
        Wanted { agreed, acts, publishes, refused: acts && due && !allowed }
    }

    /// Whether the instant of its note has come, by the clock of the database.
    fn is_time(&self, case: &Case) -> bool {
        case.publishes_at().is_some_and(|at| at <= self.clock.now())
    }

    /// Time passes: most often to somewhere about the instant, if there is one.
    async fn pass(&mut self, chance: &mut Chance) {
        let case = self.case().await;
        let ahead = SignedDuration::from_micros(chance.stretch());
        let (now, place) = (self.clock.now(), chance.below(5));
        let due = case.publishes_at().or_else(|| case.embargo.end().map(|end| end.at));
        let to = match (due.filter(|due| *due > now), place) {
            (Some(due), 0 | 1) => due.checked_sub(ahead).unwrap().max(now),
            (Some(due), 2) => due.checked_sub(SignedDuration::from_micros(1)).unwrap(),
            (Some(due), 3) => due,
            (Some(due), _) => due.checked_add(ahead).unwrap(),
            (None, _) => now.checked_add(ahead).unwrap(),
        };
        self.clock.set(to);
    }

    /// What the node had in memory is gone.
    fn crash(&mut self, which: usize) {
        self.nodes[which].router = web::router(self.nodes[which].site.clone());
    }

    fn lay_fault(&mut self, which: usize, chance: &mut Chance) {
        let after = u32::try_from(chance.below(30)).unwrap();
        let faults = [Fault::After(after), Fault::BeforeCommit, Fault::AfterCommit];
        let fault = chance.pick(&faults);
        self.nodes[which].site.store.fail_next_write(Some(fault));
        self.faults_laid += 1;
    }

    /// Another end of the embargo, sooner or later.
    async fn move_embargo(&mut self, which: usize, chance: &mut Chance) {
        let lead = self.person(which, 1);
        let end = lead.now().checked_add(SignedDuration::from_micros(chance.stretch())).unwrap();
        let (id, reason) = (self.case, ProposalReason::FixTiming);
        let Ok(proposal) = app::embargo::propose(&lead, id, Instant::utc(end), reason).await else {
            return;
        };
        let armed = self.case().await.note.armed;
        if app::embargo::accept(&lead, id, proposal).await.is_ok() {
            let case = self.case().await;
            assert_eq!(case.embargo.end().map(|end| end.at), Some(end));
            if armed.is_some_and(|armed| armed.when == When::EmbargoEnds) {
                let goes_out = case.publishes_at();
                assert!(goes_out >= Some(end), "it goes out wherever the end moves: {goes_out:?}");
            }
        }
    }

    async fn end_embargo(&mut self, which: usize) {
        let lead = self.person(which, 1);
        if app::embargo::end(&lead, self.case, EndCause::Other).await.is_ok() {
            let case = self.case().await;
            assert_eq!(case.embargo.end(), None);
            if case.note.armed.as_ref().is_some_and(|armed| armed.when == When::EmbargoEnds) {
                assert!(case.publishes_at().is_some(), "it goes out at once");
            }
        }
    }

    async fn hold(&mut self, which: usize) {
        if app::note::hold(&self.person(which, 0), self.case).await.is_ok() {
            assert_eq!(self.case().await.publishes_at(), None, "what is held does not go out");
        }
    }

    /// Somebody approves, and half of the time the other as well: the instant that another has approved already, or one of their own.
    async fn somebody_approves(&mut self, which: usize, chance: &mut Chance) {
        let (who, both) = (chance.index(2), chance.below(2));
        let (place, own) = (chance.below(6), chance.stretch());
        let now = self.nodes[which].clock.now();
        let instant =
            |micros| Instant::utc(now.checked_add(SignedDuration::from_micros(micros)).unwrap());
        let before = self.case().await.note.approved_for;
        let when = match (before, place) {
            (Some(before), 1..) => before,
            (_, 0 | 1) => When::At(instant(own)),
            (_, 2) => When::At(instant(-own)),
            (None, _) => When::EmbargoEnds,
        };
        drop(self.approve(which, who, when.clone()).await);
        if both == 0 {
            drop(self.approve(which, 1 - who, when).await);
        }
    }

    pub(crate) fn take_faults_back(&mut self) {
        for node in &self.nodes {
            node.site.store.fail_next_write(None);
        }
        self.faults_laid = 0;
    }
}

/// What a run of the duty must come to.
#[derive(Debug)]
struct Wanted {
    /// The time on which the node and the database agree.
    agreed: Timestamp,
    /// It takes up the case.
    acts: bool,
    /// It publishes the note.
    publishes: bool,
    /// A rule stands against that.
    refused: bool,
}
