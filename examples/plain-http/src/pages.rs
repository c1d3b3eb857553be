//! The pages, and the answers they travel in.

use countersign::{AttemptId, Challenge, Enrollment, OsRandom, Qr, RandomError};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, SET_COOKIE};
use hyper::{Response, StatusCode};

/// An answer under way.
pub(crate) struct Answer(Response<Full<Bytes>>);

impl Answer {
    pub(crate) fn page(title: &str, body: &str) -> Self {
        let html = format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\
             <h1>{title}</h1>{body}</html>"
        );
        Self(Response::new(Full::from(html)))
            .with(CONTENT_TYPE, "text/html; charset=utf-8")
            .with(CACHE_CONTROL, "no-store")
    }

    /// After every form, so that reload and back repeat nothing.
    pub(crate) fn see(place: &'static str) -> Self {
        let mut answer = Self(Response::new(Full::default()));
        *answer.0.status_mut() = StatusCode::SEE_OTHER;
        answer.with(LOCATION, place).with(CACHE_CONTROL, "no-store")
    }

    pub(crate) fn status(mut self, status: StatusCode) -> Self {
        *self.0.status_mut() = status;
        self
    }

    /// Sets a cookie that no script reads and no neighbor can plant.
    pub(crate) fn set(self, name: &str, value: &str) -> Self {
        let line = format!("__Host-{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax");
        self.with(SET_COOKIE, &line)
    }

    pub(crate) fn take_back(self, name: &str) -> Self {
        let gone = "Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0";
        self.with(SET_COOKIE, &format!("__Host-{name}=; {gone}"))
    }

    fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.0.headers_mut().append(name, value);
        }
        self
    }

    pub(crate) fn done(self) -> Response<Full<Bytes>> {
        self.0
    }
}

pub(crate) fn login_form(said: &str) -> Answer {
    let body = format!(
        "<p>{said}</p><form method=\"post\" action=\"/login\">\
         <label>Name <input name=\"user\" autocomplete=\"username\"></label>\
         <label>Password <input name=\"password\" type=\"password\" \
         autocomplete=\"current-password\"></label><button>Login</button></form>"
    );
    Answer::page("Log in", &body)
}

pub(crate) fn ask(challenge: &Challenge, said: &str) -> Result<Answer, RandomError> {
    let where_to_look = escape(&challenge.hint);
    let form = code_form("/login/code", challenge.digits)?;
    let body = format!("<p>{said}</p><p>The code is here: {where_to_look}.</p>{form}");
    Ok(Answer::page("Enter your security code", &body))
}

pub(crate) fn show_qr(enrollment: &Enrollment, said: &str) -> Result<Answer, RandomError> {
    let uri = enrollment.app.uri().expose();
    // A key that is too long for a QR code can still be typed.
    let picture = Qr::encode(uri).map(|qr| qr.svg("QR code; the key below does the same"));
    let picture = picture.unwrap_or_default();
    let key = enrollment.app.key().expose();
    let form = code_form("/login/code", enrollment.digits)?;
    let link = format!("<a href=\"{}\">Open in app</a>", escape(uri));
    let body = format!("<p>{said}</p>{picture}<p>{link} <code>{}</code></p>{form}", escape(key));
    Ok(Answer::page("Set up your authenticator app", &body))
}

pub(crate) fn home(user: &str, amr: &str) -> Answer {
    let user = escape(user);
    let form = "<form method=\"post\" action=\"/logout\"><button>Log out</button></form>";
    Answer::page("Home", &format!("<p>Hello {user}, logged in by {amr}.</p>{form}"))
}

/// One attempt for each form that is shown: sent twice, it is judged once.
fn code_form(action: &str, digits: u8) -> Result<String, RandomError> {
    let attempt = AttemptId::draw(&OsRandom)?;
    Ok(format!(
        "<form method=\"post\" action=\"{action}\">\
         <input type=\"hidden\" name=\"attempt\" value=\"{attempt}\">\
         <label>Security code <input name=\"code\" inputmode=\"numeric\" \
         autocomplete=\"one-time-code\"></label><p>{digits} digits; spaces are fine</p>\
         <button>Login</button></form>"
    ))
}

pub(crate) fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}
