"""``python -m safepassage`` is the same as the command ``safepassage``."""

from safepassage.cli.main import main

if __name__ == "__main__":
    main()
