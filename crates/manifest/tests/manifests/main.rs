//! Manifests from text to what comes of them, through the crate's front door.

#[cfg(test)]
mod bad;
#[cfg(test)]
mod good;
#[cfg(test)]
mod many;
#[cfg(test)]
mod place;
#[cfg(test)]
mod robust;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod support;
