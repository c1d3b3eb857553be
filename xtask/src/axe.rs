//! axe-core: the judge of accessibility that the browser tests put into every page.
//!
//! It is fetched and not kept here: its license is MPL-2.0, only tests run it, and nobody who uses
//! countersign ever gets it. One version with one digest is let in, however it came, and it is
//! looked at before every run. So a copy of last week works without a network, and a copy that
//! somebody changed does not.

use std::fs;
use std::path::Path;

use data_encoding::BASE64;
use sha2::{Digest, Sha512};

use crate::command::{command, exists, step, test_folder};
use crate::tools::{install, may_install, under_ci};

const PACKAGE: &str = "axe-core@4.14.1";
const FILE: &str = "axe-core-4.14.1.tgz";
const SHA512: &str =
    "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==";

/// Puts `axe.min.js` where the browser tests look for it.
///
/// # Errors
///
/// Fails when there is no honest copy and the variable `CI` is set.
pub(crate) fn ensure() -> Result<(), String> {
    let folder = test_folder()?.join("axe-core");
    fs::create_dir_all(&folder).map_err(|why| format!("cannot make {folder:?}: {why}"))?;
    let outcome = fetch(&folder).and_then(|()| unpack(&folder));
    let Err(why) = outcome else { return Ok(()) };
    // A script that is left from a copy nobody can check any more must not be run.
    let _none_is_fine = fs::remove_file(folder.join(SCRIPT));
    if under_ci() {
        return Err(format!("FAILED: under CI axe-core must be there: {why}"));
    }
    eprintln!("!!! {PACKAGE} is missing: pages are not checked for accessibility. {why}");
    Ok(())
}

const SCRIPT: &str = "axe.min.js";

fn fetch(folder: &Path) -> Result<(), String> {
    if honest(&folder.join(FILE)).is_ok() {
        return Ok(());
    }
    if !exists("npm") && may_install() {
        install(["npm"]);
    }
    pack(folder).or_else(|why| {
        eprintln!("{why}; trying once more");
        pack(folder)
    })
}

fn pack(folder: &Path) -> Result<(), String> {
    let mut npm = command("npm", &["pack", PACKAGE, "--silent", "--pack-destination"]);
    npm.arg(folder);
    step(npm)?;
    honest(&folder.join(FILE))
}

fn honest(file: &Path) -> Result<(), String> {
    let bytes = fs::read(file).map_err(|why| format!("cannot read {}: {why}", file.display()))?;
    if is_pinned(&bytes) {
        return Ok(());
    }
    Err(format!("{} is not the file we know: its SHA-512 differs", file.display()))
}

fn is_pinned(bytes: &[u8]) -> bool {
    BASE64.encode(&Sha512::digest(bytes)) == SHA512
}

// Unpacked each time, so that what runs is what was just looked at.
fn unpack(folder: &Path) -> Result<(), String> {
    honest(&folder.join(FILE))?;
    let mut tar = command("tar", &["-xzf"]);
    tar.arg(folder.join(FILE)).arg("-C").arg(folder);
    tar.arg("--strip-components=1").arg(format!("package/{SCRIPT}"));
    step(tar)
}

#[cfg(test)]
mod tests {
    use super::is_pinned;

    #[test]
    fn another_file_is_not_let_in() {
        assert!(!is_pinned(b"window.axe = { run: () => ({ violations: [] }) }"));
    }
}
