//! The emulator over HTTP: every rule and oddity of the dossier that it holds, each under a test of
//! its own.

// Clippy lets tests unwrap, and helpers of tests only inside a module marked like this.
#[cfg(test)]
mod connection_template;
#[cfg(test)]
mod connector;
#[cfg(test)]
mod connector_check;
#[cfg(test)]
mod definition;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod oauth_credential;
#[cfg(test)]
mod organization;
#[cfg(test)]
mod source_template;
#[cfg(test)]
mod tag;
#[cfg(test)]
mod token;
#[cfg(test)]
mod transport;
#[cfg(test)]
mod workspace;
