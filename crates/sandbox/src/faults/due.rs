//! The faults that are set, and which of them a request meets.

use http::Method;

use crate::faults::fault::Fault;
use crate::faults::scope::Kind;

/// The faults that are set, in order.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    set: Vec<Due>,
}

#[derive(Debug)]
struct Due {
    fault: Fault,
    /// How many of its requests have come since it was set.
    seen: u32,
    /// How many of them have met it.
    met: u32,
}

impl Due {
    fn is_over(&self) -> bool {
        self.fault.scope.times.is_some_and(|times| self.met >= times)
    }
}

impl Faults {
    /// Sets one more.
    pub(crate) fn set(&mut self, fault: Fault) {
        self.set.push(Due { fault, seen: 0, met: 0 });
    }

    /// Forgets all of them.
    pub(crate) fn clear(&mut self) {
        self.set.clear();
    }

    /// Those that no request has met.
    pub(crate) fn unmet(&self) -> Vec<Fault> {
        self.set.iter().filter(|due| due.met == 0).map(|due| due.fault.clone()).collect()
    }

    /// The fault that a request meets. Without `connection`, faults of the connection stay due.
    pub(crate) fn meet(&mut self, kind: Kind, method: &Method, connection: bool) -> Option<Fault> {
        let mut met = None;
        for due in self.set.iter_mut().filter(|due| due.fault.scope.has(kind, method)) {
            due.seen = due.seen.saturating_add(1);
            let can_be = connection || !due.fault.what.is_of_connection();
            if met.is_none() && can_be && due.seen >= due.fault.scope.from {
                due.met = due.met.saturating_add(1);
                met = Some(due.fault.clone());
            }
        }
        self.set.retain(|due| !due.is_over());
        met
    }
}
