"""Entry point: `python3 -m ngo_portal.launch COMMAND`. This file must parse on Python 3.5."""

import sys

OLDEST = (3, 11)

if sys.version_info < OLDEST:
    sys.exit(
        "The portal needs Python {}.{} or newer; this one is {}.{}.\n"
        "Install a newer Python, then run the same command again.".format(
            *(OLDEST + tuple(sys.version_info[:2]))
        )
    )

from ngo_portal.launch.commands import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
