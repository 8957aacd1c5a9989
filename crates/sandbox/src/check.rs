//! Checks of a file apart from its routes: every name is declared, and every table says one thing.

use http::HeaderName;
use serde_json::Value;
use toml::Spanned;

use crate::collection::{Collection, Computed, FieldType};
use crate::faults::What;
use crate::file::{AuthFile, File, LinkFile, Reply};
use crate::form::Form;
use crate::load::{CREATED, LANGUAGE, Problem, declared};
use crate::pointer::Pointer;
use crate::series::MOST;

/// Checks a file; the first problem found is given.
pub(crate) fn check(file: &File) -> Result<(), Problem> {
    if *file.language.get_ref() != LANGUAGE {
        return Err((
            file.language.span(),
            format!("language {} is not known; this is version {LANGUAGE}", file.language.get_ref()),
        ));
    }
    for (name, error) in &file.errors {
        check_reply(error, file)?;
        check_error_name(name).map_err(|problem| (error.status.span(), problem))?;
        if let Some(name) = error.when.first() {
            return Err((name.span(), "an error has no conditions".to_owned()));
        }
    }
    for reply in file.replies.values() {
        check_reply(reply, file)?;
        for name in reply.when.iter().filter(|name| name.get_ref() != CREATED) {
            declared("condition", name, &file.asks)?;
        }
    }
    for name in file.refuse.values() {
        declared("error", name, &file.errors)?;
    }
    for set in file.refusals.values() {
        let stated = [
            &set.unknown,
            &set.read_only,
            &set.kind,
            &set.length,
            &set.option,
            &set.range,
            &set.format,
            &set.required,
            &set.reference,
            &set.taken,
            &set.within,
            &set.operation,
        ];
        for refusal in stated.into_iter().flatten().chain([&set.other]) {
            declared("error", &refusal.error, &file.errors)?;
        }
    }
    for demand in &file.demands {
        declared("error", &demand.error, &file.errors)?;
    }
    for ask in file.asks.values() {
        match (&ask.header, &ask.query) {
            (Some(_), None) | (None, Some(_)) => {}
            (Some(name), Some(_)) => {
                return Err((name.span(), "either `header` or `query`".to_owned()));
            }
            (None, None) => {
                return Err((ask.pattern.span(), "a condition of `asks` has `header` or `query`".to_owned()));
            }
        }
    }
    for form in file.forms.values() {
        check_form(form, file)?;
    }
    for auth in file.auth.values() {
        check_auth(auth, file)?;
    }
    for collection in file.collections.values() {
        check_collection(collection, file)?;
    }
    for link in file.links.values() {
        check_link(link, file)?;
    }
    declared("scheme", &file.demo.scheme, &file.auth)?;
    let first = &file.demo.first;
    declared("collection", &first.collection, &file.collections)?;
    if let Some(collection) = file.collections.get(first.collection.get_ref()) {
        declared("record", &first.id, &collection.records)?;
    }
    Ok(())
}

/// Whether `--fault` can name an error.
fn check_error_name(name: &str) -> Result<(), String> {
    match What::parse(name) {
        Ok(What::Declared(_)) if name != What::LIST => Ok(()),
        Err(_) if name != "slow" => {
            Err(format!("an error called `{name}` cannot be named by `--fault`: letters, digits, `_` and `-`"))
        }
        _ => Err(format!("an error cannot be called `{name}`: `--fault {name}` means another thing already")),
    }
}

/// Whether a reply has one body at most and looks only into declared collections.
fn check_reply(reply: &Reply, file: &File) -> Result<(), Problem> {
    let span = reply.status.span();
    if reply.json.is_some() && reply.text.is_some() {
        return Err((span, "a reply has `json` or `text`, not both".to_owned()));
    }
    let mut headers = reply.headers.keys().chain(file.headers.keys());
    if let Some(name) = headers.find(|name| HeaderName::try_from(name.as_str()).is_err()) {
        return Err((span, format!("`{name}` cannot be a header's name")));
    }
    let looked_into = reply.json.iter().flat_map(|json| json.0.collections());
    for name in looked_into {
        if !file.collections.contains_key(name) {
            return Err((span, format!("a template looks into the collection `{name}`, which is not declared")));
        }
    }
    Ok(())
}

/// Whether a form finds options or records, not both, and looks only into declared collections.
fn check_form(form: &Spanned<Form>, file: &File) -> Result<(), Problem> {
    let span = form.span();
    let form = form.get_ref();
    let templates = form.takes.iter().map(|take| &take.shows).chain([&form.empty]);
    if let Some(name) =
        templates.flat_map(|json| json.0.collections()).find(|name| !file.collections.contains_key(*name))
    {
        return Err((span, format!("a template looks into the collection `{name}`, which is not declared")));
    }
    for finds in form.takes.iter().filter_map(|take| take.finds.as_ref()) {
        let Some(collection) = &finds.collection else {
            continue;
        };
        declared("collection", collection, &file.collections)?;
        if finds.options.is_some() {
            return Err((collection.span(), "a form finds `options`, or records `in` a collection".to_owned()));
        }
    }
    Ok(())
}

fn check_auth(auth: &AuthFile, file: &File) -> Result<(), Problem> {
    let ways =
        usize::from(auth.secret.is_some()) + usize::from(auth.issued.is_some()) + usize::from(auth.basic.is_some());
    if ways != 1 {
        return Err((auth.missing.span(), "a scheme has exactly one of `secret`, `issued` and `basic`".to_owned()));
    }
    for name in
        [Some(&auth.missing), Some(&auth.wrong), auth.malformed.as_ref(), auth.expired.as_ref()].into_iter().flatten()
    {
        declared("error", name, &file.errors)?;
    }
    let scheme = file
        .auth
        .iter()
        .find(|(_, other)| std::ptr::eq(*other, auth))
        .map(|(name, _)| name.as_str())
        .unwrap_or_default();
    for secret in auth.secret.iter().chain(&auth.issued) {
        let secrets = file.demo.secrets.get(scheme);
        if !secrets.is_some_and(|all| all.contains_key(secret.get_ref())) {
            return Err((secret.span(), format!("the demo has no secret `{}` for this scheme", secret.get_ref())));
        }
    }
    Ok(())
}

fn check_collection(collection: &Collection, file: &File) -> Result<(), Problem> {
    if let Some(name) = &collection.refusals {
        declared("set of refusals", name, &file.refusals)?;
    }
    for field in collection.fields.values() {
        let span = field.span();
        let field = field.get_ref();
        if collection.refusals.is_none() {
            return Err((span, "a collection with fields names its `refusals`".to_owned()));
        }
        if field.pairs.is_some() != (field.kind == FieldType::Pairs) {
            return Err((span, "`pairs` stands with the type `pairs`, and only there".to_owned()));
        }
        if field.zoneless && (field.kept.is_none() || !matches!(field.kind, FieldType::Date | FieldType::Datetime)) {
            return Err((span, "`zoneless` stands with a date or a datetime that is `kept`".to_owned()));
        }
        for name in &field.to {
            declared("collection", name, &file.collections)?;
        }
        for name in field.within.iter().chain(&field.sets) {
            declared("field", name, &collection.fields)?;
        }
        if let Some(form) = &field.form {
            declared("form", form, &file.forms)?;
        }
        if field.children.is_some() != (field.kind == FieldType::Children) {
            return Err((span, "a field of type `children` says which, and no other field does".to_owned()));
        }
        if let Some(children) = &field.children {
            declared("collection", &children.collection, &file.collections)?;
            if let Some(of) = file.collections.get(children.collection.get_ref()) {
                for name in [&children.by, &children.same, &children.single] {
                    declared("field", name, &of.fields)?;
                }
            }
        }
        if let Some(from) = &field.options_from {
            declared("collection", &from.collection, &file.collections)?;
        }
    }
    for computed in &collection.computed {
        check_computed(computed, collection, file)?;
    }
    for name in collection.one_of.iter().flatten() {
        declared("field", name, &collection.fields)?;
    }
    if let Some(unless) = collection.whole.as_ref().and_then(|whole| whole.unless.as_ref()) {
        declared("condition", unless, &file.asks)?;
    }
    if let Some(locked) = &collection.locked {
        declared("field", &locked.field, &collection.fields)?;
        declared("error", &locked.error, &file.errors)?;
    }
    for series in &collection.series {
        let (span, series) = (series.span(), series.get_ref());
        if !series.is_bounded() {
            return Err((span, format!("a series goes up, and has at most {MOST} records")));
        }
        for (id, record) in series.records() {
            record_fits(collection, &record).map_err(|problem| (span.clone(), format!("{id}: {problem}")))?;
        }
    }
    for record in collection.records.values() {
        record_fits(collection, &record.get_ref().0).map_err(|problem| (record.span(), problem))?;
    }
    Ok(())
}

fn check_computed(computed: &Spanned<Computed>, collection: &Collection, file: &File) -> Result<(), Problem> {
    let span = computed.span();
    let computed = computed.get_ref();
    let ways = [
        computed.stamp.is_some(),
        computed.copy.is_some(),
        computed.join.is_some(),
        computed.label.is_some(),
        computed.via.is_some(),
        computed.kind_of.is_some(),
        computed.link.is_some(),
        computed.text.is_some(),
        computed.pick.is_some(),
        computed.elsewhere,
    ];
    if ways.into_iter().filter(|way| *way).count() != 1 {
        return Err((
            span,
            "a computed value has exactly one of stamp, copy, join, label, via, kind_of, link, text, pick and elsewhere"
                .to_owned(),
        ));
    }
    if computed.source.trim().is_empty() {
        return Err((span, "`source` says where the behaviour is known from".to_owned()));
    }
    let single = [&computed.copy, &computed.label, &computed.via, &computed.kind_of, &computed.follows];
    let named = single.into_iter().flatten().chain(computed.join.iter().flatten()).chain(&computed.along);
    for name in named.chain(computed.pick.iter().map(|pick| &pick.from)) {
        declared("field", name, &collection.fields)?;
    }
    if let Some(asked) = &computed.asked {
        declared("condition", asked, &file.asks)?;
    }
    if let Some(linked) = &computed.link {
        declared("links", &linked.name, &file.links)?;
        let link = file.links.get(linked.name.get_ref());
        if !link.is_some_and(|link| link.kinds.iter().any(|kind| kind.id == linked.kind)) {
            return Err((linked.name.span(), format!("no kind {} of these links", linked.kind)));
        }
    }
    Ok(())
}

fn check_link(link: &LinkFile, file: &File) -> Result<(), Problem> {
    for name in [&link.from, &link.to] {
        declared("collection", name, &file.collections)?;
    }
    for record in &link.records {
        let ends = [(&link.from, &record.from), (&link.to, &record.to)];
        for (collection, id) in ends {
            if let Some(collection) = file.collections.get(collection.get_ref()) {
                declared("record", id, &collection.records)?;
            }
        }
        let unknown = record.kinds.iter().find(|number| !link.kinds.iter().any(|kind| kind.id == **number));
        if let Some(number) = unknown {
            return Err((record.from.span(), format!("no kind {number} of these links")));
        }
    }
    Ok(())
}

/// Whether a record is an object and every member of it is a field of its collection, part of one, or computed.
pub(crate) fn record_fits(collection: &Collection, record: &Value) -> Result<(), String> {
    if !record.is_object() {
        return Err("a record is an object".to_owned());
    }
    if collection.fields.is_empty() {
        return Ok(());
    }
    let Some(Value::Object(members)) = collection.fields_at.get(record) else {
        return Err("the record has no object of fields".to_owned());
    };
    for name in members.keys() {
        let key = crate::pointer::escape(name);
        let below = format!("{key}/");
        let place = collection.fields_at.join(&Pointer::parse(&key));
        let is_field = collection.fields.keys().any(|field| *field == key || field.starts_with(&below));
        let is_computed =
            collection.computed.iter().any(|computed| computed.get_ref().field.tokens().starts_with(place.tokens()));
        if !is_field && !is_computed {
            return Err(format!("no field `{name}` is declared"));
        }
    }
    Ok(())
}
