use expect_test::expect;

use super::*;

fn frame() -> Frame {
    Frame {
        site_name: "Northlake CERT".to_owned(),
        team_address: "team@northlake.example".to_owned(),
        link: "https://ombud.example/me".to_owned(),
        at: "2026-11-22T09:00:00Z".parse().unwrap(),
    }
}

#[test]
fn a_notice_says_what_was_changed_and_what_to_do() {
    let notice = render(Change::RecoveryCodeUsed { left: 9 }, &frame());
    expect![[r"
        Hello,

        One of your recovery codes was used in place of a code of your second
        factor. 9 of them are left. This was at 2026-11-22 09:00 UTC.

        If it was you, there is nothing more to do. If it was not, tell whoever
        runs the server at once, sign in, end the other sessions and change your
        password on your own page:

          https://ombud.example/me

        Northlake CERT, team@northlake.example
    "]]
    .assert_eq(&notice.text);
}

#[test]
fn the_subject_tells_nobody_what_was_changed() {
    let changes = [
        Change::SecondFactorSet,
        Change::SecondFactorTakenAway,
        Change::PasswordChanged,
        Change::RecoveryCodesDrawn,
        Change::RecoveryCodeUsed { left: 0 },
    ];
    let mut texts = std::collections::BTreeSet::new();
    for change in changes {
        let notice = render(change, &frame());
        assert_eq!(notice.subject, "[ACCOUNT] There is a new message");
        assert!(notice.subject.parse::<Subject>().is_ok());
        texts.insert(notice.text);
    }
    assert_eq!(texts.len(), changes.len());
}
