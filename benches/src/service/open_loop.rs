//! A load at a fixed rate, whatever the answers do.
//!
//! Each moment at which a request is to leave is known before. A time is taken from that moment on, so that a request
//! that had to wait for its connection tells of the wait. A thread for each connection sleeps until its next moment:
//! the timers of an asynchronous runtime go by whole milliseconds, which is more than what is measured here.

use std::io;
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use crate::service::connection::{Connection, request};
use crate::service::figures::percentile;
use crate::service::stand::Stand;

/// Connections, each with its own thread.
pub(crate) const CONNECTIONS: usize = 32;

/// How long before the first request everything is ready.
const LEAD: Duration = Duration::from_millis(50);

/// Times in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    /// The median.
    pub(crate) median: f64,
    /// The 99th percentile.
    pub(crate) p99: f64,
    /// The median of how late the requests left: the generator's own part of the times.
    pub(crate) late: f64,
}

/// Sends at `rate` requests a second.
pub(crate) fn run(stand: &Stand, address: SocketAddr, rate: f64, seconds: u64) -> io::Result<Times> {
    let headers = stand.headers();
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let span = Duration::from_secs(seconds);
    let start = Instant::now() + LEAD;
    let mut threads = Vec::new();
    for number in 0..CONNECTIONS {
        let target = &stand.targets[number % stand.targets.len()];
        let bytes = request("PATCH", target, &headers, &stand.scene.patch);
        let mut connection = Connection::open(address)?;
        threads.push(thread::spawn(move || -> io::Result<Vec<(f64, f64)>> {
            let mut times = Vec::new();
            for turn in (number..).step_by(CONNECTIONS) {
                #[expect(clippy::cast_precision_loss, reason = "turns are far below 2^52")]
                let after = Duration::from_secs_f64(turn as f64 / rate);
                if after >= span {
                    break;
                }
                let moment = start + after;
                thread::sleep(moment.saturating_duration_since(Instant::now()));
                let late = moment.elapsed();
                let (status, _) = connection.exchange(&bytes)?;
                times.push((moment.elapsed().as_secs_f64() * 1e3, late.as_secs_f64() * 1e3));
                if status != 200 {
                    return Err(io::Error::other(format!("an answer has the status {status}")));
                }
            }
            Ok(times)
        }));
    }
    let (mut times, mut late) = (Vec::new(), Vec::new());
    for thread in threads {
        let of_one = thread.join().map_err(|_| io::Error::other("a connection has broken off"))??;
        times.extend(of_one.iter().map(|(time, _)| *time));
        late.extend(of_one.iter().map(|(_, late)| *late));
    }
    Ok(Times { median: percentile(&times, 0.5), p99: percentile(&times, 0.99), late: percentile(&late, 0.5) })
}
