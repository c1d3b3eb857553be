//! `cargo xtask pictures`: the pictures of the portal in the README, taken anew.
//!
//! The browser tests take them on every run, with a clock that stands still and secrets that are
//! thrown away, and so show that they can be taken and how large they are. This chore keeps what they
//! took.

use std::fs;

use crate::command::{command, root, step, test_folder};

/// Takes the pictures and puts them into `docs/pictures`.
pub(crate) fn run() -> Result<(), String> {
    let taken = test_folder()?.join("pictures");
    // What an earlier run took must not pass for what this one could not take.
    let _none_is_fine = fs::remove_dir_all(&taken);
    let test = ["test", "--package", "portal", "--test", "browser", "--", "pictures::"];
    step(command("cargo", &test))?;
    let kept = root().join("docs/pictures");
    fs::create_dir_all(&kept).map_err(|why| format!("cannot make docs/pictures: {why}"))?;
    let found = fs::read_dir(&taken).map_err(|why| format!("no picture was taken: {why}"))?;
    for entry in found {
        let entry = entry.map_err(|why| format!("cannot read {}: {why}", taken.display()))?;
        let name = entry.file_name();
        let bytes = fs::copy(entry.path(), kept.join(&name))
            .map_err(|why| format!("cannot keep {}: {why}", name.display()))?;
        println!("    {bytes:>6} bytes: docs/pictures/{}", name.display());
    }
    Ok(())
}
