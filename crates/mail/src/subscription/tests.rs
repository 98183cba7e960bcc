use expect_test::{Expect, expect};

use super::*;

fn check(why: Why, expected: &Expect) {
    let link = "https://cert.example/team/webhooks/0198";
    let letter = paused("hooks.example", why, link, "CERT Example");
    expected.assert_eq(&format!("{}\n\n{}", letter.subject, letter.text));
}

#[test]
fn the_team_is_told_which_webhook_is_paused_why_and_what_can_be_done() {
    let since = "2026-11-22T09:00:00Z".parse().unwrap();
    check(
        Why::Failing { since },
        &expect![[r"
        [WEBHOOK] There is a new message

        Hello,

        The webhook to hooks.example is paused: every message to it has failed
        since 2026-11-22 09:00 UTC. Nothing is sent to it until somebody takes
        it up again. What it missed can be sent again from its page:

          https://cert.example/team/webhooks/0198

        CERT Example
    "]],
    );
    check(
        Why::Gone,
        &expect![[r"
        [WEBHOOK] There is a new message

        Hello,

        The webhook to hooks.example is paused: it answered that it wants no
        more messages (status 410). Nothing is sent to it until somebody takes
        it up again. What it missed can be sent again from its page:

          https://cert.example/team/webhooks/0198

        CERT Example
    "]],
    );
}
