//! Runs of versions as CycloneDX writes them: `vers:npm/>=1.0.0|<1.4.2|2.0.0` (vers-spec).

use domain::version::{Until, VersionRange};

/// How many constraints one text may hold.
const MOST: usize = 200;

/// The runs; none where the text is no `vers`, or says something that a run cannot say.
pub(super) fn runs(text: &str) -> Option<Vec<VersionRange>> {
    let (_, constraints) = text.strip_prefix("vers:")?.split_once('/')?;
    let constraints: Vec<&str> = constraints.split('|').map(str::trim).collect();
    if constraints.len() > MOST {
        return None;
    }
    if constraints == ["*"] {
        return Some(vec![VersionRange::All]);
    }
    let mut runs = Vec::new();
    let mut from: Option<String> = None;
    for constraint in constraints {
        let end = |sign: &str| constraint.strip_prefix(sign).map(str::trim).map(decoded);
        if let Some(version) = end(">=") {
            if let Some(open) = from.replace(version?) {
                runs.push(VersionRange::Between { from: Some(open), until: None });
            }
        } else if let Some(version) = end("<=") {
            let until = Some(Until::Through(version?));
            runs.push(VersionRange::Between { from: from.take(), until });
        } else if let Some(version) = end("<") {
            let until = Some(Until::Before(version?));
            runs.push(VersionRange::Between { from: from.take(), until });
        } else if constraint.starts_with(['>', '!']) {
            return None;
        } else {
            let version = decoded(constraint.trim_start_matches('='))?;
            runs.push(VersionRange::Only { version });
        }
    }
    runs.extend(from.map(|open| VersionRange::Between { from: Some(open), until: None }));
    Some(runs)
}

/// A version with its percent signs undone.
fn decoded(text: &str) -> Option<String> {
    let package = crate::purl::Purl::parse(&format!("pkg:generic/x@{text}"))?;
    package.version.filter(|version| version.len() <= 100)
}
