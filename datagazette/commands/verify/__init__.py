"""`verify`."""
