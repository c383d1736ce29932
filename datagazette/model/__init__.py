"""What everything else speaks of: frozen values, problems, errors, names and texts."""
