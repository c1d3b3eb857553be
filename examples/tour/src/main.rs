//! The tour: one company from an empty store to finished logins, told in the terminal.
//!
//! Nothing is staged: each line comes from a real call, the QR code on the screen is read back by
//! a camera that shares no code with the encoder, and time passes on a clock that is turned by
//! hand. `--try-it` lets you scan with your own phone and type, on the real clock.

mod options;
mod story;
mod try_it;
mod voice;

use std::error::Error;
use std::process::ExitCode;

use options::{Asked, Options};
use voice::line;

/// What a part of the tour ends in.
type Told<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> ExitCode {
    match Options::read(std::env::args().skip(1)) {
        Ok(Asked::Help) => {
            line(options::HELP);
            ExitCode::SUCCESS
        }
        Ok(Asked::Tour(options)) => {
            let told = match options.try_it {
                true => pollster::block_on(try_it::run(&options)),
                false => pollster::block_on(story::tell(&options)),
            };
            match told {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => {
                    line(format_args!("The tour stopped: {error}"));
                    ExitCode::FAILURE
                }
            }
        }
        Err(sentence) => {
            line(format_args!("{sentence}\n\n{}", options::HELP));
            ExitCode::from(2)
        }
    }
}
