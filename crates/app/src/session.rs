//! Who is there: logging in with password and one-time code, staying logged in, logging out.

use domain::{AccountId, Actor, CaseId, ParticipantId, StaffRole, Timestamp};
use jiff::SignedDuration;
use store::{Account, Session};
use totp_rs::{Algorithm, Builder, Totp};

use crate::{Ctx, Error, Result, Site, secret};

/// How long a session lasts without a click.
const IDLE: SignedDuration = SignedDuration::from_mins(30);

/// How long a session lasts at most.
const LONGEST: SignedDuration = SignedDuration::from_hours(12);

/// Tries to log in for one address in one window.
const TRIES: i64 = 10;

/// The window in which tries are counted.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// Somebody who is logged in.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their account.
    pub account: AccountId,
    /// Their name.
    pub name: String,
    /// What they are to the team, if they belong to it.
    pub staff: Option<StaffRole>,
    /// On whose behalf they act.
    pub actor: Actor,
}

/// Logs in. The answer to a wrong address, password or code is the same, and takes as long.
pub async fn log_in(ctx: &Ctx, address: String, password: String, code: String) -> Result<String> {
    let address = crate::account::normal_address(&address);
    let key = format!("login {address}");
    count_try(ctx, key, TRIES).await?;
    let wanted = address.clone();
    let account = ctx.read(move |desk| Ok(desk.tx().account_by_address(&wanted)?)).await?;
    let account = account.filter(|account| account.disabled_at.is_none());
    let kept = account.as_ref().map(|account| account.password.as_str());
    let right = secret::is_password(ctx.site(), &password, kept).await?;
    let account = account.filter(|_| right).ok_or(Error::Unknown)?;
    let link = secret::link(ctx.site());
    let hash = link.hash;
    ctx.write(move |desk| {
        check_code(desk, &account, &code)?;
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
    let Some((session, account)) = found else { return Ok(None) };
    if after(session.seen_at, IDLE) <= now {
        return Ok(None);
    }
    if after(session.seen_at, SignedDuration::from_mins(1)) <= now {
        site.store.write(move |tx| tx.touch_session(&hash, now)).await?;
    }
    let actor = match (account.staff, session.organization) {
        (Some(role), None) => Actor::Staff(account.id, role),
        (_, Some(organization)) => Actor::Member(account.id, organization),
        (None, None) => Actor::Anyone,
    };
    Ok(Some(Person { account: account.id, name: account.name, staff: account.staff, actor }))
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

/// A code is needed once the account has a second factor, and is good once (S3 of the threats).
fn check_code(desk: &mut crate::Desk<'_>, account: &Account, code: &str) -> Result<()> {
    let vault = desk.ctx().site().vault.clone();
    let Some(secret) = desk.tx().totp_secret(&vault, account.id)? else { return Ok(()) };
    let now = u64::try_from(desk.ctx().now().as_second()).unwrap_or(0);
    let step = step_of_code(&secret, code, now).ok_or(Error::Unknown)?;
    if desk.tx().accept_totp_step(account.id, step)? { Ok(()) } else { Err(Error::Unknown) }
}

/// The time step of a one-time code, if it is the code of now or of one step before or after.
pub(crate) fn step_of_code(secret: &[u8], code: &str, now: u64) -> Option<i64> {
    let typed: String = code.chars().filter(char::is_ascii_digit).collect();
    let step = authenticator(secret, "account")?.check(&typed, now)?;
    i64::try_from(step).ok()
}

/// The authenticator of an account, as apps know it.
pub(crate) fn authenticator(secret: &[u8], address: &str) -> Option<Totp> {
    let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_skew(1);
    let builder = builder.with_step_duration(30).with_secret(secret.to_vec());
    builder.with_account_name(address).with_issuer(Some("Ombud")).build().ok()
}

fn after(start: Timestamp, duration: SignedDuration) -> Timestamp {
    start.checked_add(duration).unwrap_or(Timestamp::MAX)
}
