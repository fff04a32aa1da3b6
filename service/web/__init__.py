"""What every HTTP service of Tallystick has in common.

Strict JSON in, RFC 9457 problem documents out, security headers on everything, an OpenAPI document
with its page, health, and a server.
"""

from service.web.application import WebSettings, new_application
from service.web.authorization import BearerTokens
from service.web.problems import Problem, RequestRefusedError, problem_response, refusals
from service.web.responses import json_response, json_schema_of

__all__ = [
    "BearerTokens",
    "Problem",
    "RequestRefusedError",
    "WebSettings",
    "json_response",
    "json_schema_of",
    "new_application",
    "problem_response",
    "refusals",
]
