//! The second factor: set up, replaced, and the printed codes for the day on which it is lost.
//! Every function works on the account of who is logged in, and takes no other (S5 of the threats).

use domain::AccountId;
use mail::notice::Change;
use store::Account;
use totp_rs::{Algorithm, Builder, Totp};

use super::notice::tell;
use crate::session::{Person, Proof, proving};
use crate::{Ctx, Desk, Error, Result, Site, secret};

/// How many recovery codes there are at first.
const CODES: usize = 10;

/// The letters and digits of a recovery code, without what stands between its groups.
const CODE_LENGTH: usize = 16;

/// What somebody gets when their second factor is set.
pub struct Enrolled {
    /// The new secret of their session.
    pub session: String,
    /// Their recovery codes, shown this once.
    pub codes: Vec<String>,
}

/// A fresh secret for one-time codes; it counts once [`set_second_factor`] saw a code of it.
pub fn draw_second_factor(ctx: &Ctx) -> [u8; 20] {
    secret::random(ctx.site())
}

/// The address that authenticator apps read, `otpauth://…`.
pub fn second_factor_address(secret: &[u8], address: &str) -> Option<String> {
    authenticator(secret, address)?.to_url().ok()
}

/// Sets the second factor, the first or another, proved by a code made with it. Needs the
/// password, and a code of the old one if there is one. Every other session ends, and new
/// recovery codes take the place of the old.
pub async fn set_second_factor(
    ctx: &Ctx,
    me: &Person,
    proof: Proof,
    secret: Vec<u8>,
    code: String,
) -> Result<Enrolled> {
    let wrong = || Error::invalid("new_code", "That code is not right. Enter the newest one.");
    let step = step_of_code(&secret, &code, seconds(ctx)).ok_or_else(wrong)?;
    let codes = draw_codes(ctx.site());
    let hashes = hashes_of(ctx.site(), me.account, &codes);
    let (session, ()) = proving(ctx, me, proof, move |desk, account, session| {
        let vault = desk.ctx().site().vault.clone();
        desk.tx().set_totp(&vault, account.id, Some(&secret))?;
        desk.tx().accept_totp_step(account.id, step)?;
        desk.tx().keep_recovery_codes(account.id, &hashes)?;
        desk.tx().end_other_sessions(account.id, session)?;
        tell(desk, account, Change::SecondFactorSet)
    })
    .await?;
    Ok(Enrolled { session, codes })
}

/// Draws new recovery codes; those from before are good no longer.
pub async fn draw_recovery_codes(ctx: &Ctx, me: &Person) -> Result<Vec<String>> {
    let codes = draw_codes(ctx.site());
    let (id, hashes) = (me.account, hashes_of(ctx.site(), me.account, &codes));
    ctx.write(move |desk| {
        desk.team_only()?;
        let account = desk.tx().account(id)?.filter(|account| account.has_totp);
        let account = account.ok_or(Error::NoSecondFactor)?;
        desk.proved_lately()?;
        desk.tx().keep_recovery_codes(id, &hashes)?;
        tell(desk, &account, Change::RecoveryCodesDrawn)
    })
    .await?;
    Ok(codes)
}

/// Whether a code is good for an account, which uses it up: the code of its second factor, newer
/// than the last (S3 of the threats), or one of its recovery codes. Without a second factor
/// there is nothing to ask for.
pub(crate) fn is_code(desk: &mut Desk<'_>, account: &Account, typed: &str) -> Result<bool> {
    if secret::normal_receipt(typed).len() == CODE_LENGTH {
        return is_recovery_code(desk, account, typed);
    }
    let vault = desk.ctx().site().vault.clone();
    let Some(secret) = desk.tx().totp_secret(&vault, account.id)? else { return Ok(true) };
    let Some(step) = step_of_code(&secret, typed, seconds(desk.ctx())) else { return Ok(false) };
    Ok(desk.tx().accept_totp_step(account.id, step)?)
}

fn is_recovery_code(desk: &mut Desk<'_>, account: &Account, typed: &str) -> Result<bool> {
    let hash = secret::hash_of_recovery_code(desk.ctx().site(), account.id, typed);
    if !desk.tx().use_recovery_code(account.id, &hash)? {
        return Ok(false);
    }
    let left = desk.tx().recovery_codes_left(account.id)?;
    tell(desk, account, Change::RecoveryCodeUsed { left })?;
    Ok(true)
}

/// The time step of a one-time code, if it is the code of now or of one step before or after.
fn step_of_code(secret: &[u8], code: &str, now: u64) -> Option<i64> {
    let typed: String = code.chars().filter(char::is_ascii_digit).collect();
    let step = authenticator(secret, "account")?.check(&typed, now)?;
    i64::try_from(step).ok()
}

/// The authenticator of an account, as apps know it.
fn authenticator(secret: &[u8], address: &str) -> Option<Totp> {
    let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_skew(1);
    let builder = builder.with_step_duration(30).with_secret(secret.to_vec());
    builder.with_account_name(address).with_issuer(Some("Ombud")).build().ok()
}

fn draw_codes(site: &Site) -> Vec<String> {
    (0..CODES).map(|_| secret::receipt(site)).collect()
}

fn hashes_of(site: &Site, account: AccountId, codes: &[String]) -> Vec<[u8; 32]> {
    codes.iter().map(|code| secret::hash_of_recovery_code(site, account, code)).collect()
}

fn seconds(ctx: &Ctx) -> u64 {
    u64::try_from(ctx.now().as_second()).unwrap_or(0)
}
