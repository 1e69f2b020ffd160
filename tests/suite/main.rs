//! The acceptance tests: one binary, so that the program is linked once.

#[cfg(test)]
mod action;
#[cfg(test)]
mod architecture;
#[cfg(test)]
mod bucket;
#[cfg(test)]
mod canary;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod counts;
#[cfg(test)]
mod crashes;
#[cfg(test)]
mod disk;
#[cfg(test)]
mod every_route;
#[cfg(test)]
mod guide;
#[cfg(test)]
mod page;
#[cfg(test)]
mod program;
#[cfg(test)]
mod scenarios;
#[cfg(test)]
mod shell;
#[cfg(test)]
mod storm;
#[cfg(test)]
mod wire;
