//! Expressions by a grammar: each rule knows what it gives, so that most of them fit together; now and then one that
//! does not fit is put in, since records are not what an author thinks of.

use crate::chance::Chance;
use crate::words::Words;

/// The greatest depth of an expression.
const DEEPEST: usize = 4;

/// Patterns, in the syntax that both engines have.
const PATTERNS: &[&str] = &["/a/", "/[0-9]+/", "/\\s/", "/^[A-Z]/i", "/(\\w)(\\w)/", "/-|\\./", "/@/"];

/// Texts.
const TEXTS: &[&str] = &[
    "\"\"",
    "\"a\"",
    "\" \"",
    "\"-\"",
    "\", \"",
    "\"é\u{df}\"",
    "\"12\"",
    "\"@\"",
    "\"true\"",
    "\"\u{1f4da}\"",
    "\"n/a\"",
];

/// Numbers.
const NUMBERS: &[&str] = &["0", "1", "2", "3", "-1", "0.5", "10", "100", "1.005", "1e3", "7"];

/// Makes one expression.
pub(crate) struct Grammar<'a> {
    chance: &'a mut Chance,
    words: &'a Words,
    /// Variables in reach.
    variables: Vec<String>,
}

impl<'a> Grammar<'a> {
    pub(crate) fn new(chance: &'a mut Chance, words: &'a Words) -> Grammar<'a> {
        Grammar { chance, words, variables: Vec::new() }
    }

    /// One expression.
    pub(crate) fn expression(&mut self) -> String {
        let depth = 1 + self.chance.below(DEEPEST);
        self.any(depth)
    }

    fn any(&mut self, depth: usize) -> String {
        match self.chance.below(12) {
            0..=3 => self.text(depth),
            4 | 5 => self.number(depth),
            6 => self.flag(depth),
            7 | 8 => self.list(depth),
            9 => self.object(depth),
            10 => self.bound(depth),
            _ => self.path(),
        }
    }

    /// What is asked for, or now and then anything.
    fn of(&mut self, depth: usize, rule: fn(&mut Self, usize) -> String) -> String {
        let depth = depth.saturating_sub(1);
        if self.chance.one_in(14) { self.any(depth) } else { rule(self, depth) }
    }

    fn one_of(&mut self, paths: &[String], or: &[&str]) -> String {
        if paths.is_empty() || self.chance.one_in(5) {
            return self.chance.pick(or).to_owned();
        }
        paths[self.chance.below(paths.len())].clone()
    }

    /// A path of any kind: there, misspelt, or `null`.
    fn path(&mut self) -> String {
        let words = self.words;
        match self.chance.below(9) {
            0 => "missing".to_owned(),
            1 => "missing.deeper".to_owned(),
            2 => self.one_of(&words.nulls, &["null"]),
            3 => self.one_of(&words.objects, &["$"]),
            4 => self.one_of(&words.numbers, NUMBERS),
            5 => self.one_of(&words.flags, &["true", "false"]),
            6 => self.one_of(&words.lists, &["[]"]),
            7 => match self.table() {
                Some((path, name)) => format!("{path}.{name}"),
                None => "missing".to_owned(),
            },
            _ => self.one_of(&words.texts, TEXTS),
        }
    }

    /// A list of objects and a name in its items.
    fn table(&mut self) -> Option<(String, String)> {
        let words = self.words;
        let (path, names) = words.tables.get(self.chance.below(words.tables.len()))?;
        let name = names.get(self.chance.below(names.len()))?;
        Some((path.clone(), name.clone()))
    }

    fn quoted(&mut self) -> String {
        let words = self.words;
        match words.said.get(self.chance.below(words.said.len() * 2)) {
            Some(text) => serde_json::Value::from(text.chars().take(12).collect::<String>()).to_string(),
            None => self.chance.pick(TEXTS).to_owned(),
        }
    }

    fn text(&mut self, depth: usize) -> String {
        let words = self.words;
        if depth == 0 {
            return match self.chance.below(6) {
                0 => self.quoted(),
                1 => self.variable(),
                _ => self.one_of(&words.texts, TEXTS),
            };
        }
        let text = |this: &mut Self| this.of(depth, Self::text);
        match self.chance.below(30) {
            0..=2 => format!("{} & {}", text(self), text(self)),
            3 => format!("{} & {} & {}", text(self), self.quoted(), self.of(depth, Self::number)),
            4 => format!("$string({})", self.of(depth, Self::number)),
            5 => format!("$string({})", self.any(depth - 1)),
            6 => format!("$uppercase({})", text(self)),
            7 => format!("$lowercase({})", text(self)),
            8 => format!("$trim({})", text(self)),
            9 => format!("$substringBefore({}, {})", text(self), self.quoted()),
            10 => format!("$substringAfter({}, {})", text(self), self.quoted()),
            11 => format!("$pad({}, {}, {})", text(self), self.chance.pick(&["5", "-5", "0", "30"]), self.quoted()),
            12 => format!("$pad({}, {})", text(self), self.chance.pick(NUMBERS)),
            13 => format!("$replace({}, {}, {})", text(self), self.quoted(), self.quoted()),
            14 => format!("$replace({}, {}, {})", text(self), self.chance.pick(PATTERNS), self.quoted()),
            15 => format!("$replace({}, {}, {}, {})", text(self), self.quoted(), text(self), self.chance.pick(NUMBERS)),
            16 => format!("$join({}, {})", self.of(depth, Self::texts), self.quoted()),
            17 => format!("$join({})", self.of(depth, Self::texts)),
            18 => format!("({} ? {} : {})", self.of(depth, Self::flag), text(self), text(self)),
            19 => format!("({} ? {})", self.of(depth, Self::flag), text(self)),
            20 => format!("$split({}, {})[{}]", text(self), self.quoted(), self.chance.pick(&["0", "1", "-1", "9"])),
            21 => format!("$lookup({}, {})", self.of(depth, Self::object), text(self)),
            22 => format!("$fromMillis({})", self.of(depth, Self::number)),
            23 => format!("$fromMillis({}, \"[Y0001]-[M01]-[D01]\")", self.of(depth, Self::number)),
            24 => format!("({} ~> $uppercase ~> $trim)", text(self)),
            25 => format!("{}[{}]", self.path(), self.chance.pick(&["0", "-1", "1"])),
            26 => self.seldom_text(depth),
            27 => format!("$max({})", self.of(depth, Self::list)),
            28 => self.called(depth),
            _ => self.bound(depth),
        }
    }

    /// What `check` names: the engines are known to differ on it.
    fn seldom_text(&mut self, depth: usize) -> String {
        let text = |this: &mut Self| this.of(depth, Self::text);
        match self.chance.below(14) {
            0 => format!("$substring({}, {})", text(self), self.chance.pick(NUMBERS)),
            1 => format!("$substring({}, {}, {})", text(self), self.chance.pick(NUMBERS), self.chance.pick(NUMBERS)),
            2 => format!("$base64encode({})", text(self)),
            3 => format!("$formatNumber({}, \"#,##0.00\")", self.of(depth, Self::number)),
            4 => format!("$formatBase({}, 16)", self.of(depth, Self::number)),
            5 => format!("$type({})", self.any(depth - 1)),
            6 => format!("$$.{}", self.path()),
            7 => format!("{} ?? {}", self.path(), text(self)),
            8 => format!("{} ?: {}", self.path(), text(self)),
            9 => format!("$encodeUrlComponent({})", text(self)),
            10 => format!("$match({}, {}).match", text(self), self.chance.pick(PATTERNS)),
            11 => format!("{}.$uppercase()", self.path()),
            12 => match self.table() {
                Some((path, name)) => format!("{path}.{name}.%.{name}"),
                None => "*.%".to_owned(),
            },
            _ => format!("$formatInteger({}, \"w\")", self.of(depth, Self::number)),
        }
    }

    fn number(&mut self, depth: usize) -> String {
        let words = self.words;
        if depth == 0 {
            return if self.chance.one_in(6) { self.variable() } else { self.one_of(&words.numbers, NUMBERS) };
        }
        let number = |this: &mut Self| this.of(depth, Self::number);
        match self.chance.below(22) {
            0..=2 => {
                let operator = ["+", "-", "*", "/", "%"][self.chance.below(5)];
                format!("({} {operator} {})", number(self), number(self))
            }
            3 => format!("-{}", number(self)),
            4 | 5 => format!("$count({})", self.of(depth, Self::list)),
            6 => format!("$sum({})", self.of(depth, Self::numbers)),
            7 => format!("$max({})", self.of(depth, Self::numbers)),
            8 => format!("$min({})", self.of(depth, Self::numbers)),
            9 => format!("$length({})", self.of(depth, Self::text)),
            10 => format!("$number({})", self.of(depth, Self::text)),
            11 => format!("$number({})", self.any(depth - 1)),
            12 => format!("$round({})", number(self)),
            13 => format!("$round({}, {})", number(self), self.chance.pick(&["1", "2", "0", "-1"])),
            14 => format!("$floor({})", number(self)),
            15 => format!("$ceil({})", number(self)),
            16 => format!("$abs({})", number(self)),
            17 => format!("$power({}, {})", number(self), self.chance.pick(&["2", "0", "0.5", "-1", "3"])),
            18 => format!("$sqrt({})", number(self)),
            19 => format!("$toMillis({})", self.of(depth, Self::text)),
            20 => format!("({} ? {} : {})", self.of(depth, Self::flag), number(self), number(self)),
            _ => format!("$average({})", self.of(depth, Self::numbers)),
        }
    }

    fn flag(&mut self, depth: usize) -> String {
        let words = self.words;
        if depth == 0 {
            return self.one_of(&words.flags, &["true", "false"]);
        }
        match self.chance.below(16) {
            0 => format!("{} = {}", self.of(depth, Self::text), self.of(depth, Self::text)),
            1 => format!("{} != {}", self.any(depth - 1), self.any(depth - 1)),
            2 => {
                let operator = ["<", "<=", ">", ">="][self.chance.below(4)];
                format!("{} {operator} {}", self.of(depth, Self::number), self.of(depth, Self::number))
            }
            3 => format!("{} < {}", self.of(depth, Self::text), self.of(depth, Self::text)),
            4 => format!("({} and {})", self.of(depth, Self::flag), self.of(depth, Self::flag)),
            5 => format!("({} or {})", self.of(depth, Self::flag), self.of(depth, Self::flag)),
            6 => format!("{} in {}", self.of(depth, Self::text), self.of(depth, Self::list)),
            7 | 8 => format!("$exists({})", self.path()),
            9 => format!("$not({})", self.of(depth, Self::flag)),
            10 => format!("$contains({}, {})", self.of(depth, Self::text), self.quoted()),
            11 => format!("$contains({}, {})", self.of(depth, Self::text), self.chance.pick(PATTERNS)),
            12 => format!("$boolean({})", self.any(depth - 1)),
            13 => format!("{} = {}", self.path(), self.path()),
            14 => format!("$exists({})", self.any(depth - 1)),
            _ => format!("{} = null", self.path()),
        }
    }

    fn numbers(&mut self, depth: usize) -> String {
        match self.chance.below(5) {
            0 => format!("[{}, {}]", self.of(depth, Self::number), self.of(depth, Self::number)),
            1 => format!("[1..{}]", self.chance.pick(&["1", "3", "5", "0"])),
            2 => match self.table() {
                Some((path, name)) => format!("{path}.{name}"),
                None => "[]".to_owned(),
            },
            3 => format!("$map({}, function($i) {{ $i * 2 }})", self.chance.pick(&["[1, 2]", "[1..3]", "[]", "3"])),
            _ => self.of(depth, Self::number),
        }
    }

    fn texts(&mut self, depth: usize) -> String {
        match self.chance.below(5) {
            0 | 1 => format!("[{}, {}]", self.of(depth, Self::text), self.of(depth, Self::text)),
            2 => format!("$split({}, {})", self.of(depth, Self::text), self.quoted()),
            3 => match self.table() {
                Some((path, name)) => format!("{path}.{name}"),
                None => "[\"a\"]".to_owned(),
            },
            _ => self.of(depth, Self::list),
        }
    }

    fn list(&mut self, depth: usize) -> String {
        let words = self.words;
        if depth == 0 {
            return match self.table() {
                Some((path, name)) if self.chance.one_in(2) => format!("{path}.{name}"),
                Some((path, _)) if self.chance.one_in(2) => path,
                _ => self.one_of(&words.lists, &["[]", "[1, 2]", "[\"a\"]", "[1..3]"]),
            };
        }
        if let Some((path, name)) = self.table()
            && self.chance.one_in(2)
        {
            return self.of_table(depth, &path, &name);
        }
        let list = |this: &mut Self| this.of(depth, Self::list);
        match self.chance.below(19) {
            0 => format!("[{}]", self.any(depth - 1)),
            1 => format!("[{}, {}]", self.any(depth - 1), self.any(depth - 1)),
            2 => format!("$append({}, {})", list(self), list(self)),
            3 => format!("$reverse({})", list(self)),
            4 => format!("$distinct({})", list(self)),
            5 => format!("$sort({})", self.of(depth, Self::texts)),
            6 => format!("$sort({}, function($a, $b) {{ $a < $b }})", self.of(depth, Self::numbers)),
            7 => format!("$map({}, $string)", list(self)),
            8 => format!("$map({}, function($v, $i) {{ $i }})", list(self)),
            9 => format!("$filter({}, function($v) {{ $exists($v) }})", list(self)),
            10 => format!("$filter({}, function($v, $i) {{ $i > 0 }})", list(self)),
            11 => format!("$zip({}, {})", list(self), list(self)),
            12 => format!("$split({}, {})", self.of(depth, Self::text), self.chance.pick(PATTERNS)),
            13 => format!("({})[]", self.path()),
            14 => format!("({})[{}]", list(self), self.of(depth, Self::flag)),
            15 => format!("{}.({})", self.path(), self.any(depth - 1)),
            16 => format!("$keys({})", self.of(depth, Self::object)),
            17 => self.chance.pick(&["*", "**", "*.*", "$each($, function($v, $k) { $k })", "$spread($)"]).to_owned(),
            _ => format!("[{}..{}]", self.chance.pick(&["0", "1", "3"]), self.chance.pick(&["0", "2", "5"])),
        }
    }

    /// What paths do with a list of objects.
    fn of_table(&mut self, depth: usize, path: &str, name: &str) -> String {
        match self.chance.below(20) {
            0 => format!("{path}[{}]", self.chance.pick(&["0", "-1", "1", "7"])),
            1 => format!("{path}[{}].{name}", self.chance.pick(&["0", "-1", "1"])),
            2 => format!("{path}[{name} = {}]", self.quoted()),
            3 => format!("{path}[{name} = {}].{name}", self.quoted()),
            4 => format!("{path}[$exists({name})]"),
            5 => format!("{path}.{{\"n\": {name}, \"m\": {}}}", self.any(depth - 1)),
            6 => format!("{path}.({name} & {})", self.quoted()),
            7 => format!("{path}.[{name}, {}]", self.any(depth - 1)),
            8 => format!("{path}^({name})"),
            9 => format!("{path}^(>{name}).{name}"),
            10 => format!("{path}@$r.{{\"n\": $r.{name}}}"),
            11 => format!("{path}#$i.{{\"i\": $i, \"n\": {name}}}"),
            12 => format!("{path}.{name}[]"),
            13 => format!("$map({path}, function($r) {{ $r.{name} }})"),
            14 => format!("$filter({path}, function($r) {{ $r.{name} = {} }})", self.quoted()),
            15 => format!("$reduce({path}.{name}, function($a, $r) {{ $a & $r }}, \"\")"),
            16 => format!("$sort({path}, function($a, $b) {{ $string($a.{name}) > $string($b.{name}) }}).{name}"),
            17 => format!("{path}{{$string({name}): $count($)}}"),
            18 => format!("$single({path}, function($r) {{ $r.{name} = {} }})", self.quoted()),
            _ => format!("{path}^({name}, {name}).{name}"),
        }
    }

    fn object(&mut self, depth: usize) -> String {
        let words = self.words;
        if depth == 0 {
            return self.one_of(&words.objects, &["{}", "{\"a\": 1}", "$"]);
        }
        match self.chance.below(9) {
            0 => format!("{{\"a\": {}, \"b\": {}}}", self.any(depth - 1), self.any(depth - 1)),
            1 => format!("{{\"a\": {}}}", self.path()),
            2 => format!("{{{}: {}}}", self.of(depth, Self::text), self.any(depth - 1)),
            3 => format!("$merge([{}, {}])", self.of(depth, Self::object), self.of(depth, Self::object)),
            4 => format!("$merge({})", self.of(depth, Self::list)),
            5 => match self.table() {
                Some((path, name)) => format!("{path}{{$string({name}): {name}}}"),
                None => "{}".to_owned(),
            },
            6 => "$sift($, function($v) { $exists($v) })".to_owned(),
            7 => format!("$ ~> |$|{{\"added\": {}}}|", self.any(depth - 1)),
            _ => format!("({} ? {} : {})", self.of(depth, Self::flag), self.of(depth, Self::object), self.path()),
        }
    }

    /// A block with a variable, whose name lies in reach of what follows.
    fn bound(&mut self, depth: usize) -> String {
        let value = self.any(depth.saturating_sub(1));
        let name = format!("$v{}", self.variables.len());
        self.variables.push(name.clone());
        let body = self.any(depth.saturating_sub(1));
        self.variables.pop();
        match self.chance.below(4) {
            0 => format!("({name} := {value}; {body})"),
            1 => format!("({name} := {value}; $exists({name}) ? {body} : null)"),
            2 => format!("({name} := {value}; [{name}, {body}])"),
            _ => format!("({name} := {value}; {name} & ({body}))"),
        }
    }

    /// A function that is bound and called.
    fn called(&mut self, depth: usize) -> String {
        let argument = self.of(depth, Self::text);
        let body = ["$a & \"!\"", "$uppercase($a)", "$exists($a) ? $a : \"-\"", "[$a, $a]", "$a = null", "{\"x\": $a}"]
            [self.chance.below(6)];
        format!("($f := function($a) {{ {body} }}; $f({argument}))")
    }

    fn variable(&mut self) -> String {
        let at = self.chance.below(self.variables.len());
        self.variables.get(at).cloned().unwrap_or_else(|| "\"\"".to_owned())
    }
}
