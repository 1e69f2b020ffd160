//! What comes before what.

use std::collections::BTreeMap;

use petgraph::Direction;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

/// Things in an order of dependence. Iteration is by the order of `T`, so equal graphs are walked
/// equally however they were built.
#[derive(Debug, Clone)]
pub struct Graph<T: Ord + Clone> {
    graph: DiGraph<T, ()>,
    nodes: BTreeMap<T, NodeIndex>,
}

impl<T: Ord + Clone> Graph<T> {
    /// A graph of `things` without any order between them.
    pub fn new(things: impl IntoIterator<Item = T>) -> Graph<T> {
        let mut graph = DiGraph::new();
        let mut nodes = BTreeMap::new();
        for thing in things {
            nodes.entry(thing.clone()).or_insert_with(|| graph.add_node(thing));
        }
        Graph { graph, nodes }
    }

    /// Says that `first` comes before `then`. Things that are not in the graph are ignored: an
    /// order is asked for between what stands, and what does not stand waits for nothing.
    pub fn before(&mut self, first: &T, then: &T) {
        if let (Some(&first), Some(&then)) = (self.nodes.get(first), self.nodes.get(then)) {
            self.graph.update_edge(first, then, ());
        }
    }

    /// What `thing` waits for, in order.
    pub fn dependencies(&self, thing: &T) -> Vec<&T> {
        self.neighbours(thing, Direction::Incoming)
    }

    /// What waits for `thing`, in order.
    pub fn dependents(&self, thing: &T) -> Vec<&T> {
        self.neighbours(thing, Direction::Outgoing)
    }

    fn neighbours(&self, thing: &T, direction: Direction) -> Vec<&T> {
        let Some(&node) = self.nodes.get(thing) else { return Vec::new() };
        let mut found: Vec<&T> =
            self.graph.neighbors_directed(node, direction).map(|n| &self.graph[n]).collect();
        found.sort();
        found
    }

    /// The circles: each a set of things that wait for one another, sorted. A thing that waits for
    /// itself is one.
    pub fn cycles(&self) -> Vec<Vec<T>> {
        // Not Tarjan's, which recurses and so ends where a chain is long.
        let mut cycles: Vec<Vec<T>> = kosaraju_scc(&self.graph)
            .into_iter()
            .filter(|part| part.len() > 1 || part.iter().any(|&n| self.graph.contains_edge(n, n)))
            .map(|part| {
                let mut cycle: Vec<T> = part.into_iter().map(|n| self.graph[n].clone()).collect();
                cycle.sort();
                cycle
            })
            .collect();
        cycles.sort();
        cycles
    }

    /// Everything, each after all that it waits for and otherwise smallest first. Things in a
    /// circle, and what waits for them, are left out: see [`Graph::cycles`].
    pub fn order(&self) -> Vec<T> {
        let mut waiting: BTreeMap<NodeIndex, usize> = BTreeMap::new();
        let mut ready: std::collections::BTreeSet<&T> = std::collections::BTreeSet::new();
        for (thing, &node) in &self.nodes {
            let count = self.graph.neighbors_directed(node, Direction::Incoming).count();
            waiting.insert(node, count);
            if count == 0 {
                ready.insert(thing);
            }
        }
        let mut order = Vec::with_capacity(self.nodes.len());
        while let Some(thing) = ready.pop_first() {
            order.push(thing.clone());
            for next in self.dependents(thing) {
                if let Some(count) = self.nodes.get(next).and_then(|node| waiting.get_mut(node)) {
                    *count -= 1;
                    if *count == 0 {
                        ready.insert(next);
                    }
                }
            }
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(edges: &[(u8, u8)], order: &[u8], cycles: &[&[u8]]) {
        let mut graph = Graph::new(edges.iter().flat_map(|&(a, b)| [a, b]));
        for (a, b) in edges {
            graph.before(a, b);
        }
        assert_eq!(graph.order(), order);
        assert_eq!(graph.cycles(), cycles);
    }

    #[test]
    fn order_and_cycles() {
        check(&[(1, 2), (2, 3), (1, 3)], &[1, 2, 3], &[]);
        check(&[(3, 1), (2, 1)], &[2, 3, 1], &[]);
        check(&[(1, 2), (2, 1), (2, 3)], &[], &[&[1, 2]]);
        check(&[(1, 1), (4, 5)], &[4, 5], &[&[1]]);
    }

    #[test]
    fn strangers_are_ignored() {
        let mut graph = Graph::new([1, 2]);
        graph.before(&1, &9);
        assert_eq!(graph.order(), [1, 2]);
    }
}
