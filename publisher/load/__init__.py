"""From the files of a publication to the model; every fault found on the way is collected."""

from publisher.load.publication import DATASETS, Loaded, ReadDataset, load_publication, read_dataset
from publisher.load.tables import SCHEMAS

__all__ = ["DATASETS", "SCHEMAS", "Loaded", "ReadDataset", "load_publication", "read_dataset"]
