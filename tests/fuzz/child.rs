//! A target's own process: runs input after input, and stops at the first that fails.

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Instant;

use crate::chance::Chance;
use crate::harness::{number, scratch};
use crate::minimal::minimal;
use crate::mutate::mutated;
use crate::targets::{self, LARGEST, Target};
use crate::{process, seeds, watchdog};

/// The most memory that one input may take beyond what was in use, in bytes.
const MOST_MEMORY: u64 = 512 << 20;

/// Where a panic was and what it said.
static PANIC: Mutex<String> = Mutex::new(String::new());

/// Runs a target on what was found, on its seeds, and on what is made of them.
pub(crate) fn run(name: &str) {
    let target = targets::find(name);
    let mut runner = Runner::new(target);
    if let Some(path) = std::env::var_os("FUZZ_FILE") {
        runner.try_one("the file", &fs::read(path).expect("the file"));
        println!("\nfuzz {name}: the file");
        return;
    }
    let found = seeds::found(name);
    for (path, bytes) in &found {
        runner.try_one(path, bytes);
    }
    let seeds = seeds::seeds(target.name);
    if let Some(directory) = std::env::var_os("FUZZ_CORPUS") {
        write_corpus(&PathBuf::from(directory).join(name), &seeds);
    }
    // Those that are slow on each shipped file are slow on the lot; the made inputs begin with one of them each.
    let whole = seeds.iter().step_by(seeds.len().div_ceil(target.usual / 4 + 1).max(1));
    for seed in whole.clone() {
        runner.try_one("a seed", seed);
    }
    let inputs = number("FUZZ_INPUTS").unwrap_or(target.usual as u64);
    let row = number("FUZZ_SEED").unwrap_or(1);
    for input in 0..inputs {
        let mut chance = Chance::of(row, name, input);
        let bytes = mutated(&mut chance, target, &seeds);
        runner.try_one(&format!("input {input} of seed {row}"), &bytes);
    }
    println!(
        "\nfuzz {name}: {inputs} made inputs of seed {row}, {} seeds, {} found before; {:.1} s, at most {} MB for one",
        whole.count(),
        found.len(),
        runner.began.elapsed().as_secs_f32(),
        runner.most_memory >> 20
    );
}

struct Runner {
    target: &'static Target,
    /// The input that is run lies in this file, so that it is there when the process is not.
    file: File,
    count: u64,
    began: Instant,
    most_memory: u64,
}

impl Runner {
    fn new(target: &'static Target) -> Runner {
        panic::set_hook(Box::new(|info| {
            let mut panic = PANIC.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            *panic = info.to_string();
        }));
        watchdog::start();
        let file = File::create(scratch(target.name).join("input")).expect("a file");
        Runner { target, file, count: 0, began: Instant::now(), most_memory: 0 }
    }

    /// Runs one input. Fails with the smallest input that fails the same way.
    fn try_one(&mut self, title: &str, bytes: &[u8]) {
        let Err(why) = self.run(bytes) else { return };
        let small = minimal(bytes, &mut |bytes| self.run(bytes).is_err_and(|other| alike(&other, &why)));
        self.keep(&small);
        let _ = panic::take_hook();
        panic!("{title} fails: {why}\n{} bytes of {}: {}", small.len(), bytes.len(), small.escape_ascii());
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.file.set_len(0).expect("the file is emptied");
        self.file.write_all_at(bytes, 0).expect("the file is written");
    }

    fn run(&mut self, bytes: &[u8]) -> Result<(), String> {
        assert!(bytes.len() <= LARGEST + seeds::LARGEST_SEED, "an input of {} bytes", bytes.len());
        self.keep(bytes);
        self.count += 1;
        process::forget_peak();
        let before = process::memory();
        let run = self.target.run;
        let ended = watchdog::watch(self.count, || panic::catch_unwind(AssertUnwindSafe(|| run(bytes))));
        if ended.is_err() {
            return Err(PANIC.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone());
        }
        if let (Some((before, _)), Some((_, peak))) = (before, process::memory()) {
            let taken = peak.saturating_sub(before);
            self.most_memory = self.most_memory.max(taken);
            if taken > MOST_MEMORY {
                return Err(format!("it takes {} MB, more than {}", taken >> 20, MOST_MEMORY >> 20));
            }
        }
        Ok(())
    }
}

/// Whether two failures are at the same place.
fn alike(one: &str, other: &str) -> bool {
    let place = |text: &str| text.lines().next().unwrap_or_default().chars().take(60).collect::<String>();
    place(one) == place(other)
}

/// The seeds as files, for a driver that takes them so.
fn write_corpus(directory: &std::path::Path, seeds: &[Vec<u8>]) {
    fs::create_dir_all(directory).expect("a directory");
    for (index, seed) in seeds.iter().enumerate() {
        fs::write(directory.join(format!("seed-{index:04}")), seed).expect("a seed is written");
    }
}
