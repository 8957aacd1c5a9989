use crate::bench::*;
#[tokio::test(start_paused = true)]
async fn look() {
    let providers = Providers::open();
    for p in providers.all().await {
        println!("=== {} {} writes {}", p.id(), p.patch, p.writes);
        let sound = p.run(&[]).await;
        let before = { let mut s = p.sandbox().state(); serde_json::json!({"collections": s["collections"].take(), "links": s["links"].take()}) };
        for f in ["400@write","401","401@write","401*","403","403@write","404@read*","404@write","409@write","422@write","422","429","429@write","429@write*","429*","500","500@write","500*","502","502@write","502*","503@write","slow=2s","slow=15s","slow=15s@write","slow=15s@write*","slow=15s*","cut-before","cut-before@write","cut-before@write*","cut-after@write","cut-after@write*","cut-after*","html","html@write","html*","half","half@write","half*","truncated","truncated@write","truncated@write*","truncated*","500@token","html@token","cut-after@token"] {
            let e = p.run(&[f]).await;
            let state = if e.records() == sound.records() {"written"} else if e.records()==before {"untouched"} else {"other"};
            println!("{f:20} {:12} {:?} {:?} {} {:?} unmet {:?} msg {}", e.class(), e.outcomes(), e.writes(), state, e.took, e.sandbox.unmet_faults().len(), e.finished.result.as_ref().err().map(|f| f.message.clone()).unwrap_or_default());
        }
    }
}
