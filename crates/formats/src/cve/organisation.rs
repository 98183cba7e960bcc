//! Who assigns: an organisation as the CVE program knows it.

/// An organisation of the CVE program.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Organisation {
    id: String,
    short_name: String,
}

/// Why an organisation is none.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotAnOrganisation {
    /// The id.
    #[error("The organisation's id should be a random UUID as the CVE program gave it.")]
    Id,
    /// The short name.
    #[error("The organisation's short name should have 2 to 32 characters.")]
    ShortName,
}

impl Organisation {
    /// An organisation by its UUID (version 4, as the record format asks) and its short name.
    pub fn new(id: &str, short_name: &str) -> Result<Self, NotAnOrganisation> {
        if !is_random_uuid(id) {
            return Err(NotAnOrganisation::Id);
        }
        let length = short_name.chars().count();
        if !(2..=32).contains(&length) || short_name.chars().any(char::is_control) {
            return Err(NotAnOrganisation::ShortName);
        }
        Ok(Self { id: id.to_owned(), short_name: short_name.to_owned() })
    }

    /// Its UUID.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its short name.
    pub fn short_name(&self) -> &str {
        &self.short_name
    }
}

fn is_random_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let hexadecimal = |group: &&str| group.bytes().all(|byte| byte.is_ascii_hexdigit());
    lengths == [8, 4, 4, 4, 12]
        && groups.iter().all(hexadecimal)
        && groups.get(2).is_some_and(|group| group.starts_with('4'))
        && groups.get(3).is_some_and(|group| group.starts_with(['8', '9', 'a', 'A', 'b', 'B']))
}
