//! What organisations make, and how one product goes into another.

use std::collections::BTreeSet;

use domain::{OrganizationId, ProductId};
use serde::{Deserialize, Serialize};

use crate::engine::Tx;
use crate::error::Result;
use crate::parse::{code, from_code, id_list};
use crate::statements::sql;
use crate::value::Row;
use crate::values;

/// Something that an organisation makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// The product.
    pub id: ProductId,
    /// Who makes it.
    pub organization: OrganizationId,
    /// Its name.
    pub name: String,
    /// Its package URL.
    pub purl: Option<String>,
    /// Its CPE name.
    pub cpe: Option<String>,
}

/// How a product has to do with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductRelationKind {
    /// The other is part of it.
    Contains,
    /// It was made from the other.
    DerivedFrom,
    /// It follows what is done in the other.
    DownstreamOf,
}

/// That a product has to do with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProductRelation {
    /// The product.
    pub product: ProductId,
    /// How.
    pub kind: ProductRelationKind,
    /// The other.
    pub other: ProductId,
}

impl Tx {
    /// Adds a product.
    pub fn add_product(&mut self, product: &Product) -> Result<()> {
        let row = values![
            product.id,
            product.organization,
            &product.name,
            product.purl.clone(),
            product.cpe.clone(),
        ];
        let sql = sql!(
            "insert into products (id, organization_id, name, purl, cpe) \
            values (?1, ?2, ?3, ?4, ?5)"
        );
        self.execute(sql, &row).map(drop)
    }

    /// The products of organisations, by name. One statement.
    pub fn products_of(&mut self, ids: &BTreeSet<OrganizationId>) -> Result<Vec<Product>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.query(
            sql!(
                sqlite: "select id, organization_id, name, purl, cpe from products \
                    where organization_id in (select unhex(value) from json_each(?1)) \
                    order by organization_id, name, id",
                postgres: "select id, organization_id, name, purl, cpe from products \
                    where organization_id in (select decode(listed, 'hex') \
                    from jsonb_array_elements_text(cast(?1 as text)::jsonb) as listed) \
                    order by organization_id, name, id"
            ),
            &values![id_list(ids.iter().copied())?],
        )?;
        rows.iter().map(product).collect()
    }

    /// Says how products belong together. Saying it again changes nothing.
    pub fn relate_products(&mut self, relation: &ProductRelation) -> Result<()> {
        let sql = sql!(
            "insert into product_relations (product_id, kind, other_id) values (?1, ?2, ?3) \
            on conflict (product_id, kind, other_id) do nothing"
        );
        let row = values![relation.product, code(&relation.kind)?, relation.other];
        self.execute(sql, &row).map(drop)
    }

    /// What is said of products, from either side. One statement.
    pub fn relations_of(&mut self, ids: &BTreeSet<ProductId>) -> Result<Vec<ProductRelation>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.query(
            sql!(
                sqlite: "select product_id, kind, other_id from product_relations \
                    where product_id in (select unhex(value) from json_each(?1)) \
                    or other_id in (select unhex(value) from json_each(?1)) \
                    order by product_id, kind, other_id",
                postgres: "select product_id, kind, other_id from product_relations \
                    where product_id in (select decode(listed, 'hex') \
                    from jsonb_array_elements_text(cast(?1 as text)::jsonb) as listed) \
                    or other_id in (select decode(listed, 'hex') \
                    from jsonb_array_elements_text(cast(?1 as text)::jsonb) as listed) \
                    order by product_id, kind, other_id"
            ),
            &values![id_list(ids.iter().copied())?],
        )?;
        rows.iter().map(relation).collect()
    }
}

fn product(row: &Row) -> Result<Product> {
    Ok(Product {
        id: row.get("id")?,
        organization: row.get("organization_id")?,
        name: row.get("name")?,
        purl: row.get("purl")?,
        cpe: row.get("cpe")?,
    })
}

fn relation(row: &Row) -> Result<ProductRelation> {
    Ok(ProductRelation {
        product: row.get("product_id")?,
        kind: from_code(row, "kind")?,
        other: row.get("other_id")?,
    })
}

#[cfg(test)]
mod tests;
