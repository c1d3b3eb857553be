//! Every page in every state, in the eyes of every judge.
//!
//! Each walk leads through one part of the portal and stops at every state that a person can meet.
//! At a stop the page is judged in light and dark, with forced colors, on a phone of 320 pixels and
//! at 400 %, by a ruler, by the keyboard and by axe-core. [`PAGES`] lists the stops; a walk that
//! leaves one out fails, and so does an address of the portal that is in no list.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::browser::Browser;
use crate::house::{House, journey};
use crate::look::Look;
use crate::routes;

/// A page, and the states that a walk stops at.
struct Page {
    path: &'static str,
    states: &'static [&'static str],
}

const PAGES: &[Page] = &[
    Page { path: "/login", states: &["empty", "nothing typed", "no match", "logged out"] },
    Page {
        path: "/login/code",
        states: &["mailed", "app", "sent again", "too early", "too short", "letters", "wrong", "few tries left"],
    },
    Page { path: "/login/link-app", states: &["fresh", "wrong"] },
    Page { path: "/login/another-way", states: &["two ways"] },
    Page { path: "/login/stopped", states: &["ran out", "locked"] },
    Page { path: "/invite/{token}", states: &["fresh", "used", "unknown"] },
    Page { path: "/help", states: &["outside"] },
    Page { path: "/home", states: &["by password", "app just linked"] },
    Page { path: "/account/security", states: &["nothing linked", "app linked"] },
    Page { path: "/step-up", states: &["asked"] },
    Page { path: "/settings/general", states: &["at the start", "saved"] },
    Page { path: "/settings/users", states: &["everybody", "no match"] },
    Page { path: "/settings/users/new", states: &["empty", "something wrong"] },
    Page { path: "/settings/users/{id}", states: &["as it is"] },
    Page { path: "/settings/audit", states: &["everything"] },
];

/// Addresses that are no page: they are sent to and not looked at, or they are files.
const NO_PAGES: &[&str] = &["/logout", "/login/code/again", "/language", "/step-up/again"];

/// Notes at which stops a walk has been, and what was wrong there.
#[derive(Default)]
struct Walk {
    stops: RefCell<BTreeSet<(String, String)>>,
    faults: RefCell<Vec<String>>,
}

impl Walk {
    /// Has the page judged, in the state it is in now.
    async fn stop(&self, browser: &Browser, page: &str, state: &str) {
        let known = PAGES.iter().find(|known| known.path == page && known.states.contains(&state));
        assert!(known.is_some(), "{page}, {state} is in no list: add it to PAGES");
        let here = browser.path().await;
        assert!(is_at(&here, page), "the walk is at {here} and not at {page}");
        self.stops.borrow_mut().insert((page.to_owned(), state.to_owned()));
        for fault in browser.faults().await {
            self.faults.borrow_mut().push(format!("{page}, {state}: {fault}"));
        }
    }

    /// Fails when something was wrong, or a stop of these pages was left out.
    fn ends(self, pages: &[&str]) {
        let listed = PAGES.iter().filter(|page| pages.contains(&page.path));
        let states = listed.flat_map(|page| {
            page.states.iter().map(|state| (page.path.to_owned(), (*state).to_owned()))
        });
        let stops = self.stops.into_inner();
        let left_out: Vec<_> = states.filter(|stop| !stops.contains(stop)).collect();
        assert!(left_out.is_empty(), "the walk left out {left_out:?}");
        let faults = self.faults.into_inner();
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    }
}

/// Whether an address is the one of a page whose path has parameters in braces.
fn is_at(address: &str, page: &str) -> bool {
    let (address, page): (Vec<_>, Vec<_>) = (address.split('/').collect(), page.split('/').collect());
    let same = |(here, there): (&&str, &&str)| here == there || there.starts_with('{');
    address.len() == page.len() && address.iter().zip(&page).all(same)
}

#[test]
fn every_address_of_the_portal_is_walked_to() {
    let listed = |path: &String| {
        PAGES.iter().any(|page| page.path == path) || NO_PAGES.contains(&path.as_str())
    };
    let paths = routes::paths();
    let unlisted: Vec<_> = paths.iter().filter(|path| !listed(path)).collect();
    assert!(unlisted.is_empty(), "no walk stops at {unlisted:?}");
    let gone: Vec<_> = PAGES.iter().filter(|page| !paths.contains(page.path)).map(|p| p.path).collect();
    assert!(gone.is_empty(), "the portal has no {gone:?} any more");
}
