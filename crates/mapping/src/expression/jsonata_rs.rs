//! The second backend, on `jsonata-rs`: for differential tests only, never for a service.
//!
//! What a user of it has to know:
//! - **It compiles again for every evaluation**, because what it compiles is bound to an arena
//!   and to one thread.
//! - **It keeps memory for ever.** Its arena runs no destructors, so what the values of an
//!   evaluation hold on the heap is never freed: some KB each time.
//! - **It can end the process or hang.** Panics are caught, the length and nesting of a text and
//!   the depth of its evaluation are bounded, and it runs on a thread of its own with much stack.
//!   But not every recursion inside the engine is bounded, and neither are its loops.
//! - **Its limits are coarser.** It looks at the time between parts, counts no steps, and bounds
//!   no size before the result is complete.
//! - **Objects lose their order.** Results come back with sorted keys, and what an expression
//!   does in key order (`$keys`, `$each`, an object turned into text) differs from run to run.
//!
//! # How the input is bound
//! The engine takes its input as text, which it parses as `JSONata` and runs. That would make data
//! into code, so this backend hands over no input text. The input becomes a variable, and the
//! expression `E` is run as `$__input.{"r": E}`: the object is built once, in the context of the
//! input, so every plain path in `E` starts there, and the value is stored as it is, with no list
//! collapsed. An array would give an object for each item, so it is refused as input. What
//! differs: `$$` is not the input, and no binding can be named `__input`. `E` is compiled alone
//! first, so that it cannot close the braces around it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic;
use std::sync::Once;
use std::thread;

use bumpalo::Bump;
use jsonata_rs::{ArrayFlags, JsonAta, Value as Engine};
use serde_json::{Map, Number, Value};

use super::{Backend, CompileError, Compiled, EvalError, Limit, Limits, catch, check_length, clamp, panic_message};

/// The variable that holds the input. No author writes this name.
const INPUT: &str = "__input";
/// Most bytes of a text that is handed over.
const LONGEST: usize = 4 * 1024;
/// Most brackets open at once in a text that is handed over.
const NESTED: usize = 40;
/// Bytes of stack. The engine recurses once for each operator of a chain, and the longest chain
/// fits in an unoptimised build.
const STACK: usize = 256 * 1024 * 1024;

/// The backend.
pub(super) struct JsonataRs;

impl Backend for JsonataRs {
    fn name(&self) -> &'static str {
        "jsonata-rs"
    }

    fn compile(&self, text: &str, limits: &Limits) -> Result<Box<dyn Compiled>, CompileError> {
        check_length(text, limits)?;
        let whole = |message: String| CompileError { message, range: 0..text.len() };
        if text.len() > LONGEST {
            return Err(whole(format!("the expression has more than {LONGEST} bytes")));
        }
        if nesting(text) > NESTED {
            return Err(whole(format!("the expression nests more than {NESTED} deep")));
        }
        let parsed = quietly(|| JsonAta::new(text, &Bump::new()).map(|_| ()));
        parsed
            .map_err(whole)?
            .map_err(|error| CompileError { message: error.to_string(), range: clamp(text, 0, text.len()) })?;
        Ok(Box::new(Ready { wrapped: format!("${INPUT}.{{\"r\": {text}\n}}"), limits: limits.clone() }))
    }
}

#[derive(Debug)]
struct Ready {
    wrapped: String,
    limits: Limits,
}

impl Compiled for Ready {
    fn eval(&self, input: &Value, bindings: &BTreeMap<String, Value>) -> Result<Option<Value>, EvalError> {
        if input.is_array() {
            return Err(failed("this engine takes no array as input"));
        }
        quietly(|| self.run(input, bindings)).map_err(EvalError::Panicked)?
    }
}

impl Ready {
    fn run(&self, input: &Value, bindings: &BTreeMap<String, Value>) -> Result<Option<Value>, EvalError> {
        let arena = Bump::new();
        let engine = JsonAta::new(&self.wrapped, &arena).map_err(|error| eval_error(&error))?;
        for (name, value) in bindings {
            engine.assign_var(name, bind(&arena, value));
        }
        engine.assign_var(INPUT, bind(&arena, input));
        let time = usize::try_from(self.limits.time.as_millis()).unwrap_or(usize::MAX);
        let group =
            engine.evaluate_timeboxed(None, Some(self.limits.depth), Some(time)).map_err(|error| eval_error(&error))?;
        let result = unbind(group.get_entry("r"))?;
        let size = result.as_ref().map_or(0, |value| value.to_string().len());
        if size > self.limits.bytes {
            return Err(EvalError::Limit(Limit::Bytes));
        }
        Ok(result)
    }
}

fn eval_error(error: &jsonata_rs::Error) -> EvalError {
    match error {
        jsonata_rs::Error::U1001StackOverflow => EvalError::Limit(Limit::Depth),
        jsonata_rs::Error::U1001Timeout => EvalError::Limit(Limit::Time),
        jsonata_rs::Error::D2014RangeOutOfBounds(..) => EvalError::Limit(Limit::Bytes),
        other => failed(&other.to_string()),
    }
}

fn failed(message: &str) -> EvalError {
    EvalError::Failed { message: message.to_owned(), range: None }
}

/// The greatest number of brackets open at once. Brackets inside strings count too, which only
/// makes the bound stricter.
fn nesting(text: &str) -> usize {
    let mut open = 0_usize;
    let mut most = 0;
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        most = most.max(open);
    }
    most
}

/// The JSON value as a value of the engine.
fn bind<'a>(arena: &'a Bump, value: &Value) -> &'a Engine<'a> {
    match value {
        Value::Null => Engine::null(arena),
        Value::Bool(flag) => Engine::bool(*flag),
        Value::Number(number) => Engine::number(arena, number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => Engine::string(arena, text),
        Value::Array(items) => {
            let array = Engine::array_with_capacity(arena, items.len(), ArrayFlags::empty());
            for item in items {
                array.push(bind(arena, item));
            }
            array
        }
        Value::Object(entries) => {
            let object = Engine::object_with_capacity(arena, entries.len());
            for (key, item) in entries {
                object.insert(key, bind(arena, item));
            }
            object
        }
    }
}

/// The value of the engine as JSON; `None` for *undefined*. Keys are sorted, because the engine
/// keeps no order.
fn unbind<'a>(value: &'a Engine<'a>) -> Result<Option<Value>, EvalError> {
    Ok(Some(match value {
        Engine::Null => Value::Null,
        Engine::Bool(flag) => Value::Bool(*flag),
        Engine::Number(number) => json_number(*number)?,
        Engine::String(text) => Value::String(text.to_string()),
        Engine::Array(..) | Engine::Range(..) => {
            let mut items = Vec::with_capacity(value.len());
            for item in value.members() {
                items.push(unbind(item)?.unwrap_or(Value::Null));
            }
            Value::Array(items)
        }
        Engine::Object(entries) => {
            let mut sorted = BTreeMap::new();
            for key in entries.keys() {
                if let Some(item) = unbind(value.get_entry(key))? {
                    sorted.insert(key.to_string(), item);
                }
            }
            Value::Object(sorted.into_iter().collect::<Map<_, _>>())
        }
        // Undefined; and a function is no value either, as in the default backend.
        _ => return Ok(None),
    }))
}

/// The number as JSON: an integer below 2^53, a float from there on, as the default backend has
/// it.
fn json_number(number: f64) -> Result<Value, EvalError> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT {
        // In range and whole, so that the conversion is exact.
        #[allow(clippy::cast_possible_truncation)]
        return Ok(Value::from(number as i64));
    }
    Number::from_f64(number).map(Value::Number).ok_or_else(|| failed("the result is not a finite number"))
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs `f` on a thread with enough stack and catches its panics, marking the thread for
/// [`silence_panics`].
fn quietly<T: Send>(f: impl FnOnce() -> T + Send) -> Result<T, String> {
    thread::scope(|scope| {
        let run = || {
            QUIET.set(true);
            catch(f)
        };
        let spawned = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run);
        let thread = spawned.map_err(|error| error.to_string())?;
        let joined = thread.join();
        joined.unwrap_or_else(|payload| Err(panic_message(payload.as_ref())))
    })
}

/// Keeps panics that the second backend catches from being printed. Other panics are printed as
/// before. This sets the panic hook of the process, once: call it from tests.
pub fn silence_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                previous(info);
            }
        }));
    });
}
