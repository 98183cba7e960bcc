//! Whose records of published flaws are looked for: a line to each source that was named.

use anyhow::Result;
use domain::record::RecordSource;
use outside::records::{Place, Records, Source};

use super::{Settings, wrong};

/// Each source, with the setting that says where it is and the one that has a key for it.
const SOURCES: [(RecordSource, Source, &str, Option<&str>); 4] = [
    (RecordSource::CveList, Source::CveList, "records.cve_list", None),
    (RecordSource::Nvd, Source::Nvd, "records.nvd", Some("records.nvd_key")),
    (RecordSource::Euvd, Source::Euvd, "records.euvd", None),
    (RecordSource::Ghsa, Source::Ghsa, "records.ghsa", Some("records.ghsa_key")),
];

/// Understands what was said of records elsewhere.
pub(super) fn read(settings: &Settings) -> Result<Vec<(RecordSource, Records)>> {
    let mut lines = vec![];
    for (kept_as, source, name, key) in SOURCES {
        let key = key.and_then(|key| settings.value(key));
        let Some(value) = settings.value(name) else {
            match key {
                Some(key) => return Err(wrong(key, format_args!("is set, but {name} is not."))),
                None => continue,
            }
        };
        let address = match value.text.as_str() {
            "off" => continue,
            "on" => source.usual_address().to_owned(),
            text => text.to_owned(),
        };
        let place = Place { address, key: key.map(|key| key.text.clone()) };
        let line = Records::new(source, &place).map_err(|error| {
            wrong(value, format_args!("cannot be asked: {error}. Write on, off, or an address."))
        })?;
        lines.push((kept_as, line));
    }
    Ok(lines)
}
