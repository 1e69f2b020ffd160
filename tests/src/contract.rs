//! Requests and answers, held against our description of the API.

mod operation;
mod shape;

use std::collections::BTreeMap;
use std::path::Path;

use emulator::Exchange;
use serde_json::Value;

pub use shape::{Shape, shapes};

use crate::Error;
use operation::Operation;

/// Where the description is, from this package.
pub const DESCRIPTION: &str = "../schema/embedded-api.openapi.yaml";

/// Our description of the API, ready to check with.
#[derive(Debug)]
pub struct Contract {
    document: Value,
    operations: Vec<Operation>,
}

impl Contract {
    /// The description of this repository.
    ///
    /// # Errors
    /// It cannot be read, is no OpenAPI, or one of its schemas is none.
    pub fn ours() -> Result<Contract, Error> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(DESCRIPTION);
        let document = serde_saphyr::from_str(&std::fs::read_to_string(path)?)?;
        Contract::of(document)
    }

    /// The description that is `document`.
    ///
    /// # Errors
    /// It is no OpenAPI, or one of its schemas is none.
    pub fn of(document: Value) -> Result<Contract, Error> {
        let operations = operation::all(&document)?;
        Ok(Contract { document, operations })
    }

    /// The description itself.
    #[must_use]
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// Every operation, as method and path.
    pub fn operations(&self) -> impl Iterator<Item = (&str, &str)> {
        self.operations.iter().map(|operation| (operation.method.as_str(), operation.path.as_str()))
    }

    /// What is wrong with an exchange, one line for each complaint. None: it is as described.
    #[must_use]
    pub fn check(&self, exchange: &Exchange) -> Vec<String> {
        let mut problems = Vec::new();
        match self.operation(exchange) {
            None => problems.push("no such operation".to_owned()),
            Some((operation, parameters)) => {
                if exchange.route != Some(operation.path.as_str()) {
                    let route = exchange.route.unwrap_or("nothing");
                    problems.push(format!("{} is described, but {route} took it", operation.path));
                }
                operation.check_request(exchange, &parameters, &mut problems);
                operation.check_answer(exchange, &mut problems);
            }
        }
        let Exchange { number, method, path, .. } = exchange;
        problems.iter().map(|problem| format!("#{number} {method} {path}: {problem}")).collect()
    }

    /// The operation that an exchange asks for, with what stands for the braces in its path. One
    /// whose path has fewer braces goes before one with more, as `/workspaces/stats` does.
    fn operation(&self, exchange: &Exchange) -> Option<(&Operation, BTreeMap<String, String>)> {
        self.operations
            .iter()
            .filter(|operation| operation.method == exchange.method)
            .filter_map(|operation| Some((operation, operation.matches(&exchange.path)?)))
            .min_by_key(|(_, parameters)| parameters.len())
    }
}
