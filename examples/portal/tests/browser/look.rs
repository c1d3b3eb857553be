//! How a browser is set up: what its person needs, and what its screen is like.

use serde_json::{Value, json};

/// A browser's settings. The default is a laptop with a light theme, in English.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    script: bool,
    language: &'static str,
    dark: bool,
    forced_colors: bool,
    print: bool,
    screen: Screen,
}

/// The size of the window in CSS pixels, and how many device pixels one of them takes.
#[derive(Clone, Copy, Debug)]
struct Screen {
    width: u32,
    height: u32,
    scale: u32,
    phone: bool,
}

impl Look {
    pub(crate) const PLAIN: Self = Self {
        script: true,
        language: "en",
        dark: false,
        forced_colors: false,
        print: false,
        screen: Screen { width: 1100, height: 800, scale: 1, phone: false },
    };

    /// With the script of every page switched off by the person.
    pub(crate) const fn without_script(self) -> Self {
        Self { script: false, ..self }
    }

    pub(crate) const fn dark(self) -> Self {
        Self { dark: true, ..self }
    }

    /// High contrast as the operating system draws it.
    pub(crate) const fn forced_colors(self) -> Self {
        Self { forced_colors: true, ..self }
    }

    /// As it would come out of a printer.
    pub(crate) const fn printed(self) -> Self {
        Self { print: true, ..self }
    }

    /// The narrowest phone that WCAG asks about.
    pub(crate) const fn phone(self) -> Self {
        Self { screen: Screen { width: 320, height: 640, scale: 2, phone: true }, ..self }
    }

    /// A window of 1280 by 1024 pixels at a zoom of 400 %, as the page sees it.
    pub(crate) const fn zoomed(self) -> Self {
        Self { screen: Screen { width: 320, height: 256, scale: 4, phone: false }, ..self }
    }

    /// A window of this size.
    pub(crate) const fn sized(self, width: u32, height: u32) -> Self {
        Self { screen: Screen { width, height, scale: 1, phone: false }, ..self }
    }

    pub(crate) const fn language(self, language: &'static str) -> Self {
        Self { language, ..self }
    }

    /// What is said to chromedriver when the browser starts.
    pub(crate) fn capabilities(self, profile: &str) -> Value {
        let mut args = vec![
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--window-size=1100,900",
        ];
        let profile = format!("--user-data-dir={profile}");
        let language = format!("--lang={}", self.language);
        args.extend([profile.as_str(), language.as_str()]);
        let mut preferences = json!({
            "intl.accept_languages": self.language,
            "credentials_enable_service": false,
            "profile.password_manager_enabled": false,
        });
        if !self.script {
            preferences["profile.managed_default_content_settings.javascript"] = json!(2);
        }
        json!({
            "browserName": "chrome",
            "goog:chromeOptions": { "args": args, "prefs": preferences },
        })
    }

    /// The commands of the developer tools that make it so, for one tab.
    pub(crate) fn commands(self) -> [(&'static str, Value); 3] {
        let Screen { width, height, scale, phone } = self.screen;
        let on = |feature: &str, on: bool, yes: &str, no: &str| json!({ "name": feature, "value": if on { yes } else { no } });
        let media = json!({
            "media": if self.print { "print" } else { "" },
            "features": [
                on("prefers-color-scheme", self.dark, "dark", "light"),
                on("forced-colors", self.forced_colors, "active", "none"),
                on("prefers-reduced-motion", true, "reduce", ""),
            ],
        });
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": scale, "mobile": phone,
        });
        [
            ("Emulation.setEmulatedMedia", media),
            ("Emulation.setDeviceMetricsOverride", metrics),
            ("Accessibility.enable", json!({})),
        ]
    }
}
