//! Every address the portal answers on, read from its source.
//!
//! The router of axum does not tell what it holds. So the source is read for `.route(`, in the
//! portal and in the adapter; an address that is added shows up here by itself.

use std::collections::BTreeSet;
use std::path::Path;

/// Every path, with its parameters in braces.
pub(crate) fn paths() -> BTreeSet<String> {
    let portal = Path::new(env!("CARGO_MANIFEST_DIR"));
    let adapter = portal.join("../../crates/countersign-axum/src");
    let portal = source_of(&portal.join("src"));
    // Of the adapter the portal has the pages, and not the routes that speak JSON.
    let pages = std::fs::read_to_string(adapter.join("html.rs")).expect("the pages are there");
    let mut paths = routes_in(&program(&pages), &source_of(&adapter));
    paths.extend(routes_in(&portal, &portal));
    paths.into_iter().collect()
}

fn source_of(folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).expect("the source is there");
    let mut source = String::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            source.push_str(&source_of(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            source.push_str(&program(&std::fs::read_to_string(&path).unwrap()));
        }
    }
    source
}

/// The source without comments and without the tests at its end.
fn program(text: &str) -> String {
    let program = text.split("#[cfg(test)]").next().unwrap_or_default();
    program
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn routes_in(program: &str, constants: &str) -> Vec<String> {
    let after = program.split(".route(").skip(1).map(str::trim_start);
    after
        .map(|argument| match argument.strip_prefix('"') {
            Some(literal) => literal.split('"').next().unwrap().to_owned(),
            None => {
                let name: String =
                    argument.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                constant(constants, &name)
            }
        })
        .collect()
}

fn constant(source: &str, name: &str) -> String {
    let (_, value) = source
        .split_once(&format!("const {name}: &str = \""))
        .unwrap_or_else(|| panic!("no constant {name} holds the path of a route"));
    value.split('"').next().unwrap().to_owned()
}

#[test]
fn routes_are_found_by_literal_and_by_constant() {
    let source = r#"
        const CODE: &str = "/login/code";
        // .route("/comment", get(x))
        Router::new().route("/home", get(home)).route(
            CODE, get(code).post(code))
        #[cfg(test)] mod tests { fn x() { r.route("/test") } }
    "#;
    let source = program(source);
    assert_eq!(routes_in(&source, &source), ["/home", "/login/code"]);
    assert!(paths().contains("/login/code"), "the adapter's routes are found");
}
