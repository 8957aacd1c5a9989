use serde_json::{Value, json};

use super::super::{ancestors, pointer};
use super::parse;

const SHELVES: &str = r#"# shelves
a.b."c d" = 1
[top . deep]
text = 'q'
[[list]]
item = { m = [1, 2.0], 'n/~' = 0xff }
[[list]]
[list.under]
big = -9223372036854775808
[top]
last = true
"#;

#[test]
fn the_value_has_the_members_in_the_order_of_the_file() {
    let expected = json!({
        "a": { "b": { "c d": 1 } },
        "list": [
            { "item": { "m": [1, 2.0], "n/~": 255 } },
            { "under": { "big": i64::MIN } },
        ],
        "top": { "deep": { "text": "q" }, "last": true },
    });
    let document = parse(SHELVES);
    assert_eq!(document.value().to_string(), expected.to_string());
    let members = parse("z = 1\na.y = 2\nb = 3\na.x = 4").value().to_string();
    assert_eq!(members, r#"{"z":1,"a":{"y":2,"x":4},"b":3}"#);
}

#[test]
fn every_key_and_value_has_its_span() {
    let document = parse(SHELVES);
    let table = [
        ("", "", ""),
        ("/a", "a", "a"),
        ("/a/b", "b", "b"),
        ("/a/b/c d", "\"c d\"", "1"),
        ("/top", "top", "[top]"),
        ("/top/deep", "deep", "[top . deep]"),
        ("/top/deep/text", "text", "'q'"),
        ("/list", "list", "[[list]]"),
        ("/list/0", "list", "[[list]]"),
        ("/list/0/item", "item", "{ m = [1, 2.0], 'n/~' = 0xff }"),
        ("/list/0/item/m", "m", "[1, 2.0]"),
        ("/list/0/item/m/1", "m", "2.0"),
        ("/list/0/item/n~1~0", "'n/~'", "0xff"),
        ("/list/1/under", "under", "[list.under]"),
        ("/list/1/under/big", "big", "-9223372036854775808"),
    ];
    for (at, key, value) in table {
        assert_eq!((document.key(at).text(), document.place(at).text()), (key, value), "{at}");
    }
    let headers = ["/list/0", "/list/1"].map(|at| document.place(at).to_string());
    assert_eq!(headers, ["shelf.toml:5:1", "shelf.toml:7:1"]);
}

#[test]
fn a_pointer_to_nothing_has_the_span_of_its_nearest_ancestor() {
    let document = parse("[shelf]\nbooks = [{ x = 1 }]\n");
    for (at, key, value) in [
        ("/shelf/books/0/none/more", "books", "{ x = 1 }"),
        ("/shelf/none", "shelf", "[shelf]"),
        ("/none", "", ""),
        ("no pointer", "", ""),
    ] {
        assert_eq!((document.key(at).text(), document.place(at).text()), (key, value), "{at}");
    }
}

#[test]
fn spans_hold_with_a_byte_order_mark_crlf_tabs_and_wide_characters() {
    let document = parse("\u{feff}[\"漢\"]\r\n\t\"é\"\t=\t'''\r\nx\r\ny'''\r\n");
    assert_eq!(document.value(), &json!({ "漢": { "é": "x\r\ny" } }));
    let (key, value) = (document.key("/漢/é"), document.place("/漢/é"));
    assert_eq!((key.text(), key.to_string().as_str()), ("\"é\"", "shelf.toml:2:2"));
    assert_eq!((value.text(), value.to_string().as_str()), ("'''\r\nx\r\ny'''", "shelf.toml:2:8"));
}

#[test]
fn an_empty_file_is_an_empty_table() {
    for text in ["", "\u{feff}", "\r\n", "# x"] {
        let document = parse(text);
        assert_eq!((document.value(), document.place("").span), (&json!({}), 0..0));
    }
}

#[test]
fn a_heading_is_a_key_or_the_first_line_of_an_item() {
    let document = parse("a = [\n  { x = 1,\n y = 2 },\n]\n[[b]]\n[c.d]\n");
    let headings = ["", "/a", "/a/0", "/b/0", "/c/d", "/c/d/none"].map(|at| document.heading(at).text().to_owned());
    assert_eq!(headings, ["", "a", "{ x = 1,", "[[b]]", "d", "d"]);
}

#[test]
fn pointers_are_escaped_and_resolve() {
    let at = pointer(&pointer("", "a/b~1"), "");
    assert_eq!(at, "/a~1b~01/");
    assert_eq!(json!({ "a/b~1": { "": 7 } }).pointer(&at), Some(&Value::from(7)));
    assert_eq!(ancestors(&at).collect::<Vec<_>>(), ["/a~1b~01/", "/a~1b~01", ""]);
}

#[test]
fn ten_megabytes_parse() {
    let line = "[\"shelf.N\"]\ncolour = \"red\\tgreen\"\nbooks = [1, 2, 3]\n";
    let text: String = (0..10_000_000 / line.len()).map(|n| line.replace('N', &n.to_string())).collect();
    let document = parse(&text);
    let at = "/shelf.150000/colour";
    assert_eq!(document.place(at).text(), "\"red\\tgreen\"");
    assert_eq!(document.within(at, 3..4).text(), "\\t");
    assert_eq!(document.within(at, 3..4).to_string(), "shelf.toml:450002:14");
}
