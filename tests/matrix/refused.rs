use serde_json::json;
use crate::PROVIDERS;
use crate::bench::Bench;

#[tokio::test(start_paused = true)]
async fn probe() {
    for provider in PROVIDERS {
        let bench = Bench::open(provider);
        println!("==== {provider}");
        let deep = (0..200).fold(json!(1), |inner, _| json!([inner]));
        for patch in [
            json!({"frist_name": "Ada", "a/b~c": 1, "": null, "first_name": 5, "title": {}, "custom_fields": 7, "owner": {"id": [], "nmae": "x"}, "addresses": "here", "email_addresses": [{"type": "work"}, 5, {"email": 7, "typo": 1}], "phone_numbers": [{"type": "fax"}, {"number": "1"}, {}], "created_at": "yesterday", "number_of_employees": 1.5, "remote_data": [], "status": false}),
            json!({"lead_source": "Levitation", "status": "Levitating", "lead_type": "Levitated"}),
            json!({"email_addresses": [{"email": "a@example.com", "type": "primary"}, {"email": "b@example.com", "type": "primary"}]}),
            json!({"phone_numbers": [{"number": "1", "type": "mobile"}, {"number": "2", "type": "mobile"}]}),
            json!({"phone_numbers": [{"number": "1", "type": "pager"}]}),
            json!({"addresses": [{"city": "A", "type": "primary"}, {"city": "B", "type": "primary"}]}),
            json!({"addresses": [{"city": "A"}]}),
            json!({"custom_fields": null}),
            json!({"custom_fields": {"no_such": 1, "": 1, "a\u{0}b": 1}}),
            json!({"remote_data": {"id": 1, "LEAD_ID": 5, "Id": "5", "data": 1, "board_id": 1, "leadid": "x", "name": {"id": 5}}}),
            json!({"owner": {"id": "1/../2"}}),
            json!({"owner": {"id": "92233720368547758089"}}),
            json!({"custom_fields": {"x": deep.clone()}}),
            json!({"remote_data": {"x": deep}}),
        ] {
            bench.reset();
            let ran = bench.patch(&bench.lead(), &patch).await;
            let short = patch.to_string().chars().take(70).collect::<String>();
            let refusal: Vec<String> = ran.refusal().iter().map(|l| l.chars().take(300).collect()).collect();
            println!("-- {short}\n   wrote {} class {} {:#?} {:?}", ran.wrote(), ran.class(), refusal, if ran.class() == "ok" {ran.outcomes()} else {vec![]});
        }
        let huge = "x".repeat(5_000_000);
        for name in ["title", "description"] {
            bench.reset();
            let ran = bench.patch(&bench.lead(), &json!({name: huge})).await;
            println!("huge {name}: {} {:?} {:?}", ran.class(), ran.refusal().iter().map(|l| l.chars().take(200).collect::<String>()).collect::<Vec<_>>(), ran.outcomes().iter().map(|l| l.chars().take(90).collect::<String>()).collect::<Vec<_>>());
        }
        for id in ["", ".", "..", "a/b", "../7", "7/../8", "a\0b", "7\n", "ü", "１２３", "7?x=1", "7#f", "%2e%2e", "007", "+7", "-7", "7.0", "99999999999999999999999", "9223372036854775808"] {
            bench.reset();
            let ran = bench.patch(id, &json!({"title": "x", "name": "x", "description": "x"})).await;
            println!("id {id:?}: wrote {} {} {:?} {:?}", ran.wrote(), ran.class(), ran.refusal(), ran.sent());
        }
    }
}
