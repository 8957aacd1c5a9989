//! A patch with what it does where nothing goes wrong, and the judgement of a run in which something did.

use std::collections::BTreeMap;

use mapwright_interpreter::{Finished, Interpreter};
use mapwright_mapping::outcome::{Fate, LeafOutcome};
use mapwright_mapping::plan::Options;
use mapwright_mapping::provider::Class;
use mapwright_sandbox::Sandbox;

use crate::fault::Fault;
use crate::inside::{Exchange, Inside};
use crate::patches::Patch;
use crate::scene::{Changes, Scene};

/// A patch on a provider.
pub(crate) struct Case<'s> {
    pub(crate) scene: &'s Scene,
    pub(crate) patch: Patch,
    pub(crate) options: Options,
    /// The exchanges of a run in which nothing goes wrong.
    pub(crate) exchanges: Vec<Exchange>,
    /// What each step that writes changes, by the step in words.
    steps: BTreeMap<String, Changes>,
    /// The step that carries each leaf, by the leaf's place in the patch.
    leaves: BTreeMap<String, String>,
    /// What becomes of each leaf.
    outcomes: Vec<LeafOutcome>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum How {
    /// It says that all is written, and so it is.
    Written,
    /// It says that all is written and could not be read back.
    Unread,
    /// Some leaves are written and the others are not, and it says which.
    Partly,
    /// It says of some leaves that it is not known.
    Unknown,
    /// It says that nothing is written, and so it is.
    Nothing,
}

impl<'s> Case<'s> {
    /// Runs the patch where nothing goes wrong.
    pub(crate) async fn new(scene: &'s Scene, patch: &Patch) -> Case<'s> {
        let mut options = Options::default();
        if patch.versioned {
            let interpreter = Interpreter::new(Inside::new(scene.first.fork(), None));
            let read = interpreter.get(&scene.account(), &scene.mapping, scene.lead(), Vec::new()).await;
            options.if_match = Some(vec![read.result.expect("the lead can be read").version.tag()]);
        }
        let sandbox = scene.first.fork();
        let inside = Inside::new(sandbox.clone(), None).noting(&scene.first);
        let mut case = Case {
            scene,
            patch: patch.clone(),
            options,
            exchanges: Vec::new(),
            steps: BTreeMap::new(),
            leaves: BTreeMap::new(),
            outcomes: Vec::new(),
        };
        let finished = case.run(&Interpreter::new(inside.clone())).await;
        let place = format!("{} {}", scene.id(), patch.name);
        let success = finished.result.unwrap_or_else(|failure| panic!("{place}: {failure}"));
        case.exchanges = inside.exchanges();
        let mut before = Changes::new();
        for exchange in &case.exchanges {
            let changes = scene.own(exchange.changes.clone());
            let by_it: Changes = changes
                .iter()
                .filter(|(at, now)| before.get(*at) != Some(*now))
                .map(|(at, now)| (at.clone(), now.clone()))
                .collect();
            if !by_it.is_empty() {
                assert!(case.steps.insert(exchange.step.clone(), by_it).is_none(), "{place}: {}", exchange.step);
            }
            before = changes;
        }
        let written: Vec<&str> = case
            .exchanges
            .iter()
            .map(|exchange| exchange.step.as_str())
            .filter(|step| case.steps.contains_key(*step))
            .collect();
        assert_eq!(written, patch.writes, "{place}: {:?}", case.steps);
        let actions: Vec<&str> = scene.mapping.actions.iter().map(|action| action.leaf.as_str()).collect();
        let main = &scene.mapping.record(scene.mapping.main).name;
        for outcome in &success.outcomes {
            let place = format!("{place}: {outcome:?}");
            assert!(is_written(outcome.outcome), "{place}");
            let leaf = outcome.pointer.trim_start_matches('/').replace('/', ".");
            let step = if actions.contains(&leaf.as_str()) {
                format!("set {leaf}")
            } else {
                format!("write {}", outcome.record.as_ref().unwrap_or(main))
            };
            assert!(case.steps.contains_key(&step), "{place}: {step}");
            case.leaves.insert(outcome.pointer.clone(), step);
        }
        case.outcomes = success.outcomes;
        case
    }

    /// Runs the patch.
    pub(crate) async fn run(&self, interpreter: &Interpreter) -> Finished {
        self.run_at(interpreter, None).await
    }

    /// Runs the patch, at an address of this machine where one is given.
    pub(crate) async fn run_at(&self, interpreter: &Interpreter, address: Option<&str>) -> Finished {
        let mut account = self.scene.account();
        if let Some(address) = address {
            account = account.at(address).expect("an address of this machine");
        }
        let (mapping, lead) = (&self.scene.mapping, self.scene.lead());
        interpreter.patch(&account, mapping, lead, &self.patch.body, self.options.clone()).await
    }

    /// Holds what a run says against what the provider has: how it ended, or what is wrong.
    pub(crate) fn judge(&self, finished: &Finished, sandbox: &Sandbox) -> Result<How, String> {
        let has = self.scene.changes(sandbox);
        let done = self.done(&has)?;
        let (outcomes, failure) = match &finished.result {
            Ok(success) => (&success.outcomes, None),
            Err(failure) => (&failure.outcomes, Some(failure)),
        };
        let told: Vec<&String> = outcomes.iter().map(|outcome| &outcome.pointer).collect();
        if told != self.outcomes.iter().map(|outcome| &outcome.pointer).collect::<Vec<_>>() {
            return Err(format!("it tells of {told:?}"));
        }
        let mut fates = Vec::new();
        for (outcome, expected) in outcomes.iter().zip(&self.outcomes) {
            let (leaf, step) = (&outcome.pointer, &self.leaves[&outcome.pointer]);
            let is_done = done[step.as_str()];
            let is_true = match outcome.outcome {
                Fate::NotSent | Fate::Rejected => !is_done,
                Fate::Unknown => failure.is_some(),
                fate => fate == expected.outcome && is_done,
            };
            if !is_true {
                return Err(format!("{leaf} is called {}, and done is {is_done}", outcome.outcome.as_str()));
            }
            fates.push(outcome.outcome);
        }
        let Some(failure) = failure else { return Ok(How::Written) };
        let steps: Vec<&str> = self
            .patch
            .writes
            .iter()
            .copied()
            .filter(|step| {
                let mut leaves = self.leaves.iter().filter(|(_, own)| own == step).map(|(leaf, _)| leaf);
                let fate = leaves.next().and_then(|leaf| outcomes.iter().find(|outcome| outcome.pointer == *leaf));
                fate.is_some_and(|outcome| is_written(outcome.outcome))
            })
            .collect();
        if failure.done != steps {
            return Err(format!("it names as done {:?}, and the leaves say {steps:?}", failure.done));
        }
        if fates.contains(&Fate::Unknown) {
            // A provider that breaks down has answered; where there is silence the word is "ambiguous".
            return if failure.class == Class::Ambiguous {
                Ok(How::Unknown)
            } else {
                Err(format!("it is open, and the class is {}", failure.class))
            };
        }
        if fates.iter().copied().all(is_written) {
            let says = failure.message.starts_with("the update was made");
            return if says {
                Ok(How::Unread)
            } else {
                Err(format!("all is written, and it says `{}`", failure.message))
            };
        }
        Ok(if fates.iter().copied().any(is_written) { How::Partly } else { How::Nothing })
    }

    /// Which steps the provider has done: each of them whole, none of them twice, and nothing else.
    fn done(&self, has: &Changes) -> Result<BTreeMap<&str, bool>, String> {
        let mut left = has.clone();
        let mut done = BTreeMap::new();
        for (step, changes) in &self.steps {
            let there: Vec<bool> = changes.iter().map(|(at, now)| has.get(at) == Some(now)).collect();
            let is_done = there.iter().all(|there| *there);
            if !is_done && there.contains(&true) {
                return Err(format!("`{step}` is done by half: {has:?}"));
            }
            if is_done {
                left.retain(|at, _| !changes.contains_key(at));
            }
            done.insert(step.as_str(), is_done);
        }
        if left.is_empty() { Ok(done) } else { Err(format!("the provider has what nobody wrote: {left:?}")) }
    }

    /// The case and a fault, for reports.
    pub(crate) fn named(&self, fault: &Fault) -> String {
        format!("{} {} {fault}", self.scene.id(), self.patch.name)
    }
}

/// Whether a leaf is called done.
fn is_written(fate: Fate) -> bool {
    matches!(fate, Fate::Written | Fate::Lossy | Fate::Emptied)
}
