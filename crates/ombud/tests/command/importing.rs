use super::data::Data;

/// A note as VINCE serves it, with the keys that have to be there.
fn note(digits: u32, title: &str, revision: u32) -> String {
    let nulls = [
        "keywords",
        "clean_desc",
        "impact",
        "resolution",
        "workarounds",
        "sysaffected",
        "thanks",
        "author",
        "certadvisory",
        "uscerttechnicalalert",
        "vrda_d1_directreport",
        "vrda_d1_population",
        "vrda_d1_impact",
        "cam_widelyknown",
        "cam_exploitation",
        "cam_internetinfrastructure",
        "cam_population",
        "cam_impact",
        "cam_easeofexploitation",
        "cam_attackeraccessrequired",
        "cam_scorecurrent",
        "cam_scorecurrentwidelyknown",
        "cam_scorecurrentwidelyknownexploited",
        "ipprotocol",
        "cvss_accessvector",
        "cvss_accesscomplexity",
        "cvss_authentication",
        "cvss_confidentialityimpact",
        "cvss_integrityimpact",
        "cvss_availabilityimpact",
        "cvss_exploitablity",
        "cvss_remediationlevel",
        "cvss_reportconfidence",
        "cvss_collateraldamagepotential",
        "cvss_targetdistribution",
        "cvss_securityrequirementscr",
        "cvss_securityrequirementsir",
        "cvss_securityrequirementsar",
        "cvss_basescore",
        "cvss_basevector",
        "cvss_temporalscore",
        "cvss_environmentalscore",
        "cvss_environmentalvector",
        "metric",
        "vulnote",
    ];
    let mut note = serde_json::json!({
        "vuid": format!("VU#{digits}"), "idnumber": digits.to_string(), "name": title,
        "overview": "### Overview\n\nIt was long ago.", "public": [], "cveids": [],
        "datecreated": "2001-02-03T04:05:06Z", "publicdate": "2001-02-03T04:05:06Z",
        "datefirstpublished": "2001-02-03T04:05:06Z", "dateupdated": "2001-02-03T04:05:06Z",
        "revision": revision,
    });
    for key in nulls {
        note[key] = serde_json::Value::Null;
    }
    note.to_string()
}

/// What was said, without the time that it took.
fn told(said: &super::Said) -> String {
    let lines = said.out.lines().map(|line| line.split(';').next().unwrap_or(line).to_owned());
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn notes_are_brought_along_from_files_and_folders_and_never_twice() {
    let data = Data::sqlite();
    let room = &data.room;
    room.write("notes/b.json", &note(2, "Second", 1));
    room.write("notes/a.json", &format!("[{},{}]", note(1, "First", 1), note(3, "Third", 1)));
    room.write(
        "notes/deep/c.jsonl",
        &format!("{}\n\nnonsense\n{}\n", note(4, "Fourth", 1), note(4, "Again", 1)),
    );
    room.write("notes/vendor_x.json", "{}");
    room.write("notes/readme.txt", "no");
    // The first look finds no database; the first import makes one.
    let first = room.run(&["import", "notes", "notes", "missing.json"]);
    assert_eq!(first.code, Some(1), "{first:?}");
    assert_eq!(
        told(&first),
        "missing.json: refused: No such file or directory (os error 2)\n\
         notes/deep/c.jsonl:3: refused: The file is not JSON: the reader stopped at line 1, column 2.\n\
         Documents 7: new 4, same 0, changed 1, refused 2",
        "{first:?}"
    );
    room.write("notes/b.json", &note(2, "Second, mended", 2));
    let looked = room.run(&["import", "notes", "--dry-run", "notes/b.json", "notes/a.json"]);
    assert_eq!(looked.code, Some(0), "{looked:?}");
    assert_eq!(
        told(&looked),
        "notes/b.json: changed: VU#2\nnotes/a.json[1]: same: VU#1\nnotes/a.json[2]: same: VU#3\n\
         Documents 3: new 0, same 2, changed 1, refused 0"
    );
    let line = note(5, "Fifth", 1);
    let piped = room.run_with_line(&["import", "notes", "-"], &line);
    assert_eq!(told(&piped), "Documents 1: new 1, same 0, changed 0, refused 0", "{piped:?}");
    let verified = room.run(&["verify"]);
    assert!(verified.out.contains("Everything is as it was written."), "{verified:?}");
}
