//! A patch, from its bytes to its end at a simulated provider.

use http::{HeaderMap, HeaderValue};
use mapwright_cli::{Simulated, demo_account};
use mapwright_interpreter::Interpreter;
use mapwright_mapping::plan::{ListMode, Options};
use mapwright_server::http::body::patch_body;
use mapwright_server::limits::Limits;

use super::desk::{block_on, desk};
use super::settled::finished;
use super::{PROVIDERS, chosen, rest};

/// A patch: it is refused, or it is planned and run, as the second byte says strictly and by merging lists or not.
pub(super) fn body(bytes: &[u8]) {
    let json = HeaderMap::from_iter([(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    let Ok(patch) = patch_body(&json, rest(bytes, 2), Limits::default().depth) else { return };
    let desk = desk(chosen(bytes, 0, PROVIDERS.len()));
    let how = chosen(bytes, 1, 4);
    let lists = if how & 1 == 1 { ListMode::Merge } else { ListMode::Replace };
    let options = Options { strict: how & 2 == 2, lists, ..Options::default() };
    let mapping = desk.mapping();
    let sandbox = desk.sandbox();
    let demo = sandbox.demo();
    let account = demo_account(&mapping.provider, demo).expect("the demo's account");
    let interpreter = Interpreter::new(Simulated::new(sandbox.clone()));
    block_on(async {
        let planned = interpreter.plan(&account, mapping, &demo.first_id, &patch, options.clone(), false).await;
        let _ = format!("{planned:?}");
        finished(&interpreter.patch(&account, mapping, &demo.first_id, &patch, options).await);
        // Whatever was written, the record can be read.
        finished(&interpreter.get(&account, mapping, &demo.first_id, Vec::new()).await);
    });
}
