//! The second engine in a process of its own: it may hang, and it may overflow its stack, which ends the process.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use mapwright_mapping::expression::second_backend;
use serde_json::{Value, json};

use crate::compare::{Said, limits};

/// The variable that tells a process that it is the engine's, and the port where it is asked.
const PORT: &str = "JSONATA_PORT";

/// How long an expression may take on one record. It takes less than a millisecond; a machine may be busy.
const LONGEST: Duration = Duration::from_secs(20);

/// The second engine.
#[derive(Default)]
pub(crate) struct Second {
    worker: Option<Worker>,
}

struct Worker {
    process: Child,
    lines: BufReader<TcpStream>,
}

impl Second {
    /// Runs an expression on each input: an error where it does not compile. What comes after an input on which the
    /// engine hangs, or ends its process, is not run.
    pub(crate) fn run(&mut self, text: &str, inputs: &[&Value]) -> Result<Vec<Said>, String> {
        let worker = self.worker.get_or_insert_with(Worker::start);
        let question = json!({"text": text, "inputs": inputs});
        // Where it is not there any more, it does not answer either.
        let _ = send(worker.lines.get_mut(), &question);
        let mut said = Vec::new();
        while said.len() < inputs.len() {
            match worker.answer() {
                Some(Answer::Refused(words)) => return Err(words),
                Some(Answer::Said(one)) => said.push(one),
                None => {
                    said.push(Said::Gone);
                    self.worker = None;
                    break;
                }
            }
        }
        Ok(said)
    }
}

/// What the engine's process answers.
enum Answer {
    /// The text does not compile.
    Refused(String),
    /// What came of one input.
    Said(Said),
}

impl Worker {
    fn start() -> Worker {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let process = Command::new(std::env::current_exe().expect("the program of the tests"))
            .args(["worker::the_second_engine_is_asked", "--exact", "--nocapture"])
            .env(PORT, port.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a process of its own");
        let (stream, _) = listener.accept().expect("the process comes");
        stream.set_nodelay(true).expect("a stream that does not wait");
        stream.set_read_timeout(Some(LONGEST)).expect("a bound of time");
        Worker { process, lines: BufReader::new(stream) }
    }

    /// The next answer; none where the process does not answer any more.
    fn answer(&mut self) -> Option<Answer> {
        let mut line = String::new();
        let length = self.lines.read_line(&mut line).ok()?;
        if length == 0 {
            return None;
        }
        let line: Value = serde_json::from_str(&line).expect("an answer in JSON");
        let words = || line["words"].as_str().unwrap_or_default().to_owned();
        Some(match line["is"].as_str().unwrap_or_default() {
            "refused" => Answer::Refused(words()),
            "value" => Answer::Said(Said::Value(line["value"].clone())),
            "nothing" => Answer::Said(Said::Nothing),
            "failed" => Answer::Said(Said::Failed(words())),
            "limit" => Answer::Said(Said::Limit(words())),
            "panicked" => Answer::Said(Said::Panicked(words())),
            other => panic!("the engine's process says {other}"),
        })
    }
}

/// Sends a line.
fn send(stream: &mut TcpStream, line: &Value) -> std::io::Result<()> {
    stream.write_all(format!("{line}\n").as_bytes())
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// In a process that [`Second`] starts: answers until nobody asks any more. In any other: nothing.
#[test]
fn the_second_engine_is_asked() {
    let port = std::env::var_os(PORT).and_then(|port| port.to_str()?.parse::<u16>().ok());
    let Some(port) = port else { return };
    mapwright_mapping::expression::silence_panics();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("somebody asks");
    stream.set_nodelay(true).expect("a stream that does not wait");
    let questions = BufReader::new(stream.try_clone().expect("both ends"));
    for question in questions.lines().map_while(Result::ok) {
        let question: Value = serde_json::from_str(&question).expect("a question in JSON");
        let compiled = second_backend().compile(question["text"].as_str().unwrap_or_default(), &limits());
        let compiled = match compiled {
            Ok(compiled) => compiled,
            Err(error) => {
                send(&mut stream, &json!({"is": "refused", "words": error.to_string()})).expect("somebody listens");
                continue;
            }
        };
        for input in question["inputs"].as_array().into_iter().flatten() {
            let answer = match Said::of(compiled.eval(input, &BTreeMap::new())) {
                Said::Value(value) => json!({"is": "value", "value": value}),
                Said::Nothing => json!({"is": "nothing"}),
                Said::Failed(words) => json!({"is": "failed", "words": words}),
                Said::Limit(words) => json!({"is": "limit", "words": words}),
                Said::Panicked(words) => json!({"is": "panicked", "words": words}),
                Said::Gone => continue,
            };
            send(&mut stream, &answer).expect("somebody listens");
        }
    }
}

#[test]
fn an_engine_that_does_not_answer_is_started_anew() {
    let mut second = Second::default();
    let input = json!({"a": 1});
    assert_eq!(second.run("a + 1", &[&input]), Ok(vec![Said::Value(json!(2))]));
    second.worker.as_mut().expect("it was started").process.kill().expect("it is there");
    let gone = second.run("a + 1", &[&input, &input]);
    assert_eq!(gone, Ok(vec![Said::Gone]), "what comes after is not run");
    assert_eq!(second.run("a + 1", &[&input]), Ok(vec![Said::Value(json!(2))]));
    assert!(second.run("a +", &[&input]).is_err_and(|words| !words.is_empty()));
}
