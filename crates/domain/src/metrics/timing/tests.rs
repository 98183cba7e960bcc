use jiff::{SignedDuration, Timestamp};

use super::{Milestones, Timings};

fn day(day: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + days(day)
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

#[test]
fn every_duration_is_counted_between_its_own_two_instants() {
    // Powers of two, so that no two instants are equally far apart.
    let milestones = Milestones {
        reported: Some(day(1)),
        answered: Some(day(2)),
        decided: Some(day(4)),
        vendor_contacted: Some(day(8)),
        vendor_answered: Some(day(16)),
        vendor_last_heard: Some(day(32)),
        fix_ready: Some(day(64)),
        fix_deployed: Some(day(128)),
        embargo_accepted: Some(day(256)),
        embargo_first_end: Some(day(512)),
        embargo_last_end: Some(day(1024)),
        embargo_ended: Some(day(2048)),
        draft_shared: Some(day(4096)),
        publication_agreed: Some(day(8192)),
        published: Some(day(16_384)),
        public: Some(day(32_768)),
        cve_published: Some(day(65_536)),
        nvd_published: Some(day(131_072)),
        closed: Some(day(262_144)),
    };
    let expected = Timings {
        first_response: Some(days(2 - 1)),
        decision: Some(days(4 - 1)),
        first_contact: Some(days(8 - 1)),
        vendor_ack: Some(days(16 - 8)),
        fix_ready: Some(days(64 - 8)),
        fix_deployed: Some(days(128 - 8)),
        contact_to_public: Some(days(32_768 - 8)),
        publication: Some(days(16_384 - 1)),
        embargo_planned: Some(days(512 - 256)),
        embargo_actual: Some(days(2048 - 256)),
        embargo_slip: Some(days(1024 - 512)),
        draft_lead: Some(days(16_384 - 4096)),
        publication_deviation: Some(days(16_384 - 8192)),
        cve_latency: Some(days(65_536 - 32_768)),
        nvd_latency: Some(days(131_072 - 65_536)),
        vendor_silence: Some(days(262_144 - 32)),
        age: Some(days(262_144 - 1)),
    };
    assert_eq!(milestones.timings(day(500_000)), expected);
}

#[test]
fn what_has_not_happened_takes_no_time() {
    assert_eq!(Milestones::default().timings(day(9)), Timings::default());
}

#[test]
fn an_open_case_grows_older_and_a_closed_one_does_not() {
    let open = Milestones { reported: Some(day(1)), ..Milestones::default() };
    let closed = Milestones { closed: Some(day(4)), ..open };
    assert_eq!(open.timings(day(9)).age, Some(days(8)));
    assert_eq!(closed.timings(day(9)).age, Some(days(3)));
}

#[test]
fn a_vendor_that_never_answered_is_silent_since_it_was_written_to() {
    let contacted = Milestones { vendor_contacted: Some(day(2)), ..Milestones::default() };
    let answered = Milestones { vendor_answered: Some(day(5)), ..contacted };
    let heard = Milestones { vendor_last_heard: Some(day(7)), ..answered };
    assert_eq!(contacted.timings(day(9)).vendor_silence, Some(days(7)));
    assert_eq!(answered.timings(day(9)).vendor_silence, Some(days(4)));
    assert_eq!(heard.timings(day(9)).vendor_silence, Some(days(2)));
}

#[test]
fn a_note_that_comes_out_early_deviates_to_the_other_side() {
    let early = Milestones {
        publication_agreed: Some(day(9)),
        published: Some(day(7)),
        ..Milestones::default()
    };
    assert_eq!(early.timings(day(9)).publication_deviation, Some(days(-2)));
}
