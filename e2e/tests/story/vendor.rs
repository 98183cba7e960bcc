//! Acme, who has nothing but the link in the letter that the relay took.

use crate::ideal::{FLAW, PRODUCT, RAW, REPORTER};
use crate::support::browser::Browser;
use crate::support::look::Eye;
use crate::support::relay::Relay;

/// Where Acme reads mail.
pub(crate) const ADDRESS: &str = "security@acme.example";

/// The vendor who answers.
pub(crate) struct Vendor {
    /// Their browser.
    pub(crate) browser: Browser,
    link: String,
}

impl Vendor {
    /// A vendor who has not had a letter yet.
    pub(crate) fn with(browser: Browser) -> Self {
        Self { browser, link: String::new() }
    }

    /// Opens the link. What was reported is not shown to who has not agreed.
    pub(crate) async fn open_the_letter(&mut self, relay: &Relay, base: &str, eye: &mut Eye<'_>) {
        let letter = relay.letter(ADDRESS, "Action needed").await;
        self.link = letter.link(&format!("{base}/a/"));
        self.browser.open(&self.link).await;
        self.browser.reads("quiet?").await;
        self.browser.reads_nothing_of(&[PRODUCT, RAW, FLAW, REPORTER]).await;
        eye.look(&self.browser, "act-agree").await;
    }

    /// Agrees, answers the four questions and gives a statement.
    pub(crate) async fn agree_and_answer(&self, eye: &mut Eye<'_>) {
        let browser = &self.browser;
        browser.press("We agree", "Four questions about").await;
        browser.reads(FLAW).await;
        browser.reads_nothing_of(&[RAW, REPORTER, "<script>alert(1)</script>"]).await;
        eye.look(browser, "act-questions").await;
        browser.choose("real", "Yes").await;
        browser.fill("real_because", "All clocks from 4.0 on.").await;
        browser.choose("addressed", "Yes, a fix is released").await;
        browser.fill("fix_ready", "2026-12-09 14:00").await;
        browser.fill("needs", "Nothing for now.").await;
        browser.press("Send the answers", "We have your answers.").await;
        browser.fill("statement", "Update to 4.3, which is **out**.").await;
        browser.choose("audience", "The others in the case as well").await;
        browser.press("Give the statement", "We have your statement.").await;
        eye.look(browser, "act-answered").await;
    }

    /// Agrees to the date that was proposed.
    pub(crate) async fn agree_to_the_date(&self, relay: &Relay) {
        let letter = relay.letter(ADDRESS, "Please answer a proposed date").await;
        self.browser.open(&letter.link("http://")).await;
        self.browser.press_in("/proposal", "Agree", "We have your answer.").await;
    }

    /// Reads the draft, and has something to say.
    pub(crate) async fn comment(&self, relay: &Relay) {
        let letter = relay.letter(ADDRESS, "Please read a draft").await;
        self.browser.open(&letter.link("http://")).await;
        self.browser.reads("Revision 1").await;
        self.browser.fill("remark", "4.3 has a longer name: 4.3.0.").await;
        self.browser.press("Send the remark", "We have your remark.").await;
    }
}
