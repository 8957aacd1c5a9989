//! Mappings that change while the service runs.

use std::fs;
use std::path::PathBuf;

use crate::support::{Answer, Client, Database, Directory, Scene, Service, Start, mappings_of, until};

/// The provider whose mapping changes.
const PROVIDER: &str = "zendesk_sell";

/// A running service on mappings that a test may change.
struct Stage {
    scene: Scene,
    service: Service,
    mappings: Directory,
}

impl Stage {
    fn start(more: &[&str]) -> Stage {
        let mappings = mappings_of(&[PROVIDER]);
        let scene = Scene::with_one(Database::sqlite(), PROVIDER, None);
        let start = Start::with_mappings(&scene.database, mappings.path());
        let service = more.iter().fold(start, Start::with).start();
        Stage { scene, service, mappings }
    }

    fn client(&self) -> Client {
        self.scene.client(&self.service)
    }

    fn file(&self) -> PathBuf {
        self.mappings.path().join(PROVIDER).join("leads.toml")
    }

    /// Puts another line in place of that of the title.
    fn change(&self, line: &str) {
        let text = fs::read_to_string(self.file()).expect("the mapping");
        let lines = text.lines().map(|old| if old.starts_with("title ") { line } else { old });
        let text: Vec<&str> = lines.collect();
        assert!(text.contains(&line));
        fs::write(self.file(), text.join("\n")).expect("it is written");
    }

    fn patch(&self) -> Answer {
        let patch = serde_json::json!({"title": "Captain"});
        self.client().patch(self.scene.account(), &self.scene.provider().first(), &patch).send()
    }

    /// The version of the mapping, and what is not written.
    fn told(&self) -> (String, Option<String>) {
        let answer = self.patch();
        assert_eq!(answer.status, 200, "{}", answer.text());
        let header = |name: &str| answer.header(name).map(str::to_owned);
        (header("mapwright-mapping-version").expect("a version"), header("mapwright-unwritten"))
    }

    /// How many reloads came to this end.
    fn reloads(&self, result: &str) -> u64 {
        let metrics = self.client().raw("GET", "/metrics").send().text();
        let name = format!("mapwright_mapping_reloads_total{{result=\"{result}\"}} ");
        let number = metrics.lines().find_map(|line| line.strip_prefix(&name));
        number.map_or(0, |text| text.parse().expect("a number"))
    }
}

/// Read only from now on.
const CHANGED: &str = "title = { path = \"title\", read_only = \"we say so\" }";

/// A field without an end.
const BROKEN: &str = "title = { path = \"title";

#[test]
fn at_sighup_changes_are_taken_up_and_what_is_broken_is_refused() {
    let stage = Stage::start(&["--no-watch"]);
    let (first, unwritten) = stage.told();
    assert_eq!(unwritten, None);
    stage.change(CHANGED);
    stage.service.signal("HUP");
    until("they are loaded", || stage.reloads("taken") == 1);
    let (second, unwritten) = stage.told();
    assert_ne!(first, second);
    assert!(unwritten.as_deref().is_some_and(|text| text.starts_with("\"/title\"")), "{unwritten:?}");
    stage.change(BROKEN);
    stage.service.signal("HUP");
    until("they are refused", || stage.reloads("refused") == 1);
    assert_eq!(stage.told(), (second, unwritten));
    assert!(stage.service.logs().contains("the mappings are refused; those in use stay"), "{}", stage.service.logs());
}

#[test]
fn a_file_that_changes_is_taken_up_by_itself() {
    let stage = Stage::start(&[]);
    let (first, _) = stage.told();
    stage.change(BROKEN);
    until("they are refused", || stage.reloads("refused") >= 1);
    assert_eq!(stage.told(), (first.clone(), None));
    assert_eq!(stage.reloads("taken"), 0);
    stage.change(CHANGED);
    until("they are loaded", || stage.reloads("taken") >= 1);
    let (second, unwritten) = stage.told();
    assert_ne!(first, second);
    assert!(unwritten.as_deref().is_some_and(|text| text.starts_with("\"/title\"")), "{unwritten:?}");
}
