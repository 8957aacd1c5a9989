//! The admin API: accounts and tokens over HTTP, for admin tokens alone.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use mapwright_interpreter::ConsentError;
use mapwright_mapping::diagnostic::json as diagnostics;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use uuid::Uuid;

use super::error::AdminError;
use super::{Administration, body, query, shown};
use crate::bearer;
use crate::http::body::patch_body;
use crate::http::problem::{Code, Problem, Reason};
use crate::limits::Limits;
use crate::store::AccountRow;
use crate::unified::store as store_problem;

type Admin = State<Arc<Administration>>;
type Answer = Result<Response, Problem>;

/// The routes below `/admin`. Every request needs an admin token.
pub fn router(administration: Arc<Administration>) -> Router {
    Router::new()
        .route(
            "/admin/accounts",
            get(list_accounts).post(add_account).fallback(async |r: Request| other_method(&r, "GET, POST")),
        )
        .route(
            "/admin/accounts/{id}",
            get(show_account)
                .patch(change_account)
                .delete(remove_account)
                .fallback(async |r: Request| other_method(&r, "GET, PATCH, DELETE")),
        )
        .route("/admin/accounts/{id}/test", post(test_account).fallback(async |r: Request| other_method(&r, "POST")))
        .route("/admin/accounts/{id}/authorize", post(authorize).fallback(async |r: Request| other_method(&r, "POST")))
        .route("/admin/accounts/{id}/connect", post(connect).fallback(async |r: Request| other_method(&r, "POST")))
        .route(
            "/admin/tokens",
            get(list_tokens).post(add_token).fallback(async |r: Request| other_method(&r, "GET, POST")),
        )
        .route(
            "/admin/tokens/{id}",
            axum::routing::delete(revoke_token).fallback(async |r: Request| other_method(&r, "DELETE")),
        )
        .fallback(async |uri: Uri| Problem::unknown_route(uri.path()))
        .layer(middleware::from_fn_with_state(Arc::clone(&administration), guarded))
        .with_state(administration)
}

/// Lets administrators in.
async fn guarded(State(admin): Admin, request: Request, next: Next) -> Response {
    match admits(&admin, request.headers()).await {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

async fn admits(admin: &Administration, headers: &HeaderMap) -> Result<(), Problem> {
    let token = SecretString::from(bearer::token(headers)?);
    let caller = admin.store().caller(&token).await.map_err(|error| store_problem(&error))?;
    match caller {
        None => Err(Problem::token_invalid()),
        Some(caller) if !caller.is_admin() => Err(Problem::token_wrong_kind("an admin token")),
        Some(_) => Ok(()),
    }
}

fn other_method(request: &Request, allow: &'static str) -> Problem {
    Problem::method_not_allowed(request.method().as_str(), allow)
}

async fn list_accounts(State(admin): Admin, uri: Uri) -> Answer {
    let page = query::page(uri.query().unwrap_or_default())?;
    let wrong = |_| Problem::bad_query(vec![Reason::in_query("after", "wrong-value", "it is the id of an account")]);
    let after = page.after.map(|id| Uuid::parse_str(&id).map_err(wrong)).transpose()?;
    let rows = admin.accounts(page.tenant.as_ref(), after, page.limit).await.map_err(problem)?;
    let next = rows.last().filter(|_| is_full(rows.len(), page.limit)).map(|row| row.id.to_string());
    let rows: Vec<Value> = rows.iter().map(|row| shown::account(row, None)).collect();
    Ok(answer(StatusCode::OK, &json!({ "accounts": rows, "next": next })))
}

async fn add_account(State(admin): Admin, request: Request) -> Answer {
    let new = body::new_account(read(request).await?)?;
    let row = admin.add_account(new).await.map_err(problem)?;
    let mut answer = answer(StatusCode::CREATED, &whole(&admin, &row));
    if let Ok(location) = HeaderValue::from_str(&format!("/admin/accounts/{}", row.id)) {
        answer.headers_mut().insert(LOCATION, location);
    }
    Ok(answer)
}

async fn show_account(State(admin): Admin, Path(id): Path<String>) -> Answer {
    let row = admin.account(id_of(&id)?).await.map_err(problem)?;
    Ok(answer(StatusCode::OK, &whole(&admin, &row)))
}

async fn change_account(State(admin): Admin, Path(id): Path<String>, request: Request) -> Answer {
    let id = id_of(&id)?;
    let (change, revision) = body::change(read(request).await?)?;
    let row = admin.change_account(id, revision, &change).await.map_err(problem)?;
    Ok(answer(StatusCode::OK, &whole(&admin, &row)))
}

async fn remove_account(State(admin): Admin, Path(id): Path<String>) -> Answer {
    admin.remove_account(id_of(&id)?).await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn test_account(State(admin): Admin, Path(id): Path<String>, request: Request) -> Answer {
    let id = id_of(&id)?;
    let record = body::test(read(request).await?)?;
    let probed = admin.test_account(id, record.as_deref()).await.map_err(problem)?;
    let account = whole(&admin, &probed.row);
    let body = json!({ "verdict": probed.verdict.as_str(), "detail": probed.detail, "account": account });
    Ok(answer(StatusCode::OK, &body))
}

async fn authorize(State(admin): Admin, Path(id): Path<String>, request: Request) -> Answer {
    let id = id_of(&id)?;
    let redirect_uri = body::consent(read(request).await?)?;
    let consent = admin.begin_consent(id, &redirect_uri).await.map_err(problem)?;
    Ok(answer(StatusCode::OK, &json!({ "url": consent.url, "handle": consent.handle })))
}

async fn connect(State(admin): Admin, Path(id): Path<String>, request: Request) -> Answer {
    let id = id_of(&id)?;
    let (handle, code) = body::connect(read(request).await?)?;
    let row = admin.connect(id, &handle, &code).await.map_err(problem)?;
    Ok(answer(StatusCode::OK, &whole(&admin, &row)))
}

async fn list_tokens(State(admin): Admin, uri: Uri) -> Answer {
    let page = query::page(uri.query().unwrap_or_default())?;
    let rows = admin.tokens(page.tenant.as_ref(), page.after.as_deref(), page.limit).await.map_err(problem)?;
    let next = rows.last().filter(|_| is_full(rows.len(), page.limit)).map(|row| row.id.clone());
    let rows: Vec<Value> = rows.iter().map(shown::token).collect();
    Ok(answer(StatusCode::OK, &json!({ "tokens": rows, "next": next })))
}

async fn add_token(State(admin): Admin, request: Request) -> Answer {
    let (tenant, name) = body::new_token(read(request).await?)?;
    let (row, text) = admin.add_token(tenant.as_ref(), &name).await.map_err(problem)?;
    let mut body = shown::token(&row);
    if let Some(members) = body.as_object_mut() {
        members.insert("token".to_owned(), json!(text.expose_secret()));
    }
    Ok(answer(StatusCode::CREATED, &body))
}

async fn revoke_token(State(admin): Admin, Path(id): Path<String>) -> Answer {
    admin.revoke_token(&id).await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A malformed id is that of no account.
fn id_of(text: &str) -> Result<Uuid, Problem> {
    Uuid::parse_str(text).map_err(|_| problem(AdminError::UnknownAccount))
}

fn is_full(rows: usize, limit: u32) -> bool {
    u32::try_from(rows).is_ok_and(|rows| rows >= limit)
}

/// An account with the names of its secrets.
fn whole(admin: &Administration, row: &AccountRow) -> Value {
    let mut shown = shown::account(row, None);
    if let Some(members) = shown.as_object_mut() {
        members.insert("secrets".to_owned(), json!(admin.secret_names(row)));
    }
    shown
}

/// The whole body as JSON.
async fn read(request: Request) -> Result<Value, Problem> {
    let limits = Limits::default();
    let (head, incoming) = request.into_parts();
    let whole = tokio::time::timeout(limits.patience, Limited::new(incoming, limits.body).collect()).await;
    let whole = whole.map_err(|_| Problem::request_timeout())?.map_err(|error| {
        if error.is::<LengthLimitError>() {
            Problem::body_too_large(limits.body)
        } else {
            Problem::new(Code::BodyIncomplete, "the body ended before its length, or is broken")
        }
    })?;
    patch_body(&head.headers, &whole.to_bytes(), limits.depth)
}

fn answer(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// An error as callers see it.
fn problem(error: AdminError) -> Problem {
    match error {
        AdminError::Refused(findings) => {
            let detail = match findings.as_slice() {
                [one] => one.message.clone(),
                many => format!("it is refused for {} reasons", many.len()),
            };
            let reasons = findings.into_iter().map(|found| Reason::in_body(found.pointer, "refused", found.message));
            Problem::new(Code::AdminRefused, detail).because(reasons)
        }
        AdminError::Overlay(found) => {
            let detail = AdminError::Overlay(found.clone()).to_string();
            let found = diagnostics::render(&found);
            let all = found.get("diagnostics").and_then(Value::as_array).cloned().unwrap_or_default();
            let reasons = all.iter().map(|found| {
                let text = |name: &str| {
                    found.get(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                };
                let (file, line, column) = (text("file"), text("line"), text("column"));
                let place = [file, line, column].map(Option::unwrap_or_default).join(":");
                let message = format!("{place}: {}", text("message").unwrap_or_default());
                Reason::in_body("/overlay", "overlay", message)
            });
            Problem::new(Code::AdminRefused, detail).because(reasons)
        }
        AdminError::UnknownAccount => Problem::unknown_account(),
        AdminError::UnknownToken => Problem::new(Code::UnknownToken, error.to_string()),
        AdminError::Taken => Problem::new(Code::AccountTaken, error.to_string()),
        AdminError::Moved(_) => Problem::new(Code::PreconditionFailed, error.to_string()),
        AdminError::Consent(ConsentError::RedirectUri) => {
            let words = error.to_string();
            let reason = Reason::in_body("/redirect_uri", "refused", words.clone());
            Problem::new(Code::AdminRefused, words).because([reason])
        }
        AdminError::Consent(ConsentError::Unavailable(_)) => Problem::new(Code::ProviderUnavailable, error.to_string()),
        AdminError::Consent(ConsentError::Refused(_)) | AdminError::NoRefreshToken => {
            let words = error.to_string();
            let reason = Reason::in_body("/code", "refused", words.clone());
            Problem::new(Code::AdminRefused, words).because([reason])
        }
        AdminError::Consent(_) => {
            tracing::error!(%error, "a consent cannot be asked for");
            Problem::internal()
        }
        AdminError::Store(error) => store_problem(&error),
    }
}
