//! A browser in somebody's hands. Whoever uses it reads words, fills in fields and presses
//! buttons; nothing is sent that a form on a page does not send. What is not there as expected
//! stops the story, and shows the page.

use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use super::driver::Scripts;
use super::{http, look, program};

/// How long a page may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// A browser of one person.
pub(crate) struct Browser {
    pub(super) client: Client,
    driver: String,
    session: String,
    whose: String,
    base: String,
    scripts: Scripts,
}

impl Browser {
    /// A browser that was just started.
    pub(crate) async fn new(
        client: Client,
        driver: &str,
        whose: &str,
        base: &str,
        scripts: Scripts,
    ) -> Self {
        let session = client.session_id().await.ok().flatten().expect("a session");
        let (driver, whose, base) = (driver.to_owned(), whose.to_owned(), base.to_owned());
        Self { client, driver, session, whose, base, scripts }
    }

    /// Goes to a page of the server, or to an address from a letter.
    pub(crate) async fn open(&self, address: &str) {
        let address = if address.starts_with('/') {
            format!("{}{address}", self.base)
        } else {
            address.to_owned()
        };
        self.client.goto(&address).await.expect("the page opens");
    }

    /// Loads the page anew, past what the browser keeps of it.
    pub(crate) async fn reload(&self) {
        self.client.refresh().await.expect("the page opens again");
    }

    /// The path and what follows it, of the page that is shown.
    pub(crate) async fn place(&self) -> String {
        let here = self.client.current_url().await.expect("a page is shown").to_string();
        here.strip_prefix(&self.base).unwrap_or(&here).to_owned()
    }

    /// All words of the page, also folded ones, with single spaces between.
    pub(crate) async fn words(&self) -> String {
        self.ask("return document.body.textContent.replace(/\\s+/g, ' ').trim()").await
    }

    /// Waits until the page says something.
    pub(crate) async fn reads(&self, words: &str) {
        let started = Instant::now();
        while !self.words().await.contains(words) {
            if started.elapsed() > PATIENCE {
                self.stop(&format!("the page does not say “{words}”")).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Makes sure that neither the page nor its source says something.
    pub(crate) async fn reads_nothing_of(&self, secrets: &[&str]) {
        let source = self.client.source().await.expect("a page is shown");
        for secret in secrets {
            if source.contains(secret) {
                self.stop(&format!("the page says “{secret}”")).await;
            }
        }
    }

    /// The words of one element, with single spaces between.
    pub(crate) async fn words_of(&self, css: &str) -> String {
        let words = self.find(css).await.prop("textContent").await.ok().flatten();
        words.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// An attribute of one element.
    pub(crate) async fn attribute(&self, css: &str, name: &str) -> Option<String> {
        self.find(css).await.attr(name).await.expect("the element is there")
    }

    /// Types into a field, over whatever stands there.
    pub(crate) async fn fill(&self, field: &str, text: &str) {
        let element = self.find(&format!("[id='{field}']")).await;
        element.clear().await.expect("the field can be emptied");
        self.type_into(&element, text).await;
    }

    /// Types into a field as if key by key, where the browser has a way of its own to take it.
    pub(crate) async fn type_keys(&self, field: &str, keys: &str) {
        let element = self.find(&format!("[id='{field}']")).await;
        self.type_into(&element, keys).await;
    }

    async fn type_into(&self, element: &Element, text: &str) {
        if let Err(error) = element.send_keys(text).await {
            self.stop(&format!("“{text}” cannot be typed: {error}")).await;
        }
    }

    /// Picks an answer to a question: the radio or check box that has this label.
    pub(crate) async fn choose(&self, question: &str, answer: &str) {
        self.click(&format!(
            "//*[@id='{question}']//label[normalize-space(span/text()[1])=\"{answer}\"]//input"
        ))
        .await;
    }

    /// Picks a line of a list.
    pub(crate) async fn select(&self, list: &str, line: &str) {
        let options = format!("//select[@id='{list}']/option[normalize-space(.)=\"{line}\"]");
        self.click(&options).await;
    }

    /// Unfolds what is folded under this line, unless it is open.
    pub(crate) async fn unfold(&self, line: &str) {
        self.click(&format!("//details[not(@open)]/summary[normalize-space(.)=\"{line}\"]")).await;
    }

    /// Follows a link.
    pub(crate) async fn follow(&self, link: &str) {
        self.click(&format!("//a[normalize-space(.)=\"{link}\"]")).await;
    }

    /// Presses the one button with these words, and waits for the page that follows to say
    /// something.
    pub(crate) async fn press(&self, button: &str, then: &str) {
        self.press_in("", button, then).await;
    }

    /// Presses a button in the form that is sent to an address that ends like this.
    pub(crate) async fn press_in(&self, form: &str, button: &str, then: &str) {
        let form = if form.is_empty() {
            String::new()
        } else {
            let from = format!("string-length(@action) - string-length('{form}') + 1");
            format!("//form[substring(@action, {from}) = '{form}']")
        };
        self.click(&format!("{form}//button[normalize-space(.)=\"{button}\"]")).await;
        self.reads(then).await;
    }

    /// Presses a button where the words that are to come may stand on the page already: the page
    /// that has the button must be gone first.
    pub(crate) async fn press_again(&self, button: &str, then: &str) {
        let page = self.find("body").await;
        self.click(&format!("//button[normalize-space(.)=\"{button}\"]")).await;
        while page.tag_name().await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.reads(then).await;
    }

    /// Goes back to the page before.
    pub(crate) async fn back(&self) {
        self.client.back().await.expect("there is a page before");
    }

    /// Whether the page's script ran, as told by a button that only it shows.
    pub(crate) async fn script_ran(&self, button: &str) -> Scripts {
        match self.attribute(button, "hidden").await {
            Some(_) => Scripts::Off,
            None => Scripts::On,
        }
    }

    /// Whether pages may run their script here.
    pub(crate) fn scripts(&self) -> Scripts {
        self.scripts
    }

    /// Asks the page something, in words of its own engine.
    pub(crate) async fn ask(&self, script: &str) -> String {
        let answer = self.client.execute(script, vec![]).await;
        answer.ok().and_then(|answer| answer.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Asks the browser something that only its own protocol knows.
    pub(super) fn command(&self, name: &str, parameters: &Value) {
        let path = format!("/session/{}/goog/cdp/execute", self.session);
        let body = json!({ "cmd": name, "params": parameters }).to_string();
        let answer = http::ask(&self.driver, "POST", &path, &body).expect("chromedriver answers");
        assert_eq!(answer.status, 200, "{name}: {}", answer.body);
    }

    async fn find(&self, css: &str) -> Element {
        match self.client.find(Locator::Css(css)).await {
            Ok(element) => element,
            Err(_) => self.stop(&format!("there is no {css}")).await,
        }
    }

    /// Clicks the one element that can be seen of those on this path.
    async fn click(&self, path: &str) {
        let all = self.client.find_all(Locator::XPath(path)).await.unwrap_or_default();
        let mut shown = vec![];
        for element in all {
            if element.is_displayed().await.unwrap_or(false) {
                shown.push(element);
            }
        }
        let [element] = shown.as_slice() else {
            self.stop(&format!("{} elements can be seen of {path}", shown.len())).await
        };
        // A page that is still being laid out may have something else at that place.
        let started = Instant::now();
        while let Err(error) = element.click().await {
            if started.elapsed() > Duration::from_secs(2) {
                self.stop(&format!("{path} cannot be clicked: {error}")).await;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Ends the story, and shows where it ended.
    pub(crate) async fn stop(&self, why: &str) -> ! {
        let file = program::root().join(format!("target/screens/failed-{}.png", self.whose));
        if let Ok(picture) = self.client.screenshot().await {
            look::keep(&file, &picture);
        }
        let (place, words) = (self.place().await, self.words().await);
        panic!("{}: {why}\nat {place}: {words}", self.whose);
    }
}
