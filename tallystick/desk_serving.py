"""Serving a registrar's desk until the process is asked to stop."""

from __future__ import annotations

import click

from service.web.health import STOPPING_SETTING
from service.web.reading import BODY_BYTES_SETTING
from service.web.request_log import log_to_standard_error
from service.web.serving import (
    DRAIN_SECONDS,
    Address,
    addresses_of,
    new_server,
    run_until_stopped,
)
from tallystick.desk_configuration import DeskConfiguration
from tallystick.desk_service import checking_of, desk_application
from tallystick.serving import asked_by_signals
from tallystick.web_configuration import read_configuration


def serve(path: str, port: int | None) -> None:
    """Serve the desk of a configuration; `port` takes the place of the configured one."""
    configuration = read_configuration(path, DeskConfiguration)
    checking = checking_of(path, configuration)
    application = desk_application(path, configuration, checking)
    server, stopping = configuration.server, asked_by_signals()
    log_to_standard_error()
    application.config[STOPPING_SETTING] = stopping
    number = server.port if port is None else port
    address = Address(server.host, number, server.threads, server.proxy)
    listening = new_server(application, address, application.config[BODY_BYTES_SETTING])
    for host, found in addresses_of(listening):
        click.echo(f"Listening on http://{host}:{found} (see /openapi/).", err=True)
        click.echo(f"Open http://{host}:{found}/desk/", err=True)
    try:
        run_until_stopped(listening, stopping, drain=DRAIN_SECONDS)
    finally:
        checking.close()
