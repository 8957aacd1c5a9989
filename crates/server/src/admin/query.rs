//! The query of a list: `tenant`, `after`, `limit`.

use mapwright_mapping::diagnostic::suggest::{did_you_mean, suggest};
use percent_encoding::percent_decode_str;

use crate::http::problem::{Problem, Reason};
use crate::store::Tenant;

/// What a list may be asked for.
const KNOWN: [&str; 3] = ["tenant", "after", "limit"];

/// How many rows a page has where nobody says otherwise, and at most.
const LIMIT: (u32, u32) = (100, 1000);

/// Which part of a list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) tenant: Option<Tenant>,
    pub(super) after: Option<String>,
    pub(super) limit: u32,
}

/// Reads a query: everything that is wrong at once.
pub(super) fn page(query: &str) -> Result<Page, Problem> {
    let mut page = Page { tenant: None, after: None, limit: LIMIT.0 };
    let mut seen = Vec::new();
    let mut reasons = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (Some(name), Some(value)) = (decoded(name), decoded(value)) else {
            reasons.push(Reason::in_query(name, "not-utf8", "it is not percent-encoded UTF-8"));
            continue;
        };
        if seen.contains(&name) {
            reasons.push(Reason::in_query(name, "doubled-parameter", "it is given twice"));
            continue;
        }
        match name.as_str() {
            "tenant" => match value.parse() {
                Ok(tenant) => page.tenant = Some(tenant),
                Err(error) => reasons.push(Reason::in_query("tenant", "wrong-value", format!("{error}"))),
            },
            "after" => page.after = Some(value),
            "limit" => match value.parse() {
                Ok(limit) if (1..=LIMIT.1).contains(&limit) => page.limit = limit,
                _ => {
                    let message = format!("it is a number from 1 to {}", LIMIT.1);
                    reasons.push(Reason::in_query("limit", "wrong-value", message));
                }
            },
            other => {
                let message = format!("there is no such parameter; {}", did_you_mean(other, KNOWN));
                let reason = Reason::in_query(other, "unknown-parameter", message);
                reasons.push(reason.suggest(suggest(other, KNOWN)));
            }
        }
        seen.push(name);
    }
    if reasons.is_empty() { Ok(page) } else { Err(Problem::bad_query(reasons)) }
}

fn decoded(text: &str) -> Option<String> {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read() {
        let all = Page { tenant: None, after: None, limit: 100 };
        assert_eq!(page("").expect("a page"), all);
        let tenant = Some("acme".parse().expect("a tenant"));
        let want = Page { tenant, after: Some("a/b".to_owned()), limit: 7 };
        assert_eq!(page("tenant=acme&after=a%2Fb&limit=7").expect("a page"), want);
    }

    #[test]
    fn all_that_is_wrong_is_told() {
        let problem = page("tenant=A&limit=0&limit=1&limits=3&x=%ff").expect_err("refused");
        let told: Vec<(Option<&str>, &str)> =
            problem.reasons().iter().map(|reason| (reason.parameter.as_deref(), reason.code)).collect();
        let want = [
            (Some("tenant"), "wrong-value"),
            (Some("limit"), "wrong-value"),
            (Some("limit"), "doubled-parameter"),
            (Some("limits"), "unknown-parameter"),
            (Some("x"), "not-utf8"),
        ];
        assert_eq!(told, want);
    }
}
