//! Calls of functions: whether there is such a function, and with so many arguments.

use std::ops::Range;

use jlens_core::ast::{Node, NodeKind};

use super::super::{SIGNATURES, Signature, Support, signature, signatures::Context};
use super::FindingKind::{Arity, Forbidden, OneBackendOnly, UnknownFunction};
use super::places::Places;
use super::walk::Walker;

impl Walker<'_> {
    /// `procedure(args…)` at `range`. `piped` is the value that `~>` hands over as the first
    /// argument, with the part it is written as.
    pub(super) fn call(
        &mut self,
        range: &Range<usize>,
        procedure: &Node,
        args: &[Node],
        piped: Option<(&Node, Places)>,
        context: &Places,
    ) -> Places {
        let built_in = self.callee(procedure, context);
        let piped_in = piped.is_some();
        let mut values: Vec<(&Node, Places)> = piped.into_iter().collect();
        for arg in args {
            let places = match &arg.kind {
                NodeKind::Lambda(def) if !def.thunk => Places::unknown(),
                _ => self.value(arg, context),
            };
            values.push((arg, places));
        }
        let first = values.first().map(|(_, places)| places.clone()).unwrap_or_default();
        let parameters = built_in.map_or(Vec::new(), |built_in| parameters(built_in.name, &first));
        for (arg, _) in values.iter().skip(usize::from(piped_in)) {
            if let NodeKind::Lambda(def) = &arg.kind
                && !def.thunk
            {
                self.lambda(def, arg.span, &parameters, context);
                if built_in.is_some_and(|built_in| ["filter", "single", "sort"].contains(&built_in.name)) {
                    self.lone_call(&def.body);
                }
            }
        }
        let Some(built_in) = built_in else {
            let is_local = matches!(&procedure.kind, NodeKind::Variable { name } if self.scopes.find(name).is_some());
            for (node, _) in values.iter().filter(|_| is_local) {
                self.handed_over(node);
            }
            return Places::unknown();
        };
        let name_range = self.range(procedure.span);
        self.support(built_in, Some(values.len()), &name_range);
        self.arity(built_in, values.len(), range, context);
        self.arguments(built_in.name, &values);
        match built_in.name {
            "number" | "string" => {
                if let Some((node, places)) = values.first() {
                    self.identifier(places, node);
                }
                Places::unknown()
            }
            "filter" | "single" | "sort" | "reverse" | "distinct" => first,
            "append" => values.into_iter().fold(Places::unknown(), |all, (_, places)| all.or(places)),
            _ => Places::unknown(),
        }
    }

    /// `lhs ~> rhs`
    pub(super) fn apply(&mut self, lhs: &Node, rhs: &Node, context: &Places) -> Places {
        let places = self.value(lhs, context);
        let range = self.range(rhs.span);
        match &rhs.kind {
            NodeKind::Function { procedure, args } => self.call(&range, procedure, args, Some((lhs, places)), context),
            NodeKind::Variable { .. } => self.call(&range, rhs, &[], Some((lhs, places)), context),
            NodeKind::Lambda(def) if !def.thunk => self.lambda(def, rhs.span, &[places], context),
            NodeKind::Lambda(def) => match &def.body.kind {
                NodeKind::Function { procedure, args } => {
                    self.call(&range, procedure, args, Some((lhs, places)), context)
                }
                _ => self.value(&def.body, context),
            },
            NodeKind::Transform(_) => {
                self.transform(rhs, &places, context);
                Places::unknown()
            }
            _ => self.value(rhs, context),
        }
    }

    /// The built-in function that `procedure` names. Anything else is walked and reported, unless
    /// it is a local variable.
    fn callee(&mut self, procedure: &Node, context: &Places) -> Option<&'static Signature> {
        let range = self.range(procedure.span);
        let (name, message) = match &procedure.kind {
            NodeKind::Variable { name } if !matches!(name.as_str(), "" | "$") => {
                if self.scopes.find(name).is_some() {
                    return None;
                }
                if let Some(known) = signature(name) {
                    return Some(known);
                }
                (name.clone(), format!("there is no function `${name}`"))
            }
            NodeKind::Path { steps, .. } if steps.len() == 1 => match &steps[..] {
                [Node { kind: NodeKind::Name { name }, .. }] => {
                    (name.clone(), format!("`{name}` is a field, and fields cannot be called"))
                }
                _ => return None,
            },
            _ => {
                self.value(procedure, context);
                let message = "only the default backend calls what is not a variable".into();
                let help = "bind the function to a variable first".to_owned();
                self.find_with_help(OneBackendOnly, range, message, Some(help));
                return None;
            }
        };
        let help = self.nearest(&name).map(|near| format!("did you mean `${near}`?"));
        self.find_with_help(UnknownFunction, range, message, help);
        None
    }

    /// The known name that is nearest to `name`, if it is near enough.
    fn nearest(&self, name: &str) -> Option<String> {
        let most = (name.chars().count() / 3).max(1);
        let built_in = SIGNATURES.iter().map(|signature| signature.name);
        self.scopes
            .names()
            .take(200)
            .chain(built_in)
            .map(|known| (strsim::damerau_levenshtein(known, name), known))
            .filter(|(distance, _)| *distance <= most)
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, known)| known.to_owned())
    }

    /// Reports a function that is forbidden or that the backends differ on. `given` is the number
    /// of arguments, if it is called here.
    pub(super) fn support(&mut self, signature: &Signature, given: Option<usize>, range: &Range<usize>) {
        let name = signature.name;
        let (kind, message) = match signature.support {
            Support::Both | Support::Edge(_) => return,
            Support::Upto(most, _) if given.is_none_or(|given| given <= most) => return,
            Support::From(least, _) if given.is_some_and(|given| given >= least) => return,
            Support::Upto(_, reason) | Support::From(_, reason) | Support::Differs(reason) => {
                (OneBackendOnly, format!("the backends differ on `${name}`: {reason}"))
            }
            Support::DefaultOnly => (OneBackendOnly, format!("only the default backend has `${name}`")),
            Support::Forbidden(reason) => (Forbidden, format!("an expression may not call `${name}`: {reason}")),
        };
        self.find(kind, range.clone(), message);
    }

    fn arity(&mut self, signature: &Signature, given: usize, range: &Range<usize>, context: &Places) {
        let Signature { name, min, max, .. } = *signature;
        if given >= min && max.is_none_or(|max| given <= max) {
            return;
        }
        let takes = match (min, max) {
            (0, Some(0)) => "no arguments".to_owned(),
            (1, Some(1)) => "1 argument".to_owned(),
            (min, Some(max)) if min == max => format!("{min} arguments"),
            (min, Some(max)) if max == min + 1 => format!("{min} or {max} arguments"),
            (min, Some(max)) => format!("{min} to {max} arguments"),
            (min, None) => format!("{min} or more arguments"),
        };
        let message = format!("`${name}` takes {takes}, {given} given");
        let from_context = given + 1 == min && signature.context != Context::Never;
        if from_context {
            self.record(context, range);
        }
        // The input itself is an object, which suits only the functions that both backends give
        // the context.
        if !from_context || signature.context == Context::Default && context.has_root() {
            self.find(Arity, range.clone(), message);
        } else if signature.context == Context::Default {
            let message = format!("{message}: only the default backend takes one from the context");
            let help = Some("write `$` as the first argument".to_owned());
            self.find_with_help(OneBackendOnly, range.clone(), message, help);
        }
    }
}

/// Where the parameters of a function come from that the built-in `name` calls on the items of
/// `items`.
fn parameters(name: &str, items: &Places) -> Vec<Places> {
    let unknown = Places::unknown;
    match name {
        "map" | "filter" | "single" => vec![items.clone(), unknown(), items.clone()],
        // The first item is the start value where none is given.
        "reduce" => vec![items.clone(), items.clone(), unknown(), items.clone()],
        "sort" => vec![items.clone(), items.clone()],
        _ => Vec::new(),
    }
}
