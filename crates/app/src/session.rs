//! Who is there: logging in with password and one-time code, staying logged in, showing again who
//! one is, logging out.
//!
//! Guessing is slowed down by counting tries. A stranger's tries are counted for the address and
//! for all addresses together; those of a browser in which its owner has logged in before are
//! counted for that browser, so that no stranger can keep an owner out.

use domain::{AccountId, Actor, CaseId, ParticipantId, StaffRole, Timestamp};
use jiff::SignedDuration;
use store::{Account, Session};

use crate::account::factor::is_code;
use crate::{Ctx, Desk, Error, Result, SecondFactor, Site, secret};

/// How long a session lasts without a click.
const IDLE: SignedDuration = SignedDuration::from_mins(30);

/// How long a session lasts at most.
const LONGEST: SignedDuration = SignedDuration::from_hours(12);

/// How long a proof of who one is counts for what asks for one (S4 of the threats).
const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// Tries for one address, one known browser or one session in one window.
const TRIES: i64 = 10;

/// Tries of strangers for all addresses in one window.
const TRIES_OF_ALL: i64 = 300;

/// The window in which tries are counted.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// Somebody who is logged in.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their account.
    pub account: AccountId,
    /// Their name.
    pub name: String,
    /// What they are to the team, if they belong to it and may work.
    pub staff: Option<StaffRole>,
    /// How far they are let in.
    pub standing: Standing,
    /// On whose behalf they act.
    pub actor: Actor,
    /// When they last showed who they are.
    pub proved_at: Option<Timestamp>,
    /// The hash of their session's secret.
    session: [u8; 32],
}

/// How far somebody who is logged in is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// As far as their role goes.
    Full,
    /// To their own account only, until they have a second factor (S2 of the threats).
    MustEnrol,
}

/// What somebody types to show who they are.
#[derive(Clone)]
pub struct Proof {
    /// The password.
    pub password: String,
    /// A code of the second factor, or a recovery code.
    pub code: String,
}

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The hash of its secret.
    pub hash: [u8; 32],
    /// Since when.
    pub created_at: Timestamp,
    /// When something was last asked with it.
    pub seen_at: Timestamp,
    /// Which one it is to who looks.
    pub place: Place,
}

/// Whether a session is the one in which somebody looks at the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It is.
    Here,
    /// It is another.
    Elsewhere,
}

/// Logs in. The answer to a wrong address, password or code is the same, and takes as long.
pub async fn log_in(ctx: &Ctx, address: String, password: String, code: String) -> Result<String> {
    let address = store::normalised_address(&address);
    count_try(ctx, "login".to_owned(), TRIES_OF_ALL).await?;
    count_try(ctx, format!("login {address}"), TRIES).await?;
    begin(ctx, address, Proof { password, code }).await
}

/// Logs in from a browser that has a mark from an earlier time. A mark that is not for this
/// address is none.
pub async fn log_in_again(ctx: &Ctx, mark: &str, address: String, proof: Proof) -> Result<String> {
    let address = store::normalised_address(&address);
    let Some(browser) = secret::name_of_browser(ctx.site(), mark, &address) else {
        return log_in(ctx, address, proof.password, proof.code).await;
    };
    count_try(ctx, format!("browser {browser}"), TRIES).await?;
    begin(ctx, address, proof).await
}

/// A mark for a browser in which the owner of an address has just logged in.
pub fn mark_of_browser(site: &Site, address: &str) -> String {
    secret::mark_of_browser(site, &store::normalised_address(address))
}

async fn begin(ctx: &Ctx, address: String, proof: Proof) -> Result<String> {
    let account = ctx.read(move |desk| Ok(desk.tx().account_by_address(&address)?)).await?;
    let account = account.filter(|account| account.disabled_at.is_none());
    let kept = account.as_ref().map(|account| account.password.as_str());
    let right = secret::is_password(ctx.site(), &proof.password, kept).await?;
    let account = account.filter(|_| right).ok_or(Error::Unknown)?;
    let link = secret::link(ctx.site());
    let hash = link.hash;
    ctx.write(move |desk| {
        if !is_code(desk, &account, &proof.code)? {
            return Err(Error::Unknown);
        }
        let now = desk.ctx().now();
        let session = Session {
            account: account.id,
            created_at: now,
            seen_at: now,
            expires_at: after(now, LONGEST),
            stepped_up_at: Some(now),
            organization: None,
        };
        Ok(desk.tx().keep_session(hash, &session)?)
    })
    .await?;
    Ok(link.secret)
}

/// Who holds a session, if it is still good. Every look keeps it awake.
pub async fn person(site: &Site, cookie: &str) -> Result<Option<Person>> {
    let hash = secret::hash_of_link(cookie);
    let now = site.clock.now();
    let found = site.store.read(move |tx| tx.session_of(&hash, now)).await?;
    let Some((session, account)) = found.filter(|(session, _)| is_awake(session, now)) else {
        return Ok(None);
    };
    if after(session.seen_at, SignedDuration::from_mins(1)) <= now {
        site.store.write(move |tx| tx.touch_session(&hash, now)).await?;
    }
    let standing = standing(site, &account);
    let staff = account.staff.filter(|_| standing == Standing::Full);
    let actor = match (staff, session.organization) {
        (Some(role), None) => Actor::Staff(account.id, role),
        (_, Some(organization)) => Actor::Member(account.id, organization),
        (None, None) => Actor::Anyone,
    };
    let (account, name, proved_at) = (account.id, account.name, session.stepped_up_at);
    Ok(Some(Person { account, name, staff, standing, actor, proved_at, session: hash }))
}

fn standing(site: &Site, account: &Account) -> Standing {
    match site.settings.second_factor {
        SecondFactor::Required if account.staff.is_some() && !account.has_totp => {
            Standing::MustEnrol
        }
        SecondFactor::Required | SecondFactor::Optional => Standing::Full,
    }
}

/// Shows again who one is. The session goes on under a new secret, which is returned.
pub async fn prove(ctx: &Ctx, me: &Person, proof: Proof) -> Result<String> {
    let (secret, ()) = proving(ctx, me, proof, |_, _, _| Ok(())).await?;
    Ok(secret)
}

/// Does something for somebody who shows with it who they are: in the transaction that uses the
/// code up and gives their session a new secret, which is returned. `work` gets the account and
/// the hash of the session.
pub(crate) async fn proving<T: Send + 'static>(
    ctx: &Ctx,
    me: &Person,
    proof: Proof,
    work: impl FnOnce(&mut Desk<'_>, &Account, &[u8; 32]) -> Result<T> + Send + 'static,
) -> Result<(String, T)> {
    let (id, session) = (me.account, me.session);
    count_try(ctx, format!("prove {}", domain::journal::hex(&session)), TRIES).await?;
    let kept = ctx.read(move |desk| desk.tx().account(id)?.ok_or(Error::NotFound)).await?;
    if !secret::is_password(ctx.site(), &proof.password, Some(&kept.password)).await? {
        return Err(not_proved());
    }
    let link = secret::link(ctx.site());
    let hash = link.hash;
    let done = ctx.write(move |desk| {
        let account = desk.tx().account(id)?.ok_or(Error::NotFound)?;
        if account.password != kept.password || !is_code(desk, &account, &proof.code)? {
            return Err(not_proved());
        }
        let now = desk.ctx().now();
        desk.tx().renew_session(&session, hash, now)?;
        work(desk, &account, &hash)
    });
    Ok((link.secret, done.await?))
}

fn not_proved() -> Error {
    Error::invalid("password", "The password or the code is not right. Each code works once.")
}

/// The sessions of somebody that are still good, newest first.
pub async fn sessions(ctx: &Ctx, me: &Person) -> Result<Vec<Seen>> {
    let (id, here) = (me.account, me.session);
    let mut all = ctx.read(move |desk| Ok(desk.tx().sessions_of(id)?)).await?;
    all.retain(|(_, session)| is_awake(session, ctx.now()) && ctx.now() < session.expires_at);
    let seen = all.into_iter().map(|(hash, session)| Seen {
        hash,
        created_at: session.created_at,
        seen_at: session.seen_at,
        place: if hash == here { Place::Here } else { Place::Elsewhere },
    });
    Ok(seen.collect())
}

/// Ends one of the own sessions.
pub async fn end(ctx: &Ctx, me: &Person, hash: [u8; 32]) -> Result<()> {
    let id = me.account;
    ctx.write(move |desk| Ok(desk.tx().end_session_of(id, &hash)?)).await
}

/// Ends every own session but this one.
pub async fn end_others(ctx: &Ctx, me: &Person) -> Result<()> {
    let (id, here) = (me.account, me.session);
    ctx.write(move |desk| Ok(desk.tx().end_other_sessions(id, &here)?)).await
}

/// For whom the holder of a link speaks: a link of a letter, or the room behind a receipt.
pub async fn bearer(site: &Site, secret: &str) -> Result<Option<(CaseId, ParticipantId)>> {
    let hash = secret::hash_of_link(secret);
    let now = site.clock.now();
    Ok(site.store.read(move |tx| tx.link(&hash, now)).await?)
}

/// Logs out.
pub async fn log_out(site: &Site, cookie: &str) -> Result<()> {
    let hash = secret::hash_of_link(cookie);
    Ok(site.store.write(move |tx| tx.end_session(&hash)).await?)
}

/// Counts a try of something that can be guessed, and refuses when there were too many.
pub async fn count_try(ctx: &Ctx, what: String, at_most: i64) -> Result<()> {
    let window = WINDOW.as_secs();
    let start = ctx.now().as_second().div_euclid(window) * window;
    let start = Timestamp::from_second(start).unwrap_or(Timestamp::UNIX_EPOCH);
    count(ctx, what, start, at_most).await
}

/// The same by the hour, for tries of people who must not be found by when they came (INV-5).
pub async fn count_try_by_the_hour(ctx: &Ctx, what: String, at_most: i64) -> Result<()> {
    count(ctx, what, crate::hour_of(ctx.now()), at_most).await
}

async fn count(ctx: &Ctx, what: String, start: Timestamp, at_most: i64) -> Result<()> {
    let key = domain::journal::hex(&secret::hash_of_link(&what));
    let tries = ctx.write(move |desk| Ok(desk.tx().count_try(&key, start)?)).await?;
    if tries > at_most { Err(Error::TooMany) } else { Ok(()) }
}

impl Desk<'_> {
    /// Asserts that who acts for the team has shown lately who they are. For what cannot be taken
    /// back: what is published, when, and who may come in (section 2.3 of the threats).
    pub(crate) fn proved_lately(&self) -> Result<()> {
        let now = self.ctx().now();
        let lately = self.ctx().proved_at().is_some_and(|at| now < after(at, FRESH));
        match self.ctx().actor() {
            Actor::Staff(..) if !lately => Err(Error::ProveYourself),
            _ => Ok(()),
        }
    }
}

fn is_awake(session: &Session, now: Timestamp) -> bool {
    now < after(session.seen_at, IDLE)
}

fn after(start: Timestamp, duration: SignedDuration) -> Timestamp {
    start.checked_add(duration).unwrap_or(Timestamp::MAX)
}
