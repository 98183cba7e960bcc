//! What the server does unasked, when something is in its way: cases that fail, bytes that nobody
//! needs, secrets that have run out.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use app::duties;
use app::duties::Done;
use domain::event::Audience;
use domain::pec::Pec;
use domain::{Actor, CaseId, Timestamp};
use jiff::SignedDuration;
use store::{Store, sample};
use testkit::TestSite;

/// A case whose embargo ends, and when.
async fn with_embargo(site: &TestSite) -> (CaseId, Timestamp) {
    let id = site.report("Tally time server").await.case;
    let ana = site.analyst().setting_aside(domain::Rule::NoScore, "A test.".to_owned());
    app::triage::accept(&ana, id, domain::case::CaseKind::Coordinate).await.unwrap();
    let acme = site.vendors(&["Acme"]).await;
    app::participant::add_vendors(&ana, id, acme.clone()).await.unwrap();
    let acme = site.participant(id, acme[0]).await;
    app::participant::notify(&ana, id, vec![acme]).await.unwrap();
    (id, site.case(id).await.embargo.end().unwrap().at)
}

/// So many cases that no verb can read, due before everything else.
async fn cases_that_fail(site: &TestSite, n: u64, due: Timestamp) {
    let vault = site.site.vault.clone();
    let made = site.site.store.write(move |tx| {
        (1..=n).try_for_each(|n| {
            sample::begin(tx, &vault, n)?;
            sample::make_due(tx, sample::case_id(n), due)?;
            sample::spoil(tx, sample::case_id(n))
        })
    });
    made.await.unwrap();
}

async fn end_and_publish(site: &TestSite) -> Done {
    duties::end_and_publish(&site.site.duty()).await.unwrap()
}

store::both_engines! {
    async fn a_hundred_and_fifty_cases_that_fail_hold_up_no_other(store: Store) {
        let site = TestSite::on(store).await;
        let (good, end) = with_embargo(&site).await;
        cases_that_fail(&site, 150, end.checked_sub(SignedDuration::from_hours(1)).unwrap()).await;
        site.clock.set(end);
        assert_eq!(end_and_publish(&site).await, Done { done: 1, failed: 150, ..Done::default() });
        assert!(site.case(good).await.embargo.end().is_none(), "it is over on time");

        // They pause, longer each time, and are tried again.
        let mut tries = vec![];
        for second in 1..=16 {
            site.clock.set(end.checked_add(SignedDuration::from_secs(second)).unwrap());
            if end_and_publish(&site).await.failed == 150 {
                tries.push(second);
            }
        }
        assert_eq!(tries, [1, 3, 7, 15]);
        assert_eq!(site.site.store.read(store::Tx::n_setbacks).await.unwrap(), 150);
    }

    async fn a_case_that_was_mended_is_brought_up_and_forgotten_as_failed(store: Store) {
        let site = TestSite::on(store).await;
        let (id, end) = with_embargo(&site).await;
        site.clock.set(end);
        site.site.store.write(move |tx| sample::spoil(tx, id)).await.unwrap();
        assert_eq!(end_and_publish(&site).await, Done { failed: 1, ..Done::default() });
        app::upkeep::rebuild(&site.site).await.unwrap();
        assert_eq!(end_and_publish(&site).await, Done::default(), "it pauses");
        site.clock.set(end.checked_add(SignedDuration::from_secs(1)).unwrap());
        assert_eq!(end_and_publish(&site).await, Done { done: 1, ..Done::default() });
        assert_eq!(site.site.store.read(store::Tx::n_setbacks).await.unwrap(), 0);
        assert_eq!(end_and_publish(&site).await, Done::default());
    }

    async fn a_case_that_fails_keeps_no_vendor_from_being_reminded(store: Store) {
        let site = TestSite::on(store).await;
        let (one, other) = (with_embargo(&site).await.0, with_embargo(&site).await.0);
        // The broken one is looked at first.
        let (broken, good) = (one.min(other), one.max(other));
        site.site.store.write(move |tx| sample::spoil(tx, broken)).await.unwrap();
        site.clock.pass_days(7);
        let done = duties::remind_silent_vendors(&site.site.duty()).await.unwrap();
        assert_eq!(done, Done { done: 1, failed: 1, ..Done::default() });
        let reminded = site.case(good).await.vendors().all(|them| them.reminded_at.len() == 1);
        assert!(reminded);
    }

    async fn who_does_not_answer_in_time_does_not_agree(store: Store) {
        let site = TestSite::on(store).await;
        let (id, _) = with_embargo(&site).await;
        let pec = async || {
            let case = site.case(id).await;
            case.vendors().map(|them| them.pec).collect::<Vec<_>>()
        };
        assert_eq!(pec().await, [Pec::Invited]);
        site.clock.pass_days(6);
        assert_eq!(duties::count_silence(&site.site.duty()).await.unwrap(), Done::default());
        site.clock.pass_days(1);
        let done = duties::count_silence(&site.site.duty()).await.unwrap();
        assert_eq!(done, Done { done: 1, ..Done::default() });
        assert_eq!(pec().await, [Pec::Declined]);
        let journal = site.site.store.read(move |tx| tx.journal(id, 0, 1000)).await.unwrap();
        let last = journal.last().unwrap();
        assert_eq!(last.hand, domain::journal::Hand::Server, "nobody said it");
        assert_eq!(duties::count_silence(&site.site.duty()).await.unwrap(), Done::default());
    }

    async fn looking_for_silence_takes_one_statement_however_many_cases_there_are(store: Store) {
        let site = TestSite::on(store).await;
        for _ in 0..5 {
            with_embargo(&site).await;
        }
        let before = site.site.store.statements_run();
        duties::remind_silent_vendors(&site.site.duty()).await.unwrap();
        let run = site.site.store.statements_run() - before;
        assert_eq!(run, 2, "one page, and the end of the list");
    }

    async fn bytes_of_which_no_row_tells_are_swept_and_others_are_not(store: Store) {
        let site = TestSite::on(store).await;
        let (id, _) = with_embargo(&site).await;
        let ana = site.analyst();
        let proof = ("proof.txt".to_owned(), b"a flaw".to_vec());
        let file = app::attachment::add(&ana, id, proof.0, proof.1, Audience::Team).await.unwrap();
        // An upload that never ended, and one that nobody of us began.
        let (left, foreign) = ("aaaa", "bbbb");
        for blob in [left, foreign] {
            site.site.blobs.put(blob, b"sealed".to_vec()).await.unwrap();
        }
        let now = site.site.clock.now();
        site.site.store.write(move |tx| tx.note_loose_blob(left, now)).await.unwrap();

        site.clock.pass_seconds(24 * 3600);
        assert_eq!(duties::sweep_blobs(&site.site.duty()).await.unwrap().done, 0, "it may be on its way");
        site.clock.pass_seconds(3600);
        assert_eq!(duties::sweep_blobs(&site.site.duty()).await.unwrap().done, 1);
        assert_eq!(duties::sweep_blobs(&site.site.duty()).await.unwrap().done, 0);
        assert!(site.site.blobs.get(left).await.is_err());
        assert!(site.site.blobs.get(foreign).await.is_ok(), "it may be another server's");
        app::attachment::fetch(&ana, id, file).await.unwrap();
        site.site.store.write(move |tx| tx.erase_attachment(id, file)).await.unwrap();
        assert_eq!(duties::sweep_blobs(&site.site.duty()).await.unwrap().done, 1, "erased is erased");
    }

    async fn what_has_run_out_is_forgotten(store: Store) {
        let site = TestSite::on(store).await;
        let (_, _) = with_embargo(&site).await;
        let anyone = site.acting(Actor::Anyone);
        let (who, password) = ("ana@northlake.example", testkit::PASSWORD);
        let log_in = app::session::log_in(&anyone, who.to_owned(), password.to_owned(), String::new());
        log_in.await.unwrap();
        site.duties().await;
        let link = site.link_to("security@acme.example");
        let secret = link.trim_start_matches("/a/").to_owned();
        let holder = app::session::bearer(&site.site, &secret);
        assert!(holder.await.unwrap().is_some());

        let analyst = site.analyst;
        let rows = async || {
            let all = site.site.store.read(move |tx| tx.sessions_of(analyst));
            all.await.unwrap().len()
        };
        assert_eq!(rows().await, 1);
        site.clock.pass_seconds(11 * 3600);
        duties::forget_what_ran_out(&site.site.duty()).await.unwrap();
        assert_eq!(rows().await, 1);
        site.clock.pass_seconds(2 * 3600);
        duties::forget_what_ran_out(&site.site.duty()).await.unwrap();
        assert_eq!(rows().await, 0);
        assert!(app::session::bearer(&site.site, &secret).await.unwrap().is_some(), "good for 400 days");
    }
}
