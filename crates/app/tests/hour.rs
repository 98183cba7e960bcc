//! Whoever hides who they are must not be found by when they did something (INV-5): nothing that is
//! kept, sealed or plain, in a column, a text or an id, tells the minute.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use app::report::NewReport;
use domain::event::Audience;
use domain::report::{Identity, Known};
use domain::{Actor, CaseId, Timestamp};
use store::{Store, Value};
use testkit::{TestSite, a_report};

/// The minute in which everything happens.
const MINUTE: &str = "2026-11-22T09:37";

fn at(rest: &str) -> Timestamp {
    format!("{MINUTE}{rest}").parse().unwrap()
}

fn is_in_the_minute(at: Timestamp) -> bool {
    at.to_string().starts_with(MINUTE)
}

/// What a row tells of the minute, if it tells of it: as a number of any unit, in an id that holds
/// a time, or in words.
fn tells(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Integer(number) => [
            Timestamp::from_microsecond(*number),
            Timestamp::from_millisecond(*number),
            Timestamp::from_second(*number),
        ]
        .into_iter()
        .flatten()
        .find(|at| is_in_the_minute(*at))
        .map(|at| at.to_string()),
        Value::Text(text) => in_text(text),
        Value::Bytes(bytes) => in_id(bytes),
    }
}

/// The first 48 bits of an id are milliseconds (RFC 9562 section 5.7).
fn in_id(bytes: &[u8]) -> Option<String> {
    let bits = bytes.get(..6)?.iter().fold(0_i64, |bits, byte| bits << 8 | i64::from(*byte));
    let at = Timestamp::from_millisecond(bits).ok()?;
    (bytes.len() == 16 && is_in_the_minute(at)).then(|| format!("an id of {at}"))
}

fn in_text(text: &str) -> Option<String> {
    if text.contains("09:37") {
        return Some(text.to_owned());
    }
    let words = text.split(|letter: char| !letter.is_ascii_hexdigit() && letter != '-');
    words.filter(|word| word.len() == 36 || word.len() == 32).find_map(|word| {
        let hex = word.replace('-', "");
        let bytes: Option<Vec<u8>> =
            (0..16).map(|n| u8::from_str_radix(hex.get(2 * n..2 * n + 2)?, 16).ok()).collect();
        in_id(&bytes?)
    })
}

/// Every row that tells of the minute.
async fn found(site: &TestSite) -> Vec<String> {
    let rows = site.site.store.everything_kept().await.unwrap();
    assert!(rows.len() > 15, "hardly anything was kept");
    let rows = rows.iter().flat_map(|(table, record)| record.iter().map(move |one| (table, one)));
    rows.filter_map(|(table, value)| Some(format!("{table}: {}", tells(value)?))).collect()
}

fn hidden(identity: Identity) -> NewReport {
    let name = (identity == Identity::Pseudonym).then(|| "night owl".to_owned());
    NewReport { identity, name, address: None, exploited: Known::Yes, ..a_report("Tally") }
}

/// Everything that whoever reported can do, within the minute.
async fn does_everything(site: &TestSite, identity: Identity) -> CaseId {
    site.clock.set(at(":42.123456Z"));
    let receipt = app::report::submit(&site.acting(Actor::Anyone), hidden(identity)).await.unwrap();
    let room = app::report::enter(&site.acting(Actor::Anyone), &receipt.secret).await.unwrap();
    let (case, me) = app::session::bearer(&site.site, &room).await.unwrap().unwrap();
    let theirs = site.acting(Actor::Bearer(case, me));
    app::report::add(&theirs, case, "It is 4.2.".to_owned()).await.unwrap();
    app::message::post(&theirs, case, Audience::Private(me), "Hello.".to_owned()).await.unwrap();
    let bytes = b"a capture".to_vec();
    let name = "capture.pcap".to_owned();
    app::attachment::add(&theirs, case, name, bytes, Audience::Private(me)).await.unwrap();
    case
}

store::both_engines! {
    async fn nothing_that_is_kept_tells_the_minute_of_a_hidden_reporter(store: Store) {
        let site = TestSite::on(store).await;
        let case = does_everything(&site, Identity::Anonymous).await;
        does_everything(&site, Identity::Pseudonym).await;
        site.duties().await;
        assert_eq!(site.letters(), [], "a letter that goes out now tells when it was caused");
        assert_eq!(found(&site).await, Vec::<String>::new());
        assert_eq!(site.case(case).await.report.received_at, "2026-11-22T09:00:00Z".parse().unwrap());

        site.clock.set("2026-11-22T10:00:00Z".parse().unwrap());
        site.duties().await;
        assert!(!site.letters().is_empty(), "the team was not told at the end of the hour");
        assert_eq!(found(&site).await, Vec::<String>::new());
    }

    async fn of_a_reporter_who_gives_a_name_the_times_are_kept(store: Store) {
        let site = TestSite::on(store).await;
        site.clock.set(at(":42.123456Z"));
        let case = site.report("Tally").await.case;
        assert_eq!(site.case(case).await.report.received_at, at(":42.123456Z"));
        site.duties().await;
        assert_eq!(site.letters().len(), 1);
        let found = found(&site).await;
        for table in ["journal: ", "cases: ", "letters: ", "bodies: an id"] {
            assert!(found.iter().any(|one| one.starts_with(table)), "{table} {found:?}");
        }
    }

    async fn what_a_hidden_reporter_does_is_never_before_what_they_answer(store: Store) {
        let site = TestSite::on(store).await;
        let case = does_everything(&site, Identity::Anonymous).await;
        site.clock.set("2026-11-22T10:20:00Z".parse().unwrap());
        app::triage::acknowledge(&site.analyst(), case).await.unwrap();
        site.clock.set("2026-11-22T10:40:00Z".parse().unwrap());
        let reporter = site.case(case).await.reporter;
        let theirs = site.acting(Actor::Bearer(case, reporter));
        app::report::add(&theirs, case, "It is 4.3.".to_owned()).await.unwrap();
        let added = site.case(case).await.report.addenda.last().unwrap().0;
        assert_eq!(added, "2026-11-22T10:20:00Z".parse().unwrap());
    }
}
