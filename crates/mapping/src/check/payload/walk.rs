//! Follows a path of the mapping through the schema.

use std::borrow::Cow;

use super::schema::{Node, Payload, Step};
use crate::check::Scope;
use crate::mapping::Index;
use crate::path::{Path, Segment, text_of};
use crate::template::Template;
use crate::variables::Variable;

/// Why a path leads nowhere.
#[derive(Debug)]
pub(in crate::check) struct Lost<'a> {
    /// The segment that leads nowhere, from zero.
    pub(in crate::check) at: usize,
    /// What is wrong with it.
    pub(in crate::check) message: String,
    /// The names that are legal there.
    pub(in crate::check) names: Vec<&'a str>,
    /// The name that is not.
    pub(in crate::check) name: String,
    /// The path up to there.
    pub(in crate::check) before: String,
}

impl Lost<'_> {
    /// Says where on a path it is.
    fn after(self, path: &Path) -> Self {
        let segments = path.segments.iter().take(self.at).cloned().collect();
        Lost { before: Path { record: None, root: false, segments }.to_string(), ..self }
    }

    /// What is wrong, and where on the path.
    pub(in crate::check) fn in_words(&self, entry: &str) -> String {
        let before = if self.before.is_empty() { String::new() } else { format!(", at `{}`,", self.before) };
        format!("`{entry}` of payload.json{before} {}", self.message)
    }
}

/// What is known besides the schema.
#[derive(Clone, Copy)]
pub(in crate::check) struct Walk<'a, 's> {
    /// The schema.
    pub(in crate::check) payload: Payload<'a>,
    /// The mapping, for its variables.
    pub(in crate::check) scope: &'s Scope<'s>,
}

impl<'a> Walk<'a, '_> {
    /// The place that a path leads to; with a view of keyed items in front of it.
    pub(in crate::check) fn path(
        &self,
        start: &Node<'a>,
        path: &Path,
        index: Option<&Index>,
    ) -> Result<Node<'a>, Lost<'a>> {
        let mut node = start.clone();
        let mut segments = path.segments.iter().enumerate();
        if let Some(index) = index.filter(|_| !path.root) {
            match (&index.name, path.segments.first()) {
                (Some(name), Some(Segment::Key(first))) if first.literal() == Some(name) => {
                    segments.next();
                    if segments.next().is_none() {
                        return Ok(Node::default());
                    }
                    node = self.viewed(start, index);
                }
                (None, Some(Segment::Key(_))) => {
                    segments.next();
                    node = self.viewed(start, index);
                }
                _ => {}
            }
        }
        for (at, segment) in segments {
            node = self.step(&node, segment, at).map_err(|lost| lost.after(path))?;
        }
        Ok(node)
    }

    /// One value of a view of keyed items.
    fn viewed(&self, start: &Node<'a>, index: &Index) -> Node<'a> {
        let array = match &index.at {
            Some(path) => self.path(start, path, None).unwrap_or_default(),
            None => start.clone(),
        };
        let Step::To(item) = self.payload.items(&array) else { return Node::default() };
        match &index.value {
            Some(value) => match self.payload.name(&item, value) {
                Step::To(node) => node,
                _ => Node::default(),
            },
            None => item,
        }
    }

    /// One step.
    pub(in crate::check) fn step(&self, node: &Node<'a>, segment: &Segment, at: usize) -> Result<Node<'a>, Lost<'a>> {
        match segment {
            Segment::Key(template) => {
                let Some(name) = self.literal(template) else {
                    return Ok(node.opened());
                };
                self.name(node, &name, at)
            }
            Segment::Index(_) | Segment::Every => self.items(node, at),
            Segment::Match { key, value, .. } => {
                let item = self.items(node, at)?;
                let options = self.name(&item, key, at)?.options().unwrap_or_default();
                let texts: Vec<Cow<'a, str>> = options.into_iter().filter_map(|option| text_of(Some(option))).collect();
                if texts.is_empty() || texts.iter().any(|text| text == value) {
                    return Ok(item);
                }
                let message = format!("never has `{value}` as `{key}`, but {}", texts.join(", "));
                Err(Lost { at, message, names: Vec::new(), name: value.clone(), before: String::new() })
            }
            Segment::Rest => Ok(Node::default()),
        }
    }

    /// The place below a name, or why there is none.
    pub(in crate::check) fn name(&self, node: &Node<'a>, name: &str, at: usize) -> Result<Node<'a>, Lost<'a>> {
        let lost = |message: String, names: Vec<&'a str>| Lost {
            at,
            message,
            names,
            name: name.to_owned(),
            before: String::new(),
        };
        match self.payload.name(node, name) {
            Step::To(node) => Ok(node),
            Step::NoName(names) => Err(lost(format!("has no `{name}`"), names)),
            Step::IsList => Err(lost(
                format!("has a list where `{name}` is looked for: say which item, as `[0]` or `[key=value]`"),
                Vec::new(),
            )),
            Step::IsScalar | Step::NoList => {
                Err(lost(format!("has a single value where `{name}` is looked for"), Vec::new()))
            }
        }
    }

    fn items(&self, node: &Node<'a>, at: usize) -> Result<Node<'a>, Lost<'a>> {
        match self.payload.items(node) {
            Step::To(node) => Ok(node),
            _ => Err(Lost {
                at,
                message: "has no list".to_owned(),
                names: Vec::new(),
                name: String::new(),
                before: String::new(),
            }),
        }
    }

    /// A name without variables, or with the defaults of all its variables put in; none where one is open.
    fn literal(&self, template: &Template) -> Option<String> {
        let variables = &self.scope.mapping.provider.variables;
        let default = |name: &str| -> Result<String, ()> {
            let variable: &Variable = variables.get(name).ok_or(())?;
            text_of(variable.default.as_ref()).map(Cow::into_owned).ok_or(())
        };
        template.render(default).ok()
    }
}
