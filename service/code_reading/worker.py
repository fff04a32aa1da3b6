"""The process that looks at one picture: it reads standard input, and writes its codes as JSON.

Before the decoders are loaded it gives up what it does not need: memory, time, files, connections.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import Any

from service.hardening import forbid_connections

MEMORY_BYTES = 1_073_741_824
PROCESSOR_SECONDS = 8
PIXELS = 25_000_000
"""Most points of a picture; a photograph of a telephone has twelve million."""

CODES = 8
TEXT_CHARACTERS = 8_000
"""Longest text of a code: the largest QR code holds 7 089 digits."""

FORMATS = ("PNG", "JPEG")


def main() -> None:
    """Read a picture, and write what its codes say, or what is wrong with it."""
    data = sys.stdin.buffer.read()
    _give_up()
    sys.stdout.write(json.dumps(codes_of(data)))


def _give_up() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    forbid_connections()


def codes_of(data: bytes) -> dict[str, Any]:
    """Read the codes of a picture; how large it is, is known before its points are unpacked."""
    import zxingcpp
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = PIXELS
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            width, height = picture.size
            if width * height > PIXELS:
                return {"fault": "TOO_LARGE"}
            grey = _on_white(picture).convert("L")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        return {"fault": "TOO_LARGE"}
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError):
        return {"fault": "UNREADABLE"}
    wanted = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    found = zxingcpp.read_barcodes(grey, formats=wanted)
    texts = dict.fromkeys(one.text for one in found if one.valid and one.text)
    return {"codes": [text for text in texts if len(text) <= TEXT_CHARACTERS][:CODES]}


def _on_white(picture: Any) -> Any:
    """Put a picture on white: what is see-through would else be black, as the code is."""
    from PIL import Image

    if not picture.has_transparency_data:
        return picture
    layer = picture.convert("RGBA")
    ground = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(ground, layer)


if __name__ == "__main__":
    main()
