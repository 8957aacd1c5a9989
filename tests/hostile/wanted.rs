//! The id that is wanted, against the URL that arrives.

use super::secrets::KNOWN;
use super::server::{Act, Arrived, Server};
use super::session::{run, text};

/// Where the id stands in the path of the read of a lead.
const AROUND: [(&str, &str); 3] =
    [("/crm/v3/objects/leads/", ""), ("/rest/leads/", "-leads"), ("/api/data/v9.2/leads(", ")")];

#[test]
fn an_id_is_encoded_or_refused_and_never_leads_elsewhere() {
    let sent = [
        ("7", "7"),
        ("a b", "a%20b"),
        ("a/b", "a%2Fb"),
        ("../x", "..%2Fx"),
        ("...", "..."),
        ("%2e%2e", "%252e%252e"),
        ("%2F", "%252F"),
        ("a?b=c&d#e", "a%3Fb%3Dc%26d%23e"),
        ("é\u{202e}", "%C3%A9%E2%80%AE"),
        ("a\\b", "a%5Cb"),
        ("a;b:c@d", "a%3Bb%3Ac%40d"),
        ("(1)'", "%281%29%27"),
        ("-x", "-x"),
    ];
    let refused = ["", ".", "..", "a\nb", "a\r\nHost: x", "\t", "a\u{7f}", "a\u{85}b", "\u{1b}[31m"];
    for (known, (before, after)) in KNOWN.iter().zip(AROUND) {
        let simulated = known.simulated();
        let server = Server::new(move |arrived: &Arrived| {
            if arrived.target.contains("/token") {
                simulated.answer(arrived)
            } else {
                Act::Send(b"HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".to_vec())
            }
        });
        let (account, url) = (known.account("ids"), server.url());
        let get = |id: &str| {
            run(&["get", known.provider, "--account", text(&account), "--base-url", &url, "--format", "json", "--", id])
        };
        for (id, want) in sent {
            let from = server.arrived().len();
            let ran = get(id);
            let paths: Vec<String> = server
                .arrived()
                .iter()
                .skip(from)
                .map(|arrived| arrived.target.split('?').next().unwrap_or_default().to_owned())
                .collect();
            let want = format!("{before}{want}{after}");
            assert!(paths.contains(&want), "{id:?} on {}: {paths:?} {ran:?}", known.provider);
            assert_eq!((ran.code, ran.class().as_str()), (4, "not_found"), "{id:?} on {}", known.provider);
        }
        let from = server.arrived().len();
        for id in refused {
            let ran = get(id);
            assert_eq!((ran.code, ran.class().as_str()), (5, "invalid"), "{id:?} on {}: {ran:?}", known.provider);
            let plan = run(&["plan", known.provider, "--data", "{}", "--", id]);
            assert_eq!(plan.code, 5, "{id:?} on {}", known.provider);
        }
        assert_eq!(server.arrived().len(), from, "nothing is sent for a refused id");
    }
}
