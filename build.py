"""Check, package and publish the open data of this repository: `python build.py --help`."""

import gc
import sys

if __name__ == "__main__":
    gc.set_threshold(50_000)  # Python's own 700 lets it look for garbage dozens of times while modules are imported
    from publisher.cli.ahead import start

    start(sys.argv[1:])
    from publisher.cli import leave, main

    leave(main(sys.argv[1:]))
