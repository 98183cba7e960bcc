//! Sites that grow, change and shrink, looked at after every single step.

use std::collections::BTreeSet;

use expect_test::expect;
use proptest::prelude::*;

use super::*;
use crate::csaf_provider::{Aggregation, Document, Hashes, Provider, Signature, Version};
use crate::feed::tests::{at, note, publisher, vendor};
use crate::public_note::{PublicNote, Publisher};
use crate::security_txt::SecurityTxt;

/// What a made-up site is made from.
#[derive(Clone, Debug)]
struct Made {
    /// Of each note: its number, how often it was revised, and how many files lie beside it.
    notes: BTreeMap<u32, (u32, u32)>,
    signature: Signature,
    authoritative: Version,
}

fn made() -> impl Strategy<Value = Made> {
    let notes = prop::collection::btree_map(1..70_u32, (1..3_u32, 0..3_u32), 0..36);
    let signature = prop::sample::select(vec![Signature::Beside, Signature::Missing]);
    let version = prop::sample::select(vec![Version::TwoZero, Version::TwoOne]);
    (notes, signature, version).prop_map(|(notes, signature, authoritative)| Made {
        notes,
        signature,
        authoritative,
    })
}

fn bytes(text: impl Into<String>) -> Content {
    Content::Bytes(text.into().into_bytes())
}

fn note_of(number: u32, revision: u32) -> PublicNote {
    let mut note =
        note(&number.to_string(), &format!("{:02}-{:02}", number / 28 + 1, number % 28 + 1));
    note.revision = i64::from(revision);
    note.title = format!("Kettle, revision {revision}");
    let status = domain::status::ProductStatus::Affected;
    note.vendors = vec![vendor(["Acme", "Zeta", "Ärger & Söhne"][number as usize % 3], status)];
    note
}

fn document_of(note: &PublicNote, signature: Signature) -> Document {
    Document {
        id: format!("VU#{}", note.number),
        title: note.title.clone(),
        summary: String::new(),
        initial_release_at: note.first_published_at,
        current_release_at: note.updated_at,
        hashes: Some(Hashes { sha256: "00".to_owned(), sha512: "11".to_owned() }),
        signature,
        categories: vec!["Acme".to_owned()],
    }
}

fn tree(made: &Made, publisher: &Publisher) -> Tree {
    let notes: Vec<PublicNote> =
        made.notes.iter().map(|(number, (revision, _))| note_of(*number, *revision)).collect();
    let files = notes.iter().zip(made.notes.values()).map(|(note, (revision, files))| {
        let names: Vec<String> = (0..*files).map(|n| format!("file-{revision}-{n}.txt")).collect();
        let page = publisher.page(note);
        let links: Vec<String> = names.iter().map(|name| format!("\"{page}/{name}\"")).collect();
        let html = format!("\"{}/vuls/\" {}", publisher.base_url, links.join(" "));
        let files = names.into_iter().map(|name| (name.clone(), bytes(name))).collect();
        NoteFiles { note, page: bytes(html), files }
    });
    let documents: Vec<Document> =
        notes.iter().map(|note| document_of(note, made.signature)).collect();
    let csaf = [Version::TwoZero, Version::TwoOne].map(|version| CsafFiles {
        provider: Provider {
            publisher,
            version,
            documents: &documents,
            keys: &[],
            aggregation: Aggregation::Mirror,
            changed_at: at("2026-01-01T00:00:00Z"),
            maintained_from: None,
            maintained_until: None,
        },
        contents: notes.iter().map(|note| bytes(note.title.clone())).collect(),
        signatures: documents.iter().map(|one| (one.id.clone(), bytes("signed"))).collect(),
    });
    let listed: Vec<String> =
        notes.iter().map(|note| format!("\"{}\"", publisher.page(note))).collect();
    let base = &publisher.base_url;
    let start = format!("\"{base}/vuls/\" \"{base}/vuls/feed.atom\" \"{base}/robots.txt\"");
    site(&Site {
        publisher,
        notes: files.collect(),
        others: vec![
            ("vuls/index.html".to_owned(), bytes(listed.join(" "))),
            ("index.html".to_owned(), bytes(start)),
        ],
        csaf: csaf.into(),
        authoritative: made.authoritative,
        security: SecurityTxt { contact: vec!["mailto:a@b.example".into()], ..Default::default() },
        begun_at: at("2026-01-01T00:00:00Z"),
    })
    .unwrap()
}

/// What each file of a tree points to, by path.
type Pointers = BTreeMap<String, BTreeSet<String>>;

fn pointers(tree: &Tree, base: &str) -> Pointers {
    tree.files().map(|(path, content)| (path.to_owned(), links(path, content, base))).collect()
}

/// The paths that a file points to: by address, or in an index by names below its folder.
fn links(path: &str, content: &Content, base: &str) -> BTreeSet<String> {
    let Content::Bytes(bytes) = content else { return BTreeSet::new() };
    let text = String::from_utf8(bytes.clone()).unwrap();
    let folder = path.strip_suffix("index.txt").or(path.strip_suffix("changes.csv"));
    if let Some(folder) = folder {
        let names = text.lines().filter_map(|line| line.split(',').next());
        return names.map(|name| format!("{folder}{}", name.trim_matches('"'))).collect();
    }
    let addresses = text.split(['"', '<', '>', ' ', '\n']);
    let paths = addresses.filter_map(|address| address.strip_prefix(&format!("{base}/")));
    // VINCE's addresses are answered by the server, not by a file.
    paths.filter(|path| !path.starts_with("vuls/id/")).map(str::to_owned).collect()
}

/// The file that a reader gets at a path: the one of that name, or the page of a folder.
fn file_at<'a>(files: &'a Pointers, path: &str) -> Option<&'a str> {
    let folder = path.trim_end_matches('/');
    let index = ["html", "txt", "xml"].map(|kind| format!("{folder}/index.{kind}"));
    let mut names = std::iter::once(path.to_owned()).chain(index);
    names.find_map(|name| files.get_key_value(&name)).map(|(name, _)| name.as_str())
}

/// What nobody points to, but everybody finds.
const ENTRANCES: [&str; 6] = [
    "index.html",
    "robots.txt",
    "sitemap.xml",
    ".well-known/security.txt",
    ".well-known/csaf/provider-metadata.json",
    ".well-known/csaf/service.json",
];

/// The links into nothing that a reader meets who begins at these files and follows every link.
fn dangling<'a>(files: &'a Pointers, begin: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut found = vec![];
    let mut met = BTreeSet::new();
    let mut open: Vec<&str> = begin.into_iter().collect();
    while let Some(path) = open.pop() {
        let Some(links) = files.get(path).filter(|_| met.insert(path)) else { continue };
        for link in links {
            match file_at(files, link) {
                Some(path) => open.push(path),
                None => found.push(format!("{path} -> {link}")),
            }
        }
    }
    found
}

#[test]
fn a_link_into_nothing_is_found() {
    let publisher = publisher();
    let mut tree = Tree::default();
    tree.put("index.html", bytes("\"https://cert.example/a\" \"https://cert.example/b\"")).unwrap();
    tree.put("a/index.html", bytes("\"https://cert.example/c.txt\"")).unwrap();
    tree.put("x/index.txt", bytes("2026/y.json\n")).unwrap();
    let pointers = pointers(&tree, &publisher.base_url);
    let found = dangling(&pointers, ["index.html", "x/index.txt"]);
    let expected = ["x/index.txt -> x/2026/y.json", "index.html -> b", "a/index.html -> c.txt"];
    assert_eq!(found, expected);
}

fn small() -> Tree {
    let made = Made {
        notes: [(1, (1, 1)), (2, (1, 0))].into(),
        signature: Signature::Beside,
        authoritative: Version::TwoZero,
    };
    tree(&made, &publisher())
}

#[test]
fn a_small_site() {
    let tree = small();
    let paths: Vec<&str> = tree.files().map(|(path, _)| path).collect();
    expect![[r"
        .well-known/csaf/provider-metadata.json
        .well-known/csaf/service.json
        .well-known/csaf/v2.0/provider-metadata.json
        .well-known/csaf/v2.0/service.json
        .well-known/csaf/v2.0/white/2026/vu_1.json
        .well-known/csaf/v2.0/white/2026/vu_1.json.asc
        .well-known/csaf/v2.0/white/2026/vu_1.json.sha256
        .well-known/csaf/v2.0/white/2026/vu_1.json.sha512
        .well-known/csaf/v2.0/white/2026/vu_2.json
        .well-known/csaf/v2.0/white/2026/vu_2.json.asc
        .well-known/csaf/v2.0/white/2026/vu_2.json.sha256
        .well-known/csaf/v2.0/white/2026/vu_2.json.sha512
        .well-known/csaf/v2.0/white/category-white.json
        .well-known/csaf/v2.0/white/changes.csv
        .well-known/csaf/v2.0/white/feed-tlp-white.json
        .well-known/csaf/v2.0/white/index.txt
        .well-known/csaf/v2.1/clear/2026/vu_1.json
        .well-known/csaf/v2.1/clear/2026/vu_1.json.asc
        .well-known/csaf/v2.1/clear/2026/vu_1.json.sha256
        .well-known/csaf/v2.1/clear/2026/vu_1.json.sha512
        .well-known/csaf/v2.1/clear/2026/vu_2.json
        .well-known/csaf/v2.1/clear/2026/vu_2.json.asc
        .well-known/csaf/v2.1/clear/2026/vu_2.json.sha256
        .well-known/csaf/v2.1/clear/2026/vu_2.json.sha512
        .well-known/csaf/v2.1/clear/category-clear.json
        .well-known/csaf/v2.1/clear/changes.csv
        .well-known/csaf/v2.1/clear/feed-tlp-clear.json
        .well-known/csaf/v2.1/clear/index.txt
        .well-known/csaf/v2.1/provider-metadata.json
        .well-known/csaf/v2.1/service.json
        .well-known/security.txt
        index.html
        robots.txt
        sitemap.xml
        vuls/VU-1/file-1-0.txt
        vuls/VU-1/index.html
        vuls/VU-2/index.html
        vuls/atomfeed/index.xml
        vuls/feed.atom
        vuls/feed.json
        vuls/index.html
        vuls/vendors/-rger---s-hne-e606576a607c/feed.atom
        vuls/vendors/-rger---s-hne-e606576a607c/feed.json
        vuls/vendors/zeta-f0ac255c776f/feed.atom
        vuls/vendors/zeta-f0ac255c776f/feed.json"]]
    .assert_eq(&paths.join("\n"));
}

#[test]
fn what_stands_at_the_entrances() {
    let tree = small();
    let text = |path: &str| match tree.get(path).unwrap() {
        Content::Bytes(bytes) => String::from_utf8(bytes.clone()).unwrap(),
        Content::Kept(_) => panic!("{path}"),
    };
    expect![[r#"
        <?xml version="1.0" encoding="utf-8"?>
        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
        <url><loc>https://cert.example/vuls/</loc></url>
        <url><loc>https://cert.example/vuls/VU-2</loc><lastmod>2026-01-03T12:00:00Z</lastmod></url>
        <url><loc>https://cert.example/vuls/VU-1</loc><lastmod>2026-01-02T12:00:00Z</lastmod></url>
        </urlset>
    "#]]
    .assert_eq(&text("sitemap.xml"));
    expect![[r"
        Contact: mailto:a@b.example
        CSAF: https://cert.example/.well-known/csaf/provider-metadata.json
        CSAF: https://cert.example/.well-known/csaf/v2.0/provider-metadata.json
        CSAF: https://cert.example/.well-known/csaf/v2.1/provider-metadata.json
    "]]
    .assert_eq(&text(".well-known/security.txt"));
    for name in ["provider-metadata.json", "service.json"] {
        let plain = text(&format!(".well-known/csaf/{name}"));
        assert_eq!(plain, text(&format!(".well-known/csaf/v2.0/{name}")));
    }
}

#[test]
fn no_file_lies_outside_or_on_another() {
    let mut tree = Tree::default();
    for path in ["", "/a", "a/", "a//b", "../a", "a/../b", "a/./b", "a\\b", "a\0"] {
        assert_eq!(tree.put(path, bytes("")), Err(BadPath::NotBelow(path.to_owned())), "{path:?}");
    }
    tree.put("a/b", bytes("")).unwrap();
    assert_eq!(tree.put("a/b", bytes("")), Err(BadPath::Twice("a/b".to_owned())));
    assert_eq!(tree.put("a", bytes("")), Err(BadPath::FileAndFolder("a".to_owned())));
    assert_eq!(tree.put("a/b/c", bytes("")), Err(BadPath::FileAndFolder("a/b/c".to_owned())));
    tree.put("a-b", bytes("")).unwrap();
}

#[test]
fn what_did_not_change_is_not_written() {
    let publisher = publisher();
    let made = Made {
        notes: [(1, (1, 1))].into(),
        signature: Signature::Missing,
        authoritative: Version::TwoOne,
    };
    let manifest = tree(&made, &publisher).manifest();
    assert_eq!(diff(&manifest, &manifest), []);
}

#[test]
fn a_kept_file_is_known_by_its_digest() {
    let mut tree = Tree::default();
    tree.put("a", Content::Kept(Digest::of(b"x"))).unwrap();
    tree.put("b", bytes("x")).unwrap();
    let manifest = tree.manifest();
    assert_eq!(manifest["a"], manifest["b"]);
    assert_eq!(
        manifest["a"].to_string(),
        "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn no_reader_follows_a_link_into_nothing(
        old in made(),
        new in made(),
        from_nothing in any::<bool>(),
    ) {
        let publisher = publisher();
        let base = publisher.base_url.as_str();
        let before = if from_nothing { Tree::default() } else { tree(&old, &publisher) };
        let after = tree(&new, &publisher);
        let (old, new) = (pointers(&before, base), pointers(&after, base));
        for whole in [&old, &new] {
            prop_assert_eq!(dangling(whole, whole.keys().map(String::as_str)), [] as [String; 0]);
        }
        let mut files = old.clone();
        let mut removing = false;
        for change in diff(&before.manifest(), &after.manifest()) {
            match change {
                Change::Write { path, .. } => {
                    prop_assert!(!removing, "{path} is written after a removal");
                    files.insert(path.clone(), new[&path].clone());
                }
                Change::Remove { path } => {
                    removing = true;
                    prop_assert!(files.remove(&path).is_some());
                }
            }
            // Who reads the old site may be anywhere in it; once files are taken away, on any page
            // that is left. The pages of a feed point to each other, so one of them goes first.
            let left = files.keys().filter(|path| removing && !path.contains("/feed"));
            let before = old.keys().filter(|_| !removing);
            let readers = left.chain(before).map(String::as_str);
            let met = dangling(&files, ENTRANCES.into_iter().chain(readers));
            prop_assert_eq!(met, [] as [String; 0]);
        }
        prop_assert_eq!(files, new);
    }
}
