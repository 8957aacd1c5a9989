//! Forms: the shape of a value by the type of its key.

use serde_json::{Value, json};

use crate::desk::{Call, Desk, Ran, findings};

const TYPED: &str = r#"
[rest.extras]
read = "cells.*"
write = "*"
keys = { table = "members" }
form = { by = "type", table = "members", other = "any" }
loss = "a single label reads back as a list"
[forms.people]
write = { people = [{ id = "{}" }] }
as = "integer"
read = { path = "people[0].id", as = "text" }
[forms.labels]
write = { labels = "{}" }
read = "labels[*].name"
many = true
clear = []
[forms.any]
read = "shown"
read_only = "the shop says nothing of how it is written"
[tables.members]
fetch = { send = "GET /members" }
rows = "members[*]"
remote = "key"
columns = { type = "type" }
"#;

fn run(call: Call<'_>, back: Value) -> Ran {
    let members = json!({"members": [
        {"key": "by", "type": "people"}, {"key": "tags", "type": "labels"}, {"key": "score", "type": "formula"}
    ]});
    call.answer("look up members", members).answer("write book", json!({})).answer("read back book", back).run()
}

#[test]
fn a_form_may_be_read_with_another_conversion_than_it_is_written_with() {
    let back = json!({"id": 7, "cells": {"by": {"people": [{"id": "35"}]}}});
    let ran = run(Desk::new("extras", TYPED).patch(json!({"extras": {"by": "35"}})), back);
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"by":{"people":[{"id":35}]}}"#]);
    assert_eq!(ran.outcomes(), ["/extras/by written"]);
    assert_eq!(ran.resource()["extras"], json!({"by": "35"}));
}

#[test]
fn a_form_for_several_values_takes_and_gives_a_list() {
    let desk = Desk::new("extras", TYPED);
    let back = json!({"id": 7, "cells": {"tags": {"labels": [{"name": "new"}, {"name": "old"}]}}});
    let ran = run(desk.patch(json!({"extras": {"tags": ["new", "old"]}})), back);
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"tags":{"labels":["new","old"]}}"#]);
    assert_eq!(ran.outcomes(), ["/extras/tags written"]);
    let ran = run(
        desk.patch(json!({"extras": {"tags": "new"}})),
        json!({"id": 7, "cells": {"tags": {"labels": [{"name": "new"}]}}}),
    );
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"tags":{"labels":["new"]}}"#]);
    assert_eq!(ran.outcomes(), [r#"/extras/tags lossy "new" -> ["new"]: a single label reads back as a list"#]);
}

#[test]
fn a_list_without_values_reads_as_nothing() {
    let back = json!({"id": 7, "cells": {"tags": {"labels": []}}});
    let ran = run(Desk::new("extras", TYPED).patch(json!({"extras": {"tags": null}})), back);
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"tags":[]}"#]);
    assert_eq!(ran.resource()["extras"], json!({"tags": null}));
}

#[test]
fn a_type_without_a_form_takes_the_other_one_which_may_only_read() {
    let desk = Desk::new("extras", TYPED);
    let ran = desk
        .patch(json!({"extras": {"score": 3}}))
        .answer("look up members", json!({"members": [{"key": "score", "type": "formula"}]}))
        .answer("read back book", json!({"id": 7, "cells": {"score": {"shown": "12", "value": {"x": 1}}}}))
        .run();
    assert_eq!(ran.writes(), Vec::<String>::new());
    assert_eq!(ran.outcomes(), ["/extras/score read_only: the shop says nothing of how it is written"]);
    assert_eq!(ran.resource()["extras"], json!({"score": "12"}));
}

#[test]
fn an_empty_list_in_a_form_for_several_values_clears_it() {
    let back = json!({"id": 7, "cells": {"tags": {"labels": []}}});
    let ran = run(Desk::new("extras", TYPED).patch(json!({"extras": {"tags": []}})), back);
    assert_eq!(ran.writes(), [r#"PATCH /books/7 {"tags":[]}"#]);
    let nothing = "the provider takes it for no value, so it reads back as null";
    assert_eq!(ran.outcomes(), [format!("/extras/tags lossy [] -> null: {nothing}")]);
    assert_eq!(ran.resource()["extras"], json!({"tags": null}));
    let never = TYPED.replace("clear = []", "clear = \"never\"");
    let members = json!({"members": [{"key": "tags", "type": "labels"}]});
    let desk = Desk::new("extras", &never);
    let ran = desk.patch(json!({"extras": {"tags": []}})).answer("look up members", members).run();
    assert_eq!(ran.refused(), ["/extras/tags not-clearable"]);
}

#[test]
fn forms_that_contradict_themselves_are_refused() {
    let written = TYPED.replace("read = \"shown\"", "read = \"shown\"\nwrite = { x = \"{}\" }");
    let found = findings("extras", &written);
    assert!(found.len() == 1 && found[0].contains("a form with `read_only` is not written"), "{found:?}");
    let several = TYPED.replace("many = true\n", "");
    let found = findings("extras", &several);
    assert!(found.len() == 1 && found[0].contains("the path leads to several values"), "{found:?}");
    let unknown = TYPED.replace("other = \"any\"", "other = \"all\"");
    let found = findings("extras", &unknown);
    assert!(found.len() == 1 && found[0].contains("there is no form `all`"), "{found:?}");
    let slot = r#"
[fields]
title = { read = "cells.title", write = "title", form = "shown", tested = "cases/it.toml" }
[forms.shown]
read = "text"
read_only = "it is computed"
"#;
    let found = findings("title", slot);
    assert!(found.len() == 1 && found[0].contains("form `shown` is read-only, and this slot is written"), "{found:?}");
}
