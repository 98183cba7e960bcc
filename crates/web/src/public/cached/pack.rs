//! Answers packed, for all who can unpack them.

use std::io::{Read, Write};

use axum::body::Bytes;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use super::{LONG, WORTH_PACKING};

/// The same packed, if it is shorter. Those who ask for a long answer wait while it is packed, so
/// that is done quickly rather than well.
pub(super) fn packed(plain: &[u8]) -> Option<Bytes> {
    if plain.len() < WORTH_PACKING {
        return None;
    }
    let how = if plain.len() > LONG { Compression::fast() } else { Compression::best() };
    let mut encoder = GzEncoder::new(Vec::new(), how);
    encoder.write_all(plain).ok()?;
    let packed = encoder.finish().ok()?;
    (packed.len() < plain.len()).then(|| packed.into())
}

/// What was packed here before.
pub(super) fn unpacked(packed: &[u8], length: usize) -> Bytes {
    let mut plain = Vec::with_capacity(length);
    // It was packed by us and has not left this memory.
    drop(GzDecoder::new(packed).read_to_end(&mut plain));
    plain.into()
}
