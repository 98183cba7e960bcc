use domain::case::{CaseKind, ObservationKind};
use expect_test::{Expect, expect};
use testkit::TestSite;

use super::{next_steps, why_here};

fn check(case: &domain::Case, site: &TestSite, expected: &Expect) {
    let steps = next_steps(case, site.analyst().now());
    let line = |step: super::NextStep| {
        let by = step.by.map_or_else(String::new, |by| format!(", by {}", mail::when::instant(by)));
        format!("\n- {}{by}", step.what)
    };
    let lines: String = steps.into_iter().map(line).collect();
    expected.assert_eq(&format!("because {}{lines}", why_here(case)));
}

#[tokio::test]
async fn what_comes_next_follows_from_what_is_missing() {
    let site = TestSite::on_sqlite().await;
    let id = site.report("Tally time server").await.case;
    let ana = site.analyst();
    check(
        &site.case(id).await,
        &site,
        &expect![[r"
            because nobody has decided on the report yet
            - Give the reporter a first answer, by 2026-11-24 09:00 UTC"]],
    );

    let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
    app::triage::score(&ana, id, None, vector).await.unwrap();
    app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
    check(
        &site.case(id).await,
        &site,
        &expect![[r"
            because no vendor was told yet
            - Add the vendors concerned
            - Give every vulnerability a CVE ID
            - Write the draft of the note"]],
    );

    let vendors = site.vendors(&["Acme", "Bolt"]).await;
    app::participant::add_vendors(&ana, id, vendors.clone()).await.unwrap();
    let acme = site.participant(id, vendors[0]).await;
    app::participant::notify(&ana, id, vec![acme]).await.unwrap();
    let kind = ObservationKind::Leak;
    app::observation::claim(&ana, id, kind, ana.now(), "A forum.".to_owned()).await.unwrap();
    site.clock.pass_days(14);
    check(
        &site.case(id).await,
        &site,
        &expect![[r"
            because vendors were told, and no draft is written yet
            - Write the draft of the note, by 2026-12-23 09:00 UTC
            - Look at 1 observation to judge
            - Tell 1 vendor
            - Remind 1 vendor
            - Give every vulnerability a CVE ID"]],
    );
}

#[tokio::test]
async fn a_case_for_advice_only_asks_nobody_to_tell_vendors() {
    let site = TestSite::on_sqlite().await;
    let id = site.only_report(testkit::a_report("Tally time server")).await.case;
    let why = "The flaw is plain.".to_owned();
    let ana = site.analyst().setting_aside(domain::Rule::NoScore, why);
    app::triage::accept(&ana, id, CaseKind::AdviseOnly).await.unwrap();
    check(
        &site.case(id).await,
        &site,
        &expect![[r"
            because no vendor was told yet
            - Describe every vulnerability
            - Give every vulnerability a CVE ID
            - Write the draft of the note"]],
    );
}
