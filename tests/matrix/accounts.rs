//! Accounts: a variable that is missing or wrong is refused before any request, with its name, what it may be, and where a
//! person finds it.

use std::collections::BTreeMap;
use std::process::Command;

use mapwright_interpreter::Account;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::PROVIDERS;
use crate::bench::{LIBRARY, root};

/// What is known of a variable.
struct Variable {
    provider: &'static str,
    name: &'static str,
    /// What it may be and where it is found, as the error says it.
    says: &'static str,
    needed: bool,
    wrong: &'static [&'static str],
}

const COLUMN: &str = "a text that matches `[a-z0-9_]+`; the column's menu, Settings, column id";

const VARIABLES: &[Variable] = &[
    Variable {
        provider: "dynamics365_sales",
        name: "environment_host",
        says: r"a text that matches `[a-z0-9][a-z0-9-]*(?:\.api)?\.crm[0-9]*\.(dynamics\.com|microsoftdynamics\.us|microsoftdynamics\.de|dynamics\.cn)`; the address of the environment, as https://contoso.crm4.dynamics.com, in the Power Platform admin center under Environments",
        needed: true,
        wrong: &[
            "",
            "evil.example",
            "contoso.crm4.dynamics.com.evil.example",
            "evil.example#.crm4.dynamics.com",
            "evil.example/.crm4.dynamics.com",
            "evil.example?.crm4.dynamics.com",
            "user@contoso.crm4.dynamics.com",
            "contoso.crm4.dynamics.com:8443",
            "con toso.crm4.dynamics.com",
            "c.ontoso.crm4.dynamics.com",
            "127.0.0.1",
        ],
    },
    Variable {
        provider: "dynamics365_sales",
        name: "tenant",
        says: "a text that matches `[A-Za-z0-9][A-Za-z0-9.-]*`; the directory (tenant) id in Microsoft Entra ID",
        needed: false,
        wrong: &["", "..", "a/b", "a?b", "a b"],
    },
    Variable {
        provider: "hubspot",
        name: "lead_source_property",
        says: "a text that matches `[a-z][a-z0-9_]*`; the internal name of the property, in the settings under Properties, object Lead",
        needed: false,
        wrong: &["", "..", "Lead Source", "a/b", "9", "quelle\u{e4}"],
    },
    Variable {
        provider: "insightly",
        name: "pod",
        says: "a text that matches `[a-z0-9-]+`; the address that is shown below the API key in the user's settings, as https://api.na1.insightly.com: its second part",
        needed: true,
        wrong: &["", "evil.example#", "evil.example/", "na1.evil.example", "na 1", "NA1", "na1@evil.example"],
    },
    Variable {
        provider: "monday_crm",
        name: "board_id",
        says: "a text that matches `[0-9]{1,20}`; the number after /boards/ in the address of the leads board",
        needed: true,
        wrong: &["", "12a", "-1", "1 2", "1.5", "１２", "1) { id }", "123456789012345678901"],
    },
    Variable {
        provider: "monday_crm",
        name: "country",
        says: "a text that matches `[A-Z]{2}`; the two-letter code of the country that the numbers belong to",
        needed: false,
        wrong: &["", "us", "USA", "U"],
    },
    Variable {
        provider: "monday_crm",
        name: "status_column",
        says: COLUMN,
        needed: false,
        wrong: &["", "Status", "a b", "a.b"],
    },
    Variable { provider: "monday_crm", name: "email_column", says: COLUMN, needed: false, wrong: &["", "E-Mail"] },
    Variable { provider: "monday_crm", name: "phone_column", says: COLUMN, needed: false, wrong: &["", "\"x\""] },
    Variable { provider: "monday_crm", name: "owner_column", says: COLUMN, needed: false, wrong: &["", "a/b"] },
    Variable {
        provider: "nutshell",
        name: "user_email",
        says: r"a text that matches `[^@:\s]+@[^@:\s]+`; the e-mail address of the user that the API key belongs to",
        needed: true,
        wrong: &["", "nobody", "a:b@c.example", "a b@c.example", "a@b@c.example"],
    },
    Variable {
        provider: "pipedrive",
        name: "company_domain",
        says: "a text that matches `[a-z0-9]([a-z0-9-]*[a-z0-9])?`; the first part of the address that people log in at, as acme in https://acme.pipedrive.com",
        needed: true,
        wrong: &[
            "",
            "evil.example#",
            "evil.example#.pipedrive.com",
            "evil.example/",
            "acme.evil.example",
            "acme.pipedrive.com",
            "user@acme",
            "ac me",
            " acme",
            "Acme",
            "-acme",
        ],
    },
    Variable {
        provider: "pipedrive",
        name: "channel_fields",
        says: "one of dealFields, leadFields; whether the token may read the fields of deals (`deals:read`), or those of leads alone (`leads:read`)",
        needed: false,
        wrong: &["", "dealfields", "../users"],
    },
    Variable {
        provider: "pipeliner",
        name: "service_host",
        says: r"a text that matches `(?:us-east|eu-central|ca-central|ap-southeast)(?:\.api)?\.pipelinersales\.com`; the service URL, beside the space id under Administration, Unit, Users & Roles, Applications, Show API Access",
        needed: true,
        wrong: &[
            "",
            "evil.example",
            "us-east.pipelinersales.com.evil.example",
            "evil.example#.us-east.pipelinersales.com",
            "user@us-east.pipelinersales.com",
            "us-west.pipelinersales.com",
            "us east.pipelinersales.com",
            "us-east.pipelinersales.com:8443",
        ],
    },
    Variable {
        provider: "pipeliner",
        name: "space_id",
        says: "a text that matches `[A-Za-z0-9_-]+`; the space id, under Administration, Unit, Users & Roles, Applications, Show API Access",
        needed: true,
        wrong: &["", "..", "a/b", "a?b", "a b", "a%2fb", "ü"],
    },
    Variable {
        provider: "pipeliner",
        name: "lead_source_field",
        says: "a text that matches `[a-z][a-z0-9_]*`; the API name of the lead's source, in the list of fields",
        needed: false,
        wrong: &["", "Lead Source", "a&b"],
    },
    Variable {
        provider: "zoho_crm",
        name: "dc",
        says: "one of au, ca, cn, eu, in, jp, sa, us; the ending of the address under which people sign in, as .eu",
        needed: true,
        wrong: &["", "EU", ".eu", "com", "uk", "us ", "evil.example"],
    },
    Variable {
        provider: "zoho_crm",
        name: "environment",
        says: "one of www, sandbox, developer; where the account lives: `www` unless it is a sandbox or a developer's edition",
        needed: false,
        wrong: &["", "evil.example#", "WWW", "production"],
    },
    Variable {
        provider: "zoho_crm",
        name: "triggers",
        says: "one of workflow, approval, blueprint; which automations may run when a lead is changed",
        needed: false,
        wrong: &["", "all"],
    },
];

/// What is wrong with an account that has the demo's variables but for these.
fn errors(provider: &str, change: impl FnOnce(&mut BTreeMap<String, Value>)) -> String {
    let demo = LIBRARY.sandbox(provider).expect("a simulated provider").demo().clone();
    let provider = &LIBRARY.mapping(provider, None).expect("a mapping").provider;
    let mut variables: BTreeMap<String, Value> =
        demo.variables.iter().map(|(name, text)| (name.clone(), json!(text))).collect();
    change(&mut variables);
    let secrets = demo.secrets[&demo.scheme].iter().filter(|(name, _)| *name != "access_token");
    let secrets = secrets.map(|(name, text)| (name.clone(), SecretString::from(text.clone()))).collect();
    match Account::new("account", provider, Some(&demo.scheme), &variables, secrets) {
        Ok(_) => String::new(),
        Err(errors) => errors.to_string(),
    }
}

impl Variable {
    /// What the value has to be, and where it is found.
    fn remedy(&self) -> String {
        let (legal, find) = self.says.split_once("; ").expect("what is legal, and where it is found");
        format!("it has to be {legal}; found at: {find}")
    }
}

#[test]
fn every_variable_is_here_and_says_where_it_is_found() {
    let known: Vec<(&str, &str)> = VARIABLES.iter().map(|variable| (variable.provider, variable.name)).collect();
    for provider in PROVIDERS {
        let declared = &LIBRARY.mapping(provider, None).expect("a mapping").provider.variables;
        for variable in declared.values() {
            assert!(known.contains(&(provider, variable.name.as_str())), "{provider} {}", variable.name);
            assert!(variable.find.is_some(), "{provider} {} does not say where it is found", variable.name);
        }
    }
}

#[test]
fn a_needed_variable_that_is_missing_is_told() {
    for variable in VARIABLES {
        let found = errors(variable.provider, |variables| drop(variables.remove(variable.name)));
        let want = format!("variable `{}`: is missing; {}", variable.name, variable.remedy());
        assert_eq!(found, if variable.needed { want.as_str() } else { "" }, "{} {}", variable.provider, variable.name);
    }
}

#[test]
fn a_wrong_value_is_told() {
    for variable in VARIABLES {
        for wrong in variable.wrong.iter().map(|text| json!(text)) {
            let found = errors(variable.provider, |variables| {
                variables.insert(variable.name.to_owned(), wrong.clone());
            });
            let want = format!("variable `{}`: {wrong} is not legal; {}", variable.name, variable.remedy());
            assert_eq!(found, want, "{} {wrong}", variable.provider);
        }
    }
}

#[test]
fn what_is_no_text_is_told() {
    for variable in VARIABLES {
        for wrong in [json!({}), json!([["us"]]), json!(null)] {
            let found = errors(variable.provider, |variables| {
                variables.insert(variable.name.to_owned(), wrong.clone());
            });
            let says = |what: &str| format!("variable `{}`: {wrong} {what}; {}", variable.name, variable.remedy());
            assert!(
                [says("is not a text"), says("is not legal")].contains(&found),
                "{} {wrong}: {found}",
                variable.provider
            );
        }
    }
}

#[test]
fn control_characters_are_told() {
    for variable in VARIABLES {
        for wrong in ["a\u{0}b", "na1\r\nX-Evil: 1"] {
            let found = errors(variable.provider, |variables| {
                variables.insert(variable.name.to_owned(), json!(wrong));
            });
            let shown = json!(wrong);
            let says = |what: &str| format!("variable `{}`: {shown} {what}; {}", variable.name, variable.remedy());
            let legal = [says("is longer than 512 bytes or holds control characters"), says("is not legal")];
            assert!(legal.contains(&found), "{} {wrong:?}: {found}", variable.provider);
        }
    }
}

#[test]
fn a_variable_that_the_provider_does_not_have_is_told() {
    for provider in PROVIDERS {
        let found = errors(provider, |variables| drop(variables.insert("no_such".to_owned(), json!("x"))));
        assert!(found.starts_with("variable `no_such`: "), "{provider}: {found}");
    }
}

/// The command says the same, and ends before it has sent anything.
#[test]
fn the_command_refuses_an_account_without_its_variables() {
    for provider in PROVIDERS {
        let demo = LIBRARY.sandbox(provider).expect("a simulated provider").demo().clone();
        let secrets = demo.secrets[&demo.scheme].iter().filter(|(name, _)| *name != "access_token");
        let secrets: Vec<String> = secrets.map(|(name, text)| format!("{name} = '{text}'\n")).collect();
        let account = format!("provider = '{provider}'\nauth = '{}'\n[secrets]\n{}", demo.scheme, secrets.concat());
        let file = format!("{}/matrix-{provider}.toml", env!("CARGO_TARGET_TMPDIR"));
        std::fs::write(&file, account).expect("written");
        let needed: Vec<&Variable> =
            VARIABLES.iter().filter(|variable| variable.provider == provider && variable.needed).collect();
        if needed.is_empty() {
            continue;
        }
        let ran = Command::new(env!("CARGO_BIN_EXE_mapwright"))
            .args(["patch", provider, "7", "--data", "{}", "--account", &file])
            .current_dir(root())
            .output()
            .expect("the command runs");
        let lines: Vec<String> = needed
            .iter()
            .map(|variable| format!("{file}: variable `{}`: is missing; {}", variable.name, variable.remedy()))
            .collect();
        let want = format!("error: {}\n", lines.join("\n       "));
        assert_eq!((ran.status.code(), String::from_utf8_lossy(&ran.stderr).as_ref()), (Some(2), want.as_str()));
    }
}
