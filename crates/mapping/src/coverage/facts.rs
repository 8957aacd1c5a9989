//! What a mapping knows of a field, both directions together.

use super::{Assurance, Cover, Covers, Direction, Names, Status};
use crate::mapping::{Clear, Join, Mapping, Slot};

/// What a mapping knows of a field. The default is that of a field without a place.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    pub(super) written: bool,
    pub(super) read: bool,
    /// Whether an answer never has it.
    pub(super) request_only: bool,
    pub(super) reasons: Vec<String>,
    pub(super) assurance: Option<Assurance>,
    pub(super) losses: Vec<String>,
    pub(super) cases: Vec<String>,
    pub(super) sources: Vec<String>,
    pub(super) unconfirmed: Vec<String>,
    pub(super) clearable: Option<bool>,
    pub(super) names: Option<Names>,
    /// The names that are shown, where they are not those that are written.
    pub(super) shown: Option<Names>,
    pub(super) types: Vec<(String, Facts)>,
    pub(super) fields: Vec<(String, Facts)>,
}

impl Facts {
    /// Those of a slot. `join` is how several leaves share it, `above` the loss of the list that it stands in.
    pub(super) fn of_slot(mapping: &Mapping, slot: &Slot, join: Option<&Join>, above: Option<&str>) -> Facts {
        let written = slot.is_writable();
        let read = !slot.read.is_empty() || slot.computed.as_ref().is_some_and(|computed| computed.read.is_some());
        let losses = super::assurance::losses(mapping, slot, join, above);
        let assurance = super::assurance::of_slot(mapping, slot, &losses, false);
        let form = slot.form.and_then(|id| mapping.form(id).read_only.as_ref());
        let spelled = || {
            let record = slot.write.as_ref().map(|address| mapping.record(address.record).clear);
            mapping.clear_of(slot).or(record) != Some(Clear::Never)
        };
        Facts {
            written,
            read,
            reasons: slot.read_only.iter().chain(form.filter(|_| slot.read_only.is_none())).cloned().collect(),
            assurance,
            losses,
            cases: slot.tested.clone(),
            sources: slot
                .source
                .iter()
                .chain(mapping.source.iter().filter(|_| slot.source.is_none()))
                .cloned()
                .collect(),
            unconfirmed: slot.unconfirmed.iter().cloned().collect(),
            clearable: written.then(spelled),
            names: Names::of_slot(mapping, slot),
            ..Facts::default()
        }
    }

    /// Those of a whole with named parts.
    pub(super) fn over(parts: &[(String, Facts)]) -> Facts {
        let there: Vec<&(String, Facts)> = parts.iter().filter(|(_, part)| part.written || part.read).collect();
        let written = there.iter().any(|(_, part)| part.written);
        let counts = there.iter().filter(|(_, part)| part.written == written);
        let gather = |text: fn(&Facts) -> &Vec<String>| gathered(&there, text);
        Facts {
            written,
            read: there.iter().any(|(_, part)| part.read),
            request_only: false,
            reasons: gather(|part| &part.reasons),
            assurance: counts.clone().filter_map(|(_, part)| part.assurance).max(),
            losses: gather(|part| &part.losses),
            cases: distinct(there.iter().flat_map(|(_, part)| part.cases.clone())),
            sources: distinct(there.iter().flat_map(|(_, part)| part.sources.clone())),
            unconfirmed: gather(|part| &part.unconfirmed),
            clearable: written.then(|| counts.clone().all(|(_, part)| part.clearable != Some(false))),
            ..Facts::default()
        }
    }

    /// A further loss and a further doubt of the whole.
    pub(super) fn and(mut self, loss: Option<&String>, unconfirmed: Option<&String>) -> Facts {
        if let Some(loss) = loss {
            self.losses = distinct(std::iter::once(loss.clone()).chain(self.losses));
            self.assurance = Some(Assurance::Lossy);
        }
        self.unconfirmed = distinct(unconfirmed.cloned().into_iter().chain(self.unconfirmed));
        self
    }

    /// The same with the source that a list states for all that it holds.
    pub(super) fn stated_in(mut self, source: Option<&String>) -> Facts {
        let Some(source) = source else { return self };
        if self.written || self.read {
            self.sources = vec![source.clone()];
        }
        for part in [&mut self.types, &mut self.fields] {
            *part =
                std::mem::take(part).into_iter().map(|(name, facts)| (name, facts.stated_in(Some(source)))).collect();
        }
        self
    }

    /// What is said of it in one direction.
    pub(super) fn cover(&self, direction: Direction) -> Cover {
        let status = match direction {
            Direction::Request if self.written => Status::Written,
            Direction::Request if self.read => Status::ReadOnly,
            Direction::Response if self.read => Status::Read,
            Direction::Request | Direction::Response => Status::Unsupported,
        };
        if status == Status::Unsupported && self.fields.is_empty() {
            return Cover::default();
        }
        let there = status != Status::Unsupported;
        let covers = |parts: &[(String, Facts)]| {
            let shown = parts.iter().filter(|(_, part)| direction == Direction::Request || !part.request_only);
            Covers(shown.map(|(name, part)| (name.clone(), part.cover(direction))).collect())
        };
        let fields = covers(&self.fields);
        let except = fields.iter().filter(|(_, field)| there && field.status != status);
        let request = direction == Direction::Request;
        Cover {
            status,
            except: except.map(|(name, _)| name.to_owned()).collect(),
            reasons: if request { self.reasons.clone() } else { Vec::new() },
            assurance: self.assurance.filter(|_| there),
            losses: self.losses.clone(),
            cases: self.cases.clone(),
            sources: if there { self.sources.clone() } else { Vec::new() },
            confirmed: there.then_some(self.unconfirmed.is_empty()),
            unconfirmed: self.unconfirmed.clone(),
            clearable: self.clearable.filter(|_| request),
            names: match status {
                Status::Written => self.names.clone(),
                _ => self.shown.as_ref().or(self.names.as_ref()).map(Names::shown),
            },
            types: covers(&self.types),
            fields,
        }
    }
}

/// The texts of the parts, each once. A text that does not hold for all parts begins with the names of its parts.
fn gathered(parts: &[&(String, Facts)], text: fn(&Facts) -> &Vec<String>) -> Vec<String> {
    let all = distinct(parts.iter().flat_map(|(_, part)| text(part).clone()));
    let marked = all.into_iter().map(|one| {
        let holders: Vec<&str> =
            parts.iter().filter(|(_, part)| text(part).contains(&one)).map(|(name, _)| name.as_str()).collect();
        if holders.len() == parts.len() { one } else { format!("{}: {one}", holders.join(", ")) }
    });
    marked.collect()
}

fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for text in texts {
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    seen
}
