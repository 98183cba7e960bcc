//! What the tests need from outside, installed where it is missing and left alone where it is
//! there: packages of Debian, tools of cargo, tools from the indexes of Python and npm.

mod programs;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::process::{answer, held, show, we_are_root};
use crate::workspace::Workspace;
pub(crate) use programs::install_programs;

/// A program, and the Debian package that brings it.
const PACKAGES: [(&str, &str); 14] = [
    ("/usr/lib/postgresql", "postgresql"),
    ("/usr/bin/chromium", "chromium"),
    ("/usr/bin/chromedriver", "chromium-driver"),
    ("/usr/bin/gpg", "gnupg"),
    ("/usr/bin/sq", "sq"),
    ("/usr/bin/git", "git"),
    ("/usr/bin/xz", "xz-utils"),
    ("/usr/bin/curl", "curl"),
    // Serves the exported site, and speaks TLS before a server.
    ("/usr/sbin/nginx", "nginx-light"),
    // Moves the clock of one server among several.
    ("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "libfaketime"),
    ("/usr/bin/java", "default-jre-headless"), // the validator of HTML runs with it
    // What a judge of CSAF is built with: its cryptography, the headers of that, and TLS.
    ("/usr/include/nettle/nettle-types.h", "nettle-dev"),
    ("/usr/bin/pkg-config", "pkg-config"),
    ("/usr/include/openssl/ssl.h", "libssl-dev"),
];

/// Tools from Python's index: the directory each gets for itself, and what goes into it. Two
/// judges may need two versions of one library, so they never share. A test finds the programs
/// of `aiosmtpd` in `$OMBUD_TEST_TOOLS/aiosmtpd/bin`. A further judge is one more row here.
const ENVIRONMENTS: [(&str, &[&str]); 12] = [
    ("aiosmtpd", &AIOSMTPD),
    // Only carries axe.min.js, the judge of accessibility, which runs in the browser.
    ("axe", &["axe-playwright-python==0.1.8"]),
    ("check-jsonschema", &CHECK_JSONSCHEMA),
    // Judges what we publish as CSAF.
    ("csaf", &CSAF),
    ("cvelib", &CVELIB),
    ("moto", &MOTO),
    ("feedparser", &["feedparser==6.0.14", "feedparser-sgmllib==2.1.0"]),
    ("atoma", &ATOMA),
    ("icalendar", &ICALENDAR),
    ("vobject", &["vobject==0.9.9", "python-dateutil==2.9.0.post0", "pytz==2026.6", "six==1.17.0"]),
    ("sectxt", &SECTXT),
    // Checks the signatures of webhooks as a subscriber does.
    ("standardwebhooks", &["standardwebhooks==1.1.0"]),
];

/// A mail server, and certificates for it to speak TLS with.
const AIOSMTPD: [&str; 8] = [
    "aiosmtpd==1.4.6",
    "atpublic==9.0.0",
    "attrs==26.1.0",
    "cffi==2.1.1",
    "cryptography==50.0.2",
    "idna==3.20",
    "pycparser==3.12",
    "trustme==1.2.1",
];

/// A reader of Atom.
const ATOMA: [&str; 6] = [
    "atoma==0.0.17",
    "attrs==26.1.0",
    "defusedxml==0.7.1",
    "python-dateutil==2.9.0.post0",
    "six==1.17.0",
    "typing_extensions==4.16.0",
];

/// A reader of calendars.
const ICALENDAR: [&str; 5] = [
    "icalendar==7.3.0",
    "python-dateutil==2.9.0.post0",
    "six==1.17.0",
    "tzdata==2026.6",
    "typing_extensions==4.16.0",
];

/// A judge of `security.txt`.
const SECTXT: [&str; 15] = [
    "sectxt==0.9.8",
    "langcodes==3.5.1",
    "validators==0.36.0",
    "PGPy_dtc==0.1.1",
    "pyasn1==0.6.5",
    "cryptography==50.0.2",
    "cffi==2.1.1",
    "pycparser==3.12",
    "python-dateutil==2.9.0.post0",
    "six==1.17.0",
    "requests==2.34.2",
    "urllib3==2.8.0",
    "idna==3.20",
    "certifi==2026.10.18",
    "charset-normalizer==3.5.2",
];

/// Judges documents by a JSON schema.
const CHECK_JSONSCHEMA: [&str; 15] = [
    "check-jsonschema==0.39.0",
    "attrs==26.1.0",
    "certifi==2026.10.18",
    "charset-normalizer==3.5.2",
    "click==8.5.1",
    "idna==3.20",
    "jsonschema==4.26.0",
    "jsonschema-specifications==2025.9.1",
    "referencing==0.37.0",
    "regress==2026.9.1",
    "requests==2.34.2",
    "rpds-py==2026.9.1",
    "ruamel.yaml==0.19.1",
    "typing_extensions==4.16.0",
    "urllib3==2.8.0",
];

/// Carries the schemas of the CVE Record Format, and is the client that CNAs use.
const CVELIB: [&str; 13] = [
    "cvelib==1.8.0",
    "attrs==26.1.0",
    "certifi==2026.10.18",
    "charset-normalizer==3.5.2",
    "click==8.5.1",
    "idna==3.20",
    "jsonschema==4.26.0",
    "jsonschema-specifications==2025.9.1",
    "referencing==0.37.0",
    "requests==2.34.2",
    "rpds-py==2026.9.1",
    "typing_extensions==4.16.0",
    "urllib3==2.8.0",
];

/// A peer that speaks S3, and as little as it runs with.
const MOTO: [&str; 27] = [
    "moto==5.2.5",
    "blinker==1.9.0",
    "boto3==1.44.5",
    "botocore==1.44.5",
    "certifi==2026.10.18",
    "cffi==2.1.1",
    "charset-normalizer==3.5.2",
    "click==8.5.1",
    "cryptography==50.0.2",
    "Flask==3.1.3",
    "flask-cors==6.0.5",
    "idna==3.20",
    "itsdangerous==2.2.0",
    "Jinja2==3.1.6",
    "jmespath==1.1.0",
    "MarkupSafe==3.0.4",
    "py-partiql-parser==0.6.3",
    "pycparser==3.12",
    "python-dateutil==2.9.0.post0",
    "PyYAML==6.0.3",
    "requests==2.34.2",
    "responses==0.26.3",
    "s3transfer==0.19.3",
    "six==1.17.0",
    "urllib3==2.8.0",
    "Werkzeug==3.1.9",
    "xmltodict==1.0.4",
];

/// A validator of CSAF 2.0 and 2.1, with the parts that score, and check schemas and languages.
const CSAF: [&str; 15] = [
    "csaf==2026.10.25",
    "attrs==26.1.0",
    "cvss==3.6",
    "jsonschema==4.26.0",
    "jsonschema-specifications==2025.9.1",
    "jsonschema_rs==0.61.2",
    "kaava==2026.10.3",
    "language-tags==1.3.2",
    "msgspec==0.22.0",
    "python-gnupg==0.5.7",
    "python-jsonpath==2.2.2",
    "referencing==0.37.0",
    "rpds-py==2026.9.1",
    "ruamel.yaml==0.19.1",
    "typing_extensions==4.16.0",
];

/// Tools from the index of npm: the directory each gets for itself, and what goes into it. A test
/// finds the packages of `csaf-validator` in `$OMBUD_TEST_TOOLS/csaf-validator/node_modules`.
const NODE_ENVIRONMENTS: [(&str, &[&str]); 3] = [
    ("csaf-validator", &CSAF_VALIDATOR),
    ("ical.js", &["ical.js@2.2.1"]),
    // The W3C's validator of HTML.
    ("vnu", &["vnu-jar@26.9.27"]),
];

/// The validator library of the BSI for CSAF, and what it runs with.
const CSAF_VALIDATOR: [&str; 20] = [
    "@secvisogram/csaf-validator-lib@2.0.10",
    "@fastify/busboy@2.1.1",
    "@js-joda/core@5.7.0",
    "@js-joda/timezone@2.25.2",
    "ajv@8.20.0",
    "ajv-formats@3.0.1",
    "bcp47@1.1.2",
    "cvss2js@1.1.0",
    "fast-deep-equal@3.1.3",
    "fast-uri@3.1.9",
    "foreach@2.0.6",
    "json-pointer@0.6.2",
    "json-schema-traverse@1.0.0",
    "lodash@4.18.1",
    "packageurl-js@2.0.1",
    "require-from-string@2.0.2",
    "semver@7.8.6",
    "temporal-polyfill@0.3.2",
    "temporal-spec@0.3.1",
    "undici@5.29.0",
];

/// A tool of cargo's, and the version that is built where it is missing.
pub(crate) enum CargoTool {
    /// Runs the tests, each in a process of its own.
    Nextest,
    /// Checks licences, sources, bans and advisories.
    Deny,
}

impl CargoTool {
    fn name(&self) -> &'static str {
        match self {
            Self::Nextest => "nextest",
            Self::Deny => "deny",
        }
    }

    fn version(&self) -> &'static str {
        match self {
            Self::Nextest => "0.9.143",
            Self::Deny => "0.20.2",
        }
    }

    /// Builds the tool unless cargo knows it. A tool that runs for seconds need not be optimised:
    /// this way the build takes two or three minutes of two processors and not a dozen.
    pub(crate) fn install(&self) -> Result<()> {
        let name = self.name();
        if answer("cargo", &[name, "--version"]).is_some() {
            return Ok(());
        }
        build(&format!("cargo-{name}"), self.version(), &[])
    }
}

/// Builds a program of crates.io, with further words for cargo.
pub(crate) fn build(package: &str, version: &str, more: &[&OsStr]) -> Result<()> {
    let built = show(
        held("cargo")
            .args(["install", "--locked", package, "--version", version])
            .args(more)
            .env_remove("CARGO_TARGET_DIR")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    )?;
    ensure!(built.success(), "{package} could not be built");
    Ok(())
}

/// Installs the Debian packages that are missing.
pub(crate) fn install_packages() -> Result<()> {
    let mut missing: Vec<&str> = PACKAGES
        .iter()
        .filter(|(program, _)| !Path::new(program).exists())
        .map(|(_, package)| *package)
        .collect();
    if answer("python3", &["-c", "import ensurepip, venv"]).is_none() {
        missing.push("python3-venv");
    }
    if answer("npm", &["--version"]).is_none() {
        missing.extend(["nodejs", "npm"]);
    }
    // It reads those headers, and lies in a folder of its version.
    if answer("sh", &["-c", "ls /usr/lib/llvm-*/lib/libclang.so*"]).is_none() {
        missing.push("libclang-dev");
    }
    if missing.is_empty() {
        return Ok(());
    }
    if !we_are_root() {
        bail!("please install as root: apt-get install {}", missing.join(" "));
    }
    show(held("apt-get").args(["update", "--quiet"]))?;
    let installed = show(
        held("apt-get")
            .args(["install", "--quiet", "--yes", "--no-install-recommends"])
            .args(&missing)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )?;
    ensure!(installed.success(), "apt-get could not install {}", missing.join(" "));
    Ok(())
}

/// Makes the environments that are missing or were made from another list.
pub(crate) fn install_environments(workspace: &Workspace) -> Result<()> {
    for (name, pins) in ENVIRONMENTS {
        let home = workspace.environments().join(name);
        let stamp = home.join("pins.txt");
        let wanted = pins.join("\n");
        if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
            continue;
        }
        fs::remove_dir_all(&home).ok();
        let made = show(held("python3").args(["-m", "venv"]).arg(&home))?;
        ensure!(made.success(), "python3 -m venv failed");
        let filled = show(
            held(home.join("bin/pip"))
                .args(["install", "--quiet", "--disable-pip-version-check", "--no-deps"])
                .args(pins),
        )?;
        ensure!(filled.success(), "pip could not install {}", pins.join(" "));
        fs::write(stamp, wanted)?;
    }
    install_node_environments(workspace)
}

/// The same from npm. A package's own scripts are never run, and one that would bring another
/// version of something than the list names is found by the look at what was installed.
fn install_node_environments(workspace: &Workspace) -> Result<()> {
    for (name, pins) in NODE_ENVIRONMENTS {
        let home = workspace.environments().join(name);
        let stamp = home.join("pins.txt");
        let wanted = pins.join("\n");
        if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
            continue;
        }
        fs::remove_dir_all(&home).ok();
        fs::create_dir_all(&home)?;
        fs::write(home.join("package.json"), "{\"private\": true}\n")?;
        let filled = show(
            held("npm")
                .args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--save-exact"])
                .args(pins)
                .current_dir(&home),
        )?;
        ensure!(filled.success(), "npm could not install {}", pins.join(" "));
        let lock = fs::read_to_string(home.join("package-lock.json"))?;
        let packages = lock.matches("\n    \"node_modules/").count();
        ensure!(packages == pins.len(), "npm installed {packages} packages for {name}");
        fs::write(stamp, wanted)?;
    }
    Ok(())
}

/// The name that cargo-deny gives its copy of the `RustSec` database.
const ADVISORIES: &str = "advisory-db-3157b0e258782691";

/// Unpacks the advisory database that lies beside the repository, and says where; or nothing,
/// where no such database was handed out.
pub(crate) fn advisories(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let bundle = workspace.advisory_bundle();
    if !bundle.exists() {
        return Ok(None);
    }
    let home = workspace.target.join("advisories");
    let made = fs::metadata(home.join(ADVISORIES)).and_then(|found| found.modified());
    let handed_out = fs::metadata(&bundle).and_then(|found| found.modified());
    if let (Ok(made), Ok(handed_out)) = (made, handed_out)
        && made > handed_out
    {
        return Ok(Some(home));
    }
    fs::remove_dir_all(&home).ok();
    let cloned = show(
        Command::new("git")
            .args(["-c", "advice.detachedHead=false", "-c", "init.defaultBranch=main"])
            .args(["clone", "--quiet"])
            .arg(&bundle)
            .arg(home.join(ADVISORIES)),
    )?;
    ensure!(cloned.success(), "{} could not be read", bundle.display());
    Ok(Some(home))
}

/// The rules of `deny.toml`, told where the advisories are.
pub(crate) fn deny_rules(workspace: &Workspace, advisories: &Path) -> Result<PathBuf> {
    let rules = fs::read_to_string(workspace.root.join("deny.toml")).context("deny.toml")?;
    let section = "[advisories]\n";
    ensure!(rules.contains(section), "deny.toml has no section [advisories]");
    let told = format!("{section}db-path = {:?}\n", advisories.display().to_string());
    let file = advisories.join("deny.toml");
    fs::write(&file, rules.replacen(section, &told, 1))?;
    Ok(file)
}
