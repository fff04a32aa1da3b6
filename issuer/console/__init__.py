"""The console of the issuer service: web pages on which an institution designs and issues.

`console_of` makes the pages of `service.pages` from what the composition root gives
(`ConsoleServices`); they hold no key, open no connection, and work without script.
"""

from issuer.console.console import console_of
from issuer.console.room import SITE
from issuer.console.services import ConsoleServices, KeyInfo, MadeKey

__all__ = ["SITE", "ConsoleServices", "KeyInfo", "MadeKey", "console_of"]
