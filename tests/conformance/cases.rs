//! The requests of the cases.

use mapwright_cli::Library;
use mapwright_cli::case::CaseReply;

use crate::sent::Sent;

/// Every request that the cases of a provider send.
pub(crate) async fn requests(library: &Library, provider: &str) -> Vec<Sent> {
    let mut all = Vec::new();
    for file in library.case_files().filter(|file| file.provider == provider) {
        let case = library.case(file).unwrap_or_else(|found| panic!("{}: {found:?}", file.name));
        let mapping = library.mapping(provider, case.resource.as_deref()).expect("a mapping");
        let ran = case.replay(mapping).await.unwrap_or_else(|errors| panic!("{}: {errors}", file.name));
        for (i, sent) in ran.sent.into_iter().enumerate() {
            let status = match case.exchanges.get(i).map(|exchange| &exchange.reply) {
                Some(CaseReply::Answer { status, .. }) => Some(*status),
                _ => None,
            };
            all.push(Sent {
                origin: format!("case {}", file.name),
                method: sent.method,
                url: sent.url,
                headers: sent.headers,
                body: sent.body.to_vec(),
                credentials: case.account.auth.is_some(),
                status,
            });
        }
    }
    all
}
