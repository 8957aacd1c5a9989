//! No credential is written into a file: it stands in an account, and in a file only its name.

use serde_json::Value;

use super::{Scope, error};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Document, pointer};
use crate::template::Template;

/// Texts shorter than this are no credentials: some providers want a fixed word beside a key.
const SHORTEST: usize = 8;

pub(super) fn check(scope: &Scope<'_>, out: &mut Diagnostics) {
    for (name, raw) in &scope.sources.raw.records {
        let at = pointer("/records", name);
        for (key, there) in
            [("read", raw.read.is_some()), ("write", raw.write.is_some()), ("create", raw.create.is_some())]
        {
            if there {
                request(scope.doc(), &pointer(&at, key), out);
            }
        }
    }
    for name in scope.sources.raw.tables.keys() {
        request(scope.doc(), &pointer(&pointer("/tables", name), "fetch"), out);
    }
    for action in &scope.mapping.actions {
        let at = pointer("/fields", &action.leaf);
        request(scope.doc(), &pointer(&at, "unset"), out);
        let set = pointer(&at, "set");
        match scope.doc().value().pointer(&set) {
            Some(Value::Array(items)) => {
                (0..items.len()).for_each(|i| request(scope.doc(), &pointer(&set, &i.to_string()), out));
            }
            _ => request(scope.doc(), &set, out),
        }
    }
    let doc = scope.sources.provider_doc;
    members(doc, "/provider/headers", out);
    for (name, raw) in &scope.sources.raw_provider.auth {
        let at = pointer("/auth", name);
        members(doc, &pointer(&at, "headers"), out);
        members(doc, &pointer(&pointer(&at, "refresh"), "parameters"), out);
        members(doc, &pointer(&pointer(&at, "refresh"), "headers"), out);
        let Some(basic) = &raw.basic else { continue };
        let open = |text: &str| Template::parse(text).is_ok_and(|template| template.names().next().is_none());
        if open(&basic.user) && open(&basic.password) {
            let key = if basic.password.len() >= SHORTEST { "password" } else { "user" };
            let place = doc.place(&pointer(&pointer(&at, "basic"), key));
            out.push(
                Diagnostic::error(Code::SecretMisplaced, place, "these credentials are written into the file")
                    .with_help("name a secret of the account: {secret.NAME}"),
            );
        }
    }
}

/// The headers, the query and the body of a request.
fn request(doc: &Document, at: &str, out: &mut Diagnostics) {
    for key in ["headers", "query", "body", "variables"] {
        members(doc, &pointer(at, key), out);
    }
}

/// Every member, however deep, whose name is that of a credential and whose value is written down.
fn members(doc: &Document, at: &str, out: &mut Diagnostics) {
    match doc.value().pointer(at) {
        Some(Value::Object(object)) => {
            for (name, value) in object {
                let at = pointer(at, name);
                match value {
                    Value::String(text) if is_literal(name, text) => {
                        error(
                            out,
                            Code::SecretMisplaced,
                            doc.place(&at),
                            format!("`{name}` looks like a credential that is written into the file"),
                        );
                    }
                    _ => members(doc, &at, out),
                }
            }
        }
        Some(Value::Array(items)) => (0..items.len()).for_each(|i| members(doc, &pointer(at, &i.to_string()), out)),
        _ => {}
    }
}

/// Whether the member is a credential, written down and not named.
fn is_literal(name: &str, text: &str) -> bool {
    let Ok(template) = Template::parse(text) else { return false };
    let Some(text) = template.literal() else { return false };
    let scheme = ["Bearer ", "Basic ", "Token "].iter().any(|scheme| text.starts_with(scheme));
    (names_credential(name) || scheme) && text.len() >= SHORTEST
}

/// Whether a name is that of a credential, in whatever case and with whatever between its words.
fn names_credential(name: &str) -> bool {
    let mut words: Vec<String> = vec![String::new()];
    let mut lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && lower) {
            words.push(String::new());
        }
        lower = c.is_lowercase();
        if c.is_alphanumeric() {
            words.last_mut().into_iter().for_each(|word| word.extend(c.to_lowercase()));
        }
    }
    let has = |word: &str| words.iter().any(|known| known == word);
    has("authorization")
        || has("cookie")
        || has("token")
        || has("secret")
        || has("password")
        || has("apikey")
        || (has("api") && has("key"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_told_by_its_name_and_by_being_written_down() {
        for (name, text, literal) in [
            ("Authorization", "Bearer 0123456789", true),
            ("Authorization", "Bearer {token}", false),
            ("X-Api-Key", "0123456789abcdef", true),
            ("apiToken", "0123456789abcdef", true),
            ("X-Shelf", "Bearer 0123456789", true),
            ("X-Shelf", "0123456789abcdef", false),
            ("key", "0123456789abcdef", false),
            ("password", "x", false),
        ] {
            assert_eq!(is_literal(name, text), literal, "{name}: {text}");
        }
    }
}
