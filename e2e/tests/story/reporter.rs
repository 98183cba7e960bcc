//! Robin, who reports without an account and comes back with the receipt.

use crate::ideal::{FLAW, PRODUCT, RAW, REPORTER};
use crate::support::browser::Browser;
use crate::support::look::Eye;
use crate::support::relay::Relay;

/// Where Robin reads mail.
pub(crate) const ADDRESS: &str = "robin@reporter.example";

/// The reporter.
pub(crate) struct Reporter {
    /// Their browser.
    pub(crate) browser: Browser,
    receipt: String,
}

impl Reporter {
    /// A reporter who has not reported yet.
    pub(crate) fn with(browser: Browser) -> Self {
        Self { browser, receipt: String::new() }
    }

    /// Fills in the form, once badly, and keeps the receipt.
    pub(crate) async fn report(&mut self, eye: &mut Eye<'_>) {
        let browser = &self.browser;
        browser.open("/report").await;
        eye.look(browser, "report").await;
        browser.fill("product", PRODUCT).await;
        browser.press("Send the report", "Please look again at these answers").await;
        eye.look(browser, "report-problems").await;
        browser
            .fill("description", &format!("{RAW} {FLAW} <script>alert(1)</script> **It stops.**"))
            .await;
        browser.fill("reproduction", "Send an interval of `-1`.").await;
        browser.fill("impact", "Whoever is in the same network stops the clock.").await;
        browser.choose("evidence", "A proof of concept").await;
        browser.choose("public", "No").await;
        browser.choose("exploited", "No").await;
        browser.choose("found_by_tool", "No").await;
        browser.choose("reasons", "Several vendors are affected").await;
        browser.choose("identity", "By name").await;
        browser.fill("name", REPORTER).await;
        browser.fill("address", ADDRESS).await;
        browser.choose("credit", "By my name").await;
        browser
            .choose("terms", "I have read the terms, and thought of agreements that bind me")
            .await;
        browser.press("Send the report", "We have your report").await;
        eye.look(browser, "receipt").await;
        assert_eq!(browser.script_ran("button[data-print]").await, browser.scripts());
        self.receipt = browser.words_of("#receipt").await;

        browser.open("/r").await;
        eye.look(browser, "receipt-door").await;
        browser.fill("receipt", "0000 0000 0000 0000").await;
        browser.press("Open my report", "No report is known under this receipt").await;
        browser.fill("receipt", &self.receipt.to_lowercase()).await;
        browser.press("Open my report", "Between you and us").await;
        assert_eq!(browser.place().await, "/r/report");
    }

    /// A letter tells that there is news, and the room tells what.
    pub(crate) async fn is_told(&self, news: &str, relay: &Relay, eye: &mut Eye<'_>) {
        let letter = relay.letter(ADDRESS, news).await;
        self.browser.open(&letter.link("http://")).await;
        self.browser.reads("in public it will be called").await;
        eye.look(&self.browser, "room").await;
    }

    /// Agrees to the date that was proposed.
    pub(crate) async fn agree(&self, relay: &Relay) {
        relay.letter(ADDRESS, "Please answer a proposed date").await;
        self.browser.open("/r/report").await;
        self.browser.press_in("/proposal", "Agree", "We have your answer.").await;
    }

    /// Reads the draft, and has something to say.
    pub(crate) async fn comment(&self, relay: &Relay) {
        relay.letter(ADDRESS, "Please read a draft").await;
        self.browser.open("/r/report").await;
        self.browser.reads("Revision 1").await;
        self.browser.fill("remark", "Please say that 4.1 is affected as well.").await;
        self.browser.press("Send the remark", "We have your remark.").await;
    }
}
