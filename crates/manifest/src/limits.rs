//! How much a file may ask of the reader.
//!
//! What a file spells out costs what it weighs and needs no limit. Two things can cost more than
//! that: nesting, which costs stack, and aliases, by which a few lines can stand for billions.

/// How deep values may nest. The deepest thing that means anything here, a connector's
/// configuration, stays below ten or so; every walk over a tree may recurse this far.
pub(crate) const DEPTH: usize = 64;

/// How many values a file of `bytes` may stand for once its aliases are written out. An honest
/// file repeats an anchor some dozen times; a bomb multiplies at every line.
pub(crate) fn values(bytes: usize) -> usize {
    bytes.saturating_mul(16).saturating_add(10_000)
}

/// How many rows a `for_each` takes. Each becomes a resource, which costs some two thousand bytes
/// here and a request later; the largest organization that is thought of has half as many customers.
pub(crate) const ROWS: usize = 200_000;

/// How many columns a file of data may have. Each is looked for among all others, so that twice as
/// many cost four times as much; a spreadsheet that somebody reads has a hundredth.
pub(crate) const COLUMNS: usize = 1_000;

/// How large a file may be whose text becomes a value (`${file:…}`), in bytes. The service's own limit
/// for a whole request is not known; keys, certificates and queries are a hundredth of this.
pub(crate) const TEXT: usize = 1024 * 1024;

/// How many bytes all values may come to that hold something looked up. A row, a variable or a file
/// costs what it weighs once, and can be asked for by every one of 200,000 rows.
pub(crate) const FILLED: usize = 256 * 1024 * 1024;

/// How many wrong rows of a `for_each` are shown. A column that is filled wrongly is so in every row,
/// and nobody reads on.
pub(crate) const WRONG_ROWS: usize = 100;
