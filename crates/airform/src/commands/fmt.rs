//! `airform fmt`.

use std::io::Write;
use std::path::{Path, PathBuf};

use manifest::{Formatted, Left, SourceFile};
use model::span::FileId;

use super::Context;
use super::plan_test::ENDING;
use crate::args::FmtCommand;
use crate::exit::Exit;
use crate::report::Failure;
use crate::sources::Sources;
use crate::views::style::{WARNING, paint, plain};
use crate::views::text_diff::unified;

/// Lays out manifests.
pub(crate) fn run(command: FmtCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let FmtCommand { paths, check, diff } = command;
    let Sources { files, folders, .. } = Sources::read(&paths, &[])?;
    // A plan test may look like a manifest, and has an order of its own.
    let (files, folders): (Vec<SourceFile>, Vec<PathBuf>) =
        files.into_iter().zip(folders).filter(|(file, _)| !file.name.ends_with(ENDING)).unzip();
    let formatted = formatted(&files)?;
    let mut changed = 0;
    let covered = if diff { differences(&files, &formatted) } else { Vec::new() };
    let mut covered = covered.into_iter();
    for ((file, folder), Formatted { text, left }) in files.iter().zip(&folders).zip(&formatted) {
        let covered = covered.next();
        if let Some(left) = left {
            context.streams.remark(note(file, *left));
        }
        if *text == file.text {
            continue;
        }
        changed += 1;
        context.streams.say(covered.unwrap_or_else(|| plain(&file.name)));
        if !check && !diff {
            write(&place(file, folder), text)
                .map_err(|error| Failure::error(format!("{}: {error}", file.name)))?;
        }
    }
    Ok(if check && changed > 0 { Exit::Error } else { Exit::Done })
}

/// What would change in each file. A line that moves is shown twice, and one beside it too: what is called
/// like a secret is covered in both, as everywhere else where a manifest is quoted.
fn differences(files: &[SourceFile], formatted: &[Formatted]) -> Vec<String> {
    let after = files.iter().zip(formatted);
    let after = after.map(|(file, formatted)| SourceFile {
        name: file.name.clone(),
        text: formatted.text.clone(),
    });
    let after: Vec<SourceFile> = after.collect();
    let pairs = manifest::covered(files).into_iter().zip(manifest::covered(&after));
    pairs.map(|(before, after)| unified(&plain(&before.name), &before.text, &after.text)).collect()
}

/// Every file laid out, or all complaints about all of them.
fn formatted(files: &[SourceFile]) -> Result<Vec<Formatted>, Failure> {
    let mut complaints = Vec::new();
    let mut formatted = Vec::new();
    for (at, file) in files.iter().enumerate() {
        match manifest::format(FileId(u32::try_from(at).unwrap_or(u32::MAX)), &file.text) {
            Ok(done) => formatted.push(done),
            Err(found) => complaints.extend(found),
        }
    }
    if complaints.is_empty() {
        return Ok(formatted);
    }
    Err(Failure::complaints(Exit::Error, complaints, files.to_vec()))
}

fn note(file: &SourceFile, left: Left) -> String {
    let what = match left {
        Left::Order => {
            "the order of its keys is left: an anchor has to stand before what refers to it"
        }
        Left::Indentation => {
            "only empty lines and blanks at the ends of lines are touched: it is written in a way that cannot be moved safely"
        }
        Left::Everything => "left as it is: it is written in a way that cannot be moved safely",
    };
    format!("{} {}: {what}", paint(WARNING, "note:"), plain(&file.name))
}

fn place(file: &SourceFile, folder: &Path) -> PathBuf {
    folder.join(Path::new(&file.name).file_name().unwrap_or_default())
}

/// Writes a file so that it is never seen half-written, and stays what it is: a link, its rights.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let path = path.canonicalize()?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    let mut file = std::fs::File::create(&new)?;
    file.set_permissions(std::fs::metadata(&path)?.permissions())?;
    file.write_all(text.as_bytes())?;
    std::fs::rename(&new, &path)
}
