//! What was asked for on the command line.

use std::path::PathBuf;

/// Shown after a wrong option.
pub(crate) const HELP: &str = "\
cargo run -p mail -- MAIL-SERVER ADDRESS [--folder FOLDER] [--step]

  MAIL-SERVER  smtp://127.0.0.1:1025, or smtps://user:password@mail.example.com
  ADDRESS      where the code goes
  --folder     keeps the database, the keys and the browser's cookies (countersign-mail)
  --step       waits for Enter between the commit and the courier";

/// How to run.
pub(crate) struct Options {
    pub(crate) server: String,
    pub(crate) address: String,
    pub(crate) folder: PathBuf,
    pub(crate) step: bool,
}

impl Options {
    /// Reads the arguments, or says in a sentence what is wrong with them.
    pub(crate) fn read(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut plain = Vec::new();
        let mut folder = PathBuf::from("countersign-mail");
        let mut step = false;
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--step" => step = true,
                "--folder" => match args.next() {
                    Some(path) => folder = PathBuf::from(path),
                    None => return Err("--folder takes a folder.".to_owned()),
                },
                other if other.starts_with('-') => {
                    return Err(format!("There is no option {other}."));
                }
                _ => plain.push(arg),
            }
        }
        match <[String; 2]>::try_from(plain) {
            Ok([server, address]) => Ok(Self { server, address, folder, step }),
            Err(_) => Err("Give a mail server and an address.".to_owned()),
        }
    }
}
