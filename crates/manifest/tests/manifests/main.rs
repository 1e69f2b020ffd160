//! Manifests from text to what comes of them, through the crate's front door.

#[cfg(test)]
mod bad;
#[cfg(test)]
mod good;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod support;
