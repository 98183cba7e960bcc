//! OpenPGP (RFC 9580, and RFC 4880 for those who know no other): the key of the house, the
//! certificates of others, and what is signed or encrypted with them.
//!
//! Nothing here knows a case, a network, a clock or a database: the time is handed in. Only the
//! randomness of keys and session keys comes from the library's own source, the system's. What a
//! stranger sent is capped before it is read, and what cannot be decrypted is refused in the same
//! words whatever the reason, so that nobody learns from the answer.

mod certificate;
mod error;
mod guard;
mod instant;
mod message;
mod policy;
mod service_key;
mod signature;

pub use certificate::{Certificate, Fingerprint, Unusable};
pub use error::{Error, NoCertificate, Result};
pub use message::{LARGEST_CONTENT, LARGEST_MESSAGE, Opened, decrypt, encrypt};
pub use service_key::ServiceKey;
pub use signature::{Verdict, verify_cleartext, verify_detached};
