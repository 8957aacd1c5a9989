//! Who calls.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use serde_json::{Map, Value, json};

use crate::file::AuthFile;
use crate::hole::Scope;
use crate::spec::{Route, Spec};
use crate::state::State;

/// How far a proof falls short; the one that comes nearest gives the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Short {
    Missing,
    Malformed,
    Wrong,
    Expired,
}

/// Whether one of the route's schemes is satisfied; the error is that of the nearest one.
pub(crate) fn admit(spec: &Spec, state: &State, route: &Route, headers: &HeaderMap) -> Result<(), String> {
    let mut nearest: Option<(Short, &AuthFile)> = None;
    for name in &route.auth {
        let Some(auth) = spec.auth.get(name) else {
            continue;
        };
        match prove(spec, state, name, auth, headers) {
            Ok(()) => return Ok(()),
            Err(short) if nearest.is_none_or(|(nearest, _)| short > nearest) => {
                nearest = Some((short, auth));
            }
            Err(_) => {}
        }
    }
    let Some((short, auth)) = nearest else {
        return Ok(());
    };
    let name = match short {
        Short::Missing => &auth.missing,
        Short::Malformed => auth.malformed.as_ref().unwrap_or(&auth.wrong),
        Short::Wrong => &auth.wrong,
        Short::Expired => auth.expired.as_ref().unwrap_or(&auth.wrong),
    };
    Err(name.get_ref().clone())
}

fn prove(spec: &Spec, state: &State, scheme: &str, auth: &AuthFile, headers: &HeaderMap) -> Result<(), Short> {
    let Some(header) = headers.get(&auth.header) else {
        return Err(Short::Missing);
    };
    let text = header.to_str().map_err(|_| Short::Wrong)?;
    if let Some(basic) = &auth.basic {
        let scope = Scope { roots: demo_roots(spec, scheme), now: state.now(), lookup: &|_, _| None };
        let wanted = (basic.user.render(&scope, None), basic.password.render(&scope, None));
        return if credentials(text) == Some(wanted) { Ok(()) } else { Err(Short::Wrong) };
    }
    let bare = auth.bare.then_some(text);
    let token = text.strip_prefix(auth.prefix.as_str()).or(bare).ok_or(Short::Malformed)?;
    if auth.issued.is_some() {
        return match state.access_tokens.get(token) {
            Some(access) if access.scheme != scheme => Err(Short::Wrong),
            Some(access) if access.expired => Err(Short::Expired),
            Some(_) => Ok(()),
            None => Err(Short::Wrong),
        };
    }
    let secret = auth.secret.as_ref().and_then(|name| {
        let secrets = spec.demo.secrets.get(scheme)?;
        secrets.get(name.get_ref())
    });
    if secret.is_some_and(|secret| secret == token) { Ok(()) } else { Err(Short::Wrong) }
}

/// User and password of basic credentials (RFC 7617).
pub(crate) fn credentials(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// `demo`: the variables, and the secrets of one scheme.
fn demo_roots(spec: &Spec, scheme: &str) -> Map<String, Value> {
    let demo = json!({"variables": spec.demo.variables, "secrets": spec.demo.secrets.get(scheme)});
    Map::from_iter([("demo".to_owned(), demo)])
}
