//! Every setting there is: its name, what it is when nobody says, whether it is a secret.

/// Whether a value may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// It may.
    Open,
    /// It is a secret; it may also come from a file of its own.
    Secret,
}

/// One setting.
#[derive(Debug)]
pub(crate) struct Setting {
    /// Its section and key, with a dot between.
    pub(crate) name: &'static str,
    /// Its value when nobody says; none if there is none, or if it depends on others.
    pub(crate) default: Option<&'static str>,
    /// Whether its value may be shown.
    pub(crate) sight: Sight,
}

impl Setting {
    /// The variable that sets it.
    pub(crate) fn variable(&self) -> String {
        format!("OMBUD_{}", self.name.replace('.', "_").to_uppercase())
    }
}

const fn open(name: &'static str, default: Option<&'static str>) -> Setting {
    Setting { name, default, sight: Sight::Open }
}

const fn secret(name: &'static str) -> Setting {
    Setting { name, default: None, sight: Sight::Secret }
}

/// All of them, section by section.
pub(crate) const SETTINGS: &[Setting] = &[
    open("server.listen", Some("127.0.0.1:8080")),
    open("server.base_url", None),
    open("server.site_name", Some("Ombud")),
    open("server.metrics", Some("127.0.0.1:9464")),
    open("server.log", Some("info")),
    open("server.log_format", Some("text")),
    secret("database.url"),
    secret("database.public_url"),
    open("files.kind", Some("directory")),
    open("files.bucket", None),
    open("files.endpoint", None),
    open("files.region", Some("us-east-1")),
    open("files.access_key", None),
    secret("files.secret_key"),
    open("mirror.directories", None),
    open("mirror.bucket", None),
    open("mirror.endpoint", None),
    open("mirror.region", Some("us-east-1")),
    open("mirror.access_key", None),
    secret("mirror.secret_key"),
    open("keys.file", None),
    open("mail.from", None),
    open("mail.team", None),
    open("mail.relay_host", None),
    open("mail.relay_port", None),
    open("mail.relay_tls", Some("starttls")),
    open("mail.relay_username", None),
    secret("mail.relay_password"),
    open("mail.hello", None),
    open("records.cve_list", None),
    open("records.nvd", None),
    secret("records.nvd_key"),
    open("records.euvd", None),
    open("records.ghsa", None),
    secret("records.ghsa_key"),
    open("cve.organization", None),
    open("cve.organization_id", None),
    open("cve.service", None),
    open("cve.user", None),
    secret("cve.key"),
    open("webhooks.networks", None),
    open("lists.announce", None),
    open("gcve.gna", None),
];

/// The setting of a name.
pub(crate) fn setting(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

/// The word most like `word`, if one is: at most a third of it is different.
pub(crate) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let most = (word.chars().count() / 3).max(1);
    let distances = known.map(|other| (distance(word, other), other));
    distances.filter(|(distance, _)| *distance <= most).min().map(|(_, other)| other)
}

/// How many letters must be put in, taken out or changed to get from one word to the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (n, letter) in one.chars().enumerate() {
        let mut next = vec![n + 1];
        let mut left = n + 1;
        for ((above_left, above), there) in row.iter().zip(row.iter().skip(1)).zip(&other) {
            let change = above_left + usize::from(letter != *there);
            left = change.min(above + 1).min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}
