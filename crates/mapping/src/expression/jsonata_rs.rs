//! The second backend, on `jsonata-rs`: for differential tests only, never for a service.
//!
//! What a user of it has to know:
//! - **It compiles again for every evaluation**, because what it compiles is bound to an arena
//!   and to one thread.
//! - **It keeps memory for ever.** Objects and numbers of an evaluation hold heap memory that
//!   their arena does not free: a few KB each time.
//! - **It can end the process.** Panics are caught, and length, nesting and depth are bounded
//!   before a text is handed over, but not every recursion inside the engine is.
//! - **Its limits are coarser.** It looks at the time between parts, counts no steps, and bounds
//!   no size before the result is complete.
//! - **Objects lose their order.** Results come back with sorted keys, and what an expression
//!   does in key order (`$keys`, `$each`, an object turned into text) differs from run to run.
//!
//! # How the input is bound
//! The engine takes its input as text, which it parses as JSONata and runs. That would make data
//! into code, so this backend hands over no input text. The input becomes a variable, and the
//! expression `E` is run as `$input{"result": E}`: a grouping evaluates its value once on the
//! grouped item, so every plain path in `E` starts at the input, and the value is stored as it is,
//! with no list collapsed. An array would be grouped item by item, so it is refused as input. What
//! differs: `$$` is not the input, and a binding cannot have the name of the input variable.
//! `E` is compiled alone first, so that it cannot close the braces around it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic;
use std::sync::Once;

use bumpalo::Bump;
use jsonata_rs::{ArrayFlags, JsonAta, Value as Engine};
use serde_json::{Map, Number, Value};

use super::{
    Backend, CompileError, Compiled, EvalError, Limit, Limits, catch, check_length, clamp,
};

/// The variable that holds the input. No author writes this name.
const INPUT: &str = "__input";
/// Most bytes of a text that is handed over.
const LONGEST: usize = 8 * 1024;
/// Most brackets open at once in a text that is handed over.
const NESTED: usize = 40;
/// Deepest evaluation that fits a thread's usual 2 MiB of stack in an unoptimised build.
const DEEPEST: usize = 100;

/// The backend.
pub(super) struct JsonataRs;

impl Backend for JsonataRs {
    fn name(&self) -> &'static str {
        "jsonata-rs"
    }

    fn compile(&self, text: &str, limits: &Limits) -> Result<Box<dyn Compiled>, CompileError> {
        check_length(text, limits)?;
        let whole = |message: String| CompileError {
            message,
            range: 0..text.len(),
        };
        if text.len() > LONGEST {
            return Err(whole(format!("the expression has more than {LONGEST} bytes")));
        }
        if nesting(text) > NESTED {
            return Err(whole(format!("the expression nests more than {NESTED} deep")));
        }
        let parsed = quietly(|| JsonAta::new(text, &Bump::new()).map(|_| ()));
        parsed.map_err(whole)?.map_err(|error| CompileError {
            message: error.to_string(),
            range: clamp(text, 0, text.len()),
        })?;
        Ok(Box::new(Ready {
            wrapped: format!("${INPUT}.{{\"result\": {text}\n}}"),
            limits: limits.clone(),
        }))
    }
}

#[derive(Debug)]
struct Ready {
    wrapped: String,
    limits: Limits,
}

impl Compiled for Ready {
    fn eval(
        &self,
        input: &Value,
        bindings: &BTreeMap<String, Value>,
    ) -> Result<Option<Value>, EvalError> {
        if input.is_array() {
            return Err(failed("this engine takes no array as input"));
        }
        quietly(|| self.run(input, bindings)).map_err(EvalError::Panicked)?
    }
}

impl Ready {
    fn run(
        &self,
        input: &Value,
        bindings: &BTreeMap<String, Value>,
    ) -> Result<Option<Value>, EvalError> {
        let arena = Bump::new();
        let engine = JsonAta::new(&self.wrapped, &arena).map_err(|error| eval_error(&error))?;
        for (name, value) in bindings {
            engine.assign_var(name, bind(&arena, value));
        }
        engine.assign_var(INPUT, bind(&arena, input));
        let time = usize::try_from(self.limits.time.as_millis()).unwrap_or(usize::MAX);
        let depth = self.limits.depth.min(DEEPEST);
        let group = engine
            .evaluate_timeboxed(None, Some(depth), Some(time))
            .map_err(|error| eval_error(&error))?;
        let result = unbind(group.get_entry("result"))?;
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
    EvalError::Failed {
        message: message.to_owned(),
        range: None,
    }
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
        Engine::Undefined => return Ok(None),
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
        // A function as a whole result is no value, as in the default backend.
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
    Number::from_f64(number)
        .map(Value::Number)
        .ok_or_else(|| failed("the result is not a finite number"))
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Catches panics of `f`, marking the thread for [`silence_panics`] meanwhile.
fn quietly<T>(f: impl FnOnce() -> T) -> Result<T, String> {
    QUIET.set(true);
    let result = catch(f);
    QUIET.set(false);
    result
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
