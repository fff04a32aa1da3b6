"""Figures of an institution in the form of Prometheus; they are counted when they are asked for."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from issuer.store import Scope
from issuer.store.figures import Figures, figures_of
from issuer.web.api.application import IssuerApi
from issuer.web.api.documenting import COMMON, blueprint
from service.web import json_schema_of, refusals

TEXT = "text/plain; version=0.0.4; charset=utf-8"


def operations(api: IssuerApi) -> APIBlueprint:
    """Build the operation that tells the figures."""
    made = blueprint("metrics", "Figures for monitoring, without anybody's data.")
    told = {200: json_schema_of("The figures.", {"type": "string"}, TEXT), **refusals(*COMMON)}

    @made.get("/metrics", responses=told)
    def metrics() -> Response:
        """Tell the figures of the institution (Prometheus text format)."""
        act = api.access.require(Scope.AUDIT_READ)
        registry = CollectorRegistry()
        figures = figures_of(api.store.engine, act.tenant_id, api.now())
        registry.register(_Counted(figures, api.store.ledger.checkpoint().count))
        return Response(generate_latest(registry), content_type=TEXT)

    return made


class _Counted(Collector):
    """Hands figures over to the library that writes them."""

    def __init__(self, figures: Figures, entries: int) -> None:
        self._figures, self._entries = figures, entries

    def collect(self) -> Iterable[Metric]:
        """Write each figure."""
        figures = self._figures
        credentials = GaugeMetricFamily(
            "tallystick_credentials", "Credentials.", labels=["state", "status"]
        )
        for names, count in figures.credentials.items():
            credentials.add_metric(list(names), count)
        yield credentials
        rows = GaugeMetricFamily("tallystick_job_rows", "Rows of running jobs.", labels=["state"])
        for state, count in figures.rows.items():
            rows.add_metric([state], count)
        yield rows
        entries = GaugeMetricFamily("tallystick_list_entries", "Entries.", labels=["list"])
        waiting = GaugeMetricFamily("tallystick_list_unpublished", "Changes.", labels=["list"])
        for one in figures.lists:
            number = one.name.rpartition("/")[2]
            entries.add_metric([number], one.entries)
            waiting.add_metric([number], one.unpublished)
        yield entries
        yield waiting
        age = "Age of the oldest credential that was promised and not issued."
        yield GaugeMetricFamily(
            "tallystick_oldest_intent_seconds", age, value=figures.oldest_intent_seconds
        )
        yield GaugeMetricFamily("tallystick_ledger_entries", "Entries.", value=self._entries)
