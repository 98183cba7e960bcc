use std::fmt::Write;

use expect_test::{Expect, expect};

use super::Progress;
use crate::Case;
use crate::case::Role;
use crate::note::When;
use crate::policy::{Days, Policy};
use crate::story::{ACME, BOLT, REPORTER, Story, analyst, day_of, lead, who};

/// The plan of a case, a line each: by which day, what, and how it stands.
fn check(story: &Story, expected: &Expect) {
    let mut plan = String::new();
    for one in story.case.deadlines(story.now) {
        let progress = match one.progress {
            Progress::Met(at) => format!("done on day {}", day_of(at)),
            Progress::Open => "open".to_owned(),
            Progress::Pressing => "pressing".to_owned(),
            Progress::Missed => "missed".to_owned(),
        };
        writeln!(plan, "day {} {}: {progress}", day_of(one.by), one.due.label()).unwrap();
    }
    expected.assert_eq(&plan);
}

#[test]
fn a_report_is_answered_within_two_days_and_warned_of_after_one() {
    check(
        &Story::begins(),
        &expect![[r"
            day 2 First answer to the reporter: open
        "]],
    );
    check(
        &Story::begins().later(23),
        &expect![[r"
            day 2 First answer to the reporter: open
        "]],
    );
    check(
        &Story::begins().on_day(1),
        &expect![[r"
            day 2 First answer to the reporter: pressing
        "]],
    );
    check(
        &Story::begins().on_day(3),
        &expect![[r"
            day 2 First answer to the reporter: missed
        "]],
    );
}

#[test]
fn a_case_without_a_date_has_no_plan_towards_one() {
    check(
        &Story::accepted().with_vendors(&[ACME]),
        &expect![[r"
            day 2 First answer to the reporter: open
        "]],
    );
}

#[test]
fn s66_the_plan_follows_from_the_date_of_publication() {
    check(
        &Story::accepted().with_vendors(&[ACME, BOLT]).notified(&[ACME, BOLT]),
        &expect![[r"
            day 2 First answer to the reporter: open
            day 38 CVE IDs: open
            day 38 Draft shared: open
            day 42 Another way to silent vendors: open
            day 45 Publication: open
            day 45 End of the embargo: open
            day 45 Last reminder to silent vendors: open
        "]],
    );
}

#[test]
fn s66_another_date_moves_the_plan() {
    let story = Story::embargoed(&[ACME]).proposes(analyst(), 700, 80).takes(700);
    check(
        &story,
        &expect![[r"
            day 2 First answer to the reporter: pressing
            day 73 CVE IDs: open
            day 73 Draft shared: open
            day 80 Publication: open
            day 80 End of the embargo: open
        "]],
    );
}

#[test]
fn s66_another_policy_makes_another_plan() {
    let mut policy = Policy::default();
    policy.embargo.default = Days(30);
    policy.publication.draft_lead = Days(5);
    policy.promptness.vendor_silent = Days(10);
    check(
        &Story::under(policy).is_accepted().with_vendors(&[ACME]).notified(&[ACME]),
        &expect![[r"
            day 2 First answer to the reporter: open
            day 25 CVE IDs: open
            day 25 Draft shared: open
            day 30 Publication: open
            day 30 End of the embargo: open
            day 30 Last reminder to silent vendors: open
            day 42 Another way to silent vendors: open
        "]],
    );
}

#[test]
fn what_was_done_is_done_and_what_was_not_is_missed() {
    let story = Story::embargoed(&[ACME]).on_day(20).numbered().on_day(30).drafted();
    check(
        &story.clone().on_day(40),
        &expect![[r"
            day 2 First answer to the reporter: missed
            day 38 CVE IDs: done on day 20
            day 38 Draft shared: missed
            day 45 Publication: open
            day 45 End of the embargo: open
        "]],
    );
    check(
        &story.draft_shown_to(&[ACME]).on_day(40),
        &expect![[r"
            day 2 First answer to the reporter: missed
            day 38 CVE IDs: done on day 20
            day 38 Draft shared: done on day 30
            day 45 Publication: open
            day 45 End of the embargo: open
        "]],
    );
}

#[test]
fn downstream_vendors_are_told_while_a_vendor_is_silent() {
    let story = Story::accepted().with_vendors(&[ACME]).with(BOLT, &[Role::DownstreamVendor]);
    let story = story.notified(&[ACME]);
    check(
        &story.clone().on_day(32),
        &expect![[r"
            day 2 First answer to the reporter: missed
            day 31 Downstream vendors told: missed
            day 38 CVE IDs: pressing
            day 38 Draft shared: pressing
            day 42 Another way to silent vendors: pressing
            day 45 Publication: open
            day 45 End of the embargo: open
            day 45 Last reminder to silent vendors: open
        "]],
    );
    check(
        &story.on_day(33).notified(&[BOLT]).on_day(43),
        &expect![[r"
            day 2 First answer to the reporter: missed
            day 31 Downstream vendors told: done on day 33
            day 38 CVE IDs: missed
            day 38 Draft shared: missed
            day 42 Another way to silent vendors: missed
            day 45 Publication: pressing
            day 45 End of the embargo: open
            day 45 Last reminder to silent vendors: pressing
        "]],
    );
}

#[test]
fn after_the_note_comes_the_cve_record() {
    let approve = |case: &Case, me: &crate::Me, asked: &crate::Asked| {
        case.approve_publication(me, 1, When::EmbargoEnds, asked)
    };
    let story = Story::embargoed(&[ACME]).drafted().draft_shown_to(&[ACME, REPORTER]).numbered();
    let story =
        story.on_day(20).does(analyst(), |case, me, asked| case.remind(me, &[who(ACME)], asked));
    let story = story.does(analyst(), approve).does(lead(), approve).on_day(45);
    let story = story.does(crate::Actor::Server, Case::publish);
    check(
        &story,
        &expect![[r"
            day 2 First answer to the reporter: missed
            day 38 CVE IDs: done on day 1
            day 38 Draft shared: done on day 1
            day 45 Publication: done on day 45
            day 46 CVE record: pressing
        "]],
    );
    check(
        &story.on_day(47),
        &expect![[r"
            day 2 First answer to the reporter: missed
            day 38 CVE IDs: done on day 1
            day 38 Draft shared: done on day 1
            day 45 Publication: done on day 45
            day 46 CVE record: missed
        "]],
    );
}

#[test]
fn what_is_next_is_the_earliest_that_is_not_done() {
    let story = Story::begins();
    let next = |story: &Story| story.case.next_deadline(story.now).map(|next| next.due.label());
    assert_eq!(next(&story), Some("First answer to the reporter"));
    let answered = story.does(analyst(), Case::acknowledge_report);
    assert_eq!(next(&answered), None);
}
