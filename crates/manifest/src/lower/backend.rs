//! From a backend as written to a place in a bucket.

use model::backend::{Bucket, Service};

use crate::syntax::backend::{Azure, Backend, Gcs, S3};
use crate::syntax::{Field, Flag, Text};

/// What a state is called that has no `key`.
const KEY: &str = "airform.state.json";

/// The place. `None` where something was wrong with it, which has been said.
pub(crate) fn bucket(backend: Backend) -> Option<Bucket> {
    let Backend { s3, gcs, azure } = backend;
    let (service, name, key, endpoint) = match (s3, gcs, azure) {
        (Field::Given(s3), Field::Absent, Field::Absent) => {
            let S3 { bucket, key, region, endpoint, path_style } = s3.value;
            let path_style = path_style.value().is_some_and(|Flag(flag)| *flag);
            (Service::S3 { region: text(region), path_style }, bucket, key, endpoint)
        }
        (Field::Absent, Field::Given(gcs), Field::Absent) => {
            let Gcs { bucket, key, endpoint } = gcs.value;
            (Service::Gcs, bucket, key, endpoint)
        }
        (Field::Absent, Field::Absent, Field::Given(azure)) => {
            let Azure { account, container, key, endpoint } = azure.value;
            (Service::Azure { account: text(account)? }, container, key, endpoint)
        }
        _ => return None,
    };
    let key = text(key).unwrap_or_else(|| KEY.to_owned());
    Some(Bucket { service, name: text(name)?, key, endpoint: text(endpoint) })
}

fn text(field: Field<Text>) -> Option<String> {
    match field {
        Field::Given(given) => Some(given.value.0),
        Field::Absent | Field::Bad => None,
    }
}
