use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde_json::{Value, json};

use super::{lines, parse};

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only the schema of the type is used")]
struct Room {
    shelf: Option<Shelf>,
    #[serde(default)]
    books: BTreeMap<String, Book>,
    sort: Option<Sort>,
    cover: Option<Cover>,
    paper: Option<Paper>,
    tree: Option<Tree>,
    rows: Option<Vec<Shelf>>,
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only the schema of the type is used")]
struct Shelf {
    colour: String,
    width: u8,
    #[schemars(length(min = 1))]
    tags: Option<Vec<String>>,
}

#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only the schema of the type is used")]
enum Book {
    Spine(String),
    Table(BookTable),
}

#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only the schema of the type is used")]
struct BookTable {
    spine: Option<String>,
    pages: Option<OneOrMany>,
}

#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only the schema of the type is used")]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "only the schema of the type is used")]
enum Sort {
    /// From the first to the last.
    Upward,
    /// From the last to the first.
    Downward,
    Random,
}

#[derive(JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[expect(dead_code, reason = "only the schema of the type is used")]
enum Cover {
    Plain,
    Printed { picture: String },
    Leather(String),
}

#[derive(JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[expect(dead_code, reason = "only the schema of the type is used")]
enum Paper {
    Thin { weight: i64 },
    Thick { layers: i64 },
}

#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only the schema of the type is used")]
enum Tree {
    Sort(Sort),
    Leaf(bool),
    List(Vec<Tree>),
    Table(BTreeMap<String, Tree>),
}

fn check(schema: &Value, text: &str) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).expect("the schema is valid");
    lines(&parse(text).check_shape(&validator, schema))
}

fn room(text: &str) -> Vec<String> {
    check(schemars::schema_for!(Room).as_value(), text)
}

#[test]
fn a_document_of_the_right_shape_has_no_findings() {
    let text = "sort = 'random'\ncover = 'plain'\npaper = { kind = 'thin', weight = 3 }\n\
        tree = { a = [true, 'upward', { b = false }] }\n[shelf]\ncolour = 'red'\nwidth = 255\n\
        [books]\na = 'x'\nb = { pages = ['1'] }\n[[rows]]\ncolour = 'x'\nwidth = 0\n";
    assert_eq!(room(text), [""; 0]);
}

#[test]
fn every_violation_is_reported_in_one_pass() {
    let text = "zz = 1\n[shelf]\ncolour = 5\nwidth = 300\ntags = []\nheight = 2\n";
    let expected = [
        "1:1 unknown-key: unknown key `zz` -> known here: shelf, books, sort, cover, paper, tree, rows",
        "3:10 wrong-type: expected a string, found an integer",
        "4:9 out-of-range: the number must be 255 or less",
        "5:8 out-of-range: the array must not be empty",
        "6:1 unknown-key: unknown key `height` -> known here: colour, width, tags",
    ];
    assert_eq!(room(text), expected);
}

#[test]
fn a_misspelt_key_is_not_also_a_missing_key() {
    let expected = ["2:1 unknown-key: unknown key `color` -> did you mean `colour`?"];
    assert_eq!(room("[shelf]\ncolor = 'red'\nwidth = 1\n"), expected);
}

#[test]
fn a_missing_key_is_said_at_its_table() {
    let text = "[a.shelf]\n[shelf]\nwidth = 1\n[[rows]]\nwidth = 1\ncolour = 'x'\n[[rows]]\ncolour = 'x'\n";
    let expected = [
        "1:2 unknown-key: unknown key `a` -> known here: shelf, books, sort, cover, paper, tree, rows",
        "2:2 missing-key: the key `colour` is missing",
        "7:1 missing-key: the key `width` is missing",
    ];
    assert_eq!(room(text), expected);
    let expected = ["1:9 missing-key: the key `colour` is missing", "1:9 missing-key: the key `width` is missing"];
    assert_eq!(room("rows = [{}]\n"), expected);
}

#[test]
fn inside_a_string_or_a_table_the_meant_alternative_speaks() {
    let text = "[books]\na = { spien = 'x' }\nb = { pages = [1, 'x'] }\nc = 3\n";
    let expected = [
        "2:7 unknown-key: unknown key `spien` -> did you mean `spine`?",
        "3:16 wrong-type: expected a string, found an integer",
        "4:5 wrong-type: expected a string or a table, found an integer",
    ];
    assert_eq!(room(text), expected);
}

#[test]
fn an_unknown_word_is_said_with_all_known_words() {
    let expected = ["1:8 unknown-word: unknown word `upwards` -> did you mean `upward`?"];
    assert_eq!(room("sort = 'upwards'"), expected);
    let expected = ["1:8 unknown-word: unknown word `x` -> known here: random, upward, downward"];
    assert_eq!(room("sort = 'x'"), expected);
    assert_eq!(room("sort = 1"), ["1:8 wrong-type: expected a string, found an integer"]);
}

#[test]
fn alternatives_named_by_a_key_are_told_apart_by_it() {
    let expected = ["1:23 unknown-key: unknown key `pictur` -> did you mean `picture`?"];
    assert_eq!(room("cover = { printed = { pictur = 'x' } }"), expected);
    let expected = ["1:11 unknown-key: unknown key `lether` -> did you mean `leather`?"];
    assert_eq!(room("cover = { lether = 'x' }"), expected);
    let expected = ["1:11 unknown-key: unknown key `cloth` -> known here: printed, leather"];
    assert_eq!(room("cover = { cloth = 'x' }"), expected);
    let expected = ["1:1 missing-key: one of the keys `printed`, `leather` is missing"];
    assert_eq!(room("cover = {}"), expected);
    let expected = ["1:9 unknown-word: unknown word `plaim` -> did you mean `plain`?"];
    assert_eq!(room("cover = 'plaim'"), expected);
    let expected = ["1:9 wrong-type: expected a string or a table, found a boolean"];
    assert_eq!(room("cover = true"), expected);
}

#[test]
fn alternatives_named_by_a_word_are_told_apart_by_it() {
    let expected = ["1:26 unknown-key: unknown key `wieght` -> did you mean `weight`?"];
    assert_eq!(room("paper = { kind = 'thin', wieght = 1 }"), expected);
    let expected = ["1:18 unknown-word: unknown word `thik` -> did you mean `thin`?"];
    assert_eq!(room("paper = { kind = 'thik', layers = 1 }"), expected);
    let expected = ["1:11 unknown-key: unknown key `kin` -> did you mean `kind`?"];
    assert_eq!(room("paper = { kin = 'thick', layers = 1 }"), expected);
    assert_eq!(room("paper = { layers = 1 }"), ["1:1 missing-key: the key `kind` is missing"]);
}

#[test]
fn of_a_single_table_every_violation_is_reported_even_beside_a_word_that_could_tell() {
    let schema = json!({
        "additionalProperties": { "anyOf": [
            { "type": "string" },
            {
                "type": "object",
                "properties": { "takes": { "type": "string", "enum": ["any"] }, "width": {} },
                "required": ["width"],
                "additionalProperties": false
            }
        ] }
    });
    let expected = [
        "1:1 missing-key: the key `width` is missing",
        "1:15 unknown-word: unknown word `all` -> known here: any",
        "1:22 unknown-key: unknown key `x` -> known here: takes, width",
    ];
    assert_eq!(check(&schema, "a = { takes = 'all', x = 1 }"), expected);
}

#[test]
fn a_schema_that_refers_to_itself_is_followed_once() {
    let schema = json!({
        "$ref": "#/$defs/a", "unevaluatedProperties": false,
        "$defs": { "a": { "properties": { "colour": {}, "under": { "anyOf": [
            { "$ref": "#/$defs/a" }, { "$ref": "#/$defs/a" }, { "$ref": "#" }
        ] } } } }
    });
    let expected = ["1:1 unknown-key: unknown key `color` -> did you mean `colour`?"];
    assert_eq!(check(&schema, "color = 1"), expected);
}

#[test]
fn a_recursive_type_is_descended_to_the_bottom() {
    let expected = ["1:23 unknown-word: unknown word `upwart` -> did you mean `upward`?"];
    assert_eq!(room("tree = { a = [true, [['upwart']]] }"), expected);
    let expected = ["1:10 wrong-type: expected a string, a boolean, an array or a table, found a float"];
    assert_eq!(room("tree = [ 1.5 ]"), expected);
}

#[test]
fn the_deepest_document_is_checked_without_overflow() {
    let depth = 63;
    let text = format!("tree = {}1{}", "[".repeat(depth), "]".repeat(depth));
    let expected =
        format!("1:{} wrong-type: expected a string, a boolean, an array or a table, found an integer", 8 + depth);
    assert_eq!(room(&text), [expected]);
}

#[test]
fn keys_with_a_slash_a_tilde_or_quotes_are_found() {
    let text = "[books.\"a/b~c\"]\n\"sp/ine\" = 'x'\n";
    let expected = ["2:1 unknown-key: unknown key `sp/ine` -> did you mean `spine`?"];
    assert_eq!(room(text), expected);
}

#[test]
fn text_of_the_document_is_shown_on_one_line_and_not_too_long() {
    let text = format!("sort = \"a\\nb\\u001b{}\"", "x".repeat(100));
    let shown = format!("a\\nb\\u{{1b}}{}…", "x".repeat(56));
    let expected = format!("1:8 unknown-word: unknown word `{shown}` -> known here: random, upward, downward");
    assert_eq!(room(&text), [expected]);
}

#[test]
fn every_keyword_has_its_words() {
    let schema = json!({
        "properties": {
            "low": { "minimum": 3 }, "high": { "exclusiveMaximum": 3 }, "step": { "multipleOf": 2 },
            "short": { "maxLength": 1 }, "empty": { "minLength": 1 }, "form": { "pattern": "^a+$" },
            "few": { "maxItems": 1 }, "twice": { "uniqueItems": true }, "none": false,
            "excluded": { "not": { "type": "integer" } }, "lacks": { "contains": { "const": 1 } },
            "digit": { "enum": [1, 2] }, "only": { "const": 4 }, "both": { "oneOf": [{ "minimum": 1 }, { "minimum": 2 }] },
            "keys": { "propertyNames": { "enum": ["colour", "width"] } },
            "names": { "propertyNames": { "pattern": "^[a-z]+$" } },
            "closed": { "patternProperties": { "^x": {} }, "additionalProperties": false },
            "joined": { "allOf": [{ "$ref": "#/$defs/part" }], "unevaluatedProperties": false },
            "text": { "type": ["string", "null"] }
        },
        "$defs": { "part": { "properties": { "colour": {} } } }
    });
    let text = "low = 2\nhigh = 3\nstep = 3\nshort = 'ab'\nempty = ''\nform = 'b'\nfew = [1, 2]\ntwice = [1, 1]\n\
        none = 1\nexcluded = 1\nlacks = [2]\ndigit = 3\nonly = 5\nboth = 3\nkeys = { color = 1 }\nnames = { A = 1 }\n\
        closed = { y = 1 }\njoined = { color = 1 }\ntext = 1\n";
    let expected = [
        "1:7 out-of-range: the number must be 3 or more",
        "2:8 out-of-range: the number must be less than 3",
        "3:8 out-of-range: the number must be a multiple of 2",
        "4:9 out-of-range: the text must have 1 character or fewer",
        "5:9 out-of-range: the text must not be empty",
        "6:8 bad-value: the text does not match the pattern `^a+$`",
        "7:7 out-of-range: the array must have 1 item or fewer",
        "8:9 bad-value: the items of the array must differ",
        "9:8 bad-value: nothing is allowed here",
        "10:12 bad-value: this value is excluded here",
        "11:9 bad-value: the array lacks an item that it needs",
        "12:9 bad-value: only these are allowed here: 1, 2",
        "13:8 bad-value: only 4 is allowed here",
        "14:8 bad-value: the value fits several alternatives, and only one may apply",
        "15:10 unknown-key: unknown key `color` -> did you mean `colour`?",
        "16:11 bad-value: the key `A` is not allowed here: the text does not match the pattern `^[a-z]+$`",
        "17:12 unknown-key: unknown key `y` -> keys here match `^x`",
        "18:12 unknown-key: unknown key `color` -> did you mean `colour`?",
        "19:8 wrong-type: expected a string, found an integer",
    ];
    assert_eq!(check(&schema, text), expected);
}
