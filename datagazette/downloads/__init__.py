"""The files that people download: a module for each format, the package of all of them, and its promises."""
