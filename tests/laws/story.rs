//! Stories: an account, a lead in some state, and a patch of it.

use mapwright_mapping::mapping::ListShape;
use mapwright_mapping::model::FieldKind;
use mapwright_mapping::plan::{ListMode, Options};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::answer::escape;
use crate::desk::Desk;
use crate::patches::Deck;

/// A patch of one lead, and what was before it.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    /// The account: the demo's is 0.
    pub(crate) account: usize,
    pub(crate) id: String,
    /// What others have put into the lead: the number of the place and that of the value in the hints.
    pub(crate) others: Vec<(usize, usize)>,
    /// Patches that were made before.
    pub(crate) earlier: Vec<Value>,
    pub(crate) patch: Value,
    pub(crate) lists: ListMode,
}

impl Story {
    /// A patch of a lead as the demo has it.
    pub(crate) fn plain(id: &str, patch: Value) -> Story {
        let (others, earlier) = (Vec::new(), Vec::new());
        Story { account: 0, id: id.to_owned(), others, earlier, patch, lists: ListMode::Replace }
    }

    /// How the patch is run.
    pub(crate) fn options(&self) -> Options {
        Options { lists: self.lists, ..Options::default() }
    }
}

/// The stories of a provider.
pub(crate) struct Stories<'d> {
    desk: &'d Desk,
    decks: Vec<Deck>,
}

impl Desk {
    /// The stories of the provider.
    pub(crate) fn stories(&self) -> Stories<'_> {
        Stories { desk: self, decks: (0..self.accounts()).map(|account| self.deck(account)).collect() }
    }

    /// Brings the provider to where the patch of a story begins.
    pub(crate) fn begin(&self, story: &Story) {
        self.reset(story.account);
        for (place, value) in &story.others {
            let (at, values) = &self.hints.others[*place];
            self.put(&story.id, at, serde_json::from_str(values[*value]).expect("a value in JSON"));
        }
        for patch in &story.earlier {
            // Whether it is taken is another story's business.
            let _ = self.patch(&story.id, patch, Options::default());
        }
    }

    /// Puts a value into the kept lead.
    fn put(&self, id: &str, at: &str, value: Value) {
        let (collection, state) = (self.hints.records[0].collection, self.snapshot());
        let id = state.full_id(collection, id);
        let records = state.moment.records(collection).expect("leads");
        let mut record = records[&id].clone();
        let mut place = &mut record;
        for name in at.split('/') {
            place = &mut place[name];
        }
        *place = value;
        self.sandbox.put_record(collection, &id, record).unwrap_or_else(|e| panic!("{at}: {e}"));
    }
}

impl Stories<'_> {
    /// How many parts one row of cases has to draw.
    pub(crate) fn parts(&self) -> u32 {
        let most = self.decks.iter().map(|deck| deck.parts.len()).max().unwrap_or_default();
        u32::try_from(most).unwrap_or(u32::MAX)
    }

    /// The stories of the case with that number: the parts are drawn one after the other, on one account after the other.
    pub(crate) fn of(&self, case: u32) -> BoxedStrategy<Story> {
        let case = usize::try_from(case).unwrap_or_default();
        let account = if case < self.decks[0].parts.len() { 0 } else { case % self.decks.len() };
        let part = if account == 0 { case } else { case / self.decks.len() };
        let deck = &self.decks[account];
        let leads = select(self.desk.hints.leads).boxed();
        let id = match self.desk.hints.locked {
            Some((locked, _)) => prop_oneof![20 => leads, 1 => Just(locked)].boxed(),
            None => leads,
        };
        let places: Vec<(usize, usize)> = self
            .desk
            .hints
            .others
            .iter()
            .enumerate()
            .flat_map(|(place, (_, values))| (0..values.len()).map(move |value| (place, value)))
            .collect();
        let others = if places.is_empty() {
            Just(Vec::new()).boxed()
        } else {
            prop_oneof![1 => Just(Vec::new()), 1 => proptest::collection::vec(select(places), 1..4)].boxed()
        };
        let earlier = prop_oneof![3 => Just(0_usize), 2 => Just(1), 1 => Just(2)];
        let any = deck.any();
        let earlier = earlier.prop_flat_map(move |count| proptest::collection::vec(any.clone(), count..=count));
        let lists = prop_oneof![3 => Just(ListMode::Replace), 1 => Just(ListMode::Merge)];
        (id, others, earlier, deck.around(part), lists)
            .prop_map(move |(id, others, earlier, patch, lists)| Story {
                account,
                id: id.to_owned(),
                others,
                earlier,
                patch,
                lists,
            })
            .boxed()
    }
}

/// What of the model and the account a patch draws: each leaf, slot, key and name, as a value or as null.
pub(crate) fn drawn(desk: &Desk, story: &Story) -> Vec<String> {
    let mut drawn = Vec::new();
    for leaf in desk.leaves(&story.patch) {
        let name = match &leaf.item {
            None => leaf.pointer.clone(),
            Some((list, _)) => format!("/{list}/*/{}", leaf.pointer.rsplit('/').next().unwrap_or_default()),
        };
        if let (None, Some(text)) = (&leaf.item, leaf.value.as_str())
            && desk.names(&name[1..].replace('/', ".")).is_some()
        {
            drawn.push(format!("{name} is {text}"));
        }
        drawn.push(if leaf.value.is_null() { format!("{name} null") } else { format!("{name} value") });
    }
    for field in &desk.mapping.model.fields {
        let FieldKind::List { key, .. } = &field.kind else { continue };
        for item in story.patch[&field.name].as_array().into_iter().flatten() {
            let with = item[key].as_str().map_or_else(|| "without a key".to_owned(), |key| format!("with {key}"));
            drawn.push(format!("/{} {with}", field.name));
            for (leaf, _) in item.as_object().into_iter().flatten().filter(|(_, value)| value.is_null()) {
                drawn.push(format!("/{}/*/{leaf} null", field.name));
            }
        }
    }
    drawn
}

/// What has to be drawn on the demo's account.
pub(crate) fn to_draw(desk: &Desk) -> Vec<String> {
    let both = |name: String| [format!("{name} value"), format!("{name} null")];
    let mut all = Vec::new();
    for field in &desk.mapping.model.fields {
        let name = format!("/{}", field.name);
        match &field.kind {
            FieldKind::Raw => {}
            FieldKind::Scalar(_) => all.extend(both(name)),
            FieldKind::Object(leaves) => {
                all.extend(leaves.iter().flat_map(|leaf| both(format!("{name}/{}", leaf.name))));
            }
            FieldKind::OpenMap => {
                all.extend(desk.custom_in(0).flat_map(|(key, _)| both(format!("{name}/{}", escape(key)))));
            }
            FieldKind::List { key, leaves, .. } => {
                all.push(format!("{name} null"));
                all.push(format!("{name} without a key"));
                all.push(format!("{name}/*/{key} value"));
                let leaves = leaves.iter().filter(|leaf| leaf.name != *key);
                all.extend(leaves.flat_map(|leaf| both(format!("{name}/*/{}", leaf.name))));
            }
        }
    }
    for list in &desk.mapping.lists {
        let ListShape::Slots(slots) = &list.shape else { continue };
        for slot in slots {
            all.extend(slot.also.iter().chain([&slot.is]).map(|key| format!("/{} with {key}", list.name)));
        }
    }
    for (leaf, names) in desk.hints.names {
        all.extend(names.iter().map(|(name, _)| format!("/{} is {name}", leaf.replace('.', "/"))));
    }
    all
}

/// One lead with one null, as a patch: every leaf, list and key of the model.
pub(crate) fn nulls(desk: &Desk) -> Vec<Value> {
    let mut nulls = Vec::new();
    for field in desk.mapping.model.fields.iter().filter(|field| !matches!(field.kind, FieldKind::Raw)) {
        match &field.kind {
            FieldKind::OpenMap => {
                nulls.extend(desk.custom_in(0).map(|(key, _)| json!({ &field.name: { *key: null } })));
            }
            FieldKind::Object(leaves) => {
                nulls.push(json!({ &field.name: null }));
                nulls.extend(leaves.iter().map(|leaf| json!({ &field.name: { &leaf.name: null } })));
            }
            FieldKind::List { .. } => nulls.extend([json!({ &field.name: null }), json!({ &field.name: [] })]),
            _ => nulls.push(json!({ &field.name: null })),
        }
    }
    nulls
}
