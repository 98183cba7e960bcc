//! The numbers of cases and notes: drawn at random, under the letters that the operator chose.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeSet;

use domain::case::CaseKind;
use domain::{CaseNumber, Rule};
use store::{Store, Tx};
use testkit::TestSite;

async fn numbered(site: &TestSite) -> CaseNumber {
    let id = site.report("Tally time server").await.case;
    let ana = site.analyst().setting_aside(Rule::NoScore, "A test.".to_owned());
    app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap()
}

async fn chosen(site: &TestSite, letters: &str) -> Result<String, String> {
    let chosen = app::policy::choose_prefix(&site.site.duty(), letters.to_owned()).await;
    chosen.map_err(|error| error.to_string())
}

store::both_engines! {
    async fn s88_the_operator_chooses_the_letters_before_the_first_number_and_not_after(store: Store) {
        let site = TestSite::on(store).await;
        let waiting = site.report("It came before").await.case;
        for wrong in ["", "  ", "VU#", "N1", "ELEVENCHARS", "ÄB"] {
            assert!(chosen(&site, wrong).await.is_err(), "{wrong}");
        }
        assert_eq!(chosen(&site, " ncsc ").await.as_deref(), Ok("NCSC"));
        assert_eq!(chosen(&site, "NL").await.as_deref(), Ok("NL"), "nothing has a number yet");
        let number = numbered(&site).await;
        assert!(number.as_ref().starts_with("NL#"), "{number}");
        let ana = site.analyst().setting_aside(Rule::NoScore, "A test.".to_owned());
        let earlier = app::triage::accept(&ana, waiting, CaseKind::Coordinate).await.unwrap();
        assert!(earlier.as_ref().starts_with("NL#"), "the policy at acceptance counts: {earlier}");
        let version = site.site.store.read(Tx::current_policy).await.unwrap().version;
        assert_eq!(chosen(&site, "nl").await.as_deref(), Ok("NL"), "they are the same");
        assert!(chosen(&site, "VU").await.is_err());
        let policy = site.site.store.read(Tx::current_policy).await.unwrap();
        assert_eq!((policy.version, policy.prefix.as_str()), (version, "NL"), "nothing changed");
    }
}

#[tokio::test]
async fn s88_a_number_has_six_digits_and_tells_nothing_of_those_before_it() {
    let site = TestSite::on_sqlite().await;
    let mut numbers = vec![];
    for _ in 0..12 {
        numbers.push(numbered(&site).await);
    }
    assert!(numbers.iter().all(|number| number.prefix() == "VU" && number.digits().len() == 6));
    let different: BTreeSet<_> = numbers.iter().collect();
    assert_eq!(different.len(), numbers.len());
    assert!(!numbers.is_sorted(), "they do not count up: {numbers:?}");
}
