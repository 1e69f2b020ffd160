//! `airform init`.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use super::Context;
use crate::args::InitCommand;
use crate::exit::Exit;
use crate::report::Failure;
use crate::sources::shown;

const MANIFEST: (&str, &str) = ("airform.yaml", include_str!("../starter/airform.yaml"));
const IGNORED: (&str, &str) = (".gitignore", include_str!("../starter/gitignore"));

/// Writes a folder to begin with.
pub(crate) fn run(command: InitCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let InitCommand { folder } = command;
    let files = [MANIFEST, IGNORED];
    let standing: Vec<String> = files
        .iter()
        .map(|(name, _)| folder.join(name))
        .filter(|path| path.symlink_metadata().is_ok())
        .map(|path| shown(&path))
        .collect();
    if !standing.is_empty() {
        let verb = if standing.len() == 1 { "stands" } else { "stand" };
        let names = crate::views::plan::list(&standing);
        return Err(Failure::error(format!("{names} {verb} there already; nothing was written"))
            .help("name another folder: airform init DIR"));
    }
    for (name, text) in &files {
        let path = folder.join(name);
        write_new(&path, text)
            .map_err(|error| Failure::error(format!("{}: {error}", path.display())))?;
        context.streams.say(format!("wrote {}", shown(&path)));
    }
    context.streams.remark("");
    let there =
        if folder == Path::new(".") { String::new() } else { format!(" {}", shown(&folder)) };
    context.streams.remark(format!("Try it: airform plan{there} --sandbox"));
    Ok(Exit::Done)
}

/// A file that was not there.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_starter_manifest_is_valid() {
        struct Nowhere;
        impl manifest::Lookup for Nowhere {
            fn env(&self, _: &str) -> Option<String> {
                None
            }
            fn file(&self, _: &str, _: model::span::FileId) -> Result<String, String> {
                Err("there are no files".to_owned())
            }
        }
        let (name, text) = MANIFEST;
        let file = manifest::SourceFile { name: name.to_owned(), text: text.to_owned() };
        let reading = manifest::read(&[file], &manifest::GivenVariables::default(), &Nowhere);
        assert_eq!(reading.diagnostics, []);
        let desired = reading.desired.unwrap();
        let catalog = crate::catalog::Catalog::embedded();
        assert_eq!(crate::commands::config_check::check(&desired, &catalog), []);
    }
}
