//! Somebody who tries every door: without a login, with half of one, and with one that is too weak.

use std::collections::BTreeSet;

use crate::deeds::{ADA, BEN};
use crate::house::{House, journey};
use crate::look::Look;
use crate::routes;
use crate::visitor::Visitor;

const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

/// What stands on pages behind the login and nowhere before it.
const INSIDE: [&str; 4] = ["Chiara Lind", "Security settings", "You logged in with", "Log out"];

/// Everything that can be asked for: each route, and each way to write it that a router or a layer
/// might see differently.
fn doors() -> BTreeSet<String> {
    let mut doors = BTreeSet::new();
    for path in routes::paths() {
        // Demo tools are open to everybody on this machine, and would move the clock.
        if path.starts_with("/dev") || path == "/logout" {
            continue;
        }
        let path = path.replace("{id}", "ben").replace("{token}", "none");
        doors.insert(format!("{path}/"));
        doors.insert(format!("/{path}"));
        doors.insert(format!("/login/..{path}"));
        doors.insert(format!("/.{path}"));
        doors.insert(format!("{path}?login=done&proof=1&method=app"));
        doors.insert(format!("{path};x=/login"));
        doors.insert(path.to_uppercase());
        doors.insert(path.replacen("/", "/%2f", 1));
        doors.insert(path);
    }
    doors
}

/// Tries every door by every method, and fails if one of them opens.
async fn crawl(visitor: &mut Visitor, opens: impl Fn(&str) -> bool) -> usize {
    let mut tried = 0;
    for door in doors() {
        for method in METHODS {
            let asking = visitor.asking(method, &door);
            let asking = match method {
                "POST" | "PUT" | "PATCH" => asking.form(&[("two_factor", "none"), ("code", "000000")]),
                _ => asking,
            };
            let answer = visitor.clone().send(asking).await;
            tried += 1;
            let said = format!("{method} {door}: {}\n{}", answer.status, answer.all());
            assert!(answer.status < 500, "{said}");
            if !opens(&door) {
                for inside in INSIDE {
                    assert!(!answer.body.contains(inside), "{said}");
                }
                assert!(answer.headers("set-cookie").iter().all(|line| !line.contains("session")), "{said}");
            }
        }
    }
    tried
}
