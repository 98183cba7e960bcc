//! What the answers of the sources say: the little that is kept of a record.

use serde_json::Value;

use super::{Found, Source};

/// An answer that is not what the source's documents say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strange {
    /// It makes no sense.
    NotUnderstood,
    /// It is a record, and not the one that was asked for.
    Another,
}

use Strange::{Another, NotUnderstood};

/// The record of a CVE ID, if the answer has it.
pub(super) fn read(source: Source, body: &[u8], cve: &str) -> Result<Option<Found>, Strange> {
    // The EUVD answers a question about what it does not have with nothing at all.
    if source == Source::Euvd && body.trim_ascii().is_empty() {
        return Ok(None);
    }
    let said: Value = serde_json::from_slice(body).map_err(|_| NotUnderstood)?;
    match source {
        Source::CveList => cve_list(&said, cve).map(Some),
        Source::Nvd => nvd(&said, cve),
        Source::Euvd => euvd(&said, cve),
        Source::Ghsa => ghsa(&said, cve),
    }
}

/// A CVE record (CVE Record Format 5.x).
fn cve_list(said: &Value, cve: &str) -> Result<Found, Strange> {
    let metadata = &said["cveMetadata"];
    if metadata["cveId"].as_str().ok_or(NotUnderstood)? != cve {
        return Err(Another);
    }
    let others = said["containers"]["adp"].as_array().into_iter().flatten();
    let metrics = [&said["containers"]["cna"]].into_iter().chain(others);
    let metrics = metrics.filter_map(|container| container["metrics"].as_array()).flatten();
    let given: Vec<&Value> = metrics.collect();
    let score = ["cvssV4_0", "cvssV3_1", "cvssV3_0", "cvssV2_0"].iter().find_map(|version| {
        given
            .iter()
            .find_map(|metric| score(&metric[*version]["baseScore"], &metric[*version]["version"]))
    });
    let state = metadata["state"].as_str().ok_or(NotUnderstood)?;
    let address = format!("https://www.cve.org/CVERecord?id={cve}");
    Ok(Found { state: line(state), score, address, tag: None })
}

/// An answer of the NVD's API 2.0.
fn nvd(said: &Value, cve: &str) -> Result<Option<Found>, Strange> {
    let all = said["vulnerabilities"].as_array().ok_or(NotUnderstood)?;
    let found = all.iter().map(|one| &one["cve"]).find(|one| one["id"].as_str() == Some(cve));
    let Some(found) = found else { return Ok(None) };
    let versions = ["cvssMetricV40", "cvssMetricV31", "cvssMetricV30", "cvssMetricV2"];
    let score = versions.iter().find_map(|version| {
        let given = found["metrics"][*version].as_array()?;
        let primary = given.iter().find(|metric| metric["type"].as_str() == Some("Primary"));
        let data = &primary.or(given.first())?["cvssData"];
        score(&data["baseScore"], &data["version"])
    });
    let state = found["vulnStatus"].as_str().ok_or(NotUnderstood)?;
    let address = format!("https://nvd.nist.gov/vuln/detail/{cve}");
    Ok(Some(Found { state: line(state), score, address, tag: None }))
}

/// A record of the EUVD. Whether it is of this flaw, its aliases say.
fn euvd(said: &Value, cve: &str) -> Result<Option<Found>, Strange> {
    let Some(id) = said["id"].as_str() else {
        return if said.is_object() || said.is_null() { Ok(None) } else { Err(NotUnderstood) };
    };
    let numbers = id.strip_prefix("EUVD-").ok_or(NotUnderstood)?;
    if !numbers.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return Err(NotUnderstood);
    }
    let aliases = match &said["aliases"] {
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        Value::String(lines) => lines.lines().collect::<Vec<_>>(),
        _ => vec![],
    };
    if !aliases.iter().any(|alias| alias.trim() == cve) {
        return Err(Another);
    }
    let score = score(&said["baseScore"], &said["baseScoreVersion"]);
    let address = format!("https://euvd.enisa.europa.eu/vulnerability/{id}");
    Ok(Some(Found { state: "Published".to_owned(), score, address, tag: None }))
}

/// A list of GitHub's global advisories.
fn ghsa(said: &Value, cve: &str) -> Result<Option<Found>, Strange> {
    let all = said.as_array().ok_or(NotUnderstood)?;
    let Some(found) = all.iter().find(|one| one["cve_id"].as_str() == Some(cve)) else {
        return Ok(None);
    };
    let id = found["ghsa_id"].as_str().filter(|id| is_ghsa(id)).ok_or(NotUnderstood)?;
    let state = match (&found["withdrawn_at"], found["type"].as_str()) {
        (Value::String(_), _) => "withdrawn",
        (_, Some(kind)) => kind,
        (_, None) => "published",
    };
    let severities = &found["cvss_severities"];
    let given = [&severities["cvss_v4"], &severities["cvss_v3"], &found["cvss"]];
    let score = given.iter().find_map(|one| {
        let vector = one["vector_string"].as_str()?.strip_prefix("CVSS:")?;
        score(&one["score"], &Value::from(vector.split('/').next()?))
    });
    let address = format!("https://github.com/advisories/{id}");
    Ok(Some(Found { state: line(state), score, address, tag: None }))
}

fn is_ghsa(id: &str) -> bool {
    let rest = id.strip_prefix("GHSA-").unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    rest.len() == 14 && rest.bytes().all(plain)
}

/// A score with the version of CVSS it is by. None is given as nothing, as 0 or as -1.
fn score(base: &Value, version: &Value) -> Option<String> {
    let base = base.as_f64().filter(|base| *base > 0.0 && *base <= 10.0)?;
    let version = version.as_str()?;
    let plain = version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    (plain && version.len() < 5).then(|| format!("{base:.1} (CVSS {version})"))
}

/// One line of at most 80 letters out of whatever somebody said: it stands on a page.
pub(super) fn line(text: &str) -> String {
    let visible = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    visible.collect::<String>().trim().chars().take(80).collect()
}
