"""GET /metrics: how well the process does, for Prometheus (exposition format 0.0.4)."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, GCCollector, ProcessCollector, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gql_users.graphql.execution.engine import Engine


class Metrics:
    """The endpoint. Each process counts for itself."""

    def __init__(self, engine: Engine) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        GCCollector(registry=self._registry)
        self._registry.register(_DocumentCache(engine))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        await Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)(scope, receive, send)


class _DocumentCache(Collector):
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterator[Metric]:
        """How often a document was found ready, and how often it had to be parsed and validated."""
        documents = self._engine.documents
        lookups = CounterMetricFamily(
            "gql_users_document_cache_lookups", "GraphQL documents looked up by their text.", labels=["result"]
        )
        lookups.add_metric(["hit"], documents.hits)
        lookups.add_metric(["miss"], documents.misses)
        yield lookups
        yield GaugeMetricFamily("gql_users_document_cache_size", "GraphQL documents remembered.", len(documents))
