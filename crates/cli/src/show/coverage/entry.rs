//! What is said of one field with one provider, both directions together.

use mapwright_mapping::coverage::{Assurance, Cover, Direction, ProviderCoverage, Status};

/// What becomes of a field, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// It is written, and read back.
    Written,
    /// It is only read.
    Read,
    /// The provider has no place for it.
    Nothing,
}

impl Mark {
    /// All of them.
    pub(super) const ALL: [Mark; 3] = [Mark::Written, Mark::Read, Mark::Nothing];

    /// The letter for it.
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Mark::Written => "W",
            Mark::Read => "R",
            Mark::Nothing => "-",
        }
    }

    /// The words for it.
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Mark::Written => "written",
            Mark::Read => "only read",
            Mark::Nothing => "no place",
        }
    }
}

/// What deserves a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flag {
    /// Some of its leaves or types are not written.
    Partly,
    /// A case shows that it reads back.
    Tested,
    /// Something is lost.
    Lossy,
    /// No source confirms it.
    Unconfirmed,
    /// It cannot be cleared.
    Unclearable,
}

impl Flag {
    /// All of them.
    pub(super) const ALL: [Flag; 5] = [Flag::Partly, Flag::Tested, Flag::Lossy, Flag::Unconfirmed, Flag::Unclearable];

    /// The sign for it.
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Flag::Partly => "/",
            Flag::Tested => "t",
            Flag::Lossy => "~",
            Flag::Unconfirmed => "?",
            Flag::Unclearable => "!",
        }
    }

    /// The word for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Flag::Partly => "partly",
            Flag::Tested => "tested",
            Flag::Lossy => "lossy",
            Flag::Unconfirmed => "unconfirmed",
            Flag::Unclearable => "not clearable",
        }
    }

    /// What it means.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Flag::Partly => "some of its leaves or types are not written",
            Flag::Tested => "a case shows that it reads back the same",
            Flag::Lossy => "something is lost on the way there and back",
            Flag::Unconfirmed => "no source confirms all of it",
            Flag::Unclearable => "null cannot clear it",
        }
    }
}

/// A remark: what it is about, and its words.
pub(super) struct Note {
    /// What it is about.
    pub(super) about: &'static str,
    /// The words.
    pub(super) text: String,
}

/// One field with one provider.
pub(super) struct Entry<'a> {
    request: &'a Cover,
    response: Option<&'a Cover>,
}

impl<'a> Entry<'a> {
    /// The entry of a field or leaf, by its dotted name.
    pub(super) fn find(coverage: &'a ProviderCoverage, name: &str) -> Option<Entry<'a>> {
        let request = coverage.find(Direction::Request, name)?;
        Some(Entry { request, response: coverage.find(Direction::Response, name) })
    }

    /// What becomes of it.
    pub(super) fn mark(&self) -> Mark {
        let is_read = self.response.is_some_and(|cover| cover.status == Status::Read);
        match self.request.status {
            Status::Written => Mark::Written,
            Status::ReadOnly | Status::Read => Mark::Read,
            Status::Unsupported if is_read => Mark::Read,
            Status::Unsupported => Mark::Nothing,
        }
    }

    /// What deserves a look.
    pub(super) fn flags(&self) -> Vec<Flag> {
        let assurance = match self.request.assurance {
            Some(Assurance::Tested) => Some(Flag::Tested),
            Some(Assurance::Lossy) => Some(Flag::Lossy),
            // What is only read may drop something, too.
            None if !self.request.losses.is_empty() => Some(Flag::Lossy),
            Some(Assurance::Proven) | None => None,
        };
        let whole = |cover: &Cover| cover.status == Status::Written;
        let is_part = !self.request.except.is_empty() || !self.request.types.iter().all(|(_, part)| whole(part));
        let partly = (whole(self.request) && is_part).then_some(Flag::Partly);
        let unconfirmed = (self.request.confirmed == Some(false)).then_some(Flag::Unconfirmed);
        let unclearable = (self.request.clearable == Some(false)).then_some(Flag::Unclearable);
        [partly, assurance, unconfirmed, unclearable].into_iter().flatten().collect()
    }

    /// Mark and flags, as in `W~?`.
    pub(super) fn symbols(&self) -> String {
        let flags = self.flags().into_iter().map(Flag::symbol);
        std::iter::once(self.mark().symbol()).chain(flags).collect()
    }

    /// Mark and assurance in words, as in `written, lossy`.
    pub(super) fn headline(&self) -> String {
        match self.request.assurance {
            Some(assurance) => format!("{}, {}", self.mark().in_words(), assurance.as_str()),
            None => self.mark().in_words().to_owned(),
        }
    }

    /// Everything else.
    pub(super) fn notes(&self) -> Vec<Note> {
        let cover = self.request;
        let mut notes = Vec::new();
        let mut add = |about: &'static str, text: String| notes.push(Note { about, text });
        if !cover.except.is_empty() {
            let about = if cover.status == Status::Written { "not written" } else { "no place" };
            add(about, cover.except.join(", "));
        }
        if !cover.types.is_empty() {
            let types = cover.types.iter().map(|(name, of_type)| match of_type.status {
                Status::Written => name.to_owned(),
                Status::ReadOnly | Status::Read | Status::Unsupported => format!("{name} (only read)"),
            });
            add("types", types.collect::<Vec<_>>().join(", "));
        }
        if let Some(names) = &cover.names {
            add("names", names.in_words());
        }
        if cover.types.is_empty() {
            for (leaf, cover) in cover.fields.iter() {
                if let Some(names) = &cover.names {
                    add("names", format!("{leaf}: {}", names.in_words()));
                }
            }
        }
        cover.reasons.iter().for_each(|text| add("only read", text.clone()));
        cover.losses.iter().for_each(|text| add("lost", text.clone()));
        if !cover.cases.is_empty() {
            add("shown by", cover.cases.join(", "));
        }
        if cover.clearable == Some(false) {
            let parts = if cover.types.is_empty() { &cover.fields } else { &cover.types };
            let stuck: Vec<&str> =
                parts.iter().filter(|(_, part)| part.clearable == Some(false)).map(|(name, _)| name).collect();
            let is_whole = parts.iter().all(|(_, part)| part.clearable == Some(false));
            add("clearing", format!("null cannot clear {}", if is_whole { "it".to_owned() } else { stuck.join(", ") }));
        }
        let sources = if cover.sources.is_empty() {
            self.response.map_or(&cover.sources, |cover| &cover.sources)
        } else {
            &cover.sources
        };
        for text in sources {
            add("source", text.clone());
        }
        cover.unconfirmed.iter().for_each(|text| add("unconfirmed", text.clone()));
        notes
    }
}
