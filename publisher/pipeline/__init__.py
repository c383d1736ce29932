"""The stages in their order: load, check, tabulate, summarise, package, render, publish."""
