//! Letters to the team about a program that is told what becomes public: it is told no longer.

use domain::Timestamp;
use domain::letter::Matter;

use crate::letter::Rendered;
use crate::paragraph::fold;
use crate::subject::Subject;
use crate::when;

/// Why a subscription was paused without anybody of the team asking for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Every try has failed since then.
    Failing {
        /// Since when.
        since: Timestamp,
    },
    /// It answered that it wants nothing more.
    Gone,
}

/// The letter. What was to be told is public; the subject says nothing but that there is a message.
pub fn paused(host: &str, why: Why, link: &str, site_name: &str) -> Rendered {
    let why = match why {
        Why::Failing { since } => {
            format!("every message to it has failed since {}", when::instant(since))
        }
        Why::Gone => "it answered that it wants no more messages (status 410)".to_owned(),
    };
    let text = format!(
        "Hello,\n\nThe webhook to {host} is paused: {why}. Nothing is sent to it until somebody \
         takes it up again. What it missed can be sent again from its page:\n\n  \
         {link}\n\n{site_name}\n"
    );
    let subject = Subject::new("WEBHOOK", &Matter::MessagePosted, None);
    Rendered { subject: subject.to_string(), text: fold(&text) }
}

#[cfg(test)]
mod tests;
