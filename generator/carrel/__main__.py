"""`python -m carrel` is the `carrel` command."""

import sys

from carrel.cli import main

if __name__ == "__main__":
    sys.exit(main())
