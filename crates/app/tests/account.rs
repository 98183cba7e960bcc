//! Who comes in, with what, and what they must show again: joining, second factors, recovery
//! codes, passwords, sessions, and what slows down who guesses.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;

use app::account::{self, NewAccount, factor, password};
use app::session::{self, Person, Place, Proof, Standing};
use app::{Error, Result};
use domain::case::CaseKind;
use domain::embargo::EndCause;
use domain::event::Answer;
use domain::note::{Section, When};
use domain::{AccountId, Actor, CaseId, Rule, StaffRole};
use jiff::SignedDuration;
use testkit::{PASSWORD, TestSite, code_of};

const ANA: &str = "ana@northlake.example";
const LEE: &str = "lee@northlake.example";

/// The second factor that somebody sets up in these tests.
const NEW_SECRET: [u8; 20] = *b"another twenty bytes";

fn new(address: &str) -> NewAccount {
    let (address, name) = (address.to_owned(), "Kim Park".to_owned());
    NewAccount { address, name, password: "seven green lanterns".to_owned() }
}

fn proof(code: String) -> Proof {
    Proof { password: PASSWORD.to_owned(), code }
}

async fn log_in(site: &TestSite, address: &str, password: &str, code: &str) -> Result<String> {
    let anyone = site.acting(Actor::Anyone);
    session::log_in(&anyone, address.to_owned(), password.to_owned(), code.to_owned()).await
}

async fn person(site: &TestSite, cookie: &str) -> Option<Person> {
    session::person(&site.site, cookie).await.unwrap()
}

/// Somebody of the team who has the second factor of everybody, logged in.
async fn enrolled(site: &TestSite, id: AccountId, address: &str) -> Person {
    site.enrol(id).await;
    person(site, &site.log_in(address).await).await.unwrap()
}

/// The code of [`NEW_SECRET`] now.
fn new_code(site: &TestSite) -> String {
    let now = app::Clock::now(site.clock.as_ref()).as_second();
    code_of(&NEW_SECRET, now.try_into().unwrap())
}

async fn set_factor(site: &TestSite, me: &Person, proof: Proof) -> Result<factor::Enrolled> {
    let (anyone, code) = (site.acting(Actor::Anyone), new_code(site));
    factor::set_second_factor(&anyone, me, proof, NEW_SECRET.to_vec(), code).await
}

fn wrong<T>(outcome: Result<T>) -> String {
    match outcome {
        Err(Error::Invalid(wrong)) => format!("{}: {}", wrong.field, wrong.message),
        Err(error) => error.to_string(),
        Ok(_) => "done".to_owned(),
    }
}

const NOT_PROVED: &str = "password: The password or the code is not right. Each code works once.";

#[tokio::test]
async fn an_invitation_that_names_an_address_is_for_that_address_alone() {
    let site = TestSite::on_sqlite().await;
    let anyone = site.acting(Actor::Anyone);
    let address = "Kim@Northlake.example".to_owned();
    let link = account::invite(&site.lead(), StaffRole::Analyst, address).await.unwrap();
    for other in ["eve@northlake.example", "\u{212a}im@northlake.example"] {
        let outcome = account::join(&anyone, &link, new(other)).await;
        assert_eq!(wrong(outcome), "address: This invitation is for another address.", "{other}");
    }
    account::join(&anyone, &link, new("kim@northlake.example")).await.unwrap();
    let again = account::join(&anyone, &link, new("kim@northlake.example")).await;
    assert!(matches!(again, Err(Error::NotFound)));
}

#[tokio::test]
async fn an_invitation_that_was_withdrawn_lets_nobody_in() {
    let site = TestSite::on_sqlite().await;
    let address = "kim@northlake.example".to_owned();
    let link = account::invite(&site.lead(), StaffRole::Analyst, address).await.unwrap();
    let listed = account::invitations(&site.lead()).await.unwrap();
    let [open] = listed.as_slice() else { panic!("{} are listed", listed.len()) };
    for denied in [site.analyst(), site.acting(Actor::Anyone)] {
        assert!(matches!(account::withdraw(&denied, open.hash).await, Err(Error::NotFound)));
        assert!(matches!(account::invitations(&denied).await, Err(Error::NotFound)));
    }
    account::withdraw(&site.lead(), open.hash).await.unwrap();
    let joined = account::join(&site.acting(Actor::Anyone), &link, new(ANA)).await;
    assert!(matches!(joined, Err(Error::NotFound)));
    assert!(account::invitations(&site.lead()).await.unwrap().is_empty());
}

#[tokio::test]
async fn once_there_is_a_lead_no_link_to_set_up_is_good() {
    let site = TestSite::without_people(store::Store::scratch_sqlite().await.unwrap());
    let anyone = site.acting(Actor::Anyone);
    // Two starts of an empty server draw two links.
    let one = account::invite_first(&site.site.duty()).await.unwrap().unwrap();
    let other = account::invite_first(&site.site.duty()).await.unwrap().unwrap();
    account::join(&anyone, &one, new("kim@northlake.example")).await.unwrap();
    let second = account::join(&anyone, &other, new("eve@northlake.example")).await;
    assert!(matches!(second, Err(Error::NotFound)));
    assert!(matches!(account::invited(&anyone, &other).await, Err(Error::NotFound)));
    assert_eq!(account::invite_first(&site.site.duty()).await.unwrap(), None);
}

#[tokio::test]
async fn nobody_shuts_their_own_account_or_that_of_the_last_lead() {
    let site = TestSite::on_sqlite().await;
    let ana = site.log_in(ANA).await;
    let denied = account::shut(&site.analyst(), site.lead).await;
    assert!(matches!(denied, Err(Error::NotFound)));
    let own = wrong(account::shut(&site.lead(), site.lead).await);
    assert_eq!(own, "account: This is your own account. Ask another lead.");
    let other = site.acting(Actor::Staff(site.analyst, StaffRole::Lead));
    let last = wrong(account::shut(&other, site.lead).await);
    assert_eq!(last, "account: This is the last lead. Invite another first.");
    assert!(person(&site, &ana).await.is_some());
    account::shut(&site.lead(), site.analyst).await.unwrap();
    assert!(person(&site, &ana).await.is_none());
    assert!(matches!(log_in(&site, ANA, PASSWORD, "").await, Err(Error::Unknown)));
}

#[tokio::test]
async fn who_has_no_second_factor_comes_no_further_than_their_own_account() {
    let site = TestSite::on_sqlite().await.strict();
    let me = person(&site, &site.log_in(ANA).await).await.unwrap();
    assert_eq!((me.standing, me.actor, me.staff), (Standing::MustEnrol, Actor::Anyone, None));
    let no_password = Proof { password: "seven green lanterns".to_owned(), code: String::new() };
    assert_eq!(wrong(set_factor(&site, &me, no_password).await), NOT_PROVED);
    let enrolled = set_factor(&site, &me, proof(String::new())).await.unwrap();
    let me = person(&site, &enrolled.session).await.unwrap();
    assert_eq!(me.actor, Actor::Staff(site.analyst, StaffRole::Analyst));
    assert_eq!(enrolled.codes.len(), 10);
}

#[tokio::test]
async fn a_second_factor_is_replaced_only_with_the_old_one_and_other_sessions_end() {
    let site = TestSite::on_sqlite().await.strict();
    let me = enrolled(&site, site.analyst, ANA).await;
    site.clock.pass_seconds(30);
    let other = site.log_in(ANA).await;
    for code in [String::new(), "000000".to_owned(), new_code(&site), site.code()] {
        let outcome = set_factor(&site, &me, proof(code.clone())).await;
        assert_eq!(wrong(outcome), NOT_PROVED, "{code}");
    }
    let ana = site.analyst();
    let bare = factor::set_second_factor(
        &ana,
        &me,
        proof(site.code_in(30)),
        NEW_SECRET.to_vec(),
        "000000".to_owned(),
    );
    assert_eq!(wrong(bare.await), "new_code: That code is not right. Enter the newest one.");
    let set = set_factor(&site, &me, proof(site.code_in(30))).await.unwrap();
    assert!(person(&site, &other).await.is_none());
    assert!(person(&site, &set.session).await.is_some());
    site.clock.pass_seconds(60);
    assert!(matches!(log_in(&site, ANA, PASSWORD, &site.code()).await, Err(Error::Unknown)));
    log_in(&site, ANA, PASSWORD, &new_code(&site)).await.unwrap();
    site.duties().await;
    let letters = site.letters();
    let [letter] = letters.as_slice() else { panic!("{} letters", letters.len()) };
    assert_eq!(
        (letter.to.as_str(), letter.subject.as_str()),
        (ANA, "[ACCOUNT] There is a new message")
    );
    assert!(letter.message.contains("Your account has a new second factor."));
}

#[tokio::test]
async fn a_recovery_code_opens_the_door_once_and_its_owner_is_told() {
    let site = TestSite::on_sqlite().await.strict();
    let me = person(&site, &site.log_in(ANA).await).await.unwrap();
    let codes = set_factor(&site, &me, proof(String::new())).await.unwrap().codes;
    let typed = codes[0].to_lowercase().replace('-', " ");
    let opened = log_in(&site, ANA, PASSWORD, &typed).await.unwrap();
    assert!(matches!(log_in(&site, ANA, PASSWORD, &codes[0]).await, Err(Error::Unknown)));
    let me = person(&site, &opened).await.unwrap();
    let left = account::own(&site.analyst(), &me).await.unwrap().recovery_codes;
    assert_eq!(left, 9);
    site.enrol(site.lead).await;
    assert!(matches!(log_in(&site, LEE, PASSWORD, &codes[1]).await, Err(Error::Unknown)));
    let fresh = factor::draw_recovery_codes(&site.analyst(), &me).await.unwrap();
    assert!(matches!(log_in(&site, ANA, PASSWORD, &codes[1]).await, Err(Error::Unknown)));
    log_in(&site, ANA, PASSWORD, &fresh[9]).await.unwrap();
    site.duties().await;
    let told =
        |words: &str| site.letters().iter().filter(|one| one.message.contains(words)).count();
    assert_eq!(
        (told("was used in place"), told("9 of them are left"), told("New recovery")),
        (2, 2, 1)
    );
}

#[tokio::test]
async fn a_code_is_good_once_and_none_that_is_older_is_good_after_it() {
    let site = TestSite::on_sqlite().await.strict();
    let me = enrolled(&site, site.analyst, ANA).await;
    // The code that logged in proves nothing more, nor does the one before it.
    for code in [site.code(), site.code_in(-30)] {
        assert!(matches!(log_in(&site, ANA, PASSWORD, &code).await, Err(Error::Unknown)));
        let proved = session::prove(&site.analyst(), &me, proof(code)).await;
        assert_eq!(wrong(proved), NOT_PROVED);
    }
    let next = site.code_in(30);
    let anew = session::prove(&site.analyst(), &me, proof(next.clone())).await.unwrap();
    let me = person(&site, &anew).await.unwrap();
    let again = session::prove(&site.analyst(), &me, proof(next)).await;
    assert_eq!(wrong(again), NOT_PROVED);
}

#[tokio::test]
async fn a_proof_counts_for_five_minutes_and_gives_the_session_a_new_secret() {
    let site = TestSite::on_sqlite().await.strict();
    site.enrol(site.lead).await;
    let cookie = site.log_in(LEE).await;
    let invite = async |cookie: &str, whom: &str| {
        let me = person(&site, cookie).await.unwrap();
        let ctx = site.site.ctx(me.actor, domain::journal::Via::Web).proved(me.proved_at);
        account::invite(&ctx, StaffRole::Analyst, whom.to_owned()).await
    };
    site.clock.pass_seconds(299);
    invite(&cookie, "kim@northlake.example").await.unwrap();
    site.clock.pass_seconds(1);
    let late = invite(&cookie, "joe@northlake.example").await;
    assert!(matches!(late, Err(Error::ProveYourself)));
    let me = person(&site, &cookie).await.unwrap();
    let renewed = session::prove(&site.lead(), &me, proof(site.code())).await.unwrap();
    assert!(person(&site, &cookie).await.is_none());
    invite(&renewed, "joe@northlake.example").await.unwrap();
}

/// A case whose draft can be approved.
async fn case_to_approve(site: &TestSite) -> CaseId {
    let (ana, id) = (site.analyst(), site.report("Tally time server").await.case);
    let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
    app::triage::score(&ana, id, None, vector).await.unwrap();
    app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
    let vendors = site.vendors(&["Acme"]).await;
    app::participant::add_vendors(&ana, id, vendors.clone()).await.unwrap();
    let acme = site.participant(id, vendors[0]).await;
    app::participant::notify(&ana, id, vec![acme]).await.unwrap();
    site.duties().await;
    let acting = site.acting(Actor::Bearer(id, acme));
    app::embargo::answer(&acting, id, acme, Answer::Agree).await.unwrap();
    let sections = BTreeMap::from([(Section::Overview, "Tally overwrites memory.".to_owned())]);
    app::note::write(&ana, id, "Tally".to_owned(), sections).await.unwrap();
    let case = site.case(id).await;
    app::note::share(&ana, id, [acme, case.reporter].into()).await.unwrap();
    let flaw = *case.vulnerabilities.keys().next().unwrap();
    app::note::assign_cve(&ana, id, flaw, "CVE-2026-12345".parse().unwrap(), None).await.unwrap();
    site.clock.pass_days(15);
    site.duties().await;
    id
}

#[tokio::test]
async fn what_cannot_be_taken_back_asks_for_a_fresh_proof_and_holding_does_not() {
    let site = TestSite::on_sqlite().await;
    let id = case_to_approve(&site).await;
    let stale = || {
        let five_minutes_ago = app::Clock::now(site.clock.as_ref()) - SignedDuration::from_mins(5);
        site.lead().proved(Some(five_minutes_ago))
    };
    let asks = |outcome: Result<()>| matches!(outcome, Err(Error::ProveYourself));
    let kim = "kim@northlake.example".to_owned();
    assert!(asks(account::invite(&stale(), StaffRole::Lead, kim).await.map(drop)));
    assert!(asks(account::shut(&stale(), site.analyst).await));
    assert!(asks(app::note::approve(&stale(), id, 1, When::EmbargoEnds).await));
    let because = || stale().setting_aside(Rule::EarlyEnd, "Everybody has the fix.".to_owned());
    assert!(asks(app::embargo::end(&because(), id, EndCause::Consensus).await));
    assert!(asks(app::embargo::end(&because().proved(None), id, EndCause::Consensus).await));
    // Who may not see the case is not asked for anything.
    let stranger = site.acting(Actor::Anyone).proved(None);
    let hidden = app::note::approve(&stranger, id, 1, When::EmbargoEnds).await;
    assert!(matches!(hidden, Err(Error::NotFound)));
    app::note::approve(&site.lead(), id, 1, When::EmbargoEnds).await.unwrap();
    app::note::hold(&stale(), id).await.unwrap();
}

#[tokio::test]
async fn a_password_is_changed_with_the_old_one_and_other_sessions_end() {
    let site = TestSite::on_sqlite().await.strict();
    let me = enrolled(&site, site.analyst, ANA).await;
    site.clock.pass_seconds(30);
    let other = site.log_in(ANA).await;
    let change = async |me: &Person, proof: Proof, new: &str| {
        password::change_password(&site.analyst(), me, proof, new.to_owned()).await
    };
    let new = "seven green lanterns";
    let fresh = || proof(site.code_in(30));
    let guessed = Proof { password: "seven blue lanterns".to_owned(), ..fresh() };
    assert_eq!(wrong(change(&me, guessed, new).await), NOT_PROVED);
    assert_eq!(wrong(change(&me, proof(String::new()), new).await), NOT_PROVED);
    let same = wrong(change(&me, fresh(), PASSWORD).await);
    assert_eq!(same, "new_password: This is the password you have already.");
    let common = wrong(change(&me, fresh(), "password1234").await);
    assert_eq!(common, "new_password: Many people use this one. Use another.");
    let renewed = change(&me, fresh(), new).await.unwrap();
    assert!(person(&site, &other).await.is_none());
    assert!(person(&site, &renewed).await.is_some());
    site.clock.pass_seconds(60);
    assert!(matches!(log_in(&site, ANA, PASSWORD, &site.code()).await, Err(Error::Unknown)));
    log_in(&site, ANA, new, &site.code()).await.unwrap();
    site.duties().await;
    assert!(site.letters().iter().any(|one| one.message.contains("password of your account")));
}

#[tokio::test]
async fn a_session_ends_after_half_an_hour_without_a_click() {
    let site = TestSite::on_sqlite().await;
    let cookie = site.log_in(ANA).await;
    site.clock.pass_seconds(30 * 60 - 1);
    assert!(person(&site, &cookie).await.is_some());
    site.clock.pass_seconds(30 * 60 - 1);
    let me = person(&site, &cookie).await.unwrap();
    assert_eq!(session::sessions(&site.analyst(), &me).await.unwrap().len(), 1);
    site.clock.pass_seconds(30 * 60);
    assert!(person(&site, &cookie).await.is_none());
    assert_eq!(session::sessions(&site.analyst(), &me).await.unwrap(), []);
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours_in_any_case() {
    let site = TestSite::on_sqlite().await.strict();
    site.enrol(site.analyst).await;
    let mut cookie = site.log_in(ANA).await;
    for n in 0..35 {
        site.clock.pass_seconds(20 * 60);
        let me = person(&site, &cookie).await.unwrap();
        // Showing again who one is makes it last no longer.
        if n == 20 {
            cookie = session::prove(&site.analyst(), &me, proof(site.code())).await.unwrap();
        }
    }
    site.clock.pass_seconds(20 * 60 - 1);
    assert!(person(&site, &cookie).await.is_some());
    site.clock.pass_seconds(1);
    assert!(person(&site, &cookie).await.is_none());
}

#[tokio::test]
async fn own_sessions_are_listed_and_ended_and_nobody_elses() {
    let site = TestSite::on_sqlite().await;
    let (one, two, lee) = (site.log_in(ANA).await, site.log_in(ANA).await, site.log_in(LEE).await);
    let me = person(&site, &one).await.unwrap();
    let lead = person(&site, &lee).await.unwrap();
    let listed = session::sessions(&site.analyst(), &me).await.unwrap();
    let here: Vec<_> = listed.iter().filter(|seen| seen.place == Place::Here).collect();
    assert_eq!((listed.len(), here.len()), (2, 1));
    let other = listed.iter().find(|seen| seen.place == Place::Elsewhere).unwrap().hash;
    session::end(&site.lead(), &lead, other).await.unwrap();
    assert!(person(&site, &two).await.is_some());
    session::end(&site.analyst(), &me, other).await.unwrap();
    assert!(person(&site, &two).await.is_none());
    let three = site.log_in(ANA).await;
    session::end_others(&site.analyst(), &me).await.unwrap();
    assert!(person(&site, &three).await.is_none());
    assert!(person(&site, &one).await.is_some());
    assert!(person(&site, &lee).await.is_some());
}

#[tokio::test]
async fn who_guesses_is_slowed_down_and_an_owner_is_not_kept_out() {
    let site = TestSite::on_sqlite().await;
    let mark = session::mark_of_browser(&site.site, " Ana@northlake.example");
    for _ in 0..10 {
        assert!(matches!(log_in(&site, ANA, "wrong", "").await, Err(Error::Unknown)));
    }
    // Now even the right password is not looked at, by whatever spelling of the address.
    assert!(matches!(
        log_in(&site, " ANA@northlake.example", PASSWORD, "").await,
        Err(Error::TooMany)
    ));
    // A browser in which Ana has been before has tries of its own; other marks help nobody.
    let anyone = site.acting(Actor::Anyone);
    let again = async |mark: &str| {
        session::log_in_again(&anyone, mark, ANA.to_owned(), proof(String::new())).await
    };
    let of_lee = session::mark_of_browser(&site.site, LEE);
    let forged = format!("{}.{}", mark.split('.').next().unwrap(), "0".repeat(64));
    for strange in [of_lee.as_str(), forged.as_str(), "", ".", "é.é"] {
        assert!(matches!(again(strange).await, Err(Error::TooMany)), "{strange}");
    }
    for _ in 0..10 {
        again(&mark).await.unwrap();
    }
    assert!(matches!(again(&mark).await, Err(Error::TooMany)));
    site.clock.pass_seconds(15 * 60);
    log_in(&site, ANA, PASSWORD, "").await.unwrap();
}

#[tokio::test]
async fn a_stolen_session_guesses_ten_times_and_keeps_nobody_out() {
    let site = TestSite::on_sqlite().await.strict();
    let me = enrolled(&site, site.analyst, ANA).await;
    for _ in 0..10 {
        let guess = Proof { password: "wrong".to_owned(), code: site.code_in(30) };
        assert_eq!(wrong(session::prove(&site.analyst(), &me, guess).await), NOT_PROVED);
    }
    let right = session::prove(&site.analyst(), &me, proof(site.code_in(30))).await;
    assert!(matches!(right, Err(Error::TooMany)));
    log_in(&site, ANA, PASSWORD, &site.code_in(30)).await.unwrap();
}

#[tokio::test]
async fn many_strangers_at_once_are_sent_away_and_a_known_browser_is_not() {
    let site = TestSite::on_sqlite().await;
    let anyone = site.acting(Actor::Anyone);
    for _ in 0..300 {
        session::count_try(&anyone, "login".to_owned(), 300).await.unwrap();
    }
    assert!(matches!(log_in(&site, ANA, PASSWORD, "").await, Err(Error::TooMany)));
    let mark = session::mark_of_browser(&site.site, ANA);
    session::log_in_again(&anyone, &mark, ANA.to_owned(), proof(String::new())).await.unwrap();
}

#[tokio::test]
async fn when_the_line_for_slow_hashes_is_full_who_comes_is_sent_away() {
    let mut site = TestSite::on_sqlite().await;
    // Nobody is served here, so that everybody waits.
    site.site.hashing = std::sync::Arc::new(app::secret::Hashing::new(0));
    let ctx = site.acting(Actor::Anyone);
    let mut waiting = tokio::task::JoinSet::new();
    for n in 0..40 {
        let ctx = ctx.clone();
        waiting.spawn(async move {
            let address = format!("p{n}@northlake.example");
            session::log_in(&ctx, address, PASSWORD.to_owned(), String::new()).await.map(drop)
        });
    }
    // The line has 32 places: eight of the forty find none.
    for _ in 0..8 {
        let outcome = waiting.join_next().await;
        assert!(matches!(outcome, Some(Ok(Err(Error::TooMany)))), "{outcome:?}");
    }
    let refused = app::secret::hash_of_password(&site.site, PASSWORD).await;
    assert!(matches!(refused, Err(Error::TooMany)));
    waiting.abort_all();
    while waiting.join_next().await.is_some() {}
    let place = app::secret::hash_of_password(&site.site, PASSWORD);
    let waits = tokio::time::timeout(std::time::Duration::from_millis(50), place).await;
    assert!(waits.is_err(), "who hangs up while waiting gives the place back");
}

#[tokio::test]
async fn what_the_operator_resets_is_told_and_ends_every_session() {
    let site = TestSite::on_sqlite().await.strict();
    let me = person(&site, &site.log_in(ANA).await).await.unwrap();
    let set = set_factor(&site, &me, proof(String::new())).await.unwrap();
    account::reset_second_factor(&site.site.duty(), ANA.to_owned()).await.unwrap();
    assert!(person(&site, &set.session).await.is_none());
    assert!(matches!(log_in(&site, ANA, PASSWORD, &set.codes[0]).await, Err(Error::Unknown)));
    let me = person(&site, &site.log_in(ANA).await).await.unwrap();
    assert_eq!(me.standing, Standing::MustEnrol);
    let new = "seven green lanterns".to_owned();
    account::reset_password(&site.site.duty(), ANA.to_owned(), new).await.unwrap();
    site.duties().await;
    for words in ["has taken the second factor", "The password of your account was changed"] {
        let told = site.letters().iter().filter(|one| one.message.contains(words)).count();
        assert_eq!(told, 1, "{words}");
    }
}
