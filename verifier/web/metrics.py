"""Figures of the verifier for monitoring (Prometheus text format), without anybody's data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from service.web import json_schema_of, refusals
from verifier.employer import EmployerRoom

TEXT = "text/plain; version=0.0.4; charset=utf-8"
TAG = Tag(name="metrics", description="Figures for monitoring.")


def metrics_operations(room: EmployerRoom, served: Counter[str]) -> APIBlueprint:
    """Build the operation that tells the figures."""
    operations = APIBlueprint("metrics", __name__, abp_tags=[TAG], abp_responses={})
    told = {200: json_schema_of("The figures.", {"type": "string"}, TEXT), **refusals(400)}

    @operations.get("/metrics", responses=told)
    def metrics() -> Response:
        """Tell the figures."""
        registry = CollectorRegistry()
        registry.register(_Counted(room, served))
        return Response(generate_latest(registry), content_type=TEXT)

    return operations


class _Counted(Collector):
    """Hands figures over to the library that writes them."""

    def __init__(self, room: EmployerRoom, served: Counter[str]) -> None:
        self._room, self._served = room, served

    def collect(self) -> Iterable[Metric]:
        """Write each figure."""
        jobs = GaugeMetricFamily("tallystick_verifier_jobs", "Jobs.", labels=["state"])
        for state, count in self._room.jobs.counts().items():
            jobs.add_metric([state.value], count)
        yield jobs
        requests = GaugeMetricFamily("tallystick_verifier_requests", "Requests.", labels=["state"])
        for name, count in self._room.requests.counts().items():
            requests.add_metric([name], count)
        yield requests
        served = CounterMetricFamily("tallystick_verifier_served", "Pages.", labels=["kind"])
        for kind, count in self._served.items():
            served.add_metric([kind], count)
        yield served
        if self._room.shares is not None:
            text = "Credentials that are shared by link."
            yield GaugeMetricFamily(
                "tallystick_verifier_shared", text, value=self._room.shares.count()
            )
