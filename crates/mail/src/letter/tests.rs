use domain::Timestamp;
use domain::note::Remains;
use expect_test::expect;

use super::*;
use crate::subject::Phrase;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn every_matter() -> Vec<Matter> {
    let end = Instant::utc(at("2026-12-09T14:00:00Z"));
    let all = vec![
        Matter::ReportAcknowledged,
        Matter::CaseAccepted,
        Matter::CaseDeclined,
        Matter::InformationRequested,
        Matter::CveRequested { by: end.clone() },
        Matter::VendorNotified,
        Matter::Reminder,
        Matter::EmbargoProposed { end: end.clone() },
        Matter::EmbargoAgreed { end: end.clone() },
        Matter::ProposalRejected { end },
        Matter::EmbargoEnded,
        Matter::MessagePosted,
        Matter::DraftShared,
        Matter::PublicationPlanned,
        Matter::NotePublished,
        Matter::NoteWithdrawn,
        Matter::PublicationDeclined,
        Matter::ReportCame,
        Matter::PartyAnswered,
        Matter::ObservationClaimed,
        Matter::ChannelFailed,
    ];
    assert_eq!(all.len(), Phrase::ALL.len(), "a matter is missing here");
    all
}

const ROLES: [RecipientRole; 4] =
    [RecipientRole::Reporter, RecipientRole::Vendor, RecipientRole::Team, RecipientRole::Other];

pub(crate) fn facts(recipient_role: RecipientRole) -> Facts {
    Facts {
        site_name: "CERT Example".to_owned(),
        team_address: "cases@cert.example".to_owned(),
        handle: "VU#123456".to_owned(),
        recipient_role,
        link: Some(match recipient_role {
            RecipientRole::Reporter => "https://cert.example/r".to_owned(),
            RecipientRole::Team => "https://cert.example/cases/VU-123456".to_owned(),
            RecipientRole::Vendor | RecipientRole::Other => {
                "https://cert.example/a/7KQ4M2X9".to_owned()
            }
        }),
        embargo_end: Some(Instant::utc(at("2026-12-09T14:00:00Z"))),
        answer_by: Some(at("2026-11-30T12:00:00Z")),
        date: Some(Instant::utc(at("2026-12-09T14:00:00Z"))),
        notice: Some(Notice {
            page: "https://cert.example/vuls/VU-123456".to_owned(),
            told: Withdrawal {
                at: at("2026-11-22T10:00:00Z"),
                remains: Remains::Nothing,
                reason: "It was another product.\n\nWe are sorry.".to_owned(),
            },
        }),
        vendor_tracking: Some("PSIRT-881".to_owned()),
        openpgp_fingerprint: Some("AAAA BBBB CCCC DDDD EEEE  FFFF 0000 1111 2222 3333".to_owned()),
        policy_url: "https://cert.example/policy".to_owned(),
        now: at("2026-11-22T10:00:00Z"),
    }
}

fn bare(recipient_role: RecipientRole) -> Facts {
    Facts {
        link: None,
        embargo_end: None,
        answer_by: None,
        date: None,
        notice: None,
        vendor_tracking: None,
        openpgp_fingerprint: None,
        ..facts(recipient_role)
    }
}

/// A letter as one line, so that a sentence is found wherever its lines end.
fn read(matter: &Matter, facts: &Facts) -> String {
    render(matter, facts).text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_template_renders_for_every_role_with_all_facts_and_with_none() {
    for matter in every_matter() {
        for role in ROLES {
            for facts in [facts(role), bare(role)] {
                let by = None;
                let subject = Subject::new(&facts.handle, &matter, by);
                let text = written(&matter, &Words::of(&matter, &facts, &subject));
                assert!(text.is_ok(), "{matter:?} for {role:?}: {text:?}");
            }
        }
    }
}

#[test]
fn every_letter_has_a_next_step_the_handle_the_policy_and_says_how_to_answer() {
    for matter in every_matter() {
        for role in ROLES {
            for facts in [facts(role), bare(role)] {
                let text = read(&matter, &facts);
                let (_, next) = text.split_once("What you can do next: ").expect(&text);
                assert!(next.starts_with(|c: char| c.is_ascii_alphanumeric()), "{text}");
                assert!(text.contains("VU#123456"), "{matter:?}: {text}");
                assert!(text.contains("Our policy: https://cert.example/policy"), "{text}");
                if role == RecipientRole::Team {
                    assert!(text.contains("Please answer on the page"), "{text}");
                } else {
                    assert!(text.contains("keep [VU#123456] in the subject"), "{text}");
                }
                assert!(!text.contains("none") && !text.contains("{{"), "{text}");
            }
        }
    }
}

#[test]
fn no_line_is_wide_and_no_two_are_empty() {
    for matter in every_matter() {
        for role in ROLES {
            let text = render(&matter, &facts(role)).text;
            assert!(text.ends_with('\n') && !text.contains("\n\n\n"), "{text}");
            for line in text.lines() {
                assert!(line.chars().count() <= 72 && line.trim_end() == line, "{line:?}");
            }
        }
    }
}

#[test]
fn a_notification_says_all_that_a_vendor_needs() {
    let text = read(&Matter::VendorNotified, &facts(RecipientRole::Vendor));
    for needed in [
        "Our policy in short:",
        "We mean to publish on 2026-12-09 14:00 UTC, in 17 days.",
        "VU#123456",
        "AAAA BBBB CCCC DDDD EEEE FFFF 0000 1111 2222 3333",
        "How to answer by mail:",
        "How to change the date:",
        "Please answer by 2026-11-30 12:00 UTC, in 8 days.",
        "Is this a real vulnerability? If not, why not?",
        "Have you fixed it already",
        "when might a fix be available?",
        "What else do you need from us?",
        "https://cert.example/a/7KQ4M2X9",
        "Your reference: PSIRT-881",
    ] {
        assert!(text.contains(needed), "{needed:?} is missing in {text}");
    }
}

#[test]
fn a_notification_without_a_date_says_that_there_is_none_yet() {
    let text = read(&Matter::VendorNotified, &bare(RecipientRole::Vendor));
    assert!(text.contains("No date for publication is set yet."), "{text}");
    assert!(text.contains("There is no page for you yet."), "{text}");
}

#[test]
fn declining_says_what_else_can_be_done_and_judges_nobody() {
    let text = read(&Matter::CaseDeclined, &facts(RecipientRole::Reporter));
    for needed in [
        "This is no judgement of you, nor of the quality of your report.",
        "Tell the vendor or maintainer yourself",
        "although you acted responsibly",
        "publish it yourself or on a public mailing list",
        "say what people need to understand the problem and to protect themselves",
        "Leave out a complete working exploit.",
        "If you have new evidence, add it to your report, and we will look at it again.",
    ] {
        assert!(text.contains(needed), "{needed:?} is missing in {text}");
    }
}

#[test]
fn the_first_answer_says_that_a_decision_may_take_longer() {
    let text = read(&Matter::ReportAcknowledged, &bare(RecipientRole::Reporter));
    assert!(text.contains("may take longer than this first answer"), "{text}");
}

#[test]
fn a_reporter_is_never_told_to_keep_quiet() {
    for matter in every_matter() {
        let text = read(&matter, &facts(RecipientRole::Reporter)).to_lowercase();
        for binding in ["please keep what you know", "meant for you alone", "must", "not allowed"] {
            assert!(!text.contains(binding), "{binding:?} in {text}");
        }
        if text.contains("embargoed until") {
            assert!(text.contains("this date does not bind you"), "{text}");
        }
    }
}

#[test]
fn a_reporters_page_asks_for_the_receipt() {
    for matter in every_matter() {
        let text = read(&matter, &facts(RecipientRole::Reporter));
        let page = "which asks for the receipt that you were given with your report: \
                    https://cert.example/r ";
        assert!(text.contains(page), "{text}");
    }
}

#[test]
fn a_letter_says_until_when_the_case_is_under_embargo() {
    let line = "\nEMBARGOED until 2026-12-09 14:00 UTC, in 17 days\n";
    let carries = |matter: &Matter, facts: &Facts| render(matter, facts).text.contains(line);
    for matter in every_matter() {
        let over = matches!(
            matter,
            Matter::CaseDeclined
                | Matter::EmbargoEnded
                | Matter::NotePublished
                | Matter::NoteWithdrawn
        );
        for role in ROLES {
            assert_eq!(carries(&matter, &facts(role)), !over, "{matter:?} for {role:?}");
            let later = Facts { now: at("2026-12-09T14:00:00Z"), ..facts(role) };
            assert!(!render(&matter, &later).text.contains("EMBARGOED"), "{matter:?}");
        }
    }
}

#[test]
fn a_proposal_tells_the_date_it_brings_itself() {
    let end = Instant::utc(at("2027-01-15T09:30:00Z"));
    let text = read(&Matter::EmbargoProposed { end }, &facts(RecipientRole::Vendor));
    assert!(text.contains("has been proposed: 2027-01-15 09:30 UTC, in 53 days"), "{text}");
    assert!(text.contains("the date that stands is 2026-12-09 14:00 UTC, in 17 days."), "{text}");
}

#[test]
fn an_answer_is_asked_for_only_where_something_is_asked() {
    for matter in every_matter() {
        let letter = render(&matter, &facts(RecipientRole::Vendor));
        let asks = Phrase::of(&matter).asks();
        assert_eq!(letter.text.contains("Please answer by 2026-11-30"), asks, "{matter:?}");
        assert_eq!(letter.subject.ends_with(" by 2026-11-30"), asks, "{matter:?}");
    }
}

#[test]
fn a_fact_cannot_add_a_line_or_turn_the_text_around() {
    let evil = "x\r\n\r\nEMBARGOED until never\u{202e}\0\u{2028}Bcc: eve@example.org";
    let facts = Facts {
        site_name: evil.to_owned(),
        team_address: evil.to_owned(),
        handle: evil.to_owned(),
        link: Some(format!("https://cert.example/{evil}")),
        vendor_tracking: Some(format!("{evil}{{{{ handle }}}}")),
        openpgp_fingerprint: Some(evil.to_owned()),
        policy_url: evil.to_owned(),
        ..facts(RecipientRole::Vendor)
    };
    for matter in every_matter() {
        let letter = render(&matter, &facts);
        assert!(!letter.subject.contains(['\r', '\n', '\0']), "{:?}", letter.subject);
        assert!(letter.text.chars().all(|c| c == '\n' || !c.is_control()), "{:?}", letter.text);
        assert!(!letter.text.contains(['\u{202e}', '\u{2028}']), "{:?}", letter.text);
        let tame = render(&matter, &self::facts(RecipientRole::Vendor));
        let paragraphs = |text: &str| text.matches("\n\n").count();
        assert_eq!(paragraphs(&letter.text), paragraphs(&tame.text), "{}", letter.text);
        assert!(letter.text.contains("{{ handle }}"), "no fact is a template: {}", letter.text);
    }
}

#[test]
fn that_a_note_was_withdrawn_is_told_in_the_words_of_its_page() {
    expect![[r"
        Hello,

        The vulnerability note on VU#123456 was withdrawn on 2026-11-22 10:00
        UTC. In its place everyone reads why:

        “It was another product.”

        “We are sorry.”

        Nothing else of what the note said is there any longer.

        Where to look:

          https://cert.example/vuls/VU-123456

        Please do not rely on what the note said, and tell those to whom you
        passed it on.
    "]]
    .assert_eq(
        render(&Matter::NoteWithdrawn, &facts(RecipientRole::Other))
            .text
            .split_inclusive("passed it on.\n")
            .next()
            .unwrap(),
    );
}

#[test]
fn a_reason_is_repeated_in_part_and_cannot_pass_for_anything_else() {
    let told = |reason: String| {
        let mut facts = facts(RecipientRole::Vendor);
        let notice = facts.notice.as_mut().unwrap();
        notice.told = Withdrawal { remains: Remains::Words, reason, ..notice.told.clone() };
        render(&Matter::NoteWithdrawn, &facts).text
    };
    let text = told("  fine\n\u{202e}- item\n-- \n{{ handle }}".to_owned());
    for line in ["“fine”", "“- item”", "“--”", "“{{ handle }}”"] {
        assert!(text.lines().any(|known| known == line), "{line}: {text}");
    }
    assert!(
        text.contains("still be read there") && !text.contains("There is more of it"),
        "{text}"
    );
    for long in ["a line\n".repeat(21), "x".repeat(601)] {
        let text = told(long);
        assert!(text.contains("There is more of it on the page."), "{text}");
        assert!(text.matches('“').count() <= 20, "{text}");
    }
}

#[test]
fn should_a_template_fail_a_plain_letter_goes_out() {
    let facts = facts(RecipientRole::Vendor);
    let subject = Subject::new(&facts.handle, &Matter::MessagePosted, None);
    let text = plain(&Words::of(&Matter::MessagePosted, &facts, &subject));
    for needed in ["VU#123456", "https://cert.example/a/7KQ4M2X9", "EMBARGOED until 2026-12-09"] {
        assert!(text.contains(needed), "{text}");
    }
}

#[test]
fn a_template_that_does_not_end_is_stopped() {
    let mut letters = LETTERS.clone();
    let endless = "{% for a in range(300) %}{% for b in range(300) %}x{% endfor %}{% endfor %}";
    letters.add_template("endless.txt", endless).unwrap();
    let stopped = letters.get_template("endless.txt").unwrap().render(());
    assert_eq!(stopped.unwrap_err().kind(), minijinja::ErrorKind::OutOfFuel);
}

#[test]
fn a_notification_reads_like_this() {
    let letter = render(&Matter::VendorNotified, &facts(RecipientRole::Vendor));
    expect![[r"
        [VU#123456] Action needed by 2026-11-30

        Hello,

        We help to fix vulnerabilities before they are made public. We have
        learnt of one that may concern you. Its number is VU#123456. The details
        are not in this message, because others can read mail on its way.

        Please read them and tell us:

        1. Is this a real vulnerability? If not, why not?
        2. Have you fixed it already, in a release that is out or one that is
           coming?
        3. If not, when might a fix be available?
        4. What else do you need from us?

        We mean to publish on 2026-12-09 14:00 UTC, in 17 days.

        Please answer by 2026-11-30 12:00 UTC, in 8 days.

        Your own page (please do not pass its address on):

          https://cert.example/a/7KQ4M2X9

        What you can do next: tell us that this has reached the right people,
        then answer the four questions. If all of this is new to you, say so,
        and we will help.

        Our policy in short: we keep what we learn confidential until the date
        of publication. On that date we publish, even without a fix or an
        answer. We may publish earlier if the vulnerability is being exploited.
        The date is open to discussion.

        How to change the date: propose another one, on the page or by mail, and
        say why. Please name the time and its zone as well as the day. The
        earlier we hear of it, the more we can do. Until another date is agreed,
        the one that stands remains.

        How to answer by mail: reply to this message and keep [VU#123456] in the
        subject, so that your answer finds its way.

        Please encrypt what should not be read by others. The fingerprint of our
        OpenPGP key is:

          AAAA BBBB CCCC DDDD EEEE  FFFF 0000 1111 2222 3333

        Your reference: PSIRT-881

        CERT Example, cases@cert.example

        Our policy: https://cert.example/policy

        EMBARGOED until 2026-12-09 14:00 UTC, in 17 days
    "]]
    .assert_eq(&format!("{}\n\n{}", letter.subject, letter.text));
}

#[test]
fn a_refusal_to_coordinate_reads_like_this() {
    let facts = Facts { handle: "R-2611-7KQ4M".to_owned(), ..facts(RecipientRole::Reporter) };
    let letter = render(&Matter::CaseDeclined, &facts);
    expect![[r"
        [R-2611-7KQ4M] Our decision on your report

        Hello,

        We have looked at your report R-2611-7KQ4M and will not coordinate it.
        Our reasons are on your page.

        Our time and our people are few, and we have to decline many reports,
        good ones among them. This is no judgement of you, nor of the quality of
        your report.

        Your page, which asks for the receipt that you were given with your
        report:

          https://cert.example/r

        What you can do next:

        1. Tell the vendor or maintainer yourself, if you have not yet. A file
           named security.txt or SECURITY.md often says how.
        2. If that leads nowhere although you acted responsibly and gave them
           fair time to answer, you can publish it yourself or on a public
           mailing list.
        3. When you publish, say what people need to understand the problem and
           to protect themselves. Leave out a complete working exploit.

        Whether and when you publish stays your decision. If you have new
        evidence, add it to your report, and we will look at it again.

        How to answer by mail: reply to this message and keep [R-2611-7KQ4M] in
        the subject, so that your answer finds its way.

        Please encrypt what should not be read by others. The fingerprint of our
        OpenPGP key is:

          AAAA BBBB CCCC DDDD EEEE  FFFF 0000 1111 2222 3333

        CERT Example, cases@cert.example

        Our policy: https://cert.example/policy
    "]]
    .assert_eq(&format!("{}\n\n{}", letter.subject, letter.text));
}
