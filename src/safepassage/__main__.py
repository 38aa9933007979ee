"""``python -m safepassage`` is the same as the command ``safepassage``."""

import sys

from safepassage.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
