//! The lines of a file, where they belong.

use std::ops::Range;

use model::Kind;

use super::blocks::{Block, Item, Source, indentation, is_empty};
use super::order::{SECTIONS, keys, rank};

/// What is done.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// Keys are put in order.
    pub(super) order: bool,
    /// Lines are indented.
    pub(super) indentation: bool,
}

/// How many spaces a level is.
const STEP: usize = 2;

/// What the members of a block are.
#[derive(Debug, Clone, Copy)]
enum Level {
    Sections,
    Resources(Kind),
    Keys(Kind),
    Others,
}

/// A member with the comments above it.
struct Chunk {
    rank: usize,
    /// An empty line stands before it.
    is_apart: bool,
    /// One has to.
    is_section: bool,
    /// None may stand behind it.
    keeps: bool,
    lines: Vec<String>,
}

/// The text of `source` by `rules`.
pub(super) fn lay_out(source: &Source<'_>, rules: Rules) -> String {
    let writer = Writer { source, rules };
    let mut out: Vec<String> =
        source.lines[..source.start].iter().map(|line| line.trim_end().to_owned()).collect();
    match &source.root {
        Some(root) => {
            let column = if rules.indentation { 0 } else { root.column };
            let start = writer.header(root, column, &mut out);
            writer.block(root, start..source.lines.len(), column, Level::Sections, &mut out);
        }
        None => {
            let rest = source.start..source.lines.len();
            out.extend(rest.map(|line| writer.shifted(line, 0, 0)));
            while out.last().is_some_and(String::is_empty) {
                out.pop();
            }
        }
    }
    out.push(String::new());
    out.join("\n")
}

struct Writer<'s, 't> {
    source: &'s Source<'t>,
    rules: Rules,
}

impl Writer<'_, '_> {
    fn line(&self, at: usize) -> &str {
        self.source.lines.get(at).copied().unwrap_or_default()
    }

    /// Writes what is said of the whole file, above all of its sections, and gives the line after it.
    fn header(&self, root: &Block, column: usize, out: &mut Vec<String>) -> usize {
        let first = root.items.first().map_or(0, |item| item.line);
        let above = self.source.start..first;
        let is_blank = |at: &usize| self.line(*at).trim().is_empty();
        let Some(blank) = above.clone().rev().find(is_blank) else { return above.start };
        let mut header = Vec::new();
        self.gap(above.start..blank, column, &mut header);
        if !header.is_empty() {
            out.append(&mut header);
            out.push(String::new());
        }
        blank + 1
    }

    /// Writes `block`, which takes up `region`, at `column`.
    fn block(
        &self,
        block: &Block,
        region: Range<usize>,
        column: usize,
        level: Level,
        out: &mut Vec<String>,
    ) {
        let mut chunks = Vec::new();
        let mut from = region.start;
        let mut items = block.items.iter().peekable();
        while let Some(item) = items.next() {
            let end = items.peek().map_or(region.end, |next| next.line);
            let until = self.end(item, block.column, end);
            chunks.push(self.chunk(block, item, from..until, column, level));
            from = until;
        }
        // Where a value begins on the line of its dash, there is nothing to move.
        let is_movable = self.rules.order && !block.begins_on(region.start.wrapping_sub(1));
        if is_movable {
            chunks.sort_by_key(|chunk| chunk.rank);
        }
        let (mut was_section, mut keeps) = (false, false);
        for (at, chunk) in chunks.into_iter().enumerate() {
            let is_apart = chunk.is_apart || chunk.is_section || was_section;
            if at > 0 && is_apart && !keeps {
                out.push(String::new());
            }
            (was_section, keeps) = (chunk.is_section, chunk.keeps);
            out.extend(chunk.lines);
        }
        let mut rest = Vec::new();
        let is_apart = self.gap(from..region.end, column, &mut rest).0;
        if !rest.is_empty() {
            out.extend(((is_apart || was_section) && !keeps).then(String::new));
            out.append(&mut rest);
        }
    }

    /// The line after the last one that belongs to `item`, of those before `end`. A comment that is
    /// indented further than the members of the block belongs to what stands above it.
    fn end(&self, item: &Item, column: usize, end: usize) -> usize {
        let after = item.last + 1;
        if item.child.is_none() {
            return after;
        }
        let comments = (after..end).filter(|at| !self.line(*at).trim().is_empty());
        let deeper = comments.take_while(|at| indentation(self.line(*at)) > column);
        deeper.last().map_or(after, |at| at + 1)
    }

    fn chunk(
        &self,
        block: &Block,
        item: &Item,
        lines: Range<usize>,
        column: usize,
        level: Level,
    ) -> Chunk {
        let mut written = Vec::new();
        let (starts_blank, ends_blank) = self.gap(lines.start..item.line, column, &mut written);
        if ends_blank && !written.is_empty() {
            written.push(String::new());
        }
        let key = item.key.as_deref().unwrap_or_default();
        let (rank, below) = match level {
            Level::Sections => (
                rank(&SECTIONS, key),
                Kind::from_section(key).map_or(Level::Others, Level::Resources),
            ),
            Level::Resources(kind) => (0, Level::Keys(kind)),
            Level::Keys(kind) => (rank(keys(kind), key), Level::Others),
            Level::Others => (0, Level::Others),
        };
        match &item.child {
            None => written
                .extend((item.line..lines.end).map(|at| self.shifted(at, block.column, column))),
            Some(child) if child.begins_on(item.line) => {
                let child_column = (child.column + column).saturating_sub(block.column);
                self.block(child, item.line..lines.end, child_column, Level::Others, &mut written);
            }
            Some(child) => {
                written.push(self.shifted(item.line, block.column, column));
                let child_column =
                    if self.rules.indentation { column + STEP } else { child.column };
                let region = item.line + 1..lines.end;
                self.block(child, region, child_column, below, &mut written);
            }
        }
        let is_section = matches!(level, Level::Sections) && item.child.is_some();
        let keeps = self.source.keeps.contains(&item.last);
        Chunk { rank, is_apart: starts_blank, is_section, keeps, lines: written }
    }

    /// Writes comments, with at most one empty line between two of them. Whether there was one before
    /// the first, and after the last.
    fn gap(&self, lines: Range<usize>, column: usize, out: &mut Vec<String>) -> (bool, bool) {
        let (mut starts_blank, mut is_blank, mut is_first) = (false, false, true);
        for line in lines.map(|at| self.line(at)) {
            let text = line.trim();
            if text.is_empty() {
                is_blank = true;
                continue;
            }
            if is_first {
                starts_blank = is_blank;
            } else if is_blank {
                out.push(String::new());
            }
            (is_first, is_blank) = (false, false);
            let spaces = if self.rules.indentation { column } else { indentation(line) };
            out.push(format!("{}{text}", " ".repeat(spaces)));
        }
        (starts_blank || (is_first && is_blank), !is_first && is_blank)
    }

    /// A line that is moved from one column to another along with what it belongs to.
    fn shifted(&self, at: usize, from: usize, to: usize) -> String {
        let line = self.line(at);
        let is_text = self.source.is_text.get(at).copied().unwrap_or_default();
        let line = if is_text { line } else { line.trim_end() };
        if line.is_empty() {
            return String::new();
        }
        let spaces = indentation(line);
        let text = &line[spaces..];
        let spaces = (spaces + to).saturating_sub(from);
        debug_assert!(is_text || !is_empty(line) || spaces > 0 || to == 0);
        format!("{}{text}", " ".repeat(spaces))
    }
}
