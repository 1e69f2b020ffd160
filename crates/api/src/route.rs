//! The routes in use: one table.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;

use crate::error::Error;

/// A route by what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Route {
    ExchangeToken,
    MintScopedToken,
    ScopedTokenInfo,
    MintWidgetToken,
    ListWorkspaces,
    WorkspaceStats,
    GetWorkspace,
    UpdateWorkspace,
    DeleteWorkspace,
    CreateTag,
    ListTags,
    RenameTag,
    DeleteTag,
    CreateSourceTemplate,
    ListSourceTemplates,
    GetSourceTemplate,
    UpdateSourceTemplate,
    DeleteSourceTemplate,
    TagSourceTemplate,
    UntagSourceTemplate,
    CreateConnectionTemplate,
    ListConnectionTemplates,
    GetConnectionTemplate,
    UpdateConnectionTemplate,
    DeleteConnectionTemplate,
    TagConnectionTemplate,
    UntagConnectionTemplate,
    CreateConnector,
    ListConnectors,
    GetConnector,
    UpdateConnector,
    DeleteConnector,
    CheckNewConnector,
    CheckConnector,
    CheckStatus,
    ListOrganizationConnectors,
    PutOAuthCredential,
    DeleteOAuthCredential,
    ListSourceDefinitions,
    ListDestinationDefinitions,
    GetSourceDefinition,
    GetDestinationDefinition,
}

const SOURCE: &str = "/integrations/templates/sources/{}";
const CONNECTION: &str = "/integrations/templates/connections/{}";
const CONNECTOR: &str = "/integrations/connectors/{}";

impl Route {
    /// The method, and the path below the base with `{}` for what varies, the present one first and
    /// older names after it (dossier 2.4). Only routes without an id have older names: where there
    /// is one, a 404 may be about it.
    fn forms(self) -> (Method, &'static [&'static str]) {
        match self {
            Route::ExchangeToken => {
                (Method::POST, &["/account/applications/token", "/applications/token"])
            }
            Route::MintScopedToken => {
                (Method::POST, &["/account/applications/scoped-token", "/embedded/scoped-token"])
            }
            Route::ScopedTokenInfo => (
                Method::GET,
                &[
                    "/account/applications/scoped-token/info",
                    "/embedded/scoped-token/info",
                    "/embedded/scoped-token-info",
                    "/embedded/organizations/current-scoped",
                ],
            ),
            Route::MintWidgetToken => (
                Method::POST,
                &[
                    "/account/applications/widget-token",
                    "/embedded/widget-token",
                    "/embedded/widget_token",
                ],
            ),
            Route::ListWorkspaces => (Method::GET, &["/workspaces"]),
            Route::WorkspaceStats => (Method::GET, &["/workspaces/stats"]),
            Route::GetWorkspace => (Method::GET, &["/workspaces/{}"]),
            Route::UpdateWorkspace => (Method::PUT, &["/workspaces/{}"]),
            Route::DeleteWorkspace => (Method::DELETE, &["/workspaces/{}"]),
            Route::CreateTag => (Method::POST, &["/integrations/templates/tags"]),
            Route::ListTags => (Method::GET, &["/integrations/templates/tags"]),
            Route::RenameTag => (Method::PUT, &["/integrations/templates/tags/{}"]),
            Route::DeleteTag => (Method::DELETE, &["/integrations/templates/tags/{}"]),
            Route::CreateSourceTemplate => (Method::POST, &["/integrations/templates/sources"]),
            Route::ListSourceTemplates => (Method::GET, &["/integrations/templates/sources"]),
            Route::GetSourceTemplate => (Method::GET, &[SOURCE]),
            Route::UpdateSourceTemplate => (Method::PATCH, &[SOURCE]),
            Route::DeleteSourceTemplate => (Method::DELETE, &[SOURCE]),
            Route::TagSourceTemplate => {
                (Method::POST, &["/integrations/templates/sources/{}/tags"])
            }
            Route::UntagSourceTemplate => {
                (Method::DELETE, &["/integrations/templates/sources/{}/tags/{}"])
            }
            Route::CreateConnectionTemplate => {
                (Method::POST, &["/integrations/templates/connections"])
            }
            Route::ListConnectionTemplates => {
                (Method::GET, &["/integrations/templates/connections"])
            }
            Route::GetConnectionTemplate => (Method::GET, &[CONNECTION]),
            Route::UpdateConnectionTemplate => (Method::PATCH, &[CONNECTION]),
            Route::DeleteConnectionTemplate => (Method::DELETE, &[CONNECTION]),
            Route::TagConnectionTemplate => {
                (Method::POST, &["/integrations/templates/connections/{}/tags"])
            }
            Route::UntagConnectionTemplate => {
                (Method::DELETE, &["/integrations/templates/connections/{}/tags/{}"])
            }
            Route::CreateConnector => (Method::POST, &["/integrations/connectors"]),
            Route::ListConnectors => (Method::GET, &["/integrations/connectors"]),
            Route::GetConnector => (Method::GET, &[CONNECTOR]),
            Route::UpdateConnector => (Method::PUT, &[CONNECTOR]),
            Route::DeleteConnector => (Method::DELETE, &[CONNECTOR]),
            Route::CheckNewConnector => (Method::POST, &["/integrations/connectors/check"]),
            Route::CheckConnector => (Method::POST, &["/integrations/connectors/{}/check"]),
            Route::CheckStatus => (Method::GET, &["/integrations/connectors/check/{}/status"]),
            Route::ListOrganizationConnectors => (Method::GET, &["/organizations/{}/credentials"]),
            Route::PutOAuthCredential => (Method::PUT, &["/oauth/credentials"]),
            Route::DeleteOAuthCredential => {
                (Method::DELETE, &["/oauth/credentials/connector_type/{}"])
            }
            Route::ListSourceDefinitions => (Method::GET, &["/integrations/definitions/sources"]),
            Route::ListDestinationDefinitions => {
                (Method::GET, &["/integrations/definitions/destinations"])
            }
            Route::GetSourceDefinition => (Method::GET, &["/integrations/definitions/sources/{}"]),
            Route::GetDestinationDefinition => {
                (Method::GET, &["/integrations/definitions/destinations/{}"])
            }
        }
    }

    pub(crate) fn method(self) -> Method {
        self.forms().0
    }

    /// What it is about, as the manifest calls that, and how.
    pub(crate) fn topic(self) -> (&'static str, &'static str) {
        let way = |by_get| if self.method() == Method::GET { by_get } else { "written" };
        match self {
            Route::ExchangeToken | Route::MintWidgetToken => ("tokens", "asked for"),
            Route::ScopedTokenInfo => ("tokens", "looked up"),
            // Minting is what makes a workspace (dossier 2.2).
            Route::MintScopedToken => ("workspaces", "written"),
            Route::ListWorkspaces => ("workspaces", "listed"),
            Route::WorkspaceStats => ("workspaces", "counted"),
            Route::GetWorkspace | Route::UpdateWorkspace | Route::DeleteWorkspace => {
                ("workspaces", way("by id"))
            }
            Route::CreateTag | Route::ListTags | Route::RenameTag | Route::DeleteTag => {
                ("tags", way("listed"))
            }
            Route::ListSourceTemplates => ("source_templates", "listed"),
            Route::CreateSourceTemplate
            | Route::GetSourceTemplate
            | Route::UpdateSourceTemplate
            | Route::DeleteSourceTemplate
            | Route::TagSourceTemplate
            | Route::UntagSourceTemplate => ("source_templates", way("by id")),
            Route::ListConnectionTemplates => ("connection_templates", "listed"),
            Route::CreateConnectionTemplate
            | Route::GetConnectionTemplate
            | Route::UpdateConnectionTemplate
            | Route::DeleteConnectionTemplate
            | Route::TagConnectionTemplate
            | Route::UntagConnectionTemplate => ("connection_templates", way("by id")),
            Route::ListConnectors | Route::ListOrganizationConnectors => ("connectors", "listed"),
            Route::CheckNewConnector | Route::CheckConnector | Route::CheckStatus => {
                ("connectors", "checked")
            }
            Route::CreateConnector
            | Route::GetConnector
            | Route::UpdateConnector
            | Route::DeleteConnector => ("connectors", way("by id")),
            Route::PutOAuthCredential | Route::DeleteOAuthCredential => {
                ("oauth_credentials", "written")
            }
            Route::ListSourceDefinitions | Route::ListDestinationDefinitions => {
                ("definitions", "listed")
            }
            Route::GetSourceDefinition | Route::GetDestinationDefinition => {
                ("definitions", "by id")
            }
        }
    }

    /// The paths to try, in order, with `parameters` in place.
    ///
    /// # Errors
    /// A parameter cannot stand in a path: see [`segment`].
    pub(crate) fn paths(self, parameters: &[String]) -> Result<Vec<String>, Error> {
        let parameters =
            parameters.iter().map(|text| segment(text)).collect::<Result<Vec<_>, _>>()?;
        let fill = |form: &&str| {
            let mut parts = form.split("{}");
            let mut path = parts.next().unwrap_or_default().to_owned();
            for (parameter, part) in parameters.iter().zip(parts) {
                path.push_str(parameter);
                path.push_str(part);
            }
            path
        };
        Ok(self.forms().1.iter().map(fill).collect())
    }
}

/// What may stand in a path segment as it is (RFC 3986, unreserved).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `text` as one segment of a path.
///
/// # Errors
/// It cannot be one: a `/` is two segments to the service's router even when escaped (dossier 3.2),
/// and an empty segment or one of dots is resolved away on the way, so that a call on one tag would
/// hit all of them.
fn segment(text: &str) -> Result<String, Error> {
    if text.is_empty() || text == "." || text == ".." || text.contains('/') {
        return Err(Error::Unaddressable { text: text.to_owned() });
    }
    Ok(utf8_percent_encode(text, ESCAPED).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(route: Route, parameters: &[&str], expected: Option<&[&str]>) {
        let parameters: Vec<String> = parameters.iter().map(|&text| text.to_owned()).collect();
        let paths = route.paths(&parameters).ok();
        assert_eq!(
            paths.as_deref(),
            expected.map(|e| e.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>()).as_deref()
        );
    }

    #[test]
    fn parameters_are_escaped_and_what_cannot_be_is_refused() {
        check(Route::ListTags, &[], Some(&["/integrations/templates/tags"]));
        check(
            Route::RenameTag,
            &["pro tier?#%é"],
            Some(&["/integrations/templates/tags/pro%20tier%3F%23%25%C3%A9"]),
        );
        check(
            Route::DeleteOAuthCredential,
            &["Google Ads"],
            Some(&["/oauth/credentials/connector_type/Google%20Ads"]),
        );
        check(
            Route::UntagSourceTemplate,
            &["5e1f", "a.b"],
            Some(&["/integrations/templates/sources/5e1f/tags/a.b"]),
        );
        check(
            Route::MintScopedToken,
            &[],
            Some(&["/account/applications/scoped-token", "/embedded/scoped-token"]),
        );
        for bad in ["", ".", "..", "a/b"] {
            check(Route::DeleteTag, &[bad], None);
        }
    }
}
