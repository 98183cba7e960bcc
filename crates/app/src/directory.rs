//! Vendors and how to reach them.

use std::collections::BTreeSet;

use domain::OrganizationId;
use store::{Contact, ContactKind, ContactState, Organization, OrganizationKind};

use crate::report::filled;
use crate::{Ctx, Error, Result};

/// A vendor and where its security team is reached.
#[derive(Debug, Clone)]
pub struct NewVendor {
    /// Its name.
    pub name: String,
    /// Where its security team is reached, if known.
    pub address: Option<String>,
}

/// Adds vendors to the directory, or finds those that are there by name; an address that is
/// not known yet is added. In the order given.
pub async fn add_vendors(ctx: &Ctx, vendors: Vec<NewVendor>) -> Result<Vec<OrganizationId>> {
    for vendor in &vendors {
        filled("name", &vendor.name)?;
        if let Some(address) = &vendor.address {
            check_address("address", address)?;
        }
    }
    ctx.write(move |desk| {
        desk.directory_writers_only()?;
        let mut ids = vec![];
        for vendor in vendors {
            let known = desk.tx().organization_by_name(&vendor.name)?;
            let id = match known {
                Some(known) => known.id,
                None => add(desk, &vendor.name)?,
            };
            if let Some(address) = vendor.address {
                add_address(desk, id, address)?;
            }
            ids.push(id);
        }
        Ok(ids)
    })
    .await
}

/// The directory, by name; `search` narrows it.
pub async fn list(
    ctx: &Ctx,
    after: Option<(String, OrganizationId)>,
    search: Option<String>,
    limit: u32,
) -> Result<Vec<(Organization, Vec<Contact>)>> {
    ctx.read(move |desk| {
        desk.directory_readers_only()?;
        let found = desk.tx().organizations(after.as_ref(), search.as_deref(), limit)?;
        let ids: BTreeSet<_> = found.iter().map(|organization| organization.id).collect();
        let contacts = desk.tx().contacts_of(&ids)?;
        let with_contacts = found.into_iter().map(|organization| {
            let own = contacts.iter().filter(|contact| contact.organization == organization.id);
            let own = own.cloned().collect();
            (organization, own)
        });
        Ok(with_contacts.collect())
    })
    .await
}

/// What makes an organisation a CNA (S76).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CnaFacts {
    /// For what it assigns CVE IDs, in its words.
    pub scope: Option<String>,
    /// Where it takes requests for one: a web address or a mail address.
    pub requests: Option<String>,
}

/// An organisation assigns CVE IDs, or does so no more.
pub async fn set_cna(ctx: &Ctx, id: OrganizationId, facts: Option<CnaFacts>) -> Result<()> {
    if let Some(facts) = &facts {
        check_cna(facts)?;
    }
    ctx.write(move |desk| {
        desk.directory_writers_only()?;
        let known = desk.tx().organization(id)?.ok_or(Error::NotFound)?;
        Ok(desk.tx().save_organization(&with_cna(known, facts))?)
    })
    .await
}

fn check_cna(facts: &CnaFacts) -> Result<()> {
    if facts.scope.as_ref().is_some_and(|scope| scope.chars().count() > 1000) {
        return Err(Error::invalid("scope", "Write at most 1,000 letters."));
    }
    let Some(requests) = &facts.requests else { return Ok(()) };
    let web = requests.starts_with("https://") || requests.starts_with("http://");
    let plain = requests.len() <= 500 && requests.chars().all(|letter| letter.is_ascii_graphic());
    match (web, plain) {
        (true, true) => Ok(()),
        (false, _) => check_address("requests", requests),
        (true, false) => Err(Error::invalid("requests", "This is not one web address.")),
    }
}

fn with_cna(known: Organization, facts: Option<CnaFacts>) -> Organization {
    let mut kinds = known.kinds.clone();
    if let Some(CnaFacts { scope, requests }) = facts {
        kinds.insert(OrganizationKind::Cna);
        return Organization {
            cna: true,
            cna_scope: scope,
            cna_requests: requests,
            kinds,
            ..known
        };
    }
    kinds.remove(&OrganizationKind::Cna);
    Organization { cna: false, cna_scope: None, cna_requests: None, kinds, ..known }
}

/// How many CNAs of a list were new to the directory, and how many were there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// Those that were added.
    pub added: u32,
    /// Those that were there by name, and are CNAs now.
    pub known: u32,
}

/// The CVE program's list of CNAs comes into the directory: who is there by name becomes a CNA, who
/// is not is added. Only for the command line.
pub async fn import_cnas(ctx: &Ctx, cnas: Vec<formats::cna_list::Cna>) -> Result<Imported> {
    ctx.write(move |desk| {
        desk.server_only()?;
        let mut done = Imported::default();
        for cna in cnas {
            let known = desk.tx().organization_by_name(&cna.name)?;
            let id = match &known {
                Some(known) => known.id,
                None => add(desk, &cna.name)?,
            };
            match known {
                Some(_) => done.known += 1,
                None => done.added += 1,
            }
            let scope = Some(cna.scope).filter(|scope| !scope.is_empty());
            let facts = CnaFacts { scope, requests: cna.requests };
            let organization = desk.tx().organization(id)?.ok_or(Error::NotFound)?;
            desk.tx().save_organization(&with_cna(organization, Some(facts)))?;
        }
        Ok(done)
    })
    .await
}

fn add(desk: &mut crate::Desk<'_>, name: &str) -> Result<OrganizationId> {
    let id = desk.ctx().fresh();
    let organization = Organization {
        id,
        name: name.trim().to_owned(),
        kinds: [OrganizationKind::Vendor].into(),
        homepage: None,
        policy_url: None,
        cna: false,
        cna_scope: None,
        cna_requests: None,
        time_zone: None,
        language: None,
        note: None,
    };
    desk.tx().add_organization(&organization)?;
    Ok(id)
}

fn add_address(desk: &mut crate::Desk<'_>, id: OrganizationId, address: String) -> Result<()> {
    let known = desk.tx().contacts_of(&[id].into())?;
    if known.iter().any(|contact| contact.value.eq_ignore_ascii_case(&address)) {
        return Ok(());
    }
    let contact = Contact {
        id: desk.ctx().fresh(),
        organization: id,
        kind: ContactKind::Email,
        value: address,
        preferred: known.is_empty(),
        verified_at: None,
        state: ContactState::Active,
    };
    Ok(desk.tx().add_contact(&contact)?)
}

/// Whether an address is one that a letter can go to.
pub(crate) fn check_address(field: &'static str, address: &str) -> Result<()> {
    let address = address.trim();
    let plausible = address.len() <= 254
        && address.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty() && local.len() <= 64 && !host.is_empty() && !host.contains('@')
        })
        && !address.chars().any(|c| c.is_whitespace() || c.is_control() || "<>,;\"()".contains(c));
    if plausible {
        Ok(())
    } else {
        Err(Error::invalid(field, "Enter one mail address, like security@example.com."))
    }
}
