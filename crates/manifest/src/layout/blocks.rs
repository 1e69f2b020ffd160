//! Which lines of a file belong together.

use std::collections::BTreeSet;

use granit_parser::{Event, Options, Parser, ScalarStyle, StructureStyle};

/// A file, as far as its layout can be changed.
pub(super) struct Source<'t> {
    pub(super) lines: Vec<&'t str>,
    /// Whether a line's end is inside of a text, so that blanks there may mean something.
    pub(super) is_text: Vec<bool>,
    /// Lines with which a text ends that keeps the empty lines below it (`|+`).
    pub(super) keeps: BTreeSet<usize>,
    /// The first line after `---` and what comes before it.
    pub(super) start: usize,
    /// The outermost map. None where it is written in braces.
    pub(super) root: Option<Block>,
}

/// A map or a list whose members stand on lines of their own.
pub(super) struct Block {
    /// How far its members are indented.
    pub(super) column: usize,
    pub(super) items: Vec<Item>,
}

/// A member of a map or a list.
pub(super) struct Item {
    /// Its first line.
    pub(super) line: usize,
    /// Its last line that is more than a comment.
    pub(super) last: usize,
    /// Its key, in a map.
    pub(super) key: Option<String>,
    pub(super) child: Option<Block>,
}

impl Block {
    fn last(&self) -> Option<usize> {
        self.items.iter().map(|item| item.last).max()
    }

    /// Whether it begins on the line of what it stands in: `- key: value`.
    pub(super) fn begins_on(&self, line: usize) -> bool {
        self.items.first().is_some_and(|first| first.line == line)
    }
}

/// A map or a list of which not all has been read.
struct Open {
    is_block: bool,
    is_map: bool,
    first: usize,
    /// Where the key stands whose value comes next, and the key.
    key: Option<(usize, String)>,
    column: Option<usize>,
    items: Vec<Item>,
}

impl<'t> Source<'t> {
    /// Reads `text`, in which lines end in `\n`. None where it is written in a way that nothing is
    /// known of here.
    pub(super) fn of(text: &'t str) -> Option<Source<'t>> {
        let mut lines: Vec<&str> = text.split('\n').collect();
        if lines.last().is_some_and(|last| last.is_empty()) {
            lines.pop();
        }
        let mut starts = vec![0];
        starts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
        let is_text = vec![false; lines.len()];
        let mut reader = Reader {
            text,
            starts,
            source: Source { lines, is_text, keeps: BTreeSet::new(), start: 0, root: None },
            stack: Vec::new(),
        };
        if reader.source.lines.iter().any(|line| line.starts_with("...")) {
            return None;
        }
        let mut options = Options::default();
        options.set_emit_comments(false);
        for event in Parser::new_from_str_with_options(text, options) {
            let (event, span) = event.ok()?;
            let range = span.byte_range().unwrap_or_default();
            reader.take(event, (range.start, range.end))?;
        }
        Some(reader.source)
    }
}

struct Reader<'t> {
    text: &'t str,
    /// Where each line begins.
    starts: Vec<usize>,
    source: Source<'t>,
    stack: Vec<Open>,
}

impl Reader<'_> {
    fn place(&self, at: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= at).saturating_sub(1);
        (line, at - self.starts.get(line).copied().unwrap_or_default())
    }

    /// The line of the last byte before `end`.
    fn last_line(&self, start: usize, end: usize) -> usize {
        self.place(end.max(start + 1) - 1).0.min(self.source.lines.len().saturating_sub(1))
    }

    fn take(&mut self, event: Event<'_>, (start, end): (usize, usize)) -> Option<()> {
        match event {
            Event::DocumentStart(true, _) => {
                let (line, _) = self.place(start);
                let rest = self.source.lines.get(line)?.strip_prefix("---")?.trim_start();
                self.source.start = line + 1;
                (rest.is_empty() || rest.starts_with('#')).then_some(())
            }
            Event::Scalar(text, style, ..) => {
                let (first, column) = self.place(start);
                let last = match style {
                    ScalarStyle::Literal | ScalarStyle::Folded => self.block_text(start)?,
                    _ if start == end => first,
                    _ => {
                        let last = self.last_line(start, end);
                        self.source.is_text.get_mut(first..last)?.fill(true);
                        last
                    }
                };
                let is_key = self
                    .stack
                    .last()
                    .is_some_and(|open| open.is_block && open.is_map && open.key.is_none());
                if is_key {
                    return self.key(text.into_owned(), first, last, column);
                }
                // What is not written stands nowhere.
                let known = (start < end).then_some((first, last));
                self.value(known, None)
            }
            Event::Alias(_) => {
                let (first, _) = self.place(start);
                self.value(Some((first, first)), None)
            }
            Event::SequenceStart(style, ..) => {
                let first = self.place(start).0;
                let is_block = style == StructureStyle::Block;
                let column = if is_block { Some(self.dash(start)?) } else { None };
                self.open(Open {
                    is_block,
                    is_map: false,
                    first,
                    key: None,
                    column,
                    items: Vec::new(),
                })
            }
            Event::MappingStart(style, ..) => {
                let first = self.place(start).0;
                let is_block = style == StructureStyle::Block;
                let column = None;
                self.open(Open {
                    is_block,
                    is_map: true,
                    first,
                    key: None,
                    column,
                    items: Vec::new(),
                })
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Open { is_block, first, column, items, .. } = self.stack.pop()?;
                if !is_block {
                    let last = self.last_line(start, end);
                    return self.value(Some((first, last)), None);
                }
                let block = Block { column: column?, items };
                let first = block.items.first()?.line;
                let last = block.last()?;
                self.value(Some((first, last)), Some(block))
            }
            _ => Some(()),
        }
    }

    fn open(&mut self, open: Open) -> Option<()> {
        // A key that is a map or a list.
        if self.stack.last().is_some_and(|o| o.is_block && o.is_map && o.key.is_none()) {
            return None;
        }
        self.stack.push(open);
        Some(())
    }

    /// The column of the first dash of the list that begins at `start`, or after an anchor there.
    fn dash(&self, start: usize) -> Option<usize> {
        let (line, column) = self.place(start);
        if self.text.as_bytes().get(start) == Some(&b'-') {
            return Some(column);
        }
        // A list that is indented no further than its key begins, for the parser, behind the dash.
        let before = self.source.lines.get(line)?.get(..column)?.trim_end();
        if before.ends_with('-') {
            return Some(before.len() - 1);
        }
        let mut below = self.source.lines.iter().skip(line + 1).filter(|line| !is_empty(line));
        let found = below.next()?;
        found.trim_start().starts_with('-').then(|| indentation(found))
    }

    fn key(&mut self, text: String, line: usize, last: usize, column: usize) -> Option<()> {
        let before = self.source.lines.get(line)?.get(..column)?;
        let open = self.stack.last_mut()?;
        let is_first = open.items.is_empty();
        // `? key`, an anchor or a tag before it, or a key of several lines.
        let is_usual = before.chars().all(|char| char == ' ' || (is_first && char == '-'));
        let known = *open.column.get_or_insert(column);
        open.key = Some((line, text));
        (is_usual && known == column && last == line).then_some(())
    }

    /// A value from its first line to its last one.
    fn value(&mut self, known: Option<(usize, usize)>, block: Option<Block>) -> Option<()> {
        let Some(open) = self.stack.last() else {
            self.source.root = block;
            return Some(());
        };
        if !open.is_block {
            return Some(());
        }
        let item = if open.is_map {
            let (line, key) = self.stack.last_mut()?.key.take()?;
            let last = known.map_or(line, |(_, last)| last.max(line));
            Item { line, last, key: Some(key), child: block }
        } else {
            let column = open.column?;
            let after = open.items.last().map_or(open.first, |item| item.last + 1);
            let is_dash = |line: &usize| {
                self.source.lines.get(*line).is_some_and(|text| {
                    let (before, rest) = text.split_at(column.min(text.len()));
                    rest.starts_with('-') && (*line == open.first || before.trim().is_empty())
                })
            };
            let line = (after..self.source.lines.len()).find(is_dash)?;
            let last = known.map_or(line, |(_, last)| last.max(line));
            Item { line, last, key: None, child: block }
        };
        // Anchors on a line of their own.
        if let Some(child) = &item.child {
            let between = child.items.first()?.line;
            let mut lines =
                self.source.lines.get(item.line + 1..between).unwrap_or_default().iter();
            if !lines.all(|line| is_empty(line)) {
                return None;
            }
        }
        let open = self.stack.last_mut()?;
        if open.items.last().is_some_and(|last| last.last >= item.line) {
            return None;
        }
        open.items.push(item);
        Some(())
    }

    /// The last line of the block of text that the parser says begins at `start`: with its first line,
    /// or, where it has none, with its `|` or `>`.
    fn block_text(&mut self, start: usize) -> Option<usize> {
        let is_blank = |line: &str| line.trim_matches(' ').is_empty();
        let (line, column) = self.place(start);
        let mut above = self.source.lines.get(..line)?.iter();
        let header = match self.source.lines.get(line)?.get(..column)? {
            before if is_blank(before) => above.rposition(|line| !is_blank(line))?,
            _ => line,
        };
        let written = self.source.lines.get(header)?;
        let written = written.split_once(" #").map_or(*written, |(written, _)| written);
        let marks = written.split_whitespace().next_back()?;
        // How far it is indented may be said there, and would have to be said anew.
        if !["|", "|-", "|+", ">", ">-", ">+"].contains(&marks) {
            return None;
        }
        let holder = self.stack.iter().rev().find(|open| open.is_block)?.column?;
        let lines = &self.source.lines;
        let rest = || lines.iter().enumerate().skip(header + 1);
        let mut last = header;
        if let Some((_, first)) = rest().find(|(_, line)| !is_blank(line)) {
            let column = indentation(first);
            if column > holder {
                for (at, line) in rest() {
                    if is_blank(line) {
                        continue;
                    }
                    if indentation(line) < column {
                        break;
                    }
                    last = at;
                }
            }
        }
        if marks.contains('+') {
            let blank = rest().skip(last - header).take_while(|(_, line)| is_blank(line));
            last = blank.last().map_or(last, |(at, _)| at);
            self.source.keeps.insert(last);
        }
        self.source.is_text.get_mut(header + 1..last + 1)?.fill(true);
        Some(last)
    }
}

/// Whether `line` holds at most a comment.
pub(super) fn is_empty(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with('#')
}

/// How many spaces `line` begins with.
pub(super) fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}
