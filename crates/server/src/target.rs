//! What a path names: a unified resource, and a record of it.

use percent_encoding::percent_decode_str;

use crate::http::problem::Problem;

/// What a path below `/unified` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// `/unified/{model}/{resource}/{id}`
    Record {
        /// `model/resource`
        resource: String,
        /// The id, decoded.
        id: String,
    },
    /// `/unified/{model}/{resource}/{integration}/meta/{method}`
    Meta {
        /// `model/resource`
        resource: String,
        /// The provider.
        integration: String,
        /// The method.
        method: String,
    },
}

impl Target {
    /// Reads a path. It is split before it is decoded, so that an id may hold an encoded `/`.
    pub(crate) fn of(path: &str) -> Result<Target, Problem> {
        let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let decoded = |text: &str| {
            let decoded = percent_decode_str(text).decode_utf8().map_err(|_| Problem::malformed_path());
            decoded.map(std::borrow::Cow::into_owned)
        };
        match segments.as_slice() {
            ["unified", model, resource, id] => {
                Ok(Target::Record { resource: format!("{}/{}", decoded(model)?, decoded(resource)?), id: decoded(id)? })
            }
            ["unified", model, resource, integration, "meta", method] => Ok(Target::Meta {
                resource: format!("{}/{}", decoded(model)?, decoded(resource)?),
                integration: decoded(integration)?,
                method: decoded(method)?,
            }),
            _ => Err(Problem::unknown_route(path)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::problem::Code;

    fn record(id: &str) -> Target {
        Target::Record { resource: "crm/leads".to_owned(), id: id.to_owned() }
    }

    #[test]
    fn a_path_is_split_before_it_is_decoded() {
        let of = |path: &str| Target::of(path).map_err(|problem| problem.code());
        assert_eq!(of("/unified/crm/leads/a%2Fb"), Ok(record("a/b")));
        assert_eq!(of("//unified/crm/leads/a%20b"), Ok(record("a b")));
        assert_eq!(of("/unified/crm/leads/"), Ok(record("")));
        assert_eq!(of("/unified/crm/leads/%2E%2e"), Ok(record("..")));
        assert_eq!(of("/unified/crm/leads/%ff"), Err(Code::MalformedPath));
        assert_eq!(of("/unified/crm/leads"), Err(Code::UnknownRoute));
        assert_eq!(of("/unified/crm/leads/a/b"), Err(Code::UnknownRoute));
        assert_eq!(
            of("/unified/crm/leads/acme/meta/update"),
            Ok(Target::Meta {
                resource: "crm/leads".to_owned(),
                integration: "acme".to_owned(),
                method: "update".to_owned()
            })
        );
    }
}
