//! Which files the public site has, and where.

use domain::note::place_of;
use jiff::Timestamp;

use super::{BadPath, Content, Tree};
use crate::csaf_provider::{Document, Provider, Version, security_txt};
use crate::feed::{self, Feed, Links, Names, Subject};
use crate::public_note::{PublicNote, Publisher};
use crate::security_txt::{self as file, SecurityTxt};
use crate::xml::escaped;
use crate::{atom, json_feed};

/// How many notes stand on one page of a feed.
const ON_A_PAGE: usize = 30;

/// The most addresses that one map of a site may name (sitemaps.org).
const MOST_MAPPED: usize = 50_000;

/// What is published.
#[derive(Clone, Debug)]
pub struct Site<'a> {
    /// Who publishes.
    pub publisher: &'a Publisher,
    /// The notes.
    pub notes: Vec<NoteFiles<'a>>,
    /// Pages and files that belong to no note, by path; the start and the list of notes among
    /// them.
    pub others: Vec<(String, Content)>,
    /// CSAF documents, for each version that is handed out.
    pub csaf: Vec<CsafFiles<'a>>,
    /// The version of CSAF whose metadata lie at the well-known address.
    pub authoritative: Version,
    /// What `security.txt` says; its lines about CSAF are added here.
    pub security: SecurityTxt,
    /// When a feed without notes began.
    pub begun_at: Timestamp,
}

/// A note and what is read and downloaded under its address.
#[derive(Clone, Debug)]
pub struct NoteFiles<'a> {
    /// The note.
    pub note: &'a PublicNote,
    /// Its page.
    pub page: Content,
    /// What lies beside the page, by name.
    pub files: Vec<(String, Content)>,
}

/// The CSAF documents of one version.
#[derive(Clone, Debug)]
pub struct CsafFiles<'a> {
    /// What is told of them.
    pub provider: Provider<'a>,
    /// What each holds, in the order of the provider's documents.
    pub contents: Vec<Content>,
    /// The signatures, by the id of the document they are for.
    pub signatures: Vec<(String, Content)>,
}

/// The whole tree.
pub fn site(site: &Site<'_>) -> Result<Tree, BadPath> {
    let mut tree = Tree::default();
    for (path, content) in &site.others {
        tree.put(path.clone(), content.clone())?;
    }
    for note in &site.notes {
        let folder = format!("vuls/{}", site.publisher.slug(note.note));
        tree.put(format!("{folder}/index.html"), note.page.clone())?;
        for (name, content) in &note.files {
            tree.put(format!("{folder}/{name}"), content.clone())?;
        }
    }
    let notes = feed::newest(site.notes.iter().map(|one| one.note));
    put_feeds(&mut tree, site, &notes)?;
    for csaf in &site.csaf {
        put_csaf(&mut tree, csaf)?;
        if csaf.provider.version == site.authoritative {
            put_all(&mut tree, csaf.provider.well_known())?;
        }
    }
    put_all(
        &mut tree,
        [
            (".well-known/security.txt".to_owned(), security(site).into_bytes()),
            ("sitemap.xml".to_owned(), map(site, &notes).into_bytes()),
            ("robots.txt".to_owned(), robots(site).into_bytes()),
        ],
    )?;
    Ok(tree)
}

fn put_all(
    tree: &mut Tree,
    files: impl IntoIterator<Item = (String, Vec<u8>)>,
) -> Result<(), BadPath> {
    files.into_iter().try_for_each(|(path, bytes)| tree.put(path, Content::Bytes(bytes)))
}

fn put_feeds(tree: &mut Tree, site: &Site<'_>, notes: &[&PublicNote]) -> Result<(), BadPath> {
    put_feed(tree, site, "vuls", &Subject::All, notes)?;
    let vince = Feed::vince(site.publisher, notes.iter().copied(), site.begun_at);
    put_all(tree, [("vuls/atomfeed/index.xml".to_owned(), atom::write(&vince))])?;
    for (subject, notes) in feed::by_subject(notes) {
        let folder = match &subject {
            Subject::All => continue,
            Subject::Vendor(name) => format!("vuls/vendors/{}", place_of(name)),
            Subject::Product(product) => format!("vuls/products/{}", place_of(&product.id)),
        };
        put_feed(tree, site, &folder, &subject, &notes)?;
    }
    Ok(())
}

/// A feed in pages, as Atom and as JSON Feed.
fn put_feed(
    tree: &mut Tree,
    site: &Site<'_>,
    folder: &str,
    subject: &Subject,
    notes: &[&PublicNote],
) -> Result<(), BadPath> {
    let pages = notes.len().div_ceil(ON_A_PAGE).max(1);
    for (kind, write) in
        [("atom", atom::write as fn(&Feed<'_>) -> Vec<u8>), ("json", json_feed::write)]
    {
        let path = |page: usize| match page {
            0 => format!("{folder}/feed.{kind}"),
            _ => format!("{folder}/feed-{}.{kind}", page + 1),
        };
        let address = |page: usize| format!("{}/{}", site.publisher.base_url, path(page));
        for page in 0..pages {
            let links = Links {
                own: address(page),
                first: address(0),
                previous: page.checked_sub(1).map(address),
                next: (page + 1 < pages).then(|| address(page + 1)),
            };
            let notes = notes.iter().skip(page * ON_A_PAGE).take(ON_A_PAGE).copied().collect();
            let feed = Feed {
                publisher: site.publisher,
                subject: subject.clone(),
                names: Names::Page,
                links,
                notes,
                begun_at: site.begun_at,
            };
            put_all(tree, [(path(page), write(&feed))])?;
        }
    }
    Ok(())
}

fn put_csaf(tree: &mut Tree, csaf: &CsafFiles<'_>) -> Result<(), BadPath> {
    let provider = &csaf.provider;
    for (document, content) in provider.documents.iter().zip(&csaf.contents) {
        tree.put(provider.path(document), content.clone())?;
        put_all(tree, provider.hash_files(document))?;
        if let (Some(path), Some(content)) =
            (provider.signature_path(document), signature(csaf, document))
        {
            tree.put(path, content.clone())?;
        }
    }
    put_all(tree, provider.files())
}

fn signature<'a>(csaf: &'a CsafFiles<'_>, document: &Document) -> Option<&'a Content> {
    csaf.signatures.iter().find(|(id, _)| *id == document.id).map(|(_, content)| content)
}

fn security(site: &Site<'_>) -> String {
    let mut security = site.security.clone();
    let versions: Vec<Version> = site.csaf.iter().map(|csaf| csaf.provider.version).collect();
    if !versions.is_empty() {
        security.csaf.extend(security_txt(site.publisher, &versions));
    }
    file::write(&security)
}

/// The map of the site (sitemaps.org): the list of notes, and the notes, the newest first.
fn map(site: &Site<'_>, notes: &[&PublicNote]) -> String {
    let mut map = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    let base = escaped(&site.publisher.base_url);
    map.push_str(&format!("<url><loc>{base}/vuls/</loc></url>\n"));
    for note in notes.iter().take(MOST_MAPPED - 1) {
        let page = site.publisher.page(note);
        let changed = feed::instant(feed::updated_at(note));
        let page = escaped(&page);
        map.push_str(&format!("<url><loc>{page}</loc><lastmod>{changed}</lastmod></url>\n"));
    }
    map.push_str("</urlset>\n");
    map
}

fn robots(site: &Site<'_>) -> String {
    let base = &site.publisher.base_url;
    format!("User-agent: *\nDisallow:\n\nSitemap: {base}/sitemap.xml\n")
}
