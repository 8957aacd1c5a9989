//! A scene that is put up: the provider, the service and the proxy as processes, ready for load.

use std::error::Error;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::service::connection::Connection;
use crate::service::exchange::Exchange;
use crate::service::process::Serving;
use crate::service::provider::Line;
use crate::service::scene::Scene;

/// Accounts that share the load. One of them has 16 runs at the same time at most, as the service has it by itself.
const ACCOUNTS: usize = 8;

/// How often a patch runs for each account before it is noted: look-ups are kept then, and the record is as it will be.
const BEFORE: usize = 2;

/// What is under load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// The plain proxy.
    Proxy,
    /// `mapwright serve`.
    Service,
}

/// What an answer to a caller of the service is counted as.
const COUNTED: &str = "mapwright_requests_total{route=\"/unified/{model}/{resource}/{id}\",method=\"PATCH\",status=";

/// All processes of a scene.
pub(crate) struct Stand {
    /// The scene.
    pub(crate) scene: Scene,
    /// The provider.
    pub(crate) provider: Serving,
    /// The line to it.
    pub(crate) line: Line,
    service: Serving,
    proxy: Serving,
    /// What one patch sends to the provider.
    pub(crate) script: Vec<Exchange>,
    /// The token of the callers.
    token: String,
    /// Where a patch goes, for each account.
    pub(crate) targets: Vec<String>,
}

impl Stand {
    /// Puts it up, with its files below `directory`. Fails where the proxy sends anything else than the service. Says on
    /// standard error which process is which, for a profiler.
    pub(crate) fn put_up(scene: Scene, binary: &Path, directory: &Path) -> Result<Stand, Box<dyn Error>> {
        let own = std::env::current_exe()?;
        let log = |name: &str| directory.join(name).with_extension("log");
        let arguments: [OsString; 3] = ["provider".into(), scene.source.clone().into(), scene.mappings.clone().into()];
        let provider = Serving::start(&own, arguments, &log("provider"))?;
        let mut line = Line::to(provider.address)?;

        let mut global: Vec<OsString> = vec!["--mappings".into(), scene.mappings.clone().into()];
        if let Some(schemas) = &scene.schemas {
            global.extend(["--schemas".into(), schemas.clone().into()]);
        }
        let store = format!("sqlite:{}", directory.join("mapwright.db").display());
        let mapwright = |arguments: &[&str]| {
            let mut command = Command::new(binary);
            command.args(&global).args(arguments).args(["--store", &store]).stdin(Stdio::null());
            let output = command.output()?;
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            if output.status.success() { Ok(text) } else { Err(format!("mapwright {arguments:?}: {said}")) }
                .map_err(Box::<dyn Error>::from)
        };
        let added = mapwright(&["tokens", "add", "--tenant", "bench", "--name", "bench", "--format", "json"])?;
        let added: Value = serde_json::from_str(&added)?;
        let token = added["token"]["token"].as_str().ok_or("no token was made")?.to_owned();
        let file = directory.join("account.toml");
        std::fs::write(&file, &scene.account)?;
        let mut targets = Vec::new();
        for number in 0..ACCOUNTS {
            let id = format!("00000000-0000-4000-8000-{number:012}");
            let (file, local) = (file.display().to_string(), format!("http://{}", provider.address));
            let local = ["--file", &file, "--local", &local, "--id", &id];
            mapwright(&[&["accounts", "add", "--tenant", "bench"][..], &local].concat())?;
            targets.push(format!(
                "/unified/crm/leads/{}?integrated_account_id={id}&truto_ignore_remote_data=true",
                scene.id
            ));
        }
        let mut arguments = global.clone();
        arguments.extend(["serve", "--listen", "127.0.0.1:0", "--store", &store].map(OsString::from));
        let service = Serving::start(binary, arguments, &log("service"))?;

        for target in targets.iter().flat_map(|target| std::iter::repeat_n(target, BEFORE)) {
            patch(service.address, target, &token, &scene.patch)?;
        }
        let script = noted(&mut line, service.address, &targets[0], &token, &scene.patch)?;
        let again = noted(&mut line, service.address, &targets[1], &token, &scene.patch)?;
        alike(&script, &again).map_err(|why| format!("the service sends something else the second time: {why}"))?;
        line.can(&script)?;

        let path = directory.join("script.json");
        std::fs::write(&path, serde_json::to_vec(&script)?)?;
        let arguments: [OsString; 3] = ["proxy".into(), path.into(), provider.address.to_string().into()];
        let proxy = Serving::start(&own, arguments, &log("proxy"))?;
        for address in [service.address, proxy.address] {
            let sent = noted(&mut line, address, &targets[0], &token, &scene.patch)?;
            alike(&script, &sent).map_err(|why| format!("the sides do not send the same: {why}"))?;
        }
        let numbers = [provider.id(), proxy.id(), service.id()];
        eprintln!("{}: provider {}, proxy {}, service {}", scene.name, numbers[0], numbers[1], numbers[2]);
        Ok(Stand { scene, provider, line, service, proxy, script, token, targets })
    }

    /// The process of a side.
    pub(crate) fn process(&self, side: Side) -> &Serving {
        match side {
            Side::Proxy => &self.proxy,
            Side::Service => &self.service,
        }
    }

    /// The headers of a caller.
    pub(crate) fn headers(&self) -> [(String, String); 2] {
        headers(&self.token)
    }

    /// The answers to patches that the service has counted so far: those with 200, and the others.
    pub(crate) fn answered(&self) -> Result<(u64, u64), Box<dyn Error>> {
        let page = Connection::open(self.service.address)?.ask("GET", "/metrics", &[], "")?;
        let (mut good, mut bad) = (0, 0);
        for line in page.body.lines().filter_map(|line| line.strip_prefix(COUNTED)) {
            let (status, number) = line.split_once("} ").ok_or("a count without a number")?;
            *(if status == "\"200\"" { &mut good } else { &mut bad }) += number.parse::<u64>()?;
        }
        Ok((good, bad))
    }
}

fn headers(token: &str) -> [(String, String); 2] {
    [("authorization", format!("Bearer {token}")), ("content-type", "application/json".to_owned())]
        .map(|(name, value)| (name.to_owned(), value))
}

/// Sends one patch that has to be answered with 200.
fn patch(address: SocketAddr, target: &str, token: &str, patch: &str) -> Result<(), Box<dyn Error>> {
    let headers = headers(token);
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = Connection::open(address)?.ask("PATCH", target, &headers, patch)?;
    if answer.status == 200 { Ok(()) } else { Err(format!("{target}: {} {}", answer.status, answer.body).into()) }
}

/// What one patch sends to the provider.
fn noted(
    line: &mut Line,
    address: SocketAddr,
    target: &str,
    token: &str,
    text: &str,
) -> Result<Vec<Exchange>, Box<dyn Error>> {
    line.note()?;
    patch(address, target, token, text)?;
    Ok(line.noted()?)
}

/// Whether the same was asked for, in the same order.
fn alike(one: &[Exchange], other: &[Exchange]) -> Result<(), String> {
    let pairs = one.iter().zip(other).find(|(one, other)| one.asked() != other.asked());
    match pairs {
        Some((one, other)) => Err(format!("{:?} and {:?}", one.asked(), other.asked())),
        None if one.len() != other.len() => Err(format!("{} and {} requests", one.len(), other.len())),
        None => Ok(()),
    }
}
