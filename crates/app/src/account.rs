//! People of the team: set up, invited, shut out. What somebody does to their own account is in
//! [`factor`] and [`password`].

pub mod factor;
pub(crate) mod notice;
pub mod password;

use domain::{AccountId, Actor, StaffRole, Timestamp};
use jiff::SignedDuration;
use mail::notice::Change;
use store::{Account, Invitation, InvitationKind, StoreError, normalised_address};

use crate::report::filled;
use crate::session::Person;
use crate::{Ctx, Desk, Error, Result, secret};
use notice::tell;

/// How many invitations are listed.
const LISTED: u32 = 100;

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
            if is_set_up(desk)? {
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
        let address = normalised_address(&address);
        if desk.tx().account_by_address(&address)?.is_some() {
            return Err(address_is_taken());
        }
        desk.proved_lately()?;
        let invitation = Invitation {
            hash,
            kind: InvitationKind::Staff { role },
            address: Some(address),
            expires_at: in_days(desk.ctx().now(), 7),
            used_at: None,
        };
        Ok(desk.tx().keep_invitation(&invitation)?)
    })
    .await?;
    Ok(link.secret)
}

/// The newest invitations to the team, for a lead.
pub async fn invitations(ctx: &Ctx) -> Result<Vec<Invitation>> {
    ctx.read(|desk| {
        desk.lead_only()?;
        let mut invitations = desk.tx().invitations(LISTED)?;
        invitations.retain(|one| matches!(one.kind, InvitationKind::Staff { .. }));
        Ok(invitations)
    })
    .await
}

/// A lead takes an invitation back that nobody has used yet.
pub async fn withdraw(ctx: &Ctx, hash: [u8; 32]) -> Result<()> {
    ctx.write(move |desk| {
        desk.lead_only()?;
        if desk.tx().withdraw_invitation(&hash)? { Ok(()) } else { Err(Error::NotFound) }
    })
    .await
}

/// An invitation that is still good, without using it up.
pub async fn invited(ctx: &Ctx, secret: &str) -> Result<Invitation> {
    let hash = secret::hash_of_link(secret);
    ctx.read(move |desk| {
        let now = desk.ctx().now();
        let invitation = desk.tx().invitation(&hash, now)?.ok_or(Error::NotFound)?;
        if invitation.kind == InvitationKind::Setup && is_set_up(desk)? {
            return Err(Error::NotFound);
        }
        Ok(invitation)
    })
    .await
}

/// Somebody who was invited joins, with the address that the invitation names if it names one.
/// The first one also settles that one person may publish alone, until there are two who can;
/// once there is a first one, no other link to set up is good.
pub async fn join(ctx: &Ctx, secret: &str, new: NewAccount) -> Result<AccountId> {
    let invitation = invited(ctx, secret).await?;
    check_invited(&invitation, &new)?;
    check_new(&new)?;
    let hash = secret::hash_of_link(secret);
    let password = secret::hash_of_password(ctx.site(), &new.password).await?;
    ctx.write(move |desk| {
        let now = desk.ctx().now();
        let invitation = desk.tx().take_invitation(&hash, now)?.ok_or(Error::NotFound)?;
        let staff = match invitation.kind {
            InvitationKind::Setup if is_set_up(desk)? => return Err(Error::NotFound),
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
    let wanted = address.clone();
    let account = ctx.read(move |desk| {
        desk.server_only()?;
        by_address(desk, &wanted)
    });
    let account = account.await?;
    password::check("password", &password, &account.address, &account.name)?;
    let hash = secret::hash_of_password(ctx.site(), &password).await?;
    ctx.write(move |desk| {
        desk.server_only()?;
        let account = by_address(desk, &address)?;
        desk.tx().set_password(account.id, &hash)?;
        desk.tx().end_sessions_of(account.id)?;
        tell(desk, &account, Change::PasswordChanged)
    })
    .await
}

/// The operator takes a lost second factor away, and the recovery codes with it; every session
/// of the account ends.
pub async fn reset_second_factor(ctx: &Ctx, address: String) -> Result<()> {
    ctx.write(move |desk| {
        desk.server_only()?;
        let account = by_address(desk, &address)?;
        let vault = desk.ctx().site().vault.clone();
        desk.tx().set_totp(&vault, account.id, None)?;
        desk.tx().keep_recovery_codes(account.id, &[])?;
        desk.tx().end_sessions_of(account.id)?;
        tell(desk, &account, Change::SecondFactorTakenAway)
    })
    .await
}

/// The operator shuts an account; every session of it ends.
pub async fn disable(ctx: &Ctx, address: String) -> Result<()> {
    ctx.write(move |desk| {
        desk.server_only()?;
        let account = by_address(desk, &address)?;
        let now = desk.ctx().now();
        Ok(desk.tx().disable(account.id, now)?)
    })
    .await
}

/// A lead shuts the account of somebody of the team, and every session of it ends. Nobody shuts
/// their own, and one lead is always left.
pub async fn shut(ctx: &Ctx, id: AccountId) -> Result<()> {
    ctx.write(move |desk| {
        desk.lead_only()?;
        let n_leads = desk.tx().hold_leads()?;
        let account = of_team(desk, id)?;
        if matches!(desk.ctx().actor(), Actor::Staff(me, _) if me == id) {
            return Err(Error::invalid("account", "This is your own account. Ask another lead."));
        }
        let is_lead = account.staff == Some(StaffRole::Lead) && account.disabled_at.is_none();
        if is_lead && n_leads <= 1 {
            return Err(Error::invalid("account", "This is the last lead. Invite another first."));
        }
        desk.proved_lately()?;
        let now = desk.ctx().now();
        Ok(desk.tx().disable(id, now)?)
    })
    .await
}

/// Somebody of the team, for a lead.
pub async fn member(ctx: &Ctx, id: AccountId) -> Result<Account> {
    ctx.read(move |desk| {
        desk.lead_only()?;
        of_team(desk, id)
    })
    .await
}

/// The own account, and what belongs to it.
pub struct Own {
    /// The account.
    pub account: Account,
    /// How many recovery codes are left.
    pub recovery_codes: u64,
}

/// The account of somebody who is logged in.
pub async fn own(ctx: &Ctx, me: &Person) -> Result<Own> {
    let id = me.account;
    ctx.read(move |desk| {
        let account = desk.tx().account(id)?.ok_or(Error::NotFound)?;
        Ok(Own { account, recovery_codes: desk.tx().recovery_codes_left(id)? })
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

fn add(
    desk: &mut Desk<'_>,
    new: &NewAccount,
    password: String,
    staff: Option<StaffRole>,
) -> Result<AccountId> {
    let id = desk.ctx().fresh();
    let account = Account {
        id,
        address: normalised_address(&new.address),
        name: new.name.trim().to_owned(),
        password,
        staff,
        has_totp: false,
        totp_step: 0,
        created_at: desk.ctx().now(),
        disabled_at: None,
    };
    match desk.tx().add_account(&account) {
        Ok(()) => Ok(id),
        Err(StoreError::Duplicate(_)) => Err(address_is_taken()),
        Err(error) => Err(error.into()),
    }
}

fn address_is_taken() -> Error {
    Error::invalid("address", "Somebody has an account with this address.")
}

fn is_set_up(desk: &mut Desk<'_>) -> Result<bool> {
    Ok(desk.tx().accounts()?.iter().any(|account| account.staff.is_some()))
}

fn of_team(desk: &mut Desk<'_>, id: AccountId) -> Result<Account> {
    let account = desk.tx().account(id)?.filter(|account| account.staff.is_some());
    account.ok_or(Error::NotFound)
}

fn by_address(desk: &mut Desk<'_>, address: &str) -> Result<Account> {
    let found = desk.tx().account_by_address(address)?;
    found.ok_or_else(|| Error::invalid("address", "Nobody has an account with this address."))
}

/// An invitation that names an address is for that address alone.
fn check_invited(invitation: &Invitation, new: &NewAccount) -> Result<()> {
    let typed = normalised_address(&new.address);
    if invitation.address.as_ref().is_none_or(|named| *named == typed) {
        return Ok(());
    }
    Err(Error::invalid("address", "This invitation is for another address."))
}

fn check_new(new: &NewAccount) -> Result<()> {
    crate::directory::check_address("address", &new.address)?;
    filled("name", &new.name)?;
    password::check("password", &new.password, &new.address, &new.name)
}

fn in_days(now: Timestamp, days: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MAX)
}
