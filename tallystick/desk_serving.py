"""Serving a registrar's desk until the process is asked to stop."""

from __future__ import annotations

import threading

import click

from recognition.desk.erasing import erase_due
from recognition.desk.services import DeskServices
from service.errors import ConflictError
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
from tallystick.desk_service import application_of, checking_of, desk_services
from tallystick.serving import asked_by_signals
from tallystick.web_configuration import read_configuration, require_key_file

NO_STATUS = (
    "Decisions get no status, so none can be withdrawn: others look status lists up by https "
    "alone. Give the desk an https address as base."
)
ERASE_SECONDS = 3_600.0
"""How often it is looked whether something about a learner has to go."""


def serve(path: str, port: int | None) -> None:
    """Serve the desk of a configuration; `port` takes the place of the configured one."""
    configuration = read_configuration(path, DeskConfiguration)
    require_key_file(path, configuration.key)
    checking = checking_of(path, configuration)
    services = desk_services(path, configuration, checking)
    application = application_of(services, configuration, checking)
    server, stopping = configuration.server, asked_by_signals()
    log_to_standard_error()
    application.config[STOPPING_SETTING] = stopping
    number = server.port if port is None else port
    address = Address(server.host, number, server.threads, server.proxy)
    listening = new_server(application, address, application.config[BODY_BYTES_SETTING])
    for host, found in addresses_of(listening):
        click.echo(f"Listening on http://{host}:{found} (see /openapi/).", err=True)
        opened = services.base if port is None else f"http://{host}:{found}"
        click.echo(f"Open {opened}/desk/", err=True)
    if services.list_numbered is None:
        click.echo(NO_STATUS, err=True)
    _tell_what_is_missing(services)
    threading.Thread(target=_erase, args=(services, stopping), daemon=True).start()
    try:
        run_until_stopped(listening, stopping, drain=DRAIN_SECONDS)
    finally:
        checking.close()


def _tell_what_is_missing(services: DeskServices) -> None:
    """Say that the database has forgotten something; nothing is decided then."""
    if services.settling.memory is not None:
        try:
            services.settling.memory.require()
        except ConflictError as error:
            click.echo(error.message, err=True)


def _erase(services: DeskServices, stopping: threading.Event) -> None:
    """Erase what is due, at the start and every hour."""
    while True:
        erased = erase_due(services)
        if erased:
            click.echo(f"{erased} cases erased by their age.", err=True)
        if stopping.wait(ERASE_SECONDS):
            return
