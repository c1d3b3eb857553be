//! What was asked for on the command line.

use countersign::Polarity;

/// Shown for `--help` and after a wrong option.
pub(crate) const HELP: &str = "\
cargo tour [--try-it] [--speed slow|normal|none] [--dark|--light]

  --try-it   scan the QR code with your own phone and type the codes yourself
  --speed    how long to pause between scenes; `none` waits nowhere (normal)
  --dark     your terminal shows light letters on a dark ground (this is assumed)
  --light    your terminal shows dark letters on a light ground";

/// What to show.
pub(crate) enum Asked {
    Help,
    Tour(Options),
}

/// How to show it.
pub(crate) struct Options {
    pub(crate) try_it: bool,
    pub(crate) pause_millis: u64,
    pub(crate) polarity: Polarity,
}

impl Options {
    /// Reads the arguments, or says in a sentence what is wrong with them.
    pub(crate) fn read(mut args: impl Iterator<Item = String>) -> Result<Asked, String> {
        let mut options =
            Self { try_it: false, pause_millis: 1200, polarity: Polarity::LightOnDark };
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--help" | "-h" => return Ok(Asked::Help),
                "--try-it" => options.try_it = true,
                "--dark" => options.polarity = Polarity::LightOnDark,
                "--light" => options.polarity = Polarity::DarkOnLight,
                "--speed" => {
                    options.pause_millis = match args.next().as_deref() {
                        Some("slow") => 3000,
                        Some("normal") => 1200,
                        Some("none") => 0,
                        _ => return Err("--speed takes slow, normal or none.".to_owned()),
                    }
                }
                other => return Err(format!("There is no option {other}.")),
            }
        }
        Ok(Asked::Tour(options))
    }

    /// What to do about a QR code that was drawn the wrong way round.
    pub(crate) fn if_it_does_not_scan(&self) -> &'static str {
        match self.polarity {
            Polarity::DarkOnLight => "If the picture does not scan, start again with --dark.",
            _ => "If the picture does not scan, start again with --light.",
        }
    }
}
