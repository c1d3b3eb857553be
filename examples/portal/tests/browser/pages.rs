//! Every page in every state, in the eyes of every judge.
//!
//! Each walk in `walks` leads through one part of the portal and stops at every state.
//! At a stop the page is judged in light and dark, with forced colors, on a phone of 320 pixels and
//! at 400 %, by a ruler, by the keyboard and by axe-core. [`PAGES`] lists the stops; a walk that
//! leaves one out fails, and so does an address of the portal that is in no list.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::browser::Browser;
use crate::routes;

/// A page, and the states that a walk stops at.
pub(crate) struct Page {
    pub(crate) path: &'static str,
    states: &'static [&'static str],
}

pub(crate) const PAGES: &[Page] = &[
    Page {
        path: "/login",
        states: &[
            "empty",
            "nothing typed",
            "no match",
            "another company",
            "logged out",
            "too many tries",
        ],
    },
    Page {
        path: "/login/code",
        states: &[
            "app",
            "mailed",
            "where is it",
            "sent again",
            "nothing typed",
            "too short",
            "letters",
            "wrong",
            "few tries left",
            "used before",
            "ran out",
        ],
    },
    Page { path: "/login/link-app", states: &["fresh", "wrong"] },
    Page { path: "/login/another-way", states: &["no other way", "a choice"] },
    Page { path: "/login/stopped", states: &["took too long", "locked", "no way"] },
    Page {
        path: "/invite/{token}",
        states: &["fresh", "too short", "somebody else", "used", "unknown"],
    },
    Page { path: "/help", states: &["outside"] },
    Page { path: NOWHERE, states: &["outside", "inside"] },
    Page { path: "/home", states: &["by password", "app just linked", "more is asked"] },
    Page { path: "/account/security", states: &["nothing linked", "app linked"] },
    Page { path: "/account/security/email", states: &["empty", "no address"] },
    Page { path: "/step-up", states: &["asked", "to stay"] },
    Page { path: "/settings/general", states: &["at the start", "wrong days", "saved"] },
    Page { path: "/settings/general/review", states: &["tightened", "lowered", "not for you"] },
    Page { path: "/settings/users", states: &["everybody", "no match", "dialog"] },
    Page { path: "/settings/users/new", states: &["empty", "something wrong"] },
    Page { path: "/settings/users/{id}", states: &["as it is", "address refused"] },
    Page { path: "/settings/users/{id}/reset", states: &["asked"] },
    Page { path: "/settings/users/{id}/exempt", states: &["asked"] },
    Page { path: "/settings/audit", states: &["everything"] },
    Page { path: "/dev/mail", states: &["some mails"] },
    Page { path: "/dev/mail/{number}", states: &["as text", "as HTML", "as source"] },
    Page { path: "/dev/phone", states: &["at the start"] },
    Page { path: "/dev/clock", states: &["at the start", "moved"] },
];

/// An address that the portal has not got.
pub(crate) const NOWHERE: &str = "/nowhere";

/// Addresses that are no page: they are sent to and not looked at, or they are files.
const NO_PAGES: &[&str] = &[
    "/",
    "/assets/{digest}/{name}",
    "/dev/mail/next",
    "/dev/mail/{number}/frame",
    "/dev/phone/app/delete",
    "/dev/phone/clock",
    "/dev/phone/entry/delete",
    "/dev/phone/link",
    "/dev/phone/page",
    "/dev/phone/picture",
    "/dev/tools.css",
    "/dev/tools.js",
    "/language",
    "/login/code/again",
    "/logout",
    "/settings/audit.csv",
    "/settings/general/effect",
    "/settings/general/undo",
    "/settings/users.csv",
    "/settings/users/{id}/effect",
    "/settings/users/{id}/{act}",
    "/step-up/again",
];

/// Notes at which stops a walk has been, and what was wrong there.
#[derive(Default)]
pub(crate) struct Walk {
    stops: RefCell<BTreeSet<(String, String)>>,
    faults: RefCell<Vec<String>>,
}

impl Walk {
    /// Has the page judged, in the state it is in now.
    pub(crate) async fn stop(&self, browser: &Browser, page: &str, state: &str) {
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
    pub(crate) fn ends(self, pages: &[&str]) {
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
    let address: Vec<_> = address.split('/').collect();
    let page: Vec<_> = page.split('/').collect();
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
    let gone: Vec<_> = PAGES
        .iter()
        .filter(|page| page.path != NOWHERE && !paths.contains(page.path))
        .map(|p| p.path)
        .collect();
    assert!(gone.is_empty(), "the portal has no {gone:?} any more");
}
