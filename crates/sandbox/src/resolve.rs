//! Routes from what is written to what runs: every key of a route has a meaning for what it does.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;

use crate::collection::Collection;
use crate::file::{Ask, AuthFile, LinkFile, Name, Reply, Situation};
use crate::intake::FORM;
use crate::load::{Problem, declared};
use crate::spec::{Action, KindsFrom, Route, Target};
use crate::step::{Body, Does, RouteFile};
use crate::template::Template;

/// What routes may name.
pub(crate) struct Known<'a> {
    pub(crate) collections: &'a BTreeMap<String, Collection>,
    pub(crate) links: &'a BTreeMap<String, LinkFile>,
    pub(crate) asks: &'a BTreeMap<String, Ask>,
    pub(crate) errors: &'a BTreeMap<String, Reply>,
    pub(crate) replies: &'a BTreeMap<String, Reply>,
    pub(crate) auth: &'a BTreeMap<String, AuthFile>,
    pub(crate) refuse: &'a BTreeMap<Situation, Name>,
    pub(crate) schemes: &'a [String],
}

/// Resolves one route.
pub(crate) fn route(known: &mut Known<'_>, written: Spanned<RouteFile>) -> Result<Route, Problem> {
    let span = written.span();
    let mut file = written.into_inner();
    for name in file.auth.iter().flatten() {
        declared("scheme", name, known.auth)?;
    }
    for name in file.refuse.values() {
        declared("error", name, known.errors)?;
    }
    for name in &file.answers {
        declared("reply", name, known.replies)?;
    }
    let auth = match &file.auth {
        None => known.schemes.to_vec(),
        Some(names) => names.iter().map(|name| name.get_ref().clone()).collect(),
    };
    let action = action(known, &mut file, &span)?;
    unused(&file, &span)?;
    if let Action::Update { target, .. } | Action::JsonPatch { target, .. } = &action
        && known.collections.get(&target.collection).is_none_or(|own| own.fields.is_empty())
    {
        let problem = format!("the collection `{}` has no fields to write", target.collection);
        return Err((span, problem));
    }
    if file.calls.is_some() && file.body() != Body::Json {
        return Err((body_span(&file, &span), "`calls` are read from JSON: `body = \"json\"`".to_owned()));
    }
    let needs = needs(known, &action, &file);
    for situation in needs {
        if !file.refuse.contains_key(&situation) && !known.refuse.contains_key(&situation) {
            return Err((span, format!("`refuse` says no error for `{situation}`, which this route needs")));
        }
    }
    let is_refusal = matches!(action, Action::Refuse(_));
    let last = file.answers.last().and_then(|name| known.replies.get(name.get_ref()));
    let has_last = last.is_some_and(|reply| reply.when.is_empty());
    if is_refusal == has_last {
        let problem = "the last of `answers` has no conditions, and a route that refuses has no answers";
        return Err((span, problem.to_owned()));
    }
    let body = file.body();
    let media = file.media.or(match body {
        Body::None => None,
        Body::Json => Some("application/json".to_owned()),
        Body::Form => Some(FORM.to_owned()),
    });
    Ok(Route {
        method: file.method,
        path: file.path,
        when: file.when,
        auth,
        body,
        media,
        calls: file.calls,
        action,
        refuse: file.refuse,
        answers: file.answers.into_iter().map(toml::Spanned::into_inner).collect(),
    })
}

fn action(known: &Known<'_>, file: &mut RouteFile, span: &Range<usize>) -> Result<Action, Problem> {
    let missing = |key: &str| (span.clone(), format!("this route needs `{key}`"));
    let collection = |file: &mut RouteFile| {
        let name = file.collection.take().ok_or_else(|| missing("collection"))?;
        declared("collection", &name, known.collections)?;
        Ok::<String, Problem>(name.into_inner())
    };
    let id = |file: &mut RouteFile| {
        file.id.take().map_or_else(|| Template::from_text("{path/id}").map_err(|problem| (span.clone(), problem)), Ok)
    };
    let target = |file: &mut RouteFile| Ok::<Target, Problem>(Target { collection: collection(file)?, id: id(file)? });
    let link = |file: &mut RouteFile| {
        let name = file.link.take().ok_or_else(|| missing("link"))?;
        declared("links", &name, known.links)?;
        Ok::<String, Problem>(name.into_inner())
    };
    let finds = |file: &mut RouteFile| {
        if let Some(finds) = &file.finds {
            declared("collection", &finds.collection, known.collections)?;
        }
        Ok::<_, Problem>(file.finds.take())
    };
    let json = |file: &RouteFile| takes(file, span, &[Body::Json]);
    Ok(match file.does {
        Does::Refuse => {
            let name = file.error.take().ok_or_else(|| missing("error"))?;
            declared("error", &name, known.errors)?;
            Action::Refuse(name.into_inner())
        }
        Does::Read => Action::Read(target(file)?),
        Does::List => {
            let listing = file.listing.take().unwrap_or_default();
            if let Some(hides) = &listing.hides {
                declared("condition", &hides.unless, known.asks)?;
            }
            Action::List { collection: collection(file)?, listing }
        }
        Does::Describe => Action::Describe { collection: collection(file)?, field: file.field.take() },
        Does::Update => {
            takes(file, span, &[Body::Json, Body::Form])?;
            if file.body() == Body::Form
                && file.changes.is_some()
                && file.names.is_none()
                && file.changes_are_text != Some(true)
            {
                let problem = "each pair of a form is a change: `changes` stands there with `names` or with \
                               `changes_are_text`";
                return Err((body_span(file, span), problem.to_owned()));
            }
            let target = target(file)?;
            let creates = file.creates.take().unwrap_or(false);
            let blank = known.collections.get(&target.collection).and_then(|own| own.blank.as_ref());
            if creates && blank.is_none() {
                return Err((span.clone(), "a collection whose records are created has a `blank`".to_owned()));
            }
            Action::Update {
                target,
                changes: file.changes.take().unwrap_or_default(),
                changes_are_text: file.changes_are_text.take().unwrap_or(false),
                guard: file.guard.take(),
                creates,
                shows: file.shows.take().unwrap_or_default(),
                finds: finds(file)?,
                names: file.names.take(),
            }
        }
        Does::JsonPatch => {
            json(file)?;
            Action::JsonPatch { target: target(file)?, prefix: file.prefix.take().unwrap_or_default() }
        }
        Does::Assign => Action::Assign {
            target: target(file)?,
            finds: finds(file)?,
            set: file.set.take().ok_or_else(|| missing("set"))?,
        },
        Does::Link => {
            let kinds = match (file.kinds.take(), file.kind_at.take()) {
                (Some(kinds), None) => KindsFrom::Fixed(kinds),
                (None, Some(kind_at)) => {
                    json(file)?;
                    KindsFrom::Body { kind_at, element: file.element.take().unwrap_or_default() }
                }
                _ => return Err(missing("kinds` or `kind_at")),
            };
            Action::Link { link: link(file)?, from: id(file)?, to: file.to.take().ok_or_else(|| missing("to"))?, kinds }
        }
        Does::Unlink => {
            Action::Unlink { link: link(file)?, from: id(file)?, to: file.to.take().ok_or_else(|| missing("to"))? }
        }
        Does::Token => {
            let token = file.token.take().ok_or_else(|| missing("token"))?;
            declared("scheme", &token.scheme, known.auth)?;
            Action::Token(token)
        }
    })
}

/// Where `body` is stated, else the whole route.
fn body_span(file: &RouteFile, span: &Range<usize>) -> Range<usize> {
    file.body.as_ref().map_or_else(|| span.clone(), toml::Spanned::span)
}

/// Whether a route reads one of these bodies.
fn takes(file: &RouteFile, span: &Range<usize>, bodies: &[Body]) -> Result<(), Problem> {
    if bodies.contains(&file.body()) {
        return Ok(());
    }
    let known: Vec<&str> = bodies.iter().map(|body| if *body == Body::Form { "form" } else { "json" }).collect();
    let known = known.join("\"` or `body = \"");
    Err((body_span(file, span), format!("a route that does `{}` reads a body: `body = \"{known}\"`", file.does)))
}

/// A key that is left has no meaning for what the route does.
fn unused(file: &RouteFile, span: &Range<usize>) -> Result<(), Problem> {
    let left = [
        ("collection", file.collection.is_some()),
        ("id", file.id.is_some()),
        ("changes", file.changes.is_some()),
        ("changes_are_text", file.changes_are_text.is_some()),
        ("names", file.names.is_some()),
        ("guard", file.guard.is_some()),
        ("creates", file.creates.is_some()),
        ("shows", file.shows.is_some()),
        ("prefix", file.prefix.is_some()),
        ("finds", file.finds.is_some()),
        ("set", file.set.is_some()),
        ("link", file.link.is_some()),
        ("to", file.to.is_some()),
        ("kind_at", file.kind_at.is_some()),
        ("element", file.element.is_some()),
        ("kinds", file.kinds.is_some()),
        ("field", file.field.is_some()),
        ("listing", file.listing.is_some()),
        ("token", file.token.is_some()),
        ("error", file.error.is_some()),
    ];
    match left.into_iter().find(|(_, is_left)| *is_left) {
        None => Ok(()),
        Some((key, _)) => Err((span.clone(), format!("`{key}` has no meaning in a route that does `{}`", file.does))),
    }
}

/// The kinds of wrong request that a route can meet.
fn needs(known: &Known<'_>, action: &Action, file: &RouteFile) -> Vec<Situation> {
    let mut needs = vec![Situation::NoRoute, Situation::BadMethod, Situation::TooLong];
    if file.body() != Body::None {
        needs.push(Situation::MediaType);
    }
    if file.body() == Body::Json {
        needs.extend([Situation::BadJson, Situation::BadShape]);
    }
    if let Action::Update { changes_are_text, names, .. } = action
        && file.body() == Body::Form
        && (*changes_are_text || names.is_some())
    {
        needs.push(Situation::BadShape);
    }
    needs.extend(file.calls.as_ref().map(|_| Situation::BadCall));
    let about = match action {
        Action::Read(target)
        | Action::Update { target, .. }
        | Action::JsonPatch { target, .. }
        | Action::Assign { target, .. } => Some(&target.collection),
        Action::List { collection, .. } => Some(collection),
        _ => None,
    };
    if let Some(own) = about.and_then(|name| known.collections.get(name)) {
        let closed = own.select.as_ref().filter(|select| select.closed);
        needs.extend(closed.map(|_| Situation::BadSelect));
        needs.extend(own.id_pattern.as_ref().map(|_| Situation::BadId));
    }
    match action {
        Action::Refuse(_) => {}
        Action::List { listing, .. } => needs.extend(listing.pages.as_ref().map(|_| Situation::BadPage)),
        Action::Read(_) => needs.push(Situation::Missing),
        Action::Describe { field, .. } => needs.extend(field.as_ref().map(|_| Situation::Missing)),
        Action::Update { guard, finds, .. } => {
            needs.push(Situation::Missing);
            needs.extend(finds.as_ref().map(|_| Situation::MissingOther));
            needs.extend(guard.as_ref().map(|_| Situation::Version));
        }
        Action::JsonPatch { .. } => needs.extend([Situation::Missing, Situation::EmptyPatch]),
        Action::Assign { finds, .. } => {
            needs.push(Situation::Missing);
            needs.extend(finds.as_ref().map(|_| Situation::MissingOther));
        }
        Action::Link { .. } => {
            needs.extend([Situation::Missing, Situation::MissingOther, Situation::BadKind, Situation::KeptLink]);
        }
        Action::Unlink { .. } => needs.extend([Situation::Missing, Situation::KeptLink]),
        Action::Token(_) => needs.extend([Situation::BadGrant, Situation::BadClient, Situation::BadRefresh]),
    }
    needs
}
