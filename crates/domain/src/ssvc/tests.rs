use std::{collections::BTreeMap, fs, path::PathBuf};

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn noon() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// Every way to answer the questions of a decision.
fn every<D: Decision>() -> Vec<D> {
    let mut rows: Vec<Vec<&str>> = vec![Vec::new()];
    for point in D::POINTS {
        rows = rows
            .into_iter()
            .flat_map(|row| {
                point.values.iter().map(move |value| [row.as_slice(), &[value.key]].concat())
            })
            .collect();
    }
    rows.iter().map(|row| from_keys(row)).collect()
}

fn from_keys<D: Decision>(keys: &[&'static str]) -> D {
    D::read(|point| {
        D::POINTS.iter().zip(keys).find(|(one, _)| one.key == point.key).map(|(_, key)| *key)
    })
    .unwrap()
}

fn count<D: Decision>(key: &str) -> usize {
    every::<D>().into_iter().filter(|decision| decision.decide().key() == key).count()
}

#[test]
fn triage_declines_150_times_coordinates_27_times_and_tracks_15_times() {
    assert_eq!(every::<Triage>().len(), 192);
    assert_eq!(["D", "C", "T"].map(count::<Triage>), [150, 27, 15]);
}

#[test]
#[expect(clippy::nonminimal_bool, reason = "one line for each term of the published formula")]
fn the_triage_table_agrees_with_its_shortest_formula() {
    for triage in every::<Triage>() {
        let keys = triage.keys();
        let [rp, scon, rc, sc, se, u, psi] = keys.as_slice() else { panic!("seven questions") };
        let (many, active, harm) = (*sc == "M", *se == "A", *psi == "S");
        let asked = *rp == "N" && *scon == "Y";
        let coordinate = many && *u == "S" && harm
            || asked && *rc == "C" && (!active && (*u != "L" || many || harm) || many && *u == "S");
        let track = asked
            && (*rc == "NC" && !many && *u != "L" && harm
                || *rc == "NC" && many && *u != "S" && harm
                || !many && active && *u != "L" && harm
                || many && active && *u != "S" && harm
                || *rc == "NC" && many && *u == "S" && !harm
                || *rc == "C" && !many && !active && *u == "L" && !harm);
        let expected = match (coordinate, track) {
            (true, _) => Coordinate::Coordinate,
            (false, true) => Coordinate::Track,
            (false, false) => Coordinate::Decline,
        };
        assert_eq!(triage.decide(), expected, "{triage:?}");
    }
}

#[test]
fn the_publication_table_agrees_with_its_shortest_formula() {
    let all = every::<Publication>();
    assert_eq!(all.len(), 27);
    for publication in all {
        let silent = publication.supplier_involvement == SupplierInvolvement::Uncooperative;
        let attacked = publication.exploitation == Exploitation::Active;
        let proof = publication.exploitation == Exploitation::PublicProof;
        let publish = match publication.public_value_added {
            PublicValueAdded::Precedence => true,
            PublicValueAdded::Ampliative => attacked || silent && proof,
            PublicValueAdded::Limited => silent && attacked,
        };
        let expected = if publish { Publish::Publish } else { Publish::DoNotPublish };
        assert_eq!(publication.decide(), expected, "{publication:?}");
    }
}

/// A table as SSVC publishes it, if the shared data are here.
fn published(name: &str) -> Option<Value> {
    let shared = std::env::var_os("OMBUD_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let path = shared.join("data/ssvc").join(name);
    match fs::read_to_string(&path) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap()),
        Err(error) => {
            println!("skipped: {} cannot be read ({error}); set OMBUD_SHARED", path.display());
            None
        }
    }
}

/// Compares every row, and every question with its answers, with the published table.
fn compare<D: Decision>(name: &str) {
    let Some(table) = published(name) else { return };
    assert_eq!(
        (table["key"].as_str(), table["version"].as_str()),
        (Some(D::TABLE), Some(D::VERSION))
    );
    let outcome = D::Outcome::POINT.id().to_string();
    assert_eq!(table["outcome"], json!(outcome));
    for point in D::POINTS.iter().chain([&D::Outcome::POINT]) {
        let values = table["decision_points"][point.id().to_string()]["values"].as_array().unwrap();
        let theirs: Vec<_> = values.iter().map(|value| value["key"].as_str().unwrap()).collect();
        let ours: Vec<_> = point.values.iter().map(|value| value.key).collect();
        assert_eq!(ours, theirs, "{point}");
    }
    let rows: BTreeMap<String, String> = table["mapping"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let keys = D::POINTS.iter().map(|point| row[point.id().to_string()].as_str().unwrap());
            (keys.collect::<Vec<_>>().join(" "), row[&outcome].as_str().unwrap().to_owned())
        })
        .collect();
    let all = every::<D>();
    assert_eq!(rows.len(), all.len());
    for decision in all {
        let keys = decision.keys().join(" ");
        assert_eq!(decision.decide().key(), rows[&keys], "{keys}");
    }
}

#[test]
fn every_row_of_triage_is_that_of_the_published_table() {
    compare::<Triage>("coordinator_triage_1_0_0.json");
}

#[test]
fn every_row_of_publication_is_that_of_the_published_table() {
    compare::<Publication>("coordinator_publish_decision_table_1_0_0.json");
}

#[test]
fn utility_is_that_of_the_published_table() {
    let Some(table) = published("utility_1_0_0.json") else { return };
    let rows = table["mapping"].as_array().unwrap();
    assert_eq!(rows.len(), 4);
    let key = |row: &Value, point: &Point| row[point.id().to_string()].as_str().unwrap().to_owned();
    for row in rows {
        let automatable = Automatable::from_key(&key(row, Automatable::POINT)).unwrap();
        let density = ValueDensity::from_key(&key(row, ValueDensity::POINT)).unwrap();
        assert_eq!(utility(automatable, density).key(), key(row, Utility::POINT));
    }
}

#[test]
fn utility_grows_with_automation_and_with_density() {
    let words = |automatable| {
        ValueDensity::ALL
            .iter()
            .map(|density| utility(automatable, *density).key())
            .collect::<String>()
    };
    assert_eq!((words(Automatable::No), words(Automatable::Yes)), ("LE".into(), "ES".into()));
}

#[test]
fn every_answer_is_found_by_its_key_and_has_a_name_and_an_explanation() {
    fn check<P: DecisionPoint + std::fmt::Debug + PartialEq>() {
        assert_eq!(P::ALL.len(), P::POINT.values.len());
        for (answer, listed) in P::ALL.iter().zip(P::POINT.values) {
            assert_eq!(P::from_key(listed.key), Some(*answer));
            assert_eq!(answer.value(), listed);
            assert!(!listed.label.is_empty() && listed.help.ends_with('.'), "{listed:?}");
        }
        assert_eq!(P::from_key(""), None);
        assert!(P::POINT.id().to_string().starts_with("ssvc:"));
    }
    check::<ReportPublic>();
    check::<SupplierContacted>();
    check::<ReportCredibility>();
    check::<SupplierCardinality>();
    check::<SupplierEngagement>();
    check::<Utility>();
    check::<PublicSafetyImpact>();
    check::<Automatable>();
    check::<ValueDensity>();
    check::<SupplierInvolvement>();
    check::<Exploitation>();
    check::<PublicValueAdded>();
    check::<Coordinate>();
    check::<Publish>();
}

fn triage() -> Triage {
    from_keys(&["N", "Y", "C", "M", "U", "S", "S"])
}

#[test]
fn a_selection_is_kept_by_ids_versions_and_keys() {
    let selection = Selection::new(triage(), noon());
    let kept = serde_json::to_string(&selection).unwrap();
    expect_test::expect![[r#"{"form":"1","table":"ssvc:DT_COORD_TRIAGE:1.0.0","chosen":[{"point":"ssvc:RP:1.0.0","value":"N"},{"point":"ssvc:SCON:1.0.0","value":"Y"},{"point":"ssvc:RC:1.0.0","value":"C"},{"point":"ssvc:SC:1.0.0","value":"M"},{"point":"ssvc:SE:1.0.0","value":"U"},{"point":"ssvc:U:1.0.1","value":"S"},{"point":"ssvc:PSI:2.0.1","value":"S"}],"outcome":{"point":"ssvc:COORDINATE:1.0.1","value":"C"},"at":"2026-03-01T12:00:00Z"}"#]].assert_eq(&kept);
    assert_eq!(serde_json::from_str::<Selection>(&kept).unwrap(), selection);
    assert_eq!(selection.decision::<Triage>(), Ok(triage()));
    assert_eq!(selection.decision::<Publication>(), Err(SsvcError::NoTableFits));
}

#[test]
fn an_old_selection_stays_readable_when_a_question_has_a_newer_version() {
    let kept = serde_json::to_string(&Selection::new(triage(), noon())).unwrap();
    let old: Selection =
        serde_json::from_str(&kept.replace("ssvc:U:1.0.1", "ssvc:U:0.9.0")).unwrap();
    assert_eq!(old.outcome().value, "C");
    assert_eq!(old.chosen()[5].point.to_string(), "ssvc:U:0.9.0");
    let refused = old.decision::<Triage>().unwrap_err();
    assert_eq!(refused, SsvcError::NotAnswered { point: Utility::POINT });
}

#[test]
fn what_is_not_a_selection_is_not_read_from_the_store() {
    let kept = serde_json::to_string(&Selection::new(triage(), noon())).unwrap();
    for (from, to) in [("\"1\"", "\"2\""), ("ssvc:RP:1.0.0", "RP"), ("ssvc:RP:1.0.0", "ssvc::1")] {
        let broken = kept.replace(from, to);
        assert_ne!(broken, kept);
        assert!(serde_json::from_str::<Selection>(&broken).is_err(), "{broken}");
    }
}

#[test]
fn a_selection_list_has_what_the_schema_requires() {
    let list =
        Selection::new(triage(), noon()).to_list(&["CVE-2026-0001".into(), "CVE-2026-0001".into()]);
    assert_eq!(list["schemaVersion"], "2.0.0");
    assert_eq!(list["timestamp"], "2026-03-01T12:00:00Z");
    assert_eq!(list["target_ids"], json!(["CVE-2026-0001"]));
    let selections = list["selections"].as_array().unwrap();
    assert_eq!(selections.len(), 8);
    assert_eq!(
        selections[0],
        json!({"namespace": "ssvc", "key": "RP", "version": "1.0.0", "values": [{"key": "N"}]})
    );
    assert_eq!(selections[7]["key"], "COORDINATE");
    let nothing_named = Selection::new(triage(), noon()).to_list(&[]);
    assert_eq!(nothing_named.get("target_ids"), None);
}

#[test]
fn a_decision_survives_its_selection_list() {
    let targets = vec!["VU#999999".to_owned()];
    for triage in every::<Triage>() {
        let selection = Selection::new(triage, noon());
        let list = selection.to_list(&targets).to_string();
        assert_eq!(Selection::from_list(&list), Ok((selection, targets.clone())));
    }
    for publication in every::<Publication>() {
        let selection = Selection::new(publication, noon());
        let list = selection.to_list(&[]).to_string();
        assert_eq!(Selection::from_list(&list), Ok((selection, Vec::new())));
    }
}

#[test]
fn a_list_without_an_outcome_gets_the_one_of_the_table() {
    let mut list = Selection::new(triage(), noon()).to_list(&[]);
    list["selections"].as_array_mut().unwrap().pop();
    list["timestamp"] = json!("2026-03-01T13:00:00+01:00");
    assert_eq!(
        Selection::from_list(&list.to_string()).unwrap().0,
        Selection::new(triage(), noon())
    );
}

#[test]
fn a_list_that_decides_nothing_is_refused_in_a_sentence() {
    let list = Selection::new(triage(), noon()).to_list(&[]);
    let with = |change: &dyn Fn(&mut Value)| {
        let mut list = list.clone();
        change(&mut list);
        Selection::from_list(&list.to_string()).unwrap_err().to_string()
    };
    let said = [
        with(&|list| list["schemaVersion"] = json!("1.0.0")),
        with(&|list| list["timestamp"] = json!("yesterday")),
        with(&|list| list["selections"] = json!([])),
        with(&|list| drop(list["selections"].as_array_mut().unwrap().remove(1))),
        with(&|list| list["selections"][5]["version"] = json!("9.0.0")),
        with(&|list| list["selections"][0]["values"] = json!([{"key": "Z"}])),
        with(&|list| list["selections"][0]["values"] = json!([{"key": "Y"}, {"key": "N"}])),
        with(&|list| list["selections"][1] = list["selections"][0].clone()),
        with(&|list| list["selections"][7]["values"][0]["key"] = json!("D")),
        with(&|list| list["references"] = json!("x".repeat(LONGEST_LIST))),
    ]
    .join("\n");
    expect_test::expect![[r"
        We read SelectionList version 2.0.0, and this is version “1.0.0”.
        This is not an SSVC SelectionList: failed to parse four digit integer as year: invalid digit, expected 0-9 but got y at line 1 column 657.
        These answers belong neither to our triage table nor to our publication table.
        “Supplier contacted” (SCON) version 1.0.0 is not answered: choose N (No) or Y (Yes).
        “Utility” (U) version 1.0.1 is not answered: choose L (Laborious), E (Efficient) or S (Super effective).
        “Report public” (RP) cannot be “Z”: choose Y (Yes) or N (No).
        “RP” must have exactly one answer.
        “RP” must have exactly one answer.
        The outcome given is “D”, but from these answers the table says “C”.
        The list is too long: at most 65536 bytes."]].assert_eq(&said);
}

#[test]
fn the_one_line_form_ends_with_the_outcome_and_the_time() {
    let publication: Publication = from_keys(&["UU", "A", "L"]);
    assert_eq!(
        Selection::new(publication, noon()).vector(),
        "SSVCv2/SINV:UU/E:A/PVA:L/PUBLISH:P/2026-03-01T12:00:00Z/"
    );
}

proptest! {
    #[test]
    fn a_hostile_list_is_refused_without_a_panic(text in "[\\[\\]{}:\",a-z0-9.]{0,200}|\\PC{0,200}") {
        let _ = Selection::from_list(&text);
        let _ = serde_json::from_str::<Selection>(&text);
        let _ = text.parse::<Id>();
    }
}
