//! Lee, the first lead, alone on the team: joins by the link that the server printed, and leads
//! the case from the inbox to the note.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use totp_rs::{Algorithm, Builder, Secret};

use crate::ideal::{ACME, BOLT, CVE, FLAW, PRODUCT, RAW, TITLE};
use crate::support::browser::Browser;
use crate::support::look::Eye;
use crate::support::now;

const ADDRESS: &str = "lee@northlake.example";
/// An advisory of long ago, in CSAF.
const OLD: &str = r#"{"document": {"category": "csaf_base", "csaf_version": "2.0",
    "title": "An old flaw of a sundial", "publisher": {"category": "vendor", "name": "Sun Works",
    "namespace": "https://sun.example"}, "tracking": {"id": "VU#4", "status": "final",
    "version": "1", "initial_release_date": "2020-01-01T00:00:00Z",
    "current_release_date": "2020-01-01T00:00:00Z", "revision_history":
    [{"number": "1", "date": "2020-01-01T00:00:00Z", "summary": "First."}]}}}"#;
const PASSWORD: &str = "four blue kettles sing";

/// The lead.
pub(crate) struct Coordinator {
    /// Their browser.
    pub(crate) browser: Browser,
    /// The key in their authenticator app.
    key: String,
    /// The time of the newest code they used, in steps of the app.
    used: AtomicU64,
    /// The case they work on, as `VU-123456` once it has its number.
    case: String,
}

impl Coordinator {
    /// Somebody who has not joined yet.
    pub(crate) fn with(browser: Browser) -> Self {
        let used = AtomicU64::new(0);
        Self { browser, key: String::new(), used, case: String::new() }
    }

    /// Joins, and sets up a second factor.
    pub(crate) async fn join(&mut self, setup_link: &str, eye: &mut Eye<'_>) {
        let browser = &self.browser;
        browser.open(setup_link).await;
        eye.look(browser, "join").await;
        browser.fill("name", "Lee Lead").await;
        browser.fill("address", ADDRESS).await;
        browser.fill("password", "short").await;
        browser.press("Join", "Please look again").await;
        browser.fill("password", PASSWORD).await;
        browser.press("Join", "Set up a second factor").await;
        eye.look(browser, "me").await;
        self.key = browser.words_of("#key").await.replace(' ', "");
        browser.fill("password", PASSWORD).await;
        browser.fill("new_code", &self.next_code().await).await;
        browser.press("Set it up", "Your second factor is set up.").await;
        eye.look(browser, "codes").await;
        browser.follow("I have them").await;
        browser.reads("You have 10 recovery codes left.").await;
        eye.look(browser, "me-enrolled").await;
        browser.open(setup_link).await;
        browser.reads("There is no such page").await;
    }

    /// From now on the password alone opens nothing.
    pub(crate) async fn log_out_and_in_again(&self, eye: &mut Eye<'_>) {
        let browser = &self.browser;
        browser.open("/inbox").await;
        browser.press_in("", "Sign out", "You are signed out.").await;
        browser.open("/login").await;
        eye.look(browser, "login").await;
        for code in [String::new(), self.code_in(300)] {
            browser.fill("address", ADDRESS).await;
            browser.fill("password", PASSWORD).await;
            browser.fill("code", &code).await;
            browser.press_again("Sign in", "You are not signed in").await;
        }
        browser.fill("password", PASSWORD).await;
        browser.fill("code", &self.next_code().await).await;
        browser.press("Sign in", "Lee Lead").await;
    }

    /// Shows again that it is they, so that what is decided in the next five minutes needs no more.
    pub(crate) async fn prove(&self, eye: &mut Eye<'_>) {
        let browser = &self.browser;
        for page in ["me/password", "me/second-factor"] {
            browser.open(&format!("/{page}")).await;
            eye.look(browser, &page.replace('/', "-")).await;
        }
        browser.open("/prove").await;
        eye.look(browser, "prove").await;
        self.prove_again().await;
    }

    async fn prove_again(&self) {
        let browser = &self.browser;
        browser.open("/prove").await;
        browser.fill("password", PASSWORD).await;
        browser.fill("code", &self.next_code().await).await;
        browser.press("Go on", "You have shown that it is you.").await;
    }

    /// Acknowledges, analyses, scores and accepts what came.
    pub(crate) async fn triage(&mut self, eye: &mut Eye<'_>) {
        let browser = &self.browser;
        browser.open("/inbox").await;
        eye.look(browser, "inbox").await;
        browser.follow(PRODUCT).await;
        browser.reads(FLAW).await;
        browser.reads_nothing_of(&["<script>alert(1)</script>"]).await;
        browser
            .press(
                "Tell the reporter that it is here",
                "The reporter is told that the report is here.",
            )
            .await;
        browser.unfold("Write down an analysis").await;
        browser.select("result", "Confirmed").await;
        browser.fill("notes", "Seen on a clock of our own.").await;
        browser.press_in("/analyse", "Keep", "The analysis is kept.").await;
        browser.press("Accept the case", "A rule stands in the way").await;
        eye.look(browser, "reason").await;
        browser.back().await;
        browser.unfold("Give a score").await;
        let vector = "AV:A/AC:L/Au:N/C:N/I:N/A:C/CDP:LM/TD:M/CR:ND/IR:ND/AR:H";
        browser.fill("vector", vector).await;
        browser.press("Keep the score", "The score is kept.").await;
        browser.select("kind", "Coordinate").await;
        browser.press("Accept the case", "The case is accepted as VU#").await;
        eye.look(browser, "case").await;
        self.case = browser.words_of("main h1 .ref").await;
        assert!(self.case.starts_with("VU-"), "the case is called {}", self.case);
    }

    /// Writes what the flaw is for others to read, beginning with the reporter's words.
    async fn describe(&self, eye: &mut Eye<'_>) {
        let browser = &self.browser;
        browser.open(&format!("/cases/{}?tab=vulnerabilities", self.case)).await;
        browser.reads("Not described yet").await;
        browser.reads(RAW).await;
        browser.follow("Start from these words").await;
        browser.reads("The reporter's own words: edit before use").await;
        eye.look(browser, "flaws-undescribed").await;
        browser.fill("words-1", FLAW).await;
        browser.fill("cwe-1", "CWE-191").await;
        browser.press_in("/describe", "Describe", "The description is kept.").await;
        browser.reads("CWE-191").await;
    }

    /// Finds two vendors, one of them in the directory, and tells both. Returns the name of the
    /// case in addresses.
    pub(crate) async fn tell_vendors(&mut self, eye: &mut Eye<'_>) -> String {
        let browser = &self.browser;
        browser.open("/contacts").await;
        browser.fill("vendors", &format!("{BOLT} <psirt@bolt.example>")).await;
        browser.press_in("/contacts", "Add", "They are in the directory.").await;
        eye.look(browser, "contacts").await;
        self.describe(eye).await;
        browser.open(&format!("/cases/{}?tab=vendors", self.case)).await;
        browser.fill("vendors", &format!("{ACME} <security@acme.example>\n{BOLT}")).await;
        browser.press_in("/vendors", "Add", "2 vendors added. Nobody is told yet.").await;
        eye.look(browser, "vendors-untold").await;
        browser.choose("pick", &format!("Pick {ACME}")).await;
        browser.choose("pick", &format!("Pick {BOLT}")).await;
        browser.press("Tell them", "2 letters are on the way.").await;
        eye.look(browser, "vendors").await;
        self.case.clone()
    }

    /// Proposes an end of the embargo, and returns it.
    pub(crate) async fn propose(&self, end: Timestamp) -> Timestamp {
        let browser = &self.browser;
        browser.open(&format!("/cases/{}?tab=vendors", self.case)).await;
        browser.follow(ACME).await;
        browser.reads("Update to 4.3").await;
        browser.open(&format!("/cases/{}?tab=embargo", self.case)).await;
        let civil = end.to_zoned(TimeZone::UTC);
        browser.type_keys("end", &civil.strftime("%m%d%Y\t%I%M%p").to_string()).await;
        browser.fill("end_zone", "UTC").await;
        browser.select("why", "The fix").await;
        browser.press("Propose", "The date is on the table").await;
        browser.reads(&civil.strftime("%H:%M").to_string()).await;
        end
    }

    /// Decides that the date stands.
    pub(crate) async fn accept_the_date(&self) {
        let browser = &self.browser;
        browser.open(&format!("/cases/{}?tab=embargo", self.case)).await;
        browser.press("Accept this date", "The date stands.").await;
    }

    /// Writes the draft and shows it to whoever may see it.
    pub(crate) async fn draft_and_share(&self) {
        let browser = &self.browser;
        self.show_draft().await;
        browser.fill("title", TITLE).await;
        browser.fill("overview", "The clock stops when it is told to go backwards.").await;
        browser.fill("description", FLAW).await;
        browser.fill("impact", "A stranger in the network stops the clock.").await;
        browser.fill("solution", "Update to 4.3.").await;
        browser.press("Save a new revision", "The draft is kept.").await;
        browser.choose("with", ACME).await;
        browser.choose("with", "The reporter").await;
        browser.press("Share revision 1", "They may read the draft").await;
    }

    /// Shows the draft.
    pub(crate) async fn show_draft(&self) {
        self.browser.open(&format!("/cases/{}/draft", self.case)).await;
    }

    /// Reads what the others said of the draft, and settles each.
    pub(crate) async fn deal_with_comments(&self) {
        let browser = &self.browser;
        self.show_draft().await;
        browser.reads("Please say that 4.1 is affected as well.").await;
        browser.reads("4.3 has a longer name: 4.3.0.").await;
        let (said, done) = ("Dealt with: comment of", "The comment is dealt with.");
        browser.press(&format!("{said} The reporter"), done).await;
        browser.press_again(&format!("{said} {ACME}"), done).await;
    }

    /// Writes down the CVE ID.
    pub(crate) async fn enter_the_cve_id(&self) {
        let browser = &self.browser;
        browser.open(&format!("/cases/{}?tab=vulnerabilities", self.case)).await;
        browser.fill("cve-1", CVE).await;
        browser.press_in("/cve", "Keep", "The CVE ID is kept.").await;
    }

    /// Approves the note. The draft was not shown for a week, which needs a reason.
    pub(crate) async fn approve(&self) {
        let browser = &self.browser;
        self.show_draft().await;
        browser.press("Approve revision 1", "the draft has not been shared for long enough").await;
        browser.fill("because", "Everybody has read it, and the fix is out.").await;
        browser.press("Set the rule aside", "Your approval is kept.").await;
        browser.reads("Approved. Goes out").await;
    }

    /// Looks at what the case is now.
    pub(crate) async fn look_back(&self, eye: &mut Eye<'_>) {
        for tab in ["overview", "vendors", "vulnerabilities", "embargo", "seen", "talk", "log"] {
            self.browser.open(&format!("/cases/{}?tab={tab}", self.case)).await;
            eye.look(&self.browser, &format!("case-public-{tab}")).await;
        }
        self.show_draft().await;
        eye.look(&self.browser, "case-public-draft").await;
        for page in ["cases", "team", "team/webhooks", "import", "contacts", "me"] {
            self.browser.open(&format!("/{page}")).await;
            eye.look(&self.browser, &page.replace('/', "-")).await;
        }
    }

    /// Writes a second revision, and takes the public note back.
    pub(crate) async fn take_back(&self, eye: &mut Eye<'_>) {
        let browser = &self.browser;
        self.prove_again().await;
        self.show_draft().await;
        browser.fill("solution", "Update to 4.3.1, which also forgets the old interval.").await;
        browser.press("Save a new revision", "The draft is kept.").await;
        browser.unfold("What changed between revisions").await;
        browser.follow("Revision 1 and revision 2").await;
        browser.reads("which also forgets the old interval.").await;
        eye.look(browser, "draft-compare").await;
        self.show_draft().await;
        browser.unfold("Take the note back").await;
        eye.look(browser, "case-public-withdraw").await;
        let stays = "Its words stay, under the notice that it was withdrawn";
        browser.choose("remains", stays).await;
        browser.fill("reason", "The flaw is in another clock. We are sorry.").await;
        browser.press("Decide to withdraw", "The note is withdrawn.").await;
        eye.look(browser, "case-withdrawn").await;
    }

    /// Brings a note along from a file, and takes it back as well.
    pub(crate) async fn import(&self, eye: &mut Eye<'_>) {
        let browser = &self.browser;
        browser.open("/import").await;
        browser.fill("document", OLD).await;
        browser.press("Look at it", "What would become of them").await;
        eye.look(browser, "import-looked").await;
        browser.press("Publish 1 of them", "Imported: new 1").await;
        browser.fill("number", "VU#4").await;
        browser.press("Find it", "It came from a file and has no case.").await;
        eye.look(browser, "import-note").await;
        browser.press("Decide to withdraw", "That was not done").await;
        eye.look(browser, "import-note-problems").await;
        browser.choose("remains", "Nothing of it stays but its number and the reason").await;
        browser.fill("reason", "It was never true.").await;
        browser.press("Decide to withdraw", "Let it come back").await;
        eye.look(browser, "import-note-withdrawn").await;
    }

    /// A code that was not used yet: each is good once, and of those to come only the next one
    /// is good already. Who is too quick waits for the app, as people do.
    async fn next_code(&self) -> String {
        let used = self.used.load(Ordering::SeqCst);
        while step_in(STEP) <= used {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let step = step_in(0).max(used + 1);
        self.used.store(step, Ordering::SeqCst);
        self.code_at(step)
    }

    /// The code that the app shows in so many seconds.
    fn code_in(&self, seconds: u64) -> String {
        self.code_at(step_in(seconds))
    }

    fn code_at(&self, step: u64) -> String {
        let secret = Secret::try_from_base32(&self.key).expect("a key in base 32");
        let app = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6);
        let app = app.with_step_duration(STEP).with_secret(secret).with_account_name(ADDRESS);
        app.build().expect("a good key").generate(step * STEP).to_string()
    }
}

/// How long the app shows a code, in seconds.
const STEP: u64 = 30;

/// The time in so many seconds, in steps of the app.
fn step_in(seconds: u64) -> u64 {
    (u64::try_from(now().as_second()).expect("after 1970") + seconds) / STEP
}
