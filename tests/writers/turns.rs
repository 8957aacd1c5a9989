//! Two runs on one provider, whose requests are answered in an order that is chosen.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use bytes::Bytes;
use http::Request;
use mapwright_interpreter::{Account, Finished, Interpreter, Sending, Transport};
use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::plan::Options;
use mapwright_sandbox::Sandbox;
use serde_json::Value;

/// One writer's run.
pub(crate) struct Run {
    pub(crate) account: Account,
    pub(crate) mapping: Arc<Mapping>,
    pub(crate) lead: String,
    pub(crate) body: Value,
    pub(crate) options: Options,
}

impl Run {
    /// Runs it over a transport.
    pub(crate) async fn over(self, transport: impl Transport) -> Finished {
        let interpreter = Interpreter::new(transport);
        interpreter.patch(&self.account, &self.mapping, &self.lead, &self.body, self.options).await
    }
}

/// A simulated provider without a queue before it.
pub(crate) struct Direct(pub(crate) Sandbox);

impl Transport for Direct {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        Box::pin(async move { Ok(self.0.handle(&request)) })
    }
}

/// The order of the requests: at each turn, which of the writers that wait for an answer gets one.
pub(crate) struct Order {
    /// Which one, and of how many.
    turns: Vec<(usize, usize)>,
    at: usize,
    /// Who got it.
    pub(crate) lanes: Vec<usize>,
    /// Where not all orders are tried: how many more, and where chance stands.
    left: Option<(usize, u64)>,
}

impl Order {
    /// Every order, one after the other.
    pub(crate) fn all() -> Order {
        Order { turns: Vec::new(), at: 0, lanes: Vec::new(), left: None }
    }

    /// So many orders, by chance that follows from a number.
    pub(crate) fn some(count: usize, seed: u64) -> Order {
        Order { left: Some((count, seed)), ..Order::all() }
    }

    fn choose(&mut self, open: &[usize]) -> usize {
        if let Some((_, chance)) = &mut self.left {
            // The generator of Knuth's MMIX; its high bits are good enough for a choice of two.
            *chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let lane = open[usize::from(open.len() > 1 && *chance >> 63 == 1)];
            self.lanes.push(lane);
            return lane;
        }
        if self.at == self.turns.len() {
            self.turns.push((0, open.len()));
        }
        let lane = open[self.turns[self.at].0];
        self.at += 1;
        self.lanes.push(lane);
        lane
    }

    /// How many requests the order that was tried last has.
    pub(crate) fn len(&self) -> usize {
        self.lanes.len()
    }

    /// Goes on to the next order; false where there is none.
    pub(crate) fn advance(&mut self) -> bool {
        if let Some((left, _)) = &mut self.left {
            self.lanes.clear();
            *left = left.saturating_sub(1);
            return *left > 0;
        }
        self.turns.truncate(self.at);
        (self.at, self.lanes) = (0, Vec::new());
        while let Some((chosen, all)) = self.turns.pop() {
            if chosen + 1 < all {
                self.turns.push((chosen + 1, all));
                return true;
            }
        }
        false
    }
}

/// Who waits for an answer, and who may have one.
#[derive(Default)]
struct Board {
    waiting: [bool; 2],
    granted: Option<usize>,
}

struct Queued {
    lane: usize,
    sandbox: Sandbox,
    board: Arc<Mutex<Board>>,
}

impl Transport for Queued {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        Box::pin(async move {
            poll_fn(|_| {
                let mut board = lock(&self.board);
                let is_next = board.granted == Some(self.lane);
                board.waiting[self.lane] = !is_next;
                if is_next {
                    board.granted = None;
                    return Poll::Ready(());
                }
                Poll::Pending
            })
            .await;
            Ok(self.sandbox.handle(&request))
        })
    }
}

fn lock(board: &Mutex<Board>) -> MutexGuard<'_, Board> {
    board.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs both in the order that is due.
pub(crate) async fn both(runs: [Run; 2], sandbox: &Sandbox, order: &mut Order) -> [Finished; 2] {
    let board = Arc::new(Mutex::new(Board::default()));
    let mut lane = 0;
    let mut going = runs.map(|run| {
        let queued = Queued { lane, sandbox: sandbox.clone(), board: Arc::clone(&board) };
        lane += 1;
        Box::pin(run.over(queued)) as Pin<Box<dyn Future<Output = Finished>>>
    });
    let mut ended = [None, None];
    loop {
        // Each goes on until it waits for an answer. One that waits for its pace does so while the other waits here.
        poll_fn(|context| {
            let mut is_settled = true;
            for lane in 0..2 {
                if ended[lane].is_some() || lock(&board).waiting[lane] {
                    continue;
                }
                match going[lane].as_mut().poll(context) {
                    Poll::Ready(finished) => ended[lane] = Some(finished),
                    Poll::Pending => is_settled &= lock(&board).waiting[lane],
                }
            }
            if is_settled { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        let open: Vec<usize> = (0..2).filter(|lane| ended[*lane].is_none()).collect();
        if open.is_empty() {
            return ended.map(|finished| finished.expect("both have ended"));
        }
        let next = order.choose(&open);
        let mut board = lock(&board);
        board.granted = Some(next);
        board.waiting[next] = false;
    }
}
