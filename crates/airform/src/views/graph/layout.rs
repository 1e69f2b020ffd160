//! Where things stand in a picture: in columns, each behind all that it waits for.

use super::Drawing;

/// The column of each node, and its place in the column.
pub(super) struct Layout {
    /// By node.
    pub(super) places: Vec<(usize, usize)>,
    /// How many nodes each column has.
    pub(super) columns: Vec<usize>,
}

pub(super) fn layout(drawing: &Drawing) -> Layout {
    let count = drawing.nodes.len();
    let mut column = vec![0usize; count];
    // Merged nodes can wait for one another; so many rounds are enough where they do not.
    for _ in 0..count.min(64) {
        let mut moved = false;
        for &(from, to) in &drawing.edges {
            let behind = column.get(from).copied().unwrap_or(0) + 1;
            if let Some(own) = column.get_mut(to)
                && *own < behind
                && behind < count.min(64)
            {
                *own = behind;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    let width = column.iter().max().map_or(0, |last| last + 1);
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); width];
    for (node, &at) in column.iter().enumerate() {
        if let Some(members) = members.get_mut(at) {
            members.push(node);
        }
    }
    let mut waits_for: Vec<Vec<usize>> = vec![Vec::new(); count];
    for &(from, to) in &drawing.edges {
        if let Some(waits_for) = waits_for.get_mut(to) {
            waits_for.push(from);
        }
    }
    let mut rows = vec![0usize; count];
    for at in 0..width {
        // Each at about the height of what it waits for, so that few lines cross.
        let weight = |node: usize| {
            let before = waits_for.get(node).into_iter().flatten();
            let heights: Vec<usize> =
                before.map(|from| rows.get(*from).copied().unwrap_or(0)).collect();
            (heights.iter().sum::<usize>() * 100).checked_div(heights.len()).unwrap_or(0)
        };
        let mut weighed: Vec<(usize, usize)> =
            members.get(at).into_iter().flatten().map(|&node| (weight(node), node)).collect();
        weighed.sort_unstable();
        for (row, (_, node)) in weighed.into_iter().enumerate() {
            if let Some(place) = rows.get_mut(node) {
                *place = row;
            }
        }
    }
    Layout {
        places: column.into_iter().zip(rows).collect(),
        columns: members.iter().map(Vec::len).collect(),
    }
}
