//! What comes before what.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};
use std::hash::Hash;

use petgraph::Direction;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

/// Things in an order of dependence. Iteration is by the order of `T`, so equal graphs are walked
/// equally however they were built.
#[derive(Debug, Clone)]
pub struct Graph<T: Ord + Hash + Clone> {
    /// Its nodes are in the order of `T`, so that an index is a rank, and no two things are compared
    /// again. An edge may be there several times: to find out would be to look at all others, of which
    /// a template with ten thousand connectors has many.
    graph: DiGraph<T, ()>,
    nodes: HashMap<T, NodeIndex>,
}

impl<T: Ord + Hash + Clone> Graph<T> {
    /// A graph of `things` without any order between them.
    pub fn new(things: impl IntoIterator<Item = T>) -> Graph<T> {
        let mut things: Vec<T> = things.into_iter().collect();
        things.sort();
        things.dedup();
        let mut graph = DiGraph::with_capacity(things.len(), 0);
        let nodes = things.into_iter().map(|thing| (thing.clone(), graph.add_node(thing)));
        let nodes = nodes.collect();
        Graph { graph, nodes }
    }

    /// Says that `first` comes before `then`. Things that are not in the graph are ignored: an
    /// order is asked for between what stands, and what does not stand waits for nothing.
    pub fn before(&mut self, first: &T, then: &T) {
        if let (Some(&first), Some(&then)) = (self.nodes.get(first), self.nodes.get(then)) {
            self.graph.add_edge(first, then, ());
        }
    }

    /// The circles: each a set of things that wait for one another, sorted. A thing that waits for
    /// itself is one.
    pub fn cycles(&self) -> Vec<Vec<T>> {
        if self.walk().len() == self.graph.node_count() {
            return Vec::new();
        }
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
        self.walk().into_iter().map(|node| self.graph[node].clone()).collect()
    }

    /// The same, each with the positions of what it waits for.
    pub fn ordered(&self) -> impl Iterator<Item = (&T, BTreeSet<usize>)> {
        let order = self.walk();
        let mut positions = vec![None; self.graph.node_count()];
        for (position, node) in order.iter().enumerate() {
            positions[node.index()] = Some(position);
        }
        order.into_iter().map(move |node| {
            let first = self.graph.neighbors_directed(node, Direction::Incoming);
            (&self.graph[node], first.filter_map(|first| positions[first.index()]).collect())
        })
    }

    fn walk(&self) -> Vec<NodeIndex> {
        let mut waiting = vec![0_usize; self.graph.node_count()];
        for edge in self.graph.raw_edges() {
            waiting[edge.target().index()] += 1;
        }
        let free = self.graph.node_indices().filter(|node| waiting[node.index()] == 0);
        let mut ready: BinaryHeap<Reverse<NodeIndex>> = free.map(Reverse).collect();
        let mut order = Vec::with_capacity(waiting.len());
        while let Some(Reverse(node)) = ready.pop() {
            order.push(node);
            for next in self.graph.neighbors(node) {
                let count = &mut waiting[next.index()];
                *count -= 1;
                if *count == 0 {
                    ready.push(Reverse(next));
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
        for (position, (thing, first)) in graph.ordered().enumerate() {
            assert_eq!(*thing, order[position]);
            let wanted = edges.iter().filter(|(_, then)| then == thing);
            let wanted = wanted.filter_map(|(first, _)| order.iter().position(|at| at == first));
            assert_eq!(first, wanted.collect(), "of {thing}");
        }
    }

    #[test]
    fn order_and_cycles() {
        check(&[(1, 2), (2, 3), (1, 3)], &[1, 2, 3], &[]);
        check(&[(3, 1), (2, 1)], &[2, 3, 1], &[]);
        check(&[(1, 2), (1, 2), (2, 3), (1, 2)], &[1, 2, 3], &[]);
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
