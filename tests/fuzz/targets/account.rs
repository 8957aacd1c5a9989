//! The files of those who run a service: an account, the settings.

use mapwright_interpreter::{Account, AccountFile};
use mapwright_server::settings::Settings;

use super::desk::desk;
use super::{PROVIDERS, chosen, rest};

/// An account file: every error without the text of a secret, or an account.
pub(super) fn file(bytes: &[u8]) {
    let desk = desk(chosen(bytes, 0, PROVIDERS.len()));
    let Ok(text) = std::str::from_utf8(rest(bytes, 1)) else { return };
    let environment = |name: &str| (!name.contains("UNSET")).then(|| format!("canary-of-{name}"));
    let _ = Account::provider_in(text);
    if let Err(errors) = AccountFile::parse(text, &environment) {
        shown(&errors.to_string());
    }
    match Account::from_toml("one", text, &desk.mapping().provider, &environment) {
        Ok(account) => shown(&format!("{account:?}")),
        Err(errors) => shown(&errors.to_string()),
    }
}

/// The settings of a service: they are told wrong, or can be shown and read again.
pub(super) fn settings(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Settings::from_toml(text) {
        Err(words) => assert!(words.starts_with("line "), "{words}"),
        Ok(settings) => {
            let Ok(shown) = settings.shown() else { return };
            let again = Settings::from_toml(&shown).map(|again| again.shown());
            assert_eq!(again, Ok(Ok(shown)));
        }
    }
}

fn shown(text: &str) {
    assert!(!text.is_empty() && !text.contains("canary-of-"), "{text}");
}
