//! Where to report a vulnerability, as every web server may say it at
//! `/.well-known/security.txt` (RFC 9116): ours is written, those of vendors are read. Reading
//! takes untrusted bytes, caps them first, keeps fields it does not know, and names what is wrong
//! by the section that says so. A signature around the text is seen, not checked.

use jiff::Timestamp;

use crate::feed::instant;

mod reading;

pub use reading::{Fault, LARGEST, Reading, Unreadable, Wrapping, read};

/// What a server calls the file (RFC 9116, 3).
pub const MEDIA_TYPE: &str = "text/plain; charset=utf-8";

/// The file's content, field by field.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SecurityTxt {
    /// How to report, the preferred way first (RFC 9116, 2.5.3).
    pub contact: Vec<String>,
    /// When the file is no longer to be believed (RFC 9116, 2.5.5).
    pub expires: Option<Timestamp>,
    /// Keys to encrypt with (RFC 9116, 2.5.4).
    pub encryption: Vec<String>,
    /// Where reporters are thanked (RFC 9116, 2.5.1).
    pub acknowledgments: Vec<String>,
    /// Languages in which reports are read, as RFC 5646 writes them (RFC 9116, 2.5.8).
    pub preferred_languages: Vec<String>,
    /// Where this very file lies (RFC 9116, 2.5.2).
    pub canonical: Vec<String>,
    /// The policy for reports (RFC 9116, 2.5.7).
    pub policy: Vec<String>,
    /// Open positions (RFC 9116, 2.5.6).
    pub hiring: Vec<String>,
    /// Metadata of CSAF providers, the well-known one first (CSAF 2.1, requirement 8).
    pub csaf: Vec<String>,
    /// Fields that RFC 9116 does not name, in the order of the file (RFC 9116, 2.4).
    pub others: Vec<(String, String)>,
}

/// The file. A value is one line, whatever it holds.
pub fn write(content: &SecurityTxt) -> String {
    let mut file = String::new();
    let mut field = |name: &str, value: &str| {
        let value: String = value.chars().filter(|found| !found.is_control()).collect();
        if !value.trim().is_empty() {
            file.push_str(&format!("{name}: {}\n", value.trim()));
        }
    };
    for value in &content.contact {
        field("Contact", value);
    }
    if let Some(expires) = content.expires {
        field("Expires", &instant(expires));
    }
    for (name, values) in [
        ("Encryption", &content.encryption),
        ("Acknowledgments", &content.acknowledgments),
        ("Canonical", &content.canonical),
        ("Policy", &content.policy),
        ("Hiring", &content.hiring),
        ("CSAF", &content.csaf),
    ] {
        for value in values {
            field(name, value);
        }
    }
    field("Preferred-Languages", &content.preferred_languages.join(", "));
    for (name, value) in &content.others {
        field(name, value);
    }
    file
}

#[cfg(test)]
mod tests;
