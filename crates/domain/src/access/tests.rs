//! Who sees what of a case, as one table: what is in it against who looks. And two worlds that
//! differ only in a secret look the same to whom it is kept from.

use expect_test::expect;
use proptest::prelude::*;

use super::*;
use crate::case::{ObservationKind, Role, Visibility};
use crate::event::{Audience, StatementAudience};
use crate::status::ProductStatus;
use crate::story::{
    ACME, BOLT, CRANE, FLAW, Story, account, analyst, id, member, organization, receipt, text, who,
};
use crate::work::File;
use crate::{BodyId, Rule};

const DOWNSTREAM: u128 = 16;
const OBSERVER: u128 = 14;
const INVITED: u128 = 21;
const DECLINED: u128 = 22;
const REMOVED: u128 = 23;
const UNTOLD: u128 = 24;

fn post(story: Story, actor: Actor, n: u128, audience: Audience) -> Story {
    story.does(actor, |case, me, asked| {
        case.post_message(me, id(n + 5000), audience.clone(), text(n), asked)
    })
}

fn file(story: Story, n: u128, audience: Audience) -> Story {
    let file = File { id: id(n + 5000), name: text(n), sha256: String::new(), bytes: 1 };
    story.does(analyst(), |case, me, asked| case.attach(me, file, audience, asked))
}

fn statement(story: Story, n: u128, words: u128, audience: StatementAudience) -> Story {
    story.does(member(n), |case, me, asked| {
        case.give_statement(me, who(n), text(words).into(), audience, asked)
    })
}

/// Acme looks; Bolt is named and shares, Crane wishes not to be named, others never agreed.
fn full() -> Story {
    let all = [ACME, BOLT, CRANE, INVITED, DECLINED, REMOVED];
    let story = Story::accepted().with_vendors(&all).with_vendors(&[UNTOLD]);
    let story = story.with(DOWNSTREAM, &[Role::DownstreamVendor]);
    let story = story.with(OBSERVER, &[Role::Observer]);
    let story = story.does(analyst(), |case, me, asked| case.assign_case(me, account(901), asked));
    let story = story.seen_as(CRANE, Visibility::Unnamed).notified(&all);
    let story = story.notified(&[DOWNSTREAM, OBSERVER]).on_day(1);
    let keepers = [ACME, BOLT, CRANE, REMOVED, DOWNSTREAM, OBSERVER];
    let story = keepers.into_iter().fold(story, Story::agrees);
    let story = story.answers(DECLINED, crate::event::Answer::Disagree);
    let story = story.does(analyst(), |case, me, asked| {
        case.remove_participant(me, who(REMOVED), text(302), asked)
    });
    let story = story.does(receipt(), |case, me, asked| case.add_to_report(me, text(105), asked));
    let story = story.does(analyst(), |case, me, asked| {
        case.analyse_report(me, crate::report::Analysis::Confirmed, text(303), asked)
    });
    let story = post(story, analyst(), 310, Audience::Team);
    let story = post(story, analyst(), 311, Audience::Everyone);
    let story = post(story, member(ACME), 312, Audience::Team);
    let story = post(story, member(BOLT), 313, Audience::Team);
    let story = post(story, receipt(), 314, Audience::Team);
    let story = post(story, analyst(), 315, Audience::Private(who(INVITED)));
    let story = file(story, 320, Audience::Team);
    let story = file(story, 321, Audience::Everyone);
    let story = file(story, 322, Audience::Private(who(INVITED)));
    let story = statement(story, ACME, 330, StatementAudience::Coordinator);
    let story = statement(story, BOLT, 331, StatementAudience::Parties);
    let story = statement(story, CRANE, 332, StatementAudience::Parties);
    let story = story.drafted().draft_shown_to(&[ACME, BOLT]).numbered();
    let story = story.does(analyst(), |case, me, asked| {
        let identifiers = [crate::Identifier::new("Acme", "17").unwrap()].into();
        case.set_identifiers(me, id(FLAW), identifiers, asked)
    });
    let story = story
        .does(member(BOLT), |case, me, asked| case.comment_on_draft(me, id(340), text(341), asked));
    let story = story.does(member(BOLT), |case, me, asked| {
        let seen = (asked.now, text(350));
        case.claim_observation(me, id(351), ObservationKind::Leak, seen, asked)
    });
    story.does(member(BOLT), |case, me, asked| case.suggest_participant(me, text(360), asked))
}

fn viewers() -> Vec<(&'static str, Actor)> {
    let staff = |n, role| Actor::Staff(account(n), role);
    vec![
        ("anyone", Actor::Anyone),
        ("reporter", receipt()),
        ("signatory", member(ACME)),
        ("link", Actor::Bearer(id(4), who(ACME))),
        ("invited", member(INVITED)),
        ("declined", member(DECLINED)),
        ("removed", member(REMOVED)),
        ("untold", member(UNTOLD)),
        ("other", member(BOLT)),
        ("downstream", member(DOWNSTREAM)),
        ("observer", member(OBSERVER)),
        ("assigned", staff(901, StaffRole::Analyst)),
        ("unassigned", staff(905, StaffRole::Analyst)),
        ("lead", staff(902, StaffRole::Lead)),
        ("auditor", staff(903, StaffRole::Auditor)),
        ("admin", staff(904, StaffRole::Administrator)),
    ]
}

type Looks = fn(&View) -> bool;

fn reads(view: &View, n: u128) -> bool {
    view.texts().contains(&id::<BodyId>(n))
}

fn fellows(view: &View) -> &[Fellow] {
    match view {
        View::Staff(_) => &[],
        View::Party(view) => &view.fellows,
        View::Reporter(view) => &view.fellows,
    }
}

fn names(view: &View, n: u128) -> bool {
    let Party::Organization(organization) = organization(n) else { return false };
    view.organizations().contains(&organization)
}

const OBJECTS: &[(&str, Looks)] = &[
    ("the case is there", |_| true),
    ("raw report", |view| reads(view, 102)),
    ("report addendum", |view| reads(view, 105)),
    ("working title", |view| reads(view, 101)),
    ("flaw description", |view| reads(view, 103)),
    ("CVE id before publication", |view| match view {
        View::Staff(_) => true,
        View::Party(view) => view.vulnerabilities.iter().any(|flaw| flaw.cve.is_some()),
        View::Reporter(view) => !view.cves.is_empty(),
    }),
    ("other identifiers before it", |view| match view {
        View::Staff(_) => true,
        View::Party(view) => view.vulnerabilities.iter().any(|flaw| !flaw.identifiers.is_empty()),
        View::Reporter(view) => !view.identifiers.is_empty(),
    }),
    ("analysis notes", |view| reads(view, 303)),
    ("team message", |view| reads(view, 310)),
    ("message to everyone", |view| reads(view, 311)),
    ("Acme's thread", |view| reads(view, 312)),
    ("Bolt's thread", |view| reads(view, 313)),
    ("the reporter's thread", |view| reads(view, 314)),
    ("the invited one's thread", |view| reads(view, 315)),
    ("file of the team", |view| reads(view, 320)),
    ("file for everyone", |view| reads(view, 321)),
    ("file for the invited one", |view| reads(view, 322)),
    ("Acme's kept statement", |view| reads(view, 330)),
    ("Bolt's shared statement", |view| reads(view, 331)),
    ("Crane's, who is unnamed", |view| reads(view, 332)),
    ("Acme is named", |view| names(view, ACME)),
    ("Bolt is named", |view| names(view, BOLT)),
    ("Crane is named", |view| names(view, CRANE)),
    ("somebody is there unnamed", |view| {
        fellows(view).iter().any(|fellow| fellow.organization.is_none())
    }),
    ("the untold one is named", |view| names(view, UNTOLD)),
    ("draft", |view| reads(view, 202)),
    ("Bolt's remark on it", |view| reads(view, 341)),
    ("embargo's end", |view| match view {
        View::Staff(_) => true,
        View::Party(view) => view.embargo.end.is_some(),
        View::Reporter(view) => view.embargo.end.is_some(),
    }),
    ("dates on the table", |view| match view {
        View::Staff(_) => true,
        View::Party(view) => !view.embargo.proposals.is_empty(),
        View::Reporter(view) => !view.embargo.proposals.is_empty(),
    }),
    ("a claim and its evidence", |view| reads(view, 350)),
    ("a suggestion", |view| reads(view, 360)),
    ("why a rule was set aside", |view| reads(view, 199)),
    ("may write", |view| match view {
        View::Staff(view) => view.may_write(),
        View::Party(_) | View::Reporter(_) => true,
    }),
];

fn matrix(story: &Story) -> String {
    let views: Vec<_> = viewers()
        .into_iter()
        .map(|(name, actor)| {
            (name, admit(actor, &story.case).map(|me| me.view(story.case.clone())))
        })
        .collect();
    let mut table = format!("{:<27}", "");
    for (name, _) in &views {
        table += &format!("{name:>11}");
    }
    for (object, looks) in OBJECTS {
        table += &format!("\n{object:<27}");
        for (_, view) in &views {
            table += &format!("{:>11}", if view.as_ref().is_some_and(looks) { "x" } else { "-" });
        }
    }
    table + "\n"
}

#[test]
fn who_sees_what_while_an_embargo_is_in_force() {
    expect![[r"
                                        anyone   reporter  signatory       link    invited   declined    removed     untold      other downstream   observer   assigned unassigned       lead    auditor      admin
        the case is there                    -          x          x          x          x          x          -          -          x          x          x          x          -          x          x          -
        raw report                           -          x          -          -          -          -          -          -          -          -          -          x          -          x          -          -
        report addendum                      -          x          -          -          -          -          -          -          -          -          -          x          -          x          -          -
        working title                        -          -          -          -          -          -          -          -          -          -          -          x          -          x          x          -
        flaw description                     -          -          x          x          -          -          -          -          x          x          x          x          -          x          x          -
        CVE id before publication            -          x          x          x          -          -          -          -          x          x          x          x          -          x          x          -
        other identifiers before it          -          x          x          x          -          -          -          -          x          x          x          x          -          x          x          -
        analysis notes                       -          -          -          -          -          -          -          -          -          -          -          x          -          x          x          -
        team message                         -          -          -          -          -          -          -          -          -          -          -          x          -          x          x          -
        message to everyone                  -          x          x          x          -          -          -          -          x          x          x          x          -          x          x          -
        Acme's thread                        -          -          x          x          -          -          -          -          -          -          -          x          -          x          x          -
        Bolt's thread                        -          -          -          -          -          -          -          -          x          -          -          x          -          x          x          -
        the reporter's thread                -          x          -          -          -          -          -          -          -          -          -          x          -          x          x          -
        the invited one's thread             -          -          -          -          x          -          -          -          -          -          -          x          -          x          x          -
        file of the team                     -          -          -          -          -          -          -          -          -          -          -          x          -          x          x          -
        file for everyone                    -          x          x          x          -          -          -          -          x          x          x          x          -          x          x          -
        file for the invited one             -          -          -          -          -          -          -          -          -          -          -          x          -          x          x          -
        Acme's kept statement                -          -          x          x          -          -          -          -          -          -          -          x          -          x          x          -
        Bolt's shared statement              -          x          x          x          -          -          -          -          x          -          -          x          -          x          x          -
        Crane's, who is unnamed              -          -          -          -          -          -          -          -          -          -          -          x          -          x          x          -
        Acme is named                        -          x          x          x          -          -          -          -          x          -          -          x          -          x          x          -
        Bolt is named                        -          x          x          x          -          -          -          -          x          -          -          x          -          x          x          -
        Crane is named                       -          -          -          -          -          -          -          -          -          -          -          x          -          x          x          -
        somebody is there unnamed            -          x          -          -          -          -          -          -          -          -          -          -          -          -          -          -
        the untold one is named              -          -          -          -          -          -          -          -          -          -          -          x          -          x          x          -
        draft                                -          -          x          x          -          -          -          -          x          -          -          x          -          x          x          -
        Bolt's remark on it                  -          -          -          -          -          -          -          -          x          -          -          x          -          x          x          -
        embargo's end                        -          x          x          x          x          x          -          -          x          x          x          x          -          x          x          -
        dates on the table                   -          -          -          -          -          -          -          -          -          -          -          x          -          x          x          -
        a claim and its evidence             -          -          -          -          -          -          -          -          -          -          -          x          -          x          x          -
        a suggestion                         -          -          -          -          -          -          -          -          -          -          -          x          -          x          x          -
        why a rule was set aside             -          -          -          -          -          -          -          -          -          -          -          x          -          x          x          -
        may write                            -          x          x          x          x          x          -          -          x          x          x          x          -          x          -          -
    "]].assert_eq(&matrix(&full()));
}

#[test]
fn who_sees_what_while_another_date_is_on_the_table() {
    // What was shown before stays; what comes now waits for their answer.
    let story = full().on_day(2).proposes(member(BOLT), 660, 60).on_day(3);
    let story = story.does(analyst(), |case, me, asked| {
        case.add_vulnerability(me, id(502), Some(text(104)), asked)
    });
    let story = post(story, analyst(), 316, Audience::Everyone);
    let me = admit(member(ACME), &story.case).unwrap();
    let view = me.view(story.case.clone());
    assert!(reads(&view, 103) && reads(&view, 311) && reads(&view, 202));
    assert!(!reads(&view, 104) && !reads(&view, 316));
}

#[test]
fn the_reporter_is_nowhere_in_what_a_vendor_sees() {
    let story = post(full(), receipt(), 317, Audience::Everyone);
    for vendor in [ACME, BOLT, DOWNSTREAM, OBSERVER] {
        let view = admit(member(vendor), &story.case).unwrap().view(story.case.clone());
        let printed = format!("{view:?}");
        let reporter = who(crate::story::REPORTER).to_string();
        assert!(reads(&view, 317) && !printed.contains(&reporter), "{printed}");
    }
}

#[test]
fn s12_the_reporter_may_always_publish_and_always_go() {
    let story = Story::embargoed(&[ACME]);
    let told = story.asks(receipt(), |case, me, asked| {
        case.record_advisory(me, case.reporter, (id(2800), text(370), asked.now), asked)
    });
    assert!(told.is_ok());
    let gone = story.asks(receipt(), |case, me, asked| case.leave(me, case.reporter, asked));
    assert!(gone.is_ok());
}

#[test]
fn who_has_gone_is_let_in_no_more_and_may_come_back_as_new() {
    let story = Story::embargoed(&[ACME, BOLT]);
    let key = admit(member(BOLT), &story.case).unwrap();
    let story = story.does(member(BOLT), |case, me, asked| case.leave(me, who(BOLT), asked));
    assert_eq!(admit(member(BOLT), &story.case), None);
    let late = story.case.suggest_participant(&key, text(1), &crate::Asked::at(story.now));
    assert_eq!(late, Err(Refusal::NotYours), "an old key opens nothing");
    let story = story.does(analyst(), |case, me, asked| {
        case.add_participant(me, who(99), organization(BOLT), [Role::Vendor].into(), asked)
    });
    assert_eq!(admit(member(BOLT), &story.case), None, "not before it is told");
    let story = story.notified(&[99]);
    let me = admit(member(BOLT), &story.case).unwrap();
    assert_eq!(me.participant(), Some(who(99)));
}

/// What another vendor does that Acme may not learn of.
#[derive(Debug, Clone)]
enum Secret {
    Joins,
    Agrees,
    SetsStatus(u8),
    States,
    Writes(u128),
    IsReminded,
    Comments,
    Advises,
    Suggests,
    GoesAway,
}

fn secrets() -> impl Strategy<Value = Secret> {
    prop_oneof![
        Just(Secret::Joins),
        Just(Secret::Joins),
        Just(Secret::Agrees),
        Just(Secret::Agrees),
        (0..4_u8).prop_map(Secret::SetsStatus),
        Just(Secret::States),
        (400..450_u128).prop_map(Secret::Writes),
        Just(Secret::IsReminded),
        Just(Secret::Comments),
        Just(Secret::Advises),
        Just(Secret::Suggests),
        Just(Secret::GoesAway),
    ]
}

/// What goes on in both worlds.
#[derive(Debug, Clone)]
enum Open {
    Post(u128),
    Draft,
    Propose(u128),
    Take,
    Flaw,
    Acme(u8),
    Nothing,
}

fn opens() -> impl Strategy<Value = Open> {
    prop_oneof![
        (450..480_u128).prop_map(Open::Post),
        Just(Open::Draft),
        (640..660_u128).prop_map(Open::Propose),
        Just(Open::Take),
        Just(Open::Flaw),
        (0..4_u8).prop_map(Open::Acme),
        Just(Open::Nothing),
    ]
}

fn attempt(
    story: &mut Story,
    actor: Actor,
    step: impl FnOnce(&Case, &Me, &crate::Asked) -> Result<Vec<crate::Event>, Refusal>,
) {
    let Some(me) = admit(actor, &story.case) else { return };
    let asked = crate::Asked {
        overrides: Rule::ALL.iter().map(|rule| (*rule, text(199))).collect(),
        ..crate::Asked::at(story.now)
    };
    if let Ok(events) = step(&story.case, &me, &asked) {
        story.keep(me.hand(), events);
    }
}

fn secretly(story: &mut Story, secret: &Secret, seen: Visibility) {
    let statuses = [ProductStatus::Affected, ProductStatus::Fixed, ProductStatus::WillNotFix];
    match secret {
        Secret::Joins => {
            attempt(story, analyst(), |case, me, asked| {
                let roles = [Role::Vendor].into();
                case.add_participant(me, who(CRANE), organization(CRANE), roles, asked)
            });
            attempt(story, analyst(), |case, me, asked| {
                case.change_visibility(me, who(CRANE), seen, asked)
            });
            attempt(story, analyst(), |case, me, asked| {
                case.notify(me, &[crate::story::approach(CRANE)], id(601), asked)
            });
        }
        Secret::Agrees => attempt(story, member(CRANE), |case, me, asked| {
            case.answer_embargo(me, who(CRANE), crate::event::Answer::Agree, asked)
        }),
        Secret::SetsStatus(n) => attempt(story, member(CRANE), |case, me, asked| {
            let status = statuses[usize::from(*n) % 3].clone();
            case.set_status(me, who(CRANE), (id(FLAW), None), status, asked)
        }),
        Secret::States => attempt(story, member(CRANE), |case, me, asked| {
            case.give_statement(me, who(CRANE), text(481).into(), StatementAudience::Parties, asked)
        }),
        Secret::Writes(n) => attempt(story, member(CRANE), |case, me, asked| {
            case.post_message(me, id(*n), Audience::Team, text(*n), asked)
        }),
        Secret::IsReminded => {
            attempt(story, analyst(), |case, me, asked| case.remind(me, &[who(CRANE)], asked));
        }
        Secret::Comments => {
            attempt(story, analyst(), |case, me, asked| {
                case.share_draft(me, [who(CRANE)].into(), asked)
            });
            attempt(story, member(CRANE), |case, me, asked| {
                case.comment_on_draft(me, id(482), text(482), asked)
            });
        }
        Secret::Advises => {
            let expected = crate::story::on(50);
            attempt(story, member(CRANE), |case, me, asked| {
                let announced = (id(484), expected, Some(text(484)));
                case.announce_advisory(me, who(CRANE), announced, asked)
            });
            attempt(story, member(CRANE), |case, me, asked| {
                case.record_advisory(me, who(CRANE), (id(484), text(485), asked.now), asked)
            });
        }
        Secret::Suggests => attempt(story, receipt(), |case, me, asked| {
            case.suggest_participant(me, text(483), asked)
        }),
        Secret::GoesAway => {
            attempt(story, member(CRANE), |case, me, asked| case.leave(me, who(CRANE), asked));
        }
    }
}

fn openly(story: &mut Story, open: &Open) {
    match open {
        Open::Post(n) => attempt(story, analyst(), |case, me, asked| {
            case.post_message(me, id(*n), Audience::Everyone, text(*n), asked)
        }),
        Open::Draft => {
            let sections = [(crate::note::Section::Impact, text(490))].into();
            attempt(story, analyst(), |case, me, asked| {
                case.write_draft(me, text(491), sections, asked)
            });
            attempt(story, analyst(), |case, me, asked| {
                case.share_draft(me, [who(ACME)].into(), asked)
            });
        }
        Open::Propose(n) => attempt(story, member(ACME), |case, me, asked| {
            let end = crate::story::on(60);
            let reason = crate::embargo::ProposalReason::FixTiming;
            case.propose_embargo(me, id(*n), end, reason, asked)
        }),
        Open::Take => attempt(story, analyst(), |case, me, asked| {
            let open = case.embargo.open().first().map(|open| open.id);
            case.accept_proposal(me, open.ok_or(Refusal::NotProposed)?, asked)
        }),
        Open::Flaw => attempt(story, analyst(), |case, me, asked| {
            case.add_vulnerability(me, id(502), Some(text(104)), asked)
        }),
        Open::Acme(n) => attempt(story, member(ACME), |case, me, asked| match n {
            0 => case.answer_embargo(me, who(ACME), crate::event::Answer::Agree, asked),
            1 => case.set_status(me, who(ACME), (id(FLAW), None), ProductStatus::Affected, asked),
            _ => case.suggest_participant(me, text(484), asked),
        }),
        Open::Nothing => {}
    }
}

fn beginning() -> impl Strategy<Value = Story> {
    any::<bool>().prop_map(|embargoed| {
        if embargoed {
            Story::embargoed(&[ACME])
        } else {
            Story::accepted().with_vendors(&[ACME]).notified(&[ACME]).on_day(1)
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000, failure_persistence: None, ..ProptestConfig::default()
    })]

    /// INV-1, INV-2, INV-4, INV-6.
    #[test]
    fn a_vendor_cannot_tell_whether_a_vendor_who_is_not_named_is_there(
        story in beginning(),
        hidden in any::<bool>(),
        steps in prop::collection::vec((opens(), prop::option::of(secrets())), 1..24),
    ) {
        let (mut without, mut with) = (story.clone(), story);
        let seen = if hidden { Visibility::Hidden } else { Visibility::Unnamed };
        for (open, secret) in &steps {
            (without, with) = (without.later(1), with.later(1));
            if let Some(secret) = secret {
                secretly(&mut with, secret, seen);
            }
            openly(&mut without, open);
            openly(&mut with, open);
            let look = |story: &Story| {
                admit(member(ACME), &story.case).map(|me| me.view(story.case.clone()))
            };
            prop_assert_eq!(look(&without), look(&with));
            if hidden {
                let look = |story: &Story| {
                    admit(receipt(), &story.case).map(|me| match me.view(story.case.clone()) {
                        View::Reporter(view) => {
                            (view.fellows, view.n_vendors_told, view.n_vendors_answered)
                        }
                        View::Staff(_) | View::Party(_) => (vec![], 0, 0),
                    })
                };
                prop_assert_eq!(look(&without), look(&with));
            }
        }
    }
}
