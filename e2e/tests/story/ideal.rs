//! The ideal process: a report comes in, is scored and taken on, the vendors are told, one of them
//! answers, a date is agreed, the draft is shared, and at the instant that was agreed, and not
//! before, everybody can read the note. Each step is somebody's own, in a browser.

use jiff::{SignedDuration, Timestamp};

use crate::coordinator::Coordinator;
use crate::reporter::Reporter;
use crate::support::browser::Browser;
use crate::support::driver::{Driver, Scripts};
use crate::support::look::Eye;
use crate::support::now;
use crate::support::relay::Relay;
use crate::support::server::Server;
use crate::support::tools::Tools;
use crate::vendor::Vendor;
use crate::{instant, letters};

/// What nobody outside may learn before the instant.
pub(crate) const PRODUCT: &str = "Tallyho Clock 4.2";
/// The title of the note.
pub(crate) const TITLE: &str = "Tallyho Clock lets strangers stop it";
/// What the reporter wrote, which nobody but the team reads.
pub(crate) const RAW: &str = "The escapement of my neighbour Quill's clock stopped last night.";
/// What is wrong, as the lead describes it; the reporter says so as well.
pub(crate) const FLAW: &str = "A negative interval halts the escapement thread.";
/// Whoever reported it.
pub(crate) const REPORTER: &str = "Robin Rooke";
/// The vendor who answers.
pub(crate) const ACME: &str = "Acme Chronometry";
/// The vendor who does not.
pub(crate) const BOLT: &str = "Bolt Horology";
/// The number that the note's flaw gets.
pub(crate) const CVE: &str = "CVE-2026-31337";

/// So long a step of the story may take from the proposal to the approval.
const ROOM: SignedDuration = SignedDuration::from_secs(45);

/// Tells it.
pub(crate) async fn tell(tools: &Tools, database: Option<&str>, scripts: Scripts) {
    let relay = Relay::start(tools);
    let server = Server::start(tools, &relay, database);
    let driver = Driver::start(tools, scripts);
    let mut eye = Eye::new(tools);

    let mut reporter = Reporter::with(driver.browser("reporter", &server.base).await);
    let visitor = driver.browser("visitor", &server.base).await;
    let mut lead = Coordinator::with(driver.browser("coordinator", &server.base).await);
    lead.join(&server.setup_link, &mut eye).await;
    lead.log_out_and_in_again(&mut eye).await;

    reporter.report(&mut eye).await;
    lead.triage(&mut eye).await;
    reporter.is_told("We are taking on your report", &relay, &mut eye).await;

    let number = lead.tell_vendors(&mut eye).await;
    let mut acme = Vendor::with(driver.browser("vendor", &server.base).await);
    acme.open_the_letter(&relay, &server.base, &mut eye).await;
    acme.agree_and_answer(&mut eye).await;

    lead.prove(&mut eye).await;
    let end = lead.propose(next_minute_after(ROOM)).await;
    reporter.agree(&relay).await;
    acme.agree_to_the_date(&relay).await;
    lead.accept_the_date().await;

    lead.draft_and_share().await;
    reporter.comment(&relay).await;
    acme.comment(&relay).await;
    lead.deal_with_comments().await;
    lead.enter_the_cve_id().await;
    lead.approve().await;
    assert!(now() < end, "the story was too slow: the embargo ended before the note was approved");
    look_until(end, &mut eye, &lead, &reporter, &acme).await;

    nothing_is_known(&visitor, &number).await;
    instant::watch(server.host(), &number, end).await;
    everything_is_known(&visitor, &number, &mut eye).await;
    instant::json_is_right(server.host(), &number, end);
    letters::are_right(&relay).await;
    lead.look_back(&mut eye).await;
    lead.take_back(&mut eye).await;
    taken_back(&visitor, &number, &mut eye).await;
    lead.import(&mut eye).await;
    eye.close();
    let log = server.stop();
    for secret in [PRODUCT, TITLE, RAW, FLAW, REPORTER, ACME, BOLT] {
        assert!(!log.contains(secret), "the log speaks of “{secret}”:\n{log}");
    }
}

/// The first whole minute that leaves this much room: fields for dates know no seconds.
fn next_minute_after(room: SignedDuration) -> Timestamp {
    let least = now().as_second() + room.as_secs();
    Timestamp::from_second((least / 60 + 1) * 60).expect("an instant of this century")
}

/// Uses the time that is left to look at the pages as they are under embargo.
async fn look_until(
    end: Timestamp,
    eye: &mut Eye<'_>,
    lead: &Coordinator,
    reporter: &Reporter,
    acme: &Vendor,
) {
    let is_time = || end.duration_since(now()) > SignedDuration::from_secs(12);
    lead.show_draft().await;
    if is_time() {
        eye.look(&lead.browser, "draft").await;
    }
    if is_time() {
        eye.look(&reporter.browser, "room-draft").await;
    }
    if is_time() {
        eye.look(&acme.browser, "act-draft").await;
    }
}

/// To a visitor, the note is not there, nor is anything that speaks of it.
async fn nothing_is_known(visitor: &Browser, number: &str) {
    visitor.open(&format!("/vuls/{number}")).await;
    visitor.reads("There is no such page").await;
    for page in ["/", "/vuls/"] {
        visitor.open(page).await;
        visitor.reads_nothing_of(&[PRODUCT, TITLE, number]).await;
    }
}

/// To a visitor, the note is there with the notice, and so is what it said before.
async fn taken_back(visitor: &Browser, number: &str, eye: &mut Eye<'_>) {
    visitor.open(&format!("/vuls/{number}")).await;
    // A browser keeps it for a minute.
    visitor.reload().await;
    visitor.reads("The flaw is in another clock.").await;
    eye.look(visitor, "note-withdrawn").await;
    visitor.open(&format!("/vuls/{number}/history?from=1&to=2")).await;
    visitor.reads("Revision 1 and revision 2").await;
    eye.look(visitor, "history").await;
}

/// To a visitor, all is there.
async fn everything_is_known(visitor: &Browser, number: &str, eye: &mut Eye<'_>) {
    // A browser keeps these two for a minute, and this one saw them before the instant.
    visitor.open("/").await;
    visitor.reload().await;
    visitor.reads(TITLE).await;
    eye.look(visitor, "home").await;
    visitor.open("/vuls/").await;
    visitor.reload().await;
    eye.look(visitor, "notes").await;
    visitor.follow(TITLE).await;
    visitor.reads(FLAW).await;
    visitor.reads_nothing_of(&[RAW]).await;
    for words in [CVE, ACME, BOLT, "Thanks to Robin Rooke", "Update to 4.3", "No answer", "PUBLIC"]
    {
        visitor.reads(words).await;
    }
    assert_eq!(visitor.place().await, format!("/vuls/{number}"));
    eye.look(visitor, "note").await;
    visitor.follow(ACME).await;
    visitor.reads(TITLE).await;
    eye.look(visitor, "vendor").await;
    for page in ["policy", "help", "contact", "accessibility"] {
        visitor.open(&format!("/{page}")).await;
        eye.look(visitor, page).await;
    }
}
