//! The OpenPGP key of the house through the years: made once, extended before it runs out, renamed
//! with the team, and nobody's but the server's.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::sync::Arc;

use app::service_key::{certificate, keep_service_key, revocation};
use app::{Error, Settings};
use domain::Actor;
use store::Store;
use testkit::TestSite;

/// How the key looks today, in one line.
async fn looks(site: &TestSite) -> String {
    let ctx = site.site.duty();
    let certificate = certificate(&ctx).await.unwrap().unwrap();
    let until = certificate.expires_at(ctx.now()).unwrap().strftime("%Y-%m-%d").to_string();
    format!("{} until {until}", certificate.user_ids(ctx.now()).join(", "))
}

store::both_engines! {
    async fn the_key_is_made_once_and_kept_good(store: Store) {
        let site = TestSite::on(store).await;
        let nobody = site.acting(Actor::Anyone);
        assert!(certificate(&nobody).await.unwrap().is_none());
        assert_eq!(keep_service_key(&site.site.duty()).await.unwrap().done, 1);
        assert_eq!(keep_service_key(&site.site.duty()).await.unwrap().done, 0);
        let first = certificate(&nobody).await.unwrap().unwrap().fingerprint();
        assert_eq!(looks(&site).await, "Northlake CERT <team@northlake.example> until 2028-11-21");

        site.clock.pass_days(364);
        assert_eq!(keep_service_key(&site.site.duty()).await.unwrap().done, 0);
        site.clock.pass_days(2);
        assert_eq!(keep_service_key(&site.site.duty()).await.unwrap().done, 1);
        assert_eq!(looks(&site).await, "Northlake CERT <team@northlake.example> until 2029-11-22");
        assert_eq!(certificate(&nobody).await.unwrap().unwrap().fingerprint(), first);
    }

    async fn the_key_follows_the_name_of_the_team_even_if_it_had_run_out(store: Store) {
        let mut site = TestSite::on(store).await;
        keep_service_key(&site.site.duty()).await.unwrap();
        site.clock.pass_days(1000);
        let settings = (*site.site.settings).clone();
        let settings = Settings { site_name: "Lake CERT".to_owned(), team_address: None, ..settings };
        site.site.settings = Arc::new(settings);
        assert_eq!(keep_service_key(&site.site.duty()).await.unwrap().done, 1);
        assert_eq!(looks(&site).await, "Lake CERT <ombud@northlake.example> until 2031-08-18");
        assert_eq!(keep_service_key(&site.site.duty()).await.unwrap().done, 0);
    }

    async fn nobody_but_the_server_touches_the_key(store: Store) {
        let site = TestSite::on(store).await;
        keep_service_key(&site.site.duty()).await.unwrap();
        for ctx in [site.lead(), site.analyst(), site.acting(Actor::Anyone)] {
            assert!(matches!(keep_service_key(&ctx).await, Err(Error::NotFound)));
            assert!(matches!(revocation(&ctx).await, Err(Error::NotFound)));
        }
        let revocation = revocation(&site.site.duty()).await.unwrap();
        assert!(revocation.starts_with("-----BEGIN PGP PUBLIC KEY BLOCK-----"), "{revocation}");
    }
}
