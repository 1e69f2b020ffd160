//! One request, and one answer or one fault. Nothing is repeated here.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, HeaderValue, RETRY_AFTER};
use reqwest::{Certificate, Method, Url, redirect};
use secrecy::{ExposeSecret, SecretString};

use crate::error::Error;
use crate::rate::{self, Allowance};
use crate::settings::Limits;

/// A server that has not taken a connection by then is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const ORGANIZATION: &str = "X-Organization-Id";
const REQUEST_ID: &str = "X-Request-Id";
const LIMIT: &str = "X-RateLimit-Limit";
const REMAINING: &str = "X-RateLimit-Remaining";
const RESET: &str = "X-RateLimit-Reset";

/// The connections to one host.
#[derive(Debug)]
pub(crate) struct Transport {
    http: reqwest::Client,
    /// Without a slash at the end.
    base: Url,
    /// How much is read of an answer, and for how long.
    limits: Limits,
}

/// A request in full.
#[derive(Debug)]
pub(crate) struct Outgoing<'a> {
    pub(crate) method: Method,
    /// Below the base, escaped.
    pub(crate) path: &'a str,
    pub(crate) query: &'a [(&'static str, String)],
    /// JSON text.
    pub(crate) body: Option<&'a str>,
    pub(crate) bearer: Option<&'a SecretString>,
    pub(crate) organization: Option<&'a str>,
    pub(crate) timeout: Duration,
}

/// An answer in full.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) status: u16,
    /// How long the service asks us to stay away.
    pub(crate) retry_after: Option<Duration>,
    /// What is left of the service's limit.
    pub(crate) allowance: Allowance,
    pub(crate) request_id: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Fault {
    /// There was no connection, so the request was never sent.
    NotSent(String),
    /// The request may have been carried out; its answer did not come or broke off.
    Lost(String),
    /// The answer is larger than any that makes sense.
    TooLarge {
        /// The bytes that are read at most.
        largest: usize,
    },
}

impl Transport {
    /// # Errors
    /// `base` is no address that a token may be sent to, `authorities` are no certificates, or TLS
    /// cannot be set up.
    pub(crate) fn new(
        base: &str,
        authorities: Option<&[u8]>,
        limits: Limits,
    ) -> Result<Transport, Error> {
        let base = checked_base(base)?;
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("airform/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT);
        if base.scheme() == "http" {
            // This machine: no proxy stands between, and no certificates are needed, so that a
            // sandbox runs on a machine that has none.
            http = http.no_proxy().tls_backend_preconfigured(no_certificates()?);
        } else {
            // Whoever installed one first has the say; both are as good.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        // Where none are needed, wrong ones are still worth a word.
        let authorities = authorities.map(certificates).transpose()?.unwrap_or_default();
        let has_authorities = !authorities.is_empty();
        if base.scheme() == "https" {
            http = http.tls_certs_merge(authorities);
        }
        let http = http.build().map_err(|error| {
            let why = format!("TLS cannot be set up: {}", explain(error));
            if has_authorities { Error::Authorities(why) } else { Error::Settings(why) }
        })?;
        Ok(Transport { http, base, limits })
    }

    /// Scheme, host and port, without a default port.
    pub(crate) fn host(&self) -> String {
        self.base.origin().ascii_serialization()
    }

    pub(crate) async fn send(&self, outgoing: Outgoing<'_>) -> Result<Incoming, Fault> {
        let Outgoing { method, path, query, body, bearer, organization, timeout } = outgoing;
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let timeout = timeout.min(self.limits.wait);
        let mut request = self.http.request(method, url).timeout(timeout).header(ACCEPT, JSON);
        if let Some(bearer) = bearer {
            let text = format!("Bearer {}", bearer.expose_secret());
            let mut value = HeaderValue::from_str(&text)
                .map_err(|_| Fault::NotSent("the token is not a header value".to_owned()))?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        if let Some(organization) = organization {
            request = request.header(ORGANIZATION, organization);
        }
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, JSON).body(body.to_owned());
        }
        let mut response = request.send().await.map_err(fault)?;
        let header = |name: &str| response.headers().get(name)?.to_str().ok();
        let retry_after = header(RETRY_AFTER.as_str())
            .and_then(|value| rate::retry_after(value, header(DATE.as_str())));
        let allowance =
            rate::allowance(header(LIMIT), header(REMAINING), header(RESET), header(DATE.as_str()));
        let request_id = header(REQUEST_ID).map(str::to_owned);
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(fault)? {
            // What is counted is unpacked: a small answer can unpack to any size.
            if body.len() + chunk.len() > self.limits.answer {
                return Err(Fault::TooLarge { largest: self.limits.answer });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Incoming { status, retry_after, allowance, request_id, body })
    }
}

fn fault(error: reqwest::Error) -> Fault {
    if error.is_connect() || error.is_builder() {
        Fault::NotSent(explain(error))
    } else {
        Fault::Lost(explain(error))
    }
}

/// The error with its causes. The address is left out: it is said elsewhere, and its query may hold
/// names of customers.
fn explain(error: reqwest::Error) -> String {
    let timed_out = error.is_timeout();
    let error = error.without_url();
    let mut text = if timed_out { "timed out".to_owned() } else { error.to_string() };
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause.filter(|_| !timed_out) {
        let said = error.to_string();
        // Each layer tends to repeat the one below.
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        cause = error.source();
    }
    text
}

/// The address, if a token may be sent to it.
fn checked_base(text: &str) -> Result<Url, Error> {
    let refuse = |why: &str| Err(Error::Settings(format!("the API address is refused: {why}")));
    let Ok(url) = Url::parse(text) else { return refuse("it is not a URL") };
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("it holds a user name or password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("it holds a query or fragment");
    }
    let host = url.host_str().unwrap_or_default();
    let ip = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let is_loopback = host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback());
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback => Ok(url),
        "http" => refuse("plain http would show the token to everybody on the way; use https"),
        _ => refuse("it is neither https nor http"),
    }
}

/// The certificates in a PEM file.
fn certificates(pem: &[u8]) -> Result<Vec<Certificate>, Error> {
    let refuse = |why: &str| Err(Error::Authorities(format!("it holds {why}")));
    match Certificate::from_pem_bundle(pem) {
        Ok(found) if found.is_empty() => {
            refuse("no certificate: a PEM file has lines `-----BEGIN CERTIFICATE-----`")
        }
        Ok(found) => Ok(found),
        Err(_) => refuse("a certificate that cannot be read"),
    }
}

fn no_certificates() -> Result<rustls::ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map(|config| {
            config.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth()
        })
        .map_err(|error| Error::Settings(format!("TLS cannot be set up: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(base: &str, host: Option<&str>) {
        assert_eq!(
            Transport::new(base, None, Limits::default()).ok().map(|t| t.host()).as_deref(),
            host,
            "{base}"
        );
    }

    #[test]
    fn tokens_go_over_https_or_to_this_machine() {
        check("https://api.airbyte.ai/api/v1", Some("https://api.airbyte.ai"));
        check("https://api.airbyte.ai:443/api/v1/", Some("https://api.airbyte.ai"));
        check("https://API.airbyte.ai:8443", Some("https://api.airbyte.ai:8443"));
        check("http://127.0.0.1:8080/api/v1", Some("http://127.0.0.1:8080"));
        check("http://localhost:1", Some("http://localhost:1"));
        check("http://[::1]:9/api/v1", Some("http://[::1]:9"));
        for refused in [
            "http://api.airbyte.ai/api/v1",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "ftp://127.0.0.1",
            "https://user:pass@api.airbyte.ai",
            "https://api.airbyte.ai/api/v1?x=1",
            "https://api.airbyte.ai/api/v1#x",
            "api.airbyte.ai",
            "",
        ] {
            check(refused, None);
        }
    }
}
