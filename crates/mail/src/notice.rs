//! Letters to somebody of the team about their own account, so that a change they did not make
//! does not stay hidden from them. They say what was changed and when, and nothing of any case.

use domain::Timestamp;
use domain::letter::Matter;

use crate::letter::Rendered;
use crate::paragraph::fold;
use crate::subject::Subject;
use crate::when;

/// What was changed in an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It has a second factor, its first or another.
    SecondFactorSet,
    /// The operator took the second factor away.
    SecondFactorTakenAway,
    /// It has another password.
    PasswordChanged,
    /// Its recovery codes are others.
    RecoveryCodesDrawn,
    /// A recovery code was used, and so many are left.
    RecoveryCodeUsed {
        /// How many.
        left: u64,
    },
}

/// Around a notice.
#[derive(Debug, Clone)]
pub struct Frame {
    /// What the team calls itself.
    pub site_name: String,
    /// Where the team reads its mail.
    pub team_address: String,
    /// The page of the own account.
    pub link: String,
    /// When it was changed.
    pub at: Timestamp,
}

/// The letter. Its subject is the one of every message, and tells nobody what was changed.
pub fn render(change: Change, frame: &Frame) -> Rendered {
    let Frame { site_name, team_address, link, at } = frame;
    let (at, what) = (when::instant(*at), words(change));
    let text = format!(
        "Hello,\n\n{what} This was at {at}.\n\n\
         If it was you, there is nothing more to do. If it was not, tell whoever runs the server \
         at once, sign in, end the other sessions and change your password on your own page:\n\n  \
         {link}\n\n{site_name}, {team_address}\n"
    );
    let subject = Subject::new("ACCOUNT", &Matter::MessagePosted, None);
    Rendered { subject: subject.to_string(), text: fold(&text) }
}

fn words(change: Change) -> String {
    let words = match change {
        Change::SecondFactorSet => {
            "Your account has a new second factor. All other sessions have ended."
        }
        Change::SecondFactorTakenAway => {
            "Whoever runs the server has taken the second factor of your account away, and its \
             recovery codes with it. All sessions have ended, and you set up another when you \
             sign in."
        }
        Change::PasswordChanged => {
            "The password of your account was changed. All other sessions have ended."
        }
        Change::RecoveryCodesDrawn => {
            "New recovery codes were made for your account. Those from before are good no longer."
        }
        Change::RecoveryCodeUsed { left } => {
            return format!(
                "One of your recovery codes was used in place of a code of your second factor. \
                 {left} of them are left."
            );
        }
    };
    words.to_owned()
}

#[cfg(test)]
mod tests;
