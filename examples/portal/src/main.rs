//! A whole portal in the browser.
fn main() {}
