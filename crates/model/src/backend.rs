//! Where a state is kept, as a manifest says it.

/// A place in a bucket. How to get in is nowhere here: credentials stand in the environment, under
/// the names that the service's own tools read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// Whose it is.
    pub service: Service,
    /// What it is called. Azure says container.
    pub name: String,
    /// The name of the state in it, such as `prod/airform.state.json`. What belongs to it has names
    /// that begin with this one.
    pub key: String,
    /// Scheme, host and perhaps a port, where it is not the service's own.
    pub endpoint: Option<String>,
}

/// Whose a bucket is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Service {
    /// Amazon S3, or whatever speaks like it.
    S3 {
        /// The region.
        region: Option<String>,
        /// The bucket's name stands in the path of requests, not in their host.
        path_style: bool,
    },
    /// Google Cloud Storage.
    Gcs,
    /// Azure Blob Storage.
    Azure {
        /// The storage account.
        account: String,
    },
}

impl Bucket {
    /// How people write the place: `s3://acme/prod/airform.state.json`.
    pub fn url(&self) -> String {
        let Bucket { service, name, key, endpoint: _ } = self;
        match service {
            Service::S3 { .. } => format!("s3://{name}/{key}"),
            Service::Gcs => format!("gs://{name}/{key}"),
            Service::Azure { account } => format!("az://{account}/{name}/{key}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_as_people_write_them() {
        let s3 = Service::S3 { region: None, path_style: true };
        let azure = Service::Azure { account: "acct".to_owned() };
        for (service, url) in [
            (s3, "s3://b/a/s.json"),
            (Service::Gcs, "gs://b/a/s.json"),
            (azure, "az://acct/b/a/s.json"),
        ] {
            let (name, key) = ("b".to_owned(), "a/s.json".to_owned());
            assert_eq!(Bucket { service, name, key, endpoint: None }.url(), url);
        }
    }
}
