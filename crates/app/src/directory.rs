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
