use super::*;
use crate::fixture::{KEY, OAUTH, provider_with};

const VARIABLES: &str = "[variables.zone]\nrequired = true\npattern = \"[a-z]{2}\"\nfind = \"the address bar\"\n";

fn env(name: &str) -> Option<String> {
    (name == "KEY").then(|| "canary-key".to_owned())
}

/// The errors of a file, or what is shown of the account.
fn read(provider: &str, text: &str) -> String {
    match Account::from_toml("one", text, &provider_with(provider), &env) {
        Ok(account) => format!("{account:?}"),
        Err(errors) => errors.to_string(),
    }
}

#[test]
fn a_good_file_makes_an_account_that_shows_no_secret() {
    let provider = format!("{VARIABLES}{KEY}");
    let text = "provider = \"library\"\n[variables]\nzone = \"eu\"\n[secrets]\nkey = { env = \"KEY\" }\n";
    assert_eq!(
        read(&provider, text),
        "Account { name: \"one\", provider: \"library\", auth: Some(\"key\"), secrets: [\"key\"], base: None, .. }"
    );
    let pretty =
        format!("{:#?}", Account::from_toml("one", text, &provider_with(&provider), &env).expect("an account"));
    assert!(!pretty.contains("canary"), "{pretty}");
}

#[test]
fn what_is_missing_is_named_with_what_is_legal_and_where_it_is_found() {
    assert_eq!(
        read(&format!("{VARIABLES}{OAUTH}"), "provider = \"library\"\n[secrets]\nclient_id = \"x\"\n"),
        "variable `zone`: is missing; it has to be a text that matches `[a-z]{2}`; found at: the address bar\n\
         the secret `client_secret` is missing; `oauth` needs it\n\
         the secret `refresh_token` is missing; `oauth` needs it"
    );
}

#[test]
fn a_file_is_closed() {
    assert_eq!(
        read(KEY, "provider = \"library\"\nsecret = 1\nbase = \"x\"\n[secrets]\nkey = \"k\"\n"),
        "there is no key `secret`; did you mean `secrets`?\n\
         there is no key `base`; known here: provider, auth, variables, secrets"
    );
    assert_eq!(
        read(KEY, "provider = \"library\"\n[variables]\nzone = \"eu\"\n[secrets]\nkey = \"k\"\nkye = \"k\"\n"),
        "variable `zone`: is not a variable of this provider; no name is known here\n\
         `key` uses no secret `kye`; did you mean `key`?"
    );
}

#[test]
fn wrong_types_are_named() {
    assert_eq!(
        read(KEY, "provider = 1\nauth = []\nvariables = 1\n[secrets]\nkey = 1\nother = { env = \"KEY\", x = 1 }\n"),
        "`provider` is a text\n`auth` is a text\n`variables` is a table\n\
         `secrets.key` is a text or { env = \"NAME\" }\n`secrets.other` is a text or { env = \"NAME\" }"
    );
    assert_eq!(read(KEY, ""), "`provider` is needed: the provider that the account is at");
}

#[test]
fn a_secret_of_the_environment_has_to_be_there() {
    assert_eq!(
        read(KEY, "provider = \"library\"\n[secrets]\nkey = { env = \"NONE\" }\n"),
        "the secret `key` is to come from `NONE`, which is not set"
    );
}

#[test]
fn a_secret_that_would_break_a_header_is_refused_without_being_shown() {
    for secret in ["", "canary\\n", "canary\\u0000", "can\\r\\nary: 1"] {
        assert_eq!(
            read(KEY, &format!("provider = \"library\"\n[secrets]\nkey = \"{secret}\"\n")),
            "the secret `key` is empty or holds a control character, such as a line break at its end",
            "{secret}"
        );
    }
}

#[test]
fn a_user_name_with_a_colon_is_refused() {
    let basic = "[auth.basic]\nbasic = { user = \"{secret.user}\", password = \"\" }\n";
    assert_eq!(
        read(basic, "provider = \"library\"\n[secrets]\nuser = \"a:b\"\n"),
        "the user name of HTTP Basic holds a colon"
    );
}

#[test]
fn an_optional_variable_that_a_header_needs_has_to_be_there() {
    let auth = "[variables.zone]\npattern = \"[a-z]+\"\n[auth.key]\nheaders = { X-Key = \"{zone}-{secret.key}\" }\n";
    assert_eq!(read(auth, "provider = \"library\"\n[secrets]\nkey = \"k\"\n"), "`{zone}` has no value");
}

#[test]
fn of_several_ways_one_is_named() {
    let both = format!("{KEY}{OAUTH}");
    let file = |auth: &str| format!("provider = \"library\"\n{auth}\n[secrets]\nkey = \"k\"\n");
    assert!(read(&both, &file("auth = \"key\"")).starts_with("Account"));
    assert_eq!(read(&both, &file("")), "`auth` is missing: the way of authenticating; it is one of key, oauth");
    assert_eq!(
        read(&both, &file("auth = \"kye\"")),
        "the provider has no way of authenticating `kye`; did you mean `key`?"
    );
}

#[test]
fn an_account_of_another_provider_is_refused() {
    let text = "provider = \"other\"\n[secrets]\nkey = \"k\"\n";
    assert_eq!(read(KEY, text), "the account is for the provider `other`, and this is `library`");
    assert_eq!(Account::provider_in(text), Ok("other".to_owned()));
}

#[test]
fn errors_of_syntax_name_the_place_and_show_nothing() {
    assert_eq!(
        read(KEY, "provider = \"library\"\n[secrets]\nkey = canary-key\n"),
        "line 3, column 7: this cannot be read as TOML"
    );
}

#[test]
fn only_an_address_of_this_machine_stands_for_a_provider() {
    let account = || {
        let text = "provider = \"library\"\n[secrets]\nkey = \"k\"\n";
        Account::from_toml("one", text, &provider_with(KEY), &env).expect("an account")
    };
    assert!(!account().is_local());
    assert!(account().at("http://127.0.0.1:81").is_ok_and(|account| account.is_local()));
    for address in ["http://10.0.0.1", "https://api.example.com", "127.0.0.1"] {
        assert_eq!(account().at(address).err(), Some(AccountError::Base), "{address}");
    }
}
