//! Who can be told: organisations, how to reach them, and what they make.

use std::collections::{BTreeMap, BTreeSet};

use domain::OrganizationId;
use serde::{Deserialize, Serialize};

use crate::engine::Tx;
use crate::error::Result;
use crate::parse::{from_json, id_list, to_json};
use crate::statements::sql;
use crate::value::{Row, Value};
use crate::values;

mod contact;
mod product;

pub use contact::{Contact, ContactKind, ContactState, OpenPgpKey};
pub use product::{Product, ProductRelation, ProductRelationKind};

/// What an organisation is to us. One may be several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganizationKind {
    /// Makes things.
    Vendor,
    /// Coordinates, as we do.
    Coordinator,
    /// Runs things that others make.
    Deployer,
    /// Assigns CVE IDs.
    Cna,
    /// Supervises.
    Regulator,
    /// Makes things together, without a firm.
    Community,
}

/// Somebody who can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// The organisation.
    pub id: OrganizationId,
    /// Its name. No two have the same, but for spaces and capitals.
    pub name: String,
    /// What it is to us.
    pub kinds: BTreeSet<OrganizationKind>,
    /// Its home page.
    pub homepage: Option<String>,
    /// Where it says how to report to it.
    pub policy_url: Option<String>,
    /// Whether it assigns CVE IDs for its products (S76).
    pub cna: bool,
    /// For what it assigns them, in its words.
    pub cna_scope: Option<String>,
    /// Where it takes requests for one: a web address or a mail address.
    pub cna_requests: Option<String>,
    /// Where its people live, as an IANA name.
    pub time_zone: Option<String>,
    /// The language to write in, as a BCP 47 tag.
    pub language: Option<String>,
    /// What the team should know.
    pub note: Option<String>,
}

impl Organization {
    /// Where it stands in lists, for the `after` of the next page.
    pub fn place(&self) -> (String, OrganizationId) {
        (normalised_name(&self.name), self.id)
    }
}

/// The form in which names are compared and sorted: trimmed, single spaces, lower case.
pub fn normalised_name(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

impl Tx {
    /// Adds an organisation. `Duplicate` if there is one of that name.
    pub fn add_organization(&mut self, organization: &Organization) -> Result<()> {
        self.execute(
            sql!(
                "insert into organizations (id, name, name_key, kinds, homepage, policy_url, cna, \
                time_zone, language, note, cna_scope, cna_requests) \
                values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
            ),
            &columns(organization)?,
        )
        .map(drop)
    }

    /// Changes an organisation; `Stale` if it is gone.
    pub fn save_organization(&mut self, organization: &Organization) -> Result<()> {
        self.execute_one(
            sql!(
                "update organizations set name = ?2, name_key = ?3, kinds = ?4, homepage = ?5, \
                policy_url = ?6, cna = ?7, time_zone = ?8, language = ?9, note = ?10, \
                cna_scope = ?11, cna_requests = ?12 where id = ?1"
            ),
            &columns(organization)?,
        )
    }

    /// An organisation.
    pub fn organization(&mut self, id: OrganizationId) -> Result<Option<Organization>> {
        let sql = sql!(
            "select id, name, kinds, homepage, policy_url, cna, cna_scope, cna_requests, \
            time_zone, language, note from organizations where id = ?1"
        );
        self.query_opt(sql, &values![id])?.as_ref().map(organization).transpose()
    }

    /// The organisation of a name, however it is spaced and capitalised.
    pub fn organization_by_name(&mut self, name: &str) -> Result<Option<Organization>> {
        let sql = sql!(
            "select id, name, kinds, homepage, policy_url, cna, cna_scope, cna_requests, \
            time_zone, language, note from organizations where name_key = ?1"
        );
        let row = self.query_opt(sql, &values![normalised_name(name)])?;
        row.as_ref().map(organization).transpose()
    }

    /// Organisations by name, after one of them, and if asked only those whose name holds the
    /// words searched for.
    pub fn organizations(
        &mut self,
        after: Option<&(String, OrganizationId)>,
        search: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Organization>> {
        let (name, id) = match after {
            Some((name, id)) => (Value::from(name), Value::from(*id)),
            None => (Value::from(""), Value::Bytes(Vec::new())),
        };
        let search = search.map(normalised_name).unwrap_or_default();
        let rows = self.query(
            sql!(
                sqlite: "select id, name, kinds, homepage, policy_url, cna, cna_scope, \
                    cna_requests, time_zone, language, note from organizations where (name_key, id) > (?1, ?2) \
                    and (?3 = '' or instr(name_key, ?3) > 0) \
                    order by name_key, id limit ?4",
                postgres: "select id, name, kinds, homepage, policy_url, cna, cna_scope, \
                    cna_requests, time_zone, language, note from organizations where (name_key, id) > (?1, ?2) \
                    and (cast(?3 as text) = '' or strpos(name_key, cast(?3 as text)) > 0) \
                    order by name_key, id limit ?4"
            ),
            &[name, id, search.into(), limit.into()],
        )?;
        rows.iter().map(organization).collect()
    }

    /// The names of organisations. One statement.
    pub fn organizations_named(
        &mut self,
        ids: &BTreeSet<OrganizationId>,
    ) -> Result<BTreeMap<OrganizationId, String>> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let rows = self.query(
            sql!(
                sqlite: "select id, name from organizations \
                    where id in (select unhex(value) from json_each(?1))",
                postgres: "select id, name from organizations \
                    where id in (select decode(listed, 'hex') \
                    from jsonb_array_elements_text(cast(?1 as text)::jsonb) as listed)"
            ),
            &values![id_list(ids.iter().copied())?],
        )?;
        rows.iter().map(|row| Ok((row.get("id")?, row.get("name")?))).collect()
    }

    /// Those of these organisations that assign CVE IDs. One statement.
    pub fn cnas_of(&mut self, ids: &BTreeSet<OrganizationId>) -> Result<Vec<Organization>> {
        if ids.is_empty() {
            return Ok(vec![]);
        }
        let rows = self.query(
            sql!(
                sqlite: "select id, name, kinds, homepage, policy_url, cna, cna_scope, \
                    cna_requests, time_zone, language, note from organizations where cna = 1 \
                    and id in (select unhex(value) from json_each(?1)) order by name_key, id",
                postgres: "select id, name, kinds, homepage, policy_url, cna, cna_scope, \
                    cna_requests, time_zone, language, note from organizations where cna = 1 \
                    and id in (select decode(listed, 'hex') \
                    from jsonb_array_elements_text(cast(?1 as text)::jsonb) as listed) \
                    order by name_key, id"
            ),
            &values![id_list(ids.iter().copied())?],
        )?;
        rows.iter().map(organization).collect()
    }

    /// Puts a tag on an organisation. Doing it again changes nothing.
    pub fn tag(&mut self, organization: OrganizationId, tag: &str) -> Result<()> {
        let sql = sql!(
            "insert into organization_tags (organization_id, tag) values (?1, ?2) \
            on conflict (organization_id, tag) do nothing"
        );
        self.execute(sql, &values![organization, tag]).map(drop)
    }

    /// Takes a tag off an organisation.
    pub fn untag(&mut self, organization: OrganizationId, tag: &str) -> Result<()> {
        let sql = sql!("delete from organization_tags where organization_id = ?1 and tag = ?2");
        self.execute(sql, &values![organization, tag]).map(drop)
    }

    /// The tags of an organisation.
    pub fn tags_of(&mut self, organization: OrganizationId) -> Result<BTreeSet<String>> {
        let rows = self.query(
            sql!("select tag from organization_tags where organization_id = ?1"),
            &values![organization],
        )?;
        rows.iter().map(|row| row.get("tag")).collect()
    }

    /// The organisations with a tag, by name.
    pub fn organizations_tagged(&mut self, tag: &str) -> Result<Vec<Organization>> {
        let rows = self.query(
            sql!(
                "select id, name, kinds, homepage, policy_url, cna, cna_scope, cna_requests, \
                time_zone, language, note from organizations join organization_tags on organization_id = id \
                where tag = ?1 order by name_key, id"
            ),
            &values![tag],
        )?;
        rows.iter().map(organization).collect()
    }
}

fn columns(organization: &Organization) -> Result<[Value; 12]> {
    Ok(values![
        organization.id,
        &organization.name,
        normalised_name(&organization.name),
        to_json(&organization.kinds)?,
        organization.homepage.clone(),
        organization.policy_url.clone(),
        organization.cna,
        organization.time_zone.clone(),
        organization.language.clone(),
        organization.note.clone(),
        organization.cna_scope.clone(),
        organization.cna_requests.clone(),
    ])
}

fn organization(row: &Row) -> Result<Organization> {
    Ok(Organization {
        id: row.get("id")?,
        name: row.get("name")?,
        kinds: from_json(row, "kinds")?,
        homepage: row.get("homepage")?,
        policy_url: row.get("policy_url")?,
        cna: row.get("cna")?,
        cna_scope: row.get("cna_scope")?,
        cna_requests: row.get("cna_requests")?,
        time_zone: row.get("time_zone")?,
        language: row.get("language")?,
        note: row.get("note")?,
    })
}

#[cfg(test)]
pub(crate) mod tests;
