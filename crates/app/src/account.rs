//! People of the team: set up, invited, given a second factor.

use domain::{AccountId, StaffRole, Timestamp};
use jiff::SignedDuration;
use store::{Account, Invitation, InvitationKind};

use crate::report::filled;
use crate::{Ctx, Error, Result, secret, session};

/// The shortest password.
const SHORTEST_PASSWORD: usize = 12;

/// The longest password.
const LONGEST_PASSWORD: usize = 1024;

/// Somebody who joins.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Their address, by which they log in.
    pub address: String,
    /// Their name.
    pub name: String,
    /// Their password.
    pub password: String,
}

/// Draws a link by which the first lead sets the server up, good for three days, once.
pub async fn invite_first(ctx: &Ctx) -> Result<Option<String>> {
    let link = secret::link(ctx.site());
    let hash = link.hash;
    let needed = ctx
        .write(move |desk| {
            if desk.tx().accounts()?.iter().any(|account| account.staff.is_some()) {
                return Ok(false);
            }
            let invitation = Invitation {
                hash,
                kind: InvitationKind::Setup,
                address: None,
                expires_at: in_days(desk.ctx().now(), 3),
                used_at: None,
            };
            desk.tx().keep_invitation(&invitation)?;
            Ok(true)
        })
        .await?;
    Ok(needed.then_some(link.secret))
}

/// A lead invites somebody to the team; returns what the link ends with.
pub async fn invite(ctx: &Ctx, role: StaffRole, address: String) -> Result<String> {
    crate::directory::check_address("address", &address)?;
    let link = secret::link(ctx.site());
    let hash = link.hash;
    ctx.write(move |desk| {
        desk.lead_only()?;
        let invitation = Invitation {
            hash,
            kind: InvitationKind::Staff { role },
            address: Some(normal_address(&address)),
            expires_at: in_days(desk.ctx().now(), 7),
            used_at: None,
        };
        Ok(desk.tx().keep_invitation(&invitation)?)
    })
    .await?;
    Ok(link.secret)
}

/// Whether an invitation is still good, without using it up.
pub async fn is_invited(ctx: &Ctx, secret: &str) -> Result<InvitationKind> {
    let hash = secret::hash_of_link(secret);
    ctx.read(move |desk| {
        let now = desk.ctx().now();
        let invitation = desk.tx().invitation(&hash, now)?.ok_or(Error::NotFound)?;
        Ok(invitation.kind)
    })
    .await
}

/// Somebody who was invited joins. The first one also settles that one person may publish
/// alone, until there are two who can.
pub async fn join(ctx: &Ctx, secret: &str, new: NewAccount) -> Result<AccountId> {
    check_new(&new)?;
    let hash = secret::hash_of_link(secret);
    let password = secret::hash_of_password(ctx.site(), &new.password).await?;
    ctx.write(move |desk| {
        let now = desk.ctx().now();
        let invitation = desk.tx().take_invitation(&hash, now)?.ok_or(Error::NotFound)?;
        let staff = match invitation.kind {
            InvitationKind::Setup => Some(StaffRole::Lead),
            InvitationKind::Staff { role } => Some(role),
            InvitationKind::Member { .. } => None,
        };
        let id = add(desk, &new, password, staff)?;
        if invitation.kind == InvitationKind::Setup {
            let mut policy = desk.tx().current_policy()?;
            policy.publication.approvers = 1;
            policy.version += 1;
            desk.tx().keep_policy(&policy, Some(id), now)?;
        }
        Ok(id)
    })
    .await
}

/// The operator adds somebody of the team by the command line.
pub async fn add_by_operator(ctx: &Ctx, new: NewAccount, role: StaffRole) -> Result<AccountId> {
    check_new(&new)?;
    let password = secret::hash_of_password(ctx.site(), &new.password).await?;
    ctx.write(move |desk| {
        desk.server_only()?;
        add(desk, &new, password, Some(role))
    })
    .await
}

/// The operator sets a new password; every session of the account ends.
pub async fn reset_password(ctx: &Ctx, address: String, password: String) -> Result<()> {
    check_password(&password)?;
    let hash = secret::hash_of_password(ctx.site(), &password).await?;
    ctx.write(move |desk| {
        desk.server_only()?;
        let account = by_address(desk, &address)?;
        desk.tx().set_password(account.id, &hash)?;
        Ok(desk.tx().end_sessions_of(account.id)?)
    })
    .await
}

/// The operator takes a lost second factor away; every session of the account ends.
pub async fn reset_second_factor(ctx: &Ctx, address: String) -> Result<()> {
    ctx.write(move |desk| {
        desk.server_only()?;
        let account = by_address(desk, &address)?;
        let vault = desk.ctx().site().vault.clone();
        desk.tx().set_totp(&vault, account.id, None)?;
        Ok(desk.tx().end_sessions_of(account.id)?)
    })
    .await
}

/// The operator shuts an account; every session of it ends.
pub async fn disable(ctx: &Ctx, address: String) -> Result<()> {
    ctx.write(move |desk| {
        desk.server_only()?;
        let account = by_address(desk, &address)?;
        let now = desk.ctx().now();
        desk.tx().disable(account.id, now)?;
        Ok(desk.tx().end_sessions_of(account.id)?)
    })
    .await
}

/// Everybody of the team.
pub async fn team(ctx: &Ctx) -> Result<Vec<Account>> {
    ctx.read(|desk| {
        desk.team_only()?;
        let mut accounts = desk.tx().accounts()?;
        accounts.retain(|account| account.staff.is_some());
        Ok(accounts)
    })
    .await
}

/// A fresh secret for a one-time code, as bytes; it counts once [`confirm_second_factor`] saw
/// a code made with it.
pub fn draw_second_factor(ctx: &Ctx) -> [u8; 20] {
    secret::random(ctx.site())
}

/// The address that authenticator apps read, `otpauth://…`.
pub fn second_factor_address(secret: &[u8], address: &str) -> Option<String> {
    session::authenticator(secret, address)?.to_url().ok()
}

/// The account has a second factor from now on, proved by a first code.
pub async fn confirm_second_factor(
    ctx: &Ctx,
    account: AccountId,
    secret: Vec<u8>,
    code: String,
) -> Result<()> {
    let now = u64::try_from(ctx.now().as_second()).unwrap_or(0);
    let wrong = || Error::invalid("code", "That code is not right. Enter the newest one.");
    let step = session::step_of_code(&secret, &code, now).ok_or_else(wrong)?;
    ctx.write(move |desk| {
        let vault = desk.ctx().site().vault.clone();
        desk.tx().set_totp(&vault, account, Some(&secret))?;
        desk.tx().accept_totp_step(account, step)?;
        Ok(())
    })
    .await
}

/// An address as it is compared: without spaces around it, in small letters.
pub fn normal_address(address: &str) -> String {
    address.trim().to_lowercase()
}

fn add(
    desk: &mut crate::Desk<'_>,
    new: &NewAccount,
    password: String,
    staff: Option<StaffRole>,
) -> Result<AccountId> {
    let address = normal_address(&new.address);
    if desk.tx().account_by_address(&address)?.is_some() {
        return Err(Error::invalid("address", "Somebody has an account with this address."));
    }
    let id = desk.ctx().fresh();
    let account = Account {
        id,
        address,
        name: new.name.trim().to_owned(),
        password,
        staff,
        has_totp: false,
        totp_step: 0,
        created_at: desk.ctx().now(),
        disabled_at: None,
    };
    desk.tx().add_account(&account)?;
    Ok(id)
}

fn by_address(desk: &mut crate::Desk<'_>, address: &str) -> Result<Account> {
    let found = desk.tx().account_by_address(&normal_address(address))?;
    found.ok_or_else(|| Error::invalid("address", "Nobody has an account with this address."))
}

fn check_new(new: &NewAccount) -> Result<()> {
    crate::directory::check_address("address", &new.address)?;
    filled("name", &new.name)?;
    check_password(&new.password)
}

fn check_password(password: &str) -> Result<()> {
    let length = password.chars().count();
    if length < SHORTEST_PASSWORD {
        return Err(Error::invalid("password", "Use at least 12 characters."));
    }
    if length > LONGEST_PASSWORD {
        return Err(Error::invalid("password", "Use at most 1,024 characters."));
    }
    Ok(())
}

fn in_days(now: Timestamp, days: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MAX)
}
