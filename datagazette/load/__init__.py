"""From the files of a publication to the model; every fault found on the way is collected."""
