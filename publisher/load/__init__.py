"""From the files of a publication to the model; every fault found on the way is collected."""

from publisher.load.publication import Loaded, load_publication

__all__ = ["Loaded", "load_publication"]
