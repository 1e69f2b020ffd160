//! From what a manifest says to a bucket.

use std::sync::Arc;
use std::time::Duration;

use model::backend::{Bucket as Asked, Service};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::client::{HttpClient, HttpConnector};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::path::Path as Key;
use object_store::{BackoffConfig, ClientOptions, RetryConfig};

use super::remote::Bucket;
use crate::error::Error;

/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a request may take. Shorter than a lease, so that one that hangs does not cost it.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The variables that Amazon's tools read. Its files of profiles are not.
const AWS: &[(&str, AmazonS3ConfigKey)] = &[
    ("AWS_DEFAULT_REGION", AmazonS3ConfigKey::DefaultRegion),
    ("AWS_REGION", AmazonS3ConfigKey::Region),
    ("AWS_ACCESS_KEY_ID", AmazonS3ConfigKey::AccessKeyId),
    ("AWS_SECRET_ACCESS_KEY", AmazonS3ConfigKey::SecretAccessKey),
    ("AWS_SESSION_TOKEN", AmazonS3ConfigKey::Token),
    ("AWS_WEB_IDENTITY_TOKEN_FILE", AmazonS3ConfigKey::WebIdentityTokenFile),
    ("AWS_ROLE_ARN", AmazonS3ConfigKey::RoleArn),
    ("AWS_ROLE_SESSION_NAME", AmazonS3ConfigKey::RoleSessionName),
    ("AWS_ENDPOINT_URL_STS", AmazonS3ConfigKey::StsEndpoint),
    ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", AmazonS3ConfigKey::ContainerCredentialsRelativeUri),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", AmazonS3ConfigKey::ContainerCredentialsFullUri),
    ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", AmazonS3ConfigKey::ContainerAuthorizationTokenFile),
];

/// The variable that Google's tools read.
const GOOGLE: &[(&str, GoogleConfigKey)] =
    &[("GOOGLE_APPLICATION_CREDENTIALS", GoogleConfigKey::ApplicationCredentials)];

/// The variables that Azure's tools read.
const AZURE: &[(&str, AzureConfigKey)] = &[
    ("AZURE_STORAGE_KEY", AzureConfigKey::AccessKey),
    ("AZURE_STORAGE_SAS_TOKEN", AzureConfigKey::SasKey),
    ("AZURE_CLIENT_ID", AzureConfigKey::ClientId),
    ("AZURE_CLIENT_SECRET", AzureConfigKey::ClientSecret),
    ("AZURE_TENANT_ID", AzureConfigKey::AuthorityId),
    ("AZURE_AUTHORITY_HOST", AzureConfigKey::AuthorityHost),
    ("AZURE_FEDERATED_TOKEN_FILE", AzureConfigKey::FederatedTokenFile),
    ("IDENTITY_ENDPOINT", AzureConfigKey::MsiEndpoint),
];

/// What is refused for the moment (429, 5xx) is asked for again, for a few seconds in all: a walk
/// waits meanwhile, and its lease runs.
fn retries() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(2),
            base: 2.0,
        },
        max_retries: 4,
        retry_timeout: Duration::from_secs(10),
    }
}

/// The bucket that is asked for, and the name of the state in it.
pub(super) fn connect(
    asked: &Asked,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<(Bucket, Key), Error> {
    let no = |why: String| Error::NoBucket { path: asked.url().into(), why };
    let key = Key::parse(&asked.key).map_err(|error| no(error.to_string()))?;
    if key.as_ref().is_empty() {
        return Err(no("the state's key in it is empty".to_owned()));
    }
    let variables: Vec<(String, String)> = variables.into_iter().collect();
    // As the service's own tools have it, a variable may name the server, too.
    let endpoint = asked.endpoint.clone().or_else(|| {
        let names: &[&str] = match asked.service {
            Service::S3 { .. } => &["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"],
            Service::Gcs => &[],
            Service::Azure { .. } => &[],
        };
        let find = |name: &&str| variables.iter().find(|(given, _)| given == *name);
        names.iter().find_map(find).map(|(_, value)| value.clone())
    });
    let plain = match &endpoint {
        Some(endpoint) => is_plain(endpoint).map_err(no)?,
        None => false,
    };
    let connector = Connector { plain };
    let built: object_store::Result<Bucket> = match &asked.service {
        Service::S3 { region, path_style } => {
            let mut builder = AmazonS3Builder::new();
            for (key, value) in settings(AWS, &variables) {
                builder = builder.with_config(key, value);
            }
            builder = builder
                .with_bucket_name(&asked.name)
                .with_virtual_hosted_style_request(!path_style)
                .with_retry(retries())
                .with_allow_http(plain)
                .with_http_connector(connector);
            if let Some(region) = region {
                builder = builder.with_region(region);
            }
            if let Some(endpoint) = endpoint {
                builder = builder.with_config(
                    AmazonS3ConfigKey::S3Endpoint,
                    hosted(&endpoint, &asked.name, *path_style),
                );
            }
            builder.build().map(|store| Arc::new(store) as Bucket)
        }
        Service::Gcs => {
            let mut builder = GoogleCloudStorageBuilder::new();
            for (key, value) in settings(GOOGLE, &variables) {
                builder = builder.with_config(key, value);
            }
            if let Some(endpoint) = &endpoint {
                builder = builder.with_base_url(endpoint);
            }
            builder
                .with_bucket_name(&asked.name)
                .with_retry(retries())
                .with_client_options(ClientOptions::new().with_allow_http(plain))
                .with_http_connector(connector)
                .build()
                .map(|store| Arc::new(store) as Bucket)
        }
        Service::Azure { account } => {
            let mut builder = MicrosoftAzureBuilder::new();
            for (key, value) in settings(AZURE, &variables) {
                builder = builder.with_config(key, value);
            }
            if let Some(endpoint) = endpoint {
                builder = builder.with_endpoint(endpoint);
            }
            builder
                .with_account(account)
                .with_container_name(&asked.name)
                .with_retry(retries())
                .with_allow_http(plain)
                .with_http_connector(connector)
                .build()
                .map(|store| Arc::new(store) as Bucket)
        }
    };
    // What is wrong with the variables is told without their values.
    Ok((built.map_err(|error| no(error.to_string()))?, key))
}

/// The settings that `variables` hold.
fn settings<'v, K: Copy>(
    known: &'v [(&'v str, K)],
    variables: &'v [(String, String)],
) -> impl Iterator<Item = (K, &'v str)> {
    known.iter().filter_map(|(name, key)| {
        let (_, value) =
            variables.iter().find(|(given, value)| given == name && !value.is_empty())?;
        Some((*key, value.as_str()))
    })
}

/// The client wants the bucket's name in the host that it is given.
fn hosted(endpoint: &str, bucket: &str, path_style: bool) -> String {
    match endpoint.split_once("://") {
        Some((scheme, host)) if !path_style => format!("{scheme}://{bucket}.{host}"),
        _ => endpoint.to_owned(),
    }
}

/// Whether `endpoint` is spoken to without TLS, which only this machine is.
fn is_plain(endpoint: &str) -> Result<bool, String> {
    let url = reqwest::Url::parse(endpoint).map_err(|error| format!("`{endpoint}`: {error}"))?;
    match (url.scheme(), url.host_str()) {
        ("https", Some(_)) => Ok(false),
        ("http", Some("localhost" | "127.0.0.1" | "[::1]")) => Ok(true),
        ("http", Some(_)) => Err(format!(
            "`{endpoint}` is plain http, which only this machine is spoken to by: the state holds \
             the key of all fingerprints"
        )),
        _ => Err(format!("`{endpoint}` is no address of a server: it begins with https://")),
    }
}

/// Makes clients as the rest of the program has them: the same TLS, and no redirects, which would
/// take signed requests elsewhere.
#[derive(Debug)]
struct Connector {
    plain: bool,
}

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let failed = |source: Box<dyn std::error::Error + Send + Sync>| {
            object_store::Error::Generic { store: "HTTP client", source }
        };
        let mut client = reqwest::Client::builder()
            .user_agent(concat!("airform/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .no_gzip()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT);
        let provider = rustls::crypto::ring::default_provider();
        if self.plain {
            // This machine: no proxy stands between, and no certificates are needed.
            let tls = rustls::ClientConfig::builder_with_provider(Arc::new(provider))
                .with_safe_default_protocol_versions()
                .map_err(|error| failed(error.into()))?
                .with_root_certificates(rustls::RootCertStore::empty())
                .with_no_client_auth();
            client = client.no_proxy().tls_backend_preconfigured(tls);
        } else {
            // Whoever installed one first has the say; both are as good.
            let _ = provider.install_default();
        }
        client.build().map(HttpClient::new).map_err(|error| failed(error.into()))
    }
}
