//! The default backend, on `jlens-core`.
//!
//! A compiled expression is immutable and shared between threads. Every evaluation has limits of
//! time, depth, steps and size. The clock and the random generator are fixed (the Unix epoch, and
//! the seed 0), because planning is a pure function of its inputs; [`audit`](super::audit())
//! refuses the functions that would show it.

use std::collections::BTreeMap;

use jlens_core::{Bindings, Error, Options};
use serde_json::Value;

use super::{Backend, CompileError, Compiled, EvalError, Limit, Limits, catch, check_length, clamp};

/// The backend.
pub(super) struct Jlens;

impl Backend for Jlens {
    fn name(&self) -> &'static str {
        "jlens"
    }

    fn compile(&self, text: &str, limits: &Limits) -> Result<Box<dyn Compiled>, CompileError> {
        check_length(text, limits)?;
        let compiled = catch(|| jlens_core::Expression::compile(text));
        let expression = compiled
            .map_err(|message| CompileError { message, range: 0..text.len() })?
            .map_err(|error| compile_error(text, &error))?;
        let options = Options::new()
            .timeout(limits.time)
            .max_depth(limits.depth)
            .max_steps(limits.steps)
            .max_string_length(limits.bytes)
            .max_array_length(limits.bytes / 16)
            .max_result_size(limits.bytes)
            .now(0)
            .seed(0);
        Ok(Box::new(Ready { expression, options }))
    }
}

#[derive(Debug)]
struct Ready {
    expression: jlens_core::Expression,
    options: Options,
}

impl Compiled for Ready {
    fn eval(&self, input: &Value, bindings: &BTreeMap<String, Value>) -> Result<Option<Value>, EvalError> {
        let bindings: Bindings = bindings.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        catch(|| self.expression.evaluate_with(Some(input), &bindings, &self.options))
            .map_err(EvalError::Panicked)?
            .map_err(|error| self.eval_error(&error))
    }
}

impl Ready {
    fn eval_error(&self, error: &Error) -> EvalError {
        match error.code() {
            "D1012" => EvalError::Limit(Limit::Time),
            "D1011" => EvalError::Limit(Limit::Depth),
            "U1006" => EvalError::Limit(Limit::Steps),
            "U1001" | "D2014" | "D2015" | "D2016" => EvalError::Limit(Limit::Bytes),
            _ => EvalError::Failed {
                message: error.message(),
                range: error.span().map(|span| clamp(self.expression.source(), span.start, span.end)),
            },
        }
    }
}

fn compile_error(text: &str, error: &Error) -> CompileError {
    CompileError {
        message: error.message(),
        range: error.span().map_or(0..text.len(), |span| clamp(text, span.start, span.end)),
    }
}
