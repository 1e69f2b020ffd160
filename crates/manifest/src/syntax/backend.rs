//! `backend:`.

use schemars::JsonSchema;

use super::{Field, Fields, Flag, Record, Text};
use crate::context::Context;
use crate::diagnostic::Diagnostic;

/// The bucket that the state is kept in, for teams and for runners that keep no disk. Exactly one of
/// its fields. Credentials are read from the environment, under the names of the service's tools.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "backend", extend("minProperties" = 1, "maxProperties" = 1))]
pub(crate) struct Backend {
    /// Amazon S3, or whatever speaks like it and keeps to conditional writes.
    pub(crate) s3: Field<S3>,
    /// Google Cloud Storage.
    pub(crate) gcs: Field<Gcs>,
    /// Azure Blob Storage.
    pub(crate) azure: Field<Azure>,
}

/// A place in Amazon S3, or in whatever speaks like it.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "s3", extend("required" = ["bucket"]))]
pub(crate) struct S3 {
    /// What the bucket is called.
    pub(crate) bucket: Field<Text>,
    /// The name of the state in it. Default: `airform.state.json`.
    pub(crate) key: Field<Text>,
    /// The bucket's region. Default: what `AWS_REGION` says.
    pub(crate) region: Field<Text>,
    /// Another server: scheme, host and perhaps a port, such as `https://minio.example.com`.
    pub(crate) endpoint: Field<Text>,
    /// Whether the bucket's name stands in the path of requests, as many servers want it, and not in
    /// their host. Default: `false`.
    pub(crate) path_style: Field<Flag>,
}

/// A place in Google Cloud Storage.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "gcs", extend("required" = ["bucket"]))]
pub(crate) struct Gcs {
    /// What the bucket is called.
    pub(crate) bucket: Field<Text>,
    /// The name of the state in it. Default: `airform.state.json`.
    pub(crate) key: Field<Text>,
    /// Another server: scheme, host and perhaps a port.
    pub(crate) endpoint: Field<Text>,
}

/// A place in Azure Blob Storage.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "azure", extend("required" = ["account", "container"]))]
pub(crate) struct Azure {
    /// The storage account.
    pub(crate) account: Field<Text>,
    /// What the container is called.
    pub(crate) container: Field<Text>,
    /// The name of the state in it. Default: `airform.state.json`.
    pub(crate) key: Field<Text>,
    /// Another server: scheme, host and perhaps a port.
    pub(crate) endpoint: Field<Text>,
}

const AWS: &str = "credentials never stand in a manifest: set AWS_ACCESS_KEY_ID and \
                   AWS_SECRET_ACCESS_KEY, or run where a role is given";
const GOOGLE: &str =
    "credentials never stand in a manifest: set GOOGLE_APPLICATION_CREDENTIALS to their file";
const AZURE: &str = "credentials never stand in a manifest: set AZURE_STORAGE_KEY, \
                     AZURE_STORAGE_SAS_TOKEN, or AZURE_CLIENT_ID, AZURE_TENANT_ID and \
                     AZURE_CLIENT_SECRET";

impl Record for Backend {
    const NOUN: &'static str = "a backend";

    const FOREIGN: &'static [(&'static str, &'static str)] = &[
        ("file", "a file is the default: leave `backend:` out, and say `--state` for another"),
        ("local", "a file is the default: leave `backend:` out, and say `--state` for another"),
        ("azurerm", "say `azure:`"),
    ];

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> Backend {
        let backend = Backend {
            s3: fields.take("s3", cx),
            gcs: fields.take("gcs", cx),
            azure: fields.take("azure", cx),
        };
        let Backend { s3, gcs, azure } = &backend;
        let given = [s3.is_mentioned(), gcs.is_mentioned(), azure.is_mentioned()];
        if given.into_iter().filter(|given| *given).count() != 1 {
            cx.complain(
                Diagnostic::error(
                    "manifest::backend",
                    "a backend is one of `s3`, `gcs` or `azure`",
                )
                .at(fields.span, "not exactly one")
                .help("such as `backend: {s3: {bucket: acme-airform}}`"),
            );
        }
        backend
    }
}

impl Record for S3 {
    const NOUN: &'static str = "an s3 backend";

    const FOREIGN: &'static [(&'static str, &'static str)] = &[
        ("access_key", AWS),
        ("access_key_id", AWS),
        ("secret_key", AWS),
        ("secret_access_key", AWS),
        ("session_token", AWS),
        ("token", AWS),
        ("profile", AWS),
        ("dynamodb_table", "nothing beside the bucket is needed: the lock is in it"),
        ("use_lockfile", "the state is always locked"),
        ("use_path_style", "say `path_style:`"),
    ];

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> S3 {
        S3 {
            bucket: fields.need("bucket", Self::NOUN, cx),
            key: fields.take("key", cx),
            region: fields.take("region", cx),
            endpoint: fields.take("endpoint", cx),
            path_style: fields.take("path_style", cx),
        }
    }
}

impl Record for Gcs {
    const NOUN: &'static str = "a gcs backend";

    const FOREIGN: &'static [(&'static str, &'static str)] = &[
        ("credentials", GOOGLE),
        ("access_token", GOOGLE),
        ("service_account", GOOGLE),
        ("prefix", "say `key:`, with the whole name"),
    ];

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> Gcs {
        Gcs {
            bucket: fields.need("bucket", Self::NOUN, cx),
            key: fields.take("key", cx),
            endpoint: fields.take("endpoint", cx),
        }
    }
}

impl Record for Azure {
    const NOUN: &'static str = "an azure backend";

    const FOREIGN: &'static [(&'static str, &'static str)] = &[
        ("access_key", AZURE),
        ("sas_token", AZURE),
        ("client_id", AZURE),
        ("client_secret", AZURE),
        ("tenant_id", AZURE),
        ("storage_account_name", "say `account:`"),
        ("container_name", "say `container:`"),
        ("bucket", "Azure says `container:`"),
    ];

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> Azure {
        Azure {
            account: fields.need("account", Self::NOUN, cx),
            container: fields.need("container", Self::NOUN, cx),
            key: fields.take("key", cx),
            endpoint: fields.take("endpoint", cx),
        }
    }
}
