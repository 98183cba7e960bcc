//! The world a verb runs in: the rows, the keys, the time, chance, the post.

use std::sync::Arc;

use domain::journal::Via;
use domain::{Actor, Asked, Rule, Timestamp};
use jiff::SignedDuration;
use outside::smtp::Post;
use store::{Blobs, PublicStore, Store, Tx, Vault};
use uuid::Uuid;

use crate::channel::Outlets;
use crate::cve::Cna;
use crate::secret::Hashing;
use crate::{Desk, Result};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The time.
    fn now(&self) -> Timestamp;

    /// How far this clock is ahead of another, which showed `other` just now.
    fn ahead_of(&self, other: Timestamp) -> SignedDuration {
        self.now().duration_since(other)
    }
}

/// Draws at random.
pub trait Random: Send + Sync {
    /// Fills the bytes with what nobody can foresee.
    fn fill(&self, bytes: &mut [u8]);
}

/// What an operator says of the server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The name of the team, as people read it.
    pub site_name: String,
    /// The address of the server in links, without a slash at the end.
    pub base_url: String,
    /// The address letters come from.
    pub from_address: String,
    /// Where letters to the team go.
    pub team_address: Option<String>,
    /// The name of this process among the nodes of one database.
    pub node: String,
    /// Whether the team may work without a second factor.
    pub second_factor: SecondFactor,
    /// As which CNA the team assigns CVE IDs, if it is one.
    pub cna: Option<Cna>,
    /// The number of the team as a numbering authority of GCVE, if it is one.
    pub gna: Option<u32>,
}

/// Whether people of the team may work with a password alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFactor {
    /// Nobody does: who has no second factor can only set one up (S2 of the threats).
    Required,
    /// They may. For a world that is made up, where there is nothing to protect.
    Optional,
}

/// Everything one server is made of.
#[derive(Clone)]
pub struct Site {
    /// The rows.
    pub store: Store,
    /// Where large things lie.
    pub blobs: Blobs,
    /// The keys.
    pub vault: Vault,
    /// A secret that passwords and receipts are hashed with.
    pub pepper: Arc<[u8; 32]>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub random: Arc<dyn Random>,
    /// The post.
    pub post: Arc<dyn Post>,
    /// What the operator says.
    pub settings: Arc<Settings>,
    /// The line in which slow hashes wait.
    pub hashing: Arc<Hashing>,
    /// What published notes go out through, besides the pages of this server.
    pub outlets: Arc<Outlets>,
}

/// One thing being done: in this world, at this time, on behalf of someone.
#[derive(Clone)]
pub struct Ctx {
    site: Site,
    actor: Actor,
    via: Via,
    now: Timestamp,
    /// When letters that are written now may be sent.
    post_at: Timestamp,
    proved_at: Option<Timestamp>,
    overrides: Vec<(Rule, String)>,
}

/// The resolution of times that must not give anybody away.
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// The beginning of the hour, in UTC, in which something happens.
pub fn hour_of(at: Timestamp) -> Timestamp {
    let hour = HOUR.as_secs();
    Timestamp::from_second(at.as_second().div_euclid(hour) * hour).unwrap_or(Timestamp::UNIX_EPOCH)
}

impl Site {
    /// Starts to do something on behalf of `actor`.
    pub fn ctx(&self, actor: Actor, via: Via) -> Ctx {
        let now = self.clock.now();
        let (site, overrides) = (self.clone(), vec![]);
        Ctx { site, actor, via, now, post_at: now, proved_at: None, overrides }
    }

    /// The way to what everyone may read, and to nothing else.
    pub fn public(&self) -> PublicStore {
        self.store.public()
    }

    /// The time by which it is decided what may be told: the earlier one of this node's clock and
    /// the database's. A clock that is wrong alone may hold a note up, and never brings one forward.
    pub async fn agreed_now(&self) -> Result<Timestamp> {
        let here = self.clock.now();
        let there = self.store.read(Tx::database_clock).await?;
        Ok(there.map_or(here, |there| there.min(here)))
    }

    /// Starts to do something that nobody asked for.
    pub fn duty(&self) -> Ctx {
        self.ctx(Actor::Server, Via::Timer)
    }
}

impl Ctx {
    /// On whose behalf.
    pub fn actor(&self) -> Actor {
        self.actor
    }

    /// By which way.
    pub fn via(&self) -> Via {
        self.via
    }

    /// The one time at which all of this happens.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The world.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The same on behalf of another.
    #[must_use]
    pub fn acting_as(mut self, actor: Actor) -> Self {
        self.actor = actor;
        self
    }

    /// The actor proved at this time, with password and code, who they are.
    #[must_use]
    pub fn proved(mut self, at: Option<Timestamp>) -> Self {
        self.proved_at = at;
        self
    }

    /// Sets a rule aside for this one step, with the reason that will be kept (S64).
    #[must_use]
    pub fn setting_aside(mut self, rule: Rule, reason: String) -> Self {
        self.overrides.push((rule, reason));
        self
    }

    /// The same at the beginning of this hour, or when the case last moved if that is later: for
    /// whoever must not be found by when they did something (INV-5). Letters that follow wait for
    /// the end of the hour, since when one is sent is seen on its way and written down.
    #[must_use]
    pub fn by_the_hour(mut self, last: Option<Timestamp>) -> Self {
        let hour = hour_of(self.now);
        self.post_at = hour.checked_add(HOUR).unwrap_or(Timestamp::MAX);
        self.now = last.map_or(hour, |last| last.max(hour)).min(self.now);
        self
    }

    /// The same, no later than this.
    pub(crate) fn no_later_than(mut self, time: Timestamp) -> Self {
        self.now = self.now.min(time);
        self.post_at = self.now;
        self
    }

    /// When letters that are written now may be sent.
    pub(crate) fn post_at(&self) -> Timestamp {
        self.post_at
    }

    /// A new id, which sorts by time.
    pub fn fresh<T: From<Uuid>>(&self) -> T {
        let mut chance = [0; 10];
        self.site.random.fill(&mut chance);
        let millis = u64::try_from(self.now.as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &chance).into_uuid().into()
    }

    /// Runs a transaction that may write: all of it is kept, or nothing.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Desk<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let ctx = self.clone();
        self.site.store.write(move |tx: &mut Tx| work(&mut Desk::new(tx, ctx))).await
    }

    /// Runs a transaction that only looks.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Desk<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let ctx = self.clone();
        self.site.store.read(move |tx: &mut Tx| work(&mut Desk::new(tx, ctx))).await
    }

    pub(crate) fn proved_at(&self) -> Option<Timestamp> {
        self.proved_at
    }

    pub(crate) fn overrides(&self) -> &[(Rule, String)] {
        &self.overrides
    }

    pub(crate) fn plain(&self) -> Asked {
        Asked::at(self.now)
    }
}
