//! `cargo xtask test`: every test there is, in one command.

use crate::axe;
use crate::command::{command, step};
use crate::tools::{self, Sign, Tool};

/// Fetches the outside tools that tests ask for a second opinion, then runs all tests.
///
/// Without a package named in `extra`, the whole workspace is tested: libraries, programs,
/// examples, integration tests and the examples in the documentation.
pub(crate) fn run(extra: &[String]) -> Result<(), String> {
    tools::ensure(&TOOLS)?;
    axe::ensure()?;
    let mut cargo = command("cargo", &["test", "--all-features"]);
    if !names_a_package(extra) {
        cargo.arg("--workspace");
    }
    cargo.args(extra);
    step(cargo)
}

// Cargo lets --workspace win over --package, which is not what a person means who types both.
fn names_a_package(extra: &[String]) -> bool {
    let for_cargo = extra.iter().take_while(|arg| *arg != "--");
    for_cargo
        .into_iter()
        .any(|arg| arg == "--package" || arg.starts_with("--package=") || arg.starts_with("-p"))
}

const TOOLS: [Tool; 11] = [
    Tool {
        sign: Sign::Program("aiosmtpd"),
        package: "python3-aiosmtpd",
        shows: "a login by mail through an independent mail server",
    },
    Tool {
        sign: Sign::Program("exim4"),
        package: "exim4-daemon-light",
        shows: "refusals by a mail server of others",
    },
    Tool {
        sign: Sign::Program("oathtool"),
        package: "oathtool",
        shows: "codes by an independent generator",
    },
    Tool {
        sign: Sign::Postgres,
        package: "postgresql",
        shows: "the store on a real server of PostgreSQL",
    },
    Tool {
        sign: Sign::Program("redis-server"),
        package: "redis-server",
        shows: "a store that is not SQL",
    },
    Tool {
        sign: Sign::Program("spamassassin"),
        package: "spamassassin",
        shows: "mails by a judge of spam",
    },
    Tool {
        sign: Sign::Program("zbarimg"),
        package: "zbar-tools",
        shows: "QR codes by an independent reader",
    },
    Tool {
        sign: Sign::Program("rsvg-convert"),
        package: "librsvg2-bin",
        shows: "QR codes as an independent painter paints them",
    },
    Tool { sign: Sign::Program("chromium"), package: "chromium", shows: "the portal in a browser" },
    Tool {
        sign: Sign::Program("chromedriver"),
        package: "chromium-driver",
        shows: "the portal as a person with a browser meets it",
    },
    Tool {
        sign: Sign::Letters("ar"),
        package: "fonts-noto-core",
        shows: "pages in Arabic as they look",
    },
];

#[cfg(test)]
mod tests {
    use super::names_a_package;

    #[test]
    fn a_package_is_noticed_before_the_dashes_only() {
        let check = |line: &str, expected| {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            assert_eq!(names_a_package(&words), expected, "{line}");
        };
        check("", false);
        check("-p countersign", true);
        check("-pcountersign", true);
        check("--package=countersign", true);
        check("--release -- -p", false);
    }
}
