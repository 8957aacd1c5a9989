//! Turns `provider.toml` as it is written into a checked [`Provider`].

use regex::Regex;
use serde_json::Value;

use super::{
    Address, Auth, Authorize, Basic, Class, During, Errors, Expires, HostCheck, Limits, Pace, Provider, Refresh, Reset,
    Rule, TokenBody, TokenClient, Unit, WaitFrom, When,
};
use crate::diagnostic::suggest::did_you_mean;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Document, pointer};
use crate::mapping::Origins;
use crate::mapping::table::duration;
use crate::path::{Path, text_of};
use crate::raw::{
    OneOrMany, RawAuth, RawAuthorize, RawChoices, RawClass, RawDuring, RawErrorRule, RawErrors, RawLimits,
    RawProviderFile, RawRefresh, RawReset, RawTokenBody, RawTokenClient, RawUnit, RawVariable,
};
use crate::template::Template;
use crate::variables::{Legal, Variable};

/// The parameters of an authorisation that no mapping states.
const OWN_PARAMETERS: [&str; 7] =
    ["response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method"];

impl Provider {
    /// Resolves the whole file. What cannot be resolved is left out and has its diagnostic.
    pub fn resolve(id: &str, doc: &Document, raw: &RawProviderFile, diagnostics: &mut Diagnostics) -> Provider {
        let mut resolver = Resolver { doc, raw, diagnostics };
        let variables = raw
            .variables
            .iter()
            .filter_map(|(name, raw)| Some((name.clone(), resolver.variable(name, raw, &pointer("/variables", name))?)))
            .collect();
        let base = resolver.address(&raw.provider.base, "/provider/base");
        let headers = raw
            .provider
            .headers
            .iter()
            .filter_map(|(name, text)| {
                Some((name.clone(), resolver.template(text, &[], &pointer("/provider/headers", name))?))
            })
            .collect();
        let auth = raw
            .auth
            .iter()
            .map(|(name, raw)| (name.clone(), resolver.auth(name, raw, &pointer("/auth", name))))
            .collect();
        if raw.auth.is_empty() {
            let place = resolver.doc.key("/auth");
            resolver.error(Code::MissingKey, place, "at least one way of authenticating is stated");
        }
        let limits = resolver.limits(&raw.limits);
        let errors = resolver.errors(&raw.errors);
        Provider {
            id: id.to_owned(),
            label: raw.provider.label.clone(),
            base,
            headers,
            variables,
            auth,
            limits,
            errors,
            origins: Origins::of(doc, &["variables"]),
        }
    }
}

struct Resolver<'a> {
    doc: &'a Document,
    raw: &'a RawProviderFile,
    diagnostics: &'a mut Diagnostics,
}

impl Resolver<'_> {
    fn error(&mut self, code: Code, place: crate::source::Place, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(code, place, message));
    }

    fn variable(&mut self, name: &str, raw: &RawVariable, at: &str) -> Option<Variable> {
        let legal = match (&raw.one_of, &raw.pattern) {
            (Some(_), Some(_)) => {
                let place = self.doc.key(&pointer(at, "pattern"));
                self.error(Code::BadValue, place, "a variable has `one_of` or `pattern`, not both");
                return None;
            }
            (Some(RawChoices::Values(values)), None) => Legal::Values(values.clone()),
            (Some(RawChoices::Rows(rows)), None) => {
                let columns = raw.columns.clone().unwrap_or_default();
                for (row, values) in rows {
                    if values.len() != columns.len() {
                        let place = self.doc.place(&pointer(&pointer(at, "one_of"), row));
                        self.error(
                            Code::BadValue,
                            place,
                            format!("`{row}` has {} values for {} columns", values.len(), columns.len()),
                        );
                    }
                }
                Legal::Rows { columns, rows: rows.clone() }
            }
            (None, Some(pattern)) => {
                if let Ok(regex) = Regex::new(&format!("^(?:{pattern})$")) {
                    Legal::Pattern { text: pattern.clone(), regex }
                } else {
                    let place = self.doc.place(&pointer(at, "pattern"));
                    self.error(Code::BadValue, place, "the pattern is not a regular expression");
                    return None;
                }
            }
            (None, None) => Legal::Any,
        };
        let variable = Variable {
            name: name.to_owned(),
            required: raw.required,
            default: raw.default.clone(),
            legal,
            host: raw.normalize.is_some(),
            find: raw.find.clone(),
        };
        if let Some(default) = &raw.default {
            let declared = [(name.to_owned(), Variable { default: Some(default.clone()), ..variable.clone() })].into();
            let given = [(name.to_owned(), default.clone())].into();
            if let Err(errors) = crate::variables::Bound::new(&declared, &given) {
                let place = self.doc.place(&pointer(at, "default"));
                self.error(Code::BadValue, place, errors.into_iter().map(|e| e.message).collect::<Vec<_>>().join("; "));
            }
        }
        Some(variable)
    }

    fn known(&self, name: &str) -> bool {
        self.raw.variables.contains_key(name)
            || name.split_once('.').is_some_and(|(variable, column)| {
                self.raw
                    .variables
                    .get(variable)
                    .and_then(|v| v.columns.as_ref())
                    .is_some_and(|columns| columns.iter().any(|known| known == column))
            })
    }

    /// Checks that every hole is a variable or one of `further`.
    fn holes(&mut self, template: &Template, further: &[&str], offset: usize, at: &str) {
        for piece in template.pieces() {
            let crate::template::Piece::Hole(name, range) = piece else { continue };
            let secret = name.starts_with("secret.") || name == "token";
            let legal = self.known(name) || further.contains(&name.as_str()) || (secret && further.contains(&"secret"));
            if legal {
                continue;
            }
            let place = self.doc.within(at, offset + range.start..offset + range.end);
            if secret {
                self.error(
                    Code::SecretMisplaced,
                    place,
                    "a secret stands only in headers, basic credentials and the refresh of `auth`",
                );
            } else {
                let known = did_you_mean(name, self.raw.variables.keys().map(String::as_str));
                self.diagnostics.push(
                    Diagnostic::error(Code::UnknownVariable, place, format!("there is no variable `{name}`"))
                        .with_help(known),
                );
            }
        }
    }

    fn template(&mut self, text: &str, further: &[&str], at: &str) -> Option<Template> {
        match Template::parse(text) {
            Ok(template) => {
                self.holes(&template, further, 0, at);
                Some(template)
            }
            Err(e) => {
                let place = self.doc.within(at, e.range);
                self.error(Code::TemplateSyntax, place, e.message);
                None
            }
        }
    }

    fn address(&mut self, text: &str, at: &str) -> Address {
        self.address_from(text, 0, at)
            .unwrap_or_else(|| Address { host: Template::default(), path: Template::default() })
    }

    fn address_from(&mut self, text: &str, offset: usize, at: &str) -> Option<Address> {
        match Address::parse(text.get(offset..).unwrap_or_default()) {
            Ok(address) => {
                // Holes know their bytes inside host and path; what stands before them is added.
                let host_at = offset + "https://".len();
                let slash = text.get(host_at..).and_then(|rest| rest.find('/')).map_or(text.len(), |i| host_at + i);
                self.holes(&address.host, &[], host_at, at);
                self.holes(&address.path, &[], slash, at);
                self.host(&address.host, host_at, at);
                Some(address)
            }
            Err((message, range)) => {
                let place = self.doc.within(at, offset + range.start..offset + range.end);
                self.error(Code::BadValue, place, message);
                None
            }
        }
    }

    /// A variable in a host has a list of values, or a pattern that cannot leave the host.
    fn host(&mut self, host: &Template, offset: usize, at: &str) {
        let whole = host.sole().is_some();
        for piece in host.pieces() {
            let crate::template::Piece::Hole(name, range) = piece else { continue };
            let variable = name.split_once('.').map_or(name.as_str(), |(variable, _)| variable);
            let Some(raw) = self.raw.variables.get(variable) else { continue };
            let closed = match (&raw.one_of, &raw.pattern) {
                (Some(_), _) => true,
                (None, Some(pattern)) => stays_in_host(pattern) && (!whole || ends_in_domain(pattern)),
                (None, None) => false,
            };
            if !closed {
                let place = self.doc.within(at, offset + range.start..offset + range.end);
                self.diagnostics.push(
                    Diagnostic::error(Code::HostOpenVariable, place, format!("`{name}` stands in a host and may hold anything"))
                        .with_help("give it `one_of`, or a `pattern` of letters, digits, `-` and `\\.`; a pattern for a whole host ends in its domain, as `\\.example\\.com`"),
                );
            }
        }
    }

    fn auth(&mut self, name: &str, raw: &RawAuth, at: &str) -> Auth {
        let headers = raw
            .headers
            .iter()
            .filter_map(|(header, text)| {
                Some((header.clone(), self.template(text, &["secret"], &pointer(&pointer(at, "headers"), header))?))
            })
            .collect();
        let basic = raw.basic.as_ref().and_then(|basic| {
            let at = pointer(at, "basic");
            let user = self.template(&basic.user, &["secret"], &pointer(&at, "user"));
            let password = self.template(&basic.password, &["secret"], &pointer(&at, "password"));
            Some(Basic { user: user?, password: password? })
        });
        if raw.headers.is_empty() && raw.basic.is_none() {
            let place = self.doc.key(at);
            self.error(Code::MissingKey, place, "a way of authenticating has `headers` or `basic`");
        }
        let refresh = raw.refresh.as_ref().and_then(|refresh| self.refresh(refresh, &pointer(at, "refresh")));
        let authorize = raw.authorize.as_ref().and_then(|authorize| {
            let at = pointer(at, "authorize");
            if raw.refresh.is_none() {
                let place = self.doc.key(&at);
                self.error(
                    Code::MissingKey,
                    place,
                    "`authorize` needs `refresh`, which says where a code is exchanged",
                );
            }
            self.authorize(authorize, &at)
        });
        Auth { name: name.to_owned(), headers, basic, refresh, authorize }
    }

    fn authorize(&mut self, raw: &RawAuthorize, at: &str) -> Option<Authorize> {
        let url_at = pointer(at, "url");
        let url = self.address_from(&raw.url, 0, &url_at)?;
        if let Some(start) = raw.url.find(['?', '#']) {
            let place = self.doc.within(&url_at, start..raw.url.len());
            self.error(Code::BadValue, place, "what is asked of the address stands in `scopes` and `parameters`");
        }
        let scopes = self.templates(raw.scopes.as_ref(), &pointer(at, "scopes"));
        let mut parameters = Vec::new();
        for (name, text) in &raw.parameters {
            let at = pointer(&pointer(at, "parameters"), name);
            if OWN_PARAMETERS.contains(&name.as_str()) {
                let place = self.doc.key(&at);
                self.error(Code::BadValue, place, format!("`{name}` is sent by the client itself"));
            }
            parameters.extend(self.template(text, &[], &at).map(|template| (name.clone(), template)));
        }
        let separator = raw.separator.clone().unwrap_or_else(|| " ".to_owned());
        Some(Authorize { url, scopes, separator, parameters, pkce: raw.pkce })
    }

    fn refresh(&mut self, raw: &RawRefresh, at: &str) -> Option<Refresh> {
        let send = pointer(at, "send");
        let Some(("POST", _)) = raw.send.split_once(' ') else {
            let place = self.doc.place(&send);
            self.error(Code::BadValue, place, "a token is renewed with `POST https://…`");
            return None;
        };
        let url = self.address_from(&raw.send, "POST ".len(), &send)?;
        let headers_at = pointer(at, "headers");
        let headers = raw.headers.iter();
        let headers = headers
            .filter_map(|(name, text)| Some((name.clone(), self.template(text, &[], &pointer(&headers_at, name))?)))
            .collect();
        let parameters = raw
            .parameters
            .iter()
            .filter_map(|(name, text)| {
                Some((name.clone(), self.template(text, &["secret"], &pointer(&pointer(at, "parameters"), name))?))
            })
            .collect();
        let expires = match raw.expires.as_deref() {
            None => None,
            Some("jwt") => Some(Expires::Jwt),
            Some(path) => self.path(path, &pointer(at, "expires")).map(Expires::In),
        };
        let host = raw.host.as_ref().and_then(|host| {
            let at = pointer(at, "host");
            let from = self.path(&host.from, &pointer(&at, "from"));
            let must_be = self.template(&host.must_be, &[], &pointer(&at, "must_be"));
            Some(HostCheck { from: from?, must_be: must_be? })
        });
        Some(Refresh {
            method: "POST".to_owned(),
            url,
            body: if raw.body == Some(RawTokenBody::Json) { TokenBody::Json } else { TokenBody::Form },
            client: if raw.client == Some(RawTokenClient::Basic) { TokenClient::Basic } else { TokenClient::Body },
            headers,
            parameters,
            expires,
            rotates: raw.rotates,
            token: self.path(raw.ok.as_deref().unwrap_or("access_token"), &pointer(at, "ok"))?,
            failed: raw.failed.as_ref().and_then(|path| self.path(path, &pointer(at, "failed"))),
            host,
        })
    }

    fn limits(&mut self, raw: &RawLimits) -> Limits {
        let pace = raw.pace.as_ref().and_then(|text| {
            let parsed = text
                .split_once('/')
                .and_then(|(requests, per)| Some(Pace { requests: requests.parse().ok()?, per: duration(per)? }));
            if parsed.is_none_or(|pace| pace.requests == 0 || pace.per.is_zero()) {
                let place = self.doc.place("/limits/pace");
                self.error(Code::BadValue, place, "a pace is requests per span, as \"10/1s\"");
            }
            parsed
        });
        let span = |raw: &RawReset| Reset {
            header: raw.header.clone(),
            unit: if raw.unit == RawUnit::Ms { Unit::Milliseconds } else { Unit::Seconds },
        };
        Limits {
            pace,
            concurrent: raw.concurrent,
            limit: raw.limit.clone(),
            window: raw.window.as_ref().map(span),
            remaining: raw.remaining.clone(),
            reset: raw.reset.as_ref().map(span),
            structured: raw.structured.clone(),
        }
    }

    fn errors(&mut self, raw: &RawErrors) -> Errors {
        let code = self.paths(raw.code.as_ref(), "/errors/code");
        let message = self.paths(raw.message.as_ref(), "/errors/message");
        let fields = self.paths(raw.fields.as_ref(), "/errors/fields");
        let scopes = self.paths(raw.scopes.as_ref(), "/errors/scopes");
        let rules = raw
            .rules
            .iter()
            .enumerate()
            .map(|(i, rule)| self.rule(rule, &pointer("/errors/rules", &i.to_string())))
            .collect();
        Errors { code, message, fields, scopes, ok: raw.ok.clone(), rules }
    }

    fn rule(&mut self, raw: &RawErrorRule, at: &str) -> Rule {
        let body_at = pointer(&pointer(at, "when"), "body");
        let mut body = Vec::new();
        for (text, value) in &raw.when.body {
            match Path::parse(text) {
                Ok(path) => body.push((path, value.clone())),
                Err(e) => {
                    let place = self.doc.key(&pointer(&body_at, text));
                    self.error(Code::PathSyntax, place, e.message);
                }
            }
        }
        Rule {
            when: When {
                status: raw.when.status.as_ref().map(|status| status.as_slice().to_vec()).unwrap_or_default(),
                code: raw
                    .when
                    .code
                    .as_ref()
                    .map(|codes| codes.as_slice().iter().map(code_text).collect())
                    .unwrap_or_default(),
                header: raw.when.header.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
                body,
                on: raw.when.on.clone(),
                during: raw
                    .when
                    .during
                    .map(|during| if during == RawDuring::Read { During::Read } else { During::Write }),
            },
            class: raw.class.into(),
            wait: raw
                .wait
                .as_ref()
                .map(|wait| wait.as_slice().iter().map(|text| WaitFrom::parse(text)).collect())
                .unwrap_or_default(),
            retry: raw.retry.is_none(),
            fields: self.templates(raw.fields.as_ref(), &pointer(at, "fields")),
        }
    }

    /// One or many texts with variables of the account.
    fn templates(&mut self, raw: Option<&OneOrMany<String>>, at: &str) -> Vec<Template> {
        let Some(raw) = raw else { return Vec::new() };
        let mut names = Vec::new();
        for (i, text) in raw.as_slice().iter().enumerate() {
            let at = if matches!(raw, OneOrMany::Many(_)) { pointer(at, &i.to_string()) } else { at.to_owned() };
            names.extend(self.template(text, &[], &at));
        }
        names
    }

    fn paths(&mut self, raw: Option<&OneOrMany<String>>, at: &str) -> Vec<Path> {
        match raw {
            None => Vec::new(),
            Some(OneOrMany::One(path)) => self.path(path, at).into_iter().collect(),
            Some(OneOrMany::Many(paths)) => {
                paths.iter().enumerate().filter_map(|(i, path)| self.path(path, &pointer(at, &i.to_string()))).collect()
            }
        }
    }

    fn path(&mut self, text: &str, at: &str) -> Option<Path> {
        match Path::parse(text) {
            Ok(path) => Some(path),
            Err(e) => {
                let place = self.doc.within(at, e.range);
                self.error(Code::PathSyntax, place, e.message);
                None
            }
        }
    }
}

fn code_text(value: &Value) -> String {
    text_of(Some(value)).map(std::borrow::Cow::into_owned).unwrap_or_default()
}

/// Whether nothing that the pattern matches can leave the host: no wildcard, no negated class, no delimiter of a URL.
fn stays_in_host(pattern: &str) -> bool {
    let mut chars = pattern.chars().peekable();
    let mut in_class = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('.' | '-' | 'd') => {}
                _ => return false,
            },
            '[' if chars.peek() == Some(&'^') => return false,
            '[' => in_class = true,
            ']' => in_class = false,
            '.' if !in_class => return false,
            '/' | '@' | ':' | '#' | ' ' | '%' | '&' | '\'' | '"' | '<' | '>' | '^' | '$'
                // `(?:…)` is the one place where a colon is grammar.
                if c != ':' => {
                    return false;
                }
            _ => {}
        }
    }
    !pattern.replace("(?:", "(").contains(':')
}

/// Whether the pattern ends in a literal domain of two labels, as `\.example\.com`, or in a choice of such.
fn ends_in_domain(pattern: &str) -> bool {
    let tail = |text: &str| {
        let labels: Vec<&str> = text.rsplit("\\.").collect();
        let word = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        labels.len() >= 3 && labels.iter().take(2).all(|label| word(label))
    };
    match pattern.strip_suffix(')').and_then(|inner| Some((inner.rfind('(')?, inner))) {
        Some((open, inner)) => {
            let before = inner.get(..open).unwrap_or_default();
            let choices = inner.get(open + 1..).unwrap_or_default();
            let choices = choices.strip_prefix("?:").unwrap_or(choices);
            choices.split('|').all(|choice| tail(&format!("{before}{choice}")))
        }
        None => tail(pattern),
    }
}

impl From<RawClass> for Class {
    fn from(class: RawClass) -> Class {
        match class {
            RawClass::Invalid => Class::Invalid,
            RawClass::Unsupported => Class::Unsupported,
            RawClass::Auth => Class::Auth,
            RawClass::Forbidden => Class::Forbidden,
            RawClass::NotFound => Class::NotFound,
            RawClass::Conflict => Class::Conflict,
            RawClass::Rate => Class::Rate,
            RawClass::Provider => Class::Provider,
            RawClass::Unavailable => Class::Unavailable,
            RawClass::Ambiguous => Class::Ambiguous,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_that_can_leave_the_host_is_open() {
        for (pattern, closed) in [
            (r"[a-z0-9-]+\.api\.example\.com", true),
            (r"[a-z0-9-]+\.(?:example\.com|example\.org)", true),
            (r"[a-z0-9-]+", false),
            (r".*\.example\.com", false),
            (r"[^a]+\.example\.com", false),
            (r"[a-z/]+\.example\.com", false),
            (r"[a-z]+.example.com", false),
            (r"[a-z]+\.com", false),
            (r"\S+\.example\.com", false),
        ] {
            assert_eq!(stays_in_host(pattern) && ends_in_domain(pattern), closed, "{pattern}");
        }
    }
}
