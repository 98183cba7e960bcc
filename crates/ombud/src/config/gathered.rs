//! What was said, and where. Nothing is understood here yet but the names.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fmt, fs, io};

use anyhow::{Context, Result, anyhow, bail};

use super::Config;
use super::table::{SETTINGS, Setting, Sight, nearest, setting};
use crate::cli::Place;

/// Variables that are no settings: where to look, and what tests of this program use.
const OTHER_VARIABLES: [&str; 3] = ["OMBUD_DATA", "OMBUD_CONFIG", "OMBUD_SHARED"];

/// A secret in a file of its own is not longer than this, in bytes.
const LONGEST_SECRET: usize = 4096;

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// The command line.
    Flag(&'static str),
    /// A variable.
    Variable(String),
    /// A file that a variable names.
    VariableFile(String),
    /// The file of settings.
    File(PathBuf),
    /// Nobody said.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => f.write_str(name),
            Self::Variable(name) => f.write_str(name),
            Self::VariableFile(name) => write!(f, "the file named by {name}"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value as it was written.
pub(crate) struct Value {
    setting: &'static Setting,
    /// What was written.
    pub(crate) text: String,
    /// Where.
    pub(crate) source: Source,
}

impl Value {
    /// The name of the setting.
    pub(crate) fn name(&self) -> &'static str {
        self.setting.name
    }

    /// Whether nobody said anything.
    pub(crate) fn is_default(&self) -> bool {
        self.source == Source::Default
    }
}

/// Everything that was said.
pub(crate) struct Settings {
    data: PathBuf,
    values: BTreeMap<&'static str, Value>,
}

/// What a flag says: the setting, the flag, the value.
pub(crate) type Flag = (&'static str, &'static str, String);

impl Settings {
    /// Gathers flags, the variables of this process and the file.
    pub(crate) fn gather(place: &Place, flags: &[Flag]) -> Result<Self> {
        let mut variables = BTreeMap::new();
        for (name, value) in env::vars_os() {
            let Some(name) = name.to_str().filter(|name| name.starts_with("OMBUD_")) else {
                continue;
            };
            let value = value.into_string();
            let value = value.map_err(|_| anyhow!("{name} is not UTF-8; write it anew."))?;
            // Compose files write `VARIABLE=` for what is not set.
            if !value.is_empty() {
                variables.insert(name.to_owned(), value);
            }
        }
        let said = |name: &str| variables.get(name).map(PathBuf::from);
        let data = place.data.clone().or_else(|| said("OMBUD_DATA"));
        let data = data.unwrap_or_else(|| PathBuf::from("ombud-data"));
        let named = place.config.clone().or_else(|| said("OMBUD_CONFIG"));
        let file = read_file(named, &data)?;
        Self::merge(data, flags, &variables, file)
    }

    /// Lays the sources over each other, the strongest on top.
    pub(crate) fn merge(
        data: PathBuf,
        flags: &[Flag],
        variables: &BTreeMap<String, String>,
        file: Option<(PathBuf, String)>,
    ) -> Result<Self> {
        let mut gathered = Self { data, values: BTreeMap::new() };
        for setting in SETTINGS {
            if let Some(default) = setting.default {
                gathered.put(setting, default.to_owned(), Source::Default);
            }
        }
        if let Some((path, text)) = file {
            gathered.put_file(&path, &text)?;
        }
        for (name, value) in variables {
            gathered.put_variable(name, value, variables)?;
        }
        for (name, flag, value) in flags {
            let setting = setting(name).ok_or_else(|| anyhow!("{flag} sets nothing."))?;
            gathered.put(setting, value.clone(), Source::Flag(flag));
        }
        Ok(gathered)
    }

    /// The directory of the data.
    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    /// What was said of a setting.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// What was said of a setting that always has a value.
    pub(crate) fn required(&self, name: &str) -> Result<&Value> {
        self.value(name).ok_or_else(|| anyhow!("{name} is missing; set it."))
    }

    /// How many settings somebody gave.
    pub(crate) fn n_said(&self) -> usize {
        self.values.values().filter(|value| !value.is_default()).count()
    }

    /// Every setting, its value and its source, as a file of settings could say it.
    pub(crate) fn shown(&self, config: &Config) -> String {
        let mut lines = vec![format!("# data directory: {}", self.data.display())];
        let mut section = "";
        for setting in SETTINGS {
            let (this, key) = setting.name.split_once('.').unwrap_or(("", setting.name));
            if this != section {
                lines.push(String::new());
                lines.push(format!("[{this}]"));
                section = this;
            }
            lines.push(match (self.value(setting.name), setting.sight) {
                (Some(value), Sight::Open) => {
                    format!("{key} = {:?}  # {}", value.text, value.source)
                }
                (Some(value), Sight::Secret) => {
                    format!("{key} = \"(hidden)\"  # {}", value.source)
                }
                (None, _) => match follows(setting.name, config) {
                    Some(text) => format!("{key} = {text:?}  # default"),
                    None => format!("# {key} is not set"),
                },
            });
        }
        lines.join("\n")
    }

    fn put(&mut self, setting: &'static Setting, text: String, source: Source) {
        self.values.insert(setting.name, Value { setting, text, source });
    }

    fn put_file(&mut self, path: &Path, text: &str) -> Result<()> {
        let shown = path.display();
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or("");
            let line = before.lines().count().max(1);
            let what = error.message().lines().next().unwrap_or("it makes no sense");
            anyhow!("{shown} cannot be read as TOML near line {line}: {what}.")
        })?;
        for (section, entries) in &table {
            let sections = || SETTINGS.iter().filter_map(|s| Some(s.name.split_once('.')?.0));
            if !sections().any(|known| known == section) {
                let hint = hint(nearest(section, sections()).map(|near| format!("[{near}]")));
                bail!("{shown} has a part “{section}” that does not exist{hint}");
            }
            let toml::Value::Table(entries) = entries else {
                bail!("{shown}: “{section}” is a part; write [{section}] and its settings below.");
            };
            for (key, value) in entries {
                let setting = known(&format!("{section}.{key}"), &shown.to_string())?;
                let text = plain(value).ok_or_else(|| {
                    anyhow!("{} (from {shown}) must be one text or number.", setting.name)
                })?;
                self.put(setting, text, Source::File(path.to_owned()));
            }
        }
        Ok(())
    }

    fn put_variable(
        &mut self,
        name: &str,
        value: &str,
        all: &BTreeMap<String, String>,
    ) -> Result<()> {
        if OTHER_VARIABLES.contains(&name) || name.starts_with("OMBUD_TEST_") {
            return Ok(());
        }
        if let Some(setting) = SETTINGS.iter().find(|setting| setting.variable() == name) {
            self.put(setting, value.to_owned(), Source::Variable(name.to_owned()));
            return Ok(());
        }
        let base = name.strip_suffix("_FILE").unwrap_or_default();
        let Some(setting) = SETTINGS.iter().find(|setting| setting.variable() == base) else {
            let variables: Vec<String> = SETTINGS.iter().map(Setting::variable).collect();
            let near = nearest(name, variables.iter().map(String::as_str)).map(str::to_owned);
            bail!("The variable {name} is no setting{}", hint(near));
        };
        if setting.sight == Sight::Open {
            bail!("{} is no secret, so {name} does not exist; use {base} itself.", setting.name);
        }
        if all.contains_key(base) {
            bail!("Both {base} and {name} are set; keep one of them.");
        }
        let text = read_secret(Path::new(value));
        let text = text.with_context(|| format!("{name} names a file that cannot be used."))?;
        self.put(setting, text, Source::VariableFile(name.to_owned()));
        Ok(())
    }
}

/// Settings that follow from others when nobody says them.
fn follows(name: &str, config: &Config) -> Option<String> {
    match name {
        "server.base_url" => Some(format!("http://{}", config.listen)),
        "database.url" => config.sqlite().map(|path| path.display().to_string()),
        "keys.file" => Some(config.key_file.display().to_string()),
        "mail.from" => Some(config.from.clone()),
        "mail.relay_port" => config.relay.as_ref().map(|relay| relay.port.to_string()),
        _ => None,
    }
}

fn known(name: &str, place: &str) -> Result<&'static Setting> {
    setting(name).ok_or_else(|| {
        let near = nearest(name, SETTINGS.iter().map(|setting| setting.name));
        anyhow!("{name} (from {place}) is no setting{}", hint(near.map(str::to_owned)))
    })
}

fn hint(near: Option<String>) -> String {
    match near {
        Some(near) => format!("; did you mean {near}?"),
        None => "; take it out. `ombud config show` lists all there are.".to_owned(),
    }
}

fn plain(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(_)
        | toml::Value::Float(_)
        | toml::Value::Datetime(_)
        | toml::Value::Array(_)
        | toml::Value::Table(_) => None,
    }
}

fn read_file(named: Option<PathBuf>, data: &Path) -> Result<Option<(PathBuf, String)>> {
    let must_be = named.is_some();
    let path = named.unwrap_or_else(|| data.join("ombud.toml"));
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some((path, text))),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !must_be => Ok(None),
        Err(error) => {
            let shown = path.display();
            Err(error).with_context(|| format!("The file of settings {shown} cannot be read."))
        }
    }
}

fn read_secret(path: &Path) -> Result<String> {
    let text = fs::read_to_string(path).with_context(|| format!("{}", path.display()))?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() || text.len() > LONGEST_SECRET || text.contains('\n') {
        bail!("{} must hold the secret on one line, and nothing else", path.display());
    }
    Ok(text.to_owned())
}
