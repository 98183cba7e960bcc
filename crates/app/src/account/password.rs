//! What a password must be, and changing the own one. Length counts, not kinds of letters; what
//! everybody would try first is refused, without asking anybody outside.

use mail::notice::Change;

use super::notice::tell;
use crate::session::{Person, Proof, proving};
use crate::{Ctx, Error, Result, secret};

/// The shortest password, in characters.
const SHORTEST: usize = 12;

/// The longest password, in characters.
const LONGEST: usize = 1024;

/// The commonest passwords that are long enough, and the words to which most others add a year
/// or a sign; in small letters and without spaces.
const COMMON: &str = include_str!("common.txt");

/// Changes the own password: needs the old one and a code. Every other session ends. Returns the
/// new secret of this one.
pub async fn change_password(
    ctx: &Ctx,
    me: &Person,
    proof: Proof,
    password: String,
) -> Result<String> {
    let account = super::own(ctx, me).await?.account;
    check("new_password", &password, &account.address, &account.name)?;
    if password == proof.password {
        return Err(Error::invalid("new_password", "This is the password you have already."));
    }
    let hash = secret::hash_of_password(ctx.site(), &password).await?;
    let (secret, ()) = proving(ctx, me, proof, move |desk, account, session| {
        desk.tx().set_password(account.id, &hash)?;
        desk.tx().end_other_sessions(account.id, session)?;
        tell(desk, account, Change::PasswordChanged)
    })
    .await?;
    Ok(secret)
}

/// Asserts that a password is not what everybody, or everybody who knows its owner, would try.
pub(crate) fn check(field: &'static str, password: &str, address: &str, name: &str) -> Result<()> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(Error::invalid(field, "Use at least 12 characters."));
    }
    if length > LONGEST {
        return Err(Error::invalid(field, "Use at most 1,024 characters."));
    }
    let local = address.split('@').next().unwrap_or_default();
    if [address, local, name].iter().any(|own| is_little_more_than(password, own)) {
        return Err(Error::invalid(field, "Use something other than your name or address."));
    }
    if is_common(password) {
        return Err(Error::invalid(field, "Many people use this one. Use another."));
    }
    Ok(())
}

/// Whether a password is a name, once or more than once, with a few digits and signs.
fn is_little_more_than(password: &str, own: &str) -> bool {
    let own = letters(own);
    !own.is_empty() && mostly_letters(password).is_some_and(|it| it.replace(&own, "").is_empty())
}

/// Whether everybody would try this: one of the list, or a few characters over and over.
fn is_common(password: &str) -> bool {
    let plain: String = password.to_lowercase().split_whitespace().collect();
    let word = mostly_letters(&plain);
    let known = |common| common == plain || word.as_deref() == Some(common);
    let characters: Vec<char> = plain.chars().collect();
    let repeats = |n: usize| characters.iter().zip(characters.iter().skip(n)).all(|(a, b)| a == b);
    COMMON.lines().any(known) || (1..=4).any(repeats)
}

/// The letters of a password, if there is not more of something else in it.
fn mostly_letters(password: &str) -> Option<String> {
    let letters = letters(password);
    (2 * letters.chars().count() >= password.chars().count()).then_some(letters)
}

fn letters(text: &str) -> String {
    text.to_lowercase().chars().filter(|one| one.is_alphabetic()).collect()
}

#[cfg(test)]
mod tests;
