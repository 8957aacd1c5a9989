//! The token of a request.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::http::problem::Problem;

/// The token in `Authorization: Bearer <token>`. The name of the scheme has no case.
pub(crate) fn token(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (all.next(), all.next()) else { return Err(Problem::token_missing()) };
    let text = value.to_str().map_err(|_| Problem::token_invalid())?;
    let (scheme, token) = text.split_once(' ').ok_or_else(Problem::token_missing)?;
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
        return Err(Problem::token_missing());
    }
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::problem::Code;
    use http::HeaderValue;

    fn of(values: &[&str]) -> Result<String, Code> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_bytes(value.as_bytes()).expect("a header"));
        }
        token(&headers).map(str::to_owned).map_err(|problem| problem.code())
    }

    #[test]
    fn a_bearer_token_is_taken_and_nothing_else() {
        assert_eq!(of(&["Bearer mw_a"]), Ok("mw_a".to_owned()));
        assert_eq!(of(&["bearer  mw_a "]), Ok("mw_a".to_owned()));
        for missing in [&[][..], &["Bearer "], &["Bearer"], &["Basic YTpi"], &["mw_a"], &["Bearer a", "Bearer a"]] {
            assert_eq!(of(missing), Err(Code::TokenMissing), "{missing:?}");
        }
        assert_eq!(of(&["Bearer mw_ä"]), Err(Code::TokenInvalid));
    }
}
