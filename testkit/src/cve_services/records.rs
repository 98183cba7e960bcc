//! Records: published, mended, rejected. A container is looked at as far as the schema's required
//! fields go; whether it is valid in full is for the schema's own judges.

use serde_json::{Value, json};

use super::asked::{Asked, bad_input};
use super::world::{Answer, World, error, not_owned};

const NOT_VALID: &str = "CVE cnaContainer JSON schema validation FAILED.";

/// What a record is to say.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Published,
    Rejected,
}

impl World {
    /// `POST` or `PUT` `/cve/{id}/cna`
    pub(super) fn publish(&mut self, asked: &Asked, who: &str, id: &str) -> Answer {
        let container = match container(asked, Kind::Published) {
            Ok(container) => container,
            Err(wrong) => return wrong,
        };
        if let Err(wrong) = self.owned(who, id) {
            return wrong;
        }
        match (asked.method.as_str(), self.records.contains_key(id)) {
            ("POST", true) => exists(403),
            ("POST", false) => self.keep(asked, id, container, Kind::Published),
            (_, true) => self.keep(asked, id, container, Kind::Published),
            (_, false) => missing(403),
        }
    }

    /// `POST` or `PUT` `/cve/{id}/reject`
    pub(super) fn reject(&mut self, asked: &Asked, who: &str, id: &str) -> Answer {
        let container = match container(asked, Kind::Rejected) {
            Ok(container) => container,
            Err(wrong) => return wrong,
        };
        if let Err(wrong) = self.owned(who, id) {
            return wrong;
        }
        match (asked.method.as_str(), self.records.contains_key(id)) {
            ("POST", true) => exists(400),
            ("POST", false) => self.keep(asked, id, container, Kind::Rejected),
            (_, true) => self.keep(asked, id, container, Kind::Rejected),
            (_, false) => missing(400),
        }
    }

    /// An ID that is not there is answered like one that is somebody else's.
    fn owned(&self, who: &str, id: &str) -> Result<(), Answer> {
        let owned = self.ids.get(id).is_some_and(|known| known.owner == who);
        if owned { Ok(()) } else { Err(not_owned(who, id)) }
    }

    fn keep(&mut self, asked: &Asked, id: &str, mut container: Value, kind: Kind) -> Answer {
        let now = self.now();
        let state = match kind {
            Kind::Published => "PUBLISHED",
            Kind::Rejected => "REJECTED",
        };
        let Some(known) = self.ids.get_mut(id) else { return missing(403) };
        known.state = state;
        known.modified = now;
        let (owner, reserved) = (known.owner.clone(), known.reserved);
        let uuid = self.uuid_of(&owner);
        container["providerMetadata"] = json!({ "orgId": uuid, "shortName": owner,
            "dateUpdated": now.to_string() });
        let date = match kind {
            Kind::Published => "datePublished",
            Kind::Rejected => "dateRejected",
        };
        let before = self.records.get(id).and_then(|known| known["cveMetadata"].get(date).cloned());
        let mut metadata = json!({ "cveId": id, "assignerOrgId": uuid, "assignerShortName": owner,
            "state": state, "dateReserved": reserved.to_string(), "dateUpdated": now.to_string() });
        metadata[date] = before.unwrap_or_else(|| json!(now.to_string()));
        let record = json!({ "dataType": "CVE_RECORD", "dataVersion": "5.1",
            "cveMetadata": metadata, "containers": { "cna": container } });
        self.records.insert(id.to_owned(), record.clone());
        let (done, key) = match asked.method.as_str() {
            "POST" => ("created", "created"),
            _ => ("updated", "updated"),
        };
        (200, json!({ "message": format!("{id} record was successfully {done}."), key: record }))
    }
}

fn exists(status: u16) -> Answer {
    error(status, "CVE_RECORD_EXISTS", "The cve record for the cve id already exists.")
}

fn missing(status: u16) -> Answer {
    error(status, "CVE_RECORD_DNE", "The cve record for the cve id does not exist.")
}

/// The container of a request, if its required fields are there.
fn container(asked: &Asked, kind: Kind) -> Result<Value, Answer> {
    let container = asked.body.as_ref().and_then(|body| body.get("cnaContainer")).cloned();
    let container = container.unwrap_or_default();
    let needed: &[&str] = match kind {
        Kind::Published => &["affected", "descriptions", "references"],
        Kind::Rejected => &["rejectedReasons"],
    };
    let is_list = |name: &&str| container[*name].as_array().is_some_and(|list| !list.is_empty());
    let mut wrong: Vec<String> = needed
        .iter()
        .filter(|name| !is_list(name))
        .map(|name| format!("must have required property '{name}'"))
        .collect();
    if container["providerMetadata"]["orgId"].as_str().is_none_or(|id| id.len() != 36) {
        wrong.push("must have required property 'providerMetadata'".to_owned());
    }
    let words = match kind {
        Kind::Published => &container["descriptions"],
        Kind::Rejected => &container["rejectedReasons"],
    };
    let english = |one: &Value| {
        let lang = one["lang"].as_str().map(str::to_lowercase);
        lang.filter(|lang| lang.starts_with("en"))
    };
    let all: Vec<String> = words.as_array().into_iter().flatten().filter_map(english).collect();
    if all.iter().enumerate().any(|(at, lang)| all.iter().skip(at + 1).any(|one| one == lang)) {
        return Err(bad_input(&["cnaContainer"]));
    }
    let english = |one: &Value| english(one).is_some();
    if !words.as_array().is_some_and(|all| all.iter().any(english)) {
        wrong.push("must have an English description".to_owned());
    }
    if wrong.is_empty() {
        return Ok(container);
    }
    let (status, mut said) = error(400, "INVALID_JSON_SCHEMA", NOT_VALID);
    said["details"] = json!({ "errors": wrong });
    Err((status, said))
}
