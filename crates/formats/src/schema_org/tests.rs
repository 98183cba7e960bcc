//! What search engines read, and that nothing ends the script element around it.

use expect_test::expect;
use proptest::prelude::*;

use super::*;
use crate::feed::tests::{note, publisher};
use crate::sample::odd_note;

#[test]
fn a_note_in_the_words_of_schema_org() {
    let written = write(&note("4711", "03-01"), &publisher());
    let read: Value = serde_json::from_str(&written).unwrap();
    expect![[r#"
        {
          "@context": "https://schema.org",
          "@id": "https://cert.example/vuls/VU-4711",
          "@type": "TechArticle",
          "about": [
            {
              "@type": "Thing",
              "identifier": "CVE-1900-0001",
              "name": "CVE-1900-0001",
              "sameAs": "https://www.cve.org/CVERecord?id=CVE-1900-0001"
            }
          ],
          "author": {
            "@type": "Organization",
            "name": "Kettle & Lid CERT",
            "url": "https://cert.example"
          },
          "dateModified": "2026-03-01T12:00:00Z",
          "datePublished": "2026-03-01T12:00:00Z",
          "description": "The lid may fly off.",
          "headline": "Kettle boils over",
          "identifier": "VU#4711",
          "publisher": {
            "@type": "Organization",
            "name": "Kettle & Lid CERT",
            "url": "https://cert.example"
          },
          "url": "https://cert.example/vuls/VU-4711",
          "version": "1"
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&read).unwrap());
}

#[test]
fn no_text_ends_the_script_element() {
    let mut note = note("4711", "03-01");
    note.title = "</script><!-- <SCRIPT> & ]]>".to_owned();
    let written = write(&note, &publisher());
    assert!(!written.contains(['<', '>', '&']), "{written}");
    let read: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(read["headline"], note.title);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn odd_notes_stay_within_the_script_element(note in odd_note()) {
        let written = write(&note, &publisher());
        let ends_it = written.contains(['<', '>', '&', '\u{2028}', '\n']);
        prop_assert!(!ends_it);
        prop_assert!(serde_json::from_str::<Value>(&written).is_ok());
    }
}
