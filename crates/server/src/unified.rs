//! Requests for unified resources: who asks, for which account, and what is to be done.

use std::sync::Arc;
use std::time::Instant;

use axum::response::Response;
use bytes::Bytes;
use http::header::IF_MATCH;
use http::{HeaderMap, HeaderValue, Method};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use mapwright_mapping::mapping::Mapping;
use mapwright_mapping::model::Model;
use mapwright_mapping::version::EntityTag;
use secrecy::SecretString;
use tokio::time::timeout;
use tracing::{Instrument as _, Span};

use crate::bearer;
use crate::http::body::patch_body;
use crate::http::meta::meta;
use crate::http::problem::{Code, Problem};
use crate::http::query::{Operation, Query};
use crate::idempotency;
use crate::live::{Live, Unusable};
use crate::mappings::Snapshot;
use crate::outlive::Outliving;
use crate::routes::Incoming;
use crate::run::{self, Job, Work};
use crate::service::{Service, Shared};
use crate::store::{AccountRow, State, StoreError, Tenant};
use crate::target::Target;

/// The methods of a record.
const ALLOWED: &str = "GET, PATCH";

/// Answers a request below `/unified`.
pub(crate) async fn answer(service: &Service, request: Incoming, began: Instant) -> Result<Response, Problem> {
    let target = Target::of(request.uri().path())?;
    let snapshot = service.shared.mappings.snapshot();
    match (target, request.method()) {
        (Target::Record { resource, id }, &Method::GET | &Method::PATCH) => {
            record(service, &snapshot, request, &resource, id, began).await
        }
        (Target::Record { .. }, method) => Err(Problem::method_not_allowed(method.as_str(), ALLOWED)),
        (Target::Meta { resource, integration, method }, &Method::GET) => {
            tenant(service, request.headers()).await?;
            let query = request.uri().query().unwrap_or_default();
            let meta = meta(&snapshot.catalog, &resource, &integration, &method, query)?;
            Ok(run::json(&meta))
        }
        (Target::Meta { .. }, method) => Err(Problem::method_not_allowed(method.as_str(), "GET")),
    }
}

async fn record(
    service: &Service,
    snapshot: &Arc<Snapshot>,
    request: Incoming,
    resource: &str,
    id: String,
    began: Instant,
) -> Result<Response, Problem> {
    let tenant = tenant(service, request.headers()).await?;
    let model = model(snapshot, resource)?;
    let operation = if request.method() == Method::PATCH { Operation::Patch } else { Operation::Get };
    let query = Query::parse(request.uri().query().unwrap_or_default(), operation, &model)?;
    let key = idempotency::key(&request)?;
    let if_match = conditions(&request)?;
    let (head, incoming) = request.into_parts();
    let work = if head.method == Method::PATCH {
        let bytes = whole(incoming, service).await?;
        Work::Patch { patch: patch_body(&head.headers, &bytes, service.shared.limits.depth)?, bytes }
    } else {
        Work::Get
    };
    let row = account(service, &tenant, &query).await?;
    let span = Span::current();
    span.record("mapwright.provider", row.provider.as_str());
    span.record("mapwright.account", row.id.to_string());
    let (live, mapping) = live(service, snapshot, &row, resource)?;
    let deadline = began + service.shared.limits.deadline;
    let raw_query = head.uri.query().unwrap_or_default().to_owned();
    let job = Job { service: service.clone(), row, live, mapping, id, query, if_match, raw_query, work, deadline };
    // The run goes on when its caller goes away: what was begun is ended, and its answer kept.
    let work = async move { idempotency::answer(job, key).await }.instrument(span);
    Outliving::new(&service.shared.tasks, work).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a run has broken off");
        Err(Problem::internal())
    })
}

/// The versions that a patch names; none where any will do.
fn conditions(request: &Incoming) -> Result<Option<Vec<EntityTag>>, Problem> {
    if request.method() != Method::PATCH || !request.headers().contains_key(IF_MATCH) {
        return Ok(None);
    }
    let wrong = |why: &str| Problem::bad_header("If-Match", why);
    let lines = request.headers().get_all(IF_MATCH).iter().map(HeaderValue::to_str);
    let lines: Vec<&str> = lines.collect::<Result<_, _>>().map_err(|_| wrong("it is not visible ASCII"))?;
    EntityTag::list(&lines.join(",")).map(Some).map_err(|error| wrong(&error.to_string()))
}

/// The tenant whose token it is.
async fn tenant(service: &Service, headers: &HeaderMap) -> Result<Tenant, Problem> {
    let token = SecretString::from(bearer::token(headers)?);
    let Shared { store: kept, limits, .. } = &*service.shared;
    let caller = kept.recent_caller(limits.remember, &token).await.map_err(|error| store(&error))?;
    let caller = caller.ok_or_else(Problem::token_invalid)?;
    caller.tenant.ok_or_else(|| Problem::token_wrong_kind("the token of a tenant"))
}

fn model(snapshot: &Snapshot, resource: &str) -> Result<Arc<Model>, Problem> {
    let found = snapshot.catalog.models().find(|model| model.resource == resource);
    found.map(Arc::clone).ok_or_else(|| {
        Problem::unknown_resource(resource, snapshot.catalog.models().map(|model| model.resource.as_str()))
    })
}

/// The account that a request is for, where it can be called.
async fn account(service: &Service, tenant: &Tenant, query: &Query) -> Result<Arc<AccountRow>, Problem> {
    let Shared { store: kept, limits, .. } = &*service.shared;
    let row = kept.recent_account(limits.remember, tenant, query.account).await.map_err(|error| store(&error))?;
    let row = row.ok_or_else(Problem::unknown_account)?;
    match row.state {
        State::Active => Ok(row),
        State::NeedsReauth => Err(Problem::needs_reauth()),
        other => Err(Problem::account_not_active(other.as_str())),
    }
}

fn live(
    service: &Service,
    snapshot: &Snapshot,
    row: &AccountRow,
    resource: &str,
) -> Result<(Arc<Live>, Arc<Mapping>), Problem> {
    let shared = &service.shared;
    shared.accounts.get(row, resource, snapshot, &shared.store).map_err(|unusable| match unusable {
        Unusable::Missing(missing) => Problem::unmapped(&missing),
        Unusable::Store(error) => store(&error),
        other => {
            tracing::error!(account = %row.id, why = %other, "an account cannot be used");
            Problem::account_not_active(State::ValidationError.as_str())
        }
    })
}

/// The whole body, in time.
async fn whole(incoming: axum::body::Body, service: &Service) -> Result<Bytes, Problem> {
    let limits = &service.shared.limits;
    let limited = Limited::new(incoming, limits.body);
    match timeout(limits.patience, limited.collect()).await {
        Err(_) => Err(Problem::request_timeout()),
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Problem::body_too_large(limits.body)),
        Ok(Err(_)) => Err(Problem::new(Code::BodyIncomplete, "the body ended before its length, or is broken")),
    }
}

/// What a caller is told where the store fails: the log has the reason.
pub(crate) fn store(error: &StoreError) -> Problem {
    match error {
        StoreError::Gone => Problem::unknown_account(),
        StoreError::Database(_) => {
            tracing::error!(%error, "the store cannot be used");
            Problem::not_ready("the store")
        }
        _ => {
            tracing::error!(%error, "the store is at fault");
            Problem::internal()
        }
    }
}
