//! Where each kind of file stands.

use super::*;

#[test]
fn what_is_pointed_to_comes_before_what_points_to_it() {
    let order = [
        (".well-known/csaf/v2.0/white/2026/vu_1.json.sha256", Rank::Leaf),
        ("vuls/VU-1/file-1.txt", Rank::Leaf),
        ("vuls/VU-1/index.html", Rank::Page),
        (".well-known/csaf/v2.0/white/changes.csv", Rank::Index),
        (".well-known/csaf/v2.0/white/feed-tlp-white.json", Rank::Index),
        ("vuls/atomfeed/index.xml", Rank::Index),
        ("vuls/feed-2.atom", Rank::Index),
        ("vuls/index.html", Rank::Index),
        (".well-known/csaf/v2.0/white/2026/index.html", Rank::Index),
        (".well-known/csaf/v2.0/white/index.html", Rank::Service),
        (".well-known/csaf/v2.0/service.json", Rank::Service),
        (".well-known/csaf/v2.0/provider-metadata.json", Rank::Metadata),
        (".well-known/csaf/provider-metadata.json", Rank::Entrance),
        ("sitemap.xml", Rank::Entrance),
        (".well-known/security.txt", Rank::Signpost),
        ("robots.txt", Rank::Signpost),
        ("index.html", Rank::Start),
    ];
    for (path, place) in order {
        assert_eq!(rank(path), place, "{path}");
    }
    assert!(order.map(|(_, place)| place).is_sorted());
}

#[test]
fn a_digest_is_written_in_small_letters() {
    let digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
    assert_eq!(Digest::of(b"x").to_string(), digest);
}
