//! What the default backend gives, and where it stops.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::super::{CompileError, EvalError, Expression, Limit, Limits, default_backend};

fn eval(text: &str, input: &Value) -> Result<Option<Value>, EvalError> {
    Expression::new(text, &Limits::default()).expect("compiles").eval(input, &BTreeMap::new())
}

#[test]
fn null_and_undefined_are_two_things() {
    let input = json!({"colour": null});
    assert_eq!(eval("colour", &input), Ok(Some(Value::Null)));
    assert_eq!(eval("shelf", &input), Ok(None));
}

#[test]
fn bindings_are_variables() {
    let expression = Expression::new("$pre & colour", &Limits::default()).expect("compiles");
    let bindings = BTreeMap::from([("pre".to_owned(), json!("dark "))]);
    assert_eq!(expression.eval(&json!({"colour": "red"}), &bindings), Ok(Some(json!("dark red"))));
}

#[test]
fn objects_keep_the_order_as_written() {
    let result = eval(r#"{"b": 1, "a": 2}"#, &Value::Null).expect("runs");
    assert_eq!(result.expect("has a value").to_string(), r#"{"b":1,"a":2}"#);
}

#[test]
fn integers_are_exact_below_two_to_the_53_and_rounded_from_there() {
    let read = |number: u64| eval("n", &json!({ "n": number }));
    assert_eq!(read(9_007_199_254_740_991), Ok(Some(json!(9_007_199_254_740_991_u64))));
    assert_eq!(read(9_007_199_254_740_993), Ok(Some(json!(9_007_199_254_740_992.0_f64))));
    assert_eq!(eval("n & \"\"", &json!({"n": 9_007_199_254_740_993_u64})), Ok(Some(json!("9007199254740992"))));
    assert_eq!(eval("n", &json!({"n": "9007199254740993"})), Ok(Some(json!("9007199254740993"))));
}

#[test]
fn a_syntax_error_has_the_range_of_the_offending_characters() {
    assert_eq!(
        Expression::new("é & )", &Limits::default()),
        Err(CompileError { message: "The symbol \")\" cannot be used as a unary operator".to_owned(), range: 5..6 })
    );
}

#[test]
fn a_failure_has_the_range_of_the_failing_part() {
    assert_eq!(
        eval(r#""é" & $number("x")"#, &Value::Null),
        Err(EvalError::Failed { message: "Unable to cast value to a number: \"x\"".to_owned(), range: Some(7..19) })
    );
}

#[test]
fn a_text_that_is_too_long_does_not_compile() {
    let limits = Limits { bytes: 4, ..Limits::default() };
    assert_eq!(
        Expression::new("colour", &limits),
        Err(CompileError { message: "the expression has 6 bytes, more than 4".to_owned(), range: 0..6 })
    );
}

#[test]
fn hostile_expressions_meet_a_limit() {
    let cases = [
        ("($f := function($n){1 + $f($n)}; $f(1))", Limit::Depth),
        ("($f := function($n){$f($n)}; $f(1))", Limit::Steps),
        ("[1..99999999]", Limit::Bytes),
        ("$pad(\"\", 100000000)", Limit::Bytes),
        ("($f := function($s, $n){$n = 0 ? $s : $f($s & $s, $n - 1)}; $f(\"ab\", 60))", Limit::Bytes),
        ("$contains($pad(\"\", 40, \"a\") & \"b\", /^(a+)+$/)", Limit::Time),
    ];
    for (text, limit) in cases {
        // On a busy machine the clock must not run out before the limit that is meant.
        let time = if limit == Limit::Time { Limits::default().time } else { Duration::from_mins(10) };
        let limits = Limits { time, ..Limits::default() };
        let result = Expression::new(text, &limits).expect("compiles").eval(&Value::Null, &BTreeMap::new());
        assert_eq!(result, Err(EvalError::Limit(limit)), "{text}");
    }
}

#[test]
fn deep_nesting_is_refused_and_does_not_overflow_the_stack() {
    let text = "(".repeat(100_000);
    let error = Expression::new(&text, &Limits::default()).expect_err("is too deep");
    assert_eq!(error.message, "The expression is nested too deeply (the limit is 1000 levels)");
}

#[test]
fn clock_and_chance_are_fixed() {
    let again = || eval("[$millis(), $random()]", &Value::Null);
    assert_eq!(again(), again());
    assert_eq!(eval("$millis()", &Value::Null), Ok(Some(json!(0))));
}

#[test]
fn expressions_are_equal_when_their_texts_are() {
    let of = |text| Expression::new(text, &Limits::default()).expect("compiles");
    assert_eq!(of("colour"), of("colour").clone());
    assert_ne!(of("colour"), of(" colour"));
    assert_eq!(of("colour").text(), "colour");
    assert_eq!(format!("{:?}", of("colour")), "Expression(\"colour\")");
    assert_eq!(default_backend().name(), "jlens");
}
