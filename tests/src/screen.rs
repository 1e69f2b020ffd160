//! What stands on a screen after all that was written to it.

/// How many columns it has. Bars are told apart by being as long as a line.
pub(crate) const WIDTH: usize = 400;

/// A screen as long as is needed.
#[derive(Debug, Default)]
struct Screen {
    lines: Vec<Vec<char>>,
    row: usize,
    column: usize,
}

/// What a person sees of `text`, which may move the cursor, write over and erase.
#[must_use]
pub fn seen(text: &str) -> String {
    let mut screen = Screen::default();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\n' => screen.row += 1,
            '\r' => screen.column = 0,
            '\u{8}' => screen.column = screen.column.saturating_sub(1),
            '\u{1b}' if rest.next_if_eq(&'[').is_some() => {
                let mut parameter = String::new();
                let verb = rest.by_ref().find(|&c| {
                    let ends = c.is_ascii_alphabetic();
                    if !ends {
                        parameter.push(c);
                    }
                    ends
                });
                screen.obey(verb.unwrap_or_default(), parameter.parse().ok());
            }
            c if c.is_control() => {}
            c => screen.write(c),
        }
    }
    let lines = screen.lines.iter().map(|line| line.iter().collect::<String>());
    lines.map(|line| line.trim_end().to_owned() + "\n").collect()
}

impl Screen {
    fn line(&mut self) -> &mut Vec<char> {
        if self.lines.len() <= self.row {
            self.lines.resize(self.row + 1, Vec::new());
        }
        // Just made, if it was not there.
        &mut self.lines[self.row]
    }

    fn write(&mut self, c: char) {
        // A full line is left only for another character.
        if self.column >= WIDTH {
            self.row += 1;
            self.column = 0;
        }
        let column = self.column;
        let line = self.line();
        if line.len() <= column {
            line.resize(column + 1, ' ');
        }
        line[column] = c;
        self.column += 1;
    }

    /// Obeys a control sequence. Colours and the like change nothing that is read.
    fn obey(&mut self, verb: char, parameter: Option<usize>) {
        let count = parameter.unwrap_or(1);
        let column = self.column;
        match (verb, parameter) {
            ('A', _) => self.row = self.row.saturating_sub(count),
            ('B', _) => self.row += count,
            ('C', _) => self.column += count,
            ('D', _) => self.column = column.saturating_sub(count),
            ('G', _) => self.column = count.saturating_sub(1),
            ('K', None | Some(0)) => self.line().truncate(column),
            ('K', Some(2)) => self.line().clear(),
            ('J', None | Some(0)) => {
                self.line().truncate(column);
                self.lines.truncate(self.row + 1);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(seen(text), expected);
    }

    #[test]
    fn a_screen_shows_what_was_written_last() {
        check("a  \r\nb\r\nc", "a\nb\nc\n");
        check("abc\rx", "xbc\n");
        check("\u{1b}[1;31mred\u{1b}[0m \u{1b}[2K\r\u{1b}[?25hgone", "gone\n");
        check("one\r\ntwo\r\n\u{1b}[2A\u{1b}[2Kthree", "three\ntwo\n");
        check("one\r\ntwo\u{1b}[1A\r\u{1b}[J", "\n");
        check("ab\u{8}c\u{1b}[3Gd\u{1b}[2D\u{1b}[K", "a\n");
        let full = "x".repeat(WIDTH);
        check(&format!("{full}\r\n{full}y"), &format!("{full}\n{full}\ny\n"));
    }
}
