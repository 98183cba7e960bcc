use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

const ORACLE: &str = include_str!("oracle.csv");

/// The lines of the oracle: vector, and the scores it must have.
fn oracle() -> impl Iterator<Item = (&'static str, [&'static str; 3])> {
    ORACLE.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let mut fields = line.split(',');
        let vector = fields.next().unwrap();
        (vector, std::array::from_fn(|_| fields.next().unwrap()))
    })
}

fn shown(scores: Scores) -> [String; 3] {
    let or_dash = |score: Option<Score>| score.map_or("-".to_owned(), |score| score.to_string());
    [scores.base.to_string(), or_dash(scores.temporal), or_dash(scores.environmental)]
}

fn vector(text: &str) -> Vector {
    Vector::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn complaint(text: &str) -> String {
    Vector::parse(text).unwrap_err().to_string()
}

#[test]
fn every_vector_of_the_oracle_has_the_oracles_scores() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (text, expected) in oracle() {
        let scores = shown(vector(text).scores());
        if scores != expected {
            wrong.push(format!("{text}: {scores:?}, but the oracle says {expected:?}"));
        }
        seen += 1;
    }
    assert!(seen > 1500, "only {seen} vectors");
    assert!(wrong.is_empty(), "{} of {seen} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_oracle_uses_every_value_of_every_metric_of_every_version() {
    let mut used = BTreeSet::new();
    for (text, _) in oracle() {
        let (version, rest) = CvssVersion::split(text).unwrap();
        used.extend(rest.split('/').map(|part| (version, part.to_owned())));
    }
    for version in CvssVersion::ALL {
        for metric in version.metrics() {
            for choice in metric.choices {
                let part = format!("{}:{}", metric.name, choice.key);
                assert!(used.contains(&(version, part.clone())), "CVSS {version} {part}");
            }
        }
    }
}

#[test]
fn a_flaw_on_no_targets_has_no_environmental_score_and_on_few_a_quarter() {
    let score = |distribution: &str| {
        let text = format!("AV:N/AC:L/Au:N/C:C/I:C/A:C/CDP:N/TD:{distribution}");
        vector(&text).scores().environmental.unwrap().to_string()
    };
    assert_eq!(["N", "L", "M", "H", "ND"].map(score), ["0.0", "2.5", "7.5", "10.0", "10.0"]);
}

#[test]
fn an_environmental_score_of_version_3_0_is_not_rounded_up_from_a_float() {
    let scores =
        vector("CVSS:3.0/AV:P/AC:H/PR:L/UI:N/S:U/C:N/I:H/A:H/E:X/RC:U/CR:H/IR:L/MAV:P/MPR:N/MUI:X")
            .scores();
    assert_eq!(scores.environmental.map(Score::tenths), Some(46));
}

#[test]
fn the_word_for_a_score_depends_on_the_version() {
    let words = |tenths| {
        let score = Score::from_tenths(tenths).unwrap();
        CvssVersion::ALL.map(|version| score.severity(version).to_string())
    };
    let later = |old: &str, new: &str| [old, new, new, new].map(str::to_owned);
    assert_eq!(words(0), later("Low", "None"));
    assert_eq!(words(1), later("Low", "Low"));
    assert_eq!(words(39), later("Low", "Low"));
    assert_eq!(words(40), later("Medium", "Medium"));
    assert_eq!(words(69), later("Medium", "Medium"));
    assert_eq!(words(70), later("High", "High"));
    assert_eq!(words(89), later("High", "High"));
    assert_eq!(words(90), later("High", "Critical"));
    assert_eq!(words(100), later("High", "Critical"));
    assert_eq!(Score::from_tenths(101), None);
}

#[test]
fn a_version_4_score_is_named_after_what_it_rests_on() {
    let base = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";
    let name = |more: &str| vector(&format!("{base}{more}")).nomenclature().unwrap().to_string();
    assert_eq!(name(""), "CVSS-B");
    assert_eq!(name("/E:X/CR:X/S:P/U:Red"), "CVSS-B");
    assert_eq!(name("/E:P"), "CVSS-BT");
    assert_eq!(name("/MAV:L"), "CVSS-BE");
    assert_eq!(name("/E:U/CR:L"), "CVSS-BTE");
    assert_eq!(vector("AV:N/AC:L/Au:N/C:C/I:C/A:C").nomenclature(), None);
}

#[test]
fn the_overall_score_is_the_one_that_takes_most_into_account() {
    let overall = |text: &str| vector(text).scores().overall().to_string();
    assert_eq!(overall("AV:N/AC:L/Au:N/C:C/I:C/A:C"), "10.0");
    assert_eq!(overall("AV:N/AC:L/Au:N/C:C/I:C/A:C/E:U"), "8.5");
    assert_eq!(overall("AV:N/AC:L/Au:N/C:C/I:C/A:C/E:U/TD:L"), "2.1");
    assert_eq!(vector("AV:N/AC:L/Au:N/C:C/I:C/A:C/E:U/TD:L").severity(), Severity::Low);
}

#[test]
fn a_vector_prints_in_the_order_of_its_specification_without_what_is_not_defined() {
    let text = " CVSS:3.1/S:U/C:H/I:H/A:H/RL:X/E:P/UI:N/PR:N/AC:L/AV:N/MA:X\n";
    let vector = vector(text);
    assert_eq!(vector.to_string(), "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P");
    assert_eq!((vector.get("E"), vector.get("RL")), (Some("P"), None));
    assert_eq!(vector.metrics().count(), 9);
}

#[test]
fn a_version_2_vector_may_stand_in_parentheses() {
    let bare = "AV:N/AC:L/Au:N/C:P/I:P/A:P/TD:H";
    assert_eq!(vector(&format!("({bare})")).to_string(), bare);
}

#[test]
fn vectors_are_kept_as_text_and_scores_as_tenths() {
    let text = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H";
    let vector = vector(text);
    assert_eq!(serde_json::to_string(&vector).unwrap(), format!("\"{text}\""));
    assert_eq!(serde_json::from_str::<Vector>(&format!("\"{text}\"")).unwrap(), vector);
    assert!(serde_json::from_str::<Vector>("\"CVSS:3.1/AV:N\"").is_err());
    let base = vector.scores().base;
    assert_eq!(serde_json::to_string(&base).unwrap(), "75");
    assert_eq!(serde_json::from_str::<Score>("75").unwrap(), base);
    assert!(serde_json::from_str::<Score>("101").is_err());
    assert_eq!(
        (base.to_string().as_str(), format!("{:?}", base.as_f64()).as_str()),
        ("7.5", "7.5")
    );
}

#[test]
fn a_refusal_names_the_metric_and_what_it_may_be() {
    let said = [
        "",
        "CVSS:5.0/AV:N",
        "CVSS:3.1/AV:N/AC",
        "CVSS:3.1/AV:N/Au:N",
        "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.1/AV:X",
        "CVSS:4.0/AV:N/AC:L/AV:N",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/E:P",
        "AV:N/AC:L/Au:N/C:C/I:C/A:C/TD:<script>alert('much too long to repeat')",
    ]
    .map(complaint)
    .join("\n");
    expect_test::expect![[r"
        The vector is empty. It looks like this: CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H.
        “CVSS:5.0” is not a version we know. Begin with CVSS:4.0/, CVSS:3.1/ or CVSS:3.0/; a version 2 vector begins with its first metric, AV.
        “AC” is not a metric and its value. Each part looks like AV:N, with a slash between parts.
        CVSS 3.1 has no metric “Au”. It has AV, AC, PR, UI, S, C, I, A, E, RL, RC, CR, IR, AR, MAV, MAC, MPR, MUI, MS, MC, MI, MA.
        CVSS 2.0 has no metric “PR”. It has AV, AC, Au, C, I, A, E, RL, RC, CDP, TD, CR, IR, AR. A vector of a later version begins with CVSS:3.1/ or CVSS:4.0/.
        Attack Vector (AV) in CVSS 3.1 cannot be “X”: choose N (Network), A (Adjacent), L (Local) or P (Physical).
        Attack Vector (AV) is there more than once. Keep one.
        Availability Impact (A) is missing. Every CVSS 3.1 vector needs it: choose H (High), L (Low) or N (None).
        Target Distribution (TD) in CVSS 2.0 cannot be “<script>alert('much too …”: choose N (None), L (Low), M (Medium), H (High) or ND (Not Defined)."]].assert_eq(&said);
}

#[test]
fn a_text_that_is_too_long_is_not_read() {
    let text = format!("AV:N/AC:L/Au:N/C:C/I:C/A:C{}", " ".repeat(LONGEST_VECTOR));
    assert_eq!(Vector::parse(&text), Err(VectorError::TooLong));
    for version in CvssVersion::ALL {
        let longest = |metric: &'static Metric| {
            metric.choices.iter().map(|choice| choice.key.len()).max().unwrap()
                + metric.name.len()
                + 2
        };
        assert!(version.metrics().iter().map(longest).sum::<usize>() + 9 < LONGEST_VECTOR);
    }
}

/// A vector as somebody may write it: any metrics of a version, shuffled.
fn some_vector() -> impl Strategy<Value = String> {
    proptest::sample::select(&CvssVersion::ALL).prop_flat_map(|version| {
        let parts: Vec<_> = version.metrics().iter().map(some_part).collect();
        parts
            .prop_map(|parts| parts.into_iter().flatten().collect::<Vec<_>>())
            .prop_shuffle()
            .prop_map(move |parts| format!("{}{}", version.prefix(), parts.join("/")))
    })
}

fn some_part(metric: &'static Metric) -> BoxedStrategy<Option<String>> {
    let said = proptest::sample::select(metric.choices)
        .prop_map(|choice| format!("{}:{}", metric.name, choice.key));
    match metric.group {
        Group::Base => said.prop_map(Some).boxed(),
        Group::Threat | Group::Environmental | Group::Supplemental => {
            proptest::option::of(said).boxed()
        }
    }
}

proptest! {
    #[test]
    fn what_a_vector_prints_reads_as_the_same_vector(text in some_vector()) {
        let vector = Vector::parse(&text).unwrap();
        prop_assert_eq!(Vector::parse(&vector.to_string()).unwrap(), vector);
    }

    #[test]
    fn a_hostile_text_is_refused_in_a_short_sentence(
        text in "(CVSS:[2345]\\.[01]/)?([A-Za-z]{0,4}[:/\u{0}\u{202e}é ]{0,3}){0,60}|\\PC{0,600}"
    ) {
        if let Err(error) = Vector::parse(&text) {
            prop_assert!(error.to_string().chars().count() < 400);
        }
    }

    #[test]
    fn a_vector_cut_or_spliced_anywhere_never_panics(
        text in some_vector(), cut in 0_usize..300, splice in "\\PC{0,3}"
    ) {
        let mut broken: Vec<char> = text.chars().collect();
        let cut = cut.min(broken.len());
        broken.splice(cut.., splice.chars());
        let _ = Vector::parse(&broken.into_iter().collect::<String>());
    }
}
