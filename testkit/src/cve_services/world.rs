//! What the stand-in knows, and what it answers: IDs, their states, who owns them, quotas.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::Clock;
use domain::Timestamp;
use serde_json::{Value, json};

use super::asked::{Asked, bad_input, instant};
use super::{KEY, Mood, ORGANIZATION, ORGANIZATION_ID, USER};
use crate::StillClock;

/// A status and a body.
pub(super) type Answer = (u16, Value);

/// Everything.
pub(super) struct World {
    clock: Arc<StillClock>,
    organizations: BTreeMap<String, Organization>,
    pub(super) ids: BTreeMap<String, Id>,
    pub(super) records: BTreeMap<String, Value>,
    next: u64,
    /// How many IDs there still are to be drawn by chance.
    pub(super) left: Option<usize>,
    pub(super) page_size: usize,
    pub(super) mood: Mood,
    pub(super) calls: Vec<String>,
}

struct Organization {
    uuid: String,
    quota: usize,
    user: String,
    key: String,
}

/// An ID.
pub(super) struct Id {
    pub(super) state: &'static str,
    pub(super) owner: String,
    year: String,
    user: String,
    pub(super) reserved: Timestamp,
    pub(super) modified: Timestamp,
}

impl World {
    pub(super) fn new(clock: Arc<StillClock>) -> Self {
        let ours = Organization {
            uuid: ORGANIZATION_ID.to_owned(),
            quota: 1000,
            user: USER.to_owned(),
            key: KEY.to_owned(),
        };
        let theirs = Organization {
            uuid: "7c9e6679-7425-40de-944b-e07fc1f90ae7".to_owned(),
            quota: 10,
            user: "them@acme.example".to_owned(),
            key: "KEY-OF-ACME".to_owned(),
        };
        let organizations = [(ORGANIZATION.to_owned(), ours), ("acme".to_owned(), theirs)];
        Self {
            clock,
            organizations: organizations.into(),
            ids: BTreeMap::new(),
            records: BTreeMap::new(),
            next: 1001,
            left: None,
            page_size: 500,
            mood: Mood::Works,
            calls: vec![],
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn uuid_of(&self, organization: &str) -> String {
        self.organizations.get(organization).unwrap().uuid.clone()
    }

    pub(super) fn set_quota(&mut self, organization: &str, quota: usize) {
        self.organizations.get_mut(organization).unwrap().quota = quota;
    }

    pub(super) fn reserve_for_another(&mut self) -> String {
        let year = self.year();
        self.reserve_one("acme", "them@acme.example", &year)
    }

    pub(super) fn shown(&self) -> Vec<String> {
        let shown = |(id, known): (&String, &Id)| format!("{id} {} {}", known.state, known.owner);
        self.ids.iter().map(shown).collect()
    }

    /// What it says to a request.
    pub(super) fn answer(&mut self, asked: &Asked) -> Answer {
        let path: Vec<&str> = asked.path.iter().map(String::as_str).collect();
        match (asked.method.as_str(), path.as_slice()) {
            ("GET", ["health-check"]) => return (200, Value::Null),
            ("GET", ["cve-id", id]) => return self.show(asked, id),
            ("GET", ["cve", id]) => return self.show_record(id),
            ("GET", ["cve_count"]) => return self.count(asked),
            _ => {}
        }
        let who = match self.authenticated(asked) {
            Ok(who) => who,
            Err(no) => return no,
        };
        match (asked.method.as_str(), path.as_slice()) {
            ("GET", ["cve-id"]) => self.list(asked, &who),
            ("POST", ["cve-id"]) => self.reserve(asked, &who),
            ("PUT", ["cve-id", id]) => self.modify(asked, &who, id),
            ("POST" | "PUT", ["cve", id, "cna"]) => self.publish(asked, &who, id),
            ("POST" | "PUT", ["cve", id, "reject"]) => self.reject(asked, &who, id),
            ("GET", ["org", name]) => self.organization(&who, name),
            ("GET", ["org", name, "id_quota"]) => self.quota(&who, name),
            _ => error(404, "NOT_FOUND", "404: resource not found"),
        }
    }

    fn authenticated(&self, asked: &Asked) -> Result<String, Answer> {
        let given = [
            ("CVE-API-ORG", &asked.organization),
            ("CVE-API-USER", &asked.user),
            ("CVE-API-KEY", &asked.key),
        ];
        if let Some((name, _)) = given.iter().find(|(_, value)| value.is_none()) {
            return Err(error(400, "BAD_REQUEST", &format!("{name} header field required.")));
        }
        self.caller(asked).ok_or_else(|| error(401, "UNAUTHORIZED", "Unauthorized"))
    }

    /// The organisation of who asks, if name and key are right.
    fn caller(&self, asked: &Asked) -> Option<String> {
        let name = asked.organization.as_ref()?;
        let known = self.organizations.get(name)?;
        let right =
            asked.user.as_ref() == Some(&known.user) && asked.key.as_ref() == Some(&known.key);
        right.then(|| name.clone())
    }

    /// `POST /cve-id`
    fn reserve(&mut self, asked: &Asked, who: &str) -> Answer {
        if let Err(wrong) = asked.check(&["amount", "batch_type", "cve_year", "short_name"]) {
            return wrong;
        }
        let (Some(amount), Some(year), Some(name)) =
            (asked.parameter("amount"), asked.parameter("cve_year"), asked.parameter("short_name"))
        else {
            return bad_input(&["amount", "cve_year", "short_name"]);
        };
        if name != who {
            return error(403, "ORG_CANNOT_RESERVE_FOR_OTHER", "The organization is not yours.");
        }
        let amount: i64 = amount.parse().unwrap();
        let Some(amount) = usize::try_from(amount).ok().filter(|amount| *amount > 0) else {
            return error(400, "INVALID_AMOUNT", "The amount needs to be above 0.");
        };
        match asked.parameter("batch_type") {
            None if amount > 1 => {
                return error(400, "NO_BATCH_TYPE", "The batch_type must be specified.");
            }
            None | Some("sequential") => {}
            Some("nonsequential" | "non-sequential") if amount > 10 => {
                let words = "Only amounts of 10 ids or less can be reserved at a time.";
                return error(403, "OVER_NONSEQUENTIAL_MAX_AMOUNT", words);
            }
            Some("nonsequential" | "non-sequential") => {}
            Some(_) => return error(400, "INVALID_BATCH_TYPE", "The batch_type is invalid."),
        }
        let available = self.available(who);
        if amount > available {
            let words = "The amount requested would exceed the organization's ID quota.";
            return error(403, "EXCEEDED_ID_QUOTA", words);
        }
        let open = year.parse::<i16>().unwrap() - self.year().parse::<i16>().unwrap();
        if !(-1..=1).contains(&open) {
            let words = format!("IDs cannot be reserved for year {year}.");
            return error(403, "CANNOT_RESERVE_FOR_YEAR", &words);
        }
        let user = asked.user.clone().unwrap();
        let drawn = asked.parameter("batch_type").is_some_and(|batch| batch.starts_with("non"));
        let given = self.left.filter(|_| drawn).map_or(amount, |left| left.min(amount));
        let ids: Vec<String> = (0..given).map(|_| self.reserve_one(who, &user, year)).collect();
        let ids: Vec<Value> = ids.iter().map(|id| self.told(id)).collect();
        if given < amount {
            let (status, mut said) = error(206, "RESERVED_PARTIAL_AMOUNT", "Not all were there.");
            said["details"] = json!({ "amount_reserved": given });
            said["cve_ids"] = json!(ids);
            return (status, said);
        }
        (200, json!({ "cve_ids": ids, "meta": { "remaining_quota": available - amount } }))
    }

    fn reserve_one(&mut self, who: &str, user: &str, year: &str) -> String {
        let id = format!("CVE-{year}-{}", self.next);
        self.next += 1;
        let known = Id {
            state: "RESERVED",
            owner: who.to_owned(),
            year: year.to_owned(),
            user: user.to_owned(),
            reserved: self.now(),
            modified: self.now(),
        };
        self.ids.insert(id.clone(), known);
        id
    }

    /// `GET /cve-id`
    fn list(&self, asked: &Asked, who: &str) -> Answer {
        let known = ["state", "cve_id_year", "page", "time_reserved.lt", "time_reserved.gt"];
        if let Err(wrong) = asked.check(&known) {
            return wrong;
        }
        let bound = |name: &str| asked.parameter(name).and_then(instant);
        let (before, after) = (bound("time_reserved.lt"), bound("time_reserved.gt"));
        let found: Vec<&String> = self
            .ids
            .iter()
            .filter(|(_, id)| id.owner == who)
            .filter(|(_, id)| asked.parameter("state").is_none_or(|state| state == id.state))
            .filter(|(_, id)| asked.parameter("cve_id_year").is_none_or(|year| year == id.year))
            .filter(|(_, id)| before.is_none_or(|before| id.reserved < before))
            .filter(|(_, id)| after.is_none_or(|after| id.reserved > after))
            .map(|(name, _)| name)
            .collect();
        let page: usize = asked.parameter("page").map_or(1, |page| page.parse().unwrap());
        let (size, total) = (self.page_size, found.len());
        let shown = found.iter().skip((page - 1) * size).take(size);
        let mut said = json!({ "cve_ids": shown.map(|id| self.told(id)).collect::<Vec<_>>() });
        if total >= size {
            let pages = total.div_ceil(size);
            said["totalCount"] = json!(total);
            said["itemsPerPage"] = json!(size);
            said["pageCount"] = json!(pages);
            said["currentPage"] = json!(page);
            said["prevPage"] = json!((page > 1).then(|| page - 1));
            said["nextPage"] = json!((page < pages).then(|| page + 1));
        }
        (200, said)
    }

    /// `GET /cve-id/{id}`: others than the owner learn little, and nothing of a reserved one.
    fn show(&self, asked: &Asked, id: &str) -> Answer {
        let Some(known) = self.ids.get(id) else { return no_such_id(id) };
        if self.caller(asked).as_ref() == Some(&known.owner) {
            return (200, self.told(id));
        }
        let owner = if known.state == "RESERVED" { "[REDACTED]" } else { known.owner.as_str() };
        let year = &known.year;
        (200, json!({ "cve_id": id, "cve_year": year, "state": known.state, "owning_cna": owner }))
    }

    /// `PUT /cve-id/{id}`
    fn modify(&mut self, asked: &Asked, who: &str, id: &str) -> Answer {
        if let Err(wrong) = asked.check(&["state", "org"]) {
            return wrong;
        }
        let has_record = self.records.contains_key(id);
        let now = self.now();
        let Some(known) = self.ids.get_mut(id) else { return no_such_id(id) };
        if known.owner != who {
            return not_owned(who, id);
        }
        let state = match asked.parameter("state") {
            Some("RESERVED") => "RESERVED",
            Some("REJECTED") => "REJECTED",
            _ => return bad_input(&["state"]),
        };
        if has_record {
            let words = format!("A record was found for {id}.");
            return error(400, "CANNOT_CHANGE_CVE_ID_WITH_RECORD", &words);
        }
        known.state = state;
        known.modified = now;
        let words = format!("{id} was successfully updated.");
        (200, json!({ "message": words, "updated": self.told(id) }))
    }

    /// `GET /cve/{id}`
    fn show_record(&self, id: &str) -> Answer {
        match self.records.get(id) {
            Some(record) => (200, record.clone()),
            None => error(404, "CVE_RECORD_DNE", "The cve record for the cve id does not exist."),
        }
    }

    /// `GET /cve_count`
    fn count(&self, asked: &Asked) -> Answer {
        let counts = |id: &&Id| asked.parameter("state").is_none_or(|state| state == id.state);
        (200, json!({ "totalCount": self.ids.values().filter(counts).count() }))
    }

    /// `GET /org/{name}`
    fn organization(&self, who: &str, name: &str) -> Answer {
        if who != name {
            return not_same();
        }
        let known = self.organizations.get(name).unwrap();
        (
            200,
            json!({ "UUID": known.uuid, "short_name": name, "name": "Northlake CERT",
                "authority": { "active_roles": ["CNA"] }, "policies": { "id_quota": known.quota } }),
        )
    }

    /// `GET /org/{name}/id_quota`
    fn quota(&self, who: &str, name: &str) -> Answer {
        if who != name {
            return not_same();
        }
        let (quota, available) =
            (self.organizations.get(name).unwrap().quota, self.available(name));
        let reserved = self.reserved(name);
        (200, json!({ "id_quota": quota, "total_reserved": reserved, "available": available }))
    }

    fn reserved(&self, name: &str) -> usize {
        self.ids.values().filter(|id| id.owner == name && id.state == "RESERVED").count()
    }

    fn available(&self, name: &str) -> usize {
        self.organizations.get(name).unwrap().quota.saturating_sub(self.reserved(name))
    }

    fn told(&self, id: &str) -> Value {
        let known = self.ids.get(id).unwrap();
        json!({ "cve_id": id, "cve_year": known.year, "state": known.state,
            "owning_cna": known.owner, "reserved": known.reserved.to_string(),
            "requested_by": { "cna": known.owner, "user": known.user },
            "time": { "created": known.reserved.to_string(), "modified": known.modified.to_string() } })
    }

    fn year(&self) -> String {
        self.now().to_string().chars().take(4).collect()
    }
}

/// A refusal with its code.
pub(super) fn error(status: u16, code: &str, words: &str) -> Answer {
    (status, json!({ "error": code, "message": words }))
}

pub(super) fn not_available() -> Answer {
    error(503, "SERVICE_NOT_AVAILABLE", "This service appears to not be available.")
}

pub(super) fn too_many() -> Answer {
    error(429, "TOO_MANY_REQUESTS", "Too many requests. Please try again later.")
}

fn no_such_id(id: &str) -> Answer {
    error(404, "CVE_ID_NOT_FOUND", &format!("{id} not found"))
}

/// An ID that is another's, or nobody's.
pub(super) fn not_owned(who: &str, id: &str) -> Answer {
    error(403, "ORG_DOES_NOT_OWN_ID", &format!("It appears that {who} does not own {id}"))
}

fn not_same() -> Answer {
    let words = "This information can only be viewed by the users of the same organization.";
    error(403, "NOT_SAME_ORG_OR_SECRETARIAT", words)
}
