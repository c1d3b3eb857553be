//! What strangers send: headers, bodies and targets that no browser would.

use url::Url;

use crate::deeds::{ADA, BEN};
use crate::house::House;
use crate::routes;
use crate::visitor::Form;
use crate::wire::send;

const EVIL: &str = "evil.example";

/// Headers by which a request may claim to come from somewhere or to be for somebody else.
const CLAIMS: [&str; 9] = [
    "Forwarded",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-For",
    "X-Forwarded-Port",
    "X-Original-URL",
    "X-Rewrite-URL",
    "X-Host",
    "Referer",
];

/// Targets that lead, or might lead, off the site.
const ELSEWHERE: [&str; 40] = [
    "https://evil.example/",
    "http://evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:\\\\evil.example",
    "HTTPS://evil.example",
    " //evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "/%0d%0aLocation:%20https://evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,evil.example",
    "vbscript:evil.example",
    "evil.example",
    "evil.example/home",
    "@evil.example",
    "//user@evil.example",
    "https://127.0.0.1@evil.example",
    "//evil.example:80/",
    "//evil.example%2f..",
    "//evil%00.example",
    "/\u{2028}/evil.example",
    "\u{ff0f}\u{ff0f}evil.example",
    "/\u{3002}/evil.example",
    "?next=//evil.example",
    "#//evil.example",
    "",
    "/\"><script>alert(1)</script>",
    "ftp://evil.example",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_claim_of_a_request_comes_back_in_an_answer() {
    let house = House::open().await;
    for path in routes::paths() {
        let claims = CLAIMS.iter().fold(house.visitor().asking("GET", &path), |asking, claim| {
            asking.header(claim, &format!("https://{EVIL}/home"))
        });
        let answer = claims.header("Host", EVIL).ask(house.address()).await;
        assert!(!answer.all().contains(EVIL), "{path} repeats the claim:\n{}", answer.all());
        assert!(answer.status < 500, "{path}: {}", answer.status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_claim_of_a_request_gets_into_a_mail() {
    let house = House::open().await;
    house.asks_for("email").await;
    let claims = CLAIMS.iter().filter(|claim| **claim != "Referer");
    let mut ben = claims.fold(house.visitor(), |visitor, claim| visitor.always(claim, EVIL));
    ben = ben.always("User-Agent", "<b>evil.example</b>\u{202e}\" 1;");
    let answer = ben.log_in(BEN, "/home").await;
    assert_eq!(answer.header("location"), "/login/code", "{}", answer.all());
    let post = house.post_to(BEN.address, 1).await;
    let text = house.text_of(&post).await;
    assert!(!text.contains(EVIL) && !text.contains("<b>"), "the mail says:\n{text}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_goes_on_to_no_other_site() {
    let house = House::open().await;
    for elsewhere in ELSEWHERE {
        let mut visitor = house.visitor();
        let answer = visitor.log_in(ADA, elsewhere).await;
        let place = answer.header("location");
        assert_eq!(answer.status, 303, "{elsewhere:?}: {}", answer.all());
        let here = Url::parse(&house.url("/login")).unwrap();
        let there = here.join(place).expect("a place can be gone to");
        assert_eq!(there.origin(), here.origin(), "{elsewhere:?} leads to {place}");
        assert!(!place.contains(['\\', '\t', '<', '"']), "{elsewhere:?} leads to {place}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_from_another_site_is_refused_and_changes_nothing() {
    let house = House::open().await;
    for (header, value) in [
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ] {
        for path in routes::paths().iter().filter(|path| !path.starts_with("/dev")) {
            let form = house.visitor().asking("POST", path).header(header, value);
            let answer = form.form(&[("email", ADA.address)]).ask(house.address()).await;
            let refused = [403, 404, 405].contains(&answer.status);
            assert!(refused, "{header}: {value} at {path}: {}", answer.all());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_of_the_wrong_size_or_kind_are_refused() {
    const FORM: &str = "application/x-www-form-urlencoded";
    let house = House::open().await;
    let mut visitor = house.visitor();
    let login = Form::on(&visitor.get("/login").await.body, "/login");
    let token = login.hidden.iter().find(|(name, _)| name == "form_token");
    let (_, token) = token.expect("the form has a token");
    // The token goes along as a header, so that nothing but the body can be what is refused.
    let check = async |what: &str, kind: &str, body: &[u8], expected: &[u16]| {
        for path in routes::paths().iter().filter(|path| !path.starts_with("/dev")) {
            let asking = visitor.asking("POST", path).header("X-Form-Token", token);
            let answer = asking.body(kind, body).ask(house.address()).await;
            let elsewhere = [404, 405].contains(&answer.status)
                || answer.status == 303 && answer.header("location") == "/login";
            let must = path == "/login" || !elsewhere;
            assert!(
                !must || expected.contains(&answer.status),
                "{what} at {path}: {}",
                answer.all()
            );
        }
    };
    check("5 MiB", FORM, format!("email={}", "a".repeat(5 << 20)).as_bytes(), &[413]).await;
    check("JSON", "application/json", b"{}", &[415]).await;
    check("no kind", "", b"email=a", &[415]).await;
    check("no Unicode", FORM, b"email=\xff&password=\xff", &[400, 422, 303]).await;
    let wild: String = (0..2000).map(|n| format!("f{n}=&")).collect();
    check("two thousand fields", FORM, wild.as_bytes(), &[303, 400, 413, 422]).await;
    let twice = format!("email=a&email=b&password=c&form_token={token}&form_token=b");
    check("a field twice", FORM, twice.as_bytes(), &[400, 403, 422]).await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_is_not_answered_as_one() {
    let house = House::open().await;
    let check = async |what: &str, bytes: &[u8]| {
        let answer = send(house.address(), bytes).await;
        assert!(
            [0, 400, 405, 413, 414, 431, 501, 505].contains(&answer.status),
            "{what}: {}",
            answer.all()
        );
    };
    let long = |length| "a".repeat(length);
    check("no HTTP", b"HELO portal\r\n\r\n").await;
    check("a null", b"GET /home\0 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    check("no version", b"GET /home\r\n\r\n").await;
    check(
        "two lengths",
        b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\na=bc",
    )
    .await;
    check("a length below zero", b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n")
        .await;
    check(
        "a folded header",
        b"GET /login HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\nConnection: close\r\n\r\n",
    )
    .await;
    let headers = format!(
        "GET /login HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: {}\r\n\r\n",
        long(100_000)
    );
    check("a header of 100 kB", headers.as_bytes()).await;
    let many: String = (0..500).map(|n| format!("X-{n}: a\r\n")).collect();
    check(
        "500 headers",
        format!("GET /login HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{many}\r\n").as_bytes(),
    )
    .await;
    let address =
        format!("GET /login?{} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", long(200_000));
    check("an address of 200 kB", address.as_bytes()).await;
}

/// One request must not hide another behind it, whatever stands in front of the portal.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_smuggled_behind_another_is_not_answered() {
    let house = House::open().await;
    let inside = "GET /help HTTP/1.1\r\nHost: a\r\n\r\n";
    let both = format!(
        "POST /login HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {}\r\n\
        Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{inside}",
        5 + inside.len(),
    );
    let answer = send(house.address(), both.as_bytes()).await;
    assert_eq!(answer.all().matches("HTTP/1.1 ").count(), 1, "{}", answer.all());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_policy_and_the_frame_guard() {
    let house = House::open().await;
    let policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
        img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    let mut ada = house.visitor();
    ada.log_in(ADA, "/home").await;
    for path in routes::paths().iter().filter(|path| !path.starts_with("/dev")) {
        let answer = ada.clone().get(path).await;
        let has = |name: &str, value: &str| {
            assert_eq!(answer.header(name), value, "{path}: {}", answer.all());
        };
        has("content-security-policy", policy);
        has("x-content-type-options", "nosniff");
        assert!(answer.header("server").is_empty(), "{path} names its server");
        if answer.header("content-type").starts_with("text/html") {
            has("cache-control", "no-store");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_person_is_answered_as_a_known_one() {
    let house = House::open().await;
    let wrong = async |address: &str| {
        let mut visitor = house.visitor();
        let fields = [("email", address), ("password", "wrong")];
        let sent = visitor.submit("/login", "/login", &fields).await;
        let shown = visitor.get(sent.header("location")).await;
        (sent.status, sent.header("location").to_owned(), shown.status, shown.body.len())
    };
    // As long as each other, since the page shows the address again.
    assert_eq!(wrong("ben@larkfield.example").await, wrong("bin@larkfield.example").await);
}
