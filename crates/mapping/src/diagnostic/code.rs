//! The stable names of findings: one table.

use std::fmt;
use std::str::FromStr;

use super::Severity;

macro_rules! codes {
    ($($variant:ident $text:literal $severity:ident $summary:literal;)+) => {
        /// The kind of a finding.
        ///
        /// The text of a code is stable and is never used for anything else. Codes are ordered as the table has them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = concat!("`", $text, "`: ", $summary, ".")] $variant,)+
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable text, in kebab case.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// What it means, in one line.
            pub const fn summary(self) -> &'static str {
                match self { $(Self::$variant => $summary,)+ }
            }

            /// How bad a finding of this kind is unless the check says otherwise.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)+ }
            }

            /// The Markdown page: what it means, why it matters, a bad and a good example.
            pub const fn page(self) -> &'static str {
                match self { $(Self::$variant => include_str!(concat!("../../codes/", $text, ".md")),)+ }
            }
        }
    };
}

codes! {
    // Files and TOML.
    FileUnreadable "file-unreadable" Error "a file cannot be read";
    NotUtf8 "not-utf-8" Error "a file is not UTF-8 text";
    TomlSyntax "toml-syntax" Error "the text is not TOML";
    TomlDateTime "toml-date-time" Error "a date or time is written without quotes";
    TomlNumber "toml-number" Error "a number has no exact JSON form";
    TomlNesting "toml-nesting" Error "values are nested too deeply";
    LanguageNewer "language-newer" Error "a file asks for a newer version of the language";
    // The shape of a file.
    UnknownKey "unknown-key" Error "a key is not known in this table";
    MissingKey "missing-key" Error "a table lacks a key that it needs";
    WrongType "wrong-type" Error "a value is of the wrong type";
    UnknownWord "unknown-word" Error "a word is not one of those that are known here";
    OutOfRange "out-of-range" Error "a number, a length or a count is outside its limits";
    BadValue "bad-value" Error "a value is of the right type and still not allowed";
    // Small syntaxes inside strings.
    PathSyntax "path-syntax" Error "a path cannot be parsed";
    TemplateSyntax "template-syntax" Error "a template cannot be parsed";
    // Names.
    UnknownUnifiedField "unknown-unified-field" Error "the unified model has no such field";
    FieldUnmapped "field-unmapped" Error "a field of the unified model is neither mapped nor listed as unsupported";
    UnsupportedMapped "unsupported-mapped" Error "a field is listed as unsupported and mapped all the same";
    LeafDouble "leaf-double" Error "two entries map the same unified leaf";
    LeafReadOnly "leaf-read-only" Error "a leaf that only answers have is mapped for writing";
    ResourceUnknown "resource-unknown" Error "there is no such unified resource";
    UnknownRecord "unknown-record" Error "no record has this name";
    UnknownTable "unknown-table" Error "no table has this name";
    UnknownForm "unknown-form" Error "no form has this name";
    UnknownVariable "unknown-variable" Error "no variable has this name";
    UnknownSecret "unknown-secret" Error "no credential has this name";
    UnknownColumn "unknown-column" Error "a table or variable has no such column";
    UnknownPath "unknown-path" Error "the provider's schema has nothing at this path";
    UnusedName "unused-name" Warning "a name is declared and never used";
    // Paths and ownership.
    PathReadOnly "path-read-only" Error "the provider does not accept writes at this path";
    PathWriteOnly "path-write-only" Error "the provider never returns this path";
    TwoOwners "two-owners" Error "two entries own the same atom";
    PrefixOwner "prefix-owner" Error "an entry owns an atom inside another entry's atom";
    ReadMissing "read-missing" Error "a field is written and never read";
    ReadElsewhere "read-elsewhere" Error "a field is read and written at different paths without a case";
    ReadRequired "read-required" Error "a write needs a read that the record does not have";
    WriteMissing "write-missing" Error "a field is read, and nothing says how it is written";
    ClearMismatch "clear-mismatch" Error "the provider does not take null as it is spelled";
    ClearMissing "clear-missing" Error "nothing says how a field is cleared";
    ClearNeedless "clear-needless" Error "an entry spells null and is never cleared that way";
    RequestId "request-id" Error "a request does not say which record it is about";
    // Tables.
    TableUnknownName "table-unknown-name" Error "a table row names a value that the unified model lacks";
    TableMissingName "table-missing-name" Error "a table lacks a row for a value of the unified model";
    TableDoubleName "table-double-name" Error "a table is not one-to-one";
    TableNotTotal "table-not-total" Error "a table does not cover the values that it claims";
    OptionUnknown "option-unknown" Error "a table row holds a value that the provider does not take, or takes for something else";
    UnknownNeedless "unknown-needless" Warning "a table says what happens to other names and has a row for all of them";
    // Conversions and loss.
    LossUndeclared "loss-undeclared" Error "an entry can lose information and does not say so";
    LossNeedless "loss-needless" Error "an entry declares a loss and loses nothing";
    CodecMismatch "codec-mismatch" Error "a codec does not fit what stands before or after it";
    CodecUnknown "codec-unknown" Error "there is no such codec";
    // Hosts and secrets.
    HostOpenVariable "host-open-variable" Error "a variable in a host is not limited to known hosts";
    SecretMisplaced "secret-misplaced" Error "a secret stands where it could leak";
    // Order of writes.
    OrderCycle "order-cycle" Error "the order of writes contradicts itself";
    OrderIncomplete "order-incomplete" Error "the order of writes leaves out a record or an action";
    OrderUnknown "order-unknown" Error "the order of writes names something that is not written";
    // Expressions.
    ExpressionSyntax "expression-syntax" Error "an expression cannot be parsed";
    ExpressionUnknownFunction "expression-unknown-function" Error "an expression calls a function that does not exist";
    ExpressionArity "expression-arity" Error "an expression calls a function with the wrong number of arguments";
    ExpressionOneBackend "expression-one-backend" Warning "an expression runs on one engine only";
    ExpressionUnknownPath "expression-unknown-path" Error "an expression reads a path that does not exist";
    ExpressionLargeInteger "expression-large-integer" Warning "an expression touches an integer that may lose digits";
    ExpressionTruthiness "expression-truthiness" Warning "an expression takes a value for true or false, and so loses 0, empty text and false";
    ExpressionReads "expression-reads" Error "an expression reads other fields than it states";
    CaseMissing "case-missing" Error "an entry that cannot be proven has no case that shows it";
    CaseSilent "case-silent" Error "a case that an entry names does not write and read it";
    // Lists, groups and actions.
    ListKey "list-key" Error "a list's key does not fit its slots";
    ListLeaf "list-leaf" Error "a list's slot names an attribute that its items lack";
    SlotDouble "slot-double" Error "two slots of a list take the same key";
    GroupPart "group-part" Error "a part of a group is not a text field";
    GroupJoin "group-join" Error "a group's parts cannot be joined this way";
    ActionAmbiguous "action-ambiguous" Error "two requests of an action apply to the same value";
    GuardInvalid "guard-invalid" Error "a guard cannot work";
    // Error rules.
    ErrorRuleUnreachable "error-rule-unreachable" Error "an error rule can never match";
    ErrorClassUnknown "error-class-unknown" Error "there is no such error class";
    // Schemas.
    PayloadInvalid "payload-invalid" Error "the provider's schema cannot be used";
    ModelInvalid "model-invalid" Error "the unified model cannot be used";
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A text that names no code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no code `{0}`")]
pub struct UnknownCode(pub String);

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().copied().find(|code| code.as_str() == text);
        found.ok_or_else(|| UnknownCode(text.to_owned()))
    }
}
