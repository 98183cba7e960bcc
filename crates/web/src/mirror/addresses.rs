//! Which addresses the public site has. A test compares them with the routes, so that no page is
//! forgotten here.

use std::collections::BTreeSet;

use app::Settings;
use domain::Published;
use jiff::tz::TimeZone;

use crate::{public, statics};

/// What is there whatever is published.
const ALWAYS: [&str; 11] = [
    "/",
    "/vuls/",
    "/vuls/atomfeed/",
    "/feed.atom",
    "/feed.json",
    "/policy",
    "/help",
    "/contact",
    "/accessibility",
    "/.well-known/security.txt",
    "/.well-known/openpgp.asc",
];

/// What lies below the address of a note, if it is there: OSV and CVE records come on top.
const BESIDE: [&str; 7] = ["json", "csaf", "csaf-2.1", "openvex", "text", "signed", "history"];

/// What VINCE's API says of a single note (VINCE 2.2).
const OF_API: [&str; 8] = [
    "{}/",
    "{}/csaf/",
    "{}/vuls/",
    "vuls/{}/",
    "{}/vendors/",
    "vendors/{}/",
    "{}/vendors/vuls/",
    "vendors/vuls/{}/",
];

/// What it says of a month, and of a year.
const OF_MONTH: [&str; 4] = ["{}/", "{}/summary/", "vendors/{}/", "vendors/{}/summary/"];
const OF_YEAR: [&str; 2] = ["{}/summary/", "vendors/{}/summary/"];

/// The pages and lists that are there whatever is published.
pub(super) fn everywhere(settings: &Settings) -> BTreeSet<String> {
    let always = ALWAYS.into_iter().chain(statics::ADDRESSES).map(str::to_owned);
    always.chain(public::addresses_of_lists(settings)).collect()
}

/// What a note consists of. Some of it may not be there: not every note is signed, and not every
/// vendor speaks.
pub(super) fn of_note(note: &Published, settings: &Settings) -> BTreeSet<String> {
    let page = format!("/vuls/{}", note.number().slug());
    let records = note.vulnerabilities().iter().map(|flaw| flaw.ordinal);
    let records = records.flat_map(|at| [format!("osv-{at}"), format!("cve-{at}")]);
    let beside = BESIDE.map(str::to_owned).into_iter().chain(records);
    let beside: Vec<String> = beside.map(|name| format!("{page}/{name}")).collect();
    let digits = note.number().digits();
    let api = OF_API.map(|shape| of_api(shape, digits));
    let alias = format!("/vuls/notes/{digits}/");
    let csaf = public::addresses_of(note, settings);
    [page, alias].into_iter().chain(beside).chain(api).chain(csaf).collect()
}

/// The lists that name a note, beside those that name all.
pub(super) fn lists_of(note: &Published, settings: &Settings) -> BTreeSet<String> {
    let at = TimeZone::UTC.to_datetime(note.published_at());
    let (year, month) = (at.year(), at.month());
    let months = [format!("{year:04}/{month:02}"), format!("{year:04}/{month}")];
    let of_month = months.iter().flat_map(|month| OF_MONTH.map(|shape| of_api(shape, month)));
    let of_year = OF_YEAR.map(|shape| of_api(shape, &format!("{year:04}")));
    let cves = note.vulnerabilities().iter().filter_map(|flaw| flaw.cve.as_ref());
    let cve = |cve: &domain::CveId| {
        let number = cve.as_ref().trim_start_matches("CVE-").to_owned();
        of_api("vuls/cve/{}/", &number)
    };
    let subjects = note.subjects().into_iter().flat_map(|subject| {
        let page = public::address(subject.kind, &subject.place);
        ["", "/feed.atom", "/feed.json"].map(|feed| format!("{page}{feed}"))
    });
    let folders = public::folders_of(note, settings);
    of_month.chain(of_year).chain(cves.map(cve)).chain(subjects).chain(folders).collect()
}

fn of_api(shape: &str, what: &str) -> String {
    format!("/vuls/api/{}", shape.replace("{}", what))
}
