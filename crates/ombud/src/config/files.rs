//! Where attachments are: a directory among the data, or a bucket of a store that speaks S3.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use store::{S3, Transport};

use super::{Settings, wrong};

/// Where attachments are.
pub(crate) enum Files {
    /// In this directory.
    Directory(PathBuf),
    /// In a bucket.
    Bucket(S3),
}

/// What says something of a bucket, and nothing of a directory.
const OF_A_BUCKET: [&str; 4] =
    ["files.bucket", "files.endpoint", "files.access_key", "files.secret_key"];

/// Understands what was said of files.
pub(super) fn read(settings: &Settings, data: &Path) -> Result<Files> {
    let kind = settings.required("files.kind")?;
    match kind.text.as_str() {
        "s3" => bucket(settings, "files", "files.kind is s3").map(Files::Bucket),
        "directory" => match OF_A_BUCKET.iter().find_map(|name| settings.value(name)) {
            Some(value) => {
                let what = "is set, but attachments go into a directory; set files.kind to s3, \
                     or take it out.";
                Err(wrong(value, what))
            }
            None => Ok(Files::Directory(data.join("blobs"))),
        },
        other => Err(wrong(kind, format_args!("is “{other}”; write directory or s3."))),
    }
}

/// The bucket that a section of the settings describes; `because` says why it must be whole.
pub(super) fn bucket(settings: &Settings, section: &str, because: &str) -> Result<S3> {
    let named = |key: &str| format!("{section}.{key}");
    let needed = |key: &str| needed(settings, &named(key), because);
    let endpoint = settings.value(&named("endpoint")).map(endpoint).transpose()?;
    let transport = match &endpoint {
        Some(address) if address.starts_with("http://") => Transport::Plain,
        Some(_) | None => Transport::Encrypted,
    };
    Ok(S3 {
        bucket: needed("bucket")?,
        region: settings.required(&named("region"))?.text.clone(),
        endpoint,
        access_key_id: needed("access_key")?,
        secret_access_key: needed("secret_key")?,
        transport,
    })
}

fn needed(settings: &Settings, name: &str, because: &str) -> Result<String> {
    let Some(value) = settings.value(name) else {
        let section = name.split('.').next().unwrap_or_default();
        let variable = format!("OMBUD_{}", name.replace('.', "_").to_uppercase());
        bail!("{name} is missing: {because}. Set it in [{section}], or as {variable}.");
    };
    Ok(value.text.trim().to_owned())
}

fn endpoint(value: &super::Value) -> Result<String> {
    let text = value.text.trim_end_matches('/');
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    if host.is_none_or(|host| host.is_empty() || host.contains(['@', ' ', '?', '#'])) {
        let what = format_args!(
            "is “{}”, which is not the address of a store; write one as https://s3.example.org.",
            value.text
        );
        return Err(wrong(value, what));
    }
    Ok(text.to_owned())
}
