use super::*;
use crate::fixture::{epoch, provider_with};
use mapwright_mapping::provider::Provider;
use serde_json::json;
use std::sync::Arc;

fn provider(refresh: &str) -> Arc<Provider> {
    provider_with(&format!(
        "[auth.oauth]\nheaders = {{ Authorization = \"Bearer {{token}}\" }}\n\
         refresh = {{ send = \"POST https://login.example.com/token\", {refresh} }}\n"
    ))
}

fn refresh(provider: &Provider) -> &Refresh {
    provider.auth["oauth"].refresh.as_ref().expect("a refresh")
}

fn secrets() -> Secrets {
    [("client_id", "i d"), ("client_secret", "s:c/+"), ("more", "m&m")]
        .map(|(name, value)| (name.to_owned(), value.into()))
        .into()
}

/// The request as its lines.
fn asked(text: &str) -> Vec<String> {
    let provider = provider(text);
    let request =
        request(refresh(&provider), &Bound::default(), &secrets(), Grant::Refresh(&"r/1".into())).expect("a request");
    let headers = request.headers().iter();
    let headers = headers.map(|(name, value)| format!("{name}: {}", value.to_str().expect("text")));
    let mut lines = vec![format!("{} {}", request.method(), request.uri())];
    lines.extend(headers);
    lines.push(String::from_utf8_lossy(request.body()).into_owned());
    lines
}

#[test]
fn a_form_with_the_client_in_the_body() {
    assert_eq!(
        asked("body = \"form\", client = \"body\", parameters = { scope = \"a b\", x = \"{secret.more}\" }"),
        [
            "POST https://login.example.com/token",
            "accept: application/json",
            "content-type: application/x-www-form-urlencoded",
            "grant_type=refresh_token&refresh_token=r%2F1&client_id=i+d&client_secret=s%3Ac%2F%2B&scope=a+b&x=m%26m",
        ]
    );
}

#[test]
fn a_form_with_the_client_as_basic() {
    assert_eq!(
        asked("client = \"basic\""),
        [
            "POST https://login.example.com/token",
            "accept: application/json",
            "content-type: application/x-www-form-urlencoded",
            "authorization: Basic aStkOnMlM0FjJTJGJTJC",
            "grant_type=refresh_token&refresh_token=r%2F1",
        ]
    );
}

#[test]
fn headers_of_the_refresh_are_sent_with_it() {
    assert_eq!(
        asked("client = \"basic\", headers = { User-Agent = \"shop\" }")[1..4],
        ["accept: application/json", "content-type: application/x-www-form-urlencoded", "user-agent: shop"]
    );
}

#[test]
fn json_with_the_client_in_the_body() {
    assert_eq!(
        asked("body = \"json\"")[2..],
        [
            "content-type: application/json",
            r#"{"grant_type":"refresh_token","refresh_token":"r/1","client_id":"i d","client_secret":"s:c/+"}"#,
        ]
    );
}

/// What an answer means, in words.
fn meant(text: &str, status: u16, body: &str) -> String {
    let provider = provider(text);
    let reply = Reply { status, headers: Vec::new(), body: body.as_bytes().to_vec().into() };
    match read(refresh(&provider), &Bound::default(), &reply, epoch()) {
        Answer::Renewed { access, refresh } => {
            let refresh = refresh.map(|token| token.expose_secret().to_owned());
            match access {
                Err(why) => format!("wrong host: {why}; {refresh:?}"),
                Ok(access) => {
                    let life = access.expires.map(|at| at.duration_since(epoch()).expect("later").as_secs());
                    format!("{} for {life:?}; {refresh:?}", access.value.expose_secret())
                }
            }
        }
        Answer::Refused(why) => format!("refused: {why}"),
        Answer::Unavailable(why) => format!("unavailable: {why}"),
    }
}

#[test]
fn a_lifetime_is_a_number_or_its_text() {
    let body = |life: Value| json!({"access_token": "t", "expires_in": life}).to_string();
    let meant = |life: Value| meant("expires = \"expires_in\"", 200, &body(life));
    assert_eq!(meant(json!(3600)), "t for Some(3600); None");
    assert_eq!(meant(json!("3600")), "t for Some(3600); None");
    assert_eq!(meant(json!(59.9)), "t for Some(59); None");
    for odd in [json!(null), json!("soon"), json!(-1), json!(u64::MAX), json!([1])] {
        assert_eq!(meant(odd.clone()), "t for None; None", "{odd}");
    }
}

#[test]
fn a_json_web_token_says_when_it_expires() {
    let token = |claims: &str| format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims));
    let body = |token: &str| json!({"access_token": token}).to_string();
    let good = token("{\"exp\":1800000090}");
    assert_eq!(meant("expires = \"jwt\"", 200, &body(&good)), format!("{good} for Some(90); None"));
    for odd in ["t", "a.b.c", &token("{}"), &token("{\"exp\":\"x\"}")] {
        assert_eq!(meant("expires = \"jwt\"", 200, &body(odd)), format!("{odd} for None; None"));
    }
}

#[test]
fn a_new_refresh_token_replaces_the_old_one_whenever_it_comes() {
    let body = r#"{"access_token":"t","refresh_token":"r2"}"#;
    assert_eq!(meant("rotates = true", 200, body), "t for None; Some(\"r2\")");
    assert_eq!(meant("rotates = false", 200, body), "t for None; Some(\"r2\")");
    let empty = r#"{"access_token":"t","refresh_token":""}"#;
    assert_eq!(meant("rotates = true", 200, empty), "t for None; None");
}

#[test]
fn the_token_stands_where_the_mapping_says() {
    assert_eq!(meant("ok = \"data.token\"", 201, r#"{"data":{"token":"t"}}"#), "t for None; None");
    assert_eq!(meant("ok = \"data.token\"", 200, r#"{"access_token":"t"}"#), "refused: status 200");
}

#[test]
fn refusals_are_told_from_failures() {
    let failed = "failed = \"error\"";
    for (status, body, want) in [
        (400, r#"{"error":"invalid_grant","error_description":"gone"}"#, "refused: status 400, invalid_grant, gone"),
        (401, "", "refused: status 401"),
        (403, r#"{"error":"access_denied"}"#, "refused: status 403, access_denied"),
        (403, "<h1>No</h1>", "unavailable: status 403, No"),
        (400, "<html><h1>Bad request</h1></html>", "unavailable: status 400, Bad request"),
        (404, "", "unavailable: status 404"),
        (200, r#"{"error":"invalid_client"}"#, "refused: status 200, invalid_client"),
        (200, r#"{"error":"denied","access_token":"t"}"#, "refused: status 200, denied"),
        (200, r#"{"access_token":""}"#, "refused: status 200"),
        (200, r#"{"access_token":"a\r\nb"}"#, "refused: status 200"),
        (200, r#"{"error":"temporarily_unavailable"}"#, "unavailable: status 200, temporarily_unavailable"),
        (400, r#"{"error":"slow_down"}"#, "unavailable: status 400, slow_down"),
        (200, "<h1>Back soon</h1>", "unavailable: status 200, Back soon"),
        (200, "", "unavailable: status 200"),
        (302, "", "unavailable: status 302"),
        (408, "", "unavailable: status 408"),
        (429, "", "unavailable: status 429"),
        (500, r#"{"error":"invalid_grant"}"#, "unavailable: status 500, invalid_grant"),
        (503, "", "unavailable: status 503"),
        (200, r#"{"error":null,"access_token":"t"}"#, "t for None; None"),
        (200, r#"{"error":"","access_token":"t"}"#, "t for None; None"),
    ] {
        assert_eq!(meant(failed, status, body), want, "{status} {body}");
    }
}

#[test]
fn the_host_of_the_answer_is_the_account_s() {
    let check = "host = { from = \"at\", must_be = \"api.example.com\" }";
    let meant = |host: &str| {
        let body = json!({"access_token": "t", "refresh_token": "r", "at": host});
        meant(check, 200, &body.to_string())
    };
    for same in ["api.example.com", "https://API.example.com/v1", "https://api.example.com:443"] {
        assert_eq!(meant(same), "t for None; Some(\"r\")", "{same}");
    }
    for (other, host) in [
        ("https://api.example.org", "api.example.org"),
        ("https://api.example.com@evil.example", "evil.example"),
        ("https://api.example.com.evil.example/", "api.example.com.evil.example"),
        ("", ""),
    ] {
        assert_eq!(
            meant(other),
            format!(
                "wrong host: the token is for the host `{host}`, and the account says `api.example.com`; Some(\"r\")"
            )
        );
    }
    assert_eq!(super::tests::meant(check, 200, r#"{"access_token":"t"}"#), "t for None; None");
}
