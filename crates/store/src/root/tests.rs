use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use flate2::read::GzDecoder;

use super::bucket::Bucket;
use super::{Kind, PublicFile, Root, RootError};

fn file(address: &str, media_type: &str, text: &str) -> PublicFile {
    PublicFile {
        address: address.to_owned(),
        media_type: media_type.to_owned(),
        cache: "public, max-age=60".to_owned(),
        bytes: text.as_bytes().to_vec(),
    }
}

fn unpacked(path: &Path) -> String {
    let mut text = String::new();
    GzDecoder::new(fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn an_address_has_its_place_in_a_directory_and_in_a_bucket() {
    let directory = Root::directory(Path::new("site"));
    let bucket = in_memory();
    for (address, media_type, there, here) in [
        ("/", "text/html; charset=utf-8", "index.html", "index.html"),
        ("/vuls/", "text/html; charset=utf-8", "vuls/index.html", "vuls/index.html"),
        ("/vuls/VU-1", "text/html; charset=utf-8", "vuls/VU-1/index.html", "vuls/VU-1"),
        ("/vuls/VU-1/json", "application/json", "vuls/VU-1/json", "vuls/VU-1/json"),
        ("/vuls/api/1/", "application/json", "vuls/api/1/index.json", "vuls/api/1/index.html"),
        ("/a/", "application/atom+xml", "a/index.atom", "a/index.html"),
        ("/feed.atom", "application/atom+xml", "feed.atom", "feed.atom"),
    ] {
        assert_eq!(directory.path(address, media_type), there);
        assert_eq!(bucket.path(address, media_type), here);
    }
}

fn in_memory() -> Root {
    let inner = Arc::new(object_store::memory::InMemory::new());
    Root { kind: Kind::Bucket(Bucket::new(inner)), name: "memory".into() }
}

#[tokio::test]
async fn what_is_put_is_there_and_what_is_taken_away_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    for root in [Root::directory(&folder.path().join("deep/site")), in_memory()] {
        let page = file("/vuls/VU-1", "text/html", "a page");
        let path = root.path(&page.address, &page.media_type);
        assert_eq!(root.read(&path).await.unwrap(), None);
        assert_eq!(root.place(vec![vec![page.clone()]]).await.unwrap(), 1);
        assert_eq!(root.read(&path).await.unwrap().unwrap(), b"a page");
        root.remove(vec![path.clone(), "never/there".to_owned()]).await.unwrap();
        assert_eq!(root.read(&path).await.unwrap(), None);
        root.probe().await.unwrap();
        for bad in ["/../above", "/a//b", "/a/./b", "/a\\b", "/a\nb"] {
            let refused = root.place(vec![vec![file(bad, "text/plain", "x")]]).await;
            assert!(matches!(refused, Err(RootError::NotBelow(_))), "{bad:?}");
        }
    }
    let left = fs::read_dir(folder.path().join("deep/site")).unwrap().count();
    assert_eq!(left, 1, "empty folders go, and what is kept about the files stays");
}

#[tokio::test]
async fn a_file_is_written_only_if_it_is_not_there_already() {
    let folder = tempfile::tempdir().unwrap();
    let root = Root::directory(folder.path());
    let list = |text: &str| vec![vec![file("/feed.atom", "application/atom+xml", text)]];
    assert_eq!(root.place(list("one")).await.unwrap(), 1);
    let before = fs::metadata(folder.path().join("feed.atom")).unwrap().modified().unwrap();
    assert_eq!(root.place(list("one")).await.unwrap(), 0);
    let after = fs::metadata(folder.path().join("feed.atom")).unwrap().modified().unwrap();
    assert_eq!(before, after);
    assert_eq!(root.place(list("two")).await.unwrap(), 1);
}

#[tokio::test]
async fn beside_a_long_text_lies_the_same_packed_and_never_another() {
    let folder = tempfile::tempdir().unwrap();
    let root = Root::directory(folder.path());
    let (long, longer) = ("a note ".repeat(200), "another ".repeat(200));
    let packed = folder.path().join("vuls/VU-1/json.gz");
    for text in [&long, &longer] {
        let placed = root.place(vec![vec![file("/vuls/VU-1/json", "application/json", text)]]);
        placed.await.unwrap();
        assert_eq!(&unpacked(&packed), text);
    }
    root.place(vec![vec![file("/vuls/VU-1/json", "application/json", "{}")]]).await.unwrap();
    assert!(!packed.exists(), "a short one has none");
    root.place(vec![vec![file("/mark", "image/png", &long)]]).await.unwrap();
    assert!(!folder.path().join("mark.gz").exists(), "a picture has none");
}

#[tokio::test]
async fn everyone_may_read_the_files_and_only_we_what_is_kept_about_them() {
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("site");
    let root = Root::directory(&site);
    let claim = root.claim().await.unwrap();
    root.place(vec![vec![file("/vuls/VU-1", "text/html", "a page")]]).await.unwrap();
    let mode = |path: &str| fs::metadata(site.join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!([mode(""), mode("vuls/VU-1"), mode(".ombud")], [0o755, 0o755, 0o700]);
    assert_eq!(mode("vuls/VU-1/index.html"), 0o644);
    let second = Root::directory(&site).claim().await;
    assert!(matches!(second, Err(RootError::Busy(_))), "{second:?}");
    drop(claim);
    root.claim().await.unwrap();
}

#[tokio::test]
async fn a_directory_that_cannot_be_is_told_by_name() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let root = Root::directory(&folder.path().join("file/site"));
    let refused = root.place(vec![vec![file("/a", "text/plain", "x")]]).await.unwrap_err();
    assert!(refused.to_string().contains("file"), "{refused}");
    assert!(root.claim().await.is_err());
}
