//! Paths: the fields that an expression reads.

use std::ops::Range;

use jlens_core::ast::{Node, NodeKind};

use super::super::signature;
use super::FindingKind;
use super::places::Places;
use super::walk::Walker;

/// The text of a path that no read stands for yet.
struct Run {
    range: Range<usize>,
    /// Whether it has a field's name; else it is a variable alone.
    named: bool,
}

impl Walker<'_> {
    /// Walks the steps of a path. A `lone` step is no path: its caller looks at its attributes.
    pub(super) fn path(&mut self, steps: &[Node], context: &Places, lone: bool) -> Places {
        let mut places = context.clone();
        let mut run: Option<Run> = None;
        for step in steps {
            let before = places.clone();
            // Whether the step's attributes are still to be looked at.
            let mut stepped = true;
            match &step.kind {
                NodeKind::Name { name } => {
                    let token = self.token(step);
                    self.bare_name(&token);
                    let start = run.as_ref().filter(|run| run.named);
                    let start = start.map_or(token.start, |run| run.range.start);
                    places = places.step(name, &token);
                    run = Some(Run { range: start..token.end, named: true });
                }
                NodeKind::Variable { name } => {
                    self.flush(run.take(), &places);
                    let range = self.token(step);
                    places = self.variable(name, &range, places);
                    run = Some(Run { range, named: false });
                }
                NodeKind::Wildcard | NodeKind::Descendant => {
                    let range = self.token(step);
                    self.flush(run.take(), &places);
                    self.record(&places, &range);
                    let message = "the backends differ on the order of what this selects".into();
                    self.find(FindingKind::OneBackendOnly, range, message);
                    places = Places::unknown();
                }
                NodeKind::Sort { terms } => {
                    for term in terms {
                        self.value(&term.expr, &places);
                    }
                    if terms.len() > 1 {
                        let range = self.range(step.span);
                        let message = "the backends differ on sorting by several keys".into();
                        self.find(FindingKind::OneBackendOnly, range, message);
                    }
                }
                _ => {
                    self.flush(run.take(), &places);
                    places = self.value(step, &before);
                    stepped = false;
                }
            }
            if !lone && stepped {
                places = self.attributes(&step.attrs, places);
            }
            if let Some(focus) = &step.attrs.focus {
                self.flush(run.take(), &places);
                self.scopes.bind(focus, places);
                places = before;
            }
        }
        self.flush(run, &places);
        places
    }

    /// Records the read of a path that ends here. A variable alone reads nothing new, unless it
    /// stands for the whole input.
    fn flush(&mut self, run: Option<Run>, places: &Places) {
        if let Some(run) = run
            && (run.named || places.has_root())
        {
            self.record(places, &run.range);
        }
    }

    pub(super) fn variable(&mut self, name: &str, range: &Range<usize>, context: Places) -> Places {
        if name.is_empty() {
            return context;
        }
        if name == "$" {
            self.default_only(range.clone(), "`$$` as the input", "bind the input first: `($input := $; …)`");
            return Places::root();
        }
        if let Some(places) = self.scopes.find(name) {
            return places;
        }
        if let Some(signature) = signature(name) {
            self.support(signature, None, range);
        } else {
            self.audit.variables.push((name.to_owned(), range.clone()));
        }
        Places::unknown()
    }
}
