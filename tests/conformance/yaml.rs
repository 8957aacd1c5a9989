//! YAML as JSON.

use saphyr::{LoadableYamlNode as _, Scalar, Yaml};
use serde_json::{Map, Value};

/// The first document of a YAML text.
pub(crate) fn read(text: &str) -> Result<Value, String> {
    let documents = Yaml::load_from_str(text).map_err(|error| error.to_string())?;
    documents.first().map_or_else(|| Err("there is no document".to_owned()), json)
}

fn json(node: &Yaml<'_>) -> Result<Value, String> {
    Ok(match node {
        Yaml::Value(scalar) => match scalar {
            Scalar::Null => Value::Null,
            Scalar::Boolean(value) => (*value).into(),
            Scalar::Integer(value) => (*value).into(),
            Scalar::FloatingPoint(value) => value.into_inner().into(),
            Scalar::String(text) => text.as_ref().into(),
        },
        Yaml::Sequence(items) => items.iter().map(json).collect::<Result<Vec<_>, _>>()?.into(),
        Yaml::Mapping(members) => {
            let mut object = Map::new();
            for (name, value) in members {
                // Keys of answers are numbers in some files: `200:`.
                let name = match json(name)? {
                    Value::String(name) => name,
                    other => other.to_string(),
                };
                object.insert(name, json(value)?);
            }
            object.into()
        }
        Yaml::Tagged(_, inner) => json(inner)?,
        other => return Err(format!("no JSON stands for {other:?}")),
    })
}
