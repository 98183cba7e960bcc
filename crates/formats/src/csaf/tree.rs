//! Which products there are: the tree in which a document defines everything that its statuses speak of.

use super::shape::{objects, vocabularies};

vocabularies! {
    /// What a branch of the tree is (CSAF 2.0, 3.1.2.2; 2.1, 3.1.2.2).
    BranchCategory {
        Vendor,
        Architecture,
        HostName,
        Language,
        Legacy,
        PatchLevel,
        Platform,
        ProductFamily,
        ProductName,
        ProductVersion,
        ProductVersionRange,
        ServicePack,
        Specification,
    }
    /// How two products belong together.
    RelationshipCategory { DefaultComponentOf, ExternalComponentOf, InstalledOn, InstalledWith, OptionalComponentOf, }
}

objects! {
    /// Everything that the document's statuses may speak of.
    ProductTree {
        lists {
            branches: Branch,
            full_product_names: Product,
            product_groups: ProductGroup,
            product_paths: ProductPath,
            relationships: Relationship,
        }
    }
    /// A branch, which ends in a product or in further branches.
    Branch {
        must { category: BranchCategory, name: String, }
        may { product: Product, }
        lists { branches: Branch, }
    }
    /// A product with its id.
    Product {
        must { name: String, product_id: String, }
        may { product_identification_helper: Helper, }
    }
    /// Other names of a product, by which an inventory finds it.
    Helper {
        may { cpe: String, purl: String, }
        lists {
            hashes: Hashes,
            model_numbers: String,
            purls: String,
            sbom_urls: String,
            serial_numbers: String,
            skus: String,
        }
    }
    /// The digests of a file.
    Hashes {
        must { file_hashes: Vec<FileHash>, filename: String, }
    }
    /// A digest.
    FileHash {
        must { algorithm: String, value: String, }
    }
    /// Products under one name.
    ProductGroup {
        must { group_id: String, product_ids: Vec<String>, }
        may { summary: String, }
    }
    /// A product that is made of two (CSAF 2.0).
    Relationship {
        must {
            category: RelationshipCategory,
            full_product_name: Product,
            product_reference: String,
            relates_to_product_reference: String,
        }
    }
    /// A product that is made of several (CSAF 2.1).
    ProductPath {
        must { beginning_product_reference: String, full_product_name: Product, subpaths: Vec<Subpath>, }
    }
    /// One step of the way from the part to the whole.
    Subpath {
        must { category: RelationshipCategory, next_product_reference: String, }
    }
}

/// A product and the branches that lead to it, from the outermost.
pub(crate) struct Placed<'a> {
    pub(crate) product: &'a Product,
    pub(crate) way: Vec<&'a Branch>,
    /// Where it stands in the document, as a JSON pointer.
    pub(crate) path: String,
}

impl Placed<'_> {
    /// The name of the nearest branch of a category.
    pub(crate) fn named(&self, category: BranchCategory) -> Option<&str> {
        let found = self.way.iter().rev().find(|branch| branch.category == category);
        found.map(|branch| branch.name.as_str())
    }
}

impl ProductTree {
    /// Every product that the tree defines, in the order of the document.
    pub(crate) fn products(&self) -> Vec<Placed<'_>> {
        let mut found = vec![];
        for (index, branch) in self.branches.iter().enumerate() {
            branch.walk(&mut vec![], &format!("/product_tree/branches/{index}"), &mut |placed| {
                found.push(placed);
            });
        }
        let mut loose = |list: &str, product, name: &str| {
            found.push(Placed {
                product,
                way: vec![],
                path: format!("/product_tree/{list}{name}"),
            });
        };
        for (index, product) in self.full_product_names.iter().enumerate() {
            loose("full_product_names/", product, &index.to_string());
        }
        for (index, relationship) in self.relationships.iter().enumerate() {
            let name = format!("{index}/full_product_name");
            loose("relationships/", &relationship.full_product_name, &name);
        }
        for (index, path) in self.product_paths.iter().enumerate() {
            let name = format!("{index}/full_product_name");
            loose("product_paths/", &path.full_product_name, &name);
        }
        found
    }
}

impl Branch {
    fn walk<'a>(&'a self, way: &mut Vec<&'a Self>, path: &str, visit: &mut impl FnMut(Placed<'a>)) {
        way.push(self);
        if let Some(product) = &self.product {
            visit(Placed { product, way: way.clone(), path: format!("{path}/product") });
        }
        for (index, branch) in self.branches.iter().enumerate() {
            branch.walk(way, &format!("{path}/branches/{index}"), visit);
        }
        way.pop();
    }
}
