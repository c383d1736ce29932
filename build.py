"""Check, package and publish the open data of this repository: `python build.py --help`."""

import sys

from publisher.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
