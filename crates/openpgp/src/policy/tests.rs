use std::time::{Duration, SystemTime};

use super::*;

#[test]
fn what_is_refused_is_refused_whatever_the_clock_says() {
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 365 * 20);
    let strict = Strict::at(long_ago).0;
    for needs in [HashAlgoSecurity::CollisionResistance, HashAlgoSecurity::SecondPreImageResistance]
    {
        assert_eq!(strict.hash_cutoff(HashAlgorithm::SHA1, needs), Some(SystemTime::UNIX_EPOCH));
        assert_eq!(strict.hash_cutoff(HashAlgorithm::SHA512, needs), None);
    }
    for (algorithm, cutoff) in [
        (AsymmetricAlgorithm::RSA1024, Some(SystemTime::UNIX_EPOCH)),
        (AsymmetricAlgorithm::RSA2048, Some(SystemTime::UNIX_EPOCH)),
        (AsymmetricAlgorithm::RSA3072, None),
        (AsymmetricAlgorithm::EdDSA, None),
    ] {
        assert_eq!(strict.asymmetric_algo_cutoff(algorithm), cutoff, "{algorithm:?}");
    }
}
