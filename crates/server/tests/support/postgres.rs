//! A PostgreSQL for tests: the one that `MAPWRIGHT_TEST_POSTGRES` names, else a private cluster of the installed
//! programs, one a process. It ends with the process, however that ends: a shell waits for the end of a pipe.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use sqlx::AnyConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

/// How long a cluster may take to start.
const PATIENCE: Duration = Duration::from_mins(1);

/// Starts the server, waits for the end of standard input, and removes everything.
const KEEPER: &str = r#"
"$1/postgres" -D "$2/data" -c listen_addresses= -c unix_socket_directories="$2" -c fsync=off \
    -c full_page_writes=off -c max_connections=300 -c shared_buffers=32MB >"$2/log" 2>&1 &
server=$!
cat >/dev/null
kill -QUIT "$server"
wait "$server"
rm -rf "$2"
"#;

/// Where the server is reached; the child keeps it running.
struct Cluster {
    url: String,
    _keeper: Option<Child>,
}

/// The address of a new, empty database; none where there is no PostgreSQL.
pub async fn database() -> Option<String> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    let cluster = CLUSTER.get_or_init(cluster).as_ref()?;
    let name = format!("mapwright_{}", uuid::Uuid::new_v4().simple());
    administer(&cluster.url, format!("CREATE DATABASE {name}")).await;
    Some(at(&cluster.url, &name))
}

/// Removes a database.
pub async fn drop(url: &str) {
    let (server, _) = split(url);
    let name = server.rsplit_once('/').expect("a database").1.to_owned();
    administer(&at(url, "postgres"), format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

async fn administer(url: &str, statement: String) {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await.expect("PostgreSQL answers");
    connection.execute(AssertSqlSafe(statement)).await.expect("the statement runs");
    connection.close().await.expect("the connection ends");
}

/// The same server with another database.
fn at(url: &str, database: &str) -> String {
    let (server, query) = split(url);
    let server = server.rsplit_once('/').expect("a database").0;
    format!("{server}/{database}{query}")
}

fn split(url: &str) -> (&str, &str) {
    url.split_at(url.find('?').unwrap_or(url.len()))
}

#[expect(clippy::disallowed_methods, reason = "the environment says which PostgreSQL there is")]
fn cluster() -> Option<Cluster> {
    if let Ok(url) = std::env::var("MAPWRIGHT_TEST_POSTGRES") {
        return Some(Cluster { url, _keeper: None });
    }
    let Some(programs) = programs() else {
        assert!(
            std::env::var("MAPWRIGHT_POSTGRES").as_deref() != Ok("required"),
            "there is no PostgreSQL: set MAPWRIGHT_TEST_POSTGRES, or install its programs"
        );
        eprintln!("SKIPPED on PostgreSQL: there are no programs of it, and MAPWRIGHT_TEST_POSTGRES is not set");
        return None;
    };
    Some(start(&programs))
}

/// The directory of the programs: that of `initdb` on the path, links followed, or where systems put it.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|directory| directory.join("initdb"));
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let installed = versions.map(|version| version.path().join("bin/initdb"));
    let real = on_path.chain(installed).filter_map(|program| program.canonicalize().ok());
    real.filter_map(|program| program.parent().map(Path::to_owned)).find(|bin| bin.join("postgres").exists())
}

fn start(programs: &Path) -> Cluster {
    let directory = std::env::temp_dir().join(format!("mwpg-{}", uuid::Uuid::new_v4().simple()));
    fs::create_dir(&directory).expect("a directory");
    let user = other_user();
    if let Some((uid, gid)) = user {
        std::os::unix::fs::chown(&directory, Some(uid), Some(gid)).expect("the directory is handed over");
    }
    let data = directory.join("data");
    let made = command(user, &programs.join("initdb"))
        .args(["--no-sync", "--auth=trust", "--username=mapwright", "--encoding=UTF8", "--locale=C", "-D"])
        .arg(&data)
        .output()
        .expect("initdb runs");
    assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
    let keeper = command(user, Path::new("/bin/sh"))
        .args(["-c", KEEPER, "keeper"])
        .args([programs, &directory])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // A Ctrl-C ends the tests; the keeper then sees the end of the pipe.
        .process_group(0)
        .spawn()
        .expect("a shell runs");
    let begun = Instant::now();
    while !std::os::unix::net::UnixStream::connect(directory.join(".s.PGSQL.5432")).is_ok_and(|_| is_ready(&directory))
    {
        let log = fs::read_to_string(directory.join("log")).unwrap_or_default();
        assert!(begun.elapsed() < PATIENCE, "PostgreSQL does not start: {log}");
        std::thread::sleep(Duration::from_millis(50));
    }
    let url = format!("postgres://mapwright@localhost/postgres?host={}", directory.display());
    Cluster { url, _keeper: Some(keeper) }
}

fn is_ready(directory: &Path) -> bool {
    let state = fs::read_to_string(directory.join("data/postmaster.pid")).unwrap_or_default();
    state.lines().any(|line| line.trim() == "ready")
}

/// A user that is not root, where this is root: PostgreSQL refuses to run as root.
fn other_user() -> Option<(u32, u32)> {
    let own = std::os::unix::fs::MetadataExt::uid(&fs::metadata("/proc/self").expect("this process"));
    if own != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").expect("the users");
    let ids = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    Some(ids("postgres").or_else(|| ids("nobody")).expect("a user besides root"))
}

fn command(user: Option<(u32, u32)>, program: &Path) -> Command {
    let mut command = Command::new(program);
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command.current_dir("/").env("LC_ALL", "C");
    command
}
