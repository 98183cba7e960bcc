//! Runs what the server does unasked: by the clock, and as soon as something was committed. A duty
//! that fails or panics is logged and counted, and runs again; none keeps another waiting.
//!
//! Several servers on one database may run all of them: a case that another server was faster with
//! is left alone, and a letter is in one server's hands at a time.

use std::sync::Arc;
use std::time::Duration;

use app::duties::{self, Done};
use app::{Ctx, Site, channel, records, security_txt, service_key};
use domain::Timestamp;
use store::Tx;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use crate::meters::{Meters, Outcome};
use crate::serve::stopped;

/// Dates are looked at as often as this, even if nobody says that one has moved.
const DATES_HEARTBEAT: Duration = Duration::from_secs(1);

/// Files of notes are looked at this often, even if nobody says that a case has gone on.
const FILES_HEARTBEAT: Duration = Duration::from_secs(30);

/// Letters that were put off are looked for this often.
const LETTERS_HEARTBEAT: Duration = Duration::from_secs(5);

/// What goes out by channels and was in the hands of a node that died is looked for this often.
const DISPATCHES_HEARTBEAT: Duration = Duration::from_secs(30);

/// A copy of the public site that failed is tried again this often, if its pause is over.
const MIRROR_HEARTBEAT: Duration = Duration::from_secs(30);

/// Whether channels could do their part is looked at this often.
const CHANNELS_HEARTBEAT: Duration = Duration::from_mins(10);

/// Whether a record elsewhere is to be looked for is looked at this often.
const RECORDS_HEARTBEAT: Duration = Duration::from_secs(10);

/// Silence is measured in days, and so is what runs out.
const SLOW_HEARTBEAT: Duration = Duration::from_hours(1);

/// What is done unasked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Duty {
    PrepareNotes,
    EndAndPublish,
    SendLetters,
    CarryDispatches,
    LookAtChannels,
    MirrorSite,
    RemindSilentVendors,
    CountSilence,
    ForgetWhatRanOut,
    SweepBlobs,
    KeepServiceKey,
    KeepPublicLists,
    LookAtRecords,
}

/// Whether there is anybody to hand letters to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Letters {
    /// There is a relay.
    AreSent,
    /// There is none: trying would only use up their tries.
    Wait,
}

/// The running duties.
pub(crate) struct Duties(JoinSet<()>);

impl Duties {
    /// Starts them.
    pub(crate) fn start(
        site: &Site,
        meters: &Arc<Meters>,
        stopping: &watch::Receiver<()>,
        letters: Letters,
    ) -> Self {
        let mut all = JoinSet::new();
        for &duty in Duty::ALL {
            if duty == Duty::SendLetters && letters == Letters::Wait {
                continue;
            }
            let keeper = Keeper { duty, site: site.clone(), meters: Arc::clone(meters) };
            let stopping = stopping.clone();
            all.spawn(async move { keeper.keep(stopping).await });
        }
        Self(all)
    }

    /// Waits until each has ended what it was doing; the stop was said elsewhere.
    pub(crate) async fn ended(mut self) {
        while self.0.join_next().await.is_some() {}
    }
}

impl Duty {
    const ALL: &[Self] = &[
        Self::PrepareNotes,
        Self::EndAndPublish,
        Self::SendLetters,
        Self::CarryDispatches,
        Self::LookAtChannels,
        Self::MirrorSite,
        Self::RemindSilentVendors,
        Self::CountSilence,
        Self::ForgetWhatRanOut,
        Self::SweepBlobs,
        Self::KeepServiceKey,
        Self::KeepPublicLists,
        Self::LookAtRecords,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::PrepareNotes => "prepare_notes",
            Self::EndAndPublish => "end_and_publish",
            Self::SendLetters => "send_letters",
            Self::CarryDispatches => "carry_dispatches",
            Self::LookAtChannels => "look_at_channels",
            Self::MirrorSite => "mirror_site",
            Self::RemindSilentVendors => "remind_silent_vendors",
            Self::CountSilence => "count_silence",
            Self::ForgetWhatRanOut => "forget_what_ran_out",
            Self::SweepBlobs => "sweep_blobs",
            Self::KeepServiceKey => "keep_service_key",
            Self::KeepPublicLists => "keep_public_lists",
            Self::LookAtRecords => "look_at_records",
        }
    }

    async fn once(self, ctx: Ctx) -> app::Result<Done> {
        match self {
            Self::PrepareNotes => duties::prepare_notes(&ctx).await,
            Self::EndAndPublish => duties::end_and_publish(&ctx).await,
            Self::SendLetters => duties::send_letters(&ctx).await,
            Self::CarryDispatches => duties::carry_dispatches(&ctx).await,
            Self::LookAtChannels => channel::look_at_channels(&ctx).await,
            Self::MirrorSite => duties::mirror_site(&ctx).await,
            Self::RemindSilentVendors => duties::remind_silent_vendors(&ctx).await,
            Self::CountSilence => duties::count_silence(&ctx).await,
            Self::ForgetWhatRanOut => duties::forget_what_ran_out(&ctx).await,
            Self::SweepBlobs => duties::sweep_blobs(&ctx).await,
            // What is signed with the key comes after it.
            Self::KeepServiceKey => {
                let key = service_key::keep_service_key(&ctx).await?;
                let file = security_txt::keep_security_txt(&ctx).await?;
                Ok(Done { done: key.done + file.done, ..Done::default() })
            }
            Self::KeepPublicLists => duties::keep_public_lists(&ctx).await,
            Self::LookAtRecords => records::look_at_records(&ctx).await,
        }
    }
}

/// Keeps one duty done.
struct Keeper {
    duty: Duty,
    site: Site,
    meters: Arc<Meters>,
}

impl Keeper {
    async fn keep(&self, stopping: watch::Receiver<()>) {
        let mut committed = self.site.store.committed();
        loop {
            committed.mark_unchanged();
            let began = self.agreed_now().await;
            self.run().await;
            tokio::select! {
                () = stopped(stopping.clone()) => return,
                () = self.rest(began, &mut committed) => {}
            }
        }
    }

    /// Runs the duty once, and counts what came of it.
    async fn run(&self) {
        let name = self.duty.name();
        let outcome = ended(name, self.duty.once(self.site.duty())).await;
        self.meters.count_run(name, outcome);
    }

    /// Waits until there may be something to do.
    async fn rest(&self, began: Timestamp, committed: &mut watch::Receiver<u64>) {
        match self.duty {
            Duty::EndAndPublish => {
                let pause = self.until_next_due(began).await;
                tokio::select! {
                    () = sleep(pause) => {}
                    () = hint(committed) => {}
                }
            }
            Duty::PrepareNotes => {
                tokio::select! {
                    () = sleep(FILES_HEARTBEAT) => {}
                    () = hint(committed) => {}
                }
            }
            Duty::SendLetters => self.until_new_letters(committed).await,
            Duty::CarryDispatches => self.until_a_dispatch_is_due(committed).await,
            Duty::LookAtChannels => sleep(CHANNELS_HEARTBEAT).await,
            Duty::MirrorSite => self.until_another_edition(committed).await,
            Duty::RemindSilentVendors
            | Duty::CountSilence
            | Duty::ForgetWhatRanOut
            | Duty::SweepBlobs
            | Duty::KeepServiceKey
            | Duty::KeepPublicLists => sleep(SLOW_HEARTBEAT).await,
            Duty::LookAtRecords => sleep(RECORDS_HEARTBEAT).await,
        }
    }

    /// Until the next date after the last run began, exactly, if it comes before the next look.
    async fn until_next_due(&self, began: Timestamp) -> Duration {
        // If it cannot be told, the run itself will say what is wrong.
        let next = self.site.store.read(move |tx| tx.next_due_after(began)).await;
        let Ok(Some(due)) = next else { return DATES_HEARTBEAT };
        let left = due.duration_since(self.agreed_now().await);
        Duration::try_from(left).unwrap_or(Duration::ZERO).min(DATES_HEARTBEAT)
    }

    /// The time by which the dates are kept.
    async fn agreed_now(&self) -> Timestamp {
        self.site.agreed_now().await.unwrap_or_else(|_| self.site.clock.now())
    }

    /// Until more letters wait than the last run left, or some that were put off may be tried.
    ///
    /// Looking for letters to send is itself a commit, so a hint alone must not lead to a run: two
    /// servers would keep waking each other.
    async fn until_new_letters(&self, committed: &mut watch::Receiver<u64>) {
        let heartbeat = Instant::now() + LETTERS_HEARTBEAT;
        let mut left = self.letters_waiting().await;
        loop {
            tokio::select! {
                () = sleep_until(heartbeat) => return,
                () = hint(committed) => {
                    let waiting = self.letters_waiting().await;
                    if waiting > left {
                        return;
                    }
                    left = waiting;
                }
            }
        }
    }

    /// Until something may go out that was not in another node's hands a moment ago. Settling one is
    /// itself a commit, so a hint leads to a look, and to a run only if something is due.
    async fn until_a_dispatch_is_due(&self, committed: &mut watch::Receiver<u64>) {
        let heartbeat = Instant::now() + DISPATCHES_HEARTBEAT;
        loop {
            let next = self.site.store.read(|tx: &mut Tx| tx.next_dispatch_at()).await;
            let left = match next {
                Ok(Some(at)) => at.duration_since(self.site.clock.now()),
                Ok(None) | Err(_) => jiff::SignedDuration::MAX,
            };
            let due = Instant::now()
                + Duration::try_from(left).unwrap_or(Duration::ZERO).min(DISPATCHES_HEARTBEAT);
            tokio::select! {
                () = sleep_until(due.min(heartbeat)) => return,
                () = hint(committed) => {}
            }
        }
    }

    /// Until what is public has changed, or a copy of it that failed may be tried again.
    async fn until_another_edition(&self, committed: &mut watch::Receiver<u64>) {
        let heartbeat = Instant::now() + MIRROR_HEARTBEAT;
        let door = self.site.public();
        let before = door.edition().await.ok();
        loop {
            tokio::select! {
                () = sleep_until(heartbeat) => return,
                () = hint(committed) => {
                    if door.edition().await.ok() != before {
                        return;
                    }
                }
            }
        }
    }

    async fn letters_waiting(&self) -> i64 {
        let now = self.site.clock.now();
        let waiting = self.site.store.read(move |tx: &mut Tx| tx.letters_waiting(now)).await;
        waiting.map_or(i64::MAX, |(n_waiting, _)| n_waiting)
    }
}

/// What came of a run, in a task of its own: what panics there ends there.
async fn ended(
    duty: &'static str,
    run: impl Future<Output = app::Result<Done>> + Send + 'static,
) -> Outcome {
    match tokio::spawn(run).await {
        Ok(Ok(done)) => {
            if done != Done::default() {
                tracing::info!(duty, done = done.done, failed = done.failed, "did");
            }
            Outcome::Ran(done)
        }
        Ok(Err(error)) => {
            tracing::error!(duty, error = &error as &dyn std::error::Error, "failed");
            Outcome::Failed
        }
        Err(error) => {
            tracing::error!(duty, panicked = error.is_panic(), "broke off");
            Outcome::Panicked
        }
    }
}

/// Ends when something was committed; never once the store is gone.
async fn hint(committed: &mut watch::Receiver<u64>) {
    if committed.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests;
