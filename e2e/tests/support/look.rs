//! How pages look: pictures of each for people to look at, and a judge of accessibility that we
//! did not write.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::browser::Browser;
use super::driver::Scripts;
use super::program::root;
use super::tools::Tools;

/// The widths and colours in which pages are shown.
const WAYS: [(&str, u32, &str); 4] = [
    ("wide-light", 1280, "light"),
    ("wide-dark", 1280, "dark"),
    ("phone-light", 390, "light"),
    ("phone-dark", 390, "dark"),
];

/// The tallest picture, in pixels.
const TALLEST: u64 = 6000;

/// Asks axe for what hinders people seriously. It answers with one line for each.
const JUDGE: &str = r"
    const [done] = arguments;
    axe.run(document, { resultTypes: ['violations'] }).then(
        (found) => done(found.violations
            .filter((one) => ['serious', 'critical'].includes(one.impact))
            .flatMap((one) => one.nodes.map((node) =>
                `${one.id}: ${node.html.slice(0, 200)}\n    ${node.failureSummary.replace(/\s+/g, ' ')}`))),
        (error) => done(['axe failed: ' + error]));
";

/// The eye that looks at pages, and what it found.
pub(crate) struct Eye<'a> {
    tools: &'a Tools,
    found: Vec<String>,
}

impl<'a> Eye<'a> {
    /// An eye that has seen nothing yet.
    pub(crate) fn new(tools: &'a Tools) -> Self {
        Self { tools, found: vec![] }
    }

    /// Looks at the page that a browser shows, in every way. Where scripts may not run there is
    /// nothing more to see, and the judge cannot work.
    pub(crate) async fn look(&mut self, browser: &Browser, name: &str) {
        if browser.scripts() == Scripts::Off {
            return;
        }
        for (way, width, colours) in WAYS {
            let features = json!([{ "name": "prefers-color-scheme", "value": colours }]);
            browser.command("Emulation.setEmulatedMedia", &json!({ "features": features }));
            show(browser, width, 900);
            let height = browser.ask("return String(document.documentElement.scrollHeight)").await;
            show(browser, width, height.parse().unwrap_or(900).clamp(600, TALLEST));
            let picture = browser.client.screenshot().await.expect("a picture");
            keep(&root().join(format!("target/screens/{way}-{name}.png")), &picture);
            self.measure(browser, &format!("{way}-{name}")).await;
            if way != "phone-dark" {
                self.judge(browser, &format!("{way}-{name}")).await;
            }
        }
        browser.command("Emulation.clearDeviceMetricsOverride", &json!({}));
        browser.command("Emulation.setEmulatedMedia", &json!({ "features": [] }));
    }

    /// A page is never wider than its window: what does not fit scrolls in a box of its own.
    async fn measure(&mut self, browser: &Browser, name: &str) {
        let widths = browser
            .ask("const e = document.documentElement; return `${e.scrollWidth} ${e.clientWidth}`")
            .await;
        let fits = widths.split_once(' ').is_some_and(|(page, window)| page == window);
        if !fits {
            self.found.push(format!("{name}: the page and its window are {widths} pixels wide"));
        }
    }

    async fn judge(&mut self, browser: &Browser, name: &str) {
        let Some(axe) = &self.tools.axe else { return };
        browser.client.execute(axe, vec![]).await.expect("axe is loaded");
        let found = browser.client.execute_async(JUDGE, vec![]).await.expect("axe answers");
        let found = found.as_array().cloned().unwrap_or_default();
        self.found.extend(found.iter().map(|one| {
            let what = one.as_str().map_or_else(|| one.to_string(), str::to_owned);
            format!("{name}: {what}")
        }));
    }

    /// Nothing may have been found in the end.
    pub(crate) fn close(self) {
        assert!(self.found.is_empty(), "these pages hinder people:\n{}", self.found.join("\n"));
    }
}

fn show(browser: &Browser, width: u32, height: u64) {
    let window: Value =
        json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
    browser.command("Emulation.setDeviceMetricsOverride", &window);
}

/// Keeps a picture.
pub(super) fn keep(file: &Path, picture: &[u8]) {
    fs::create_dir_all(file.parent().expect("a directory")).expect("a place for pictures");
    fs::write(file, picture).expect("the picture is kept");
}
