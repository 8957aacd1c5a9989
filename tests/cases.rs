//! Every case of every provider: patch in and requests out, replies in and the unified resource out.

use std::path::Path;

use mapwright_cli::{Library, case};

// Waits are over at once: the clock of the test runs ahead.
#[tokio::test(start_paused = true)]
async fn every_case_of_every_provider_passes() {
    let mappings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../mappings");
    let library = Library::open(&[mappings], None).expect("the mappings can be read");
    let mut failed = Vec::new();
    let mut count = 0;
    for file in library.case_files() {
        count += 1;
        let title = format!("{}/{}", file.provider, file.name);
        let case = match library.case(file) {
            Ok(case) => case,
            Err(found) => {
                failed.extend(found.iter().map(|diagnostic| format!("{title}: {diagnostic}")));
                continue;
            }
        };
        let mapping = match library.mapping(&case.provider, case.resource.as_deref()) {
            Ok(mapping) => mapping,
            Err(problem) => {
                failed.push(format!("{title}: {problem}"));
                continue;
            }
        };
        match case.replay(mapping).await {
            Ok(ran) => failed.extend(
                case::verdict(&case, &ran)
                    .iter()
                    .map(|mismatch| format!("{title}: {}\n{}", mismatch.part, mismatch.lines().join("\n"))),
            ),
            Err(errors) => failed.push(format!("{title}: {errors}")),
        }
    }
    println!("{count} cases");
    assert!(count > 0, "there are no cases");
    assert!(failed.is_empty(), "{} of {count} cases:\n{}", failed.len(), failed.join("\n"));
}
