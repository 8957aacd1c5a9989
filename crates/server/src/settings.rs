//! Settings as they are written: in a file, in the environment, as flags. What is said nearer to the call wins.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use mapwright_mapping::diagnostic::Code;
use mapwright_mapping::document::Document;
use mapwright_mapping::source::SourceFile;
use serde::Deserialize;

use crate::limits::Limits;
use crate::store;

/// Settings of which each may be left open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The address that is listened on.
    pub listen: Option<SocketAddr>,
    /// The store: `sqlite:FILE`, `sqlite::memory:` or `postgres://…`.
    pub store: Option<String>,
    /// A file that holds the store's address, where that has a password in it.
    pub store_file: Option<PathBuf>,
    /// The file with the keys that seal credentials.
    pub key_file: Option<PathBuf>,
    /// Whether logs are lines of JSON.
    pub log_json: Option<bool>,
    /// Which events are logged, as `info` or `mapwright=debug,warn`.
    pub log: Option<String>,
    /// Whether changes of the mappings' files are taken up by themselves.
    pub reload: Option<bool>,
    /// Where spans are sent with OTLP, where that is built in.
    pub otlp: Option<String>,
    /// The largest body of a request, in bytes.
    pub max_body: Option<usize>,
    /// The largest head of a request, in bytes.
    pub max_head: Option<usize>,
    /// How deep a body may be nested.
    pub max_depth: Option<usize>,
    /// Runs at the same time.
    pub max_runs: Option<usize>,
    /// Runs of one account at the same time.
    pub max_account_runs: Option<usize>,
    /// Connections at the same time.
    pub max_connections: Option<usize>,
    /// How long a run may take, in seconds.
    pub deadline: Option<u64>,
    /// How long a caller may take to send a request, in seconds.
    pub patience: Option<u64>,
    /// How long what was read of accounts and tokens is good enough, in seconds.
    pub remember: Option<u64>,
    /// How long running requests are waited for at the end, in seconds.
    pub drain: Option<u64>,
}

/// Settings that a service cannot run with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}`: {problem}")]
pub struct SettingError {
    /// The setting.
    pub name: &'static str,
    /// What is wrong.
    pub problem: String,
}

/// The address that is listened on where nobody says otherwise.
pub const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8080);

/// The store where nobody says otherwise.
pub const STORE: &str = "sqlite:mapwright.db";

/// The events that are logged where nobody says otherwise.
pub const LOG: &str = "info,sqlx=warn";

/// The longest time that can be set, in seconds.
const LONGEST: u64 = 3600;

impl Settings {
    /// Reads a file's text.
    ///
    /// # Errors
    /// Where and why it cannot be read. The words hold no value of the file.
    pub fn from_toml(text: &str) -> Result<Settings, String> {
        let at = |start: usize, what: &str| {
            let before = text.get(..start).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            format!("line {line}, column {column}: {}", what.lines().next().unwrap_or_default())
        };
        // What nests too deep for the stack is told before anything follows it down.
        let found = Document::parse(SourceFile::from_text("settings", text)).err().unwrap_or_default();
        if let Some(deep) = found.iter().find(|found| found.code == Code::TomlNesting) {
            return Err(at(deep.place.span.start, &deep.message));
        }
        toml::from_str(text).map_err(|error| at(error.span().map_or(0, |span| span.start), error.message()))
    }

    /// Reads the environment: `MAPWRIGHT_` and a setting's name in capitals.
    ///
    /// # Errors
    /// A variable that cannot be read as its setting.
    pub fn from_environment(environment: &dyn Fn(&str) -> Option<String>) -> Result<Settings, SettingError> {
        let from = Environment(environment);
        Ok(Settings {
            listen: from.read("listen", "an address such as 0.0.0.0:8080")?,
            store: from.read("store", "an address")?,
            store_file: from.read("store_file", "a path")?,
            key_file: from.read("key_file", "a path")?,
            log_json: from.read("log_json", "true or false")?,
            log: from.read("log", "a text")?,
            reload: from.read("reload", "true or false")?,
            otlp: from.read("otlp", "an address")?,
            max_body: from.read("max_body", "a number")?,
            max_head: from.read("max_head", "a number")?,
            max_depth: from.read("max_depth", "a number")?,
            max_runs: from.read("max_runs", "a number")?,
            max_account_runs: from.read("max_account_runs", "a number")?,
            max_connections: from.read("max_connections", "a number")?,
            deadline: from.read("deadline", "a number of seconds")?,
            patience: from.read("patience", "a number of seconds")?,
            remember: from.read("remember", "a number of seconds")?,
            drain: from.read("drain", "a number of seconds")?,
        })
    }

    /// These settings, and where they are open, others.
    #[must_use]
    pub fn or(self, other: Settings) -> Settings {
        // The address itself and the file that holds it are one setting.
        let (store, store_file) = match (self.store, self.store_file) {
            (None, None) => (other.store, other.store_file),
            own => own,
        };
        Settings {
            listen: self.listen.or(other.listen),
            store,
            store_file,
            key_file: self.key_file.or(other.key_file),
            log_json: self.log_json.or(other.log_json),
            log: self.log.or(other.log),
            reload: self.reload.or(other.reload),
            otlp: self.otlp.or(other.otlp),
            max_body: self.max_body.or(other.max_body),
            max_head: self.max_head.or(other.max_head),
            max_depth: self.max_depth.or(other.max_depth),
            max_runs: self.max_runs.or(other.max_runs),
            max_account_runs: self.max_account_runs.or(other.max_account_runs),
            max_connections: self.max_connections.or(other.max_connections),
            deadline: self.deadline.or(other.deadline),
            patience: self.patience.or(other.patience),
            remember: self.remember.or(other.remember),
            drain: self.drain.or(other.drain),
        }
    }

    /// What the service takes on.
    ///
    /// # Errors
    /// A number that is out of its range.
    pub fn limits(&self) -> Result<Limits, SettingError> {
        let usual = Limits::default();
        let count = |name, given: Option<usize>, usual: usize, most: usize| match given.unwrap_or(usual) {
            number if (1..=most).contains(&number) => Ok(number),
            number => Err(SettingError { name, problem: format!("{number} is not between 1 and {most}") }),
        };
        let span = |name, given: Option<u64>, usual: Duration, range: RangeInclusive<u64>| match given
            .unwrap_or(usual.as_secs())
        {
            seconds if range.contains(&seconds) => Ok(Duration::from_secs(seconds)),
            seconds => {
                let (least, most) = range.into_inner();
                Err(SettingError { name, problem: format!("{seconds} seconds are not between {least} and {most}") })
            }
        };
        Ok(Limits {
            body: count("max_body", self.max_body, usual.body, 64 << 20)?,
            head: count("max_head", self.max_head, usual.head, 256 << 10)?,
            depth: count("max_depth", self.max_depth, usual.depth, 100)?,
            runs: count("max_runs", self.max_runs, usual.runs, 100_000)?,
            runs_of_an_account: count("max_account_runs", self.max_account_runs, usual.runs_of_an_account, 100_000)?,
            connections: count("max_connections", self.max_connections, usual.connections, 1_000_000)?,
            deadline: span("deadline", self.deadline, usual.deadline, 1..=LONGEST)?,
            patience: span("patience", self.patience, usual.patience, 1..=LONGEST)?,
            remember: span("remember", self.remember, usual.remember, 0..=store::LONGEST.as_secs())?,
            drain: span("drain", self.drain, usual.drain, 0..=LONGEST)?,
        })
    }

    /// All settings with what holds where they are open, as a file that can be read back; a password in the store's
    /// address is masked.
    ///
    /// # Errors
    /// A number that is out of its range.
    pub fn shown(&self) -> Result<String, SettingError> {
        let limits = self.limits()?;
        let mut out = String::new();
        let mut line = |name: &str, value: String| {
            let _ = writeln!(out, "{name} = {value}");
        };
        let text = |text: &str| serde_json::Value::from(text).to_string();
        line("listen", text(&self.listen.unwrap_or(LISTEN).to_string()));
        match (&self.store, &self.store_file) {
            (None, Some(path)) => line("store_file", text(&path.display().to_string())),
            (store, _) => line("store", text(&without_password(store.as_deref().unwrap_or(STORE)))),
        }
        if let Some(path) = &self.key_file {
            line("key_file", text(&path.display().to_string()));
        }
        line("log", text(self.log.as_deref().unwrap_or(LOG)));
        line("log_json", self.log_json.unwrap_or(false).to_string());
        line("reload", self.reload.unwrap_or(true).to_string());
        if let Some(address) = &self.otlp {
            line("otlp", text(&without_password(address)));
        }
        line("max_body", limits.body.to_string());
        line("max_head", limits.head.to_string());
        line("max_depth", limits.depth.to_string());
        line("max_runs", limits.runs.to_string());
        line("max_account_runs", limits.runs_of_an_account.to_string());
        line("max_connections", limits.connections.to_string());
        line("deadline", limits.deadline.as_secs().to_string());
        line("patience", limits.patience.as_secs().to_string());
        line("remember", limits.remember.as_secs().to_string());
        line("drain", limits.drain.as_secs().to_string());
        Ok(out)
    }
}

struct Environment<'a>(&'a dyn Fn(&str) -> Option<String>);

impl Environment<'_> {
    /// A variable that is empty is as good as not set.
    fn read<T: FromStr>(&self, name: &'static str, expected: &str) -> Result<Option<T>, SettingError> {
        let variable = format!("MAPWRIGHT_{}", name.to_ascii_uppercase());
        let Some(text) = (self.0)(&variable).filter(|text| !text.is_empty()) else { return Ok(None) };
        let wrong = |_| SettingError { name, problem: format!("the variable {variable} has to be {expected}") };
        text.parse().map(Some).map_err(wrong)
    }
}

/// An address whose password, and every parameter that may hold one, is masked.
pub fn without_password(address: &str) -> String {
    let (main, query) = match address.split_once('?') {
        Some((main, query)) => (main, Some(query)),
        None => (address, None),
    };
    let mut shown = match main.split_once("://") {
        Some((scheme, rest)) => match rest.rsplit_once('@') {
            Some((user, host)) => match user.split_once(':') {
                Some((name, _)) => format!("{scheme}://{name}:***@{host}"),
                None => format!("{scheme}://{user}@{host}"),
            },
            None => main.to_owned(),
        },
        None => main.to_owned(),
    };
    for (index, pair) in query.iter().flat_map(|query| query.split('&')).enumerate() {
        shown.push(if index == 0 { '?' } else { '&' });
        match pair.split_once('=') {
            Some((name, _)) if name.to_ascii_lowercase().contains("password") => {
                let _ = write!(shown, "{name}=***");
            }
            _ => shown.push_str(pair),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_be_read_back_and_has_every_default() {
        let shown = Settings::default().shown().expect("the defaults are legal");
        assert_eq!(
            shown,
            "listen = \"127.0.0.1:8080\"\nstore = \"sqlite:mapwright.db\"\nlog = \"info,sqlx=warn\"\nlog_json = false\n\
             reload = true\nmax_body = 1048576\nmax_head = 32768\nmax_depth = 64\nmax_runs = 256\n\
             max_account_runs = 16\nmax_connections = 4096\ndeadline = 25\npatience = 10\nremember = 1\ndrain = 30\n"
        );
        let again = Settings::from_toml(&shown).expect("a file");
        assert_eq!(again.shown(), Ok(shown));
    }

    #[test]
    fn a_file_that_nests_too_deep_is_told_by_its_place() {
        let deep = format!("\nlog = {}1{}", "{a.a.a.a.a.a.a.a=".repeat(70), "}".repeat(70));
        let told = Settings::from_toml(&deep).err();
        assert_eq!(told.as_deref(), Some("line 2, column 139: more than 64 tables and arrays lie inside each other"));
    }

    #[test]
    fn the_nearer_setting_wins() {
        let flags = Settings { deadline: Some(5), ..Settings::default() };
        let file = Settings { deadline: Some(9), drain: Some(1), ..Settings::default() };
        let both = flags.or(file);
        assert_eq!((both.deadline, both.drain, both.patience), (Some(5), Some(1), None));
    }

    #[test]
    fn a_number_out_of_range_is_refused_by_name() {
        let wrong = |settings: Settings| settings.limits().map_err(|e| e.to_string()).err();
        assert_eq!(
            wrong(Settings { max_depth: Some(0), ..Settings::default() }),
            Some("`max_depth`: 0 is not between 1 and 100".to_owned())
        );
        assert_eq!(
            wrong(Settings { deadline: Some(0), ..Settings::default() }),
            Some("`deadline`: 0 seconds are not between 1 and 3600".to_owned())
        );
        assert_eq!(wrong(Settings { drain: Some(0), ..Settings::default() }), None);
    }

    #[test]
    fn a_wrong_file_is_told_by_place_and_not_by_value() {
        let told = Settings::from_toml("deadline = 3\nstore = [\"postgres://u:canary@h\"]\n").err();
        let told = told.expect("it is wrong");
        assert!(told.starts_with("line 2, column 9: "), "{told}");
        assert!(!told.contains("canary"), "{told}");
        let told = Settings::from_toml("deadlin = 3\n").expect_err("it is wrong");
        assert!(told.starts_with("line 1, column 1: unknown field `deadlin`"), "{told}");
    }

    #[test]
    fn the_environment_is_read_by_name() {
        let set = |name: &str| match name {
            "MAPWRIGHT_LISTEN" => Some("0.0.0.0:80".to_owned()),
            "MAPWRIGHT_DEADLINE" => Some("7".to_owned()),
            "MAPWRIGHT_DRAIN" => Some(String::new()),
            _ => None,
        };
        let listen = Some("0.0.0.0:80".parse().expect("an address"));
        let want = Settings { listen, deadline: Some(7), ..Settings::default() };
        assert_eq!(Settings::from_environment(&set), Ok(want));
        let wrong = Settings::from_environment(&|name| (name == "MAPWRIGHT_MAX_BODY").then(|| "canary".to_owned()));
        let words = "`max_body`: the variable MAPWRIGHT_MAX_BODY has to be a number";
        assert_eq!(wrong.map_err(|e| e.to_string()), Err(words.to_owned()));
    }

    #[test]
    fn no_password_is_shown() {
        for (address, want) in [
            ("postgres://ann:canary@db:5432/mapwright", "postgres://ann:***@db:5432/mapwright"),
            ("postgres://ann:ca@nary@db/x", "postgres://ann:***@db/x"),
            ("postgres://db/x?user=ann&password=canary", "postgres://db/x?user=ann&password=***"),
            ("postgres://ann@db/x", "postgres://ann@db/x"),
            ("sqlite:mapwright.db", "sqlite:mapwright.db"),
            ("sqlite::memory:", "sqlite::memory:"),
        ] {
            assert_eq!(without_password(address), want);
        }
    }
}
