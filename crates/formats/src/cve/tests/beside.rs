//! What stands beside the assigner's own words: how far it is exploited, as SSVC says it, and the containers of others.

use super::*;

/// The selections of SSVC in a container, each as CISA's containers have them.
fn ssvc(note: &PublicNote) -> Vec<Value> {
    let told = serde_json::to_value(first(note)).unwrap();
    let metrics = told["metrics"].as_array().cloned().unwrap_or_default().into_iter();
    let others = metrics.map(|metric| metric["other"].clone());
    others.filter(|other| !other.is_null()).collect()
}

#[test]
fn a_record_tells_how_far_it_is_exploited_as_ssvc_does() {
    let early = Some(at("2026-11-03T00:00:00Z"));
    let note = |exploit_public_at, attacks_seen_at| PublicNote {
        exploit_public_at,
        attacks_seen_at,
        ..small(vec![])
    };
    let told = |word: &str| {
        json!([{ "type": "ssvc", "content": {
            "id": "CVE-1900-0001", "role": "Coordinator", "options": [{ "Exploitation": word }],
            "version": "2.0.3", "timestamp": "2026-11-05T12:30:00Z",
        } }])
    };
    assert_eq!(json!(ssvc(&note(early, None))), told("poc"));
    assert_eq!(json!(ssvc(&note(early, early))), told("active"));
    assert_eq!(ssvc(&note(None, None)), [] as [Value; 0]);
    // What is to come is not known yet, and of several nobody knows which.
    assert_eq!(ssvc(&note(None, Some(at("2026-11-06T00:00:00Z")))), [] as [Value; 0]);
    let mut several = note(early, early);
    several.vulnerabilities.push(several.vulnerabilities[0].clone());
    assert_eq!(ssvc(&several), [] as [Value; 0]);
}

/// A published record to which others have added.
fn record_with(added: Value) -> PublicNote {
    let mut note = small(vec![]);
    note.vulnerabilities[0].cwe = None;
    let own = record(&note, &note.vulnerabilities[0], &publisher(), &organisation()).unwrap();
    let mut value = serde_json::to_value(own).unwrap();
    if added != json!([]) {
        value["containers"]["adp"] = added;
    }
    let Read::Published(read) = read(value.to_string().as_bytes()).unwrap() else { panic!() };
    assert_eq!(serde_json::to_value(&*read).unwrap(), value);
    read.to_public_note().unwrap()
}

#[test]
fn what_others_added_to_a_record_is_read() {
    let cisa = json!({
        "providerMetadata": { "orgId": "x", "shortName": "CISA-ADP" },
        "title": "CISA ADP Vulnrichment",
        "metrics": [
            { "cvssV3_1": {
                "version": "3.1", "baseScore": 9.8, "baseSeverity": "CRITICAL",
                "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            } },
            { "other": { "type": "ssvc", "content": {
                "id": "CVE-1900-0001", "role": "CISA Coordinator", "version": "2.0.3",
                "options": [{ "Exploitation": "active" }, { "Automatable": "no" }, { "Technical Impact": "total" }],
                "timestamp": "2026-11-06T00:00:00Z",
            } } },
        ],
        "problemTypes": [{ "descriptions": [{ "lang": "en", "description": "CWE-79 Cross-site Scripting", "cweId": "CWE-79", "type": "CWE" }] }],
        "references": [{ "url": "https://acme.example/7" }, { "url": "https://notes.kettle.example/vuls/VU-257161" }],
    });
    let note = record_with(json!([{ "of another": "shape" }, cisa, "nothing"]));
    let flaw = &note.vulnerabilities[0];
    let told = |score: &crate::public_note::Score| {
        format!("{} {:?} {:?}", score.vector, score.base, score.given_by)
    };
    let scores: Vec<_> = flaw.scores.iter().map(told).collect();
    expect![[r#"
        CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H Some(7.5) None
        CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H Some(9.8) Some("CISA-ADP")"#]]
    .assert_eq(&scores.join("\n"));
    assert_eq!(flaw.cwe.as_deref(), Some("CWE-79"));
    assert_eq!(
        note.references,
        ["https://notes.kettle.example/vuls/VU-257161", "https://acme.example/7"]
    );
    // Since when attacks are known nobody told; that somebody assessed it then is another matter.
    assert_eq!((note.attacks_seen_at, note.exploit_public_at), (None, None));
}

#[test]
fn a_record_to_which_nobody_added_is_read_as_before() {
    let note = record_with(json!([]));
    assert_eq!((note.vulnerabilities[0].scores.len(), note.references.len()), (1, 1));
    assert_eq!(note.vulnerabilities[0].cwe, None);
}
