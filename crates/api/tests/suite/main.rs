//! The client against the emulator, which was written from the same dossier by somebody else.

#[cfg(test)]
mod bench;
#[cfg(test)]
mod connectors;
#[cfg(test)]
mod contradicted;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod lost;
#[cfg(test)]
mod million;
#[cfg(test)]
mod oauth_credentials;
#[cfg(test)]
mod perform;
#[cfg(test)]
mod refresh;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod session;
#[cfg(test)]
mod token;
#[cfg(test)]
mod waits;
