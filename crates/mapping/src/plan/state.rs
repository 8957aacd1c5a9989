//! A record as a reply shows it. Nothing is copied out of the answer: a record knows where in it it lies.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};

use crate::mapping::{Index, Record};
use crate::path::{Location, Path, Segment, text_of, walk};
use crate::variables::Bound;

/// A record as a reply shows it.
#[derive(Clone, Debug)]
pub(crate) struct State {
    /// The whole answer: what `^` climbs to.
    root: Arc<Value>,
    own: Own,
    view: Option<View>,
}

/// Where a record is.
#[derive(Clone, Debug)]
enum Own {
    /// In the answer.
    In(Location),
    /// Outside of it.
    Apart(Arc<Value>),
}

/// The object that an array of keyed items is seen as.
#[derive(Clone, Debug)]
struct View {
    /// The name of the record's member that it is; none where it stands for the record.
    name: Option<String>,
    /// Where the array lies in the record.
    array: Location,
    /// The positions of the items by their keys.
    items: BTreeMap<String, usize>,
    /// The member of an item that counts; none: the item.
    value: Option<String>,
    /// The record with the object in it, for those who want the whole.
    whole: OnceLock<Arc<Value>>,
}

impl State {
    /// The record in an answer; none where it is not there.
    pub(crate) fn new(root: Arc<Value>, at: Option<&Path>, record: &Record, bound: &Bound) -> Option<State> {
        let location = match at {
            Some(path) => path.locate(&root, bound)?,
            None => Location::default(),
        };
        State::of(root, Own::In(location), record, bound)
    }

    /// A record that lies inside another one; none where it is not there.
    pub(crate) fn inside(outer: &State, path: &Path, record: &Record, bound: &Bound) -> Option<State> {
        let root = Arc::clone(&outer.root);
        let own = match (&outer.own, &outer.view) {
            _ if path.root => Own::In(path.locate(&root, bound)?),
            (Own::In(location), None) => Own::In(location.join(path.locate(outer.plain()?, bound)?)),
            _ => Own::Apart(Arc::new(outer.get(path, bound)?.clone())),
        };
        State::of(root, own, record, bound)
    }

    /// A record that is not a part of an answer.
    #[cfg(test)]
    pub(crate) fn apart(root: Arc<Value>, own: Value, record: &Record, bound: &Bound) -> Option<State> {
        State::of(root, Own::Apart(Arc::new(own)), record, bound)
    }

    fn of(root: Arc<Value>, own: Own, record: &Record, bound: &Bound) -> Option<State> {
        let mut state = State { root, own, view: None };
        let plain = state.plain().filter(|plain| !plain.is_null())?;
        state.view = record.index.as_ref().map(|index| View::of(plain, index, bound));
        Some(state)
    }

    /// The record without its view.
    fn plain(&self) -> Option<&Value> {
        match &self.own {
            Own::In(location) => location.get(&self.root),
            Own::Apart(own) => Some(own),
        }
    }

    /// The value at a path; none where there is none.
    pub(crate) fn get(&self, path: &Path, bound: &Bound) -> Option<&Value> {
        if path.root {
            return path.get(&self.root, bound);
        }
        let plain = self.plain()?;
        match &self.view {
            Some(view) => view.get(plain, &path.segments, bound),
            None => path.get(plain, bound),
        }
    }

    /// The names and values of the object at a path, in their order; none where there is no object.
    pub(crate) fn members(&self, path: &Path, bound: &Bound) -> Option<Vec<(&str, &Value)>> {
        if let (false, Some(view), Some(plain)) = (path.root, &self.view, self.plain())
            && view.is_at(&path.segments, bound)
        {
            return Some(view.members(plain));
        }
        let object = self.get(path, bound)?.as_object()?;
        Some(object.iter().map(|(name, value)| (name.as_str(), value)).collect())
    }

    /// The record itself, with its view.
    pub(crate) fn record(&self) -> &Value {
        let plain = self.plain().unwrap_or(&Value::Null);
        self.view.as_ref().map_or(plain, |view| view.whole(plain))
    }

    /// The whole answer.
    pub(crate) fn root(&self) -> &Arc<Value> {
        &self.root
    }
}

impl View {
    fn of(plain: &Value, index: &Index, bound: &Bound) -> View {
        let array = match &index.at {
            Some(path) => path.locate(plain, bound),
            None => Some(Location::default()),
        };
        let items = array.as_ref().and_then(|array| array.get(plain)?.as_array());
        let key = |item: &Value| text_of(item.get(&index.by)).map(std::borrow::Cow::into_owned);
        // Of several items of a key the last one counts.
        let items = items.into_iter().flatten().enumerate().filter_map(|(at, item)| Some((key(item)?, at))).collect();
        View {
            name: index.name.clone().filter(|_| plain.is_object()),
            array: array.unwrap_or_default(),
            items,
            value: index.value.clone(),
            whole: OnceLock::new(),
        }
    }

    fn get<'v>(&'v self, plain: &'v Value, segments: &[Segment], bound: &Bound) -> Option<&'v Value> {
        let inner = match (&self.name, segments) {
            (None, inner) => inner,
            (Some(own), [Segment::Key(name), inner @ ..]) if bound.name(name) == own.as_str() => inner,
            (Some(_), []) => return Some(self.whole(plain)),
            (Some(_), _) => return walk(segments, plain, bound),
        };
        match inner {
            [Segment::Key(key), inner @ ..] => {
                let at = self.items.get(&*bound.name(key))?;
                walk(inner, self.item(plain, *at)?, bound)
            }
            _ => walk(segments, self.whole(plain), bound),
        }
    }

    /// Whether a path leads to the object, and no further.
    fn is_at(&self, segments: &[Segment], bound: &Bound) -> bool {
        match (&self.name, segments) {
            (None, []) => true,
            (Some(own), [Segment::Key(name)]) => bound.name(name) == own.as_str(),
            _ => false,
        }
    }

    /// The names and values of the object, in the order of the array.
    fn members<'v>(&'v self, plain: &'v Value) -> Vec<(&'v str, &'v Value)> {
        let mut items: Vec<(&String, usize)> = self.items.iter().map(|(key, at)| (key, *at)).collect();
        items.sort_by_key(|(_, at)| *at);
        items.into_iter().filter_map(|(key, at)| Some((key.as_str(), self.item(plain, at)?))).collect()
    }

    /// What counts of the item at a position.
    fn item<'v>(&self, plain: &'v Value, at: usize) -> Option<&'v Value> {
        let item = self.array.get(plain)?.get(at)?;
        Some(match &self.value {
            Some(member) => item.get(member).unwrap_or(&Value::Null),
            None => item,
        })
    }

    /// The record with the object in it.
    fn whole(&self, plain: &Value) -> &Value {
        self.whole.get_or_init(|| {
            let members = self.members(plain).into_iter().map(|(key, value)| (key.to_owned(), value.clone()));
            let object = Value::Object(members.collect::<Map<_, _>>());
            Arc::new(match (&self.name, plain) {
                (Some(name), Value::Object(record)) => {
                    let mut record = record.clone();
                    record.insert(name.clone(), object);
                    Value::Object(record)
                }
                _ => object,
            })
        })
    }
}
