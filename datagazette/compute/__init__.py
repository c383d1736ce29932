"""What is computed from typed tables: queries in a sandbox, summaries, figures, changes and names of codes."""
