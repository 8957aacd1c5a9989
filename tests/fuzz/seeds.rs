//! What the inputs of a target are made of: shipped files, and what has failed before.

use std::fs;

use mapwright_cli::case::{self, Case, CaseReply, Operation};

use crate::targets::{PROVIDERS, cases, file_set, root};

/// The largest seed, in bytes.
pub(crate) const LARGEST_SEED: usize = 256 << 10;

/// The inputs of a target that have failed before, by name.
pub(crate) fn found(name: &str) -> Vec<(String, Vec<u8>)> {
    let directory = root().join("tests/fuzz/found").join(name);
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.display().to_string(), fs::read(&path).expect("a file"))).collect()
}

/// The seeds of a target.
pub(crate) fn seeds(name: &str) -> Vec<Vec<u8>> {
    match name {
        "provider" => of_providers(|index, provider| vec![shipped(index, provider, "provider.toml")]),
        "leads" => of_providers(|index, provider| vec![shipped(index, provider, "leads.toml")]),
        "payload" => of_providers(|index, provider| vec![shipped(index, provider, "payload.json")]),
        "sandbox" => of_providers(|index, provider| vec![shipped(index, provider, "sandbox.toml")]),
        "overlay" => of_providers(overlays),
        "case" => of_providers(|index, provider| {
            cases(provider).into_values().map(|bytes| chosen(&[index], &bytes)).collect()
        }),
        "model" => vec![fs::read(root().join("schemas/unified/crm/leads.json")).expect("the schema")],
        "account" => accounts(),
        "settings" => SETTINGS.iter().map(|text| text.as_bytes().to_vec()).collect(),
        "expression" => expressions(),
        "patch" => of_providers(|index, provider| {
            let read = read_cases(provider);
            let patches = read.iter().filter_map(|case| match &case.operation {
                Operation::Patch(patch, _) => Some(chosen(&[index, 0], patch.to_string().as_bytes())),
                Operation::Get(_) => None,
            });
            patches.collect()
        }),
        "reply" => of_providers(replies),
        "token" => tokens(),
        "query" => QUERIES.iter().map(|text| text.as_bytes().to_vec()).collect(),
        "body" => BODIES.iter().map(|text| text.as_bytes().to_vec()).collect(),
        other => panic!("there is no target `{other}`"),
    }
}

/// Bytes behind the digits that choose.
fn chosen(choices: &[usize], bytes: &[u8]) -> Vec<u8> {
    let digits = choices.iter().map(|choice| b'0'.wrapping_add(u8::try_from(*choice).unwrap_or(u8::MAX)));
    digits.chain(bytes.iter().copied()).collect()
}

fn of_providers(seeds: impl Fn(usize, &'static str) -> Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    PROVIDERS.iter().enumerate().flat_map(|(index, provider)| seeds(index, provider)).collect()
}

fn shipped(index: usize, provider: &str, file: &str) -> Vec<u8> {
    chosen(&[index], &file_set(provider).remove(&format!("{provider}/{file}")).expect("the file"))
}

fn read_cases(provider: &str) -> Vec<Case> {
    let read = cases(provider).into_iter();
    read.map(|(name, bytes)| case::read(&name, provider, &name, &bytes).expect("a case")).collect()
}

/// The example, and the fields of the provider's own mapping.
fn overlays(index: usize, provider: &'static str) -> Vec<Vec<u8>> {
    let example = fs::read(root().join("docs/example-overlay.toml")).expect("the example");
    let mapping = shipped(index, provider, "leads.toml");
    let mapping = String::from_utf8_lossy(&mapping).into_owned();
    let fields = mapping.find("\n[fields]").and_then(|at| mapping.get(at..)).unwrap_or_default();
    vec![chosen(&[index], &example), chosen(&[index], fields.as_bytes())]
}

fn accounts() -> Vec<Vec<u8>> {
    let mut paths: Vec<_> = fs::read_dir(root().join("examples/accounts"))
        .expect("accounts")
        .map(|entry| entry.expect("one").path())
        .collect();
    paths.sort();
    let read = |path| {
        let bytes = fs::read(path).expect("an account");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let index = PROVIDERS.iter().position(|provider| text.contains(&format!("provider = \"{provider}\"")));
        chosen(&[index.expect("a shipped provider")], &bytes)
    };
    paths.into_iter().map(read).collect()
}

/// Every expression of the shipped mappings, and some that are made to do harm.
fn expressions() -> Vec<Vec<u8>> {
    let mut found: Vec<Vec<u8>> = HOSTILE.iter().map(|text| text.as_bytes().to_vec()).collect();
    for provider in PROVIDERS {
        let bytes = file_set(provider).remove(&format!("{provider}/leads.toml")).expect("the mapping");
        let table: toml::Table = String::from_utf8_lossy(&bytes).parse().expect("TOML");
        below_expr(&toml::Value::Table(table), false, &mut found);
    }
    found
}

fn below_expr(value: &toml::Value, is_expr: bool, found: &mut Vec<Vec<u8>>) {
    match value {
        toml::Value::String(text) if is_expr => found.push(text.as_bytes().to_vec()),
        toml::Value::Table(table) => {
            table.iter().for_each(|(key, inner)| below_expr(inner, is_expr || key == "expr", found));
        }
        toml::Value::Array(items) => items.iter().for_each(|item| below_expr(item, is_expr, found)),
        _ => {}
    }
}

/// Every answer of every case, in the place of itself.
fn replies(index: usize, provider: &'static str) -> Vec<Vec<u8>> {
    const STATUSES: [u16; 16] = [200, 201, 202, 204, 207, 302, 400, 401, 403, 404, 409, 412, 422, 429, 500, 503];
    let mut found = Vec::new();
    for (number, case) in read_cases(provider).iter().enumerate() {
        for (place, exchange) in case.exchanges.iter().enumerate() {
            let CaseReply::Answer { status, headers, body } = &exchange.reply else { continue };
            let Some(status) = STATUSES.iter().position(|known| known == status) else { continue };
            let json = [("Content-Type".to_owned(), "application/json".to_owned())];
            let headers = if headers.is_empty() { &json[..] } else { headers };
            let head: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
            let head = head.concat();
            found.push(chosen(&[index, number, place, status], format!("{head}\n{body}").as_bytes()));
        }
    }
    found
}

fn tokens() -> Vec<Vec<u8>> {
    let jwt = "eyJhbGciOiJub25lIn0.eyJleHAiOjE5MDAwMDAwMDB9.";
    let bodies = [
        r#"{"access_token": "t", "expires_in": 3600, "refresh_token": "r2", "token_type": "bearer"}"#.to_owned(),
        format!(r#"{{"access_token": "{jwt}", "expires_in": "3600"}}"#),
        r#"{"access_token": "t", "api_domain": "https://www.zohoapis.eu", "expires_in_sec": 3600}"#.to_owned(),
        r#"{"error": "invalid_grant", "error_description": "canary-secret-0"}"#.to_owned(),
        r#"{"error": "temporarily_unavailable"}"#.to_owned(),
        "access_token=t&expires_in=1e9".to_owned(),
        "<html>no</html>".to_owned(),
    ];
    let head = "Content-Type: application/json\nRetry-After: 1\n\n";
    let all = (0..6).flat_map(|account| {
        bodies.iter().map(move |body| (account, body)).map(|(account, body)| {
            let status = if body.contains("error") { 4 } else { 0 };
            chosen(&[account, status], format!("{head}{body}").as_bytes())
        })
    });
    all.collect()
}

/// Settings of a service.
const SETTINGS: &[&str] = &[
    "listen = \"127.0.0.1:8080\"\nstore = \"sqlite:mapwright.db\"\nlog = \"info\"\nlog_json = false\nmax_body = 1048576\n",
    "store_file = \"/run/store\"\nkey_file = \"key\"\nreload = true\nmax_depth = 64\ndeadline = 25\npatience = 10\ndrain = 0\n",
];

/// Queries as clients write them.
const QUERIES: &[&str] = &[
    "integrated_account_id=62f44730-dd91-461e-bd6a-aedd9e0ad79d&truto_response_format=raw&mapwright_strict=true",
    "integrated_account_id=62f44730-dd91-461e-bd6a-aedd9e0ad79d&truto_exclude_fields[]=id&truto_exclude_fields[1]=status",
    "integrated_account_id=62f44730-dd91-461e-bd6a-aedd9e0ad79d&remote_query[a][b]=c&remote_query[d][]=1&remote_query[d][]=2",
    "integrated_account_id=62f44730-dd91-461e-bd6a-aedd9e0ad79d&remote_query%5Bsel%5D=a%2Cb+c&mapwright_dry_run=reads",
    "truto_ignore_remote_data=None&mapwright_lists=merge&mapwright_outcome=True&a=%C3%A9&=&&b[c=d&[e]=f",
    "remote_query[$top]=0&remote_query[x][0][y][1][z]=%00&remote_query=&remote_query[]=",
];

/// Bodies with their heads.
const BODIES: &[&str] = &[
    "0Content-Type: application/json\nIf-Match: \"a\", W/\"b\"\n\n{\"first_name\": \"Ada\", \"owner\": {\"id\": \"7\"}}",
    "1Content-Type: application/merge-patch+json; charset=utf-8\nIf-Match: *\n\n{\"a\": [[{\"b\": null}]], \"a\": 18446744073709551616}",
    "2Content-Type: application/json\nContent-Encoding: identity\n\n\u{feff}{\"email_addresses\": [{\"type\": \"work\", \"email\": \"a@b.example\"}]}",
    "3{\"created_at\": \"2024-02-30T25:61:61+99:99\", \"custom_fields\": {\"x\": 1e400, \"y\": \"\\ud800\"}}",
];

/// Expressions that are made to do harm.
const HOSTILE: &[&str] = &[
    "($f := function(){$f()}; $f())",
    "($f := function($n){$n & $f($n & $n)}; $f('ab'))",
    "[1..10000000]",
    "[1..9999].([1..9999])",
    "$reduce([1..60], function($a, $b){$a & $a}, 'xx')",
    "$map([1..100000], function($i){$string($i)})",
    "**.**.**.**",
    "list^(>$, <$)[$ > 1]{type: $sum(n)}",
    "$replace('aaaaaaaaaaaaaaaaaaaaaaaaaaaa!', /(a+)+$/, 'b')",
    "$match($join([1..2000]), /(1|11|111)*2/)",
    "$pad('x', 100000000)",
    "$toMillis('9999-12-31T23:59:59Z', '[Y]-[M]-[D]T[H]:[m]:[s]Z')",
    "$fromMillis(1e300)",
    "$fromMillis(-62135596800001, '[Y0001]-[M01]-[D01] [P] [ZN]')",
    "$formatNumber(1e308, '#0.00;(#0.00)')",
    "$formatInteger(999999999999999, 'w')",
    "$formatBase(-9007199254740993, 36)",
    "$substring('\u{1f4da}\u{1f4da}', -1, 1e9)",
    "items.%.%.name",
    "$ ~> |items|{'x': 1}, ['type']|",
    "$eval('$eval(\"1\")')",
    "$split('a,b', /,/, 1e12) ~> $map($uppercase) ~> $join('-')",
    "((((((((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))))))))))",
    "$power(2, 1e9) - $sqrt(-1) + 1 / 0 % 0",
    "$base64decode('////') & $decodeUrlComponent('%E0%A4%A')",
    "$sort(list, function($a, $b){true})",
    "items@$i#$n.list@$l.{ $string($n): $l }",
];
