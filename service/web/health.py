"""Whether a service runs, whether it can work, and figures of it for monitoring."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from flask import Flask, Response, current_app
from flask_openapi3.models.tag import Tag
from flask_openapi3.openapi import OpenAPI
from flask_openapi3.types import ResponseDict
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from credentials.json_types import JsonObject
from service.readiness import Condition, Look
from service.web.problems import RequestRefusedError, refusals
from service.web.responses import json_response, json_schema_of

STOPPING_SETTING = "TALLYSTICK_STOPPING"
"""Setting of an application: the event that is set once its service was asked to stop."""

LOOKS = "tallystick_looks"
"""Extension of an application: what looks at its conditions."""

METRICS = "text/plain; version=0.0.4; charset=utf-8"
TAG = Tag(name="health", description="Whether the service runs, and whether it can work.")
_TEXT: JsonObject = {"type": "string"}
_STATUS = {"type": "object", "required": ["status"], "properties": {"status": _TEXT}}
_CONDITION = {
    "type": "object",
    "required": ["name", "status"],
    "properties": {"name": _TEXT, "status": _TEXT, "detail": _TEXT},
}
_READY = {
    "type": "object",
    "required": ["status", "conditions"],
    "properties": {"status": _TEXT, "conditions": {"type": "array", "items": _CONDITION}},
}


def add_health(application: OpenAPI) -> None:
    """Add the operations for health; what is looked at is added by `add_conditions`."""
    application.extensions[LOOKS] = []
    _add_live(application)
    _add_ready(application)
    _add_metrics(application)


def add_conditions(application: Flask, look: Look) -> None:
    """Have a service look at further conditions."""
    application.extensions[LOOKS].append(look)


def _add_live(application: OpenAPI) -> None:
    answers: ResponseDict = {200: json_schema_of("Yes.", _STATUS), **refusals(400)}

    @application.get("/health/live", tags=[TAG], responses=answers)
    def live() -> Response:
        """Tell whether the process answers at all."""
        return json_response({"status": "live"})


def _add_ready(application: OpenAPI) -> None:
    answers: ResponseDict = {200: json_schema_of("Yes.", _READY), **refusals(400, 503)}

    @application.get("/health/ready", tags=[TAG], responses=answers)
    def ready() -> Response:
        """Tell whether the service can do its work, and what is not as it should be."""
        found = _conditions()
        missing = [one.wrong for one in found if one.wrong and one.is_needed]
        if missing:
            text = f"Not ready: {'; '.join(missing)}."
            raise RequestRefusedError(text, status=503, code="NOT_READY")
        return json_response({"status": "ready", "conditions": [_told(one) for one in found]})


def _add_metrics(application: OpenAPI) -> None:
    schema = json_schema_of("The figures.", _TEXT, METRICS)
    answers: ResponseDict = {200: schema, **refusals(400)}

    @application.get("/health/metrics", tags=[TAG], responses=answers)
    def metrics() -> Response:
        """Tell the same in figures (Prometheus text format)."""
        registry = CollectorRegistry()
        registry.register(_Figures(_conditions()))
        return Response(generate_latest(registry), content_type=METRICS)


def _conditions() -> list[Condition]:
    stopping = current_app.config.get(STOPPING_SETTING)
    if stopping is not None and stopping.is_set():
        return [Condition("running", "it is stopping")]
    return list(chain.from_iterable(look() for look in current_app.extensions[LOOKS]))


def _told(condition: Condition) -> JsonObject:
    if condition.wrong:
        return {"name": condition.name, "status": "not met", "detail": condition.wrong}
    return {"name": condition.name, "status": "met"}


class _Figures(Collector):
    """Hands conditions over to the library that writes them."""

    def __init__(self, conditions: Iterable[Condition]) -> None:
        self._conditions = list(conditions)

    def collect(self) -> Iterable[Metric]:
        """Write whether each condition is met, and what was measured."""
        text = "Whether a condition of the service's work is met."
        met = GaugeMetricFamily("tallystick_condition", text, labels=["name"])
        for one in self._conditions:
            met.add_metric([one.name], 0 if one.wrong else 1)
        yield met
        for one in self._conditions:
            for name, value in one.measured.items():
                yield GaugeMetricFamily(f"tallystick_{name}", "As measured now.", value=value)
