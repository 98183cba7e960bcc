use std::collections::{BTreeMap, BTreeSet};

use domain::OrganizationId;

use super::{Organization, OrganizationKind, normalised_name};
use crate::samples::{fails, id, write};
use crate::statements::sql;
use crate::{Store, StoreError};

pub(crate) fn organization(number: u128, name: &str) -> Organization {
    Organization {
        id: id(number),
        name: name.to_owned(),
        kinds: BTreeSet::new(),
        homepage: None,
        policy_url: None,
        cna: false,
        cna_scope: None,
        cna_requests: None,
        time_zone: None,
        language: None,
        note: None,
    }
}

pub(crate) async fn kept(store: &Store, organization: Organization) {
    write(store, move |tx| tx.add_organization(&organization)).await;
}

async fn names(store: &Store, search: Option<&'static str>) -> Vec<String> {
    let found = store.read(move |tx| tx.organizations(None, search, 100)).await.unwrap();
    found.into_iter().map(|organization| organization.name).collect()
}

fn full() -> Organization {
    Organization {
        kinds: [OrganizationKind::Vendor, OrganizationKind::Cna].into(),
        homepage: Some("https://example.org".to_owned()),
        policy_url: Some("https://example.org/security".to_owned()),
        cna: true,
        cna_scope: Some("Its own products.".to_owned()),
        cna_requests: Some("https://acme.example/cve".to_owned()),
        time_zone: Some("Europe/Berlin".to_owned()),
        language: Some("de".to_owned()),
        note: Some("Ask for the firmware team.".to_owned()),
        ..organization(1, "Größe  AG")
    }
}

#[test]
fn names_are_compared_without_regard_to_spaces_and_capitals() {
    for (name, normalised) in
        [("  Größe \t AG ", "größe ag"), ("ACME", "acme"), ("Ünï Côde", "ünï côde"), ("", "")]
    {
        assert_eq!(normalised_name(name), normalised);
    }
}

crate::both_engines! {
    async fn an_organisation_is_kept_and_changed(store: Store) {
        kept(&store, full()).await;
        let read = async || store.read(|tx| tx.organization(id(1))).await.unwrap();
        assert_eq!(read().await, Some(full()));
        let found = store.read(|tx| tx.organization_by_name(" GRÖSSE ag")).await.unwrap();
        assert_eq!(found, None);
        let found = store.read(|tx| tx.organization_by_name(" GRÖßE ag")).await.unwrap();
        assert_eq!(found, Some(full()));
        write(&store, |tx| tx.save_organization(&organization(1, "Other"))).await;
        assert_eq!(read().await, Some(organization(1, "Other")));
        let error = fails(&store, |tx| tx.save_organization(&organization(9, "Nobody"))).await;
        assert!(matches!(error, StoreError::Stale), "{error}");
    }

    async fn a_name_is_taken_once(store: Store) {
        kept(&store, organization(1, "Acme Inc")).await;
        let error = fails(&store, |tx| tx.add_organization(&organization(2, "ACME  inc"))).await;
        assert!(matches!(error, StoreError::Duplicate(_)), "{error}");
    }

    async fn organisations_are_searched_by_any_part_of_their_name(store: Store) {
        for (number, name) in [(1, "Zeta 100% Soft"), (2, "acme_corp"), (3, "Über Acme")] {
            kept(&store, organization(number, name)).await;
        }
        assert_eq!(names(&store, None).await, ["acme_corp", "Zeta 100% Soft", "Über Acme"]);
        assert_eq!(names(&store, Some("ACME")).await, ["acme_corp", "Über Acme"]);
        assert_eq!(names(&store, Some("üBER")).await, ["Über Acme"]);
        // These are signs of a pattern elsewhere, and only signs here.
        assert_eq!(names(&store, Some("%")).await, ["Zeta 100% Soft"]);
        assert_eq!(names(&store, Some("_")).await, ["acme_corp"]);
        assert_eq!(names(&store, Some("nobody")).await, Vec::<String>::new());
    }

    async fn a_walk_over_the_directory_meets_each_organisation_once(store: Store) {
        write(&store, |tx| {
            (0..60).try_for_each(|n| tx.add_organization(&organization(100 + n, &format!("Vendor {n}"))))
        })
        .await;
        let (mut met, mut after) = (Vec::new(), None);
        loop {
            let place = after.take();
            let piece =
                store.read(move |tx| tx.organizations(place.as_ref(), None, 7)).await.unwrap();
            let Some(last) = piece.last() else { break };
            after = Some(last.place());
            met.extend(piece.into_iter().map(|organization| organization.id));
        }
        assert_eq!(met.len(), 60);
        assert_eq!(met.iter().collect::<BTreeSet<_>>().len(), 60);
    }

    async fn names_of_many_take_one_statement(store: Store) {
        write(&store, |tx| {
            (0..30).try_for_each(|n| tx.add_organization(&organization(100 + n, &format!("Vendor {n}"))))
        })
        .await;
        for n in [1_u32, 30] {
            let ids: BTreeSet<OrganizationId> = (0..n).map(|n| id(100 + u128::from(n))).collect();
            let (names, statements) = store
                .read(move |tx| {
                    Ok::<_, StoreError>((tx.organizations_named(&ids)?, tx.statements_run()))
                })
                .await
                .unwrap();
            assert_eq!((names.len(), statements), (n as usize, 1));
            assert_eq!(names[&id(100)], "Vendor 0");
        }
        let none = store.read(|tx| tx.organizations_named(&[id(1)].into())).await.unwrap();
        assert_eq!(none, BTreeMap::new());
    }

    async fn tags_are_put_on_and_taken_off(store: Store) {
        kept(&store, organization(1, "B")).await;
        kept(&store, organization(2, "A")).await;
        write(&store, |tx| {
            tx.tag(id(1), "tls")?;
            tx.tag(id(1), "tls")?;
            tx.tag(id(1), "medical")?;
            tx.tag(id(2), "tls")
        })
        .await;
        let tagged = async || {
            let found = store.read(|tx| tx.organizations_tagged("tls")).await.unwrap();
            found.into_iter().map(|organization| organization.name).collect::<Vec<_>>()
        };
        assert_eq!(tagged().await, ["A", "B"]);
        write(&store, |tx| tx.untag(id(1), "tls")).await;
        assert_eq!(tagged().await, ["A"]);
        let tags = store.read(|tx| tx.tags_of(id(1))).await.unwrap();
        assert_eq!(tags, ["medical".to_owned()].into());
    }

    async fn kinds_that_nobody_knows_are_told(store: Store) {
        kept(&store, organization(1, "A")).await;
        write(&store, |tx| tx.execute(sql!("update organizations set kinds = '[\"king\"]'"), &[]))
            .await;
        let error = store.read(|tx| tx.organization(id(1))).await.unwrap_err();
        assert!(matches!(error, StoreError::Corrupt(_)), "{error}");
    }
}
