"""The `carrel` command, which is also `python -m carrel`."""

import sys


def main() -> int:
    """Run the command line; Ctrl-C is answered even while its modules are still being loaded."""
    try:
        from carrel import cli

        return cli.main()
    except KeyboardInterrupt:
        print("carrel: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
