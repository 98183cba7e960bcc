use super::{Product, ProductRelation, ProductRelationKind};
use crate::Store;
use crate::directory::tests::{kept, organization};
use crate::samples::{id, write};

fn product(number: u128, of: u128, name: &str) -> Product {
    Product {
        id: id(number),
        organization: id(of),
        name: name.to_owned(),
        purl: Some(format!("pkg:cargo/{name}")),
        cpe: None,
    }
}

fn relation(product: u128, kind: ProductRelationKind, other: u128) -> ProductRelation {
    ProductRelation { product: id(product), kind, other: id(other) }
}

crate::both_engines! {
    async fn products_come_by_name_and_their_relations_from_either_side(store: Store) {
        kept(&store, organization(1, "Vendor")).await;
        kept(&store, organization(2, "Other")).await;
        let contains = relation(12, ProductRelationKind::Contains, 21);
        let derived = relation(21, ProductRelationKind::DerivedFrom, 22);
        write(&store, move |tx| {
            tx.add_product(&product(11, 1, "zlib"))?;
            tx.add_product(&product(12, 1, "app"))?;
            tx.add_product(&product(21, 2, "ssl"))?;
            tx.add_product(&product(22, 2, "old-ssl"))?;
            tx.relate_products(&contains)?;
            tx.relate_products(&contains)?;
            tx.relate_products(&derived)
        })
        .await;
        let products = store.read(|tx| tx.products_of(&[id(1)].into())).await.unwrap();
        assert_eq!(products, [product(12, 1, "app"), product(11, 1, "zlib")]);
        let relations = store.read(|tx| tx.relations_of(&[id(21)].into())).await.unwrap();
        assert_eq!(relations, [contains, derived]);
        let relations = store.read(|tx| tx.relations_of(&[id(11)].into())).await.unwrap();
        assert_eq!(relations, []);
    }
}
