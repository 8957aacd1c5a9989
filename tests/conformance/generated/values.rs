//! Single values: plain ones, as people keep them.

use mapwright_mapping::model::Scalar;
use serde_json::{Value, json};

use super::draw::Draw;

const WORDS: &[&str] =
    &["Ada", "Łódź", "Nordwind", "O'Neill", "Site visit", "日本", "Retail", "Zoë", "Purchasing", "Harbour 7", "R&D"];
const COUNTRIES: &[&str] = &["Germany", "United States", "Canada", "Japan"];
const INSTANTS: &[&str] = &["2024-02-29T12:00:00Z", "2024-06-30T23:59:59+05:30", "1999-12-31T00:00:00Z"];

/// A value of a leaf, by its own name and type.
pub(crate) fn scalar(name: &str, scalar: Scalar, draw: &mut Draw) -> Value {
    match scalar {
        Scalar::Instant => json!(draw.one(INSTANTS)),
        Scalar::Integer | Scalar::Number => json!(draw.below(5_000)),
        Scalar::Boolean => json!(draw.once_in(2)),
        Scalar::Text => text(name, draw).into(),
    }
}

fn text(name: &str, draw: &mut Draw) -> String {
    let number = draw.below(9_000) + 1_000;
    match name {
        "email" => format!("lead{number}@example.com"),
        "number" => format!("+1202555{number}"),
        "extension" => format!("{}", number % 100),
        "country" => (*draw.one(COUNTRIES)).to_owned(),
        "postal_code" => format!("{number}"),
        "website" | "url" => format!("https://www.example.com/{number}"),
        _ => format!("{} {}", draw.one(WORDS), number % 100),
    }
}

/// A value of a custom key: one that was seen, or one of its type; null now and then.
pub(crate) fn custom(seen: &[Value], draw: &mut Draw) -> Value {
    if draw.once_in(6) {
        return Value::Null;
    }
    if seen.is_empty() {
        return text("custom", draw).into();
    }
    match draw.one(seen) {
        Value::Bool(_) => json!(draw.once_in(2)),
        Value::Number(number) if !number.is_f64() => json!(draw.below(90)),
        other => other.clone(),
    }
}
