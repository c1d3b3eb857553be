//! How heavy pages are: what a phone on a slow line has to load.

use std::collections::BTreeSet;

use crate::deeds::ADA;
use crate::house::House;
use crate::visitor::Visitor;

/// Most bytes that a page brings along with everything on it, before any compression.
const MOST: usize = 100_000;

/// Whose page it is.
#[derive(Clone, Copy)]
enum By {
    Anybody,
    Administrator,
}

const PAGES: [(&str, By); 9] = [
    ("/login", By::Anybody),
    ("/help", By::Anybody),
    ("/home", By::Administrator),
    ("/account/security", By::Administrator),
    ("/settings/general", By::Administrator),
    ("/settings/users", By::Administrator),
    ("/settings/users/new", By::Administrator),
    ("/settings/audit", By::Administrator),
    ("/dev/mail", By::Anybody),
];

#[tokio::test(flavor = "multi_thread")]
async fn no_page_is_heavy() {
    let house = House::open().await;
    let mut ada = house.visitor();
    ada.log_in(ADA, "/home").await;
    println!("{:<24} {:>8} {:>8} {:>6}", "bytes of", "page", "files", "files");
    for (path, by) in PAGES {
        let mut visitor = match by {
            By::Anybody => house.visitor(),
            By::Administrator => ada.clone(),
        };
        let page = visitor.get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.all());
        let (files, bytes) = files_of(&mut visitor, &page.body).await;
        println!("{path:<24} {:>8} {bytes:>8} {files:>6}", page.bytes);
        assert!(page.bytes + bytes < MOST, "{path} weighs {} bytes", page.bytes + bytes);
    }
    house.close().await;
}

/// How many files a page names, and how many bytes they have.
async fn files_of(visitor: &mut Visitor, page: &str) -> (usize, usize) {
    let head = page.split("</head>").next().unwrap_or_default();
    let named = head.split(['"', '\'']).filter(|text| text.starts_with('/'));
    let named: BTreeSet<_> = named.collect();
    let mut bytes = 0;
    for file in &named {
        let answer = visitor.get(file).await;
        assert_eq!(answer.status, 200, "{file}");
        let kept = answer.header("cache-control").contains("max-age") || file.starts_with("/dev/");
        assert!(kept, "{file} is loaded every time");
        bytes += answer.bytes;
    }
    assert!(!head.contains("//"), "a page loads something from another site");
    (named.len(), bytes)
}
