//! Issuing tokens (OAuth 2.0, RFC 6749 sections 4.1, 4.4 and 6).

use serde_json::{Map, Value, json};

use crate::actions::Turn;
use crate::auth::credentials;
use crate::file::Situation;
use crate::hole::Scope;
use crate::state::Access;
use crate::step::{Client, Grant, TokenFile};
use crate::violation::Stop;

impl Turn<'_> {
    /// Gives an access token for a good refresh token, for a code or for the client itself.
    pub(super) fn token(&mut self, token: &TokenFile) -> Result<(), Stop> {
        let scheme = token.scheme.get_ref();
        let text = |key: &str| self.body.get(key).and_then(Value::as_str).map(str::to_owned);
        let grant = match text("grant_type").as_deref() {
            Some("refresh_token") => Grant::RefreshToken,
            Some("client_credentials") => Grant::ClientCredentials,
            Some("authorization_code") => Grant::AuthorizationCode,
            _ => return Err(self.stop(Situation::BadGrant)),
        };
        if !token.grants.contains(&grant) {
            return Err(self.stop(Situation::BadGrant));
        }
        let in_body = || text("client_id").zip(text("client_secret"));
        let in_header = || {
            let header = self.headers.get(http::header::AUTHORIZATION)?;
            header.to_str().ok().and_then(credentials)
        };
        let given = match token.client {
            Client::Body => in_body(),
            Client::Basic => in_header(),
            Client::Any => in_header().or_else(in_body),
        };
        let secret = |name: &str| {
            let secrets = self.spec.demo.secrets.get(scheme)?;
            secrets.get(name).cloned()
        };
        let wanted = secret("client_id").zip(secret("client_secret"));
        if given.is_none() || given != wanted {
            return Err(self.stop(Situation::BadClient));
        }
        let old = text("refresh_token");
        if grant == Grant::RefreshToken {
            let good =
                old.as_ref().and_then(|old| self.state.refresh_tokens.get(old)).is_some_and(|known| known == scheme);
            if !good {
                return Err(self.stop(Situation::BadRefresh));
            }
        }
        if grant == Grant::AuthorizationCode {
            let code = text("code").filter(|_| text("redirect_uri").is_some()).unwrap_or_default();
            // A code is good once.
            if self.state.codes.get(&code).is_none_or(|known| known != scheme) {
                return Err(self.stop(Situation::BadRefresh));
            }
            self.state.codes.remove(&code);
        }
        self.issue(token, grant, old);
        Ok(())
    }

    fn issue(&mut self, token: &TokenFile, grant: Grant, old: Option<String>) {
        let scheme = token.scheme.get_ref();
        self.state.tokens = self.state.tokens.saturating_add(1);
        let scope = Scope {
            roots: Map::from_iter([("token".to_owned(), json!({"number": self.state.tokens}))]),
            now: self.state.now(),
            lookup: &|_, _| None,
        };
        let access = token.access.render(&scope, None);
        let refresh = match (grant, old) {
            (Grant::ClientCredentials, _) => None,
            (Grant::AuthorizationCode, _) => {
                let fresh = token.refresh.render(&scope, None);
                self.state.refresh_tokens.insert(fresh.clone(), scheme.clone());
                Some(fresh)
            }
            (Grant::RefreshToken, old) if token.rotates => {
                let fresh = token.refresh.render(&scope, None);
                if let Some(old) = old {
                    self.state.refresh_tokens.remove(&old);
                }
                self.state.refresh_tokens.insert(fresh.clone(), scheme.clone());
                Some(fresh)
            }
            (Grant::RefreshToken, old) => old,
        };
        self.state.access_tokens.insert(access.clone(), Access { scheme: scheme.clone(), expired: false });
        let root = json!({"access": access, "refresh": refresh, "number": self.state.tokens});
        self.roots.insert("token".to_owned(), root);
    }
}
