//! Running another program: what is said before, and what is said when it fails.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde_json::Value;

/// The folder of the workspace, where every command runs.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// A program with its arguments, to be run in the root folder.
pub(crate) fn command(program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(root());
    command
}

/// Runs one step in view of the person, and says how long it took.
#[expect(
    clippy::disallowed_methods,
    reason = "a chore says how long it took; no rule depends on it"
)]
pub(crate) fn step(mut command: Command) -> Result<(), String> {
    let line = line(&command);
    println!("==> {line}");
    let start = Instant::now();
    let status = command.status().map_err(|why| format!("cannot start `{line}`: {why}"))?;
    let seconds = start.elapsed().as_secs_f64();
    if !status.success() {
        return Err(format!("FAILED after {seconds:.1} s: {line} ({status})"));
    }
    println!("    {seconds:.1} s: {line}");
    Ok(())
}

/// Runs a program quietly and returns what it wrote.
pub(crate) fn read(mut command: Command) -> Result<String, String> {
    let line = line(&command);
    let output = command.output().map_err(|why| format!("cannot start `{line}`: {why}"))?;
    if !output.status.success() {
        return Err(format!("FAILED: {line}\n{}", String::from_utf8_lossy(&output.stderr)));
    }
    String::from_utf8(output.stdout).map_err(|why| format!("`{line}` wrote no text: {why}"))
}

/// Says whether a program can be started at all.
pub(crate) fn exists(program: &str) -> bool {
    command(program, &["--version"]).output().is_ok()
}

/// Every package of this workspace, as `cargo metadata` tells it.
pub(crate) fn packages() -> Result<Vec<Value>, String> {
    match metadata()?.get("packages").and_then(Value::as_array) {
        Some(packages) if !packages.is_empty() => Ok(packages.clone()),
        _ => Err("cargo metadata named no package".to_owned()),
    }
}

/// Where cargo keeps what integration tests leave and find: `CARGO_TARGET_TMPDIR` to them.
pub(crate) fn test_folder() -> Result<PathBuf, String> {
    let metadata = metadata()?;
    let target = metadata.get("target_directory").and_then(Value::as_str);
    Ok(Path::new(target.ok_or("cargo metadata named no target folder")?).join("tmp"))
}

/// All that `cargo metadata` tells, about the crates of others as well.
pub(crate) fn everything() -> Result<Value, String> {
    told(&["--all-features"])
}

fn metadata() -> Result<Value, String> {
    told(&["--no-deps"])
}

fn told(args: &[&str]) -> Result<Value, String> {
    let mut cargo = command("cargo", &["metadata", "--format-version", "1"]);
    cargo.args(args);
    let text = read(cargo)?;
    serde_json::from_str(&text).map_err(|why| format!("cargo metadata wrote no JSON: {why}"))
}

/// The name of a package.
pub(crate) fn name(package: &Value) -> Result<&str, String> {
    package.get("name").and_then(Value::as_str).ok_or_else(|| "a package without a name".to_owned())
}

/// The names of its features.
pub(crate) fn features(package: &Value) -> Vec<&str> {
    let features = package.get("features").and_then(Value::as_object);
    features.map(|all| all.keys().map(String::as_str).collect()).unwrap_or_default()
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::features;

    #[test]
    fn every_feature_of_a_package_is_found() {
        let package = serde_json::json!({ "features": { "default": ["qr"], "qr": [] } });
        assert_eq!(features(&package), ["default", "qr"]);
        assert!(features(&serde_json::json!({})).is_empty());
    }
}
