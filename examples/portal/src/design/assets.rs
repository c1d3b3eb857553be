//! The style sheet, the script and the icon. Their addresses hold a digest of the content, so browsers
//! keep them for a year and still never show an old one.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

struct Asset {
    name: &'static str,
    kind: &'static str,
    text: &'static str,
}

static STYLE: Asset =
    Asset { name: "style.css", kind: "text/css; charset=utf-8", text: include_str!("style.css") };
static SCRIPT: Asset = Asset {
    name: "script.js",
    kind: "text/javascript; charset=utf-8",
    text: include_str!("script.js"),
};
static ICON: Asset =
    Asset { name: "icon.svg", kind: "image/svg+xml", text: include_str!("icon.svg") };

static ADDRESSES: LazyLock<[String; 3]> = LazyLock::new(|| {
    [&STYLE, &SCRIPT, &ICON].map(|asset| {
        let digest = HEXLOWER.encode(&Sha256::digest(asset.text));
        let short = digest.get(..12).unwrap_or(&digest).to_owned();
        format!("/assets/{short}/{}", asset.name)
    })
});

/// The addresses of style, script and icon.
pub(crate) fn addresses() -> &'static [String; 3] {
    &ADDRESSES
}

/// `/assets/…`
pub(crate) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{digest}/{name}", get(asset))
}

async fn asset(Path((_, name)): Path<(String, String)>) -> Response {
    let found = [&STYLE, &SCRIPT, &ICON].into_iter().find(|asset| asset.name == name);
    match found {
        Some(Asset { kind, text, .. }) => {
            let headers =
                [(CONTENT_TYPE, *kind), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
            (headers, *text).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
