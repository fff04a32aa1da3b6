"""Serving what a configuration says, until the process is interrupted."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
from flask_openapi3.openapi import OpenAPI

from service.web.dev_https import development_certificate, new_development_server
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
from tallystick import settings, verifying
from tallystick.files import USAGE, CommandError
from tallystick.status_memory_file import memory_in_use
from tallystick.web import EMPLOYER, issuer_application, verifier_application
from tallystick.web_configuration import (
    IssuerConfiguration,
    ProofOnlySettings,
    ServerSettings,
    StorageSettings,
    VerifierConfiguration,
    read_configuration,
)

if TYPE_CHECKING:
    from verifier.employer.watcher import Watcher

WATCH_SECONDS = 60.0
"""How often `watch` looks for what is due."""


def serve_issuer(path: str, *, port: int | None, dev_https: bool, workers: int = 0) -> None:
    """Serve the issuer of a configuration; `port` takes the place of the configured one.

    Where there is a store it has a console, and `workers` issue and publish beside it.
    """
    configuration = read_configuration(path, IssuerConfiguration)
    application = issuer_application(path, configuration)
    if configuration.store is None:
        _serve(application, configuration.server, port, dev_https=dev_https)
        return
    from tallystick.console import CONSOLE
    from tallystick.issuer_worker import workers_beside

    log_to_standard_error()
    pages: str = application.extensions[CONSOLE]
    with workers_beside(path, workers):
        _serve(application, configuration.server, port, dev_https=dev_https, pages=pages)


def serve_verifier(
    path: str | None,
    *,
    proof_only: bool,
    port: int | None,
    dev_https: bool,
    database: str | None = None,
) -> None:
    """Serve the verifier of a configuration, or of the defaults; it watches what is in its lists.

    `database` takes the place of the one that is configured.
    """
    configuration = verifier_configuration(path, database)
    if proof_only and configuration.proof_only is None:
        configuration = configuration.model_copy(update={"proof_only": ProofOnlySettings()})
    application = verifier_application(path or "", configuration, memory_in_use())
    watcher = _watcher(application, configuration)
    if watcher is not None:
        from tallystick.verifier_storage import watch_beside

        watch_beside(watcher)
    _serve(application, configuration.server, port, dev_https=dev_https)


def verifier_configuration(path: str | None, database: str | None) -> VerifierConfiguration:
    """Read the configuration of a verifier; `database` takes the place of the one in it."""
    configuration = VerifierConfiguration()
    if path is not None:
        configuration = read_configuration(path, VerifierConfiguration)
    if database is None:
        return configuration
    storage = configuration.storage or StorageSettings(database=database)
    changed = storage.model_copy(update={"database": database})
    return configuration.model_copy(update={"storage": changed})


def watch(path: str | None, *, database: str | None, once: bool) -> None:
    """Ask again about everything that is watched, once or until this process is asked to stop."""
    configuration = verifier_configuration(path, database)
    watcher = _watcher(verifier_application(path or "", configuration), configuration)
    if watcher is None:
        text = "The verifier keeps no lists. Say where: [storage] database, or --watch-database."
        raise CommandError(text, USAGE)
    stopping = asked_by_signals()
    while True:
        turn = watcher.turn()
        _tell(
            f"{turn.asked} asked again, {turn.changed} changed, {turn.told} told, "
            f"{turn.deleted} deleted by age."
        )
        if once or stopping.wait(WATCH_SECONDS):
            return


def _watcher(application: OpenAPI, configuration: VerifierConfiguration) -> Watcher | None:
    room = application.extensions[EMPLOYER]
    if room.watch is None:
        return None
    from tallystick.verifier_storage import new_watcher

    return new_watcher(configuration, room.watch, room.page.world)


def _serve(
    application: OpenAPI,
    server: ServerSettings,
    port: int | None,
    *,
    dev_https: bool,
    pages: str | None = None,
) -> None:
    address = Address(
        server.host, server.port if port is None else port, server.threads, server.proxy
    )
    if not dev_https:
        stopping = asked_by_signals()
        application.config[STOPPING_SETTING] = stopping
        listening = new_server(application, address, application.config[BODY_BYTES_SETTING])
        for host, number in addresses_of(listening):
            _tell(f"Listening on http://{host}:{number} (see /openapi/).")
            if pages is not None:
                _tell(f"Open http://{host}:{number}{pages}")
        run_until_stopped(listening, stopping, drain=DRAIN_SECONDS)
        return
    signal.signal(signal.SIGTERM, _stop)
    files = development_certificate(_folder_of_certificate(), verifying.now())
    development = new_development_server(application, address, files)
    _tell(
        f"Listening on https://{server.host}:{development.port} (see /openapi/). For development "
        f"only: clients have to be told to believe {files.authority}."
    )
    if pages is not None:
        _tell(f"Open https://{server.host}:{development.port}{pages}")
    development.serve_forever()


def _folder_of_certificate() -> Path:
    return settings.keys_folder().parent / "dev-https"


def _tell(text: str) -> None:
    click.echo(text, err=True)


def asked_by_signals() -> threading.Event:
    """Have SIGTERM and SIGINT ask to stop; asked twice, it stops at once."""
    asked = threading.Event()

    def ask(_number: int, _frame: object) -> None:
        if asked.is_set():
            sys.exit(0)
        asked.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    return asked


def _stop(_number: int, _frame: object) -> NoReturn:
    sys.exit(0)
